"""The database engines: nothing is lost, doubled or left open, whatever is cancelled, refused or in the way."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import json
import re
import sqlite3
import subprocess
import sys
import threading
import uuid
from datetime import UTC, datetime, timedelta, timezone

import pytest
from piccolo.engine.exceptions import TransactionError

from tables import sqlite
from tables.accounts import Account, StaffDuty
from tables.base import new_id
from tables.clinic import ClinicSite
from tables.database import Database
from tables.sqlite import DatabaseBusy
from tests.support.databases import HOUSE, Sqlite

COUNTER = "UPDATE installation SET created_at = created_at WHERE 1 = 0"
HOLD = """
import sqlite3, sys, time
db = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=10)
db.execute("BEGIN IMMEDIATE"); print("held", flush=True)
time.sleep(float(sys.argv[2])); db.execute("ROLLBACK")
"""


def test_an_id_that_is_made_later_is_greater():
    """What waits is read in the order of its ids, and up to the one that is made when reading begins."""
    made = [new_id() for _ in range(20_000)]
    assert made == sorted(made) and {one.version for one in made} == {7} and {one.variant for one in made} == {uuid.RFC_4122}


@pytest.fixture
async def table(database):
    """A small table of this test: rows that count, names that are unique."""
    await database.rows("CREATE TABLE tally (id INTEGER PRIMARY KEY, n INTEGER NOT NULL, slot TEXT UNIQUE)")
    await database.rows("INSERT INTO tally (id, n) VALUES (1, 0)")
    return database


@pytest.fixture
def only_sqlite(database):
    if not database.is_sqlite:
        pytest.skip("this is about the embedded engine")
    return database


async def tally(database: Database) -> int:
    return (await database.rows("SELECT n FROM tally WHERE id = 1"))[0]["n"]


@contextlib.contextmanager
def held_by_another_process(database: Database, seconds: float):
    path = Sqlite.path(database.url)
    with subprocess.Popen([sys.executable, "-c", HOLD, path, str(seconds)], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout.readline() == "held\n"
        try:
            yield
        finally:
            other.kill()


def at_rest(database: Database) -> bool:
    """Nothing is open, nobody holds the writer."""
    return not database.in_transaction and (
        not database.is_sqlite or not (database.engine.write_lock.locked() or database.engine.writer_in_transaction)
    )


# Nothing lost, nothing doubled


async def test_none_of_400_parallel_updates_is_lost(table):
    async def add_one():
        async with table.transaction():
            row = await table.rows("SELECT n FROM tally WHERE id = 1" + ("" if table.is_sqlite else " FOR UPDATE"))
            await table.rows("UPDATE tally SET n = ? WHERE id = 1", row[0]["n"] + 1)

    await asyncio.gather(*(add_one() for _ in range(400)))
    assert await tally(table) == 400 and at_rest(table)


async def test_one_of_40_parallel_bookings_is_made_and_39_are_refused_cleanly(table):
    async def book(number: int) -> bool:
        async with table.transaction():
            made = await table.rows(
                "INSERT INTO tally (id, n, slot) VALUES (?, 0, 'nine o''clock') ON CONFLICT (slot) DO NOTHING RETURNING id",
                number,
            )
            return bool(made)

    assert sorted(await asyncio.gather(*(book(n) for n in range(2, 42)))) == [False] * 39 + [True]
    assert len(await table.rows("SELECT id FROM tally WHERE slot IS NOT NULL")) == 1


async def test_a_booking_that_breaks_a_rule_is_an_error_and_leaves_the_engine_at_rest(table):
    async def book(number: int):
        async with table.transaction():
            await table.rows("INSERT INTO tally (id, n, slot) VALUES (?, 0, 'nine')", number)

    outcomes = await asyncio.gather(*(book(n) for n in range(2, 42)), return_exceptions=True)
    assert outcomes.count(None) == 1 and all("unique" in str(one).lower() for one in outcomes if one is not None)
    assert at_rest(table)


async def test_what_a_failed_transaction_wrote_is_gone(table):
    with pytest.raises(RuntimeError):
        async with table.transaction():
            await table.rows("UPDATE tally SET n = 9 WHERE id = 1")
            raise RuntimeError
    assert await tally(table) == 0 and at_rest(table)


# One task, one transaction


async def test_a_transaction_inside_another_is_refused(table):
    with pytest.raises(TransactionError):
        async with table.transaction():
            async with table.transaction():
                pass
    assert at_rest(table)


async def test_a_savepoint_takes_back_a_part(table):
    async with table.transaction() as transaction:
        await table.rows("UPDATE tally SET n = 1 WHERE id = 1")
        point = await transaction.savepoint()
        await table.rows("UPDATE tally SET n = 2 WHERE id = 1")
        await point.rollback_to()
    assert await tally(table) == 1


async def test_a_task_made_inside_a_transaction_may_not_use_it_then_or_later(table):
    async with table.transaction():
        early = asyncio.create_task(table.rows("UPDATE tally SET n = 5 WHERE id = 1"))
        late = asyncio.create_task(later(table))
        with pytest.raises(TransactionError):
            await early
        await table.rows("UPDATE tally SET n = 1 WHERE id = 1")
    with pytest.raises(TransactionError):
        await late
    assert await tally(table) == 1 and at_rest(table)


async def later(database: Database):
    await asyncio.sleep(0.05)
    await ClinicSite.count()


async def test_reads_inside_a_transaction_see_its_writes_and_others_do_not(table):
    written, looked = asyncio.Event(), asyncio.Event()

    async def writing() -> int:
        async with table.transaction():
            await table.rows("UPDATE tally SET n = 7 WHERE id = 1")
            written.set()
            await looked.wait()
            return await tally(table)

    task = asyncio.create_task(writing())
    await written.wait()
    before = await tally(table)
    looked.set()
    assert (before, await task, await tally(table)) == (0, 7, 7)


async def test_the_reader_cannot_write(only_sqlite):
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        only_sqlite.engine.on_reader("DELETE FROM installation")
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        only_sqlite.engine.on_reader("CREATE TABLE more (id INTEGER)")


async def test_a_with_that_writes_goes_to_the_writer(only_sqlite):
    await only_sqlite.rows("CREATE TABLE tally (n INTEGER)")
    assert await only_sqlite.rows("WITH one AS (SELECT 1 AS n) INSERT INTO tally SELECT n FROM one RETURNING n") == [{"n": 1}]


# Cancelled


async def test_somebody_cancelled_in_the_middle_leaves_nothing_open(table):
    inside = asyncio.Event()

    async def writing():
        async with table.transaction():
            await table.rows("UPDATE tally SET n = n + 1 WHERE id = 1")
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(writing())
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert at_rest(table) and await tally(table) == 0


async def test_somebody_cancelled_in_the_line_before_the_writer_holds_nothing(only_sqlite):
    async with only_sqlite.transaction():
        task = outside(only_sqlite.rows(COUNTER))
        await asyncio.sleep(0.01)
        task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert at_rest(only_sqlite)


def outside(coroutine):
    """As a task of its own that inherits no transaction."""
    return contextvars.Context().run(asyncio.get_running_loop().create_task, coroutine)


async def test_cancelling_at_any_step_of_many_transactions_never_wedges_the_engine(table):
    """Forty writers, each cancelled after another number of turns of the loop."""
    async def writing():
        async with table.transaction():
            await table.rows("UPDATE tally SET n = n + 1 WHERE id = 1")

    for turns in range(40):
        task = asyncio.create_task(writing())
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        assert at_rest(table)
    before = await tally(table)
    await asyncio.wait_for(writing(), 5)
    assert await tally(table) == before + 1


async def test_a_cancelled_commit_is_waited_for_before_the_next_one_writes(only_sqlite, monkeypatch):
    database, slow = only_sqlite, threading.Event()
    on_writer = database.engine.on_writer
    await database.rows("CREATE TABLE tally (id INTEGER PRIMARY KEY, n INTEGER)")
    order = []

    def hesitating(sql, args=()):
        if sql == "COMMIT" and not slow.is_set():
            slow.set()
            threading.Event().wait(0.2)
            order.append("first commit")
        return on_writer(sql, args)

    monkeypatch.setattr(type(database.engine), "on_writer", staticmethod(hesitating))

    async def write(number):
        async with database.transaction():
            await database.rows("INSERT INTO tally VALUES (?, 0)", number)
        order.append(f"wrote {number}")

    first = asyncio.create_task(write(1))
    while not slow.is_set():
        await asyncio.sleep(0.005)
    second = asyncio.create_task(write(2))
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    await second
    assert order == ["first commit", "wrote 2"]
    assert [row["id"] for row in await database.rows("SELECT id FROM tally ORDER BY id")] == [1, 2]


async def test_a_commit_that_fails_gives_the_writer_back(table):
    """A constraint that is looked at only when all is done: on PostgreSQL and on SQLite it is the COMMIT that fails."""
    later = "REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED"
    await table.rows("CREATE TABLE parent (id INTEGER PRIMARY KEY)")
    await table.rows(f"CREATE TABLE child (id INTEGER PRIMARY KEY, parent INTEGER {later})")
    for _ in range(15):  # more often than the pool has connections
        with pytest.raises(Exception, match="(?i)foreign key"):
            async with table.transaction():
                await table.rows("INSERT INTO child VALUES (1, 99)")
        assert at_rest(table)
    await asyncio.wait_for(table.rows("UPDATE tally SET n = 3 WHERE id = 1"), 5)
    assert await tally(table) == 3


async def test_what_was_left_open_on_a_connection_is_rolled_back_before_the_next_one_has_it(table):
    if table.is_sqlite:
        pytest.skip("PostgreSQL has a pool")
    wrong = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: wrong.append(context["message"]))
    async with table.engine.pool.acquire() as connection:
        await connection.execute("BEGIN")
        await connection.execute("UPDATE tally SET n = 9")
    async with table.engine.pool.acquire() as connection:
        assert not connection.is_in_transaction() and await connection.fetchval("SELECT n FROM tally") == 0
    assert wrong and "active transaction" in wrong[0]


def test_nobody_sets_anything_for_a_whole_session():
    """For a connection goes back to the pool as it is."""
    lasting = re.compile(r"pg_(try_)?advisory_lock|\bLISTEN\b|\bSET SESSION\b|[\"']SET (?!LOCAL|TRANSACTION)")
    rooms = ("access", "acts", "ehr", "identity", "jobs", "notices", "pages", "payments", "tables")
    files = [file for room in rooms for file in (HOUSE / room).rglob("*.py")]
    assert len(files) > 100 and [str(file) for file in files if lasting.search(file.read_text())] == []
    assert lasting.search('rows("SET search_path = x")') and lasting.search("SELECT pg_advisory_lock(1)")


# Another process has the lock


async def test_a_short_wait_for_another_process_is_only_a_wait(only_sqlite):
    with held_by_another_process(only_sqlite, 0.4):
        async with only_sqlite.transaction():
            await only_sqlite.rows(COUNTER)
    assert at_rest(only_sqlite)


async def test_the_loop_lives_and_reads_while_a_writer_waits(only_sqlite):
    turns = 0
    with held_by_another_process(only_sqlite, 0.4):
        waiting = asyncio.create_task(only_sqlite.rows(COUNTER))
        while not waiting.done():
            await only_sqlite.rows("SELECT demo FROM installation")
            await asyncio.sleep(0.01)
            turns += 1
    assert turns > 5


async def test_a_long_wait_is_refused_in_words_and_then_all_is_well_again(only_sqlite, monkeypatch):
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.2)
    with held_by_another_process(only_sqlite, 20):
        with pytest.raises(DatabaseBusy):
            await only_sqlite.rows(COUNTER)
        assert at_rest(only_sqlite)
    await only_sqlite.rows(COUNTER)


async def test_somebody_cancelled_while_waiting_for_another_process_holds_nothing(only_sqlite):
    with held_by_another_process(only_sqlite, 0.4):
        waiting = asyncio.create_task(only_sqlite.rows(COUNTER))
        await asyncio.sleep(0.1)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    assert at_rest(only_sqlite)


async def test_the_line_in_front_of_the_writer_is_no_longer_than_some_seconds(only_sqlite, monkeypatch):
    monkeypatch.setattr(sqlite, "LINE_SECONDS", 0.05)
    async with only_sqlite.transaction():
        with pytest.raises(DatabaseBusy):
            await outside(only_sqlite.rows(COUNTER))
    await only_sqlite.rows(COUNTER)


# What is contracted of the file


async def test_the_file_is_kept_as_contracted(only_sqlite):
    engine = only_sqlite.engine
    assert engine.on_writer("PRAGMA journal_mode") == [{"journal_mode": "wal"}]
    assert engine.on_writer("PRAGMA synchronous") == [{"synchronous": 2}], "FULL"
    assert engine.on_reader("PRAGMA query_only") == [{"query_only": 1}]
    for run in (engine.on_writer, engine.on_reader):
        assert run("PRAGMA foreign_keys") == [{"foreign_keys": 1}]


async def test_a_row_that_something_points_to_cannot_go(database, now):
    account = Account(kind="personal", state="active", username="m", username_key="m", name="M", created_at=now)
    await account.save()
    await StaffDuty(account=account.id, duty="clinician", started_at=now).save()
    with pytest.raises(Exception, match="(?i)foreign key"):
        await database.rows("DELETE FROM account WHERE id = ?", account.id)


async def test_closing_leaves_no_thread_and_a_second_time_does_nothing(database_url):
    before = set(threading.enumerate())
    database = await Database(database_url).open()
    await database.rows(COUNTER)
    if database.is_sqlite:
        await database.engine.in_thread(lambda: None)
    await database.close()
    await database.close()
    assert not {thread for thread in set(threading.enumerate()) - before if "sqlite" in thread.name}


async def test_closing_waits_for_a_writer_that_waits_for_another_process(only_sqlite, monkeypatch):
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.3)
    with held_by_another_process(only_sqlite, 20):
        waiting = asyncio.create_task(only_sqlite.rows(COUNTER))
        await asyncio.sleep(0.05)
        only_sqlite.engine.close()
        with pytest.raises((DatabaseBusy, RuntimeError, AttributeError)):
            await waiting
    assert not [thread for thread in threading.enumerate() if "sqlite-writer" in thread.name]


# Values come back as they went


VALUES = {
    "UUID": (uuid.UUID(int=0), uuid.UUID("01900000-0000-7000-8000-0000000000ff"), None),
    "TIMESTAMPTZ": (
        datetime(2026, 5, 12, 15, 0, tzinfo=UTC), datetime(2026, 5, 12, 15, 0, 0, 1, tzinfo=UTC),
        datetime(1899, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
        datetime(2026, 5, 12, 10, 0, tzinfo=timezone(timedelta(hours=-5))), None,
    ),
    "BOOLEAN": (True, False, None),
    "BIGINT": (0, -1, 2**62, -(2**63), None),
    "TEXT": ("", "ñ 😀 \u202e", "O'Hara; DROP TABLE", "a" * 70_000, None),
    "BLOB": (b"", b"\x00\xff" * 40, None),
}


@pytest.mark.parametrize("kind", VALUES)
async def test_a_value_comes_back_equal(database, kind):
    declared = "BYTEA" if kind == "BLOB" and not database.is_sqlite else kind
    await database.rows(f"CREATE TABLE kept (id BIGINT PRIMARY KEY, value {declared})")
    for number, value in enumerate(VALUES[kind]):
        await database.rows("INSERT INTO kept (id, value) VALUES (?, ?)", number, value)
    rows = await database.rows("SELECT value FROM kept ORDER BY id")
    found = [bytes(row["value"]) if isinstance(row["value"], memoryview) else row["value"] for row in rows]
    assert found == list(VALUES[kind])
    assert all(isinstance(one, type(sent)) for one, sent in zip(found, VALUES[kind], strict=True))


async def test_instants_sort_and_compare_as_instants_wherever_they_were_written(database):
    await database.rows("CREATE TABLE kept (id BIGINT PRIMARY KEY, at TIMESTAMPTZ)")
    noon = datetime(2026, 5, 12, 12, 0, tzinfo=UTC)
    zone = timezone(timedelta(hours=9))
    for number, moment in enumerate((noon, noon + timedelta(microseconds=1), (noon - timedelta(seconds=1)).astimezone(zone))):
        await database.rows("INSERT INTO kept (id, at) VALUES (?, ?)", number, moment)
    rows = await database.rows("SELECT id FROM kept ORDER BY at")
    assert [row["id"] for row in rows] == [2, 0, 1]
    before = await database.rows("SELECT id FROM kept WHERE at < ?", noon.astimezone(zone))
    assert [row["id"] for row in before] == [2]


async def test_json_is_text_on_both(database):
    await database.rows("CREATE TABLE kept (id BIGINT PRIMARY KEY, value JSON)")
    await database.rows("INSERT INTO kept (id, value) VALUES (1, ?)", json.dumps({"a": [1, None, "ñ"]}))
    assert json.loads((await database.rows("SELECT value FROM kept"))[0]["value"]) == {"a": [1, None, "ñ"]}
