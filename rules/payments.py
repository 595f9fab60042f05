"""What becomes of a payment, whatever is heard of it and in whatever order: money that came stays, the rest never grows."""

from __future__ import annotations

from datetime import datetime, timedelta

MADE, SENT, PAID, CANCELLED, EXPIRED = "made", "sent", "paid", "cancelled", "expired"
UNDER_WAY = frozenset({MADE, SENT})
KEPT_FOR = timedelta(minutes=35)
"""So long the sum is kept for whoever began to pay."""
PAGE_FOR = timedelta(minutes=31)
"""So long the processor's page takes it: it allows no less than half an hour."""
CHECKS = (
    timedelta(minutes=1), timedelta(minutes=4), timedelta(minutes=10), timedelta(minutes=21), timedelta(minutes=30),
    timedelta(hours=2), timedelta(hours=6), timedelta(hours=15),
)  # fmt: skip
"""When the processor is asked what became of a payment, each after the one before; then once a day."""
DAILY = timedelta(days=1)
ASKED_FOR = timedelta(hours=24)
"""So long a refund without an answer is asked for under its key: the processor may forget keys that are older."""


def next_state(state: str, told: str) -> str:
    """`told` is what the processor says: open, paid or gone. Paid is for ever, and overtakes everything."""
    if state == PAID or told == "paid":
        return PAID
    if told == "gone" and state in UNDER_WAY:
        return EXPIRED
    return state


def next_check(number: int, now: datetime) -> datetime:
    """When to ask for the `number`th time, from 0."""
    return now + (CHECKS[number] if number < len(CHECKS) else DAILY)
