"""What must never be seen, planted in every chart: of each type one that was never right, one withdrawn later, one that
is not released; and where a state says that something is no fact, one in that state.

Beside them stand a few honest entries that refer to them, so that a borrowed word would be noticed.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

from tests.support.sent import PatientSent, Resource

CANARIES = ("Kanarie", "77123.5", "66123.5", "55123.5", "44123.5")
DAY = "2021-02-03"
TABLES = {
    "Observation": "observation", "DiagnosticReport": "diagnostic_report", "Encounter": "encounter",
    "MedicationRequest": "medication_request", "MedicationStatement": "medication_statement",
    "MedicationDispense": "medication_dispense", "AllergyIntolerance": "allergy_intolerance", "Condition": "condition",
    "Immunization": "immunization", "Procedure": "procedure", "ImagingStudy": "imaging_study", "Media": "media",
    "DocumentReference": "document_reference", "CarePlan": "care_plan", "Goal": "goal", "CareTeam": "care_team",
    "Coverage": "coverage",
}  # fmt: skip
WRONG = "entered-in-error"
NO_FACTS = (
    ("AllergyIntolerance", "refuted"), ("Condition", "refuted"), ("MedicationRequest", "draft"), ("CarePlan", "draft"),
    ("Goal", "proposed"),
)  # fmt: skip


def write_canaries(file: Path, sent: PatientSent, withdrawn: bool) -> None:
    """From the server that sent the patient. `withdrawn`: the version in which it takes back what it sent before."""
    patient = sent.id
    later = WRONG if withdrawn else ""
    entries = [_with_id(one, f"{patient}-never") for one in _canaries(patient, WRONG, "77123.5")]
    entries += [_with_id(one, f"{patient}-later") for one in _canaries(patient, later, "66123.5")]
    entries += [_with_id(one, f"{patient}-held") for one in _canaries(patient, "", "55123.5")]
    for kind, state in NO_FACTS:
        found = [one for one in _canaries(patient, state, "44123.5") if one["resourceType"] == kind]
        entries += [_with_id(one, f"{patient}-{state}") for one in found]
    entries += honest(patient)
    server = sent.address.removesuffix(f"Patient/{patient}") if sent.address.startswith("http") else ""
    listed = [{"resource": one, **_listed(server, one)} for one in entries]
    file.write_text(json.dumps({"resourceType": "Bundle", "type": "collection", "entry": listed}))


def _listed(server: str, one: Resource) -> Resource:
    return {"fullUrl": f"{server}{one['resourceType']}/{one['id']}"} if server else {}


def _with_id(one: Resource, name: str) -> Resource:
    """Each kind has its own letters; a vital sign is no result, a scan's report no laboratory's."""
    return {**one, "id": f"{one.get('id', '')}{one['resourceType']}-{name}"}


def _words(text: str = "Kanarie") -> Resource:
    return {"text": text}


def _coded(code: str) -> Resource:
    return {"coding": [{"code": code}]}


def _canaries(patient: str, state: str, number: str) -> list[Resource]:
    """`state` in place of the one in which each is right."""
    me = {"reference": f"Patient/{patient}"}
    told = f"Kanarie {number}"
    note = [{"contentType": "text/plain", "data": base64.b64encode(told.encode()).decode()}]
    value = {"valueQuantity": {"value": float(number), "unit": "mg/dL", "code": "mg/dL"}, "effectiveDateTime": f"{DAY}T10:00:00Z"}
    medicine: dict[str, Any] = {"subject": me, "medicationCodeableConcept": _words(), "note": [_words(told)]}
    right = {"clinicalStatus": _coded("active"), "verificationStatus": _coded(state or "confirmed"), "code": _words()}
    dose = {"dosageInstruction": [_words(told)]}
    return [
        {"resourceType": "Observation", "status": state or "final", "subject": me, "category": [_coded("laboratory")],
         "code": {"coding": [{"system": "http://loinc.org", "code": "2093-3"}], "text": "Kanarie"}, **value},
        {"resourceType": "Observation", "id": "vital-", "status": state or "final", "subject": me,
         "category": [_coded("vital-signs")],
         "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4"}], "text": "Kanarie"}, **value},
        {"resourceType": "DiagnosticReport", "status": state or "final", "subject": me, "code": _words(),
         "effectiveDateTime": DAY, "presentedForm": note},
        {"resourceType": "DiagnosticReport", "id": "scan-", "status": state or "final", "subject": me, "code": _words(),
         "category": [_coded("RAD")], "effectiveDateTime": DAY, "conclusion": told},
        {"resourceType": "Encounter", "status": state or "finished", "subject": me, "class": {"code": "AMB"},
         "period": {"start": DAY}, "reasonCode": [_words()]},
        {"resourceType": "MedicationRequest", "status": state or "active", "intent": "order", "authoredOn": DAY, **medicine, **dose},
        {"resourceType": "MedicationStatement", "status": state or "active", "effectiveDateTime": DAY, **medicine,
         "dosage": [_words(told)]},
        {"resourceType": "MedicationDispense", "status": state or "completed", "whenHandedOver": DAY, **medicine,
         "authorizingPrescription": [{"reference": f"MedicationRequest/honest-{patient}"}]},
        {"resourceType": "AllergyIntolerance", "patient": me, **right, "note": [_words(told)],
         "reaction": [{"manifestation": [_words()]}]},
        {"resourceType": "Condition", "subject": me, **right, "onsetDateTime": DAY, "note": [_words(told)]},
        {"resourceType": "Immunization", "status": state or "completed", "patient": me, "vaccineCode": _words(),
         "occurrenceDateTime": DAY, "lotNumber": told},
        {"resourceType": "Procedure", "status": state or "completed", "subject": me, "code": _words(),
         "performedDateTime": DAY, "note": [_words(told)]},
        {"resourceType": "ImagingStudy", "status": state or "available", "subject": me, "started": DAY, "description": told},
        {"resourceType": "Media", "status": state or "completed", "subject": me, "modality": _words(told),
         "createdDateTime": DAY, "content": {"title": told}},
        {"resourceType": "DocumentReference", "status": state or "current", "subject": me, "type": _words(), "date": f"{DAY}T10:00:00Z",
         "description": told, "content": [{"attachment": note[0]}]},
        {"resourceType": "CarePlan", "status": state or "active", "intent": "plan", "subject": me, "title": told,
         "period": {"start": DAY}, "activity": [{"detail": {"code": _words(), "status": "scheduled"}}]},
        {"resourceType": "Goal", "lifecycleStatus": state or "active", "subject": me, "description": _words(told)},
        {"resourceType": "CareTeam", "status": state or "active", "subject": me, "name": told,
         "participant": [{"role": [_words()], "member": {"display": told}}]},
        {"resourceType": "Coverage", "status": state or "active", "beneficiary": me, "payor": [{"display": "Kanarie"}],
         "subscriberId": told},
    ]  # fmt: skip


def honest(patient: str) -> list[Resource]:
    """Two that may be seen; what they refer to may not."""
    me = {"reference": f"Patient/{patient}"}

    def each(kind: str, *states: str) -> list[Resource]:
        return [{"reference": f"{kind}/{kind}-{patient}-{state}"} for state in ("never", "later", *states)]

    return [
        {"resourceType": "MedicationRequest", "id": f"honest-{patient}", "status": "active", "intent": "order", "subject": me,
         "medicationCodeableConcept": _words("Honest drops"), "authoredOn": DAY, "dosageInstruction": [_words("One drop a day")],
         "reasonReference": each("Condition", "refuted")},
        {"resourceType": "CarePlan", "id": f"honest-{patient}", "status": "active", "intent": "plan", "subject": me,
         "title": "An honest plan", "period": {"start": DAY}, "goal": each("Goal", "proposed", "held"),
         "addresses": each("Condition", "refuted", "held"), "careTeam": each("CareTeam", "held"),
         "activity": [{"detail": {"code": _words("Walking"), "status": "in-progress"}}]},
    ]  # fmt: skip
