"""Test results: a report, its tests, and the series that the same test makes over time."""

from piccolo.columns import JSON, Boolean, Integer
from piccolo.table import Table

from tables.base import code, key, moment, ref, to, words
from tables.clinical import Clinical, clinical_constraints
from tables.records import RecordSource
from tables.visits import Encounter


class Series(Table, tablename="series"):
    """One test of one patient in one unit. `analyte` is a LOINC code, else the laboratory's text casefolded."""

    id = key()
    ref = ref()
    patient = to(RecordSource, index=True)
    analyte = code(200)
    unit = code(64)
    category = code(16)
    """results or vitals."""
    label = words(null=False)


class DiagnosticReport(Clinical, Table, tablename="diagnostic_report"):
    """`category` is results or imaging: the vocabulary's word, decided at import from DiagnosticReport.category."""

    category = code(16)
    kind = code(24)
    """Where the sample came from or how it was made: blood, urine, swab, other, imaging, note."""
    loinc = code(32)
    label = words(null=False)
    """code.text or display, as the laboratory sent it."""
    effective_text = code(64)
    effective_precision = code(8)
    effective_starts = moment()
    effective_ends = moment()
    issued_at = moment()
    performer = words()
    conclusion = words()
    note = words()
    """presentedForm in text, or the narrative made plain."""
    attachments = JSON(null=True, default=None)
    """List of {"title", "type", "file"}; file is a StoredFile's ref."""
    encounter = to(Encounter, null=True, index=True)
    encounter_ref = words()
    test_count = Integer(default=0, null=False)


class Observation(Clinical, Table, tablename="observation"):
    """One test or measurement. `value` is rules.quantities' canonical JSON, numbers as the text that was sent."""

    category = code(16)
    """results, vitals or home (social history, surveys: kept, shown later)."""
    kind = code(24)
    loinc = code(32)
    label = words(null=False)
    effective_text = code(64)
    effective_precision = code(8)
    effective_starts = moment()
    effective_ends = moment()
    issued_at = moment()
    value = JSON(null=True, default=None)
    number = words()
    """valueQuantity.value exactly as sent, when there is one: charts and comparisons read this."""
    unit = code(64)
    comparator = code(4)
    interpretation = code(16)
    range_low = words()
    range_high = words()
    range_text = words()
    ranges = JSON(null=True, default=None)
    absent_reason = code(64)
    specimen = words()
    method = words()
    performer = words()
    note = words()
    series = to(Series, null=True, index=True)
    report = to(DiagnosticReport, null=True, index=True)
    parent = to("self", null=True, index=True)
    """The panel or pair this one is a member or component of."""
    component = Integer(null=True, default=None)
    """Position within Observation.component, for rows made from components."""
    encounter = to(Encounter, null=True, index=True)
    encounter_ref = words()
    previous = JSON(null=True, default=None)
    """{"value", "status", "at"} of the version that a correction replaced."""
    panel = Boolean(default=False, null=False)


TABLES = (Series, DiagnosticReport, Observation)
CONSTRAINTS = (
    "CREATE UNIQUE INDEX series_once ON series (patient, category, analyte, unit)",
    *clinical_constraints("diagnostic_report"),
    "CREATE INDEX diagnostic_report_list ON diagnostic_report (patient, category, effective_starts)",
    "CREATE INDEX diagnostic_report_first_seen ON diagnostic_report (first_seen_at)",
    "CREATE UNIQUE INDEX observation_feed ON observation (source, fhir_type, fhir_id, COALESCE(component, -1))",
    "CREATE INDEX observation_list ON observation (patient, category, effective_starts)",
    "CREATE INDEX observation_trend ON observation (series, effective_starts)",
    "CREATE INDEX observation_alone ON observation (patient, category, effective_starts)"
    " WHERE report IS NULL AND parent IS NULL",
    "CREATE INDEX observation_corrected ON observation (report) WHERE corrected",
    "CREATE INDEX observation_put_right ON observation (patient, category, changed_at) WHERE corrected",
)
