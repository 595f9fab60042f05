"""A member of staff makes the account that the operator gave them their own, works by duty, and is out at the next click."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from access.grant import Changed
from access.vocabulary import Duty
from acts import enrolment, staff
from acts.desk_code import issue_code
from acts.registration import check_code as check_code_of_a_patient
from acts.sign_in import check_password
from identity import authenticators, codes
from identity.steps import Opened, Refused, Step
from jobs.sweeping import end_what_lapsed
from pages.staff import staff_of
from tests.support.logins import ELSEWHERE, a_record, app_code, at, at_the_desk, count, house_on, nobody, sending, viewer_of
from tests.support.staffing import PASSWORD, added, app_on, at_app, at_password, enrolled, operator, signs_in
from tests.test_registration import statements
from tests.test_requests import write

pytestmark = pytest.mark.in_turns

CLINIC = ("Riverbend Family Clinic",)


@pytest.fixture
def bare(database, now):
    return house_on(database, now)


async def step_of(house, now, issued, visitor=None):
    viewer = nobody(now, visitor) if visitor else nobody(now)
    return await enrolment.check_code(house, viewer, issued.username, issued.code)


async def chosen(house, now, step, password=PASSWORD, key="", visitor=None):
    viewer = nobody(now, visitor) if visitor else nobody(now)
    return await enrolment.choose_password(house, viewer, step.token, password, CLINIC, sending(key=key))


async def half(house, now, issued):
    """Up to the third step: the viewer of the half session, and the key of the app."""
    opened = await chosen(house, now, await step_of(house, now, issued))
    viewer = await viewer_of(house, opened.token, now)
    return viewer, (await authenticators.app_setup(house, viewer.account, issued.username, "x")).key


# The code


async def test_a_wrong_a_used_an_ended_and_somebody_else_s_code_get_one_answer_for_the_same_work(bare, now):
    rosa, ben = await added(bare), await added(bare, username="ben")
    later = now + staff.VALID_FOR
    await step_of(bare, now, rosa)
    tries = {
        "nobody's": enrolment.check_code(bare, nobody(now), "rosa.marsh", codes.new_desk_code()),
        "somebody else's": enrolment.check_code(bare, nobody(now), "ben", rosa.code),
        "nonsense": enrolment.check_code(bare, nobody(now), "rosa.marsh", "🦦" * 40),
        "no name": enrolment.check_code(bare, nobody(now), "", rosa.code),
        "ended": enrolment.check_code(at(bare, later), nobody(later), "rosa.marsh", rosa.code),
    }
    work = {name: await statements(bare, one) for name, one in tries.items()}
    await chosen(bare, now, await step_of(bare, now, rosa))
    work["used"] = await statements(bare, step_of(bare, now, rosa))
    assert len({tuple(one) for one in work.values()}) == 1, work
    assert await step_of(bare, now, rosa) == Refused("code")
    assert isinstance(await step_of(bare, now, ben), Step), "an ended try of another code costs this one nothing"


async def test_a_code_ends_at_the_very_second_after_seven_days(bare, now):
    issued = await added(bare)
    end = issued.ends_at
    assert end == now + timedelta(days=7)
    before = end - timedelta(seconds=1)
    assert isinstance(await step_of(at(bare, before), before, issued), Step)
    assert await step_of(at(bare, end), end, issued) == Refused("code")


async def test_codes_are_tried_as_seldom_as_those_of_patients_and_with_them(bare, now):
    issued, chart = await added(bare), await a_record(bare, now)
    theirs = (await issue_code(await at_the_desk(bare, now), chart.ref)).code
    for _ in range(10):
        assert await enrolment.check_code(bare, nobody(now, ELSEWHERE), "ben", issued.code) == Refused("code")
    assert (await step_of(bare, now, issued)).reason == "again", "one code, from anywhere"
    for _ in range(20):
        await enrolment.check_code(bare, nobody(now, ELSEWHERE), "ben", codes.new_desk_code())
    assert (await check_code_of_a_patient(bare, nobody(now, ELSEWHERE), theirs, "1984-03-09")).reason == "again", "one place"


async def test_a_patient_s_code_opens_no_staff_account_and_a_staff_code_no_chart(bare, now):
    issued, chart = await added(bare), await a_record(bare, now)
    theirs = (await issue_code(await at_the_desk(bare, now), chart.ref)).code
    assert await check_code_of_a_patient(bare, nobody(now), issued.code, "1984-03-09") == Refused("code")
    assert await enrolment.check_code(bare, nobody(now), issued.username, theirs) == Refused("code")
    step = await check_code_of_a_patient(bare, nobody(now), theirs, "1984-03-09")
    assert await enrolment.step_grant(bare, nobody(now), step.token) is None


async def test_the_step_is_of_the_browser_that_took_it_and_of_half_an_hour(bare, now):
    step, later = await step_of(bare, now, await added(bare)), now + timedelta(minutes=30)
    assert await enrolment.step_grant(bare, nobody(now), step.token) is not None
    assert await enrolment.step_grant(bare, nobody(now, ELSEWHERE), step.token) is None
    assert await enrolment.step_grant(bare, nobody(later), step.token) is None


async def test_one_code_in_two_browsers_at_once_makes_one_password(bare, now):
    issued = await added(bare)
    steps = [(await step_of(bare, now, issued, visitor), visitor) for visitor in (None, ELSEWHERE)]
    passwords = ("five herons on a jetty", "nine geese in a meadow")
    outcomes = await asyncio.gather(*(
        chosen(bare, now, step, password, visitor=visitor) for (step, visitor), password in zip(steps, passwords, strict=True)
    ))  # fmt: skip
    assert sorted(type(one).__name__ for one in outcomes) == ["Opened", "Refused"] and Refused("gone") in outcomes
    right = passwords[isinstance(outcomes[1], Opened)]
    tried = [await check_password(bare, nobody(now), "staff", issued.username, one) for one in passwords]
    assert [hasattr(one, "token") for one in tried] == [one == right for one in passwords]
    assert await count(bare, "capability", "uses = 1 AND used_by IS NOT NULL") == 1


async def test_a_code_is_used_up_by_the_password_and_not_before(bare, now):
    issued = await added(bare)
    step = await step_of(bare, now, issued)
    for unfit, reason in (("short", "short"), ("rosa.marsh12", "own"), ("qwertyuiopas", "run")):
        assert await chosen(bare, now, step, unfit) == Refused(reason)
    assert isinstance(await chosen(bare, now, step), Opened)
    assert await chosen(bare, now, step) == Refused("gone") and await step_of(bare, now, issued) == Refused("code")


# Until it is whole


async def test_before_the_code_nobody_signs_in_and_after_the_password_alone_nothing_opens(bare, now):
    issued = await added(bare)
    assert (await check_password(bare, nobody(now), "staff", issued.username, PASSWORD)).reason == "pair"
    viewer, key = await half(bare, now, issued)
    assert (viewer.level, viewer.account_state, viewer.duties) == ("half", "enrolling", frozenset())
    assert await enrolment.confirm_app(bare, viewer, "000000") == Refused("wrong")
    assert await count(bare, "session", "level = 'full'") == 0
    done = await enrolment.confirm_app(bare, viewer, app_code(now, key))
    whole = await viewer_of(bare, done.token, now)
    assert (whole.level, whole.kind, whole.duties) == ("full", "staff", {Duty.FRONT_DESK})
    assert whole.idle_seconds == bare.limits.idle_staff < bare.limits.idle
    assert (await viewer_of(bare, done.token, now + timedelta(seconds=bare.limits.idle_staff))).ended == "expired"


async def test_within_a_day_they_go_on_with_their_password_and_after_it_with_a_new_code(bare, now):
    issued = await added(bare)
    begun = now + timedelta(days=6)
    await half(at(bare, begun), begun, issued)
    await end_what_lapsed(at(bare, begun + timedelta(hours=23)))
    for hours, reason in ((23, ""), (24, "late")):
        later = begun + timedelta(hours=hours)
        there = at(bare, later)
        opened = await check_password(there, nobody(later), "staff", issued.username, PASSWORD)
        viewer = await viewer_of(there, opened.token, later)
        key = (await authenticators.app_setup(there, viewer.account, "x", "x")).key
        done = await enrolment.confirm_app(there, viewer, "000000" if not reason else app_code(later, key))
        assert opened.enrolling and done.reason == (reason or "wrong")
    newer = await staff.new_code(operator(there), issued.username)
    assert (await check_password(there, nobody(later), "staff", issued.username, PASSWORD)).reason == "pair"
    viewer, key = await half(there, later, newer)
    assert isinstance(await enrolment.confirm_app(there, viewer, app_code(later, key)), Opened)


async def test_what_is_done_is_written_down_as_the_operator_s_or_their_own(bare, now):
    viewer, key = await half(bare, now, await added(bare))
    await enrolment.confirm_app(bare, viewer, app_code(now, key))
    rows = await bare.database.rows("SELECT action, actor, subject FROM audit_event WHERE subject = ? ORDER BY seq", viewer.account)
    assert [(row["action"], row["actor"]) for row in rows] == [
        ("system.staff_add", None), ("staff.code_check", None), ("staff.enroll", viewer.account),
        ("staff.confirm_app", viewer.account),
    ]  # fmt: skip


async def test_an_account_that_is_disabled_on_the_way_is_not_made_whole(bare, now):
    issued = await added(bare)
    step = await step_of(bare, now, issued)
    await staff.disable(operator(bare), issued.username)
    assert await chosen(bare, now, step) == Refused("gone") and await step_of(bare, now, issued) == Refused("code")
    await staff.enable(operator(bare), issued.username)
    assert await step_of(bare, now, issued) == Refused("code"), "enabling brings no code back"
    viewer, key = await half(bare, now, await staff.new_code(operator(bare), issued.username))
    await staff.disable(operator(bare), issued.username)
    with pytest.raises(Changed):
        await enrolment.confirm_app(bare, viewer, app_code(now, key))
    assert await count(bare, "session", "level = 'full'") == 0


# At the screen


@pytest.fixture
async def rosa(client, house):
    """A new member of the care team, at her own browser, who has set up her app."""
    page, client.app = await enrolled(client, await added(house, Duty.CLINICIAN))
    assert page.url == "/staff/requests"
    return client


async def test_every_step_says_where_it_stands_and_leads_on(client, house):
    issued = await added(house)
    page = await client.get("/staff/register")
    assert page.h1.startswith("Step 1 of 3") and (await client.get("/staff/sign-in")).link("Set up your account") == "/staff/register"
    wrong = await client.submit(page, 0, username="rosa.marsh", code="0000-0000-0000-0000")
    assert wrong.status == 422 and wrong.errors == ["Check the user name and the code. They do not go together"]
    empty = await client.submit(page, 0)
    assert len(empty.errors) == 2
    page = await at_password(client, issued)
    assert page.h1.startswith("Step 2 of 3") and issued.code not in page.html and issued.code not in page.url
    unfit = await client.submit(page, "/staff/register/password", password="abcabcabcabc")
    assert unfit.status == 422 and "again and again" in unfit.errors[0]
    page = await client.submit(unfit, "/staff/register/password", password=PASSWORD)
    assert page.h1.startswith("Step 3 of 3") and len(page.tree.all("svg")) == 1
    app = app_on(page)
    wrong = await client.submit(page, "/staff/register/authenticator", code="12 34")
    assert wrong.status == 422 and app_on(wrong).secret == app.secret
    page = await client.submit(wrong, "/staff/register/authenticator", code=app.code())
    assert page.url == "/staff" and page.h1 == "Find a patient"
    assert (await client.submit(page, "Sign out")).url.startswith("/staff/sign-in")
    assert (await signs_in(client, "rosa.marsh", app)).url == "/staff"


async def test_the_step_over_says_how_to_go_on(client, another_client, house):
    issued = await added(house)
    first = await at_password(client, issued)
    await at_app(another_client, issued)
    gone = await client.submit(first, "/staff/register/password", password=PASSWORD)
    assert gone.status == 404 and gone.link("You chose a password already?") == "/staff/sign-in"
    assert (await another_client.get(first.url)).status == 404


async def test_half_a_session_reaches_its_next_step_and_nothing_else(client, house):
    await at_app(client, await added(house))
    for address in ("/staff", "/staff/requests", "/register/authenticator", "/staff/sign-in/code", "/records", "/account/security"):
        page = await client.arrive(await client.get(address))
        assert page.url == "/staff/register/authenticator" or page.url.startswith("/staff/sign-in?"), address
    page = await client.submit(await client.get("/staff/sign-in"), 0, username="rosa.marsh", password=PASSWORD)
    assert page.url == "/staff/register/authenticator", "whoever stopped goes on here"


async def test_the_day_over_is_said_with_whom_to_ask(client, house):
    page = await at_app(client, await added(house))
    await house.database.rows("UPDATE password SET set_at = ?", datetime.now(UTC) - timedelta(hours=25))
    late = await client.submit(page, "/staff/register/authenticator", code=app_on(page).code())
    assert late.status == 422 and "Ask whoever made your account" in late.main and "Key:" not in late.main


async def test_they_see_what_their_duty_gives_and_nothing_else(rosa, cast):
    seen = {path: (await rosa.get(f"/staff/{path}")).status for path in ("requests", "letters", "bills", "hours", "appointments")}
    assert seen == {"requests": 200, "letters": 403, "bills": 403, "hours": 403, "appointments": 403}
    assert (await rosa.get(f"/records/{cast['self'].record}")).status == 404, "no staff session opens a record of patients"
    assert (await rosa.get(f"/bills/{'A' * 22}")).status == 404


async def test_a_patient_s_session_opens_no_page_of_the_staff_and_is_not_replaced_by_looking(person):
    maria = await person("self")
    for address in ("/staff", "/staff/requests", "/staff/letters", "/staff/bills"):
        assert (await maria.get(address)).status == 404, address
    assert (await maria.get("/staff/register")).status == 200 and (await maria.get("/records")).status == 200


async def test_disabled_they_are_out_at_the_next_click_with_a_form_half_sent_and_come_back_by_signing_in_anew(rosa, person, house, cast):
    maria = await person("self")
    message = await write(maria, cast, "May I swim in the river?")
    queue = await rosa.get("/staff/requests")
    item = await rosa.submit(await rosa.follow(queue, "Message from Maria Delgado"), "Take it")
    before = rosa.cookies["s"]
    await staff.disable(operator(house), "rosa.marsh")
    out = await rosa.send(item, "Send the answer", words="Yes, from the bank only.")
    assert out.status == 303 and out.headers["location"].startswith("/staff/sign-in?") and "ended=again" in out.headers["location"]
    assert "You are not signed in any more." in (await rosa.arrive(out)).main
    for address in ("/staff", item.url, "/account/security"):
        assert (await rosa.arrive(await rosa.get(address))).url.startswith("/staff/sign-in"), address
    assert await count(house, "parked_form") == 0, "nothing is kept of a session that was ended on purpose"
    page = await rosa.submit(await rosa.get("/staff/sign-in"), 0, username="rosa.marsh", password=PASSWORD)
    assert page.status == 422 and page.errors == ["Check your user name and password. They do not go together"]
    await staff.enable(operator(house), "rosa.marsh")
    assert rosa.cookies["s"] == before
    assert (await rosa.arrive(await rosa.get("/staff/requests"))).url.startswith("/staff/sign-in"), "no session comes back"
    page = await signs_in(rosa, "rosa.marsh", rosa.app)
    assert page.url == "/staff/requests" and "from the bank" not in (await rosa.get(item.url)).html
    assert "from the bank" not in (await maria.get(message.url)).html


async def test_a_duty_that_is_taken_away_is_403_at_the_next_click_and_what_was_typed_is_given_back(rosa, person, house, cast):
    maria = await person("self")
    await write(maria, cast, "May I swim in the river?")
    item = await rosa.submit(await rosa.follow(await rosa.get("/staff/requests"), "Message from Maria Delgado"), "Take it")
    await staff.end_duty(operator(house), "rosa.marsh", Duty.CLINICIAN, [None])
    late = await rosa.send(item, "Send the answer", words="Yes, from the bank only.")
    assert late.status == 403 and "not part of your duties" in late.main and "Yes, from the bank only." in late.html
    for address in ("/staff", "/staff/requests", item.url):
        assert (await rosa.get(address)).status == 403, address
    await staff.give_duty(operator(house), "rosa.marsh", Duty.BILLING, [None])
    assert (await rosa.get("/staff/bills")).status == 200 and (await rosa.get("/staff/requests")).status == 200


async def test_an_act_begun_a_moment_before_its_doer_was_disabled_is_not_done(bare, now):
    chart, grant = await a_record(bare, now), await at_the_desk(bare, now)
    rows = await bare.database.rows("SELECT username FROM account WHERE id = ?", grant.account)
    await staff.disable(operator(bare), rows[0]["username"])
    with pytest.raises(Changed):
        await issue_code(grant, chart.ref)
    assert await count(bare, "capability") == 0


async def test_the_list_says_when_they_were_last_here_and_still_does_when_their_sessions_are_swept(rosa, house):
    async def listed():
        return next(one for one in await staff_of(house) if one.username == "rosa.marsh")

    known, since = await listed(), house.clock() - timedelta(minutes=1)
    assert (known.state, known.duties, known.code_until) == ("active", (("clinician", ""),), None) and known.seen_at > since
    await house.database.rows("DELETE FROM session WHERE account = (SELECT id FROM account WHERE username = 'rosa.marsh')")
    assert (await listed()).seen_at > since
    waits = await added(house, username="ben")
    assert next(one.code_until for one in await staff_of(house) if one.username == "ben") == waits.ends_at


async def test_the_idle_limit_of_staff_is_the_short_one(rosa, house):
    rows = await house.database.rows("SELECT idle_seconds FROM session WHERE level = 'full' AND account = (SELECT id FROM account WHERE username = 'rosa.marsh')")
    assert [row["idle_seconds"] for row in rows] == [house.limits.idle_staff] and house.limits.idle_staff < house.limits.idle
    for seconds, there in ((house.limits.idle_staff - 30, "/staff/requests"), (house.limits.idle_staff + 1, "/staff/sign-in")):
        await house.database.rows("UPDATE session SET last_seen_at = ?", house.clock() - timedelta(seconds=seconds))
        assert (await rosa.arrive(await rosa.get("/staff/requests"))).url.partition("?")[0] == there
