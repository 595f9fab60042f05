"""DocumentReference and Composition: letters, documents, and the summaries of visits."""

from __future__ import annotations

import re

from ehr.attachments import attachments_in, described, plain_text
from ehr.projections.directory import pointed
from ehr.references import Reading
from ehr.rows import Feed, Projection, Row, date_columns, encounter_links, json_text, span, when
from ehr.shapes import codes, concept, concepts, each, joined, loincs, one, text
from rules.text import narrative_text

# LOINC: discharge summary, progress note, summary of episode, history and physical.
VISIT_SUMMARIES = frozenset({"34133-9", "11506-3", "18842-5", "34117-2"})
DEEPEST_SECTION = 4
_HEADING = re.compile(r"^#{1,4}\s+(.+?)\s*#*$", re.MULTILINE)


def document_reference(resource: dict, reading: Reading, feed: Feed) -> Projection:
    attachments = attachments_in(each(resource, "content"), "attachment")
    context = one(resource, "context")
    links, encounter_ref = encounter_links(reading, one(context, "encounter"))
    label = concept(resource, "type") or next(iter(concepts(resource, "category")), "")
    note = plain_text(attachments)
    listed = json_text(described(attachments))
    shared = {
        "status": text(resource, "status"),
        "show_status": text(resource, "docStatus") or text(resource, "status"),
        "loinc": next(iter(loincs(resource, "type")), ""),
        "author": joined(reading.display(who, "Practitioner") for who in each(resource, "author")),
        "attachments": listed,
        "encounter_ref": encounter_ref,
    }
    if text(resource, "status") == "entered-in-error":
        shared["show_status"] = "entered-in-error"
    shared |= date_columns("effective", *_dated(resource, context, feed))
    values = shared | {
        "label": label,
        "title": text(resource, "description")
        or next(filter(None, (text(a, "title") for a in attachments)), "")
        or None,
        "category": joined(concepts(resource, "category")),
        "doc_status": text(resource, "docStatus"),
        "organization": reading.display(one(resource, "custodian"), "Organization") or None,
        "note": note,
        "replaces": json_text(_replaces(resource, reading)),
    }
    values |= date_columns("about", span(one(context, "period"), feed))
    rows = [Row("document_reference", values, links)]
    if encounter_ref and VISIT_SUMMARIES.intersection(codes(resource, "type")):
        summary = shared | {"title": label, "sections": json_text(sections_of_text(note or ""))}
        rows.append(Row("composition", summary, dict(links)))
    return Projection(rows)


def _dated(resource: dict, context: dict, feed: Feed):
    """When it was written; release 3 said `indexed` or `created`."""
    for key in ("date", "indexed", "created"):
        if text(resource, key):
            return when({"atDateTime": text(resource, key)}, "at", feed)
    found = span(one(context, "period"), feed)
    return found, found.text if found else ""


def _replaces(resource: dict, reading: Reading) -> list[dict]:
    found = (
        {"ref": pointed(reading, one(sent, "target"), "DocumentReference") or "", "code": text(sent, "code")}
        for sent in each(resource, "relatesTo")
    )
    return [sent for sent in found if sent["ref"]]


def composition(resource: dict, reading: Reading, feed: Feed) -> Projection:
    links, encounter_ref = encounter_links(reading, one(resource, "encounter"))
    sections = [part for sent in each(resource, "section") for part in _section(sent, reading, 1)]
    own = narrative_text(text(one(resource, "text"), "div"))
    values = {
        "status": text(resource, "status"),
        "title": text(resource, "title") or concept(resource, "type"),
        "loinc": next(iter(loincs(resource, "type")), ""),
        "author": joined(reading.display(who, "Practitioner") for who in each(resource, "author")),
        "sections": json_text(sections or ([{"title": "", "text": own}] if own else [])),
        "corrected": text(resource, "status") == "amended",
        "encounter_ref": encounter_ref,
    }
    values |= date_columns("effective", *when({"atDateTime": text(resource, "date")}, "at", feed))
    return Projection([Row("composition", values, links)])


def _section(sent: dict, reading: Reading, depth: int) -> list[dict[str, str]]:
    """A section and those inside it, one after the other; without text, the words of what it lists."""
    words = narrative_text(text(one(sent, "text"), "div"))
    if not words:
        entries = (reading.display(entry) for entry in each(sent, "entry"))
        words = joined(entries, "\n") or concept(sent, "emptyReason")
    title = text(sent, "title") or concept(sent, "code")
    own = [{"title": title, "text": words or ""}] if words or title else []
    inner = each(sent, "section") if depth < DEEPEST_SECTION else []
    return own + [part for deeper in inner for part in _section(deeper, reading, depth + 1)]


def sections_of_text(note: str) -> list[dict[str, str]]:
    """A plain note cut at its headings, which begin with `#`; what stands before the first has no title."""
    parts = _HEADING.split(note)
    found = [{"title": "", "text": parts[0].strip()}]
    found += [{"title": title, "text": words.strip()} for title, words in zip(parts[1::2], parts[2::2], strict=True)]
    return [part for part in found if part["title"] or part["text"]]
