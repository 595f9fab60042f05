"""Allergies and intolerances."""

from piccolo.columns import JSON, Boolean
from piccolo.table import Table

from tables.base import code, moment, words
from tables.clinical import Clinical, clinical_constraints


class AllergyIntolerance(Clinical, Table, tablename="allergy_intolerance"):
    """`status` is the verification where that withdraws it, else the clinical status."""

    label = words(null=False)
    fhir_code = code(64)
    none_known = Boolean(default=False, null=False)
    """It says that no allergy is known, of all or of one kind."""
    clinical_status = code(32)
    verification = code(32)
    kind = code(32)
    """allergy or intolerance."""
    categories = JSON(null=True, default=None)
    """List of food, medication, environment, biologic."""
    criticality = code(32)
    reactions = JSON(null=True, default=None)
    """List of {"text", "severity", "substance"}."""
    onset_words = words()
    onset_text = code(64)
    onset_precision = code(8)
    onset_starts = moment()
    onset_ends = moment()
    recorded_text = code(64)
    recorded_precision = code(8)
    recorded_starts = moment()
    recorded_ends = moment()
    note = words()


TABLES = (AllergyIntolerance,)
CONSTRAINTS = (
    *clinical_constraints("allergy_intolerance"),
    "CREATE INDEX allergy_intolerance_list ON allergy_intolerance (patient, clinical_status)",
)
