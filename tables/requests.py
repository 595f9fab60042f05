"""What people ask of the clinic, and what became of it: one noun for visits, refills and messages (FHIR Task)."""

from piccolo.columns import Bytea, Varchar
from piccolo.table import Table

from tables.accounts import Account
from tables.base import code, key, moment, ref, to, words
from tables.clinic import ClinicSite
from tables.records import Record, Share
from tables.work import StoredFile


class Request(Table, tablename="request"):
    """`kind` is one of rules/requests.py, `category` the part of the record that it belongs to, `duty` who answers it.

    `state` is a FHIR TaskStatus: requested, in-progress (somebody has taken it), completed, rejected or cancelled.
    """

    id = key()
    ref = ref()
    record = to(Record, index=True)
    kind = code(16)
    category = code(24)
    topic = code(24)
    duty = code(24)
    site = to(ClinicSite, null=True)
    state = code(16)
    answer = code(24)
    """The code of the last answer, of those that its kind has; "" until then."""
    subject_kind = code(40)
    subject = Varchar(length=36, null=False, default="")
    """The id of the row that it is about, such as the medicine; "" where it is about none."""
    label = words(null=False)
    """What that row is called, as sent; empty where it is about none. What people write is in the steps, sealed."""
    asked_by = to(Account)
    share = to(Share, null=True)
    """The share by which somebody else asked for the patient."""
    assignee = to(Account, null=True)
    asked_at = moment(null=False)
    changed_at = moment(null=False)
    due_at = moment(null=False)


class RequestStep(Table, tablename="request_step"):
    """One thing said or done, never changed afterwards. `sealed` are its words, bound to its id; `did` says what it was:
    asked, said, answered, cancelled."""

    id = key()
    request = to(Request, index=True)
    at = moment(null=False)
    author = to(Account)
    share = to(Share, null=True)
    by_staff = code(24)
    """The duty in which a member of staff wrote it; "" for patients and those who help them."""
    did = code(16)
    answer = code(24)
    sealed = Bytea(null=True, default=None)
    file = to(StoredFile, null=True)


class RequestHandover(Table, tablename="request_handover"):
    """A request that one member of staff had and another took over, never changed afterwards: `had` is told of it."""

    id = key()
    request = to(Request)
    had = to(Account)
    taker = to(Account)
    at = moment(null=False)


HELD = (
    "EXISTS (SELECT 1 FROM account t JOIN staff_duty d ON d.account = t.id WHERE t.id = request.assignee"
    " AND t.state = 'active' AND d.duty = request.duty AND d.ended_at IS NULL"
    " AND (d.site IS NULL OR request.site IS NULL OR d.site = request.site))"
)
"""Whether somebody has taken it who can still answer it: what somebody had who has left is free again."""
TABLES = (Request, RequestStep, RequestHandover)
CONSTRAINTS = (
    "CREATE INDEX request_list ON request (record, changed_at)",
    "CREATE INDEX request_queue ON request (duty, state, due_at)",
    "CREATE INDEX request_handover_had ON request_handover (had, request)",
    "CREATE UNIQUE INDEX request_refill_open ON request (record, subject)"
    " WHERE kind = 'refill' AND state IN ('requested', 'in-progress')",
)
