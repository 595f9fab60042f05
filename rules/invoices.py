"""What an invoice of the feed means for the ledger: which sums it says, each under its own name (FHIR R4 Invoice).

What is left to pay is its gross total, or its net total where there is no other. Where the components of its lines say
something else, one more line says the difference, so that a statement always ends with what the clinic's system says.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from rules.ledger import ADJUSTMENT, CHARGE, INSURANCE, SETTLED, balance

ADDS, INSURER_PAYS, LESSENS = ("base", "surcharge", "tax", ""), "deduction", "discount"
"""Kinds of price component; an informational one is no money that anybody owes."""
MANY = 100
REST = 0
SHOWN, GONE = ("issued", "balanced"), "draft"


@dataclass(frozen=True, slots=True)
class Line:
    """`place` tells lines of one kind apart; `amount` is as its kind means it; `charge` is the ChargeItem behind it, and
    `day` a day of its own, as sent."""

    kind: str
    place: int
    label: str
    amount: int
    charge: str = ""
    day: str = ""


@dataclass(frozen=True, slots=True)
class Paid:
    """A payment that the clinic's system tells of: `text` is its day, as sent."""

    amount: int
    text: str


@dataclass(frozen=True, slots=True)
class Bill:
    """An invoice as it was filed. `total` is None where none was sent."""

    status: str
    label: str
    currency: str
    total: int | None
    lines: Sequence[dict[str, Any]]
    parts: Sequence[dict[str, Any]] = ()
    paid: Sequence[Paid] = ()


def lines_of(bill: Bill) -> tuple[Line, ...]:
    """Every sum it says. A bill that was cancelled, or is not out yet, says none."""
    if bill.status not in SHOWN:
        return ()
    lines = [line for number, sent in enumerate(bill.lines, 1) for line in _of_line(bill, number, sent)]
    if not any(line.kind != CHARGE for line in lines):
        lines += _lessening(bill, 0, bill.parts)
    return (*lines, *_rest(bill, lines), *_payments(bill))


def settled_elsewhere(status: str, owed: int) -> int:
    """What a bill that its system calls balanced must have been paid with there, of what would still be owed here."""
    return max(0, owed) if status == "balanced" else 0


def _of_line(bill: Bill, number: int, sent: dict[str, Any]) -> Iterable[Line]:
    parts = sent.get("parts") or [{"kind": "base", "amount": sent.get("amount"), "currency": sent.get("currency")}]
    amount = sum(part["amount"] for part in _sums(bill, parts) if part.get("kind") in ADDS)
    if amount:
        yield Line(CHARGE, number, sent.get("text") or "", amount, sent.get("charge") or "")
    yield from _lessening(bill, number, parts)


def _lessening(bill: Bill, number: int, parts: Sequence[dict[str, Any]]) -> list[Line]:
    """Some systems send what lessens a price below nothing, others above: it lessens all the same."""
    kinds = {INSURER_PAYS: INSURANCE, LESSENS: ADJUSTMENT}
    return [
        Line(kinds[part["kind"]], number * MANY + place, part.get("text") or "", abs(part["amount"]))
        for place, part in enumerate(_sums(bill, parts), 1) if part.get("kind") in kinds and part["amount"]
    ]  # fmt: skip


def _sums(bill: Bill, parts: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those that are money of this bill's currency."""
    return [part for part in parts if part.get("amount") is not None and part.get("currency") == bill.currency]


def _rest(bill: Bill, lines: Sequence[Line]) -> list[Line]:
    missing = 0 if bill.total is None else bill.total - balance((line.kind, line.amount) for line in lines)
    return [Line(CHARGE, REST, "" if lines else bill.label, missing)] if missing else []


def _payments(bill: Bill) -> list[Line]:
    return [Line(SETTLED, number, "", one.amount, day=one.text) for number, one in enumerate(bill.paid, 1)]
