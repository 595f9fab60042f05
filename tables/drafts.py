"""Words that somebody began to write and has not sent: sealed, theirs alone, for a month."""

from uuid import UUID

from piccolo.columns import Bytea
from piccolo.table import Table

from tables.accounts import Account
from tables.base import code, key, moment, to
from tables.database import Database
from tables.records import Record, one_person


class Draft(Table, tablename="draft"):
    """`path` is where the form stands below the record; `sealed` its fields as JSON, bound to the id."""

    id = key()
    account = to(Account)
    record = to(Record, index=True)
    path = code(64)
    sealed = Bytea(null=False, default=b"")
    changed_at = moment(null=False)


TABLES = (Draft,)
CONSTRAINTS = (
    "CREATE UNIQUE INDEX draft_once ON draft (account, record, path)",
    "CREATE INDEX draft_changed ON draft (changed_at)",
)


DROP = f"DELETE FROM draft WHERE account = ? AND record IN ({one_person('?')}) AND path = ?"


async def drop_draft(database: Database, account: UUID, record: UUID, path: str) -> None:
    """In the transaction of the act that sends it, or that keeps newer words."""
    await database.rows(DROP, account, record, path)
