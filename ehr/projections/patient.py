"""Patient: what a chart says of its person."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Any

from ehr.projections.directory import identifiers_of
from ehr.references import Reading, Target
from ehr.rows import Feed, dated
from ehr.shapes import address_of, codes, each, email_of, one, phone_of, text
from rules.names import person_name


@dataclass(frozen=True, slots=True)
class PatientFacts:
    """`values` are columns of Record. `replaced_by` is the patient this one was merged into, `replaces` those merged
    into this one."""

    values: dict[str, Any]
    identifiers: list[tuple[str, str]]
    replaced_by: Target | None
    replaces: tuple[Target, ...]


def patient(resource: dict, reading: Reading, feed: Feed) -> PatientFacts:
    name = person_name(each(resource, "name"), feed.now)
    full, given, family = (name.full, name.given, name.family) if name else ("", "", "")
    values = {
        "name": full,
        "given": given,
        "family": family,
        "name_key": name_key(full),
        "birth_text": birth(text(resource, "birthDate"), feed),
        "sex": text(resource, "gender"),
        "phone": phone_of(resource),
        "email": email_of(resource),
        "address": address_of(resource),
        "deceased_text": deceased(resource),
        "number": record_number(resource),
    }
    return PatientFacts(
        values, identifiers_of(resource), next(iter(_linked(resource, reading, "replaced-by")), None),
        _linked(resource, reading, "replaces"),
    )  # fmt: skip


def _linked(resource: dict, reading: Reading, kind: str) -> tuple[Target, ...]:
    others = (one(link, "other") for link in each(resource, "link") if text(link, "type") == kind)
    targets = (reading.target(other, "Patient") for other in others)
    return tuple(target for target in targets if target and target.fhir_type == "Patient")


def name_key(name: str) -> str:
    """Casefolded and without marks, for staff who search."""
    apart = unicodedata.normalize("NFKD", name)
    return " ".join("".join(letter for letter in apart if not unicodedata.combining(letter)).casefold().split())


def birth(sent: str, feed: Feed) -> str:
    """YYYY, YYYY-MM or YYYY-MM-DD; '' where what was sent is no date."""
    found = dated(sent, feed.zone) if sent else None
    return sent[:10] if found else ""


def deceased(resource: dict) -> str | None:
    """The date as sent; `true` where only the fact was sent."""
    sent = text(resource, "deceasedDateTime")
    return sent[:40] or ("true" if resource.get("deceasedBoolean") is True else None)


def record_number(resource: dict) -> str | None:
    """The identifier that says it is a medical record number (HL7 v2 table 0203, MR)."""
    for sent in each(resource, "identifier"):
        value = text(sent, "value")
        if value and "MR" in codes(sent, "type") and text(sent, "use") != "old":
            return value[:64]
    return None
