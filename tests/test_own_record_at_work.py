"""Who works here may be a patient here too: what they see as one, they never open at work. On both databases."""

from __future__ import annotations

from dataclasses import replace
import pytest

from access.bills import open_bill_at_work
from access.grant import BillGrant
from access.items import open_item
from access.opening import Denied, open_queue
from access.visible import visible
from access.vocabulary import ANSWERS_REQUESTS, QUEUED, Action, Duty, bill
from acts import staff
from acts.desk_code import NotIssued, issue_code
from acts.staff import NotDone
from tables.accounts import Account, StaffDuty
from tables.bookings import Booking
from tables.ledger import GuarantorAccount, Payment, Refund
from tables.records import Record
from tables.requests import Request
from tables.work import Outbox
from tests.support.merging import merge
from tests.test_bill_access import till  # noqa: F401 -- a fixture
from tests.test_access_bookings import booked
from tests.test_two_duties import a_site, asked

DUTIES = (Duty.CLINICIAN, Duty.FRONT_DESK, Duty.BILLING)


@pytest.fixture
async def rosa(world):
    """Rosa has every duty of the queues; `rosa("maria")` says that Maria's login is hers."""
    async with world.house.database.transaction():
        await world.person("rosa", kind="staff", duties=DUTIES)

    async def at_work(login: str = "", *duties: Duty):
        human = world.people[login].account if login else None
        return await open_queue(world.house, replace(world.people["rosa"], human=human), *(duties or DUTIES))

    return at_work


async def names(grant) -> set[str]:
    return {row["name"] for row in await visible(grant, Record).rows(("name",))}


async def test_who_has_no_login_of_their_own_is_kept_from_nothing(rosa):
    grant = await rosa()
    assert await names(grant) == {"Maria", "Stan"} and grant.kept_from == ()


@pytest.mark.parametrize("login", ["maria", "results only", "not yet", "guardian"])
async def test_what_their_own_login_has_a_share_of_now_or_later_is_not_there(world, rosa, login):
    grant = await rosa(login)
    assert await names(grant) == {"Stan"} and not grant.covers(None, world.records["Maria"].id)
    assert grant.covers(None, world.records["Stan"].id) and grant.covers(None)


async def test_a_duty_for_every_site_decides_everywhere_and_one_for_some_there(world, rosa):
    here, there = await a_site("Here"), await a_site("There")
    grant = await rosa("maria", Duty.BILLING)
    assert grant.covers(here) and not grant.covers(here, world.records["Maria"].id)
    await StaffDuty.update({StaffDuty.site: here}).where(StaffDuty.account == world.people["rosa"].account)
    grant = await rosa("maria", Duty.BILLING)
    assert (grant.covers(here), grant.covers(there), grant.covers(None)) == (True, False, True)


@pytest.mark.parametrize("login", ["ended", "revoked"])
async def test_a_share_that_has_ended_keeps_nobody_from_work(rosa, login):
    assert await names(await rosa(login)) == {"Maria", "Stan"}


async def test_of_charts_that_are_one_none_is_there(world, rosa):
    """Whichever of the two the share names."""
    await world.record("Mary")
    await merge(world.house.database, world.records["Mary"].id, world.records["Maria"].id, world.now)
    grant = await rosa("maria")
    assert set(grant.kept_from) == {world.records["Maria"].id, world.records["Mary"].id}
    assert await names(grant) == {"Stan"}


async def test_what_was_asked_about_it_is_not_in_the_queue_and_is_not_opened(world, rosa):
    ref = await asked(world, "asked", "clinician")
    await Request.update({Request.assignee: world.people["rosa"].account}, force=True).where(Request.ref == ref)
    assert await open_item(await rosa("stan"), ref) is not None
    grant = await rosa("maria")
    assert await open_item(grant, ref) is None and not await visible(grant, Request).exists()


async def test_its_appointments_are_a_colleague_s(world, rosa):
    await booked(world, "Maria")
    assert await visible(await rosa("stan", Duty.FRONT_DESK), Booking).count() == 1
    assert await visible(await rosa("maria", Duty.FRONT_DESK), Booking).count() == 0


async def test_letters_to_whoever_shares_in_it_are_printed_by_a_colleague(world, rosa):
    for person in ("maria", "stan", "actor"):
        row = Outbox(event=person, account=world.people[person].account, object_kind="", object="", channel="print", address="",
                     locale="en", state="due", dedupe=person, run_at=world.now, made_at=world.now)  # fmt: skip
        await row.save()
    for name in ("Maria", "Stan"):
        row = Outbox(event=f"code for {name}", record=world.records[name].id, object_kind="", object="", channel="print", address="",
                     locale="en", state="due", dedupe=name, run_at=world.now, made_at=world.now)  # fmt: skip
        await row.save()
    rows = await visible(await rosa("maria", Duty.FRONT_DESK), Outbox).rows(("event",))
    assert sorted(row["event"] for row in rows) == ["code for Stan", "stan"]


async def test_no_code_is_issued_for_it(world, rosa):
    await world.record("Free")
    await world.house.database.rows("UPDATE share SET revoked_at = ? WHERE basis = 'self'", world.now)
    grant = await rosa("everything", Duty.FRONT_DESK)
    assert await issue_code(grant, world.records["Maria"].ref) == NotIssued("unknown")
    assert not isinstance(await issue_code(grant, world.records["Free"].ref), NotIssued)


async def at_the_till(till, rosa, login: str, holder: str):  # noqa: F811 -- the fixture
    queue = await rosa(login, Duty.BILLING)
    return await open_bill_at_work(queue, till.accounts[holder].ref, bill(Action.SEE, Duty.BILLING))


@pytest.mark.parametrize("whose", ["Maria", "Kim"])
async def test_bills_of_it_are_not_opened_nor_those_of_an_account_that_covers_it(till, rosa, whose):  # noqa: F811
    """Maria pays for Kim: whoever helps Kim sees none of Maria's account at work."""
    await till.world.person("helps")
    await till.world.share("helps", whose, "helper", [("billing", "see")])
    assert isinstance(await at_the_till(till, rosa, "helps", "Stan"), BillGrant)
    refused = await at_the_till(till, rosa, "helps", "Maria")
    assert isinstance(refused, Denied) and (refused.reason, refused.record_name) == ("stranger", "")
    rows = await visible(await rosa("helps", Duty.BILLING), GuarantorAccount).rows(("id",))
    assert [row["id"] for row in rows] == [till.accounts["Stan"].id]


async def test_an_account_whose_holder_one_helps_is_not_opened_though_it_is_for_others_alone(till, rosa):  # noqa: F811
    await till.account("Tess")
    await till.statement("for Kim", "Tess", "Kim")
    await till.world.person("helps")
    await till.world.share("helps", "Tess", "helper", [("results", "see")])
    assert isinstance(await at_the_till(till, rosa, "", "Tess"), BillGrant)
    assert isinstance(await at_the_till(till, rosa, "helps", "Tess"), Denied)


async def test_money_of_it_that_waits_for_a_person_waits_for_a_colleague(till, rosa):  # noqa: F811
    await Payment.update({Payment.odd_at: till.world.now}, force=True)
    await Refund.update({Refund.state: "failed"}, force=True)
    for table in (Payment, Refund):
        there = [await visible(await rosa(login, Duty.BILLING), table).count() for login in ("", "maria", "stan")]
        assert there == [4, 1, 3], table


def test_every_table_of_a_queue_says_whose_record_a_row_is_of_or_is_of_none():
    """What is added to the queues is kept from its own people too, or is named here."""
    of_no_record = {"slot_template", "clinic_closure"}
    asked_for_itself = {"support_case"}  # access/visible_support.py keeps each from whoever it concerns
    silent = {table._meta.tablename for table in QUEUED if not hasattr(table, "record")} - {"outbox"} - asked_for_itself
    assert silent == of_no_record


# The operator says who is who


@pytest.fixture
async def working(world, rosa):
    return world, staff_grant(world)


def staff_grant(world):
    from access.opening import open_system

    return open_system(world.house, "staff", world.now)


async def human_of(world, name: str):
    rows = await Account.select(Account.human).where(Account.username == name)
    return rows[0]["human"]


async def test_the_operator_says_which_login_is_the_same_person_s_and_takes_it_back(working):
    world, grant = working
    await staff.link(grant, "ROSA", "Maria")
    assert await human_of(world, "rosa") == world.people["maria"].account
    await staff.link(staff_grant(world), "rosa", "")
    assert await human_of(world, "rosa") is None


async def test_a_login_is_one_member_of_staff_s_and_none_of_the_staff_s_own(working):
    world, grant = working
    for login in ("doctor", "nobody-here"):
        with pytest.raises(NotDone, match="login"):
            await staff.link(grant, "rosa", login)
    await staff.link(grant, "rosa", "maria")
    with pytest.raises(NotDone, match="linked"):
        await staff.link(staff_grant(world), "doctor", "maria")
    await staff.link(staff_grant(world), "rosa", "maria")
    assert await human_of(world, "doctor") is None


async def test_at_the_next_click_the_patient_is_not_found_any_more(person, cast, demo_database):
    desk = await person("frontdesk")
    maria, member = cast["self"], cast["frontdesk"]
    born = (await demo_database.rows("SELECT birth_text FROM record WHERE ref = ?", maria.record))[0]["birth_text"]
    year, month, day = born.split("-")
    known = {"name": "Delgado", "born_month": month, "born_day": day, "born_year": year}
    page = await desk.submit(await desk.get("/staff"), "/staff", **known)
    assert "Maria Delgado" in page.main
    same = "UPDATE account SET human = (SELECT id FROM account WHERE username = ?) WHERE username = ?"
    await demo_database.rows(same, maria.username, member.username)
    page = await desk.submit(await desk.get("/staff"), "/staff", **known)
    assert "Maria Delgado" not in page.main
    for page in ("code", "appointments/new"):
        assert (await desk.get(f"/staff/records/{maria.record}/{page}")).status == 404
