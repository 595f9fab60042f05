"""Encounter."""

from __future__ import annotations

from ehr.references import Reading
from ehr.rows import Feed, Projection, Row, date_columns, json_text, span
from ehr.shapes import concept, concepts, each, first_code, joined, one, text
from rules.quantities import concept_of


def encounter(resource: dict, reading: Reading, feed: Feed) -> Projection:
    reasons = _reasons(resource, reading)
    values = {
        "status": text(resource, "status"),
        "class_code": text(one(resource, "class"), "code") or first_code(resource, "class"),
        "label": _label(resource),
        "reason": next(iter(reasons), None),
        "reasons": json_text(reasons),
        "diagnoses": json_text([_diagnosis(sent, reading) for sent in each(resource, "diagnosis")]),
        "participants": json_text(_participants(resource, reading)),
        "place": joined(_places(resource, reading)),
        "organization": reading.display(one(resource, "serviceProvider"), "Organization") or None,
    }
    return Projection([Row("encounter", values | date_columns("effective", span(one(resource, "period"), feed)))])


def _label(resource: dict) -> str:
    kinds = concepts(resource, "type") or [concept(resource, "serviceType"), concept_of(one(resource, "class")).text]
    return (
        next(filter(None, kinds), "") or text(one(resource, "class"), "display") or text(one(resource, "class"), "code")
    )


def _reasons(resource: dict, reading: Reading) -> list[str]:
    pointed = (reading.display(sent, "Condition") for sent in each(resource, "reasonReference"))
    return list(
        dict.fromkeys(filter(None, (*concepts(resource, "reasonCode"), *concepts(resource, "reason"), *pointed)))
    )


def _diagnosis(sent: dict, reading: Reading) -> dict:
    pointed = one(sent, "condition")
    target = reading.target(pointed, "Condition")
    return {
        "text": reading.display(pointed, "Condition"),
        "code": first_code(sent, "use"),
        "condition": f"{target.fhir_type}/{target.fhir_id}" if target else "",
    }


def _participants(resource: dict, reading: Reading) -> list[dict]:
    found = []
    for sent in each(resource, "participant"):
        name = reading.display(one(sent, "individual"), "Practitioner")
        if name:
            found.append({"name": name, "role": next(iter(concepts(sent, "type")), "")})
    return found


def _places(resource: dict, reading: Reading) -> list[str]:
    return [reading.display(one(sent, "location"), "Location") for sent in each(resource, "location")]
