"""Double entry: every sum that moves leaves one book and enters another, so that what belongs together adds up to nothing.

Amounts are whole minor units. An amount below nothing takes back what was written before: nothing is ever rubbed out.
"""

from __future__ import annotations

from collections.abc import Iterable

OWED, CARE, INSURER, ADJUSTED, PAID, ELSEWHERE, KEPT = "owed", "care", "insurer", "adjusted", "paid", "elsewhere", "kept"
"""The books. What stands in `owed` is what a guarantor still has to pay; `care` is what was charged, `paid` what came in
through the portal or at the desk, `elsewhere` what the clinic's own system says was paid or settled there, `kept` what came in
another currency than the bill's: it pays nothing, and is kept until it is given back."""

CHARGE, INSURANCE, ADJUSTMENT, PAYMENT, SETTLED, REFUND = "charge", "insurance", "adjustment", "payment", "settled", "refund"
STRANGE, STRANGE_BACK = "strange", "strange_back"
"""A payment and a refund in another currency than the bill's."""

KINDS: dict[str, tuple[str, str]] = {
    CHARGE: (OWED, CARE), INSURANCE: (INSURER, OWED), ADJUSTMENT: (ADJUSTED, OWED), PAYMENT: (PAID, OWED),
    SETTLED: (ELSEWHERE, OWED), REFUND: (OWED, PAID), STRANGE: (PAID, KEPT), STRANGE_BACK: (KEPT, PAID),
}  # fmt: skip
"""For each kind of transaction: the book that the amount enters, and the one that it leaves."""

STRANGERS = {PAYMENT: STRANGE, REFUND: STRANGE_BACK}

Entries = tuple[tuple[str, int], ...]
"""Book, and what enters it or, below nothing, leaves it."""


def entries_of(kind: str, amount: int) -> Entries:
    """The two entries of a transaction of this kind."""
    enters, leaves = KINDS[kind]
    return (enters, amount), (leaves, -amount)


def kind_in(kind: str, currency: str, billed: str) -> str:
    """Of a payment or a refund in this currency, for a bill in that one: what is not of the bill's currency never counts for it."""
    return kind if currency == billed else STRANGERS[kind]


def owed_by(kind: str, amount: int) -> int:
    """By how much a transaction changes what is owed."""
    return sum(moved for book, moved in entries_of(kind, amount) if book == OWED)


def balance(moves: Iterable[tuple[str, int]]) -> int:
    """What is owed after all these (kind, amount)."""
    return sum(owed_by(kind, amount) for kind, amount in moves)
