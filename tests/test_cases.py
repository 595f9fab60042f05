"""Cases at the support team: who sees them, what of an account, and how they end."""

from __future__ import annotations

import asyncio

import pytest

from access.audit import Entry
from access.opening import open_queue
from access.viewer import Viewer, Visitor
from access.visible import visible
from access.vocabulary import HANDLES_CASES, Duty
from seeds.cast import fixed_id
from tables.accounts import AccountAddress, Session
from tables.audit import AuditEvent
from tables.support import SupportCase, SupportNote
from tests.support.client import client_of
from tests.support.logins import count
from tests.support.owners import colleague_of
from tests.test_not_me import HOME, LOCKED, MARIA, happened, tells, titles
from tests.test_security import stale

pytestmark = pytest.mark.in_turns

CASES = "/staff/cases"


@pytest.fixture
async def maria(person):
    return await person("self")


@pytest.fixture
async def tom(person):
    return await person("support")


async def case_of(staff, who: str = "Maria Delgado"):
    return await staff.follow(await staff.get(CASES), f"This wasn’t me: {who}")


async def closed(staff, page, outcome: str, **typed):
    page = await staff.submit(page, "Take it")
    return await staff.submit(await staff.follow(page, "Close this case"), "Close the case", outcome=outcome, **typed)


async def queue_of(house, handle: str):
    account, duty = fixed_id("account", handle), {"support": Duty.SUPPORT, "privacy": Duty.PRIVACY}.get(handle)
    human = (await house.database.rows("SELECT human FROM account WHERE id = ?", account))[0]["human"]
    viewer = Viewer(Visitor("", ""), house.clock(), "full", account, kind="staff", duties=frozenset({duty}), human=human)
    return await open_queue(house, viewer, *[one for one in HANDLES_CASES if one is duty])


async def test_a_case_says_who_since_when_what_of_and_what_was_done_lately(maria, tom, house):
    await happened(house, Entry(house.clock(), "account.password", None, subject=MARIA, decision="refused", reason="pair"))
    page = await maria.follow(await maria.get(HOME), "This wasn’t me: A wrong password was typed")
    await maria.submit(page, "It wasn’t me: lock changes")
    page = await case_of(tom)
    for words in ("Maria Delgado", "maria.delgado", "(555) 555-0110", "Changes are locked since", "A wrong password was typed, "):
        assert words in page.main, words
    assert "A wrong password was typed" in titles_of(page) and "Metformin" not in page.main and "Lisinopril" not in page.main


def titles_of(page) -> list[str]:
    return [" ".join(one.text.split()) for one in page.tree.all("h3")]


@pytest.mark.parametrize(("outcome", "open_again"), [("theirs", True), ("safe", True), ("frozen", False)])
async def test_how_a_case_ends_opens_changes_or_not_and_they_read_it(maria, tom, house, outcome, open_again):
    await tells(maria)
    page = await closed(tom, await case_of(tom), outcome)
    assert page.url == f"{CASES}?done=closed" and "Nothing waits for you." in page.main
    seen = await maria.get("/account/password")
    assert (seen.status == 200) == open_again and (open_again or seen.h1 == LOCKED)
    page = await maria.get(HOME)
    assert "This wasn’t me: Done." in page.main and "Our support team finished with what you told us" in titles(page)
    assert await count(house, "outbox", "event = 'account.case_closed'") >= 1


async def test_changes_are_opened_beside_a_case_and_the_next_time_is_another_case(maria, tom, house):
    await tells(maria)
    page = await tom.submit(await case_of(tom), "Let them change things again")
    assert "They can change things again. They are told." in page.main
    assert (await maria.get("/account/password")).status == 200 and await count(house, "outbox", "event = 'account.unlocked'") == 1
    await closed(tom, page, "theirs")
    await tells(maria)
    assert await count(house, "support_case") == 2 and (await maria.get("/account/password")).status == 403


async def test_a_case_is_taken_by_one_and_closed_by_who_has_it(maria, tom, opened, house):
    await tells(maria)
    async with client_of(opened.app) as ines:
        ines.cookies.set("s", await colleague_of(house, "support", "Ines Roth", house.clock()))
        both = [(one, await case_of(one)) for one in (tom, ines)]
        await asyncio.gather(*(one.submit(page, "Take it") for one, page in both))
        has = [one for one, _ in both if "You have taken it" in (await case_of(one)).main]
        assert len(has) == 1, "the one who pressed last"
        other = ines if has[0] is tom else tom
        page = await other.get(both[0][1].url + "/closing")
        page = await other.submit(page, "Close the case", outcome="theirs")
        assert "Nothing was done: somebody else has it by now" in page.main and "Taken by" in page.main


async def test_notes_are_sealed_and_staffs_alone(maria, tom, house):
    await tells(maria)
    page = await tom.submit(await case_of(tom), "Take it")
    page = await tom.submit(page, "Keep the note", words="She pays with 4111 1111 1111 1111. <b>Called</b> at noon.")
    assert "She pays with **** **** **** 1111. <b>Called</b> at noon." in page.main and "<b>Called" not in page.html
    rows = await house.database.rows("SELECT sealed FROM support_note")
    assert len(rows) == 1 and b"Called" not in bytes(rows[0]["sealed"])
    assert "Called" not in (await maria.get(HOME)).html
    assert (await tom.submit(page, "Keep the note", words="")).errors == ["Write the note"]


async def test_closing_and_unlocking_ask_for_a_fresh_factor(maria, tom, house):
    await tells(maria)
    page = await tom.submit(await case_of(tom), "Take it")
    await stale(house.database)
    assert (await tom.get(page.url.partition("?")[0] + "/closing")).headers["location"].startswith("/account/prove")
    assert (await tom.send(page, "Let them change things again")).headers["location"].startswith("/account/prove")
    assert (await tom.send(page, "Keep the note", words="x")).headers["location"].endswith("?done=noted")


async def test_how_it_ends_must_be_chosen_and_be_one_of_its_kind(maria, tom):
    await tells(maria)
    page = await tom.submit(await case_of(tom), "Take it")
    page = await tom.follow(page, "Close this case")
    page = await tom.submit(page, "Close the case", words="Nobody answers.")
    assert page.status == 422 and page.errors == ["Choose how it ends"] and "Nobody answers." in page.html


@pytest.mark.parametrize("handle", ["frontdesk", "clinician", "billing", "admin"])
async def test_other_duties_have_no_cases(maria, person, handle):
    await tells(maria)
    colleague = await person(handle)
    assert (await colleague.get(CASES)).status == 403 and (await colleague.get(f"{CASES}/{'x' * 22}")).status == 403


async def test_a_patient_reaches_none_of_it(maria, tom):
    await tells(maria)
    page = await case_of(tom)
    assert (await maria.get(page.url)).status == 404 and (await maria.get(CASES)).status == 404
    assert (await tom.get(f"{CASES}/{'x' * 22}")).status == 404


async def test_of_an_account_without_a_case_staff_see_nothing(maria, house):
    for handle in ("support", "privacy"):
        grant = await queue_of(house, handle)
        for table in (SupportCase, SupportNote, AuditEvent, Session, AccountAddress):
            assert await visible(grant, table).count() == 0, table
    await happened(house, Entry(house.clock(), "account.see", MARIA, subject=MARIA))
    await tells(maria)
    grant = await queue_of(house, "support")
    rows = await visible(grant, AuditEvent).rows(("subject", "action"))
    assert {row["subject"] for row in rows} == {MARIA} and "account.see" not in {row["action"] for row in rows}
    assert {row["account"] for row in await visible(grant, Session).rows(("account",))} == {MARIA}
    assert {row["account"] for row in await visible(grant, AccountAddress).rows(("account",))} == {MARIA}


@pytest.mark.parametrize("handle", ["self", "helper-full"])
async def test_who_works_here_has_no_case_of_their_own_nor_of_whom_they_know(person, tom, house, handle):
    """The human behind the account of the staff is the patient, or helps her: it is for a colleague."""
    await tells(await person("self"))
    becker, human = fixed_id("account", "support"), fixed_id("account", handle)
    await house.database.rows("UPDATE account SET human = ? WHERE id = ?", human, becker)
    assert "Nothing waits for you." in (await tom.get(CASES)).main
    assert await visible(await queue_of(house, "support"), SupportCase).count() == 0
    helen = await person("privacy")
    assert "This wasn’t me: Maria Delgado" in (await helen.get(CASES)).main


async def test_ones_own_case_at_work_is_for_a_colleague(tom, person):
    page = await tom.get("/account/not-me")
    await tom.submit(page, "It wasn’t me: lock changes")
    assert "Nothing waits for you." in (await tom.get(CASES)).main
    assert "This wasn’t me: Tom Becker" in (await (await person("privacy")).get(CASES)).main


async def test_that_staff_looked_is_told_until_somebody_takes_it(maria, tom):
    await tells(maria)
    page = await case_of(tom)
    await tom.submit(page, "Take it")
    await tom.get(page.url)
    said = titles(await maria.get(HOME))
    assert said[:2] == ["Our support team took on what you told us", "Our support team looked at your sign-ins"]
    assert said.count("Our support team looked at your sign-ins") == 1
