"""How a medicine is taken, as a sentence: the prescriber's own words where there are any."""

from collections.abc import Callable
from decimal import Decimal

from rules.doses import Dose, Timing
from rules.quantities import Quantity, Span, decimal_of
from words.dates import clock_text
from words.gettext import N_, _, ngettext
from words.names import list_of
from words.values import value

# UCUM units of time as FHIR Timing uses them: "every 6 hours", "for 7 days".
SPANS: dict[str, Callable[[int, str], str]] = {
    "s": lambda n, shown: ngettext("%(number)s second", "%(number)s seconds", n, number=shown),
    "min": lambda n, shown: ngettext("%(number)s minute", "%(number)s minutes", n, number=shown),
    "h": lambda n, shown: ngettext("%(number)s hour", "%(number)s hours", n, number=shown),
    "d": lambda n, shown: ngettext("%(number)s day", "%(number)s days", n, number=shown),
    "wk": lambda n, shown: ngettext("%(number)s week", "%(number)s weeks", n, number=shown),
    "mo": lambda n, shown: ngettext("%(number)s month", "%(number)s months", n, number=shown),
    "a": lambda n, shown: ngettext("%(number)s year", "%(number)s years", n, number=shown),
}

EACH: dict[str, str] = {
    "h": N_("an hour"),
    "d": N_("a day"),
    "wk": N_("a week"),
    "mo": N_("a month"),
    "a": N_("a year"),
}

EVENTS: dict[str, str] = {
    "MORN": N_("in the morning"),
    "MORN.early": N_("early in the morning"),
    "MORN.late": N_("late in the morning"),
    "NOON": N_("at noon"),
    "AFT": N_("in the afternoon"),
    "AFT.early": N_("early in the afternoon"),
    "AFT.late": N_("late in the afternoon"),
    "EVE": N_("in the evening"),
    "EVE.early": N_("early in the evening"),
    "EVE.late": N_("late in the evening"),
    "NIGHT": N_("at night"),
    "PHS": N_("after sleep"),
    "HS": N_("at bedtime"),
    "WAKE": N_("when you wake up"),
    "C": N_("with meals"),
    "CM": N_("with breakfast"),
    "CD": N_("with lunch"),
    "CV": N_("with dinner"),
    "AC": N_("before meals"),
    "ACM": N_("before breakfast"),
    "ACD": N_("before lunch"),
    "ACV": N_("before dinner"),
    "PC": N_("after meals"),
    "PCM": N_("after breakfast"),
    "PCD": N_("after lunch"),
    "PCV": N_("after dinner"),
}

# HL7 v3 GTSAbbreviation, where the code says it all.
ABBREVIATIONS: dict[str, str] = {
    "BID": N_("2 times a day"),
    "TID": N_("3 times a day"),
    "QID": N_("4 times a day"),
    "AM": N_("every morning"),
    "PM": N_("every afternoon"),
    "QD": N_("once a day"),
    "QOD": N_("every other day"),
    "Q1H": N_("every hour"),
    "Q2H": N_("every 2 hours"),
    "Q3H": N_("every 3 hours"),
    "Q4H": N_("every 4 hours"),
    "Q6H": N_("every 6 hours"),
    "Q8H": N_("every 8 hours"),
    "BED": N_("at bedtime"),
    "WK": N_("once a week"),
    "MO": N_("once a month"),
}

DAYS: dict[str, str] = {
    "mon": N_("Monday"),
    "tue": N_("Tuesday"),
    "wed": N_("Wednesday"),
    "thu": N_("Thursday"),
    "fri": N_("Friday"),
    "sat": N_("Saturday"),
    "sun": N_("Sunday"),
}


def dose(of: Dose) -> str:
    """The text as sent, else the parts in the order people say them. '' where nothing was sent."""
    if of.text:
        return of.text
    parts = [_amount(of.amount), *(_timing(of.timing) if of.timing else ()), of.route.lower(), of.site.lower()]
    said = ", ".join(filter(None, [*parts, _need(of)]))
    sentence = f"{said[:1].upper()}{said[1:]}." if said else ""
    return " ".join(filter(None, [sentence, *of.extra]))


def _amount(amount: Quantity | Span | None) -> str:
    """A dose without a unit is a count of whatever the medicine comes in."""
    if amount is None:
        return ""
    if isinstance(amount, Quantity) and not (amount.unit or amount.code):
        return _("%(number)s each time", number=amount.number)
    return value(amount)


def _timing(timing: Timing) -> list[str]:
    parts = [_rate(timing)]
    parts += [_(EVENTS[w]) for w in timing.when if w in EVENTS]
    parts += [_("at %(times)s", times=list_of([clock_text(t) for t in timing.times]))] if timing.times else []
    days = [_(DAYS[d]) for d in timing.days if d in DAYS]
    parts += [_("on %(days)s", days=list_of(days))] if days else []
    parts += [_("for %(span)s", span=_span(timing.duration, timing.duration_unit))] if _lasts(timing) else []
    if not any(parts):
        parts = [_(ABBREVIATIONS[timing.code]) if timing.code in ABBREVIATIONS else timing.code_text]
    return parts


def _rate(timing: Timing) -> str:
    """2 times a day; every 6 hours; 3 to 4 times a day; every 4 to 6 hours."""
    if timing.period_unit not in SPANS or not timing.period:
        return ""
    often, each = timing.frequency or "1", timing.period
    single = decimal_of(each) == 1 and not timing.period_max
    if decimal_of(often) == 1 and not timing.frequency_max:
        if single and timing.period_unit in EACH:
            return _("once %(each)s", each=_(EACH[timing.period_unit]))
        return _("every %(span)s", span=_span(each, timing.period_unit, timing.period_max))
    times = _("%(low)s to %(high)s", low=often, high=timing.frequency_max) if timing.frequency_max else often
    if single and timing.period_unit in EACH:
        return _("%(times)s times %(each)s", times=times, each=_(EACH[timing.period_unit]))
    return _("%(times)s times in %(span)s", times=times, span=_span(each, timing.period_unit, timing.period_max))


def _lasts(timing: Timing) -> bool:
    return bool(timing.duration) and timing.duration_unit in SPANS


def _span(number: str, unit: str, most: str = "") -> str:
    amount = decimal_of(most or number) or Decimal(0)
    # 1.0 is as single as 1; plural rules ask for a whole number.
    whole = int(amount) if amount == int(amount) else 2
    shown = _("%(low)s to %(high)s", low=_tidy(number), high=_tidy(most)) if most else _tidy(number)
    return SPANS[unit](whole, shown)


def _tidy(number: str) -> str:
    """6.0 hours are 6 hours; a dose would keep its nought, a span of time need not."""
    amount = decimal_of(number)
    return str(int(amount)) if amount is not None and amount == int(amount) else number


def _need(of: Dose) -> str:
    if of.as_needed_for:
        return _("if you need it for %(reason)s", reason=of.as_needed_for.lower())
    return _("if you need it") if of.as_needed else ""
