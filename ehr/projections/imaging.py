"""ImagingStudy and Media."""

from __future__ import annotations

from ehr.attachments import attachments_in, described
from ehr.projections.medicines import reasons
from ehr.references import Reading
from ehr.rows import Feed, Projection, Row, date_columns, encounter_links, instant, json_text, when
from ehr.shapes import concept, concepts, each, joined, notes, one, text, whole


def imaging_study(resource: dict, reading: Reading, feed: Feed) -> Projection:
    links, encounter_ref = encounter_links(reading, one(resource, "encounter") or one(resource, "context"))
    series = [_series(sent) for sent in each(resource, "series")]
    modality = joined([*_spoken(resource, "modality"), *(sent["modality"] for sent in series)])
    label = joined(concepts(resource, "procedureCode")) or text(resource, "description") or modality or ""
    values = {
        "status": text(resource, "status"),
        "label": label,
        "modality": modality,
        "body_site": joined(sent["body_site"] for sent in series),
        "description": text(resource, "description") or None,
        "reason": reasons(resource, reading),
        "referrer": reading.display(one(resource, "referrer"), "Practitioner") or None,
        "place": reading.display(one(resource, "location"), "Location") or None,
        "series_count": whole(resource, "numberOfSeries"),
        "picture_count": whole(resource, "numberOfInstances"),
        "series": json_text(series),
        "note": notes(resource),
        "encounter_ref": encounter_ref,
    }
    started = when({"atDateTime": text(resource, "started")}, "at", feed)
    return Projection([Row("imaging_study", values | date_columns("effective", *started), links)])


def _series(sent: dict) -> dict:
    return {
        "modality": next(iter(_spoken(sent, "modality")), ""),
        "body_site": next(iter(_spoken(sent, "bodySite")), ""),
        "description": text(sent, "description"),
        "pictures": whole(sent, "numberOfInstances"),
    }


def _spoken(holder: dict, key: str) -> list[str]:
    """Codings, or concepts as release 5 has them."""
    return [w for w in (text(c, "display") or text(c, "code") for c in each(holder, key)) if w] or concepts(holder, key)


def media(resource: dict, reading: Reading, feed: Feed) -> Projection:
    links, encounter_ref = encounter_links(reading, one(resource, "encounter"))
    content = attachments_in([resource], "content")
    modality = concept(resource, "modality") or concept(resource, "type")
    values = {
        "status": text(resource, "status"),
        "label": next(filter(None, (text(sent, "title") for sent in content)), "")
        or concept(resource, "view")
        or modality,
        "modality": modality or None,
        "body_site": concept(resource, "bodySite") or None,
        "reason": joined(concepts(resource, "reasonCode")),
        "device": text(resource, "deviceName") or None,
        "operator": reading.display(one(resource, "operator"), "Practitioner") or None,
        "attachments": json_text(described(content)),
        "issued_at": instant(text(resource, "issued"), feed),
        "note": notes(resource),
        "encounter_ref": encounter_ref,
    }
    return Projection([Row("media", values | date_columns("effective", *when(resource, "created", feed)), links)])
