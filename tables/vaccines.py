"""Vaccines given, and those not given and why."""

from piccolo.columns import Boolean
from piccolo.table import Table

from tables.base import code, moment, to, words
from tables.clinical import Clinical, clinical_constraints
from tables.visits import Encounter


class Immunization(Clinical, Table, tablename="immunization"):
    """`status` completed or not-done."""

    label = words(null=False)
    fhir_code = code(64)
    """CVX where it was sent; no code of another system that could be taken for one."""
    occurrence_words = words()
    occurrence_text = code(64)
    occurrence_precision = code(8)
    occurrence_starts = moment()
    occurrence_ends = moment()
    lot = words()
    dose = words()
    """Which dose of the series, as sent."""
    series = words()
    body_site = words()
    route = words()
    performer = words()
    place = words()
    manufacturer = words()
    not_done_reason = words()
    primary_source = Boolean(null=True, default=None)
    """False where it was told rather than given here."""
    note = words()
    encounter = to(Encounter, null=True, index=True)
    encounter_ref = words()


TABLES = (Immunization,)
CONSTRAINTS = (
    *clinical_constraints("immunization"),
    "CREATE INDEX immunization_list ON immunization (patient, occurrence_starts)",
)
