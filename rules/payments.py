"""What becomes of a payment, whatever is heard of it and in whatever order: money that came stays, the rest never grows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

MADE, SENT, PAID, CANCELLED, EXPIRED = "made", "sent", "paid", "cancelled", "expired"
CARD = "card"
"""The method of a payment that the processor takes, and gives back; any other is in the clinic's own hands."""
UNDER_WAY = frozenset({MADE, SENT})
PAGE_FOR, PAGE_LEAST = timedelta(minutes=35), timedelta(minutes=30, seconds=30)
"""So long the processor's page takes it; it allows no less than half an hour from when it is asked."""
JUST_AFTER = timedelta(seconds=10)
CHECKS = (
    timedelta(minutes=1), timedelta(minutes=4), timedelta(minutes=10), timedelta(minutes=21), timedelta(minutes=30),
    timedelta(hours=2), timedelta(hours=6), timedelta(hours=15),
)  # fmt: skip
"""When the processor is asked what became of a payment, each after the one before, and when its page has ended; then once
a day."""
DAILY = timedelta(days=1)
POST, BACK, CLOSE = "post", "back", "close"
"""What a person may decide of an odd payment: post what was really taken, give it back, or close what took nothing."""
ASKED_FOR = timedelta(hours=24)
"""So long a refund without an answer is asked for under its key: the processor may forget keys that are older."""


def next_state(state: str, told: str) -> str:
    """`told` is what the processor says: open, paid or gone. Paid is for ever, and overtakes everything."""
    if state == PAID or told == "paid":
        return PAID
    if told == "gone" and state in UNDER_WAY:
        return EXPIRED
    return state


def ways_of(taken: int, currency: str, billed: str) -> tuple[str, ...]:
    """What may be decided of a payment of which this much was taken, for a bill in the currency `billed`."""
    if taken <= 0:
        return (CLOSE,)
    return (POST, BACK) if currency == billed else (BACK,)


def next_check(number: int, now: datetime, ends_at: datetime | None = None) -> datetime:
    """When to ask for the `number`th time, from 0. `ends_at` is the end of the processor's page."""
    at = now + (CHECKS[number] if number < len(CHECKS) else DAILY)
    return ends_at + JUST_AFTER if ends_at and now < ends_at < at else at


def kept_by(payments: Iterable[Mapping]) -> int:
    """What payments of one statement keep from others who would pay it by card: each its amount, until it is known what became of it. By the
    clock alone none is over: its money may have come, and the message of it got lost."""
    return sum(one["amount"] for one in payments if one["state"] in UNDER_WAY)
