"""No write transaction is open for more than 100 ms, and inside one nothing is awaited but the database (DESIGN §6)."""

from __future__ import annotations

import asyncio
import time

import pytest

from access.audit import Entry
from tests.support.signing_in import sign_in
from tests.support.watching import watched_transactions
from tests.support.world import build


@pytest.fixture
def only_sqlite(templates):
    """Where a statement never hands control back, so that nothing but it can be waited for unnoticed."""
    if templates.server.name != "sqlite":
        pytest.skip("on PostgreSQL waiting for a statement looks like waiting for anything else")


async def planted(database, what):
    with watched_transactions() as watched:
        async with database.transaction():
            await database.rows("SELECT demo FROM installation")
            await what()
    return watched


async def nothing():
    return None


FAULTS = {
    "a sleep": lambda: asyncio.sleep(0.001), "no sleep at all": lambda: asyncio.sleep(0),
    "a thread": lambda: asyncio.to_thread(int), "another task": lambda: asyncio.ensure_future(nothing()),
    "a timer": lambda: asyncio.wait_for(nothing(), 1),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
async def test_waiting_for_anything_else_is_found(only_sqlite, database, fault):
    async def what():
        await FAULTS[fault]()

    watched = await planted(database, what)
    assert len(watched.waits) == 1 and "test_transactions.py" in watched.waits[0]


async def test_a_transaction_that_is_open_too_long_is_found(only_sqlite, database):
    async def what():
        time.sleep(0.12)

    watched = await planted(database, what)
    assert watched.waits == [] and len(watched.faults) == 1 and "open for" in watched.faults[0]


async def test_a_transaction_that_only_asks_the_database_is_no_fault(only_sqlite, database):
    assert (await planted(database, nothing)).faults == []


async def test_the_acts_of_a_patient_and_of_the_desk_are_short_and_wait_for_nothing_else(
    only_sqlite, app, client, another_client, cast
):
    with watched_transactions() as watched:
        await sign_in(client, cast["self"])
        page = await client.get("/account/preferences")
        await client.submit(page, "preferences", called="Mari")
        page = await client.get("/account/codes")
        await client.send(page, 0)
        await client.get(f"/records/{cast['self'].record}/results")
        await client.get(f"/records/{cast['stranger'].record}/results")
        page = await client.get("/records")
        await client.submit(page, "/sign-out")
        page = await another_client.get("/sign-in")
        await another_client.send(page, 0, username="nobody", password="wrong words here")
    print(f"\n{len(watched.durations)} transactions, the longest {watched.longest:.1f} ms")
    assert watched.faults == [] and len(watched.durations) >= 8


async def test_a_batch_of_the_audit_is_short_and_waits_for_nothing_else(only_sqlite, database, now):
    world = await build(database, now)
    for _ in range(3):  # a busy machine may hold one up, but hardly three
        with watched_transactions() as watched:
            await asyncio.gather(*(world.house.audit.commit(Entry(now, "results.see")) for _ in range(200)))
        if not watched.faults:
            break
    assert watched.faults == []
    assert len(watched.durations) <= 6, "entries that wait share their transactions"
