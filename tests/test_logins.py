"""A patient's sign-in on the staff's side: what is seen, what is done about it, who is told, and what is not theirs."""

from __future__ import annotations

import asyncio
import dataclasses

import pytest

from access.opening import open_queue
from access.vocabulary import Duty
from acts import logins as acts
from acts import recovery
from acts.sign_in import NotSignedIn, SignedIn, check_password
from identity.codes import read_letter
from identity.sessions import open_session
from tables.base import new_id, new_ref
from tests.support.client import client_of
from tests.support.logins import PASSWORD, VISITOR, a_record, an_account, at, count, house_on, nobody, sending, signed_in, viewer_of
from tests.support.recovering import CODE, NEW, ask, desk_code, everything_anew, letters, wait, work
from tests.test_recovery import DAY, begun, confirmed, finish, maria, reset_link, set_anew  # noqa: F401 -- a fixture
from tests.test_security import stale

pytestmark = pytest.mark.in_turns


@pytest.fixture
def house(database, now):
    return house_on(database, now)


async def at_work(house, duty="frontdesk", site=None):
    account = await an_account(house, house.clock(), f"{duty}-{new_id().hex[-8:]}", kind="staff", duty=duty)
    await house.database.rows("UPDATE staff_duty SET site = ? WHERE account = ?", site, account)
    viewer = await signed_in(house, account, "staff", house.clock())
    return await open_queue(house, viewer, Duty(duty))


async def chart_of(house, account):
    rows = await house.database.rows(
        "SELECT r.ref, r.id FROM share s JOIN record r ON r.id = s.record WHERE s.account = ?", account
    )
    return rows[0]


async def begin(house, account, grant=None):
    """The code of the desk's paper."""
    grant, ref = grant or await at_work(house), (await chart_of(house, account))["ref"]
    begun_now = await acts.begin_recovery(grant, ref, "passport", sending("/staff"))
    return read_letter(house, grant.account, ref, begun_now.outcome.rpartition("=")[2], house.clock())


async def state_of(house, account):
    return (await house.database.rows("SELECT state FROM account WHERE id = ?", account))[0]["state"]


# A recovery in person


async def test_a_code_of_the_desk_waits_works_once_and_replaces_everything(house, maria, now):  # noqa: F811
    code = await begin(house, maria)
    assert CODE.fullmatch(code)
    assert await recovery.check_code(house, nobody(now), code, "1984-03-09") == recovery.Refused("code")
    later = at(house, now + DAY)
    assert isinstance(await finish(later, nobody(later.clock()), code, "1984-03-09"), recovery.Opened)
    assert await finish(later, nobody(later.clock()), code, "1984-03-09") == recovery.Refused("code")
    kept = await house.database.rows("SELECT proof, state, started_by, secret FROM recovery")
    assert [(row["proof"], row["state"], row["secret"]) for row in kept] == [("passport", "done", None)] and kept[0]["started_by"]


async def test_without_a_waiting_time_it_works_at_once(house, maria, now):  # noqa: F811
    quick = dataclasses.replace(house, limits=dataclasses.replace(house.limits, recovery_wait=0))
    code = await begin(quick, maria)
    assert isinstance(await finish(quick, nobody(now), code, "1984-03-09"), recovery.Opened)


async def test_a_second_code_ends_the_first_and_one_that_its_owner_began(house, maria, now):  # noqa: F811
    await begun(house, maria)
    first, second = await begin(house, maria), await begin(house, maria)
    later = at(house, now + DAY)
    assert await finish(later, nobody(later.clock()), first, "1984-03-09") == recovery.Refused("code")
    assert isinstance(await finish(later, nobody(later.clock()), second, "1984-03-09"), recovery.Opened)
    assert await letters(later, "account.recovery_code") == []


async def test_of_codes_begun_at_once_one_works(house, maria, now):  # noqa: F811
    codes = await asyncio.gather(*(begin(house, maria) for _ in range(4)))
    later = at(house, now + DAY)
    steps = [await recovery.check_code(later, nobody(later.clock()), code, "1984-03-09") for code in codes]
    assert sum(isinstance(step, recovery.Step) for step in steps) == 1


async def test_the_old_password_signs_in_until_the_new_app_is_confirmed(house, maria, now):  # noqa: F811
    code = await begin(house, maria)
    later = at(house, now + DAY)
    step = await recovery.check_code(later, nobody(later.clock()), code, "1984-03-09")
    assert await recovery.choose_password(later, nobody(later.clock()), step.token, NEW, (), sending("/x"), "/y") is None
    assert isinstance(await check_password(later, nobody(later.clock()), "personal", "maria", PASSWORD), SignedIn)
    assert not isinstance(await check_password(later, nobody(later.clock()), "personal", "maria", NEW), SignedIn)


async def test_the_app_cannot_be_confirmed_before_a_password_was_chosen(house, maria, now):  # noqa: F811
    code = await begin(house, maria)
    later = at(house, now + DAY)
    step = await recovery.check_code(later, nobody(later.clock()), code, "1984-03-09")
    assert await confirmed(later, nobody(later.clock()), step.token, "recovery") == recovery.Refused("gone")


# Other sites, and what was not as it seemed


DOINGS = {
    "recover": lambda grant, ref: acts.begin_recovery(grant, ref, "passport", sending("/s")),
    "stop": lambda grant, ref: acts.stop_recovery(grant, ref, sending("/s"), "/x"),
    "sessions": lambda grant, ref: acts.end_sessions(grant, ref, sending("/s"), "/x"),
    "freeze": lambda grant, ref: acts.freeze(grant, ref, "asked", sending("/s"), "/x"),
    "unfreeze": lambda grant, ref: acts.unfreeze(grant, ref, sending("/s"), "/x"),
}


@pytest.mark.parametrize("duty", ["frontdesk", "support"])
@pytest.mark.parametrize("doing", DOINGS)
async def test_nothing_is_done_about_somebody_of_another_site_or_of_none(house, maria, duty, doing):  # noqa: F811
    here, elsewhere = new_id(), new_id()
    for site in (here, elsewhere):
        await house.database.rows(
            "INSERT INTO clinic_site (id, ref, name, zone, phone, active) VALUES (?, ?, 'East', 'UTC', '', ?)", site, new_ref(), True
        )
    chart = await chart_of(house, maria)
    await house.database.rows("UPDATE record SET site = ? WHERE id = ?", elsewhere, chart["id"])
    grant = await at_work(house, duty, here)
    for ref in (chart["ref"], new_ref()):
        with pytest.raises(LookupError):
            await DOINGS[doing](grant, ref)
    assert await count(house, "outbox") == 0 and await state_of(house, maria) == "active"
    await house.database.rows("UPDATE record SET site = ? WHERE id = ?", here, chart["id"])
    if doing not in ("stop", "unfreeze"):
        await DOINGS[doing](await at_work(house, duty, here), chart["ref"])


@pytest.mark.parametrize("doing", DOINGS)
async def test_nothing_is_done_to_who_has_no_login(house, now, doing):
    chart = await a_record(house, now)
    with pytest.raises(acts.NotNow):
        await DOINGS[doing](await at_work(house), chart.ref)
    assert await count(house, "outbox") == 0 and await count(house, "used_key") == 0


async def test_of_six_who_freeze_at_once_one_does_and_every_address_is_told_once(house, maria):  # noqa: F811
    chart = await chart_of(house, maria)
    grants = [await at_work(house) for _ in range(6)]
    done = await asyncio.gather(*(DOINGS["freeze"](grant, chart["ref"]) for grant in grants), return_exceptions=True)
    assert [type(one) for one in done].count(acts.NotNow) == 5
    assert await count(house, "outbox", "event = 'account.frozen'") == 3 and await state_of(house, maria) == "frozen"


# Frozen


async def test_a_frozen_account_is_not_there_whatever_somebody_holds(house, maria, now):  # noqa: F811
    link, code = await reset_link(house), await begin(house, maria)
    async with house.database.transaction():
        token = await open_session(house, maria, "personal", VISITOR, now, level="full", proven_at=now)
    chart = await chart_of(house, maria)
    await DOINGS["freeze"](await at_work(house), chart["ref"])
    later = at(house, now + DAY)
    assert (await viewer_of(house, token, now)).level == "none"
    right = await check_password(house, nobody(now), "personal", "maria", PASSWORD)
    wrong = await check_password(house, nobody(now), "personal", "nobody-here", PASSWORD)
    assert isinstance(right, NotSignedIn) and (right.reason, right.again_at) == (wrong.reason, wrong.again_at)
    assert (await set_anew(house, link)).reason == "gone"
    assert await finish(later, nobody(later.clock()), code, "1984-03-09") == recovery.Refused("code")
    with pytest.raises(acts.NotNow):
        await begin(house, maria)


async def test_an_account_that_is_open_again_signs_in_as_before_and_with_no_old_session(house, maria, now):  # noqa: F811
    chart = await chart_of(house, maria)
    grant = await at_work(house, "support")
    await DOINGS["freeze"](grant, chart["ref"])
    async with house.database.transaction():
        await open_session(house, maria, "personal", VISITOR, now, level="full", proven_at=now)
    await DOINGS["unfreeze"](await at_work(house, "support"), chart["ref"])
    assert await count(house, "session", "account = ? AND revoked_at IS NULL", maria) == 0
    assert isinstance(await check_password(house, nobody(now), "personal", "maria", PASSWORD), SignedIn)
    assert await count(house, "outbox", "event = 'account.unfrozen'") == 3
    assert await count(house, "account", "frozen_at IS NOT NULL OR frozen_for <> ''") == 0


async def test_what_freezing_ended_does_not_come_back_when_it_is_over(house, maria, now):  # noqa: F811
    link, code, chart = await reset_link(house), await begin(house, maria), await chart_of(house, maria)
    async with house.database.transaction():
        await open_session(house, maria, "personal", VISITOR, now, level="full", proven_at=now)
    await DOINGS["freeze"](await at_work(house), chart["ref"])
    assert await count(house, "session", "account = ? AND revoked_at IS NULL", maria) == 0
    await DOINGS["unfreeze"](await at_work(house), chart["ref"])
    later = at(house, now + DAY)
    assert (await set_anew(house, link)).reason == "gone"
    assert await finish(later, nobody(later.clock()), code, "1984-03-09") == recovery.Refused("code")
    assert await count(house, "recovery", "secret IS NOT NULL OR stop_secret IS NOT NULL") == 0


# The pages


async def test_every_form_of_staff_asks_for_a_fresh_factor(person, opened, cast):
    desk, record = await person("frontdesk"), cast["self"].record
    at_login = f"/staff/records/{record}/login"
    page, freezing = await desk.get(at_login), await desk.get(f"{at_login}/freeze")
    await stale(opened.house.database)
    for shown, which, answers in ((page, "Sign out all their browsers", {}), (freezing, 0, {"reason": "asked"})):
        answer = await desk.send(shown, which, **answers)
        assert answer.status == 303 and answer.headers["location"].startswith("/account/prove")
    for path in ("/recovery", "/freeze"):
        assert (await desk.get(at_login + path)).headers["location"].startswith("/account/prove")
    assert (await desk.get(at_login)).status == 200
    assert await state_of(opened.house, (await opened.house.database.rows("SELECT id FROM account WHERE username = ?", cast["self"].username))[0]["id"]) == "active"


async def test_the_patient_reads_who_did_what_about_their_sign_in(person, opened, cast):
    desk, record = await person("support"), cast["self"].record
    await desk_code(desk, record)
    page = await desk.get(f"/staff/records/{record}/login")
    page = await desk.submit(page, "Stop the recovery that is under way")
    page = await desk.submit(page, "Sign out all their browsers")
    page = await desk.submit(await desk.follow(page, "Freeze the account"), 0, reason="lost")
    assert "Frozen: nobody can sign in" in page.main and "A phone or computer was lost or stolen" in page.main
    await desk.submit(page, "Open the account again")
    maria = await person("self")  # noqa: F811
    said = (await maria.get(f"/records/{record}/activity")).main
    for words in ("opened the page about how the owner signs in", "began a way back into the account", "stopped a way back into the account",
                  "signed out all browsers", "froze the account", "opened the account again"):
        assert words in said.lower() or words.capitalize() in said, words
    told = await opened.house.database.rows("SELECT DISTINCT event FROM outbox WHERE event LIKE 'account.%'")
    assert {row["event"] for row in told} >= {
        "account.recovery_started", "account.recovery_stopped", "account.sessions_ended", "account.frozen", "account.unfrozen"
    }


async def test_the_code_is_shown_to_who_made_it_alone_and_not_for_long(person, opened, cast):
    desk, other, record = await person("frontdesk"), await person("support"), cast["self"].record
    page = await desk.submit(await desk.get(f"/staff/records/{record}/login/recovery"), 0, proof="licence")
    assert CODE.search(page.main) and (await desk.get(page.url)).status == 200
    assert not CODE.search((await other.get(page.url)).main)
    wait(opened, minutes=16)
    assert not CODE.search((await desk.get(page.url)).text)


async def test_support_finds_a_patient_and_comes_to_how_they_sign_in(person, opened, cast):
    support = await person("support")
    chart = (await opened.house.database.rows("SELECT birth_text, number, name FROM record WHERE ref = ?", cast["self"].record))[0]
    year, month, day = chart["birth_text"].split("-")
    found = await support.submit(await support.get("/staff"), "/staff", born_month=month, born_day=day, born_year=year, name="", number=chart["number"])
    page = await support.follow(found, chart["name"])
    assert page.status == 200 and page.h1 == f"How {chart['name']} signs in"


async def test_a_choice_that_is_missing_is_asked_for_where_it_stands(person, cast):
    desk, record = await person("frontdesk"), cast["self"].record
    for path, words in (("recovery", "Choose what you looked at"), ("freeze", "Choose why")):
        page = await desk.submit(await desk.get(f"/staff/records/{record}/login/{path}"), 0)
        assert page.status == 422 and page.errors == [words]


async def test_whoever_is_signed_in_sees_what_is_under_way_and_stops_it(person, opened, cast):
    desk, maria = await person("frontdesk"), await person("self")  # noqa: F811
    code = await desk_code(desk, cast["self"].record)
    page = await maria.get("/account/security")
    assert "Somebody asked to get back into your account" in page.main
    page = await maria.submit(page, "Stop it")
    assert "It is stopped" in page.main and "Somebody asked" not in page.main
    wait(opened, hours=25)
    async with client_of(opened.app) as nobody_yet:
        page = await everything_anew(nobody_yet, code, ("1", "2", "1980"))
        assert page.status == 422


async def test_a_patient_who_is_frozen_gets_the_answer_of_a_wrong_pair_and_of_a_name_nobody_has(person, client, opened, cast):
    desk, maria = await person("frontdesk"), await person("self")  # noqa: F811
    await desk.submit(await desk.get(f"/staff/records/{cast['self'].record}/login/freeze"), 0, reason="doubt")
    assert (await maria.get("/records")).headers["location"].startswith("/sign-in")
    answers = []
    for name in (cast["self"].username, "nobody-has-this"):
        page = await client.submit(await client.get("/sign-in"), 0, username=name, password=cast["self"].password)
        answers.append((page.status, page.main.replace(name, ""), page.errors))
    assert answers[0] == answers[1]
    for what, typed in (("password", {"username": cast["self"].username}), ("username", {"email": "x@example.org"})):
        assert (await ask(client, what, **typed)).url == f"/recover/{what}?done=sent"
    await work(opened.house)
    assert await count(opened.house, "outbox", "event IN ('account.reset_asked', 'account.username_asked')") == 0


async def test_staff_at_half_a_session_are_sent_to_their_own_door(client, cast):
    page = await client.submit(await client.get("/staff/sign-in"), 0, username=cast["frontdesk"].username, password=cast["frontdesk"].password)
    assert page.url == "/staff/sign-in/code"
    assert (await client.get("/recover/factor")).headers["location"] == "/staff/sign-in/code"
    assert (await client.get("/recover/factor/code")).headers["location"] == "/staff/sign-in/code"
