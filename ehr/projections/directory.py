"""Practitioner, PractitionerRole, Organization, Location and Person: what other resources name."""

from __future__ import annotations

from ehr.references import Reading
from ehr.rows import Feed, Projection, Row, json_text
from ehr.shapes import address_of, concept, concepts, each, joined, one, phone_of, text, truth
from rules.names import person_name

STATUS = {True: "active", False: "inactive", None: ""}


def practitioner(resource: dict, reading: Reading, feed: Feed) -> Projection:
    name = person_name(each(resource, "name"), feed.now)
    values = {
        "status": STATUS[truth(resource, "active")],
        "name": name.full if name else "",
        "given": name.given if name else None,
        "family": name.family if name else None,
        "qualification": joined(concept(sent, "code") for sent in each(resource, "qualification")),
        "phone": phone_of(resource),
    }
    return _with_identifiers("practitioner", values, resource)


def practitioner_role(resource: dict, reading: Reading, feed: Feed) -> Projection:
    values = {
        "status": STATUS[truth(resource, "active")],
        "name": reading.display(one(resource, "practitioner"), "Practitioner")
        or reading.display(one(resource, "organization"), "Organization"),
        "role": joined(concepts(resource, "code")),
        "specialty": joined(concepts(resource, "specialty")),
        "practitioner_ref": pointed(reading, one(resource, "practitioner"), "Practitioner"),
        "organization_ref": pointed(reading, one(resource, "organization"), "Organization"),
    }
    return _with_identifiers("practitioner_role", values, resource)


def organization(resource: dict, reading: Reading, feed: Feed) -> Projection:
    values = {
        "status": STATUS[truth(resource, "active")],
        "name": text(resource, "name"),
        "kind": joined(concepts(resource, "type")),
        "phone": phone_of(resource),
        "address": address_of(resource),
    }
    return _with_identifiers("organization", values, resource)


def location(resource: dict, reading: Reading, feed: Feed) -> Projection:
    values = {
        "status": text(resource, "status"),
        "name": text(resource, "name"),
        "kind": joined(concepts(resource, "type")),
        "phone": phone_of(resource),
        "address": address_of(resource),
        "organization_ref": pointed(reading, one(resource, "managingOrganization"), "Organization"),
    }
    return _with_identifiers("location", values, resource)


def person(resource: dict, reading: Reading, feed: Feed) -> Projection:
    name = person_name(each(resource, "name"), feed.now)
    links = [
        {
            "ref": pointed(reading, one(sent, "target"), "Patient") or "",
            "name": text(one(sent, "target"), "display"),
            "assurance": text(sent, "assurance"),
        }
        for sent in each(resource, "link")
    ]
    values = {"status": STATUS[truth(resource, "active")], "name": name.full if name else "", "links": json_text(links)}
    return Projection([Row("person", values)])


def pointed(reading: Reading, reference: dict, expected: str) -> str | None:
    """A reference in words: `Organization/1`, or `Organization/?system|value`."""
    target = reading.target(reference, expected) if reference else None
    return f"{target.fhir_type}/{target.fhir_id}" if target else None


def identifiers_of(resource: dict) -> list[tuple[str, str]]:
    found = ((text(sent, "system"), text(sent, "value")) for sent in each(resource, "identifier"))
    return list(dict.fromkeys((system[:400], value[:400]) for system, value in found if value))


def _with_identifiers(table: str, values: dict, resource: dict) -> Projection:
    return Projection([Row(table, values)], identifiers=identifiers_of(resource))
