"""Who is told that a feed brought something: those who may see it, once, without a word of what it is."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import partial

import pytest

from access.audit import AuditWriter, micros
from access.house import House
from access.opening import open_system
from ehr import importing
from ehr.importing import import_paths
from jobs import job, news
from jobs.kinds import KINDS
from jobs.news import tell_of_feed
from seeds.cast import fixed_id
from seeds.deliveries import ENCODE, SOURCE
from seeds.fhir import Chart, labelled
from seeds.laboratory import FERRITIN, TSH
from seeds.people import BY_HANDLE
from settings import Limits
from tables.sealing import Keyring
from tests.test_jobs import Clock


@pytest.fixture
async def clock(demo_database):
    rows = await demo_database.rows("SELECT since AS at FROM clinic_setting WHERE name = 'demo.cast'")
    return Clock(rows[0]["at"] + timedelta(days=1))


@pytest.fixture
def house(demo_database, clock):
    return House(demo_database, AuditWriter(demo_database, b"k" * 32), Keyring((b"s" * 32,)), Limits(),
                 "http://localhost:8000", clock=clock)  # fmt: skip


@pytest.fixture
def feed_of(house, clock, tmp_path):
    """`await feed_of(resources)`: they come in a feed, and the worker does what there is to do."""

    async def comes(resources):
        file = tmp_path / "feed.ndjson"
        file.write_bytes(b"\n".join(ENCODE(one) for one in resources))
        await import_paths(open_system(house, "import", clock()), [file], SOURCE, ended=partial(tell_of_feed, house))
        return await worked(house)

    return comes


async def worked(house):
    """The handles of who is told by now."""
    while await job.turn(house, KINDS, "me"):
        pass
    failed = await house.database.rows("SELECT kind, failure FROM job WHERE state = 'failed'")
    assert failed == []
    rows = await house.database.rows("SELECT account FROM outbox WHERE event = 'record.new'")
    handles = {fixed_id("account", handle): handle for handle in BY_HANDLE}
    return sorted(handles[row["account"]] for row in rows)


@pytest.fixture
def maria(clock):
    return Chart(BY_HANDLE["self"], clock())


async def test_the_patient_and_the_helper_who_sees_results_are_told_once(feed_of, maria):
    two = maria.single(FERRITIN, 1, "24") + maria.single(TSH, 1, "2.00")
    assert await feed_of(two) == ["helper-full", "self"]


async def test_the_same_feed_again_tells_nobody(feed_of, maria, clock):
    one = maria.single(FERRITIN, 1, "24")
    assert len(await feed_of(one)) == 2
    clock.pass_(hours=1)
    assert len(await feed_of(one)) == 2


async def test_what_came_before_an_import_was_cut_is_told_when_it_goes_on(house, clock, maria, tmp_path, monkeypatch):
    file = tmp_path / "feed.ndjson"
    file.write_bytes(b"\n".join(ENCODE(one) for one in maria.single(FERRITIN, 1, "24")))

    async def cut(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(importing, "_end", cut)
    with pytest.raises(KeyboardInterrupt):
        await import_paths(open_system(house, "import", clock()), [file], SOURCE, ended=partial(tell_of_feed, house))
    assert await worked(house) == []
    monkeypatch.undo()
    clock.pass_(hours=1)
    assert (await import_paths(open_system(house, "import", clock()), [file], SOURCE, ended=partial(tell_of_feed, house))).resumed
    runs = "SELECT COUNT(*) AS n FROM audit_event WHERE action = 'system.import' AND subject IS NULL AND at >= ?"
    assert (await house.database.rows(runs, micros(clock() - timedelta(hours=1))))[0]["n"] == 2, "going on is a run too"
    assert await worked(house) == ["helper-full", "self"]


async def test_a_feed_ends_together_with_the_news_of_it(house, clock, maria, tmp_path):
    file = tmp_path / "feed.ndjson"
    file.write_bytes(b"\n".join(ENCODE(one) for one in maria.single(FERRITIN, 1, "24")))

    async def cut(began):
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await import_paths(open_system(house, "import", clock()), [file], SOURCE, ended=cut)
    rows = await house.database.rows("SELECT state FROM import_run ORDER BY id DESC LIMIT 1")
    assert rows == [{"state": "writing"}]


async def test_of_what_is_labelled_private_only_the_patient_is_told(feed_of, maria):
    assert await feed_of(maria.single(FERRITIN, 1, "24", **labelled("PSY"))) == ["self"]


async def test_a_run_of_the_worker_leaves_an_entry_for_the_chart_it_looked_at(house, feed_of, maria):
    told = await feed_of(maria.single(FERRITIN, 1, "24"))
    rows = await house.database.rows("SELECT actor, objects, shown FROM audit_event WHERE action = 'system.news' ORDER BY id")
    assert len(told) > 1 and [row["objects"].partition(":")[0] for row in rows] == ["", "Record"]
    assert {row["actor"] for row in rows} == {None}


async def test_of_what_only_waits_nobody_is_told(feed_of, maria):
    assert await feed_of(maria.single(FERRITIN, 1, status="registered")) == []


async def test_of_what_is_held_people_are_told_when_the_hold_ends(house, clock, feed_of, maria, tmp_path):
    file, began = tmp_path / "feed.ndjson", clock()
    file.write_bytes(b"\n".join(ENCODE(one) for one in maria.single(FERRITIN, 1, "24")))
    await import_paths(open_system(house, "import", began), [file], SOURCE)
    await house.database.rows(
        "UPDATE diagnostic_report SET released_at = ? WHERE fhir_id = 'self-ferr-1'", began + timedelta(days=2)
    )
    async with house.database.transaction():
        await tell_of_feed(house, began)
    assert await worked(house) == []
    clock.pass_(days=2, seconds=1)
    assert await worked(house) == ["helper-full", "self"]


async def test_a_large_feed_is_told_a_handful_at_a_time(house, feed_of, clock, monkeypatch, maria):
    monkeypatch.setattr(news, "CHARTS", 2)
    monkeypatch.setattr(news, "NEW", news.NEW.replace("LIMIT 100", "LIMIT 2"))
    everybody = [Chart(BY_HANDLE[handle], clock()) for handle in ("self", "stranger", "teen", "guardian", "helper-full")]
    told = await feed_of([one for chart in everybody for one in chart.single(FERRITIN, 1, "24")])
    assert set(told) == {"self", "helper-full", "stranger", "teen", "guardian"}
    rows = await house.database.rows("SELECT COUNT(*) AS n FROM job WHERE kind = 'feed.news'")
    assert rows[0]["n"] >= 3


async def test_rows_name_no_test_and_no_number(house, feed_of, maria):
    await feed_of(maria.single(FERRITIN, 1, "24"))
    rows = await house.database.rows("SELECT * FROM outbox") + await house.database.rows("SELECT * FROM job")
    text = json.dumps(rows, default=str).casefold()
    assert "ferritin" not in text and "maria delgado" not in text
