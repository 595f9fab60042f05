"""What the feeds sent, kept as it came, and the runs that brought it."""

from piccolo.columns import JSON, Boolean, Bytea, Integer, Varchar
from piccolo.table import Table

from tables.base import code, key, moment, words


class ImportRun(Table, tablename="import_run"):
    """`state`: reading, writing, done, failed. `cursor` says how far writing came, so that a cut run resumes."""

    id = key()
    source = code(64)
    state = code(16)
    digest = Bytea(null=False, default=b"")
    """SHA-256 over the files' names and contents: the same run again resumes or changes nothing."""
    cursor = Integer(default=0, null=False)
    report = JSON(null=True, default=None)
    started_at = moment(null=False)
    ended_at = moment()


class RawResource(Table, tablename="raw_resource"):
    """One version of one resource exactly as it came. `version` is meta.versionId, else the content's hash."""

    id = key()
    source = code(64)
    fhir_type = code(40)
    fhir_id = Varchar(length=200, null=False, default="")
    version = code(80)
    sha256 = Bytea(null=False, default=b"")
    body = Bytea(null=False, default=b"")
    """UTF-8 JSON, zlib-compressed."""
    current = Boolean(default=True, null=False)
    """The version that pages are made from. An older one that arrives late is kept and is not current."""
    withdrawn = Boolean(default=False, null=False)
    """Entered in error, refuted or deleted by the source."""
    updated_at = moment()
    """meta.lastUpdated: which of two versions is the later one."""
    context = JSON(null=True, default=None)
    """What its bundle knew and the resource alone does not: {"base", "urns"}; needed to read references again."""
    skipped = words()
    """Why it was not projected, in a code of ehr/."""
    received_at = moment(null=False)
    run = Varchar(length=36, null=False, default="")


class FeedIdentifier(Table, tablename="feed_identifier"):
    """Business identifiers, by which conditional and logical references name a resource of the same source."""

    id = key()
    source = code(64)
    fhir_type = code(40)
    fhir_id = Varchar(length=200, null=False, default="")
    system = Varchar(length=400, null=False, default="")
    value = Varchar(length=400, null=False, default="")


class WaitingLink(Table, tablename="waiting_link"):
    """A resource that refers to one which has not come yet: it is projected again when it has. `met` says that it has
    come and lent its words, so that they are taken back when it is withdrawn.

    `target_id` is an id, or `?system|value` for a reference by identifier.
    """

    id = key()
    source = code(64)
    fhir_type = code(40)
    fhir_id = Varchar(length=200, null=False, default="")
    target_type = code(40)
    target_id = Varchar(length=820, null=False, default="")
    met = Boolean(default=False, null=False)


TABLES = (ImportRun, RawResource, FeedIdentifier, WaitingLink)
CONSTRAINTS = (
    "CREATE UNIQUE INDEX raw_resource_version ON raw_resource (source, fhir_type, fhir_id, version, sha256)",
    "CREATE INDEX import_run_source ON import_run (source, started_at)",
    "CREATE UNIQUE INDEX feed_identifier_once ON feed_identifier (source, fhir_type, value, system, fhir_id)",
    "CREATE INDEX feed_identifier_of ON feed_identifier (source, fhir_type, fhir_id)",
    "CREATE UNIQUE INDEX waiting_link_once ON waiting_link (source, fhir_type, fhir_id, target_type, target_id)",
    "CREATE INDEX waiting_link_target ON waiting_link (source, target_type, target_id)",
)
