"""Money from minor units: cents become dollars, and yen, which have no minor unit, stay yen."""

import re
from decimal import Decimal

from babel.numbers import format_currency, get_currency_precision

from words.gettext import babel_locale

MINUS = "\u2212"
NBSP = "\u00a0"

# CHF12.00 is one word to the eye and to the ear.
_LETTER_BEFORE_DIGIT = re.compile(r"(?<=[A-Za-z])(?=[0-9])")


def money(minor: int, currency: str) -> str:
    """$42.60 for 4260 USD; −$38.00 with a real minus for a negative amount."""
    places = get_currency_precision(currency)
    amount = Decimal(minor).scaleb(-places)
    text = format_currency(amount, currency, locale=babel_locale()).replace("-", MINUS)
    return _LETTER_BEFORE_DIGIT.sub(NBSP, text)


def money_example(minor: int, currency: str) -> str:
    """42.60: as one may type it into a field."""
    places = get_currency_precision(currency)
    return f"{Decimal(minor).scaleb(-places):.{places}f}"
