"""Which resource becomes which rows. A type that is not here is kept as it came and makes no row."""

from __future__ import annotations

from dataclasses import dataclass

from ehr.projections import (
    billing,
    care,
    directory,
    documents,
    imaging,
    medicines,
    named,
    problems,
    proposals,
    results,
    scheduling,
    visits,
)
from ehr.rows import Project


@dataclass(frozen=True, slots=True)
class Kind:
    """How one type is read. `subject` are the paths that may name the patient, best first, `actor` inside each; none
    for what belongs to no patient. `tables` may hold rows of it."""

    project: Project
    tables: tuple[str, ...]
    subject: tuple[str, ...] = ()


KINDS: dict[str, Kind] = {
    "Account": Kind(billing.account, ("billing_account",), ("subject",)),
    "AllergyIntolerance": Kind(problems.allergy, ("allergy_intolerance",), ("patient",)),
    "Appointment": Kind(scheduling.appointment, ("appointment",), ("participant.actor",)),
    "CarePlan": Kind(care.care_plan, ("care_plan",), ("subject",)),
    "CareTeam": Kind(care.care_team, ("care_team",), ("subject",)),
    "ChargeItem": Kind(billing.charge_item, ("charge_item",), ("subject",)),
    "Communication": Kind(scheduling.communication, ("communication",), ("subject", "sender", "recipient")),
    "Composition": Kind(documents.composition, ("composition",), ("subject",)),
    "Condition": Kind(problems.condition, ("condition",), ("subject", "patient")),
    "Consent": Kind(proposals.consent, ("consent",), ("patient",)),
    "Coverage": Kind(billing.coverage, ("coverage",), ("beneficiary",)),
    "Device": Kind(named.named, ("named_resource",)),
    "DiagnosticReport": Kind(results.diagnostic_report, ("diagnostic_report",), ("subject",)),
    "DocumentReference": Kind(documents.document_reference, ("document_reference", "composition"), ("subject",)),
    "Encounter": Kind(visits.encounter, ("encounter",), ("subject", "patient")),
    "ExplanationOfBenefit": Kind(billing.explanation_of_benefit, ("explanation_of_benefit",), ("patient",)),
    "Goal": Kind(care.goal, ("goal",), ("subject",)),
    "Group": Kind(named.named, ("named_resource",)),
    "HealthcareService": Kind(named.named, ("named_resource",)),
    "ImagingStudy": Kind(imaging.imaging_study, ("imaging_study",), ("subject", "patient")),
    "Immunization": Kind(problems.immunization, ("immunization",), ("patient",)),
    "Invoice": Kind(billing.invoice, ("invoice",), ("subject", "recipient")),
    "Location": Kind(directory.location, ("location",)),
    "Media": Kind(imaging.media, ("media",), ("subject",)),
    "Medication": Kind(medicines.medication, ("named_resource",)),
    "MedicationAdministration": Kind(medicines.administration, ("medication_administration",), ("subject", "patient")),
    "MedicationDispense": Kind(medicines.dispense, ("medication_dispense",), ("subject", "patient")),
    "MedicationRequest": Kind(medicines.request, ("medication_request",), ("subject", "patient")),
    "MedicationStatement": Kind(medicines.statement, ("medication_statement",), ("subject", "patient")),
    "Observation": Kind(results.observation, ("observation",), ("subject",)),
    "Organization": Kind(directory.organization, ("organization",)),
    "PaymentNotice": Kind(billing.payment_notice, ("payment_notice",)),
    "Person": Kind(directory.person, ("person",)),
    "Practitioner": Kind(directory.practitioner, ("practitioner",)),
    "PractitionerRole": Kind(directory.practitioner_role, ("practitioner_role",)),
    "Procedure": Kind(problems.procedure, ("procedure",), ("subject",)),
    "RelatedPerson": Kind(proposals.related_person, ("related_person",), ("patient",)),
    "Schedule": Kind(scheduling.schedule, ("schedule",)),
    "Slot": Kind(scheduling.slot, ("slot",)),
    "Specimen": Kind(named.named, ("named_resource",)),
    "Task": Kind(scheduling.task, ("task",), ("for",)),
}
