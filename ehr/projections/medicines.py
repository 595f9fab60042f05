"""Medication, MedicationRequest, MedicationStatement, MedicationDispense, MedicationAdministration."""

from __future__ import annotations

from typing import Any

from ehr.projections.directory import pointed
from ehr.references import Reading
from ehr.rows import MOST_ITEMS, Feed, Projection, Row, Unfit, date_columns, encounter_links, span, when
from ehr.shapes import concept, concepts, each, first_code, joined, notes, one, text, truth, whole
from rules.doses import doses_of, doses_to_json
from rules.quantities import quantity_of


def request(resource: dict, reading: Reading, feed: Feed) -> Projection:
    dispense = one(resource, "dispenseRequest")
    authored, sent = when({"authoredDateTime": resource.get("authoredOn")}, "authored", feed)
    values = {
        "intent": text(resource, "intent"),
        "requester": reading.display(_agent(one(resource, "requester")), "Practitioner") or None,
        "status_reason": concept(resource, "statusReason") or None,
        "quantity": amount(dispense, "quantity"),
        "refills": whole(dispense, "numberOfRepeatsAllowed"),
        "supply_days": amount(dispense, "expectedSupplyDuration"),
        "reported": truth(resource, "reportedBoolean") is True or bool(one(resource, "reportedReference")),
    }
    values |= date_columns("effective", authored, sent) | date_columns(
        "valid", span(one(dispense, "validityPeriod"), feed)
    )
    return _medicine("medication_request", resource, reading, values, "dosageInstruction", "encounter")


def statement(resource: dict, reading: Reading, feed: Feed) -> Projection:
    values = {
        "informant": reading.display(one(resource, "informationSource"), "Practitioner") or None,
        "status_reason": joined(concepts(resource, "statusReason")),
    }
    values |= date_columns("effective", *when(resource, "effective", feed))
    return _medicine("medication_statement", resource, reading, values, "dosage", "context")


def dispense(resource: dict, reading: Reading, feed: Feed) -> Projection:
    day = text(resource, "whenHandedOver") or text(resource, "whenPrepared")
    performers = (one(sent, "actor") or sent for sent in each(resource, "performer"))
    values = {
        "quantity": amount(resource, "quantity"),
        "supply_days": amount(resource, "daysSupply"),
        "performer": joined(reading.display(actor, "Practitioner") for actor in performers),
        "request_ref": pointed(reading, one(resource, "authorizingPrescription"), "MedicationRequest"),
    }
    values |= date_columns("effective", *when({"atDateTime": day}, "at", feed))
    return _medicine("medication_dispense", resource, reading, values, "dosageInstruction", "context")


def administration(resource: dict, reading: Reading, feed: Feed) -> Projection:
    dosage = one(resource, "dosage")
    performers = (one(sent, "actor") or sent for sent in each(resource, "performer"))
    values = {
        "performer": joined(reading.display(actor, "Practitioner") for actor in performers),
        "request_ref": pointed(reading, one(resource, "request"), "MedicationRequest"),
    }
    values |= date_columns("effective", *when(resource, "effective", feed))
    taken = [dosage | {"doseQuantity": dosage["dose"]}] if one(dosage, "dose") else [dosage]
    return _medicine("medication_administration", resource | {"dosage": taken}, reading, values, "dosage", "context")


def medication(resource: dict, reading: Reading, feed: Feed) -> Projection:
    values = {
        "status": text(resource, "status"),
        "name": medication_name(resource, reading),
        "fhir_code": first_code(resource, "code"),
        "detail": concept(resource, "form") or None,
    }
    return Projection([Row("named_resource", values)])


def medication_name(resource: dict, reading: Reading) -> str:
    """The words of its code, else of what is in it."""
    inside = (
        concept(sent, "itemCodeableConcept") or reading.display(one(sent, "itemReference"), "Substance")
        for sent in each(resource, "ingredient")
    )
    return concept(resource, "code") or joined(inside, " + ") or ""


def _medicine(
    table: str, resource: dict, reading: Reading, values: dict[str, Any], doses: str, visit: str
) -> Projection:
    label, code = _what(resource, reading)
    if not label:
        raise Unfit("it names no medicine")
    links, values["encounter_ref"] = encounter_links(reading, one(resource, visit) or one(resource, "encounter"))
    values |= {
        "status": text(resource, "status"),
        "label": label,
        "fhir_code": code,
        "doses": doses_to_json(doses_of(each(resource, doses)[:MOST_ITEMS])) or None,
        "reason": reasons(resource, reading),
        "note": notes(resource),
    }
    return Projection([Row(table, values, links)])


def _what(resource: dict, reading: Reading) -> tuple[str, str]:
    """The medicine as text, contained, or by reference; one that has not come yet keeps a stand-in and is waited for."""
    if "medicationCodeableConcept" in resource:
        return concept(resource, "medicationCodeableConcept"), first_code(resource, "medicationCodeableConcept")
    reference = one(resource, "medicationReference")
    inside = reading.contained(reference)
    if inside:
        return medication_name(inside, reading) or text(reference, "display"), first_code(inside, "code")
    words = reading.display(reference, "Medication")
    return words or ("?" if reading.target(reference, "Medication") else ""), ""


def amount(holder: dict, key: str) -> str | None:
    """A quantity in its own words, `30 tablets`; None where there is none."""
    quantity = quantity_of(holder.get(key))
    return f"{quantity.number} {quantity.unit or quantity.code}".strip() if quantity.number else None


def reasons(resource: dict, reading: Reading) -> str | None:
    pointed_at = (reading.display(sent, "Condition") for sent in each(resource, "reasonReference"))
    return joined([*concepts(resource, "reasonCode"), *pointed_at])


def _agent(sent: dict) -> dict:
    """Release 3 put the requester one level deeper."""
    return one(sent, "agent") or sent
