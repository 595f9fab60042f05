"""Every kind of value an observation can have, in words."""

from functools import singledispatch

from rules.dates import period
from rules.quantities import (
    Absent,
    ClockTime,
    Coded,
    Interval,
    Moment,
    Quantity,
    Ratio,
    Samples,
    Span,
    Text,
    Truth,
    Whole,
)
from words.dates import clinical, clinical_text, clock_text
from words.gettext import N_, _, ngettext, reader
from words.numbers import number, quantity, unit, with_unit

# FHIR data-absent-reason. What the laboratory itself wrote comes first.
ABSENT: dict[str, str] = {
    "unknown": N_("No value was given"),
    "asked-unknown": N_("Asked, but not known"),
    "temp-unknown": N_("Not known yet"),
    "not-asked": N_("Not asked"),
    "asked-declined": N_("Asked, and not answered"),
    "masked": N_("Kept back by the sender"),
    "not-applicable": N_("Does not apply"),
    "unsupported": N_("The sender could not write it down"),
    "as-text": N_("See the note"),
    "error": N_("It did not work"),
    "not-a-number": N_("No number came out"),
    "negative-infinity": N_("Too low to measure"),
    "positive-infinity": N_("Too high to measure"),
    "not-performed": N_("Not done"),
    "not-permitted": N_("May not be shown"),
}


@singledispatch
def value(of: object) -> str:
    """Without a value, says so."""
    return _("No value was given")


@value.register
def _quantity(of: Quantity) -> str:
    return quantity(of) or _("No value was given")


@value.register
def _text(of: Text) -> str:
    return of.text


@value.register
def _coded(of: Coded) -> str:
    return of.text


@value.register
def _truth(of: Truth) -> str:
    return _("Yes") if of.value else _("No")


@value.register
def _whole(of: Whole) -> str:
    return number(of.number)


@value.register
def _span(of: Span) -> str:
    if of.low is None or of.high is None:
        only = quantity(of.low or of.high)
        return _("from %(low)s", low=only) if of.low else _("up to %(high)s", high=only)
    if unit(of.low.code, of.low.unit) != unit(of.high.code, of.high.unit):
        return _("%(low)s to %(high)s", low=quantity(of.low), high=quantity(of.high))
    return _("%(low)s to %(high)s", low=of.low.number, high=quantity(of.high))


@value.register
def _ratio(of: Ratio) -> str:
    """Titers such as 1:128 are written with a colon; other ratios with `per`."""
    above, below = of.numerator, of.denominator
    if not below.number:
        return quantity(above)
    if not (above.unit or above.code or below.unit or below.code):
        return f"{above.number}:{below.number}"
    return _("%(amount)s per %(other)s", amount=quantity(above), other=_per(below))


def _per(below: Quantity) -> str:
    return unit(below.code, below.unit) if below.number == "1" else quantity(below)


@value.register
def _samples(of: Samples) -> str:
    return ngettext("A curve of %(count)s reading", "A curve of %(count)s readings", of.count)


@value.register
def _time(of: ClockTime) -> str:
    return clock_text(of.text)


@value.register
def _moment(of: Moment) -> str:
    return clinical_text(of.text)


@value.register
def _interval(of: Interval) -> str:
    whole = period(of.start, of.end, reader().zone)
    return clinical(whole) if whole else with_unit(of.start, of.end)


@value.register
def _absent(of: Absent) -> str:
    if of.code in ABSENT:
        return _(ABSENT[of.code])
    return of.text or _("No value was given")
