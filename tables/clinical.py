"""The columns of every row that came in a feed and belongs to one patient."""

from piccolo.columns import Boolean, Varchar

from tables.base import code, key, moment, ref, to
from tables.records import RecordSource


class Clinical:
    """The columns of every row that came in a feed and belongs to one patient.

    `patient` is the RecordSource the feed named, not the Record: merging two records re-points sources and leaves
    these rows alone, so that taking a merge back is exact. `released_at` None means nobody but staff may see it.
    """

    id = key()
    ref = ref()
    patient = to(RecordSource, index=True)
    source = code(64)
    fhir_type = code(40)
    fhir_id = Varchar(length=200, null=False, default="")
    status = code(40)
    released_at = moment()
    withdrawn_at = moment()
    sensitive = Boolean(default=False)
    corrected = Boolean(default=False)
    first_seen_at = moment(null=False)
    changed_at = moment(null=False)


def clinical_constraints(table: str) -> tuple[str, ...]:
    """One row for each resource a source sends; FHIR identifiers are case-sensitive strings."""
    return (f"CREATE UNIQUE INDEX {table}_feed ON {table} (source, fhir_type, fhir_id)",)
