"""Observation and DiagnosticReport."""

from __future__ import annotations

from typing import Any

from ehr.attachments import described, plain_text
from ehr.references import Reading
from ehr.rows import Feed, Projection, Row, Unfit, date_columns, encounter_links, instant, json_text, when
from ehr.shapes import codes, concept, concepts, each, joined, loincs, notes, one, text
from rules.quantities import Absent, Quantity, Whole, series_unit, to_json, value_of
from rules.results import meaning, ranges_of, ranges_to_json, usual_range
from rules.tests import plain_name
from rules.text import MOST, narrative_text

CORRECTED = frozenset({"corrected", "amended", "appended"})
VITAL_SIGNS = frozenset({"vital-signs", "vital-sign"})
# Answers about a life rather than tests: kept, and shown with home rather than among the results.
ANSWERS = frozenset(
    {
        "social-history", "survey", "sdoh", "activity", "functional-status", "disability-status", "cognitive-status",
        "care-experience-preference", "treatment-intervention-preference", "observation-adi-documentation",
    }
)  # fmt: skip
VITAL_LOINC = frozenset(
    "8867-4 29463-7 8302-2 39156-5 85354-9 8480-6 8462-4 59408-5 2708-6 8310-5 9279-1 9843-4 8289-1 59576-9 77606-2".split()
)
# LOINC of what a clinician writes about a visit. Sent as a report of an encounter, it is part of the visit and no result.
VISIT_NOTES = frozenset("34117-2 51847-2 11506-3 18842-5 28570-0 11488-4 34133-9 57133-1".split())
IMAGING = frozenset({"RAD", "IMG", "CT", "CUS", "MRI", "NMR", "RUS", "RX", "XRC", "NMS", "VUS", "imaging", "LP29684-5"})
KINDS = (
    ("urine", ("urine", "urinary")),
    ("swab", ("swab", "nasopharyn", "throat")),
    ("stool", ("stool", "feces", "faeces")),
    ("blood", ("blood", "serum", "plasma", "platelet poor", "venous", "arterial")),
)


def observation(resource: dict, reading: Reading, feed: Feed) -> Projection:
    label = concept(resource, "code")
    if not label:
        raise Unfit("Observation without a code or a name for what was observed")
    whole = _observation_row(resource, reading, feed, label)
    parts = each(resource, "component")
    members = [reading.target(member, "Observation") for member in each(resource, "hasMember")]
    rows = [Row("observation", whole, _links(whole, reading, resource))]
    rows += [_component_row(rows[0], part, index, label) for index, part in enumerate(parts) if concept(part, "code")]
    whole["panel"] = bool(len(rows) > 1 or any(members))
    return Projection(rows, [("parent", target) for target in members if target])


def _links(values: dict, reading: Reading, resource: dict) -> dict:
    links, values["encounter_ref"] = encounter_links(reading, one(resource, "encounter") or one(resource, "context"))
    return links


def _observation_row(resource: dict, reading: Reading, feed: Feed, label: str) -> dict[str, Any]:
    status = text(resource, "status")
    issued = instant(text(resource, "issued"), feed)
    effective, sent = when(resource, "effective", feed)
    if effective is None and issued:
        effective, sent = _issued_instead(resource, feed, sent)
    category = observation_category(resource)
    values = {
        "status": status,
        "corrected": status in CORRECTED,
        "category": category,
        "loinc": _loinc(resource),
        "label": label,
        "issued_at": issued,
        "specimen": reading.display(one(resource, "specimen"), "Specimen") or None,
        "method": concept(resource, "method") or None,
        "performer": joined(reading.display(p, "Practitioner") for p in each(resource, "performer")),
        "note": notes(resource) or text(resource, "comment") or None,
        "component": None,
    }
    values |= date_columns("effective", effective, sent)
    values |= measured(resource)
    values["kind"] = kind_of(loincs(resource, "code"), label, values["specimen"] or "")
    return values


def _issued_instead(resource: dict, feed: Feed, sent: str):
    """When it was reported stands in for when it was observed; a text that is no date is kept beside the issue date."""
    issued = text(resource, "issued")
    return when({"atDateTime": issued}, "at", feed)[0], sent or issued


def _component_row(parent: Row, part: dict, index: int, parent_label: str) -> Row:
    label = concept(part, "code")
    values = parent.values | measured(part) | {"component": index, "label": label, "loinc": _loinc(part), "note": None}
    values["kind"] = kind_of(loincs(part, "code"), label, values["specimen"] or "") or parent.values["kind"]
    values["panel"] = False
    return Row("observation", values, dict(parent.links))


def measured(holder: dict) -> dict[str, Any]:
    """The columns that say what was found: for an Observation or one of its components."""
    value, ranges = value_of(holder), ranges_of(each(holder, "referenceRange"))
    usual = usual_range(ranges)
    quantity = value if isinstance(value, Quantity) else Quantity(value.number) if isinstance(value, Whole) else None
    absent = value if isinstance(value, Absent) else None
    return {
        "value": to_json(value) if value is not None else None,
        "number": quantity.number or None if quantity else None,
        "unit": series_unit(quantity) if quantity else "",
        "comparator": quantity.comparator if quantity else "",
        "interpretation": str(meaning(value, each(holder, "interpretation"), ranges)),
        "range_low": usual.low or None if usual else None,
        "range_high": usual.high or None if usual else None,
        "range_text": joined((r.text for r in ranges), "; "),
        "ranges": ranges_to_json(ranges) or None,
        "absent_reason": (absent.code or absent.text) if absent else "",
    }


def observation_category(resource: dict) -> str:
    sent = set(codes(resource, "category"))
    if sent & VITAL_SIGNS:
        return "vitals"
    if sent & ANSWERS and not sent & {"laboratory", "imaging"}:
        return "home"
    if not sent and VITAL_LOINC.intersection(loincs(resource, "code")):
        return "vitals"
    return "results"


def kind_of(codes_sent: tuple[str, ...], label: str, specimen: str) -> str:
    """What the sample was, by the test's own code, else by the words sent; '' where neither says."""
    known = plain_name(codes_sent) if codes_sent else None
    if known and known.specimen:
        return str(known.specimen)
    words = f"{specimen} {label}".casefold()
    return next((kind for kind, signs in KINDS if any(sign in words for sign in signs)), "")


def _loinc(holder: dict) -> str:
    return next(iter(loincs(holder, "code")), "")


def diagnostic_report(resource: dict, reading: Reading, feed: Feed) -> Projection:
    label = concept(resource, "code") or next(iter(concepts(resource, "category")), "")
    if not label:
        raise Unfit("DiagnosticReport without a code or a name")
    status = text(resource, "status")
    issued = instant(text(resource, "issued"), feed)
    effective, sent = when(resource, "effective", feed)
    if effective is None and issued:
        effective, sent = _issued_instead(resource, feed, sent)
    results = [reading.target(result, "Observation") for result in each(resource, "result")]
    links, encounter_ref = encounter_links(reading, one(resource, "encounter") or one(resource, "context"))
    category = report_category(resource)
    values = {
        "status": status,
        "corrected": status in CORRECTED,
        "category": category,
        "kind": report_kind(resource, category, label, bool(results)),
        "loinc": _loinc(resource),
        "label": label,
        "issued_at": issued,
        "performer": report_performer(resource, reading),
        "conclusion": joined([text(resource, "conclusion")[:MOST], *concepts(resource, "conclusionCode")], "\n"),
        "note": plain_text(each(resource, "presentedForm")) or _narrative(resource, results),
        "attachments": json_text(described(each(resource, "presentedForm"))),
        "encounter_ref": encounter_ref,
        "test_count": len(results),
    }
    values |= date_columns("effective", effective, sent)
    return Projection([Row("diagnostic_report", values, links)], [("report", target) for target in results if target])


def _narrative(resource: dict, results: list) -> str | None:
    """The report's own text, where nothing else in it can be read."""
    if results or text(resource, "conclusion"):
        return None
    return narrative_text(text(one(resource, "text"), "div")) or None


def report_category(resource: dict) -> str:
    if IMAGING.intersection(codes(resource, "category")):
        return "imaging"
    noted = VISIT_NOTES.intersection(loincs(resource, "code")) and not each(resource, "result")
    return "visits" if noted and (one(resource, "encounter") or one(resource, "context")) else "results"


def report_kind(resource: dict, category: str, label: str, has_results: bool) -> str:
    if category == "imaging":
        return "imaging"
    if not has_results:
        return "note"
    return kind_of(loincs(resource, "code"), label, "") or "other"


def report_performer(resource: dict, reading: Reading) -> str | None:
    people = each(resource, "resultsInterpreter") + each(resource, "performer")
    return joined(reading.display(person, "Practitioner") for person in people)
