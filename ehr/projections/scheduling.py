"""Appointment, Schedule, Slot, Communication, Task."""

from __future__ import annotations

from ehr.attachments import attachments_in, described, plain_text
from ehr.projections.directory import STATUS, pointed
from ehr.projections.medicines import reasons
from ehr.references import Reading
from ehr.rows import Feed, Projection, Row, date_columns, encounter_links, instant, json_text, span
from ehr.shapes import concept, concepts, each, joined, notes, one, text, truth, whole


def appointment(resource: dict, reading: Reading, feed: Feed) -> Projection:
    others = [sent for sent in each(resource, "participant") if _kind(sent, reading) != "Patient"]
    services = concepts(resource, "serviceType") or [
        concept(resource, "appointmentType"),
        text(resource, "description"),
    ]
    values = {
        "status": text(resource, "status"),
        "label": next(filter(None, services), "") or next(iter(concepts(resource, "serviceCategory")), ""),
        "kind": concept(resource, "appointmentType") or None,
        "specialty": joined(concepts(resource, "specialty")),
        "description": text(resource, "description") or None,
        "starts_at": instant(text(resource, "start"), feed),
        "ends_at": instant(text(resource, "end"), feed),
        "starts_text": text(resource, "start"),
        "minutes": whole(resource, "minutesDuration"),
        "participants": json_text([_participant(sent, reading) for sent in others]),
        "place": joined(
            reading.display(one(sent, "actor"), "Location") for sent in others if _kind(sent, reading) == "Location"
        ),
        "reason": reasons(resource, reading) or joined(concepts(resource, "reason")),
        "cancel_reason": concept(resource, "cancelationReason") or None,
        "instructions": text(resource, "patientInstruction") or None,
        "note": text(resource, "comment") or None,
        "slots": json_text([ref for ref in (pointed(reading, sent, "Slot") for sent in each(resource, "slot")) if ref]),
    }
    return Projection(
        [Row("appointment", values | date_columns("wished", span(one(resource, "requestedPeriod"), feed)))]
    )


def _kind(participant: dict, reading: Reading) -> str:
    target = reading.target(one(participant, "actor"), "Practitioner")
    return target.fhir_type if target else ""


def _participant(sent: dict, reading: Reading) -> dict[str, str]:
    actor = one(sent, "actor")
    return {
        "name": reading.display(actor, "Practitioner"),
        "role": next(iter(concepts(sent, "type")), ""),
        "status": text(sent, "status"),
        "ref": pointed(reading, actor, "Practitioner") or "",
    }


def schedule(resource: dict, reading: Reading, feed: Feed) -> Projection:
    actors = [
        {"ref": pointed(reading, sent, "Practitioner") or "", "name": reading.display(sent, "Practitioner")}
        for sent in each(resource, "actor")
    ]
    values = {
        "status": STATUS[truth(resource, "active")],
        "name": joined(actor["name"] for actor in actors) or "",
        "service": joined(concepts(resource, "serviceType")) or joined(concepts(resource, "serviceCategory")),
        "specialty": joined(concepts(resource, "specialty")),
        "actors": json_text(actors),
        "note": text(resource, "comment") or None,
    }
    return Projection([Row("schedule", values | date_columns("horizon", span(one(resource, "planningHorizon"), feed)))])


def slot(resource: dict, reading: Reading, feed: Feed) -> Projection:
    values = {
        "status": text(resource, "status"),
        "name": joined(concepts(resource, "serviceType")) or joined(concepts(resource, "serviceCategory")) or "",
        "schedule_ref": pointed(reading, one(resource, "schedule"), "Schedule") or "",
        "starts_at": instant(text(resource, "start"), feed),
        "ends_at": instant(text(resource, "end"), feed),
        "note": text(resource, "comment") or None,
    }
    return Projection([Row("slot", values)])


def communication(resource: dict, reading: Reading, feed: Feed) -> Projection:
    links, encounter_ref = encounter_links(reading, one(resource, "encounter") or one(resource, "context"))
    payloads = each(resource, "payload")
    attachments = attachments_in(payloads, "contentAttachment")
    written = [text(sent, "contentString") for sent in payloads]
    pointed_at = [reading.display(one(sent, "contentReference")) for sent in payloads if "contentReference" in sent]
    sender = one(resource, "sender")
    target = reading.target(sender, "Practitioner")
    values = {
        "status": text(resource, "status"),
        "label": concept(resource, "topic") or next(iter(concepts(resource, "category")), ""),
        "sender": reading.display(sender, "Practitioner") or None,
        "from_patient": bool(target and target.fhir_type in ("Patient", "RelatedPerson")),
        "recipients": json_text(_names(resource, "recipient", reading)),
        "text": joined([*written, *pointed_at, plain_text(attachments) or ""], "\n\n"),
        "attachments": json_text(described(attachments)),
        "sent_text": text(resource, "sent"),
        "sent_at": instant(text(resource, "sent"), feed),
        "received_at": instant(text(resource, "received"), feed),
        "part_of": pointed(reading, one(resource, "partOf"), "Communication"),
        "in_response_to": pointed(reading, one(resource, "inResponseTo"), "Communication"),
        "medium": joined(concepts(resource, "medium")),
        "status_reason": concept(resource, "statusReason") or None,
        "note": notes(resource),
        "encounter_ref": encounter_ref,
    }
    return Projection([Row("communication", values, links)])


def _names(resource: dict, key: str, reading: Reading) -> list[str]:
    return [name for name in (reading.display(sent, "Practitioner") for sent in each(resource, key)) if name]


def task(resource: dict, reading: Reading, feed: Feed) -> Projection:
    links, encounter_ref = encounter_links(reading, one(resource, "encounter") or one(resource, "context"))
    due = one(one(resource, "restriction"), "period") or one(resource, "executionPeriod")
    values = {
        "status": text(resource, "status"),
        "label": concept(resource, "code") or text(resource, "description"),
        "intent": text(resource, "intent"),
        "business_status": concept(resource, "businessStatus") or None,
        "priority": text(resource, "priority"),
        "description": text(resource, "description") or None,
        "requester": reading.display(one(resource, "requester"), "Practitioner") or None,
        "owner": reading.display(one(resource, "owner"), "Practitioner") or None,
        "focus": pointed(reading, one(resource, "focus"), ""),
        "authored_at": instant(text(resource, "authoredOn"), feed),
        "modified_at": instant(text(resource, "lastModified"), feed),
        "reason": concept(resource, "reasonCode") or None,
        "outputs": json_text([_output(sent, reading) for sent in each(resource, "output")]),
        "note": notes(resource),
        "encounter_ref": encounter_ref,
    }
    return Projection([Row("task", values | date_columns("due", span(due, feed)), links)])


def _output(sent: dict, reading: Reading) -> dict[str, str]:
    return {
        "type": concept(sent, "type"),
        "ref": pointed(reading, one(sent, "valueReference"), "") or "",
        "text": text(sent, "valueString") or reading.display(one(sent, "valueReference")),
    }
