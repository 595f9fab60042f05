"""Payments that people of the cast made in the portal or at the desk before the demo begins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from access.house import House
from access.opening import open_system
from acts.statements import FIRST, file_invoices
from rules.ledger import PAYMENT, REFUND, entries_of
from seeds.cast import Person, fixed_id, fixed_ref
from tables.ledger import On, Posting, post

SOURCE, LONG_AGO = "riverbend", datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Paid:
    """Of the statement of that number, so many days ago; `back` was given back for the reason `why`, a code of words.bills. Cents."""

    number: str
    days_ago: int
    amount: int
    method: str
    back: int = 0
    why: str = ""


async def plant_bills(house: House, people: Sequence[Person], now: datetime) -> None:
    """What the feed said of money is filed as after any import; then comes what was paid here."""
    after: UUID | None = FIRST
    while after is not None:
        after = await file_invoices(open_system(house, "bills", now), LONG_AGO, after)
    async with house.database.transaction():
        await _plant_payments(house, people, now)


async def _plant_payments(house: House, people: Sequence[Person], now: datetime) -> None:
    """A second planting changes nothing."""
    for person in people:
        for paid in person.paid:
            rows = await house.database.rows(
                "SELECT t.id, t.guarantor, t.currency FROM statement t JOIN invoice i ON i.id = t.invoice"
                " WHERE i.source = ? AND i.fhir_id = ?",
                SOURCE, f"{person.handle}-bill-{paid.number}",
            )
            for statement in rows:
                await _plant(house, person, paid, statement, now - timedelta(days=paid.days_ago))


async def _plant(house: House, person: Person, paid: Paid, statement: dict, at: datetime) -> None:
    slug = f"{person.handle} {paid.number} {paid.days_ago}"
    payment, database = fixed_id("payment", slug), house.database
    await database.rows(
        "INSERT INTO payment (id, ref, number, guarantor, statement, amount, currency, method, state, taken, asked_by,"
        " made_at, settled_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'paid', ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        payment, fixed_ref("payment", slug), f"{fixed_id('receipt', slug).int % 10**10:010d}", statement["guarantor"],
        statement["id"], paid.amount, statement["currency"], paid.method, paid.amount, fixed_id("account", person.handle),
        at, at,
    )
    await _post(house, statement, PAYMENT, paid.amount, at, payment=payment)
    if paid.back:
        refund, later = fixed_id("refund", slug), at + timedelta(days=9)
        await database.rows(
            "INSERT INTO refund (id, ref, payment, amount, state, reason, made_by, made_at, settled_at)"
            " VALUES (?, ?, ?, ?, 'done', ?, (SELECT id FROM account WHERE id = ?), ?, ?) ON CONFLICT DO NOTHING",
            refund, fixed_ref("refund", slug), payment, paid.back, paid.why, fixed_id("account", "billing"), later, later,
        )
        await _post(house, statement, REFUND, paid.back, later, payment=payment, refund=refund)


async def _post(house: House, statement: dict, kind: str, amount: int, at: datetime, *, payment, refund=None) -> None:
    posting = Posting(
        statement["guarantor"], statement["id"], kind, entries_of(kind, amount), statement["currency"], On.at(at),
        f"{kind}:{refund or payment}", payment=payment, refund=refund,
    )
    await post(house.database, posting, at)
