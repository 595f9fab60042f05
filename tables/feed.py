"""What the feeds sent, kept as it came, and the runs that brought it."""

from piccolo.columns import JSON, Bytea, Integer, Varchar
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
    skipped = words()
    """Why it was not projected, in a code of ehr/."""
    received_at = moment(null=False)
    run = Varchar(length=36, null=False, default="")


TABLES = (ImportRun, RawResource)
CONSTRAINTS = (
    "CREATE UNIQUE INDEX raw_resource_version ON raw_resource (source, fhir_type, fhir_id, version, sha256)",
    "CREATE INDEX import_run_source ON import_run (source, started_at)",
)
