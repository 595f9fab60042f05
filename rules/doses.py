"""How a medicine is taken, from FHIR `Dosage`: the words that were sent, else what its fields say.

The order is the issue of FHIR.md: `dosageInstruction.text`, else `patientInstruction`, else timing and dose.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from rules.quantities import Coded, Quantity, Span, concept_of, number_text, quantity_of
from rules.shapes import line_in, list_in, map_in, maps_in


class Timing(msgspec.Struct, frozen=True, omit_defaults=True):
    """FHIR Timing.repeat. Numbers as sent; `when` holds event codes (`HS`); `code` is an abbreviation (`BID`)."""

    frequency: str = ""
    frequency_max: str = ""
    period: str = ""
    period_max: str = ""
    period_unit: str = ""
    days: tuple[str, ...] = ()
    times: tuple[str, ...] = ()
    when: tuple[str, ...] = ()
    offset: str = ""
    duration: str = ""
    duration_unit: str = ""
    count: str = ""
    code: str = ""
    code_text: str = ""


class Dose(msgspec.Struct, frozen=True, omit_defaults=True):
    """`text` wins over everything else where it was sent. `as_needed_for` implies `as_needed`."""

    text: str = ""
    amount: Quantity | Span | None = None
    timing: Timing | None = None
    as_needed: bool = False
    as_needed_for: str = ""
    route: str = ""
    site: str = ""
    extra: tuple[str, ...] = ()


def doses_of(fhir: object) -> tuple[Dose, ...]:
    """`dosageInstruction[]` or `dosage[]`, in the order of `sequence`; those that say nothing are left out."""
    sent = sorted(maps_in(fhir), key=lambda d: d["sequence"] if isinstance(d.get("sequence"), int) else 0)
    return tuple(dose for dose in map(dose_of, sent) if dose != Dose())


def dose_of(fhir: Mapping[str, Any]) -> Dose:
    text = line_in(fhir.get("text")) or line_in(fhir.get("patientInstruction"))
    if text:
        return Dose(text=text)
    reason = concept_of(fhir.get("asNeededCodeableConcept")).text
    return Dose(
        amount=_amount(fhir.get("doseAndRate")) or _simple_amount(fhir),
        timing=_timing(fhir.get("timing")),
        as_needed=fhir.get("asNeededBoolean") is True or bool(reason),
        as_needed_for=reason,
        route=concept_of(fhir.get("route")).text,
        site=concept_of(fhir.get("site")).text,
        extra=tuple(filter(None, (concept_of(c).text for c in list_in(fhir.get("additionalInstruction"))))),
    )


def doses_to_json(doses: tuple[Dose, ...]) -> str:
    return msgspec.json.encode(doses).decode() if doses else ""


def doses_from_json(text: str | bytes) -> tuple[Dose, ...]:
    return msgspec.json.decode(text, type=tuple[Dose, ...]) if text else ()


def _amount(dose_and_rate: object) -> Quantity | Span | None:
    return next(filter(None, map(_simple_amount, maps_in(dose_and_rate))), None)


def _simple_amount(sent: Mapping) -> Quantity | Span | None:
    """`doseQuantity` or `doseRange`; R3 feeds put them beside the timing."""
    amount = quantity_of(sent.get("doseQuantity"))
    if amount.number:
        return amount
    spread = map_in(sent.get("doseRange"))
    low, high = quantity_of(spread.get("low")), quantity_of(spread.get("high"))
    if not (low.number or high.number):
        return None
    return Span(low if low.number else None, high if high.number else None)


def _timing(sent: object) -> Timing | None:
    if not isinstance(sent, Mapping):
        return None
    repeat = map_in(sent.get("repeat"))
    code: Coded = concept_of(sent.get("code"))
    timing = Timing(
        frequency=number_text(repeat.get("frequency")),
        frequency_max=number_text(repeat.get("frequencyMax")),
        period=number_text(repeat.get("period")),
        period_max=number_text(repeat.get("periodMax")),
        period_unit=line_in(repeat.get("periodUnit")),
        days=_words(repeat.get("dayOfWeek")),
        times=_words(repeat.get("timeOfDay")),
        when=_words(repeat.get("when")),
        offset=number_text(repeat.get("offset")),
        duration=number_text(repeat.get("duration")),
        duration_unit=line_in(repeat.get("durationUnit")),
        count=number_text(repeat.get("count")),
        code=code.code,
        code_text=code.text,
    )
    return timing if timing != Timing() else None


def _words(sent: object) -> tuple[str, ...]:
    return tuple(filter(None, map(line_in, list_in(sent))))
