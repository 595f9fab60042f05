"""What a grant reads of charts that are one by merges, through chains of them and back: on both databases."""

from __future__ import annotations

from uuid import UUID

import pytest

from access.opening import open_queue
from access.visible import visible
from access.vocabulary import Category, Duty, record
from pages.letters import letters_page
from tables.accounts import StaffDuty
from tables.audit import AuditEvent
from tables.clinic import ClinicSite
from tables.medicines import MedicationRequest
from tables.queue import enqueue_notice
from tables.records import Record, left_of, one_person
from tables.requests import Request
from tables.results import Observation
from tests.support.merging import merge, part, shares_too
from tests.test_access import names, opened


async def merged(world, old: str, new: str) -> None:
    await merge(world.house.database, world.records[old].id, world.records[new].id, world.now)


@pytest.fixture
async def charts(world):
    """Maria and who helps her have shares of both of her charts; what is kept was kept of the one that is merged away."""
    async with world.house.database.transaction():
        await world.record("Younger")
        await shares_too(world.house.database, world.records["Maria"].id, world.records["Younger"].id)
    return world


async def younger(world, person: str, access=record(Category.RESULTS)):
    return await opened(world, person, "Younger", access)


async def asked(world, name: str, **columns) -> UUID:
    row = Request(record=world.records["Maria"].id, kind="refill", topic="refill", duty="clinician", state="requested",
                  answer="", asked_by=world.people["maria"].account, asked_at=world.now, changed_at=world.now,
                  due_at=world.now, **columns)  # fmt: skip
    await row.save()
    world.rows[name] = row.id
    return row.id


async def test_what_was_marked_only_me_stays_hidden_from_helpers_of_the_chart_that_is_left(charts):
    await merged(charts, "Maria", "Younger")
    assert await names(charts, await younger(charts, "results only"), Observation) == {"result"}
    assert "private result" in await names(charts, await younger(charts, "maria"), Observation)


async def test_and_so_through_a_chain_of_merges_and_back(charts):
    async with charts.house.database.transaction():
        await charts.record("Youngest")
        await shares_too(charts.house.database, charts.records["Maria"].id, charts.records["Youngest"].id)
    await merged(charts, "Maria", "Younger")
    await merged(charts, "Younger", "Youngest")
    helper = await opened(charts, "results only", "Youngest")
    assert await names(charts, helper, Observation) == {"result"} and len(helper.charts) == 3
    denied = await opened(charts, "maria")
    assert (denied.reason, denied.elsewhere) == ("merged", charts.records["Youngest"].ref)
    await part(charts.house.database, charts.records["Younger"].id, charts.now)
    assert await names(charts, await opened(charts, "maria", "Youngest"), Observation) == set()
    assert await names(charts, await younger(charts, "results only"), Observation) == {"result"}


async def test_what_was_asked_about_a_hidden_medicine_stays_hidden_from_helpers(charts):
    scopes = [("medicines", "see")]
    async with charts.house.database.transaction():
        await charts.person("carer")
        await charts.share("carer", "Younger", "helper", scopes)
        await charts.row("pill", MedicationRequest, "Maria", label="pill")
        await charts.row("secret pill", MedicationRequest, "Maria", label="secret pill", sensitive=True)
        await charts.row("private pill", MedicationRequest, "Maria", label="private pill")
        await charts.only_me("private pill", "Maria", "MedicationRequest")
        for pill in ("pill", "secret pill", "private pill"):
            await asked(charts, f"asked for {pill}", category="medicines", subject_kind="MedicationRequest",
                        subject=str(charts.rows[pill]), label=pill)  # fmt: skip
    await merged(charts, "Maria", "Younger")
    see = record(Category.MEDICINES)
    assert await names(charts, await younger(charts, "carer", see), Request) == {"asked for pill"}
    assert len(await names(charts, await younger(charts, "maria", see), Request)) == 3


async def test_a_mark_made_after_the_merge_hides_what_came_before_it(charts):
    await merged(charts, "Maria", "Younger")
    await charts.only_me("result", "Younger", "Observation")
    assert await names(charts, await younger(charts, "results only"), Observation) == set()


async def test_who_looked_at_the_old_chart_has_looked_at_this_one(charts):
    grant = await opened(charts, "results only")
    async with grant.house.audit.transaction() as entries:
        entries.append(grant.entry)
    await merged(charts, "Maria", "Younger")
    found = await visible(await younger(charts, "maria", record(Category.CONTROL)), AuditEvent).rows(("actor",))
    assert [row["actor"] for row in found] == [charts.people["results only"].account]


async def test_who_has_a_share_of_the_old_chart_alone_does_not_get_the_other_by_a_merge(charts):
    async with charts.house.database.transaction():
        await charts.person("old helper")
        await charts.share("old helper", "Maria", "helper", [("results", "see")])
    await merged(charts, "Maria", "Younger")
    assert (await younger(charts, "old helper")).reason == "stranger"


async def test_a_letter_is_printed_where_the_chart_that_is_left_belongs_with_its_address(charts):
    database, maria = charts.house.database, charts.people["maria"]
    east, west = ClinicSite(name="East", zone="UTC"), ClinicSite(name="West", zone="UTC")
    for site, name, address in ((east, "Maria", "1 Old Road"), (west, "Younger", "2 New Street")):
        await site.save()
        await Record.update({Record.site: site.id, Record.address: address}).where(Record.id == charts.records[name].id)
    desk = charts.people["desk"]
    await StaffDuty.update({StaffDuty.site: west.id}).where(StaffDuty.account == desk.account)
    async with database.transaction():
        await enqueue_notice(database, "share.ended", maria.account, "Share", charts.shares["maria"].id, charts.now)
    await merged(charts, "Maria", "Younger")
    page = await letters_page(await open_queue(charts.house, desk, Duty.FRONT_DESK))
    assert [one.address for one in page.envelopes] == [("2 New Street",)]


@pytest.mark.parametrize("sql", [
    f"SELECT id FROM booking WHERE record IN ({one_person('?')})", f"SELECT r.id FROM record r WHERE r.id = {left_of('?')}",
])  # fmt: skip
async def test_charts_that_are_one_are_found_by_an_index(charts, sql):
    """However many patients there are: no table is read whole."""
    database, old = charts.house.database, charts.records["Maria"].id
    values = [old] * sql.count("?")
    if database.is_sqlite:
        plan = [row["detail"] for row in await database.rows(f"EXPLAIN QUERY PLAN {sql}", *values)]
    else:
        async with database.transaction():
            await database.rows("SET LOCAL enable_seqscan = off")
            plan = [row["QUERY PLAN"] for row in await database.rows(f"EXPLAIN {sql}", *values)]
    assert not any(line.strip().startswith(("SCAN", "->  Seq Scan", "Seq Scan")) for line in plan), plan
