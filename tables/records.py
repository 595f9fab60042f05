"""Charts, the feeds they come from, and who may look at them."""

from uuid import UUID

from piccolo.columns import Boolean, Varchar
from piccolo.table import Table

from tables.accounts import Account
from tables.base import code, key, moment, ref, to, words
from tables.clinic import ClinicSite
from tables.database import Database


class Record(Table, tablename="record"):
    """A person's chart. `state`: active, blocked, merged."""

    id = key()
    ref = ref()
    state = code(16, default="active")
    merged_into = to("self", null=True)
    """The chart that is left, at the end of however many merges."""
    replaced_by = to("self", null=True)
    """The chart that a feed named when it merged this one, which may have been merged itself since: what is taken back
    is this step alone."""
    number = Varchar(length=64, null=True, default=None)
    """The clinic's own record number, as the feed sent it."""
    name = words(null=False)
    given = words(null=False)
    family = words(null=False)
    name_key = words(null=False)
    """Casefolded name without marks, for staff who search."""
    birth_text = code(10)
    """YYYY, YYYY-MM or YYYY-MM-DD, as the feed sent it."""
    sex = code(16)
    phone = words()
    email = words()
    address = words()
    deceased_text = Varchar(length=40, null=True, default=None)
    desk_only = Boolean(default=False, null=False)
    site = to(ClinicSite, null=True)
    created_at = moment(null=False)
    changed_at = moment(null=False)


class RecordSource(Table, tablename="record_source"):
    """Which patient of which feed this chart is. Many to one; never guessed from a name or a date."""

    id = key()
    record = to(Record, index=True)
    first_record = to(Record)
    """The chart this source was first linked to, so that a merge can be taken back exactly."""
    source = code(64)
    fhir_type = code(40)
    fhir_id = Varchar(length=200, null=False, default="")
    linked_at = moment(null=False)
    withdrawn_at = moment()
    """The source deleted this patient."""
    disputed_at = moment()
    """The source used this id for two different people: nothing more is filed here until staff have looked."""
    merged_by = Varchar(length=200, null=True, default=None)
    """The id of the Patient of this source that said so, where a feed merged this chart into another."""


class Share(Table, tablename="share"):
    """An account may look at a record: `basis` self, helper, guardian or representative."""

    id = key()
    ref = ref()
    account = to(Account, index=True)
    record = to(Record, index=True)
    basis = code(16)
    starts_at = moment(null=False)
    ends_at = moment()
    review_at = moment()
    revoked_at = moment()
    revoked_by = to(Account, null=True)
    created_at = moment(null=False)
    created_by = to(Account, null=True)
    replaces = to("self", null=True)
    """The share before it, where what it gives was changed: nothing of a share is ever rewritten but its end."""


class ShareScope(Table, tablename="share_scope"):
    id = key()
    share = to(Share, index=True)
    category = code(24)
    action = code(8)


class ItemPrivacy(Table, tablename="item_privacy"):
    """The patient marked one item "only me": `item` is the id of a clinical row, `fhir_type` its kind."""

    id = key()
    record = to(Record, index=True)
    fhir_type = code(40)
    item = Varchar(length=36, null=False, default="")
    since = moment(null=False)


def left_of(record: str) -> str:
    """SQL for the chart that is left of the one in that column, itself where it was never merged."""
    return f"COALESCE((SELECT m.merged_into FROM record m WHERE m.id = {record}), {record})"


LOCK = f"UPDATE record SET state = state WHERE id = {left_of('?')}"


async def lock_record(database: Database, record: UUID) -> None:
    """First in a transaction that decides over what a patient has already: who comes at the same moment waits."""
    await database.rows(LOCK, record, record)


def one_person(record: str) -> str:
    """SQL for the ids of a chart and of all that are one with it by merges. `record` is a column or a mark."""
    left = "COALESCE(a.merged_into, a.id)"
    return f"SELECT k.id FROM record a JOIN record k ON k.id = {left} OR k.merged_into = {left} WHERE a.id = {record}"


TABLES = (Record, RecordSource, Share, ShareScope, ItemPrivacy)
CONSTRAINTS = (
    "CREATE UNIQUE INDEX record_source_feed ON record_source (source, fhir_type, fhir_id)",
    "CREATE INDEX record_merged ON record (merged_into) WHERE merged_into IS NOT NULL",
    "CREATE INDEX record_name ON record (name_key)",
    "CREATE INDEX record_email ON record (LOWER(email)) WHERE email IS NOT NULL",
    "CREATE INDEX record_birth ON record (birth_text)",
    "CREATE UNIQUE INDEX record_number ON record (number) WHERE number IS NOT NULL AND state <> 'merged'",
    "CREATE UNIQUE INDEX share_self ON share (record) WHERE basis = 'self' AND revoked_at IS NULL",
    "CREATE UNIQUE INDEX share_replaced ON share (replaces) WHERE replaces IS NOT NULL",
    "CREATE UNIQUE INDEX share_standing ON share (account, record) WHERE revoked_at IS NULL",
    "CREATE UNIQUE INDEX share_scope_once ON share_scope (share, category, action)",
    "CREATE UNIQUE INDEX item_privacy_once ON item_privacy (record, fhir_type, item)",
)
