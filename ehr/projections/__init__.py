"""Which resource becomes which rows. A type that is not here is kept as it came and makes no row."""

from ehr.projections import directory, results, visits
from ehr.rows import Project

PROJECT: dict[str, Project] = {
    "Practitioner": directory.practitioner,
    "PractitionerRole": directory.practitioner_role,
    "Organization": directory.organization,
    "Location": directory.location,
    "Person": directory.person,
    "Encounter": visits.encounter,
    "Observation": results.observation,
    "DiagnosticReport": results.diagnostic_report,
}

# The field that names the patient, for the types whose rows belong to one.
PATIENT_FIELD: dict[str, tuple[str, ...]] = {
    "Encounter": ("subject", "patient"),
    "Observation": ("subject",),
    "DiagnosticReport": ("subject",),
}

# Which tables may hold rows of a type, for withdrawing them.
TABLES_OF: dict[str, tuple[str, ...]] = {
    "Practitioner": ("practitioner",),
    "PractitionerRole": ("practitioner_role",),
    "Organization": ("organization",),
    "Location": ("location",),
    "Person": ("person",),
    "Encounter": ("encounter",),
    "Observation": ("observation",),
    "DiagnosticReport": ("diagnostic_report",),
}
