"""RelatedPerson and Consent: who the feed says may help. They propose; access is granted in the portal alone."""

from __future__ import annotations

from ehr.projections.directory import STATUS
from ehr.references import Reading
from ehr.rows import Feed, Projection, Row, date_columns, json_text, span, when
from ehr.shapes import concept, concepts, each, email_of, joined, one, phone_of, text, truth
from rules.names import person_name


def related_person(resource: dict, reading: Reading, feed: Feed) -> Projection:
    name = person_name(each(resource, "name"), feed.now)
    values = {
        "status": STATUS[truth(resource, "active")],
        "name": name.full if name else "",
        "relationship": joined(concepts(resource, "relationship")),
        "phone": phone_of(resource),
        "email": email_of(resource),
    }
    return Projection([Row("related_person", values | date_columns("effective", span(one(resource, "period"), feed)))])


def consent(resource: dict, reading: Reading, feed: Feed) -> Projection:
    values = {
        "status": text(resource, "status"),
        "scope": concept(resource, "scope") or None,
        "label": next(iter(concepts(resource, "category")), ""),
        "provision": json_text(one(resource, "provision")),
        "organization": joined(reading.display(sent, "Organization") for sent in each(resource, "organization")),
    }
    return Projection(
        [Row("consent", values | date_columns("given", *when({"atDateTime": text(resource, "dateTime")}, "at", feed)))]
    )
