"""What an Observation says: every kind of FHIR R4 `value[x]`, and the reason where a value is missing.

Numbers are kept as the text that was sent. A float would turn 5.40 into 5.4, and a laboratory means
something by that nought. Each kind has one canonical JSON form, which is what the tables store.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import msgspec

from rules.shapes import maps_in, text_in

UCUM = "http://unitsofmeasure.org"

# Beyond this many digits a number is no measurement, and writing it out could fill the memory.
MOST_DIGITS = 40
_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,4})?")


class Value(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="kind"):
    """One of the kinds below."""


class Quantity(Value, frozen=True, tag="quantity"):
    """`number` as sent, '' when none was; `code` is a UCUM code or ''; `unit` is what people read, as sent."""

    number: str = ""
    unit: str = ""
    code: str = ""
    comparator: str = ""


class Text(Value, frozen=True, tag="text"):
    text: str


class Coded(Value, frozen=True, tag="coded"):
    text: str
    code: str = ""
    system: str = ""


class Truth(Value, frozen=True, tag="truth"):
    value: bool


class Whole(Value, frozen=True, tag="whole"):
    number: str


class Span(Value, frozen=True, tag="range"):
    """FHIR Range; either side may be missing."""

    low: Quantity | None = None
    high: Quantity | None = None


class Ratio(Value, frozen=True, tag="ratio"):
    numerator: Quantity
    denominator: Quantity


class Samples(Value, frozen=True, tag="samples"):
    """FHIR SampledData: how many readings there are; the curve itself stays in the raw resource."""

    origin: Quantity
    count: int = 0


class ClockTime(Value, frozen=True, tag="time"):
    text: str


class Moment(Value, frozen=True, tag="moment"):
    """A dateTime as sent; read it with `parse_clinical_date`."""

    text: str


class Interval(Value, frozen=True, tag="period"):
    """A Period as sent; read it with `period`."""

    start: str = ""
    end: str = ""


class Absent(Value, frozen=True, tag="absent"):
    """Why there is no value: FHIR `dataAbsentReason`."""

    code: str = ""
    text: str = ""


AnyValue = Quantity | Text | Coded | Truth | Whole | Span | Ratio | Samples | ClockTime | Moment | Interval | Absent

_encoder = msgspec.json.Encoder(order="deterministic")
_decoder = msgspec.json.Decoder(AnyValue)


def to_json(value: AnyValue) -> str:
    return _encoder.encode(value).decode()


def from_json(text: str | bytes) -> AnyValue:
    return _decoder.decode(text)


def number_text(number: object) -> str:
    """The number as sent, or '' where it is none. Give a `Decimal` or the text itself to keep final noughts."""
    if isinstance(number, bool) or not isinstance(number, (int, float, Decimal, str)):
        return ""
    text = number.strip() if isinstance(number, str) else str(number)
    return text if decimal_of(text) is not None else ""


def decimal_of(text: str) -> Decimal | None:
    """The number to compare by, or None. Infinity, NaN and numbers of absurd length are None."""
    if len(text) > MOST_DIGITS or not _NUMBER.fullmatch(text):
        return None
    number = Decimal(text)
    return number if abs(number.adjusted()) <= MOST_DIGITS else None


def quantity_of(fhir: object) -> Quantity:
    """A FHIR Quantity (also Age, SimpleQuantity, Money-less kinds). What is missing or misshapen becomes ''."""
    if not isinstance(fhir, Mapping):
        return Quantity()
    return Quantity(
        number=number_text(fhir.get("value")),
        unit=text_in(fhir.get("unit")),
        code=text_in(fhir.get("code")) if fhir.get("system") == UCUM else "",
        comparator=text_in(fhir.get("comparator")),
    )


def concept_of(fhir: object) -> Coded:
    """A CodeableConcept: its text, else the first display, else the first code."""
    if type(fhir) is not dict and not isinstance(fhir, Mapping):
        return Coded("")
    codings = maps_in(fhir.get("coding"))
    text = text_in(fhir.get("text")) or _first_of(codings, "display") or _first_of(codings, "code")
    return Coded(text, text_in(codings[0].get("code")), text_in(codings[0].get("system"))) if codings else Coded(text)


def _first_of(codings: list[Mapping[str, Any]], key: str) -> str:
    for coding in codings:
        text = text_in(coding.get(key))
        if text:
            return text
    return ""


def value_of(fhir: Mapping[str, Any]) -> AnyValue | None:
    """The value of an Observation or of one of its components; None where it has neither value nor reason."""
    for key, read in _READERS.items():
        sent = fhir.get(key)
        if sent is None:
            continue
        value = read(sent)
        if value is not None:
            return value
    return _absent(fhir.get("dataAbsentReason"))


def series_unit(value: Quantity) -> str:
    """The unit by which numbers may share one line: the UCUM code, else the unit's text with single spaces."""
    return value.code or " ".join(value.unit.split())


def is_censored(value: Quantity) -> bool:
    """A bound, not a measurement: `<5` says only that the number is somewhere below."""
    return bool(value.comparator)


def is_drawable(value: object) -> bool:
    return isinstance(value, Quantity) and decimal_of(value.number) is not None


def _quantity(sent: object) -> Quantity | Text | None:
    value = quantity_of(sent)
    if value.number:
        return value
    # A "number" that is none is still what the laboratory wrote.
    written = text_in(sent.get("value")) if isinstance(sent, Mapping) else ""
    if written:
        return Text(f"{written} {value.unit or value.code}".strip())
    return value if value.unit or value.code else None


def _text(sent: object) -> Text | None:
    return Text(text_in(sent)) if text_in(sent) else None


def _coded(sent: object) -> Coded | None:
    concept = concept_of(sent)
    return concept if concept.text else None


def _truth(sent: object) -> Truth | None:
    return Truth(sent) if isinstance(sent, bool) else None


def _whole(sent: object) -> Whole | None:
    return Whole(number_text(sent)) if number_text(sent) else None


def _side(sent: object) -> Quantity | None:
    value = quantity_of(sent)
    return value if value.number else None


def span_of(sent: object) -> Span | None:
    """A FHIR Range; None where neither side has a number."""
    if not isinstance(sent, Mapping):
        return None
    low, high = _side(sent.get("low")), _side(sent.get("high"))
    return Span(low, high) if low or high else None


def _ratio(sent: object) -> Ratio | None:
    if not isinstance(sent, Mapping):
        return None
    ratio = Ratio(quantity_of(sent.get("numerator")), quantity_of(sent.get("denominator")))
    return ratio if ratio.numerator.number or ratio.denominator.number else None


def _samples(sent: object) -> Samples | None:
    if not isinstance(sent, Mapping):
        return None
    return Samples(quantity_of(sent.get("origin")), len(text_in(sent.get("data")).split()))


def _clock(sent: object) -> ClockTime | None:
    return ClockTime(text_in(sent)) if text_in(sent) else None


def _moment(sent: object) -> Moment | None:
    return Moment(text_in(sent)) if text_in(sent) else None


def _interval(sent: object) -> Interval | None:
    if not isinstance(sent, Mapping):
        return None
    interval = Interval(text_in(sent.get("start")), text_in(sent.get("end")))
    return interval if interval.start or interval.end else None


def _absent(sent: object) -> Absent | None:
    if sent is None:
        return None
    concept = concept_of(sent)
    return Absent(concept.code, concept.text)


_READERS = {
    "valueQuantity": _quantity,
    "valueCodeableConcept": _coded,
    "valueString": _text,
    "valueBoolean": _truth,
    "valueInteger": _whole,
    "valueRange": span_of,
    "valueRatio": _ratio,
    "valueSampledData": _samples,
    "valueTime": _clock,
    "valueDateTime": _moment,
    "valuePeriod": _interval,
}
