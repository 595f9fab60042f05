"""What a FHIR resource says of itself, its people, places and days, in the pieces of which facts are made.

A fact is a tuple of words of which any will do: what a reference calls somebody, or what they call themselves.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tests.support.saying import day_of, flat
from tests.support.sent import PatientSent, Resource, called, codes_of, words_of

Fact = tuple[str, ...]
GONE = frozenset({"entered-in-error", "refuted", "unknown", "draft", "proposed", "", None})
NEVER = frozenset({"entered-in-error", "refuted"})


def shown(resource: Resource) -> bool:
    """Nothing that was never right, is no fact yet, or says not what it is."""
    states = [resource[key] for key in ("status", "lifecycleStatus") if key in resource]
    judged = [*codes_of(resource.get("verificationStatus")), *codes_of(resource.get("clinicalStatus"))]
    return not GONE.intersection(states) and not NEVER.intersection(judged) and resource.get("intent") != "proposal"


def facts(*found: Fact | str | None) -> list[Fact]:
    """Those that say anything."""
    tuples = [(one,) if isinstance(one, str) else one or () for one in found]
    return [kept for kept in (tuple(flat(words) for words in one if words and flat(words)) for one in tuples) if kept]


def day(sent: str | None) -> Fact:
    return (day_of(sent) or sent,) if sent else ()


def days(resource: Resource, name: str) -> list[Fact]:
    """Every day of a FHIR choice: dateTime, period, string; ages and ranges are other people's affair."""
    span = resource.get(f"{name}Period") or {}
    return [day(resource.get(f"{name}DateTime") or resource.get(f"{name}String")), day(span.get("start")), day(span.get("end"))]


def concepts(sent: Iterable[Any]) -> list[Fact]:
    return [(words_of(one),) for one in sent]


def notes(resource: Resource) -> list[Fact]:
    return [(line,) for note in resource.get("note", []) for line in note.get("text", "").splitlines() if line.strip()]


def named(sent: PatientSent, reference: Any) -> Fact:
    """A person, a place, a condition: as whoever refers to it calls it, or as it calls itself."""
    found = sent.find(reference or {})
    if found.get("resourceType") == "Patient" or not reference:
        return ()
    own = words_of(found["code"]) if shown(found) and found.get("code") else called(found) if "name" in found else ""
    return (reference.get("display", ""), own)


def quantity(sent: Resource | None) -> Fact:
    if not sent or "value" not in sent:
        return ()
    short = sent["value"].removesuffix(".0")
    units = {sent.get("unit", ""), sent.get("code", "")}
    return tuple(f"{number} {unit}" for number in (sent["value"], short) for unit in units)
