"""Health conditions: problems, diagnoses of a visit, concerns."""

from piccolo.table import Table

from tables.base import code, moment, to, words
from tables.clinical import Clinical, clinical_constraints
from tables.visits import Encounter


class Condition(Clinical, Table, tablename="condition"):
    """`status` is the verification where that withdraws it, else the clinical status."""

    label = words(null=False)
    fhir_code = code(64)
    clinical_status = code(32)
    verification = code(32)
    category = code(64)
    """problem-list-item, encounter-diagnosis, health-concern, as sent."""
    severity = words()
    body_site = words()
    onset_words = words()
    """An age (`age:34 years`) or a description, where no date was sent."""
    abatement_words = words()
    onset_text = code(64)
    onset_precision = code(8)
    onset_starts = moment()
    onset_ends = moment()
    abatement_text = code(64)
    abatement_precision = code(8)
    abatement_starts = moment()
    abatement_ends = moment()
    recorded_text = code(64)
    recorded_precision = code(8)
    recorded_starts = moment()
    recorded_ends = moment()
    note = words()
    encounter = to(Encounter, null=True, index=True)
    encounter_ref = words()


TABLES = (Condition,)
CONSTRAINTS = (
    *clinical_constraints("condition"),
    "CREATE INDEX condition_list ON condition (patient, clinical_status)",
)
