"""The audit: what is written stays, and whatever is done to it behind the portal's back is named."""

from __future__ import annotations

import asyncio
import json
import tracemalloc
from datetime import timedelta
from uuid import UUID

import pytest

from access.audit import AuditUnavailable, AuditWriter, Entry
from access.heads import files_of, last_heads
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
    (file,) = files_of(heads)
    file.write_text(file.read_text() + '{"at":"2026-05-12T15:01:00+00:00","heads":[[12')
    assert last_heads(heads) == whole and whole[0][1] == 6
    await AuditWriter(database, KEY, heads).commit(Entry(now, "results.see"))
    found = await verify(database, KEY, heads)
    assert found.whole and found.chains == 2


async def test_heads_are_not_exported_again_while_nothing_happens(writer, heads, now):
    await write(writer, now)
    for minute in range(5):
        await writer.export_heads(now + timedelta(minutes=minute))
    assert len(exported(heads)) == 1
    assert [oct(file.stat().st_mode)[-3:] for file in files_of(heads)] == ["600"]


def exported(heads) -> list:
    """What each line says, as (chain, seq)."""
    lines = [json.loads(line) for file in files_of(heads) for line in file.read_text().splitlines()]
    return [[(chain, seq) for chain, seq, _ in line["heads"]] for line in lines]


async def test_only_heads_that_changed_are_exported_again(database, writer, heads, now):
    other = AuditWriter(database, KEY, heads)
    await write(writer, now, 1)
    await write(other, now, 1)
    await writer.export_heads(now)
    await write(other, now, 1)
    for minute in range(3):
        await writer.export_heads(now + timedelta(minutes=minute))
        await other.export_heads(now + timedelta(minutes=minute))
    assert exported(heads) == [sorted([(writer.chain, 1), (other.chain, 1)]), [(other.chain, 2)]]


async def killed(database, heads, at, told=True) -> int:
    """A process that was ended with its chain open, having told its head or not."""
    writer = AuditWriter(database, KEY, heads)
    await write(writer, at, 1)
    if told:
        await writer.export_heads(at + timedelta(seconds=30))
    return writer.chain


async def test_chains_of_killed_processes_are_told_once_and_no_more(database, heads, now):
    dead = [await killed(database, heads, now + timedelta(minutes=number)) for number in range(5)]
    for day in (2, 3, 30):
        later = now + timedelta(days=day)
        await killed(database, heads, later)
    said = [chain for line in exported(heads) for chain, _ in line]
    assert [said.count(chain) for chain in dead] == [1] * 5
    assert len(files_of(heads)) == 2 and (await verify(database, KEY, heads)).whole


async def test_the_end_of_a_killed_process_is_told_however_late_the_next_one_starts(database, heads, now):
    await killed(database, heads, now)
    lost = await killed(database, heads, now + timedelta(minutes=5), told=False)
    await AuditWriter(database, KEY, heads).export_heads(now + timedelta(days=40))
    assert (lost, 1) in exported(heads)[-1]


async def test_a_tail_is_missed_by_the_file_of_an_earlier_month(database, writer, heads, now):
    await write(writer, now)
    await writer.export_heads(now)
    later = now + timedelta(days=60)
    await write(AuditWriter(database, KEY, heads), later)
    await AuditWriter(database, KEY, heads).export_heads(later)
    await unfence(database)
    await database.rows("DELETE FROM audit_event WHERE seq >= 5 AND chain = ?", writer.chain)
    assert [file.name for file in files_of(heads)] == ["audit-heads.2026-05.jsonl", "audit-heads.2026-07.jsonl"]
    assert await first_fault(database, heads) == (5, "missing")


async def test_a_row_that_was_exported_otherwise_is_named_though_the_key_fits_it(database, writer, heads, now):
    await write(writer, now)
    await writer.export_heads(now)
    (file,) = files_of(heads)
    chain, seq, mac = last_heads(heads)[0]
    file.write_text(file.read_text() + json.dumps({"at": now.isoformat(), "heads": [[chain, 3, mac]]}) + "\n")
    assert await first_fault(database, heads) == (3, "changed")


async def test_after_a_line_that_was_not_finished_the_next_is_whole(database, writer, heads, now):
    await write(writer, now, 1)
    await writer.export_heads(now)
    (file,) = files_of(heads)
    file.write_text(file.read_text() + '{"at":"2026-05-12T15:01:00+00:00","heads":[[12')
    await write(writer, now, 1)
    await writer.export_heads(now)
    assert last_heads(heads)[0][1] == 2
    file.unlink()
    await writer.export_heads(now)
    assert exported(heads) == [[(writer.chain, 2)]], "what is in no file is told again"


async def test_verifying_keeps_nothing_of_the_lines_it_has_read(database, writer, heads, now):
    await write(writer, now, 1)
    await writer.export_heads(now)
    (file,) = files_of(heads)
    file.write_text(file.read_text() * 20_000)
    tracemalloc.start()
    try:
        found = await verify(database, KEY, heads)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert found.whole and found.heads_lines == 20_000 and found.heads == 1 and peak < 1_000_000


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
