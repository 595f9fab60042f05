"""Numbers as they were sent, and units as people read them. Nothing is rounded, grouped or converted."""

import re
from collections.abc import Callable
from decimal import Decimal

from babel.numbers import format_decimal

from rules.quantities import Quantity, decimal_of
from words.gettext import N_, _, babel_locale, ngettext

NBSP = "\u00a0"

# UCUM codes whose letters are not how a patient, or the laboratory's own paper, would write them.
UNITS: dict[str, str] = {
    "mm[Hg]": "mmHg",
    "Cel": "°C",
    "[degF]": "°F",
    "[lb_av]": "lb",
    "[oz_av]": "oz",
    "[in_i]": "in",
    "[ft_i]": "ft",
    "kg/m2": "kg/m²",
    "g/cm2": "g/cm²",
    "m2": "m²",
    "ug/L": "µg/L",
    "ug/mL": "µg/mL",
    "ug/dL": "µg/dL",
    "umol/L": "µmol/L",
    "uL": "µL",
    "m[IU]/L": "mIU/L",
    "m[IU]/mL": "mIU/mL",
    "u[IU]/mL": "µIU/mL",
    "[IU]/L": "IU/L",
    "k[IU]/L": "kIU/L",
    "[pH]": "pH",
    "mL/min/{1.73_m2}": "mL/min/1.73 m²",
    "mm/h": "mm/h",
    "{INR}": "",
    "{score}": "",
    "(score)": "",
    "score": "",
    "{ratio}": "",
    "{T-score}": "",
    "{Z-score}": "",
    "1": "",
}

# Times, which are one or many.
TIMES: dict[str, Callable[[int], str]] = {
    "s": lambda n: ngettext("second", "seconds", n),
    "min": lambda n: ngettext("minute", "minutes", n),
    "h": lambda n: ngettext("hour", "hours", n),
    "d": lambda n: ngettext("day", "days", n),
    "wk": lambda n: ngettext("week", "weeks", n),
    "mo": lambda n: ngettext("month", "months", n),
    "a": lambda n: ngettext("year", "years", n),
}

# Units that are words. The ear gets a word where the eye is used to a sign.
SPOKEN: dict[str, str] = {
    "/min": N_("per minute"),
    "min/d": N_("minutes a day"),
    "d/wk": N_("days a week"),
    "/a": N_("a year"),
    "/d": N_("a day"),
    "L/min": N_("liters a minute"),
    "10*3/uL": N_("thousand/µL"),
    "10*6/uL": N_("million/µL"),
    "10*9/L": N_("billion/L"),
    "10*12/L": N_("trillion/L"),
}

BOUNDS: dict[str, str] = {
    "<": N_("less than %(amount)s"),
    "<=": N_("%(amount)s or less"),
    ">": N_("more than %(amount)s"),
    ">=": N_("%(amount)s or more"),
    "ad": N_("enough to make %(amount)s"),
}

_ANNOTATION = re.compile(r"\{([^{}]*)\}")


def number(sent: str | int | Decimal) -> str:
    """The number exactly as it was sent."""
    return str(sent)


def count(how_many: int) -> str:
    """A count of ours, grouped as the reader's language does: 1,204."""
    return format_decimal(how_many, locale=babel_locale())


def unit(code: str, sent: str = "", number_: str = "") -> str:
    """A readable unit for a UCUM code; what is not known stands as the laboratory wrote it.

    Of a time, the number decides between one second and many seconds.
    """
    if code in TIMES:
        return TIMES[code](1 if decimal_of(number_) == 1 else 2)
    if code in SPOKEN:
        return _(SPOKEN[code])
    if code in UNITS:
        return UNITS[code]
    if not code and UNITS.get(sent) == "":
        return ""
    if code.startswith("{") and _ANNOTATION.fullmatch(code):
        return sent.strip("{}") or _ANNOTATION.sub(r"\1", code)
    return sent or code


def quantity(amount: Quantity | None) -> str:
    """12.3 g/dL, with a no-break space; a bound in words: less than 5 mg/dL."""
    if amount is None or not amount.number:
        return ""
    text = with_unit(amount.number, unit(amount.code, amount.unit, amount.number))
    return _(BOUNDS[amount.comparator], amount=text) if amount.comparator in BOUNDS else text


def bare(amount: Quantity) -> str:
    """The number with its sign and without its unit, for a column or a chart that names the unit once."""
    return f"{amount.comparator}{amount.number}"


def with_unit(number_: str, unit_: str) -> str:
    return f"{number_}{NBSP}{unit_}" if unit_ else number_
