"""Paying under load, and what must be true of payments after every kill."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import UUID

import httpx

import starting
from access.opening import open_system
from acts.payments import check
from payments import practice
from payments.checkout import Processor
from payments.practice import Practice
from settings import Settings
from tables.database import Database
from tests.support.billing import unbalanced
from tests.support.paying import served

PAYS = {"self": "1510", "helper-full": "1322", "guardian": "2304"}
"""Who pays which statement in small parts."""
ADDRESSES = (
    "SELECT g.ref AS account, t.ref, t.number FROM statement t JOIN guarantor_account g ON g.id = t.guarantor WHERE t.number IN"
    " ('1510', '1322', '2304')"
)


async def statements(database: Database) -> dict[str, str]:
    """Address of each statement that is paid, by its number."""
    return {row["number"]: f"/bills/{row['account']}/statements/{row['ref']}" for row in await database.rows(ADDRESSES)}


async def pay(client: httpx.AsyncClient, statement: str, fields_of: Callable[[str], dict], unsure: dict) -> str | None:
    """Begins a payment, or sends again what was not acknowledged; then pays it at the card company, which tells twice or
    never. The ref that was acknowledged; None when no more can be paid."""
    if not unsure:
        page = await client.get(f"{statement}/payment/confirm", params={"amount": "60"})
        if page.status_code != 200:
            return None
        unsure |= fields_of(page.text) | {"amount": "60"}
    headers = {"Origin": str(client.base_url).rstrip("/")}
    answer = await client.post(f"{statement}/payment/confirm", data=unsure, headers=headers)
    assert answer.status_code in (303, 422), answer.text
    unsure.clear()
    address = answer.headers.get("location", "")
    if "/pay/" not in address:
        return re.search(r"/payments/([A-Za-z0-9_-]{22})", address)[1] if address else None
    async with httpx.AsyncClient(timeout=10) as card:
        paid = await card.post(address, data={"do": "pay", "tell": "twice" if ord(address[-1]) % 2 else "never"})
    found = re.search(r"/payments/([A-Za-z0-9_-]{22})", paid.headers.get("location", ""))
    return found[1] if found else None


async def no_payment_is_half(database: Database, acknowledged: list[str]) -> None:
    """Each acknowledged one is there once; what counts as paid stands in the ledger once; nothing is paid too much."""
    stored = {row["ref"] for row in await database.rows("SELECT ref FROM payment")}
    assert not set(acknowledged) - stored, "a payment that was acknowledged is missing"
    rows = await database.rows(
        "SELECT p.ref FROM payment p LEFT JOIN ledger_transaction t ON t.payment = p.id AND t.kind = 'payment'"
        " GROUP BY p.ref, p.state HAVING COUNT(t.id) <> CASE WHEN p.state = 'paid' THEN 1 ELSE 0 END"
    )
    assert not rows, f"{len(rows)} payments and their ledger differ"
    assert not await unbalanced(database)
    over = await database.rows("SELECT statement FROM ledger_entry WHERE book = 'owed' GROUP BY statement HAVING SUM(amount) < 0")
    assert not over, "more was paid than was owed"


async def every_payment_is_settled(settings: Settings) -> tuple[int, int]:
    """The reconciler asks about all that is under way; afterwards portal and card company agree. How many were paid, and
    how many of these only by asking."""
    house = await starting.open_house(settings, starting.make_house(settings))
    try:
        with served(Practice("", "", settings.practice_hook_secret, settings.practice_file)) as till:
            processor = Processor(practice.SECRET, settings.practice_hook_secret, till.origin, till.origin)
            waiting = await house.database.rows("SELECT id FROM payment WHERE state IN ('made', 'sent')")
            for row in waiting:
                await check(open_system(house, "payments", house.clock()), processor, UUID(str(row["id"])), 0, "Riverbend Family Clinic")
            await processor.close()
            took = {one["client_reference_id"] for one in till.practice.notes.sessions() if one["payment_status"] == "paid"}
        rows = await house.database.rows("SELECT ref, state FROM payment WHERE session IS NOT NULL")
        assert {row["ref"] for row in rows if row["state"] == "paid"} == took, "the portal and the card company disagree"
        return len(took), len(waiting)
    finally:
        await starting.close_house(house)
