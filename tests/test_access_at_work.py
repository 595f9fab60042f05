"""What staff may read of what waits for them, and of one thing that they have taken: on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest

from access.grant import Changed, Grant, RecordGrant, make
from access.items import open_item
from access.opening import open_queue
from access.visible import visible
from access.vocabulary import ANSWERS_REQUESTS, TABLE_CATEGORY, Duty
from tables.accounts import Account, Session, StaffDuty
from tables.bookings import Closure, SlotTemplate
from tables.records import Record
from tables.requests import Request, RequestStep
from tables.results import Observation
from tables.work import Outbox
from tests.test_access import a_site, names, opened
from tests.test_two_duties import asked


async def queue_of(world, person: str = "doctor"):
    return await open_queue(world.house, world.people[person], *ANSWERS_REQUESTS)


async def take(world, name: str, person: str | None) -> None:
    assignee = world.people[person].account if person else None
    await Request.update({Request.assignee: assignee}, force=True).where(Request.id == world.rows[name])


async def at_site(world, person: str, site) -> None:
    await StaffDuty.update({StaffDuty.site: site}).where(StaffDuty.account == world.people[person].account)


@pytest.fixture
async def item(world) -> RecordGrant:
    """One message to the care team that the doctor has taken, beside one that nobody has."""
    ref = await asked(world, "taken", "clinician")
    await asked(world, "other", "clinician")
    await take(world, "taken", "doctor")
    return await open_item(await queue_of(world), ref)


async def test_who_has_taken_a_thing_opens_it_with_the_chart_beside_and_sees_no_other_thing(world, item):
    for name in ("taken", "other"):
        await RequestStep(request=world.rows[name], at=world.now, author=world.people["maria"].account, did="asked").save()
    assert await names(world, item, Request) == {"taken"}
    assert [row["request"] for row in await visible(item, RequestStep).rows(("request",))] == [world.rows["taken"]]
    assert {"result", "sensitive result", "private result"} <= await names(world, item, Observation)


@pytest.mark.parametrize("taker", [None, "desk", "both"])
async def test_what_nobody_has_taken_or_somebody_else_has_is_not_opened(world, taker):
    await world.person("both", kind="staff", duties=(Duty.CLINICIAN, Duty.FRONT_DESK))
    ref = await asked(world, "asked", "clinician")
    await take(world, "asked", taker)
    assert await open_item(await queue_of(world), ref) is None
    assert await open_item(await queue_of(world), "A" * 22) is None


async def test_what_waits_for_another_duty_is_not_opened_even_by_whom_it_was_given_to(world):
    ref = await asked(world, "asked", "clinician")
    await take(world, "asked", "desk")
    assert await open_item(await queue_of(world, "desk"), ref) is None


@pytest.mark.parametrize("change", ["the session", "the account", "the duty", "the taking", "the session's row"])
async def test_what_a_thing_was_opened_by_ends_the_act_with_it(world, item, change):
    await item.still()
    doctor, rows = world.people["doctor"], world.house.database.rows
    if change == "the session":
        await Session.update({Session.revoked_at: world.now}).where(Session.id == doctor.session)
    elif change == "the account":
        await Account.update({Account.state: "disabled"}).where(Account.id == doctor.account)
    elif change == "the duty":
        await rows("UPDATE staff_duty SET ended_at = ? WHERE account = ?", world.now, doctor.account)
    elif change == "the taking":
        await take(world, "taken", "desk")
    else:
        await Session.delete().where(Session.id == doctor.session)
    with pytest.raises(Changed):
        await item.still()


async def test_what_the_patient_asked_is_theirs_whatever_part_of_the_record_it_is_of(world):
    await asked(world, "asked", "clinician")
    await world.house.database.rows("UPDATE request SET category = 'home'")
    for person, seen in (("maria", {"asked"}), ("everything", set()), ("guardian", set())):
        assert await names(world, await opened(world, person), Request) == seen, person


# Lists


async def test_weekly_hours_and_closures_are_the_front_desks_each_at_its_own_site(world):
    east, west = await a_site("East", "UTC"), await a_site("West", "UTC")
    for site in (east, west):
        await SlotTemplate(site=site, what="x", who="x", begins="08:00", ends="09:00", made_at=world.now).save()
        await Closure(site=site, who="", starts_at=world.now, ends_at=world.now, made_at=world.now).save()
    for table in (SlotTemplate, Closure):
        assert await visible(await queue_of(world, "desk"), table).count() == 2
        assert await visible(await queue_of(world), table).count() == 0, "a clinician has no hours to keep"
    await at_site(world, "desk", east)
    for table in (SlotTemplate, Closure):
        assert [row["site"] for row in await visible(await queue_of(world, "desk"), table).rows(("site",))] == [east]


@pytest.fixture
async def letters(world):
    """Of Maria's at the east site: one that waits for paper, and others that do not."""
    world.east, world.west = await a_site("East", "UTC"), await a_site("West", "UTC")
    await Record.update({Record.site: world.east}).where(Record.id == world.records["Maria"].id)
    for name, columns in (("waits", {}), ("e-mail", {"channel": "email"}), ("done", {"state": "sent"}),
                          ("later", {"run_at": world.now + timedelta(seconds=1)})):  # fmt: skip
        row = Outbox(event=name, account=world.people["maria"].account, **{
            "channel": "print", "state": "due", "run_at": world.now, "made_at": world.now, "dedupe": name,
            "address": "", "locale": "en"} | columns)  # fmt: skip
        await row.save()
    return world


async def to_print(world) -> list[str]:
    return [row["event"] for row in await visible(await queue_of(world, "desk"), Outbox).rows(("event",))]


async def test_letters_wait_for_the_desk_of_the_site_of_the_readers_own_chart(letters):
    assert await to_print(letters) == ["waits"]
    assert await visible(await queue_of(letters), Outbox).count() == 0, "a clinician prints none"
    for site, waits in ((letters.east, ["waits"]), (letters.west, [])):
        await at_site(letters, "desk", site)
        assert await to_print(letters) == waits


@pytest.mark.parametrize("change", [
    "UPDATE share SET basis = 'helper' WHERE id = ?", "UPDATE share SET revoked_at = starts_at WHERE id = ?",
    "UPDATE record SET state = 'merged' WHERE id = (SELECT record FROM share WHERE id = ?)",
])  # fmt: skip
async def test_a_chart_that_is_not_the_readers_own_any_more_keeps_a_letter_from_no_desk(letters, change):
    """Whom somebody helps is nothing to where their own letters are printed."""
    await at_site(letters, "desk", letters.west)
    await letters.house.database.rows(change, letters.shares["maria"].id)
    assert await to_print(letters) == ["waits"]


async def test_a_letter_to_who_has_no_account_is_of_the_site_of_their_chart(letters):
    """Of the one that is left, where theirs was merged."""
    stan, left = letters.records["Stan"].id, letters.records["Maria"].id
    await Record.update({Record.site: letters.west}).where(Record.id == stan)
    await Outbox(event="coded", record=stan, channel="print", state="due", run_at=letters.now, made_at=letters.now, dedupe="coded",
                 address="", locale="en").save()  # fmt: skip
    for site, waits in ((letters.east, ["waits"]), (letters.west, ["coded"])):
        await at_site(letters, "desk", site)
        assert await to_print(letters) == waits
    await Record.update({Record.state: "merged", Record.merged_into: left}).where(Record.id == stan)
    for site, waits in ((letters.east, ["waits", "coded"]), (letters.west, [])):
        await at_site(letters, "desk", site)
        assert sorted(await to_print(letters), reverse=True) == waits


async def test_a_grant_of_a_kind_that_nobody_named_sees_nothing(world):
    queue = await queue_of(world)
    grant = make(Grant, house=world.house, now=world.now, entry=queue.entry)
    for table in (*TABLE_CATEGORY, Record, Session):
        assert await visible(grant, table).count() == 0, table
