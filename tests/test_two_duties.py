"""Whoever holds several duties, as in a small clinic: one queue of all of them, each thing opened by the duty it is for."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from access.grant import Changed
from access.items import open_item
from access.opening import open_queue
from access.visible import visible
from access.vocabulary import ANSWERS_REQUESTS, Duty
from seeds.cast import fixed_id
from tables.accounts import StaffDuty
from tables.base import new_ref
from tables.clinic import ClinicSite
from tables.records import Record
from tables.requests import Request
from tests.test_requests import taken, write


async def a_site(name: str):
    row = ClinicSite(name=name, zone="UTC")
    await row.save()
    return row.id


async def asked(world, name: str, duty: str, site=None) -> str:
    category = {"clinician": "messages", "frontdesk": "appointments", "billing": "messages"}[duty]
    row = Request(record=world.records["Maria"].id, ref=new_ref(), kind="message", topic="other", category=category, duty=duty,
                  site=site, state="requested", answer="", asked_by=world.people["maria"].account, asked_at=world.now,
                  changed_at=world.now, due_at=world.now, subject_kind="", label="")  # fmt: skip
    await row.save()
    world.rows[name] = row.id
    return row.ref


async def seen(world, grant) -> set[str]:
    return world.names_of(row["id"] for row in await visible(grant, Request).rows(("id",)))


@pytest.fixture
async def both(world):
    async with world.house.database.transaction():
        await world.person("both", kind="staff", duties=(Duty.FRONT_DESK, Duty.BILLING))
    return world


async def test_the_queue_is_of_every_duty_held_and_of_no_other(both):
    for name in ("frontdesk", "billing", "clinician"):
        await asked(both, name, name)
    queue = await open_queue(both.house, both.people["both"], *ANSWERS_REQUESTS)
    assert await seen(both, queue) == {"frontdesk", "billing"}
    desk = await open_queue(both.house, both.people["both"], Duty.FRONT_DESK)
    assert await seen(both, desk) == {"frontdesk"} and desk.duty is Duty.FRONT_DESK


async def test_each_duty_has_its_own_sites(both):
    east, west = await a_site("East"), await a_site("West")
    account = both.people["both"].account
    for duty, site in (("frontdesk", east), ("billing", west)):
        await StaffDuty.update({StaffDuty.site: site}).where((StaffDuty.account == account) & (StaffDuty.duty == duty))
        await asked(both, f"{duty} there", duty, site)
        await asked(both, f"{duty} elsewhere", duty, west if site == east else east)
        await asked(both, f"{duty} anywhere", duty)
    queue = await open_queue(both.house, both.people["both"], *ANSWERS_REQUESTS)
    assert await seen(both, queue) == {"frontdesk there", "frontdesk anywhere", "billing there", "billing anywhere"}
    await Record.update({Record.site: west}).where(Record.id == both.records["Stan"].id)
    desk = await open_queue(both.house, both.people["both"], Duty.FRONT_DESK)
    assert {row["name"] for row in await visible(desk, Record).rows(("name",))} == {"Maria"}


async def test_a_thing_is_opened_by_the_duty_it_is_for(both):
    ref = await asked(both, "billing", "billing")
    await Request.update({Request.assignee: both.people["both"].account, Request.state: "in-progress"}).where(Request.ref == ref)
    item = await open_item(await open_queue(both.house, both.people["both"], *ANSWERS_REQUESTS), ref)
    assert item.duty is Duty.BILLING and ("messages", "act") in item.scopes and ("results", "see") not in item.scopes
    await item.still()


async def test_what_rests_on_a_duty_that_ended_meanwhile_is_not_done(both):
    queue = await open_queue(both.house, both.people["both"], *ANSWERS_REQUESTS)
    await queue.still()
    ended = (StaffDuty.account == both.people["both"].account) & (StaffDuty.duty == "billing")
    await StaffDuty.update({StaffDuty.ended_at: both.now}).where(ended)
    with pytest.raises(Changed):
        await queue.still()
    left = await open_queue(both.house, both.people["both"], *ANSWERS_REQUESTS)
    assert left.duty is Duty.FRONT_DESK
    await StaffDuty.update({StaffDuty.ended_at: both.now}).where(StaffDuty.account == both.people["both"].account)
    assert (await open_queue(both.house, both.people["both"], *ANSWERS_REQUESTS)).reason == "duty"


async def test_who_is_at_the_desk_and_does_the_bills_finds_the_messages_of_both_and_the_ways_to_both(person, cast, demo_database):
    await StaffDuty(account=fixed_id("account", "frontdesk"), duty="billing", started_at=datetime.now(UTC)).save()
    maria, desk = await person("self"), await person("frontdesk")
    await write(maria, cast, "What is this charge?", topic="bill")
    await write(maria, cast, "Where do I park?", topic="other")
    queue = await desk.get("/staff/requests")
    assert "About: a bill." in queue.main and "About: something else." in queue.main and "your health" not in queue.main
    item = await taken(desk, "Message from Maria Delgado")
    done = await desk.submit(item, "Send the answer", words="A flu shot.")
    assert "Your answer is sent." in done.main
    words = {link[0] for link in queue.links}
    assert {"Bills", "Appointments", "Letters to print", "Requests"} <= words
    for address in ("/staff/bills", "/staff/appointments", "/staff/letters", "/staff"):
        assert (await desk.get(address)).status == 200
