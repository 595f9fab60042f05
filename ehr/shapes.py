"""Soft reading of JSON that should be FHIR: whatever is missing or misshapen reads as empty, and nothing raises."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rules.quantities import concept_of
from rules.text import MOST

NOTHING: dict[str, Any] = {}
LOINC = "http://loinc.org"


def text(holder: dict, key: str) -> str:
    sent = holder.get(key)
    if sent is None:
        return ""
    if type(sent) is str:
        return sent.strip()
    return str(sent) if isinstance(sent, (int, float)) and not isinstance(sent, bool) else ""


def one(holder: dict, key: str) -> dict:
    """The object there; the first of several, as older versions of FHIR send some of them."""
    sent = holder.get(key)
    if sent is None:
        return NOTHING
    if type(sent) is dict:
        return sent
    return next((part for part in sent if isinstance(part, dict)), NOTHING) if isinstance(sent, list) else NOTHING


def each(holder: dict, key: str) -> list[dict]:
    """The objects there; a single one counts as a list of one."""
    sent = holder.get(key)
    if sent is None:
        return []
    if type(sent) is list:
        # Most lists hold one object: it needs no copy. Nobody adds to what is given here.
        if len(sent) == 1 and type(sent[0]) is dict:
            return sent
        return [part for part in sent if type(part) is dict]
    return [sent] if type(sent) is dict else []


def texts(holder: dict, key: str) -> list[str]:
    sent = holder.get(key)
    if isinstance(sent, list):
        return [part.strip() for part in sent if isinstance(part, str) and part.strip()]
    return [sent.strip()] if isinstance(sent, str) and sent.strip() else []


def truth(holder: dict, key: str) -> bool | None:
    sent = holder.get(key)
    return sent if isinstance(sent, bool) else None


def whole(holder: dict, key: str) -> int | None:
    sent = holder.get(key)
    return sent if isinstance(sent, int) and not isinstance(sent, bool) and abs(sent) < 2**31 else None


def concept(holder: dict, key: str) -> str:
    """The words of a CodeableConcept, of the first of several, or of a bare code."""
    sent = holder.get(key)
    if isinstance(sent, str):
        return sent.strip()
    found = one(holder, key)
    return concept_of(found).text if found else ""


def concepts(holder: dict, key: str) -> list[str]:
    return [words for words in (concept_of(sent).text for sent in each(holder, key)) if words]


def codings(holder: dict, key: str) -> list[dict]:
    """The codings of a CodeableConcept, or of all of several; a bare Coding counts as its own."""
    found = []
    for sent in each(holder, key):
        found += each(sent, "coding") or ([sent] if "code" in sent and "coding" not in sent else [])
    return found


def codes(holder: dict, key: str) -> list[str]:
    return [code for code in (text(coding, "code") for coding in codings(holder, key)) if code]


def first_code(holder: dict, key: str) -> str:
    """The first code of a CodeableConcept, or the bare string that older versions send."""
    sent = holder.get(key)
    if isinstance(sent, str):
        return sent.strip()
    return next(iter(codes(holder, key)), "")


def loincs(holder: dict, key: str) -> tuple[str, ...]:
    return tuple(
        code for coding in codings(holder, key) if coding.get("system") == LOINC and (code := text(coding, "code"))
    )


def notes(holder: dict, key: str = "note") -> str | None:
    """Annotations, a paragraph each; None where there are none. Cut as narratives are: the raw resource has the rest."""
    return "\n\n".join(filter(None, (text(note, "text") for note in each(holder, key))))[:MOST] or None


def joined(parts: Iterable[str], between: str = ", ") -> str | None:
    """Each part once, in order; None where there are none."""
    return between.join(dict.fromkeys(filter(None, parts))) or None


def phone_of(holder: dict) -> str | None:
    return _contact(holder, "phone")


def email_of(holder: dict) -> str | None:
    return _contact(holder, "email")


def _contact(holder: dict, system: str) -> str | None:
    found = [
        c for c in each(holder, "telecom") if c.get("system") == system and c.get("use") != "old" and text(c, "value")
    ]
    found.sort(key=lambda c: c["rank"] if isinstance(c.get("rank"), int) else 99)
    return text(found[0], "value") if found else None


def address_of(holder: dict) -> str | None:
    """The first address that is not an old one, a line each."""
    current = [a for a in each(holder, "address") if a.get("use") != "old"]
    if not current:
        return None
    sent = current[0]
    if text(sent, "text"):
        return text(sent, "text")
    place = " ".join(
        filter(None, (", ".join(filter(None, (text(sent, "city"), text(sent, "state")))), text(sent, "postalCode")))
    )
    return "\n".join(filter(None, (*texts(sent, "line"), place, text(sent, "country")))) or None
