"""Specimen, Device, HealthcareService, Group: things that others name, kept for their name."""

from __future__ import annotations

from ehr.references import Reading
from ehr.rows import Feed, Projection, Row
from ehr.shapes import concept, concepts, each, first_code, joined, text


def named(resource: dict, reading: Reading, feed: Feed) -> Projection:
    values = {
        "status": text(resource, "status"),
        "name": _name(resource),
        "fhir_code": first_code(resource, "type") or first_code(resource, "code"),
        "detail": joined(concepts(resource, "condition")) or text(resource, "modelNumber") or None,
    }
    return Projection([Row("named_resource", values)])


def _name(resource: dict) -> str:
    names = [text(sent, "name") for sent in each(resource, "deviceName")]
    sent = resource.get("name")
    if isinstance(sent, str):
        names.insert(0, sent.strip())
    return (
        next(filter(None, names), "")
        or concept(resource, "type")
        or concept(resource, "code")
        or text(resource, "comment")
    )
