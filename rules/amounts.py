"""Amounts of money as people type them."""

from __future__ import annotations

import re

TYPED = re.compile(r"(?P<whole>[0-9]{1,3}(,[0-9]{3})+|[0-9]+)?(\.(?P<part>[0-9]*))?")
SIGNS = "$€£¥ \u00a0"
MOST_DIGITS = 12
MOST = 99_999_999
"""More than this no processor takes in one payment."""
LEAST = 50
"""Less than this no processor takes: it costs more to take than it is. Both are of the currency's smallest unit."""


class NoAmount(ValueError):
    """`reason`: empty, none, places (too many digits after the point), below (nothing, or less), huge."""

    def __init__(self, reason: str):
        super().__init__(reason)
        self.reason = reason


def read_amount(text: str | None, places: int) -> int:
    """Minor units. Takes a currency sign and commas between thousands: what people copy from a bill."""
    bare = (text or "").strip(SIGNS)
    if not bare:
        raise NoAmount("empty")
    if bare[0] in "-−":
        raise NoAmount("below")
    found = TYPED.fullmatch(bare)
    if not found or not (found["whole"] or found["part"]) or not bare.isascii():
        raise NoAmount("none")
    return _minor((found["whole"] or "0").replace(",", ""), found["part"] or "", places)


def _minor(whole: str, part: str, places: int) -> int:
    if len(whole.lstrip("0")) > MOST_DIGITS:
        raise NoAmount("huge")
    if len(part.rstrip("0")) > places:
        raise NoAmount("places")
    amount = int(whole + part.rstrip("0").ljust(places, "0"))
    if amount < 1:
        raise NoAmount("below")
    return amount


def card_fault(amount: int, free: int) -> str:
    """Why a card cannot pay this much of what is free: most, least, rest (what is left could not be paid by card); '' if it
    can. Minor units."""
    if amount > min(free, MOST):
        return "most"
    if amount < LEAST:
        return "least"
    return "rest" if 0 < free - amount < LEAST else ""
