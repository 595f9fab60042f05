"""The audit: what is written stays, and whatever is done to it behind the portal's back is named."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from uuid import UUID

import pytest

from access.audit import AuditUnavailable, AuditWriter, Entry, last_heads
from access.verifying import lines_of, verify
from tests.support.databases import portal

KEY = b"k" * 32


@pytest.fixture
def heads(tmp_path):
    return tmp_path / "audit-heads.jsonl"


@pytest.fixture
def writer(database, heads):
    return AuditWriter(database, KEY, heads)


async def write(writer, now, count=6, action="results.see"):
    for number in range(count):
        await writer.commit(Entry(now + timedelta(seconds=number), action))


async def first_fault(database, heads=None):
    found = await verify(database, KEY, heads)
    assert not found.whole
    return (found.faults[0].seq, found.faults[0].what)


async def unfence(database):
    """What somebody with the database's own password can do."""
    if database.is_sqlite:
        await database.rows("DROP TRIGGER audit_event_stays")
        await database.rows("DROP TRIGGER audit_event_is_kept")
    else:
        await database.rows("DROP TRIGGER audit_event_stays ON audit_event")


async def test_a_whole_audit_is_whole_and_says_what_was_checked(database, writer, heads, now):
    await write(writer, now)
    await writer.close_chain(now)
    await write(writer, now)
    found = await verify(database, KEY, heads)
    assert found.whole
    assert (found.chains, found.rows, found.closed, found.heads) == (2, 14, 1, 1)
    assert "Checked 14 row(s) in 2 chain(s)" in lines_of(found)[0]


async def test_checking_nothing_is_a_failure(database, heads):
    found = await verify(database, KEY, heads)
    assert not found.whole
    assert "nothing to check" in lines_of(found)[-1]


@pytest.mark.parametrize("column", ["actor", "at", "decision", "reason", "objects", "shown", "subject"])
async def test_a_changed_row_is_named(database, writer, now, column):
    await write(writer, now)
    await unfence(database)
    value = {"actor": "NULL", "at": "1", "shown": "7", "subject": "NULL"}.get(column, "'other'")
    if column in ("actor", "subject"):
        value = "'01900000-0000-7000-8000-000000000000'"
    await database.rows(f"UPDATE audit_event SET {column} = {value} WHERE seq = 3")
    assert await first_fault(database) == (3, "changed")


async def test_a_row_taken_from_the_middle_is_named(database, writer, now):
    await write(writer, now)
    await unfence(database)
    await database.rows("DELETE FROM audit_event WHERE seq = 2")
    assert await first_fault(database) == (2, "missing")


async def test_two_rows_that_changed_places_are_named(database, writer, now):
    await write(writer, now)
    await unfence(database)
    for old, new in ((2, 99), (4, 2), (99, 4)):
        await database.rows("UPDATE audit_event SET seq = ? WHERE seq = ?", new, old)
    assert await first_fault(database) == (2, "changed")


async def test_a_tail_cut_from_a_closed_chain_is_missed(database, writer, now):
    await write(writer, now)
    await writer.close_chain(now)
    await unfence(database)
    await database.rows("DELETE FROM audit_event WHERE seq >= 5")
    assert await first_fault(database) == (5, "short")


async def test_a_tail_cut_from_an_open_chain_is_missed_by_the_exported_heads(database, writer, heads, now):
    await write(writer, now)
    await writer.export_heads(now)
    await unfence(database)
    await database.rows("DELETE FROM audit_event WHERE seq >= 5")
    assert await first_fault(database, heads) == (5, "missing")
    assert (await verify(database, KEY)).whole, "without the file nobody can know"


async def test_a_row_added_to_a_closed_chain_is_named(database, writer, now):
    await write(writer, now)
    chain, seq, mac = writer.chain, writer.seq, writer.mac
    await writer.close_chain(now)
    writer.chain, writer.seq, writer.mac = chain, seq, mac
    await write(writer, now, 1)
    assert await first_fault(database) == (7, "long")


async def test_a_whole_chain_that_is_gone_is_missed(database, writer, heads, now):
    await write(writer, now)
    await writer.close_chain(now)
    lost = (await database.rows("SELECT id FROM audit_chain"))[0]["id"]
    await write(writer, now)
    await unfence(database)
    await database.rows("DELETE FROM audit_event WHERE chain = ?", lost)
    assert await first_fault(database) == (0, "empty")
    await database.rows("DELETE FROM audit_chain WHERE id = ?", lost)
    assert await first_fault(database) == (6, "lost"), "the next chain remembers it"
    assert await first_fault(database, heads) == (6, "lost")


async def test_a_chain_that_nobody_opened_is_named(database, writer, now):
    await write(writer, now)
    await database.rows("DELETE FROM audit_chain")
    assert await first_fault(database) == (0, "stray")


async def test_a_chain_rewritten_with_another_key_is_named(database, heads, now):
    await write(AuditWriter(database, b"x" * 32, heads), now)
    assert await first_fault(database, heads) == (0, "changed")


async def test_the_database_refuses_to_change_or_take_away_a_row(database, writer, now):
    await write(writer, now)
    for statement in ("UPDATE audit_event SET reason = 'x'", "DELETE FROM audit_event"):
        with pytest.raises(Exception, match="only ever added|never changed"):
            await database.rows(statement)


async def test_entries_that_wait_together_are_written_together_and_in_order(database, writer, heads, now):
    await asyncio.gather(*(writer.commit(Entry(now, f"act.{n}")) for n in range(200)))
    rows = await database.rows("SELECT action FROM audit_event ORDER BY seq")
    assert [row["action"] for row in rows] == ["chain.opened", *(f"act.{n}" for n in range(200))]
    assert (await verify(database, KEY, heads)).whole


async def test_what_an_act_rolled_back_is_in_no_chain(database, writer, heads, now):
    await write(writer, now, 1)
    with pytest.raises(RuntimeError):
        async with writer.transaction() as entries:
            entries.append(Entry(now, "share.give"))
            raise RuntimeError
    await write(writer, now, 1)
    found = await verify(database, KEY, heads)
    assert found.whole and found.rows == 3


async def test_a_page_whose_entry_cannot_be_written_does_not_leave(database, writer, now):
    await database.rows("DROP TABLE audit_event")
    with pytest.raises(AuditUnavailable):
        await writer.commit(Entry(now, "results.see"))


async def test_a_heads_file_cut_in_the_middle_of_a_line_still_counts(database, writer, heads, now):
    await write(writer, now)
    await writer.export_heads(now)
    whole = last_heads(heads)
    heads.write_text(heads.read_text() + '{"at":"2026-05-12T15:01:00+00:00","heads":[[12')
    assert last_heads(heads) == whole and whole[0][1] == 6
    await AuditWriter(database, KEY, heads).commit(Entry(now, "results.see"))
    found = await verify(database, KEY, heads)
    assert found.whole and found.chains == 2


async def test_heads_are_not_exported_again_while_nothing_happens(writer, heads, now):
    await write(writer, now)
    for minute in range(5):
        await writer.export_heads(now + timedelta(minutes=minute))
    assert len(heads.read_text().splitlines()) == 1
    assert oct(heads.stat().st_mode)[-3:] == "600"


async def test_rows_stay_below_300_bytes(database, writer, now):
    someone = UUID("01900000-0000-7000-8000-000000000000")
    entry = Entry(now, "care_plan.see", someone, someone, someone, purpose="FAMRQT")
    entry.showed("DiagnosticReport", [f"01900000-0000-7000-8000-{number:012x}" for number in range(500)])
    await writer.commit(entry)
    row = (await database.rows("SELECT * FROM audit_event WHERE seq = 1"))[0]
    assert row["shown"] == 500 and row["objects"].endswith("+492")
    # SQLite keeps a UUID as its 36 characters.
    assert sum(len(value) if isinstance(value, (bytes, str)) else len(str(value)) for value in row.values()) <= 300


def test_the_command_names_the_fault_and_fails(demo_url, make_settings, tmp_path):
    assert "The audit is whole." in portal(["audit", "verify"], demo_url, PORTAL_DATA=str(tmp_path))
    line = {"at": "2026-05-12T15:00:00+00:00", "heads": [[4711, 12, "00" * 32]]}
    make_settings(demo_url).heads_file.write_text(json.dumps(line) + "\n")
    with pytest.raises(RuntimeError, match="row 12 of chain 4711 was exported, and its whole chain is gone"):
        portal(["audit", "verify"], demo_url, PORTAL_DATA=str(tmp_path))
