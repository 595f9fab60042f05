"""What was done: operations, examinations, therapies."""

from piccolo.table import Table

from tables.base import code, moment, to, words
from tables.clinical import Clinical, clinical_constraints
from tables.visits import Encounter


class Procedure(Clinical, Table, tablename="procedure"):
    label = words(null=False)
    fhir_code = code(64)
    category = words()
    effective_words = words()
    effective_text = code(64)
    effective_precision = code(8)
    effective_starts = moment()
    effective_ends = moment()
    performer = words()
    place = words()
    reason = words()
    status_reason = words()
    body_site = words()
    outcome = words()
    complication = words()
    follow_up = words()
    note = words()
    encounter = to(Encounter, null=True, index=True)
    encounter_ref = words()


TABLES = (Procedure,)
CONSTRAINTS = (
    *clinical_constraints("procedure"),
    "CREATE INDEX procedure_list ON procedure (patient, effective_starts)",
)
