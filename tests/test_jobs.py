"""Jobs: put in with their cause, done once even by many workers, and never lost when one is killed."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from datetime import timedelta

import pytest

from access.audit import HEADS, AuditWriter
from access.house import House
from identity.codes import WIPE
from jobs import job, sweeping
from jobs.job import GiveUp
from jobs.news import NEW
from jobs.payments import WAITS, unasked
from jobs.worker import Worker
from settings import Limits
from tables.base import new_id, new_ref
from tables.queue import DUE, JOB, LEASE, MOST_ATTEMPTS, claim, end, enqueue, renew, retry, wait_after
from tables.sealing import Keyring
from tests.support.databases import HOUSE, portal_environment


class Clock:
    def __init__(self, now):
        self.now = now

    def __call__(self):
        return self.now

    def pass_(self, **time):
        self.now += timedelta(**time)


@pytest.fixture
def clock(now):
    return Clock(now)


@pytest.fixture
def house(database, clock):
    return House(database, AuditWriter(database, b"k" * 32), Keyring((b"s" * 32,)), Limits(), "http://localhost:8000",
                 clock=clock)  # fmt: skip


async def put(house, kind="count", **more):
    async with house.database.transaction():
        return await enqueue(house.database, kind, {"n": 1}, house.clock(), **more)


async def states(house):
    rows = await house.database.rows("SELECT state, attempts, failure FROM job ORDER BY made_at, id")
    return [(row["state"], row["attempts"], row["failure"]) for row in rows]


async def test_a_job_rolls_back_with_its_cause(house):
    with pytest.raises(RuntimeError):
        async with house.database.transaction():
            await enqueue(house.database, "count", {}, house.clock())
            raise RuntimeError
    assert await states(house) == []


async def test_a_job_gets_its_arguments_and_is_done_once(house):
    seen = []

    async def count(house, one, now):
        seen.append((one.arguments, one.attempt, now))

    await put(house)
    assert await job.turn(house, {"count": count}, "me") == 1
    assert await job.turn(house, {"count": count}, "me") == 0
    assert seen == [({"n": 1}, 1, house.clock())]
    assert await states(house) == [("done", 1, "")]


async def test_one_dedupe_key_is_one_job_even_when_it_is_done(house):
    assert await put(house, dedupe="release:1")
    assert await put(house, dedupe="release:1") is None
    assert await put(house) and await put(house), "without a key there is no such promise"


async def test_a_job_for_later_waits(house, clock):
    await put(house, run_at=clock() + timedelta(hours=1))
    assert await claim(house.database, JOB, "me", clock()) == []
    clock.pass_(hours=1)
    assert len(await claim(house.database, JOB, "me", clock())) == 1


async def test_no_job_is_held_by_two_workers(house, clock):
    for _ in range(40):
        await put(house)
    held = await asyncio.gather(*(claim(house.database, JOB, f"worker {n}", clock(), 3) for n in range(20)))
    ids = [one.id for some in held for one in some]
    assert len(ids) == len(set(ids)) == 40


async def test_the_oldest_comes_first(house, clock):
    late = await put(house, run_at=clock() - timedelta(minutes=1))
    early = await put(house, run_at=clock() - timedelta(minutes=5))
    assert [one.id for one in await claim(house.database, JOB, "me", clock(), 2)] == [early, late]


async def test_what_a_killed_worker_held_comes_back_when_its_lease_ends(house, clock):
    await put(house)
    (held,) = await claim(house.database, JOB, "killed", clock())
    assert await claim(house.database, JOB, "next", clock()) == []
    clock.pass_(seconds=LEASE.total_seconds() + 1)
    (again,) = await claim(house.database, JOB, "next", clock())
    assert again.id == held.id and again.attempt == 2
    assert not await end(house.database, held, "done", clock()), "the slow one may not speak for a job it lost"
    assert await end(house.database, again, "done", clock())


async def test_a_renewed_lease_keeps_the_job(house, clock):
    await put(house)
    (held,) = await claim(house.database, JOB, "slow", clock())
    for _ in range(3):
        clock.pass_(seconds=40)
        assert await renew(house.database, held, clock())
        assert await claim(house.database, JOB, "next", clock()) == []


async def test_the_last_of_a_handful_is_still_held_when_its_turn_comes(house, clock, monkeypatch):
    """Four jobs of twenty seconds each, and a lease of a minute."""
    monkeypatch.setattr(job, "LEASE", timedelta(seconds=0.15))
    stolen = []

    async def slow(house, one, now):
        await asyncio.sleep(0.03)
        clock.pass_(seconds=20.1)
        stolen.extend(await claim(house.database, JOB, "another", clock(), 9))

    for _ in range(4):
        await put(house, "slow")
    assert await job.turn(house, {"slow": slow}, "me") == 4
    assert stolen == [] and await states(house) == [("done", 1, "")] * 4


async def test_a_failure_is_tried_again_later_and_later_and_then_given_up(house, clock):
    async def fails(house, one, now):
        raise ValueError("Maria Delgado has a secret")

    await put(house)
    waits = []
    while (await states(house))[0][0] == "due":
        began = clock()
        while not await job.turn(house, {"count": fails}, "me"):
            clock.pass_(seconds=15)
        waits.append(clock() - began)
    assert waits[1:4] == [timedelta(seconds=15), timedelta(minutes=1), timedelta(minutes=4)]
    assert await states(house) == [("failed", MOST_ATTEMPTS, "ValueError")], "what failed is noted, never what it said"
    assert wait_after(7) == wait_after(50) == timedelta(hours=6)


async def test_giving_up_is_at_once(house):
    async def gives_up(house, one, now):
        raise GiveUp("no longer theirs")

    await put(house)
    await job.turn(house, {"count": gives_up}, "me")
    assert await states(house) == [("failed", 1, "no longer theirs")]


async def test_a_job_that_kills_its_worker_each_time_does_not_do_so_for_ever(house, clock):
    async def gives_nothing(house, one, now):
        raise AssertionError("it is not even begun")

    await put(house)
    for _ in range(MOST_ATTEMPTS):
        assert await claim(house.database, JOB, "killed", clock())
        clock.pass_(seconds=LEASE.total_seconds() + 1)
    await job.turn(house, {"count": gives_nothing}, "next")
    assert await states(house) == [("failed", MOST_ATTEMPTS + 1, "worker ended")]


async def test_a_kind_that_a_worker_does_not_know_waits_for_one_that_does(house):
    """A worker of an older release, or one without the card company's keys."""
    done = []

    async def count(house, one, now):
        done.append(one.kind)

    await put(house, kind="from a newer release")
    assert await job.turn(house, {}, "older") == await job.turn(house, {"count": count}, "older") == 0
    assert await states(house) == [("due", 0, "")]
    assert await job.turn(house, {"from a newer release": count}, "newer") == 1 and done == ["from a newer release"]


async def test_a_retry_belongs_to_its_holder_alone(house, clock):
    await put(house)
    (held,) = await claim(house.database, JOB, "me", clock())
    clock.pass_(minutes=2)
    await claim(house.database, JOB, "next", clock())
    assert not await retry(house.database, held, clock(), "late")


async def test_the_worker_works_and_stops(house):
    done = asyncio.Event()

    async def count(house, one, now):
        done.set()

    worker = Worker(house, {}, {"count": count})
    await worker.start()
    await put(house)
    async with asyncio.timeout(5):
        await done.wait()
        await worker.stop()
    assert await states(house) == [("done", 1, "")]


async def test_a_broken_round_is_tried_again(house, caplog):
    """A database that is away for a moment does not end the worker."""
    done, times = asyncio.Event(), 0

    class Broken(Worker):
        async def jobs(self):
            nonlocal times
            times += 1
            if times == 1:
                raise OSError("Maria Delgado")
            done.set()
            return 0

    worker = Broken(house, {})
    await worker.start()
    async with asyncio.timeout(5):
        await done.wait()
        await worker.stop()
    assert "OSError" in caplog.text and "Maria" not in caplog.text


async def test_the_broom_takes_what_is_past_its_time_and_nothing_else(house, clock):
    now, rows = clock(), house.database.rows
    for number, ends_at in enumerate((now - timedelta(days=2), now + timedelta(days=1))):
        await rows("INSERT INTO rate_bucket (id, name, period, count, ends_at) VALUES (?, ?, 0, 1, ?)",
                   new_id(), f"bucket {number}", ends_at)  # fmt: skip
    for age in (6, 8):
        await rows(
            "INSERT INTO used_key (id, hash, actor, route, body, outcome, at) VALUES (?, ?, '', '', ?, '', ?)",
            new_id(), bytes([age]), b"", now - timedelta(days=age),
        )
    assert {one.table: count for one, count in await sweeping.waiting(house)}["used_key"] == 1
    gone = await sweeping.sweep(house)
    assert (gone["rate_bucket"], gone["used_key"], gone["session"]) == (1, 1, 0)
    assert [row["name"] for row in await rows("SELECT name FROM rate_bucket")] == ["bucket 1"]


async def test_what_is_asked_every_second_or_minute_reads_no_table_from_end_to_end(house):
    """A portal with a million letters must not stand still while its worker looks for one."""
    if not house.database.is_sqlite:
        pytest.skip("PostgreSQL reads a small table whole, and rightly")
    asked = [f"SELECT id FROM {one.table} WHERE {one.where}" for one in sweeping.SWEEPS]
    asked += [sweeping.LAPSE, WIPE, HEADS, NEW, f"SELECT id FROM job WHERE {DUE}"]
    asked += [unasked(kind) for kind in WAITS]
    asked += [f"SELECT id FROM outbox WHERE {DUE} AND channel IN ('email') LIMIT 1"]
    for sql in asked:
        plan = await house.database.rows("EXPLAIN QUERY PLAN " + sql, *[None] * sql.count("?"))
        assert not [row["detail"] for row in plan if row["detail"].startswith("SCAN") and row["detail"] != "SCAN c"], sql
    assert "channel=?" in plan[0]["detail"], "letters that wait for another channel are not looked at"


async def test_the_broom_takes_a_bounded_handful_at_a_time(house, clock, monkeypatch):
    monkeypatch.setattr(sweeping, "BATCH", 10)
    monkeypatch.setattr(sweeping, "MOST_BATCHES", 2)
    async with house.database.transaction():
        for number in range(35):
            await house.database.rows(
                "INSERT INTO rate_bucket (id, name, period, count, ends_at) VALUES (?, ?, 0, 1, ?)",
                new_id(), f"bucket {number}", clock() - timedelta(days=3),
            )
    assert [(await sweeping.sweep(house))["rate_bucket"] for _ in range(3)] == [20, 15, 0]


async def test_sessions_and_what_was_parked_in_them_go_when_their_time_is_over(house, clock):
    rows, account, session, now = house.database.rows, new_id(), new_id(), clock()
    await rows("INSERT INTO account (id, ref, kind, state, username, username_key, name, locale, text_size, created_at)"
               " VALUES (?, ?, 'personal', 'active', 'a', 'a', 'A', 'en', 'normal', ?)", account, new_ref(), now)  # fmt: skip
    await rows(
        "INSERT INTO session (id, ref, token, account, level, csrf, created_at, last_seen_at, idle_seconds, ends_at, shared,"
        " device, end_reason) VALUES (?, ?, ?, ?, 'full', ?, ?, ?, 1800, ?, ?, '', '')",
        session, new_ref(), b"t", account, b"c", now, now, now + timedelta(hours=12), False,
    )
    await rows("INSERT INTO parked_form (id, ref, account, session, path, sealed, ends_at) VALUES (?, ?, ?, ?, '/', ?, ?)",
               new_id(), new_ref(), account, session, b"s", now + timedelta(hours=1))  # fmt: skip
    clock.pass_(hours=2)
    assert (await sweeping.sweep(house))["parked_form"] == 1
    clock.pass_(days=100)
    assert (await sweeping.sweep(house))["session"] == 1


async def test_a_login_begun_and_never_finished_gives_its_user_name_back(house, clock):
    insert = ("INSERT INTO account (id, ref, kind, state, username, username_key, name, locale, text_size, created_at)"
              " VALUES (?, ?, 'personal', ?, 'ada', ?, 'A', 'en', 'normal', ?)")  # fmt: skip
    for name, state, age in (("old", "enrolling", 25), ("new", "enrolling", 23), ("done", "active", 999)):
        await house.database.rows(insert, new_id(), name, state, name, clock() - timedelta(hours=age))
    await sweeping.end_what_lapsed(house)
    rows = await house.database.rows("SELECT ref, state, username_key FROM account ORDER BY created_at")
    assert [(row["ref"], row["state"]) for row in rows] == [("done", "active"), ("old", "disabled"), ("new", "enrolling")]


def test_a_worker_killed_in_the_middle_loses_nothing(demo_url, tmp_path):
    """The real process, `kill -9` while it holds a job; the next one does the job."""
    environ = portal_environment(demo_url, PORTAL_DATA=str(tmp_path))
    script = "import asyncio, sys; from tests.test_jobs import hold, finish; asyncio.run(globals()[sys.argv[1]](sys.argv[2]))"

    def run(what):
        return subprocess.Popen([sys.executable, "-c", script, what, demo_url], cwd=HOUSE, env=environ,
                                stdout=subprocess.PIPE, text=True)  # fmt: skip

    holder = run("hold")
    assert holder.stdout.readline() == "holding\n"
    holder.kill()
    holder.communicate()
    finisher = run("finish")
    assert finisher.communicate(timeout=30)[0] == "attempt 2\n"


async def hold(url):
    """In a process of its own: takes a job for a moment and is killed."""
    from datetime import UTC, datetime

    from tables.database import Database

    database = await Database(url).open()
    now = datetime.now(UTC)
    async with database.transaction():
        await enqueue(database, "count", {}, now)
    (held,) = await claim(database, JOB, "killed", now)
    await database.rows("UPDATE job SET lease_until = ? WHERE id = ?", now + timedelta(seconds=1), held.id)
    print("holding", flush=True)
    time.sleep(60)


async def finish(url):
    from datetime import UTC, datetime

    from tables.database import Database

    database = await Database(url).open()
    while not (held := await claim(database, JOB, "next", datetime.now(UTC))):
        await asyncio.sleep(0.1)
    assert await end(database, held[0], "done", datetime.now(UTC))
    print("attempt", held[0].attempt, flush=True)
    await database.close()
