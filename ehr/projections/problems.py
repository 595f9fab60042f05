"""AllergyIntolerance, Condition, Procedure, Immunization."""

from __future__ import annotations

import re
from typing import Any

from ehr.projections.medicines import amount, reasons
from ehr.references import Reading
from ehr.rows import Feed, Projection, Row, Unfit, date_columns, encounter_links, json_text, when
from ehr.shapes import codes, codings, concept, concepts, each, first_code, joined, notes, one, text, texts, truth
from rules.ages import stored_age
from rules.quantities import quantity_of

# SNOMED CT: no known allergy (and as it was coded before), no known drug, food, environmental, latex allergy.
NONE_KNOWN = frozenset(
    "716186003 160244002 409137002 429625007 428607008 1003774007 716184000 716185004".split()
)

NONE_KNOWN_WORDS = re.compile(r"(no known( \w+){0,2} allerg(y|ies)|nkd?a)\W*", re.IGNORECASE)
"""Many systems send it as words alone."""

CVX = frozenset({"http://hl7.org/fhir/sid/cvx", "urn:oid:2.16.840.1.113883.12.292"})


def allergy(resource: dict, reading: Reading, feed: Feed) -> Projection:
    label = concept(resource, "code") or joined(_substances(resource)) or ""
    if not label:
        raise Unfit("it does not say what the allergy is to")
    values = _verified(resource) | {
        "label": label,
        "fhir_code": first_code(resource, "code"),
        "none_known": bool(NONE_KNOWN.intersection(codes(resource, "code")) or NONE_KNOWN_WORDS.fullmatch(label)),
        "kind": text(resource, "type"),
        "categories": json_text(texts(resource, "category")),
        "criticality": text(resource, "criticality"),
        "reactions": json_text([_reaction(sent) for sent in each(resource, "reaction")]),
        "onset_words": spoken(resource, "onset"),
        "note": notes(resource),
    }
    values |= date_columns("onset", *when(resource, "onset", feed))
    values |= date_columns("recorded", *_recorded(resource, feed))
    return Projection([Row("allergy_intolerance", values)])


def condition(resource: dict, reading: Reading, feed: Feed) -> Projection:
    label = concept(resource, "code") or joined(concepts(resource, "bodySite")) or ""
    if not label:
        raise Unfit("it does not say what the condition is")
    links, encounter_ref = encounter_links(reading, one(resource, "encounter") or one(resource, "context"))
    values = _verified(resource) | {
        "label": label,
        "fhir_code": first_code(resource, "code"),
        "category": first_code(resource, "category"),
        "severity": concept(resource, "severity") or None,
        "body_site": joined(concepts(resource, "bodySite")),
        "onset_words": spoken(resource, "onset"),
        "abatement_words": spoken(resource, "abatement"),
        "note": notes(resource),
        "encounter_ref": encounter_ref,
    }
    values |= date_columns("onset", *when(resource, "onset", feed))
    values |= date_columns("abatement", *when(resource, "abatement", feed))
    values |= date_columns("recorded", *_recorded(resource, feed))
    return Projection([Row("condition", values, links)])


def procedure(resource: dict, reading: Reading, feed: Feed) -> Projection:
    label = concept(resource, "code") or next(iter(concepts(resource, "category")), "")
    if not label:
        raise Unfit("it does not say what was done")
    links, encounter_ref = encounter_links(reading, one(resource, "encounter") or one(resource, "context"))
    performers = (one(sent, "actor") or sent for sent in each(resource, "performer"))
    values = {
        "status": text(resource, "status"),
        "label": label,
        "fhir_code": first_code(resource, "code"),
        "category": concept(resource, "category") or None,
        "effective_words": spoken(resource, "performed"),
        "performer": joined(reading.display(actor, "Practitioner") for actor in performers),
        "place": reading.display(one(resource, "location"), "Location") or None,
        "reason": reasons(resource, reading),
        "status_reason": concept(resource, "statusReason") or None,
        "body_site": joined(concepts(resource, "bodySite")),
        "outcome": concept(resource, "outcome") or None,
        "complication": joined(concepts(resource, "complication")),
        "follow_up": joined(concepts(resource, "followUp")),
        "note": notes(resource),
        "encounter_ref": encounter_ref,
    }
    return Projection([Row("procedure", values | date_columns("effective", *when(resource, "performed", feed)), links)])


def immunization(resource: dict, reading: Reading, feed: Feed) -> Projection:
    label = concept(resource, "vaccineCode")
    if not label:
        raise Unfit("it names no vaccine")
    links, encounter_ref = encounter_links(reading, one(resource, "encounter"))
    performers = (one(sent, "actor") or sent for sent in each(resource, "performer"))
    protocol = one(resource, "protocolApplied")
    # Release 3 said `notGiven` and `date`.
    sent = {"occurrenceDateTime": text(resource, "date")} | resource
    values = {
        "status": "not-done" if truth(resource, "notGiven") else text(resource, "status"),
        "label": label,
        "fhir_code": _vaccine_code(resource),
        "occurrence_words": text(resource, "occurrenceString") or None,
        "lot": text(resource, "lotNumber") or None,
        "dose": text(protocol, "doseNumberPositiveInt") or text(protocol, "doseNumberString") or None,
        "series": text(protocol, "series") or None,
        "body_site": concept(resource, "site") or None,
        "route": concept(resource, "route") or None,
        "performer": joined(reading.display(actor, "Practitioner") for actor in performers),
        "place": reading.display(one(resource, "location"), "Location") or None,
        "manufacturer": reading.display(one(resource, "manufacturer"), "Organization") or None,
        "not_done_reason": concept(resource, "statusReason") or None,
        "primary_source": truth(resource, "primarySource"),
        "note": notes(resource),
        "encounter_ref": encounter_ref,
    }
    return Projection(
        [Row("immunization", values | date_columns("occurrence", *when(sent, "occurrence", feed)), links)]
    )


def _vaccine_code(resource: dict) -> str:
    """CVX where it was sent, though other codes stand before it. What looks like CVX and is of another system would
    name the wrong disease, so it is left out."""
    sent = codings(resource, "vaccineCode")
    cvx = next((text(coding, "code") for coding in sent if text(coding, "system") in CVX), "")
    other = first_code(resource, "vaccineCode")
    return cvx or ("" if len(other) <= 3 else other)


def _verified(resource: dict) -> dict[str, Any]:
    """Verification decides whether it shows; clinical status is what is shown."""
    clinical, verification = first_code(resource, "clinicalStatus"), first_code(resource, "verificationStatus")
    return {
        "status": clinical or verification,
        "show_status": verification or clinical,
        "clinical_status": clinical,
        "verification": verification,
    }


def _substances(resource: dict) -> list[str]:
    return [concept(sent, "substance") for sent in each(resource, "reaction")]


def _reaction(sent: dict) -> dict[str, str]:
    return {
        "text": joined(concepts(sent, "manifestation")) or text(sent, "description"),
        "severity": text(sent, "severity"),
        "substance": concept(sent, "substance"),
    }


def _recorded(resource: dict, feed: Feed):
    day = text(resource, "recordedDate") or text(resource, "assertedDate")
    return when({"atDateTime": day}, "at", feed)


def spoken(resource: dict, prefix: str) -> str | None:
    """`<prefix>String`, `Age` or `Range`, an age in FHIR, in words; `abatementBoolean` true is `true`."""
    words = text(resource, f"{prefix}String")
    if words:
        return words
    age = amount(resource, f"{prefix}Age")
    if age:
        return stored_age(age)
    spread = one(resource, f"{prefix}Range")
    sides = [quantity_of(spread.get(side)) for side in ("low", "high")] if spread else []
    numbers = "–".join(side.number for side in sides if side.number)
    unit = next((side.unit or side.code for side in sides if side.number), "")
    return stored_age(f"{numbers} {unit}".strip()) or ("true" if truth(resource, f"{prefix}Boolean") else None)
