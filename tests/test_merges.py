"""Two charts of one person, merged by the feed: what the portal itself keeps of the old one is the other's from then on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from access.opening import open_queue, open_record
from access.visible import visible
from access.vocabulary import Action, Category, Duty, record
from acts.requests import AlreadyOpen, ask
from pages.letters import letters_page
from rules.requests import Asking
from seeds.cast import fixed_id
from tables.accounts import StaffDuty
from tables.audit import AuditEvent
from tables.clinic import ClinicSite
from tables.medicines import MedicationRequest
from tables.queue import enqueue_notice
from tables.records import Record, left_of, one_person
from tables.requests import Request
from tables.results import Observation
from tables.sending import Sending
from tests.support.logins import signed_in
from tests.support.merging import another_chart, merge, part, shares_too
from tests.test_access import names, opened
from tests.test_bookings import at_times, times_on
from tests.test_bookings_changed import alone, at_new_time, far, house, row_of, sent_now  # noqa: F401
from tests.test_requests import taken, write
from tests.test_staff_appointments import day_of


# In the small world


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


# In the portal: messages and appointments of the demo's Maria


@pytest.fixture
async def maria(person):
    return await person("self")


class Moved:
    """Maria's chart and the empty one that hers is merged into."""

    def __init__(self, database, left: Record):
        self.database, self.left, self.old = database, left, fixed_id("record", "self")

    @property
    def home(self) -> str:
        return f"/records/{self.left.ref}"

    async def merge(self) -> None:
        await merge(self.database, self.old, self.left.id, datetime.now(UTC))

    async def part(self) -> None:
        await part(self.database, self.old, datetime.now(UTC))


@pytest.fixture
async def moved(demo_database, cast):
    old = fixed_id("record", "self")
    left = await another_chart(demo_database, old, datetime.now(UTC))
    await shares_too(demo_database, old, left.id)
    return Moved(demo_database, left)


def at_new_address(moved, page) -> str:
    """The same page below the chart that is left."""
    return moved.home + "/" + page.url.partition("?")[0].split("/", 3)[3]


async def test_messages_and_appointments_are_there_after_a_merge_and_back_after_it_was_wrong(maria, cast, moved):
    sent, visit = await write(maria, cast, "May I swim?"), await far(maria, cast)
    await moved.merge()
    assert "May I swim?" in (await maria.get(at_new_address(moved, sent))).main
    assert "Flu shot" in (await maria.get(at_new_address(moved, visit))).main
    assert "Flu shot" in (await maria.get(f"{moved.home}/appointments")).main
    await moved.part()
    assert "May I swim?" in (await maria.get(sent.url)).main and "Flu shot" in (await maria.get(visit.url)).main
    assert (await maria.get(at_new_address(moved, sent))).status == 404


async def test_a_message_of_a_merged_chart_is_taken_opened_and_answered(maria, person, cast, moved, demo_database):
    sent = await write(maria, cast, "May I swim?")
    await moved.merge()
    clinician = await person("clinician")
    item = await taken(clinician, "Message from Maria Delgado")
    assert "May I swim?" in item.main
    done = await clinician.submit(item, "Send the answer", words="Yes, from Monday on.")
    assert "Your answer is sent." in done.main
    assert "Yes, from Monday on." in (await maria.get(at_new_address(moved, sent))).main
    told = await demo_database.rows("SELECT account FROM outbox WHERE event = 'request.answered'")
    assert fixed_id("account", "self") in [row["account"] for row in told]


async def test_what_is_asked_after_the_merge_belongs_to_the_chart_that_is_left(maria, cast, moved, demo_database):
    await moved.merge()
    page = await maria.get(f"{moved.home}/messages/new")
    await maria.submit(page, "Send", topic="health", words="And run?")
    rows = await demo_database.rows("SELECT record FROM request WHERE kind = 'message' ORDER BY asked_at DESC, id DESC LIMIT 1")
    assert rows[0]["record"] == moved.left.id


async def test_a_refill_that_waits_is_not_asked_for_again_in_the_chart_that_is_left(maria, cast, moved, house, demo_database):  # noqa: F811
    await demo_database.rows("UPDATE request SET state = 'cancelled' WHERE kind = 'refill'")
    page = await maria.follow(await maria.get(f"/records/{cast['self'].record}/medicines"), "Ask for a refill")
    ref = next(one.get("value") for one in page.tree.all("input") if one.get("name") == "subject")
    await maria.submit(page, "Ask for this refill", subject=ref, words="")
    await moved.merge()
    waits = (await demo_database.rows("SELECT * FROM request WHERE kind = 'refill' AND state = 'requested'"))[0]
    viewer = await signed_in(house, fixed_id("account", "self"), "personal", house.clock())
    grant = await open_record(house, viewer, moved.left.ref, record(Category.MEDICINES, Action.ACT))
    asking = Asking("refill", "refill", "", waits["subject_kind"], waits["subject"], waits["label"])
    with pytest.raises(AlreadyOpen) as refused:
        await ask(grant, asking, Sending(b"k" * 32, "self", "refills", b"b" * 32), "refills")
    assert refused.value.ref == waits["ref"]


async def test_a_draft_of_the_old_chart_is_found_in_the_one_that_is_left_and_sent_once(maria, cast, moved, demo_database):
    page = await maria.get(f"/records/{cast['self'].record}/messages/new")
    await maria.send(page, "Send", press="Keep as a draft", topic="bill", words="Half a thought")
    await moved.merge()
    page = await maria.get(f"{moved.home}/messages/new")
    assert "Half a thought" in page.html
    await maria.submit(page, "Send", topic="bill", words="A whole one")
    assert await demo_database.rows("SELECT id FROM draft") == []


async def test_two_appointments_at_one_time_clash_across_a_merge(maria, cast, moved, demo_database):
    page = await at_times(maria, cast)
    for _ in range(3):
        page = await maria.follow(page, "Five more times")
    words = times_on(page)[-1]
    visit = await maria.submit(await maria.follow(page, words), "Book this appointment")
    await moved.merge()
    row = await row_of(demo_database, visit)
    left = f"{moved.home}/appointments"
    again = await maria.follow(await maria.get(left), "Book an appointment")
    again = await maria.follow(await maria.follow(again, "Check-up"), "Whoever is free first")
    await demo_database.rows("UPDATE booking SET starts_at = ?, ends_at = ? WHERE id = ?",
                             row["starts_at"] - timedelta(days=300), row["ends_at"] + timedelta(days=300), row["id"])  # fmt: skip
    refused = await maria.submit(await maria.follow(again, times_on(again)[0]), "Book this appointment")
    assert "It is booked." not in refused.main
    assert len(await demo_database.rows("SELECT id FROM booking WHERE record IN (?, ?) AND state = 'booked' AND made_at >= ?",
                                        moved.old, moved.left.id, row["made_at"])) == 1  # fmt: skip


async def test_an_appointment_of_a_merged_chart_is_moved_and_reminded_of(maria, cast, moved, house, demo_database):  # noqa: F811
    visit = await far(maria, cast)
    await moved.merge()
    there = await maria.submit(await at_new_time(maria, await maria.get(at_new_address(moved, visit))), "Move it to this time")
    row = await alone(demo_database, there)
    assert row["moves"] == 1
    await sent_now(house)
    house.clock.now = row["starts_at"] - timedelta(hours=12)
    assert [one.to for one in await sent_now(house) if "reminder" in one.subject] == ["maria.delgado@example.org"]


async def test_the_front_desk_sees_the_appointment_under_the_chart_that_is_left(maria, person, cast, moved, demo_database):
    row = await row_of(demo_database, await far(maria, cast))
    await moved.merge()
    page = await day_of(await person("frontdesk"), row)
    assert "Maria Delgado Ruiz" in page.main
