"""Numbers as they were sent, and units as people read them. Nothing is rounded, grouped or converted."""

import re
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache

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

# Signs of units in full, for whoever hears “g slash dL”.
FULL: dict[str, str] = {
    "g/dL": N_("grams per deciliter"),
    "mg/dL": N_("milligrams per deciliter"),
    "ug/dL": N_("micrograms per deciliter"),
    "g/L": N_("grams per liter"),
    "mg/L": N_("milligrams per liter"),
    "ug/L": N_("micrograms per liter"),
    "ng/mL": N_("nanograms per milliliter"),
    "ng/dL": N_("nanograms per deciliter"),
    "pg/mL": N_("picograms per milliliter"),
    "ug/mL": N_("micrograms per milliliter"),
    "mg/g": N_("milligrams per gram"),
    "mmol/L": N_("millimoles per liter"),
    "umol/L": N_("micromoles per liter"),
    "nmol/L": N_("nanomoles per liter"),
    "pmol/L": N_("picomoles per liter"),
    "meq/L": N_("milliequivalents per liter"),
    "mmol/mol": N_("millimoles per mole"),
    "U/L": N_("units per liter"),
    "[IU]/L": N_("international units per liter"),
    "m[IU]/L": N_("thousandths of an international unit per liter"),
    "m[IU]/mL": N_("thousandths of an international unit per milliliter"),
    "u[IU]/mL": N_("millionths of an international unit per milliliter"),
    "10*3/uL": N_("thousand per microliter"),
    "10*6/uL": N_("million per microliter"),
    "10*9/L": N_("billion per liter"),
    "10*12/L": N_("trillion per liter"),
    "fL": N_("femtoliters"),
    "pg": N_("picograms"),
    "mL/min": N_("milliliters per minute"),
    "mL/min/{1.73_m2}": N_("milliliters per minute, for a body surface of 1.73 square meters"),
    "mm/h": N_("millimeters per hour"),
    "mm[Hg]": N_("millimeters of mercury"),
    "kg/m2": N_("kilograms per square meter"),
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


def in_groups(figures: str) -> str:
    """A number that names something, so that it is heard in parts and not as billions: 721 169 9593. What is not figures
    alone, or is short, stands as it is."""
    if not (figures.isascii() and figures.isdigit() and len(figures) > 5):
        return figures
    return "\u00a0".join(re.findall(r"\d{3}(?=\d\Z)\d|\d{1,3}", figures))


def count(how_many: int) -> str:
    """A count of ours, grouped as the reader's language does: 1,204."""
    return _grouped(how_many, babel_locale())


@lru_cache(maxsize=4096)
def _grouped(how_many: int, locale: str) -> str:
    return format_decimal(how_many, locale=locale)


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


def unit_in_full(code: str) -> str:
    """Grams per deciliter; '' for a unit that is a word already, or that we do not know."""
    return _(FULL[code]) if code in FULL else ""


def quantity(amount: Quantity | None) -> str:
    """12.3 g/dL, with a no-break space; a bound in words: less than 5 mg/dL."""
    if amount is None or not amount.number:
        return ""
    text = with_unit(amount.number, unit(amount.code, amount.unit, amount.number))
    return bounded(amount.comparator, text)


def bounded(sign: str, amount: str) -> str:
    """Less than 5 mg/dL; without a sign, the amount itself."""
    return _(BOUNDS[sign], amount=amount) if sign in BOUNDS else amount


def bare(amount: Quantity) -> str:
    """The number with its sign and without its unit, for a column or a chart that names the unit once."""
    return f"{amount.comparator}{amount.number}"


def with_unit(number_: str, unit_: str) -> str:
    return f"{number_}{NBSP}{unit_}" if unit_ else number_


def file_size(size: int) -> str:
    """1 KB at least, 12 KB, 1.4 MB: what a line has to carry, no more exact than that."""
    if size < 1_000_000:
        return _("%(amount)s KB", amount=max(1, round(size / 1000)))
    return _("%(amount)s MB", amount=format_decimal(round(size / 1_000_000, 1), locale=babel_locale()))
