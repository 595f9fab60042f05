"""Who reads what was done with an account, which cases staff see, and what stops while changes are locked: the decision alone,
on both databases."""

from __future__ import annotations

from dataclasses import replace

import pytest

from access.audit import Entry
from access.grant import Changed
from access.opening import Denied, open_account, open_queue, open_record, stands
from access.visible import visible
from access.vocabulary import ACCOUNT, Action, Category, Duty, account, record
from tables.accounts import Account, AccountAddress, Session
from tables.audit import AuditEvent
from tables.records import Share
from tables.support import SupportCase, SupportNote
from tables.work import Outbox
from tests.test_access import opened

BESIDE = (SupportNote, AuditEvent, Session, AccountAddress)


async def written(world, *entries: Entry) -> None:
    async with world.house.audit.transaction() as waiting:
        waiting.extend(entries)


async def own(world, person: str) -> set[str]:
    rows = await visible(open_account(world.house, world.people[person]), AuditEvent).rows(("action",))
    return {row["action"] for row in rows}


async def test_an_account_reads_what_was_done_with_it_and_who_was_let_into_its_own_chart(world):
    me, chart, now = world.people["maria"].account, world.records["Maria"].id, world.now
    helper = world.people["results only"].account
    await written(
        world, Entry(now, "account.a", None, subject=me), Entry(now, "share.b", helper, subject=chart), Entry(now, "login.c", None, subject=chart),
        Entry(now, "account.register", None, subject=chart), Entry(now, "results.d", helper, subject=chart), Entry(now, "account.e", None, subject=helper),
        Entry(now, "share.f", helper, subject=world.records["Stan"].id), Entry(now, "share.g", me),
    )  # fmt: skip
    assert await own(world, "maria") == {"account.a", "share.b", "login.c", "account.register", "share.g"}
    assert await own(world, "results only") == {"share.b", "results.d", "account.e", "share.f"}, "a helper: what they did, and their account"


@pytest.mark.parametrize("change", [{Share.basis: "helper"}, {Share.revoked_at: "now"}])
async def test_who_was_let_in_is_not_read_by_who_helps_or_was_let_go(world, change):
    await written(world, Entry(world.now, "share.b", None, subject=world.records["Maria"].id))
    assert await own(world, "maria") == {"share.b"}
    change = {column: world.now if value == "now" else value for column, value in change.items()}
    await Share.update(change).where(Share.account == world.people["maria"].account)
    assert await own(world, "maria") == set()


@pytest.fixture
async def cases(world):
    """Of Maria, of Stan, and of somebody who was not signed in; and beside each account what belongs to it."""
    await world.person("tom", kind="staff", duties=(Duty.SUPPORT,))
    for name, person in (("of Maria", "maria"), ("of Stan", "stan"), ("of nobody", None)):
        account = world.people[person].account if person else None
        case = SupportCase(kind="not_me" if person else "phishing", account=account, state="open", opened_at=world.now, changed_at=world.now)
        await case.save()
        world.rows[name] = case.id
        await SupportNote(support_case=case.id, at=world.now, did="noted").save()
    for person in ("maria", "stan", "results only"):
        account = world.people[person].account
        await AccountAddress(account=account, kind="email", value=f"{account}@example.org", confirmed_at=world.now).save()
        await written(world, Entry(world.now, "account.sign_in", account, subject=account), Entry(world.now, "account.see", account, subject=account))
    return world


async def seen(world, person: str = "tom", *duties: Duty, **more) -> set[str]:
    grant = await open_queue(world.house, replace(world.people[person], **more), *(duties or (Duty.SUPPORT,)))
    return world.names_of(row["id"] for row in await visible(grant, SupportCase).rows(("id",)))


async def accounts_beside(world, table, **more) -> set:
    grant = await open_queue(world.house, replace(world.people["tom"], **more), Duty.SUPPORT)
    column = {AuditEvent: "subject", SupportNote: "support_case"}.get(table, "account")
    rows = await visible(grant, table).rows((column,))
    return {row[column] for row in rows}


async def test_support_sees_all_cases_and_beside_them_the_accounts_they_are_about(cases):
    assert await seen(cases) == {"of Maria", "of Stan", "of nobody"}
    theirs = {cases.people[person].account for person in ("maria", "stan")}
    for table in (AuditEvent, Session, AccountAddress):
        assert await accounts_beside(cases, table) == theirs, table
    assert len(await accounts_beside(cases, SupportNote)) == 3
    grant = await open_queue(cases.house, cases.people["tom"], Duty.SUPPORT)
    rows = await visible(grant, AuditEvent).rows(("action",))
    assert {row["action"] for row in rows} == {"account.sign_in"}, "what somebody looked at is theirs"


@pytest.mark.parametrize("duty", [Duty.FRONT_DESK, Duty.CLINICIAN, Duty.BILLING, Duty.ADMINISTRATOR])
async def test_other_duties_see_no_case_and_nothing_beside_one(cases, duty):
    await cases.person("other", kind="staff", duties=(duty,))
    grant = await open_queue(cases.house, cases.people["other"], duty)
    for table in (SupportCase, *BESIDE):
        assert await visible(grant, table).count() == 0, table


async def test_ones_own_case_and_those_of_whom_one_helps_are_for_a_colleague(cases):
    stan, helper = cases.people["stan"].account, cases.people["everything"].account
    assert await seen(cases, human=stan) == {"of Maria", "of nobody"}
    assert await seen(cases, human=helper) == {"of Stan", "of nobody"}, "who helps Maria sees no case of hers at work"
    await Share.update({Share.revoked_at: cases.now}).where(Share.account == helper)
    assert await seen(cases, human=helper) == {"of Maria", "of Stan", "of nobody"}
    await cases.person("alone")
    for name in ("tom", "alone"):
        await SupportCase.update({SupportCase.account: cases.people[name].account}).where(SupportCase.id == cases.rows["of Maria"])
        assert await seen(cases, human=cases.people["alone"].account) == {"of Stan", "of nobody"}


async def test_patients_read_their_own_cases_and_messages_and_no_note(cases):
    for person, name in (("maria", "of Maria"), ("stan", "of Stan")):
        grant = open_account(cases.house, cases.people[person])
        assert cases.names_of(row["id"] for row in await visible(grant, SupportCase).rows(("id",))) == {name}
        assert await visible(grant, SupportNote).count() == 0
    for person in ("maria", "stan"):
        row = {"event": "x", "account": cases.people[person].account, "channel": "email", "address": "", "dedupe": person}
        await Outbox(**row, state="sent", run_at=cases.now, made_at=cases.now).save()
    grant = open_account(cases.house, cases.people["maria"])
    assert {row["account"] for row in await visible(grant, Outbox).rows(("account",))} == {grant.account}


# Locked


FRESH = record(Category.CONTROL, Action.ACT, step_up=True)


async def lock(world, person: str = "maria") -> None:
    await Account.update({Account.changes_locked_at: world.now}).where(Account.id == world.people[person].account)


def test_what_asks_for_a_fresh_factor_is_locked_whatever_was_shown_and_nothing_else_is(world):
    maria, limit = world.people["maria"], world.house.limits.step_up
    fresh, locked = replace(maria, proven_at=maria.now), replace(maria, proven_at=maria.now, locked=True)
    stale = replace(maria, proven_at=None)
    wanted = {fresh: ("", ""), locked: ("locked", ""), stale: ("step_up", ""), replace(stale, locked=True): ("locked", "")}
    for viewer, (changing, reading) in wanted.items():
        assert (viewer.lacks(account(step_up=True), limit), viewer.lacks(ACCOUNT, limit)) == (changing, reading)


async def test_a_record_is_read_and_not_changed_by_who_is_locked(world):
    locked = replace(world.people["maria"], locked=True, proven_at=world.now)
    refused = await open_record(world.house, locked, world.records["Maria"].ref, FRESH)
    assert isinstance(refused, Denied) and refused.reason == "locked" and refused.entry.decision == "refused"
    assert not isinstance(await open_record(world.house, locked, world.records["Maria"].ref, record(Category.CONTROL)), Denied)


async def test_a_lock_between_asking_and_doing_stops_what_changes_something_and_nothing_else(world):
    maria = replace(world.people["maria"], proven_at=world.now)
    changing, reading = open_account(world.house, maria, changing=True), open_account(world.house, maria)
    of_chart = await open_record(world.house, maria, world.records["Maria"].ref, FRESH)
    asks = await opened(world, "maria", access=record(Category.MESSAGES, Action.ACT))
    queues = [await open_queue(world.house, world.people["desk"], Duty.FRONT_DESK, changing=one) for one in (True, False)]
    await changing.still()
    await queues[0].still()
    assert await stands(of_chart)
    await lock(world)
    await lock(world, "desk")
    for grant in (changing, of_chart, queues[0]):
        with pytest.raises(Changed):
            await grant.still()
    await reading.still()
    await asks.still()
    await queues[1].still()
