"""Bills as a feed sends them, filed as after an import; and what the ledger then says."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from access.house import House
from access.opening import open_system
from acts.statements import FIRST, file_invoices
from tables.database import Database
from tests.support.feeds import Clinic, Resource
from tests.support.world import a_house

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def money(cents: int, currency: str = "USD") -> dict:
    return {"value": Decimal(cents).scaleb(-2), "currency": currency}


def component(kind: str, cents: int, words: str = "", currency: str = "USD") -> dict:
    return {"type": kind, "amount": money(cents, currency)} | ({"code": {"text": words}} if words else {})


def invoice(id: str = "b1", *lines: tuple[str, list[dict]], total: int | None = None, **more) -> Resource:
    """`lines` are a service's name and its price components."""
    one = {
        "resourceType": "Invoice", "id": id, "status": "issued", "subject": {"reference": "Patient/p1"},
        "identifier": [{"value": f"N-{id}"}], "date": "2026-05-01",
        "lineItem": [{"chargeItemCodeableConcept": {"text": text}, "priceComponent": parts} for text, parts in lines],
    }  # fmt: skip
    return one | ({"totalGross": money(total)} if total is not None else {}) | more


async def filed(clinic: Clinic, *sent: Resource) -> None:
    """Sent by the feed, then filed in the ledger."""
    await clinic.sends(*sent)
    await file_all(a_house(clinic.database, clinic.now))


async def file_all(house: House) -> None:
    after: UUID | None = FIRST
    while after is not None:
        after = await file_invoices(open_system(house, "bills", house.clock()), LONG_AGO, after)


async def owed(database: Database, where: str, *values: object) -> int:
    """What is owed on statements, by the ledger alone."""
    rows = await database.rows(
        "SELECT COALESCE(SUM(e.amount), 0) AS owed FROM ledger_entry e JOIN statement t ON t.id = e.statement"
        f" LEFT JOIN invoice i ON i.id = t.invoice WHERE e.book = 'owed' AND {where}", *values,
    )
    return int(rows[0]["owed"])


async def unbalanced(database: Database) -> list[dict]:
    """Transactions whose entries do not add up to nothing, currency by currency."""
    return await database.rows(
        "SELECT posting, currency, SUM(amount) AS sum FROM ledger_entry GROUP BY posting, currency HAVING SUM(amount) <> 0"
    )
