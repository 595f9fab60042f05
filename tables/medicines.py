"""Medicines: asked for, reported, handed out and given."""

from piccolo.columns import JSON, Boolean, Integer
from piccolo.table import Table

from tables.base import code, moment, to, words
from tables.clinical import Clinical, clinical_constraints
from tables.visits import Encounter


class Medicine(Clinical):
    """What the four have in common. `doses` is rules.doses' JSON; `fhir_code` is RxNorm where it was sent."""

    label = words(null=False)
    fhir_code = code(64)
    doses = JSON(null=True, default=None)
    reason = words()
    note = words()
    effective_text = code(64)
    effective_precision = code(8)
    effective_starts = moment()
    effective_ends = moment()
    encounter = to(Encounter, null=True, index=True)
    encounter_ref = words()


class MedicationRequest(Medicine, Table, tablename="medication_request"):
    """`effective` is authoredOn."""

    intent = code(32)
    requester = words()
    status_reason = words()
    quantity = words()
    """How much is handed out at a time, as sent, with its unit."""
    refills = Integer(null=True, default=None)
    supply_days = words()
    reported = Boolean(default=False, null=False)
    """Told by the patient or another, not prescribed here."""
    valid_text = code(64)
    valid_precision = code(8)
    valid_starts = moment()
    valid_ends = moment()


class MedicationStatement(Medicine, Table, tablename="medication_statement"):
    informant = words()
    status_reason = words()


class MedicationDispense(Medicine, Table, tablename="medication_dispense"):
    """`effective` is when it was handed over, else prepared."""

    quantity = words()
    supply_days = words()
    performer = words()
    request_ref = words()
    """`MedicationRequest/id` of the same source."""


class MedicationAdministration(Medicine, Table, tablename="medication_administration"):
    performer = words()
    request_ref = words()


TABLES = (MedicationRequest, MedicationStatement, MedicationDispense, MedicationAdministration)
CONSTRAINTS = tuple(
    line
    for table in TABLES
    for line in (
        *clinical_constraints(table._meta.tablename),
        f"CREATE INDEX {table._meta.tablename}_list ON {table._meta.tablename} (patient, effective_starts)",
    )
)
