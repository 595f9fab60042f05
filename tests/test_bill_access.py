"""Who opens the bills of whom, which rows they then read, and whose services are named to them: on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from access.bills import open_bill, open_bill_at_work
from access.grant import BillGrant, Changed
from access.opening import Denied, open_account, open_queue, open_record
from access.visible import visible
from access.vocabulary import Action, Category, Duty, bill, record
from rules.billing import names_show
from tables.base import new_ref
from tables.clinic import ClinicSite
from tables.ledger import (
    GuarantorAccount,
    LedgerEntry,
    LedgerTransaction,
    On,
    Payment,
    Posting,
    Refund,
    Statement,
    StatementLine,
    post,
)
from tables.records import ItemPrivacy, Record
from tables.results import Observation
from tables.statements import Invoice
from tables.visits import Encounter
from tests.support.merging import merge
from tests.support.world import World
from tests.test_access import a_site

BILLS = (Statement, Payment, LedgerTransaction, LedgerEntry, Refund, StatementLine)
SEES, ACTS = ("billing", "see"), ("billing", "act")


class Till:
    """Accounts in the small world: Maria pays for herself and for Kim, a child; Stan for himself."""

    def __init__(self, world: World):
        self.world, self.accounts, self.lines = world, {}, {}

    async def account(self, holder: str) -> None:
        row = GuarantorAccount(holder=self.world.records[holder].id, number=str(len(self.accounts)), opened_at=self.world.now)
        await row.save()
        self.accounts[holder] = row

    async def statement(self, name: str, holder: str, whose: str, **columns) -> Statement:
        world, account = self.world, self.accounts[holder].id
        row = Statement(guarantor=account, record=world.records[whose].id, number=name, currency="USD", made_at=world.now, **columns)
        await row.save()
        line = StatementLine(statement=row.id, kind="charge", place=1, label=name)
        await line.save()
        self.lines[line.id] = name
        payment = Payment(number=new_ref()[:16], guarantor=account, statement=row.id, amount=1, currency="USD", method="cash",
                          state="paid", made_at=world.now)  # fmt: skip
        await payment.save()
        await Refund(payment=payment.id, amount=1, state="made", reason="asked", made_at=world.now).save()
        async with world.house.database.transaction():
            posting = Posting(account, row.id, "charge", (("owed", 5), ("care", -5)), "USD", On.at(world.now), new_ref())
            await post(world.house.database, posting, world.now)
        return row

    async def named(self, grant) -> set[str]:
        return {self.lines[row["id"]] for row in await visible(grant, StatementLine).rows(("id",))}


@pytest.fixture
async def till(world):
    for name, born in (("Kim", "2015-01-01"), ("Tess", "2011-01-01")):
        await world.record(name)
        await world.house.database.rows("UPDATE record SET birth_text = ? WHERE id = ?", born, world.records[name].id)
    made = Till(world)
    for holder in ("Maria", "Stan"):
        await made.account(holder)
    await made.statement("check-up", "Maria", "Maria")
    await made.statement("secret", "Maria", "Maria", sensitive=True)
    await made.statement("of Kim", "Maria", "Kim")
    await made.statement("of Stan", "Stan", "Stan")
    return made


async def opened(till: Till, person: str, holder: str = "Maria", access=None) -> BillGrant | Denied:
    return await open_bill(till.world.house, till.world.people[person], till.accounts[holder].ref, access or bill())


async def given(till: Till, person: str, whose: str, basis: str, *scopes, **times) -> None:
    await till.world.person(person)
    await till.world.share(person, whose, basis, scopes, **times)


async def test_who_owes_opens_their_own(till):
    grant = await opened(till, "maria")
    maria = till.world.records["Maria"].id
    assert isinstance(grant, BillGrant) and grant.own and grant.acts and grant.record == maria
    assert grant.named == grant.whole == frozenset({maria})
    assert (grant.entry.action, grant.entry.subject, grant.entry.behalf, grant.entry.purpose) == ("bills.see", maria, None, "PATRQT")
    assert await till.named(grant) == {"check-up", "secret"}, "Kim's are counted, and not named"


@pytest.mark.parametrize("table", BILLS)
async def test_of_each_table_the_rows_of_this_account_alone_are_there(till, table):
    counts = [await visible(await opened(till, who, holder), table).count() for who, holder in (("maria", "Maria"), ("stan", "Stan"))]
    assert counts == [{LedgerEntry: 6, StatementLine: 2}.get(table, 3), {LedgerEntry: 2}.get(table, 1)]


async def test_nothing_else_is_there(till):
    grant = await opened(till, "maria")
    assert await visible(grant, GuarantorAccount).count() == 1 and not await visible(grant, Observation).exists()
    assert {row["name"] for row in await visible(grant, Record).rows(("name",))} == {"Maria", "Kim"}
    assert not await visible(grant, Invoice).exists() and not await visible(grant, Encounter).exists()


@pytest.mark.parametrize("who", ["stan", "results only", "everything", "ended", "not yet", "revoked", "guardian", "doctor", "desk"])
async def test_for_everybody_else_it_is_as_if_there_were_none(till, who):
    refused = await opened(till, who)
    assert isinstance(refused, Denied) and refused.reason == "stranger" and refused.record_name == ""
    unknown = await open_bill(till.world.house, till.world.people[who], new_ref(), bill())
    assert (unknown.reason, unknown.entry.decision, unknown.entry.reason, unknown.entry.behalf) == (
        refused.reason, refused.entry.decision, refused.entry.reason, refused.entry.behalf,
    )  # fmt: skip


async def test_a_helper_with_the_bills_sees_them_and_does_what_they_may(till):
    await given(till, "pays", "Maria", "helper", ACTS)
    await given(till, "reads", "Maria", "helper", SEES)
    pays, reads = await opened(till, "pays"), await opened(till, "reads")
    assert pays.acts and not reads.acts and not pays.own and pays.whole == frozenset()
    assert reads.named == frozenset({till.world.records["Maria"].id}) and reads.entry.purpose == "FAMRQT"
    assert reads.entry.behalf == till.world.shares["reads"].id
    assert isinstance(await opened(till, "pays", access=bill(Action.ACT)), BillGrant)
    assert isinstance(await opened(till, "reads", access=bill(Action.ACT)), Denied)
    assert await till.named(reads) == {"check-up"}, "what is labelled private is named to the patient alone"


@pytest.mark.parametrize("times", [{"ends_at": 0}, {"starts_at": 1}, {"revoked_at": 0}])
async def test_a_share_that_does_not_stand_opens_nothing(till, times):
    at = {name: till.world.now + timedelta(microseconds=later) for name, later in times.items()}
    await given(till, "late", "Maria", "helper", SEES, **at)
    assert isinstance(await opened(till, "late"), Denied)


@pytest.mark.parametrize("what", ["invoice", "encounter"])
async def test_what_is_marked_only_me_is_not_named_to_a_helper(till, what):
    await given(till, "reads", "Maria", "helper", SEES)
    world = till.world
    table = {"invoice": Invoice, "encounter": Encounter}[what]
    item = await world.row(f"marked {what}", table, "Maria", label="x")
    await till.statement("marked", "Maria", "Maria", **{what: item})
    assert await till.named(await opened(till, "reads")) == {"check-up", "marked"}
    await ItemPrivacy(record=world.records["Maria"].id, fhir_type=table.__name__, item=str(item), since=world.now).save()
    assert await till.named(await opened(till, "reads")) == {"check-up"}
    assert await till.named(await opened(till, "maria")) == {"check-up", "secret", "marked"}


@pytest.mark.parametrize("what", ["invoice", "encounter"])
async def test_a_label_that_comes_later_hides_the_names_at_once(till, what):
    """Whatever the statement said of itself when it was made."""
    world, table = till.world, {"invoice": Invoice, "encounter": Encounter}[what]
    item = await world.row("later", table, "Maria", label="x")
    await till.statement("labelled", "Maria", "Maria", **{what: item})
    await given(till, "reads", "Maria", "helper", SEES)
    assert await till.named(await opened(till, "reads")) == {"check-up", "labelled"}
    await table.update({table.sensitive: True}).where(table.id == item)
    assert await till.named(await opened(till, "reads")) == {"check-up"}
    assert await till.named(await opened(till, "maria")) == {"check-up", "secret", "labelled"}


async def test_who_pays_for_a_child_reads_names_until_the_child_is_a_teenager(till):
    world = till.world
    await world.share("maria", "Kim", "guardian", (SEES, ("visits", "see")))
    grant = await opened(till, "maria")
    assert await till.named(grant) == {"check-up", "secret", "of Kim"} and world.records["Kim"].id not in grant.whole
    await world.house.database.rows("UPDATE record SET birth_text = '2012-01-01' WHERE id = ?", world.records["Kim"].id)
    assert await till.named(await opened(till, "maria")) == {"check-up", "secret"}


def test_names_show_to_the_patient_to_a_helper_with_the_bills_and_to_a_guardian_with_the_visits():
    both = frozenset({SEES, ("visits", "see")})
    assert names_show("self", frozenset()) and names_show("helper", frozenset({SEES})) and names_show("guardian", both)
    assert not names_show("guardian", frozenset({SEES})) and not names_show("helper", frozenset({("visits", "see")}))
    assert not names_show("guardian", frozenset({("visits", "see")}))


async def test_after_a_merge_the_account_is_that_of_the_chart_that_is_left(till):
    world = till.world
    await world.house.database.rows(
        "UPDATE record SET state = 'merged', merged_into = ? WHERE id = ?", world.records["Maria"].id, world.records["Stan"].id
    )
    grant = await opened(till, "maria", "Stan")
    assert isinstance(grant, BillGrant) and grant.record == world.records["Maria"].id and await till.named(grant) == {"of Stan"}
    assert isinstance(await opened(till, "stan", "Stan"), Denied)


async def test_after_a_merge_what_was_marked_in_either_chart_is_named_to_no_helper(till):
    world = till.world
    for name, marked_in in (("before", "Stan"), ("since", "Maria")):
        invoice = await world.row(name, Invoice, "Stan", label=name)
        await till.statement(name, "Stan", "Stan", invoice=invoice)
        await world.only_me(name, marked_in, "Invoice")
    await given(till, "reads", "Maria", "helper", SEES)
    await merge(world.house.database, world.records["Stan"].id, world.records["Maria"].id, world.now)
    assert await till.named(await opened(till, "reads", "Stan")) == {"of Stan"}
    assert await till.named(await opened(till, "maria", "Stan")) == {"of Stan", "before", "since"}


async def test_a_chain_of_merges_leads_to_the_accounts_of_all_its_charts(till):
    world, see = till.world, record(Category.BILLING)
    await world.record("Left")
    await world.share("maria", "Left", "self")
    for old, new in (("Stan", "Maria"), ("Maria", "Left")):
        await merge(world.house.database, world.records[old].id, world.records[new].id, world.now)
    grant = await open_record(world.house, world.people["maria"], world.records["Left"].ref, see)
    assert await refs(grant) == {till.accounts["Stan"].ref, till.accounts["Maria"].ref}
    assert (await opened(till, "maria", "Stan")).record == world.records["Left"].id


# Lists of accounts


async def refs(grant) -> set[str]:
    return {row["ref"] for row in await visible(grant, GuarantorAccount).rows(("ref",))}


async def test_the_accounts_of_a_person_are_their_own_and_those_whose_bills_were_given_to_them(till):
    await given(till, "reads", "Maria", "helper", SEES)
    await given(till, "late", "Maria", "helper", SEES, ends_at=till.world.now)
    await given(till, "dropped", "Maria", "helper", SEES, revoked_at=till.world.now)
    await given(till, "early", "Maria", "helper", SEES, starts_at=till.world.now + timedelta(microseconds=1))
    for who, holders in (("maria", ["Maria"]), ("stan", ["Stan"]), ("reads", ["Maria"]), ("late", []), ("dropped", []),
                         ("early", []), ("everything", []), ("revoked", []), ("not yet", []), ("ended", [])):  # fmt: skip
        grant = open_account(till.world.house, till.world.people[who])
        assert await refs(grant) == {till.accounts[holder].ref for holder in holders}, who


async def test_a_record_leads_to_the_account_of_its_owner_and_to_ones_own_that_covers_it(till):
    world, see = till.world, record(Category.BILLING)
    await given(till, "parent", "Kim", "guardian", SEES)
    await world.share("maria", "Kim", "guardian", (SEES,))
    mine = await open_record(world.house, world.people["maria"], world.records["Maria"].ref, see)
    hers = await open_record(world.house, world.people["maria"], world.records["Kim"].ref, see)
    other = await open_record(world.house, world.people["parent"], world.records["Kim"].ref, see)
    account = till.accounts["Maria"].ref
    assert await refs(mine) == {account} and await refs(hers) == {account} and await refs(other) == set()
    results = await open_record(world.house, world.people["results only"], world.records["Maria"].ref, record(Category.RESULTS))
    assert await refs(results) == set()


async def test_a_charts_bills_lead_to_an_account_by_ones_own_share_that_stands_alone(till):
    """Whoever may see the bills of a child is not led to the account that pays for it, unless it is theirs."""
    world, see = till.world, record(Category.BILLING)
    await given(till, "parent", "Kim", "guardian", SEES)

    async def led_to(change: str = "") -> set[str]:
        if change:
            await world.house.database.rows(f"UPDATE share SET {change} WHERE id = ?", share.id)
        return await refs(await open_record(world.house, world.people["parent"], world.records["Kim"].ref, see))

    share = await world.share("parent", "Maria", "helper", (SEES,))
    assert await led_to() == set()
    await world.house.database.rows("UPDATE share SET revoked_at = starts_at WHERE basis = 'self'")
    assert await led_to("basis = 'self'") == {till.accounts["Maria"].ref}
    assert await led_to("revoked_at = starts_at") == set()


async def test_what_a_helper_will_see_of_bills_is_not_what_the_patients_other_chart_pays(till):
    world, see = till.world, record(Category.BILLING)
    await given(till, "reads", "Kim", "helper", SEES)
    await world.share("maria", "Kim", "self")
    hers, theirs = [
        await open_record(world.house, world.people["maria"], world.records["Kim"].ref, see, share_ref=share_ref)
        for share_ref in ("", world.shares["reads"].ref)
    ]
    assert await refs(hers) == {till.accounts["Maria"].ref} and await refs(theirs) == set()
    assert await refs(replace(hers, viewer=None)) == set(), "nor what is asked for by nobody"


# At work


async def at_work(till: Till, person: str = "biller", duty: Duty = Duty.BILLING):
    return await open_queue(till.world.house, till.world.people[person], duty)


async def test_billing_opens_every_account_of_its_sites_with_all_names(till):
    world = till.world
    await world.person("biller", kind="staff", duties=(Duty.BILLING,))
    queue = await at_work(till)
    grant = await open_bill_at_work(queue, till.accounts["Maria"].ref, bill(Action.ACT, Duty.BILLING))
    assert grant.basis == "duty" and grant.acts and not grant.own and await till.named(grant) == {"check-up", "secret", "of Kim"}
    assert (grant.entry.action, grant.entry.subject, grant.entry.purpose) == ("bills.act", world.records["Maria"].id, "HOPERAT")
    assert await refs(queue) == {one.ref for one in till.accounts.values()}
    assert isinstance(await open_bill_at_work(queue, new_ref(), bill()), Denied)
    site, other = ClinicSite(name="Here", zone="UTC"), ClinicSite(name="There", zone="UTC")
    await site.save()
    await other.save()
    await world.house.database.rows("UPDATE record SET site = ? WHERE id = ?", site.id, world.records["Maria"].id)
    await world.house.database.rows("UPDATE staff_duty SET site = ? WHERE account = ?", other.id, world.people["biller"].account)
    elsewhere = await at_work(till)
    assert isinstance(await open_bill_at_work(elsewhere, till.accounts["Maria"].ref, bill()), Denied)
    assert await refs(elsewhere) == {till.accounts["Stan"].ref}, "what names no site is everywhere's"
    assert isinstance(await open_bill_at_work(elsewhere, till.accounts["Stan"].ref, bill()), BillGrant)
    await world.house.database.rows("UPDATE staff_duty SET site = ? WHERE account = ?", site.id, world.people["biller"].account)
    assert await refs(await at_work(till)) == {one.ref for one in till.accounts.values()}
    assert isinstance(await open_bill_at_work(await at_work(till), till.accounts["Maria"].ref, bill()), BillGrant)
    await world.house.database.rows("UPDATE staff_duty SET site = NULL WHERE account = ?", world.people["biller"].account)
    assert isinstance(await open_bill_at_work(await at_work(till), till.accounts["Maria"].ref, bill()), BillGrant)


async def test_billing_finds_what_waits_for_a_person_at_its_sites_and_no_other_payment_or_refund(till):
    world, rows = till.world, till.world.house.database.rows
    await world.person("biller", kind="staff", duties=(Duty.BILLING,))
    waits = {Payment: "odd_at = made_at", Refund: "state = 'failed'"}

    async def found(table, person="biller", duty=Duty.BILLING) -> int:
        return await visible(await at_work(till, person, duty), table).count()

    for table, change in waits.items():
        assert await found(table) == 0
        await rows(f"UPDATE {table._meta.tablename} SET {change}")
        assert await found(table) == 4 and await found(table, "desk", Duty.FRONT_DESK) == 0
    here, there = [await a_site(name, "UTC") for name in ("Here", "There")]
    await rows("UPDATE record SET site = ?", here)
    for site, count in ((here, 4), (there, 0)):
        await rows("UPDATE staff_duty SET site = ? WHERE account = ?", site, world.people["biller"].account)
        assert [await found(table) for table in waits] == [count, count]
    await rows("UPDATE staff_duty SET site = NULL")
    await rows("UPDATE refund SET seen_to_at = made_at")
    assert [await found(table) for table in waits] == [4, 0], "what somebody saw to waits no more"


async def test_staff_open_nothing_by_a_share(till):
    await till.world.share("doctor", "Maria", "helper", (SEES,))
    assert isinstance(await opened(till, "doctor"), Denied)


async def test_other_duties_list_no_accounts(till):
    assert await refs(await at_work(till, "desk", Duty.FRONT_DESK)) == set()


# Inside an act


async def still(grant) -> bool:
    try:
        await grant.still()
    except Changed:
        return False
    return True


ENDINGS = (
    "UPDATE session SET revoked_at = ? WHERE account = ?", "UPDATE share SET revoked_at = ? WHERE account = ?",
    "UPDATE share SET ends_at = ? WHERE account = ?", "UPDATE staff_duty SET ended_at = ? WHERE account = ?",
)  # fmt: skip


@pytest.mark.parametrize("ending", ENDINGS)
async def test_what_ends_in_between_ends_the_act(till, ending):
    world = till.world
    await given(till, "pays", "Maria", "helper", ACTS)
    await world.person("biller", kind="staff", duties=(Duty.BILLING,))
    helper = await opened(till, "pays", access=bill(Action.ACT))
    desk = await open_bill_at_work(await at_work(till), till.accounts["Maria"].ref, bill(Action.ACT))
    assert await still(helper) and await still(desk)
    for who, grant in (("pays", helper), ("biller", desk)):
        await world.house.database.rows(ending, world.now, world.people[who].account)
        of_both, of_staff = "session" in ending, "staff_duty" in ending
        assert await still(grant) == (not of_both and of_staff == (who == "pays"))


async def test_an_account_that_was_closed_or_lost_the_acting_acts_no_more(till):
    world = till.world
    await given(till, "pays", "Maria", "helper", ACTS)
    helper = await opened(till, "pays", access=bill(Action.ACT))
    await world.house.database.rows("UPDATE share_scope SET action = 'see' WHERE share = ?", world.shares["pays"].id)
    assert not await still(helper) and await still(await opened(till, "pays"))
    mine = await opened(till, "maria", access=bill(Action.ACT))
    await world.house.database.rows("UPDATE account SET state = 'disabled' WHERE id = ?", world.people["maria"].account)
    assert not await still(mine)


async def test_who_was_moved_to_another_duty_does_no_more_with_bills(till):
    world = till.world
    await world.person("biller", kind="staff", duties=(Duty.BILLING,))
    desk = await open_bill_at_work(await at_work(till), till.accounts["Maria"].ref, bill(Action.ACT))
    await world.house.database.rows("UPDATE staff_duty SET duty = 'frontdesk' WHERE account = ?", world.people["biller"].account)
    assert not await still(desk)


async def test_an_act_of_a_session_that_was_swept_away_is_not_done(till):
    mine = await opened(till, "maria", access=bill(Action.ACT))
    await till.world.house.database.rows("DELETE FROM session WHERE account = ?", till.world.people["maria"].account)
    assert not await still(mine)


async def test_the_clock_of_that_moment_decides(till):
    world = till.world
    await given(till, "pays", "Maria", "helper", ACTS, ends_at=world.now + timedelta(seconds=5))
    grant = await opened(till, "pays", access=bill(Action.ACT))
    later = replace(grant, house=replace(world.house, clock=lambda: world.now + timedelta(seconds=5)))
    assert await still(grant) and not await still(later)


