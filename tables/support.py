"""What people tell the clinic about their own account, or about a message that was not ours: a table beside `request`, since
no record belongs to it (docs/decisions/0018)."""

from piccolo.columns import BigInt, Bytea
from piccolo.table import Table

from tables.accounts import Account
from tables.base import code, key, moment, ref, to


class SupportCase(Table, tablename="support_case"):
    """`kind` is not_me or phishing. `state`: open, taken (by `assignee`) or closed, with an `outcome` of rules/support.py.

    `pointed_at` is the moment of the audit entry that somebody pointed at, in Unix microseconds, and `pointed_action` its code.
    """

    id = key()
    ref = ref()
    kind = code(16)
    account = to(Account, null=True)
    """Whose it is; None where whoever told us was not signed in."""
    state = code(16)
    outcome = code(24)
    pointed_at = BigInt(null=True, default=None)
    pointed_action = code(40)
    assignee = to(Account, null=True)
    opened_at = moment(null=False)
    changed_at = moment(null=False)
    closed_at = moment()


class SupportNote(Table, tablename="support_note"):
    """What was told, or what staff wrote, sealed and bound to its id; never changed afterwards. `did`: told, noted, closed.
    `came_as` is of a message that was not ours."""

    id = key()
    support_case = to(SupportCase, index=True)
    at = moment(null=False)
    author = to(Account, null=True)
    did = code(16)
    came_as = code(16)
    sealed = Bytea(null=True, default=None)


TABLES = (SupportCase, SupportNote)
CONSTRAINTS = (
    "CREATE UNIQUE INDEX support_case_open ON support_case (account) WHERE kind = 'not_me' AND state <> 'closed'",
    "CREATE INDEX support_case_account ON support_case (account, opened_at) WHERE account IS NOT NULL",
    "CREATE INDEX support_case_list ON support_case (state, opened_at)",
)
