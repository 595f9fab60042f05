"""What a result means and how it may be shown. Nothing guesses: no range, no word of the laboratory, no meaning.

Interpretation codes are HL7 v3 ObservationInterpretation. Ranges are FHIR `referenceRange`, bounds inclusive.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

import msgspec

from rules.quantities import AnyValue, Quantity, Span, concept_of, decimal_of, quantity_of, series_unit, span_of
from rules.shapes import list_in, maps_in, text_in


class Meaning(StrEnum):
    """Stored as its text. `far_*` are what a laboratory calls critical; we never compute them."""

    NONE = ""
    IN = "in"
    BELOW = "below"
    ABOVE = "above"
    FAR_BELOW = "far_below"
    FAR_ABOVE = "far_above"
    OUTSIDE = "outside"
    FAR_OUTSIDE = "far_outside"
    POSITIVE = "positive"
    NEGATIVE = "negative"
    UNCLEAR = "unclear"
    SUSCEPTIBLE = "susceptible"
    INTERMEDIATE = "intermediate"
    RESISTANT = "resistant"


BELOW = frozenset({Meaning.BELOW, Meaning.FAR_BELOW})
ABOVE = frozenset({Meaning.ABOVE, Meaning.FAR_ABOVE})
OUT = BELOW | ABOVE | {Meaning.OUTSIDE, Meaning.FAR_OUTSIDE}

# Reactive, detected and positive are one thing to a reader; so are their opposites.
CODES: dict[str, Meaning] = {
    "N": Meaning.IN,
    "L": Meaning.BELOW, "LU": Meaning.BELOW, "L<": Meaning.BELOW,
    "LL": Meaning.FAR_BELOW,
    "H": Meaning.ABOVE, "HU": Meaning.ABOVE, "H>": Meaning.ABOVE,
    "HH": Meaning.FAR_ABOVE,
    "A": Meaning.OUTSIDE, "AA": Meaning.FAR_OUTSIDE,
    "POS": Meaning.POSITIVE, "DET": Meaning.POSITIVE, "RR": Meaning.POSITIVE,
    "WR": Meaning.UNCLEAR,
    "NEG": Meaning.NEGATIVE, "ND": Meaning.NEGATIVE, "NR": Meaning.NEGATIVE,
    "IND": Meaning.UNCLEAR, "E": Meaning.UNCLEAR,
    "S": Meaning.SUSCEPTIBLE, "I": Meaning.INTERMEDIATE, "R": Meaning.RESISTANT,
}  # fmt: skip

# Some feeds send the word without a code. Only exact words count.
WORDS: dict[str, Meaning] = {
    "normal": Meaning.IN,
    "low": Meaning.BELOW,
    "critical low": Meaning.FAR_BELOW,
    "high": Meaning.ABOVE,
    "critical high": Meaning.FAR_ABOVE,
    "abnormal": Meaning.OUTSIDE,
    "positive": Meaning.POSITIVE,
    "negative": Meaning.NEGATIVE,
    "detected": Meaning.POSITIVE,
    "not detected": Meaning.NEGATIVE,
}

_LESS_TELLING = (Meaning.IN, Meaning.OUTSIDE)


class Range(msgspec.Struct, frozen=True, omit_defaults=True):
    """One reference range as sent. `applies` and `age` are for whom it was sent: words, and a span of ages."""

    low: str = ""
    high: str = ""
    unit: str = ""
    text: str = ""
    kind: str = ""
    applies: str = ""
    age: Span | None = None

    @property
    def is_for_all(self) -> bool:
        return not self.applies and self.age is None


def ranges_of(fhir: object) -> tuple[Range, ...]:
    """FHIR `referenceRange[]`; empty ones are left out."""
    read = (_range(sent) for sent in maps_in(fhir))
    return tuple(r for r in read if r.low or r.high or r.text)


def ranges_to_json(ranges: tuple[Range, ...]) -> str:
    return msgspec.json.encode(ranges).decode() if ranges else ""


def ranges_from_json(text: str | bytes) -> tuple[Range, ...]:
    return msgspec.json.decode(text, type=tuple[Range, ...]) if text else ()


def meaning(value: AnyValue | None, interpretation: object, ranges: tuple[Range, ...]) -> Meaning:
    """The laboratory's own word first; else where the number lies in the one usual range; else nothing."""
    sent = _interpreted(interpretation)
    if sent:
        return sent
    usual = usual_range(ranges)
    if usual is None or not isinstance(value, Quantity):
        return Meaning.NONE
    if usual.unit and usual.unit != series_unit(value):
        return Meaning.NONE
    return _placed(value, decimal_of(usual.low), decimal_of(usual.high))


def laboratory_word(interpretation: object) -> str:
    """The interpretation as the laboratory wrote it, for those who want it beside ours."""
    return next((text for text in (concept_of(c).text for c in maps_in(interpretation)) if text), "")


def usual_range(ranges: tuple[Range, ...]) -> Range | None:
    """The range to compare with: the only one with numbers that is `normal` or unnamed and has no condition."""
    numbered = [r for r in ranges if r.kind in ("", "normal") and (r.low or r.high)]
    if len(numbered) == 1:
        return numbered[0]
    free = [r for r in numbered if r.is_for_all]
    return free[0] if len(free) == 1 else None


class Shown(StrEnum):
    """How a result's status reads to a patient."""

    FINAL = "final"
    CORRECTED = "corrected"
    NOT_FINAL = "not_final"
    WAITING = "waiting"
    NOT_DONE = "not_done"
    WITHDRAWN = "withdrawn"
    UNKNOWN = "unknown"


STATUSES: dict[str, Shown] = {
    "final": Shown.FINAL,
    "corrected": Shown.CORRECTED,
    "amended": Shown.CORRECTED,
    "appended": Shown.CORRECTED,
    "preliminary": Shown.NOT_FINAL,
    "partial": Shown.NOT_FINAL,
    "registered": Shown.WAITING,
    "cancelled": Shown.NOT_DONE,
    "entered-in-error": Shown.WITHDRAWN,
    "unknown": Shown.NOT_FINAL,
}


def shown_state(status: str, has_value: bool = True) -> Shown:
    """UNKNOWN for a status FHIR does not name; a registered result with a value is merely not final."""
    state = STATUSES.get(status, Shown.UNKNOWN)
    if state is Shown.WAITING and has_value:
        return Shown.NOT_FINAL
    if state is Shown.NOT_FINAL and not has_value:
        return Shown.WAITING
    return state


_STANDING = {
    Shown.WITHDRAWN: 0,
    Shown.UNKNOWN: 1,
    Shown.NOT_DONE: 2,
    Shown.WAITING: 3,
    Shown.NOT_FINAL: 4,
    Shown.FINAL: 5,
    Shown.CORRECTED: 6,
}


def standing(state: Shown) -> int:
    """Among results of one test at one instant, the one that stands higher speaks for them."""
    return _STANDING[state]


def preference(status: str, changed_at: datetime) -> tuple[int, datetime]:
    """Sort key among results of one test at one instant: the greatest speaks for them. All of them are kept."""
    return standing(shown_state(status)), changed_at


def _range(sent: Mapping) -> Range:
    low, high = quantity_of(sent.get("low")), quantity_of(sent.get("high"))
    conditions = [concept_of(c).text for c in list_in(sent.get("appliesTo"))]
    kind = concept_of(sent.get("type"))
    return Range(
        low=low.number,
        high=high.number,
        unit=series_unit(low) or series_unit(high),
        text=text_in(sent.get("text")),
        kind=kind.code or kind.text,
        applies=", ".join(filter(None, conditions)),
        age=span_of(sent.get("age")),
    )


def _interpreted(interpretation: object) -> Meaning:
    """Several codes may come together (`H` and `A`): the one that says most is taken."""
    found = [m for m in map(_interpreted_one, maps_in(interpretation)) if m]
    telling = [m for m in found if m not in _LESS_TELLING]
    return (telling or found or [Meaning.NONE])[0]


def _interpreted_one(sent: Mapping) -> Meaning:
    codes = [text_in(coding.get("code")) for coding in maps_in(sent.get("coding"))]
    known = next((code for code in codes if code in CODES), None)
    if known:
        return CODES[known]
    return WORDS.get(concept_of(sent).text.lower(), CODES.get(concept_of(sent).text, Meaning.NONE))


def _placed(value: Quantity, low: Decimal | None, high: Decimal | None) -> Meaning:
    """Where the number lies. A bound such as `<5` is placed only where every number it allows lies so."""
    number = decimal_of(value.number)
    if number is None or (low is None and high is None) or (low is not None and high is not None and low > high):
        return Meaning.NONE
    upward, downward = value.comparator in (">", ">="), value.comparator in ("<", "<=")
    if value.comparator and not (upward or downward):
        return Meaning.NONE
    below = low is not None and (number < low or (value.comparator == "<" and number == low))
    above = high is not None and (number > high or (value.comparator == ">" and number == high))
    if below and not upward:
        return Meaning.BELOW
    if above and not downward:
        return Meaning.ABOVE
    return Meaning.IN if _surely_in(below, above, upward, downward, low, high) else Meaning.NONE


def _surely_in(
    below: bool, above: bool, upward: bool, downward: bool, low: Decimal | None, high: Decimal | None
) -> bool:
    if below or above:
        return False
    return not (upward and high is not None) and not (downward and low is not None)
