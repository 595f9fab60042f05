"""FHIR Money as integer minor units with a currency (ISO 4217)."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

from ehr.shapes import one, text
from rules.quantities import decimal_of, number_text

# Digits after the point, where they are not two.
DIGITS = {
    "BHD": 3, "BIF": 0, "CLF": 4, "CLP": 0, "DJF": 0, "GNF": 0, "IQD": 3, "ISK": 0, "JOD": 3, "JPY": 0, "KMF": 0,
    "KRW": 0, "KWD": 3, "LYD": 3, "OMR": 3, "PYG": 0, "RWF": 0, "TND": 3, "UGX": 0, "UYI": 0, "UYW": 4, "VND": 0,
    "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
}  # fmt: skip


def minor_units(holder: dict, key: str) -> tuple[int | None, str]:
    """(minor units, currency); a fraction of a minor unit is rounded half to even. (None, '') for what is no money."""
    sent = one(holder, key)
    number = decimal_of(number_text(sent.get("value")))
    # Older feeds send a Quantity whose code is the currency.
    currency = (text(sent, "currency") or text(sent, "code")).upper()
    if number is None or len(currency) != 3:
        return None, ""
    units = (number * Decimal(10) ** DIGITS.get(currency, 2)).to_integral_value(ROUND_HALF_EVEN)
    return (int(units), currency) if abs(units) < 2**62 else (None, "")
