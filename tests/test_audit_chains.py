"""How the audit is written: in batches, in order whoever writes at once, and never to a chain that may be broken."""

from __future__ import annotations

import asyncio
import json
from uuid import UUID

import pytest

from access.audit import BATCH, SEEN, AuditUnavailable, AuditWriter, Entry
from access.grant import Changed
from access.opening import open_account
from access.verifying import verify
from tests.support.world import KEY, build


@pytest.fixture
def writer(database):
    return AuditWriter(database, KEY)


async def whole(database) -> bool:
    found = await verify(database, KEY)
    return found.whole


async def test_many_that_wait_share_few_transactions(database, writer, now, monkeypatch):
    begun, transaction = [], type(database).transaction
    monkeypatch.setattr(type(database), "transaction", lambda self: begun.append(1) or transaction(self))
    await asyncio.gather(*(writer.commit(Entry(now, "results.see")) for _ in range(256)))
    assert len(begun) <= 256 / BATCH + 1 and await whole(database)


async def test_who_was_there_is_noted_in_the_same_order_by_every_process(database, writer, now, monkeypatch):
    """Two processes that note the same people in different orders would wait for each other."""
    noted, many = [], type(database).many

    async def listened(self, sql, rows):
        noted.extend(row[1] for row in rows if sql == SEEN)
        await many(self, sql, rows)

    monkeypatch.setattr(type(database), "many", listened)
    for session in (UUID(int=3), UUID(int=1), UUID(int=2)):
        writer.seen(session, now)
    await writer.commit(None)
    assert noted == [UUID(int=1), UUID(int=2), UUID(int=3)]


async def test_a_chain_opened_after_many_crashes_still_names_the_newest_heads_whole(database, now, tmp_path):
    heads = [[number + 2**62, 10**9, "f" * 64] for number in range(60)]
    file = tmp_path / "heads"
    file.write_text(json.dumps({"at": "", "heads": heads}) + "\n")
    await AuditWriter(database, KEY, file).commit(Entry(now, "results.see"))
    rows = await database.rows("SELECT heads FROM audit_chain")
    assert json.loads(rows[0]["heads"]) == heads[-36:] and len(rows[0]["heads"]) <= 4000


async def test_pages_and_acts_at_once_keep_one_unbroken_chain(database, writer, now):
    async def act(number):
        async with writer.transaction() as entries:
            await database.rows("SELECT demo FROM installation")
            entries.append(Entry(now, f"act.{number}"))
            if number % 5 == 0:
                raise RuntimeError("an act that is not done")

    async def page(number):
        await writer.commit(Entry(now, f"page.{number}"))

    doings = [act(n) if n % 2 else page(n) for n in range(60)] + [act(n * 5) for n in range(8)]
    outcomes = await asyncio.gather(*doings, return_exceptions=True)
    failed = sum(isinstance(one, RuntimeError) for one in outcomes)
    found = await verify(database, KEY)
    assert found.whole and found.chains == 1 and found.rows == 1 + len(doings) - failed
    assert not database.in_transaction


async def test_a_chain_whose_first_row_was_not_stored_is_never_written_to(database, writer, now, monkeypatch):
    async def broken(self, sql, rows):
        raise OSError("disk full")

    with monkeypatch.context() as planted:
        planted.setattr(type(database), "many", broken)
        with pytest.raises(AuditUnavailable):
            await writer.commit(Entry(now, "results.see"))
    await writer.commit(Entry(now, "results.see"))
    assert await whole(database), "the next entry opens a chain of its own"
    assert len(await database.rows("SELECT id FROM audit_chain")) == 1


async def test_after_a_commit_that_may_have_failed_a_new_chain_begins(database, writer, now, monkeypatch):
    await writer.commit(Entry(now, "results.see"))
    first = writer.chain
    transaction = database.transaction()
    commit = type(transaction).commit

    async def doubtful(self):
        await commit(self)
        raise OSError("the line broke just then")

    with monkeypatch.context() as planted:
        planted.setattr(type(transaction), "commit", doubtful)
        with pytest.raises(AuditUnavailable):
            await writer.commit(Entry(now, "results.see"))
    await writer.commit(Entry(now, "results.see"))
    assert writer.chain != first and await whole(database)


async def test_somebody_who_stops_waiting_breaks_nothing_for_the_others(database, writer, now):
    tasks = [asyncio.create_task(writer.commit(Entry(now, f"page.{n}"))) for n in range(30)]
    await asyncio.sleep(0)
    for task in tasks[::3]:
        task.cancel()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert [one for one in outcomes[1::3] + outcomes[2::3] if one] == [] and await whole(database)


async def test_two_processes_have_a_chain_each(database, now):
    writers = [AuditWriter(database, KEY) for _ in range(2)]
    await asyncio.gather(*(writers[n % 2].commit(Entry(now, "results.see")) for n in range(40)))
    found = await verify(database, KEY)
    assert found.whole and found.chains == 2 and found.rows == 42


@pytest.mark.parametrize("kinds", [1, 3, 60])
def test_the_text_of_objects_is_cut_at_a_whole_id_and_counts_the_rest(now, kinds):
    entry = Entry(now, "results.see")
    for kind in range(kinds):
        entry.showed(f"MedicationAdministration{kind}", [UUID(int=(7 << 76) | n) for n in range(200)])
    text, plus, left = entry.objects.partition("+")
    assert len(entry.objects) <= 100 and plus and entry.count == kinds * 200
    assert text.count(",") + text.count(":") + int(left) == entry.count


async def test_an_act_refused_at_the_last_moment_leaves_its_entry_as_it_was(database, now):
    world = await build(database, now)
    maria = world.people["maria"]
    grant = open_account(world.house, maria)
    await database.rows("UPDATE session SET revoked_at = ? WHERE id = ?", now, maria.session)
    with pytest.raises(Changed):
        async with grant.acting("account.password"):
            pytest.fail("the act must not begin")
    assert grant.entry.action == "account.see" and not grant.entry.written
    assert await database.rows("SELECT seq FROM audit_event") == []
