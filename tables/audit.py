"""Who did or saw what. Rows are only ever added; each carries a keyed hash over the one before it."""

from piccolo.columns import UUID, BigInt, Bytea, Integer, Serial, Varchar
from piccolo.table import Table

from tables.base import code, moment


class AuditChain(Table, tablename="audit_chain"):
    """One writing process. `heads` is what the process last exported of all chains when it began."""

    id = BigInt(primary_key=True, default=None)
    """63 random bits."""
    process = code(80)
    opened_at = moment(null=False)
    heads = Varchar(length=4000, null=False, default="")
    closed_at = moment()
    closed_count = BigInt(null=True, default=None)


class AuditEvent(Table, tablename="audit_event"):
    """FHIR AuditEvent in a row of at most 300 bytes: codes and ids, never sentences.

    `at` is Unix microseconds. `subject` is the Record or Account concerned, `behalf` the Share acted under.
    `objects` is kinds and the first 8 hex digits of ids, shortened to fit, e.g. "DiagnosticReport:2f9c01aa,…+12".
    """

    id = Serial(primary_key=True)
    chain = BigInt(null=False, default=0)
    seq = BigInt(null=False, default=0)
    at = BigInt(null=False, default=0)
    actor = UUID(null=True, default=None)
    behalf = UUID(null=True, default=None)
    subject = UUID(null=True, default=None)
    action = code(40)
    objects = code(160)
    decision = code(12)
    reason = code(24)
    purpose = code(16)
    shown = Integer(default=0, null=False)
    mac = Bytea(null=False, default=b"")


TABLES = (AuditChain, AuditEvent)
CONSTRAINTS = (
    "CREATE UNIQUE INDEX audit_event_seq ON audit_event (chain, seq)",
    "CREATE INDEX audit_event_subject ON audit_event (subject, at)",
    "CREATE INDEX audit_event_actor ON audit_event (actor, at)",
    "CREATE INDEX audit_event_requests ON audit_event (actor, subject, at) WHERE objects LIKE 'Request:%;RequestStep:%'",
    "CREATE INDEX audit_event_counts ON audit_event (subject, actor, decision, at)",
    "CREATE INDEX audit_event_acts ON audit_event (subject, at) WHERE action NOT LIKE '%.see'",
    "CREATE INDEX audit_event_shares ON audit_event (actor, at) WHERE action LIKE 'share.%'",
)
