"""A new password: who may set it, what is said of it, and whom it signs out."""

import asyncio
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest

from access.grant import Changed
from access.opening import open_account
from acts import password as acts
from handlers.form_layer import Fields
from handlers.keys import sending_of
from identity.sessions import find_viewer, open_session, token_hash
from tables.database import Database
from tests.support.axe import axe_problems
from tests.support.browser import opened_page, overflows
from tests.support.logins import ELSEWHERE, PASSWORD, VISITOR, an_account, count, house_on, sending, signed_in, viewer_of
from tests.support.owners import cookie_of
from tests.support.signing_in import door
from tests.test_security import stale
from tests.test_signed_in_again import over

pytestmark = pytest.mark.in_turns

NEW = "seven quiet herons at noon"
WRONG = "five badgers in a boat"
PAGE, DONE = "/account/password", "/account/security?done=password"
BUTTON = "Change your password"


@pytest.fixture
async def maria(person):
    return await person("self")


async def change(client, present, new=NEW, **more):
    return await client.submit(await client.get(PAGE), BUTTON, password=present, new_password=new, **more)


async def opens(client, member, password):
    """Whether the door asks for the second factor, which it does of the right password alone."""
    page = await client.submit(await client.get(door(member)), 0, username=member.username, password=password)
    return urlsplit(page.url).path.endswith("/code")


def shown_nowhere(client, *passwords):
    return not any(word in seen.html or word in str(seen.headers) for seen in client.seen for word in passwords)


@pytest.mark.parametrize("handle", ["self", "frontdesk"])
async def test_patients_and_staff_change_it_in_their_own_frame_and_sign_in_with_the_new_one_alone(person, another_client, cast, handle):
    member, somebody = cast[handle], await person(handle)
    page = await somebody.follow(await somebody.get("/account/security"), BUTTON)
    assert page.url == PAGE and page.h1 == BUTTON and ('class="staff"' in page.html) == (handle == "frontdesk")
    page = await somebody.submit(page, BUTTON, password=member.password, new_password=NEW)
    assert page.url == DONE and "Your password is changed. All other browsers were signed out." in page.main
    assert not await opens(another_client, member, member.password) and await opens(another_client, member, NEW)
    assert shown_nowhere(somebody, NEW, member.password)


async def test_the_fields_say_to_a_password_manager_which_is_which(maria):
    fields = {one.get("name"): one for one in (await maria.get(PAGE)).tree.all("input")}
    assert [fields[name].get("autocomplete") for name in ("password", "new_password")] == ["current-password", "new-password"]
    assert {fields[name].get("type") for name in ("password", "new_password")} == {"password"}


async def test_other_browsers_are_out_at_the_next_click_and_this_one_stays_until_its_own_end(maria, person, cast, house):
    other, stranger = await person("self"), await person("stranger")
    before = maria.cookies["s"]
    await house.database.rows("UPDATE session SET ends_at = ? WHERE token = ?", house.clock() + timedelta(hours=3), token_hash(before))
    await change(maria, cast["self"].password)
    here = maria.cookies.get("s", domain="localhost.local")
    ends = "SELECT ends_at, proven_at, end_reason FROM session WHERE token = ?"
    old, new = [(await house.database.rows(ends, token_hash(token)))[0] for token in (before, here)]
    assert before != here and (old["end_reason"], new["end_reason"]) == ("replaced", "")
    assert (old["ends_at"], old["proven_at"]) == (new["ends_at"], new["proven_at"])
    assert (await maria.get("/records")).status == 200
    assert (await other.get("/records")).headers["location"].startswith("/sign-in?")
    assert "use the new one" in (await other.arrive(await other.get("/records"))).main
    assert (await stranger.get("/records")).status == 200


SAID = {
    "": "Choose a new password",
    "eleven char": "Use 12 letters, numbers or signs, or more",
    "x y" * 50: "Use 128 letters, numbers or signs at most",
    "Password1234": "on the list of passwords that are tried first",
    "Maria-Delgado-1": "mostly your own name, your birth date, or ours",
    "RiverbendClinic!": "mostly your own name, your birth date, or ours",
    "abcabcabcabcabc": "says the same thing again and again",
    "qwertyuiopasdf": "follows the keyboard or the alphabet",
}


async def test_each_rule_is_said_at_the_new_one_and_costs_no_try(maria, cast, house):
    rules = SAID | {cast["self"].password: "This is the password you have now"}
    for new, words in rules.items():
        page = await change(maria, cast["self"].password, new)
        assert page.status == 422 and page.title.startswith("Error: "), new
        assert len(page.errors) == 1 and words in page.errors[0] and 'href="#new_password"' in page.html, (new, page.errors)
    assert await count(house, "rate_bucket", "name LIKE 'sign-in:%'") == 0
    assert shown_nowhere(maria, *(new for new in rules if new))


async def test_a_member_of_staff_may_not_use_their_own_name_either(person, cast):
    desk, member = await person("frontdesk"), cast["frontdesk"]
    page = await change(desk, member.password, f"{member.name} {member.name}")
    assert page.status == 422 and "mostly your own name" in page.errors[0]


async def test_both_are_asked_for(maria):
    page = await change(maria, "", "")
    assert page.status == 422 and page.errors == ["Enter the password you have now", "Choose a new password"]


async def test_a_wrong_present_one_is_said_at_its_field_and_written_down(maria, another_client, cast, house):
    page = await change(maria, WRONG)
    assert page.status == 422 and page.errors == ["Check the password you have now. This is not it"]
    assert 'href="#password"' in page.html and shown_nowhere(maria, WRONG, NEW)
    told = await house.database.rows("SELECT decision, reason FROM audit_event WHERE action = 'account.change_password'")
    assert told == [{"decision": "refused", "reason": "pair"}]
    assert await opens(another_client, cast["self"], cast["self"].password)


async def test_wrong_ones_count_like_those_at_the_door_and_the_eleventh_says_until_when(maria, another_client, cast):
    page = await maria.get(PAGE)
    for _ in range(10):
        answer = await maria.send(page, BUTTON, password=WRONG, new_password=NEW)
    answer = await maria.send(page, BUTTON, password=cast["self"].password, new_password=NEW)
    assert answer.status == 422 and "There were too many tries. Nothing is locked. Try again at" in answer.errors[0]
    assert any(sign.isdigit() for sign in answer.errors[0])
    member = cast["self"]
    at_the_door = await another_client.submit(await another_client.get("/sign-in"), 0, username=member.username, password=member.password)
    assert at_the_door.status == 429


async def test_a_right_one_gives_its_try_back(maria, cast, house):
    await change(maria, WRONG)
    await change(maria, cast["self"].password)
    rows = await house.database.rows("SELECT name, count FROM rate_bucket WHERE name LIKE 'sign-in:name:%'")
    assert [row["count"] for row in rows] == [1]


@pytest.mark.parametrize("present", [PASSWORD, WRONG, ""])
async def test_right_and_wrong_take_one_hash_of_a_stored_one(house_of_ours, now, monkeypatch, present):
    house, grant = house_of_ours
    hashed = []
    ours = type(acts.passwords.hasher(house.limits))
    verify = ours.verify
    monkeypatch.setattr(ours, "verify", lambda self, stored, word: hashed.append(stored) or verify(self, stored, word))
    await acts.change_password(grant, present, NEW, (), sending(), DONE)
    assert len(hashed) == 1 and hashed[0].startswith("$argon2id$")


@pytest.fixture
async def house_of_ours(database, now):
    house = house_on(database, now)
    viewer = await signed_in(house, await an_account(house, now, "nora"), "personal", now)
    return house, open_account(house, viewer)


async def test_every_address_is_told_in_plain_words_and_of_every_change(maria, client, cast, house):
    addresses = await house.database.rows(
        "SELECT d.value FROM account_address d JOIN account a ON a.id = d.account WHERE a.username = ? AND d.confirmed_at"
        " IS NOT NULL AND d.ended_at IS NULL", cast["self"].username,
    )
    await change(maria, cast["self"].password)
    await change(maria, NEW, PASSWORD)
    told = await house.database.rows("SELECT address FROM outbox WHERE event = 'account.password_changed' ORDER BY address")
    assert addresses and [row["address"] for row in told] == sorted(row["value"] for row in addresses for _ in range(2))
    page = await client.get("/demo/outbox")
    assert "Your password was changed" in page.main and "If it was not you, call us at" in page.main
    assert "The password of your account was changed on" in page.main and shown_nowhere(client, NEW, PASSWORD)


async def test_whoever_has_no_address_gets_a_letter(person, cast, house):
    desk = await person("frontdesk")
    await house.database.rows("UPDATE account_address SET ended_at = ?", house.clock())
    await change(desk, cast["frontdesk"].password)
    assert await count(house, "outbox", "event = 'account.password_changed' AND channel = 'print'") == 1


async def test_it_is_written_down_with_the_browsers_that_it_ended(maria, person, cast, house):
    await person("self")
    await change(maria, cast["self"].password)
    told = await house.database.rows("SELECT decision, objects FROM audit_event WHERE action = 'account.change_password'")
    assert [row["decision"] for row in told] == ["allowed"] and "Session" in told[0]["objects"]


async def test_a_form_sent_again_with_another_new_one_is_asked_about_and_shows_neither(maria, another_client, cast):
    page = await maria.get(PAGE)
    await maria.send(page, BUTTON, password=cast["self"].password, new_password=NEW)
    answer = await maria.send(page, BUTTON, password=cast["self"].password, new_password=PASSWORD)
    assert answer.status == 422 and "already" in answer.h1 and shown_nowhere(maria, NEW, PASSWORD, cast["self"].password)
    assert await opens(another_client, cast["self"], NEW)


async def test_whoever_lost_the_answer_is_told_at_the_door_that_it_came_in(maria, cast):
    page, before = await maria.get(PAGE), maria.cookies["s"]
    for _ in range(2):
        maria.cookies.clear()
        maria.cookies.set("s", before)
        answer = await maria.send(page, BUTTON, password=cast["self"].password, new_password=NEW)
    where = urlsplit(answer.headers["location"])
    assert where.path == "/sign-in" and parse_qs(where.query) == {"next": [DONE], "ended": ["done"]}
    said = (await maria.arrive(answer)).main
    assert "What you sent came in." in said and "use the new one" in said and "nothing was pressed" not in said


async def test_a_replaced_session_does_nothing_more_but_know_its_own_form_again(maria, cast, house):
    page, preferences, before = await maria.get(PAGE), await maria.get("/account/preferences"), maria.cookies["s"]
    await maria.send(page, BUTTON, password=cast["self"].password, new_password=NEW)
    maria.cookies.clear()
    maria.cookies.set("s", before)
    for answer in (await maria.send(preferences, "/account/preferences", called="Mia"), await maria.get("/account/security")):
        assert answer.status == 303 and answer.headers["location"].startswith("/sign-in?")
    assert await count(house, "parked_form") == 0 and await count(house, "account", "called = 'Mia'") == 0


async def test_when_the_time_is_over_what_was_typed_is_kept_nowhere(maria, cast, house):
    page = await maria.get(PAGE)
    await over(house)
    answer = await maria.send(page, BUTTON, password=cast["self"].password, new_password=NEW)
    assert parse_qs(urlsplit(answer.headers["location"]).query) == {"next": [PAGE], "ended": ["yes"]}
    assert await count(house, "parked_form") == 0 and await count(house, "used_key") == 0
    assert await count(house, "outbox", "event = 'account.password_changed'") == 0 and shown_nowhere(maria, NEW, cast["self"].password)


async def test_who_stays_signed_in_meanwhile_has_nothing_kept_of_it(maria, cast, house):
    page = await maria.get(PAGE)
    fields = {one.get("name"): one.get("value") for one in page.tree.all("input") if one.get("name") == "csrf"}
    await maria.post("/stay", fields | {"password": WRONG, "new_password": NEW, "next": PAGE, "form_key": "k"})
    assert await count(house, "parked_form") == 0


async def test_a_stale_proof_is_asked_for_anew_and_leads_back_to_the_form(maria, cast, house, another_client):
    member, page = cast["self"], await maria.get(PAGE)
    await stale(house.database)
    answer = await maria.send(page, BUTTON, password=member.password, new_password=NEW)
    assert answer.headers["location"] == "/account/prove?next=%2Faccount%2Fpassword"
    assert (await maria.get(PAGE)).headers["location"] == answer.headers["location"]
    assert await count(house, "parked_form") == 0 and await opens(another_client, member, member.password)
    prove = await maria.arrive(answer)
    page = await maria.submit(prove, "Go on", code=member.code)
    assert page.url == PAGE and page.h1 == BUTTON
    assert (await maria.submit(page, BUTTON, password=member.password, new_password=NEW)).url == DONE


def test_nobody_can_try_passwords_on_what_is_kept_of_a_form():
    """The hash of what was typed takes in the form's key, of which only another hash is stored."""
    request = SimpleNamespace(scope={"state": {"form_of": "somebody"}}, url=SimpleNamespace(path=PAGE))
    typed = ("password", WRONG), ("new_password", NEW)
    one, again, other = (sending_of(request, Fields((*typed, ("form_key", key)))).body for key in ("first", "first", "second"))
    assert one == again != other


async def test_who_was_signed_out_elsewhere_at_this_very_moment_changes_nothing(house_of_ours, now):
    house, grant = house_of_ours
    await house.database.rows("UPDATE session SET revoked_at = ?, end_reason = 'ended'", now)
    with pytest.raises(Changed):
        await acts.change_password(grant, PASSWORD, NEW, (), sending(), DONE)
    assert await count(house, "password", "set_at = ?", now) == 1 and await count(house, "outbox") == 0


async def test_of_two_changes_in_two_browsers_at_once_one_is_done_and_one_session_is_left(house_of_ours, now):
    house, grant = house_of_ours
    other = open_account(house, await signed_in(house, grant.account, "personal", now))
    words = (NEW, "eight loud herons at dusk")
    outcomes = await asyncio.gather(
        *(acts.change_password(one, PASSWORD, new, (), sending(), DONE) for one, new in zip((grant, other), words)),
        return_exceptions=True,
    )
    done = [one for one in outcomes if isinstance(one, acts.Opened)]
    assert len(done) == 1 and all(isinstance(one, Changed | acts.Refused | acts.Opened) for one in outcomes), outcomes
    assert await count(house, "session", "revoked_at IS NULL") == 1
    assert (await viewer_of(house, done[0].token, now)).level == "full"


async def test_a_session_that_replaces_another_while_the_password_changes_is_ended_too(house_of_ours, now):
    """Somebody shows a factor in another browser, and is not done with it when the password changes."""
    house, grant = house_of_ours
    theirs = await signed_in(house, grant.account, "personal", now)
    written, onward, tokens = asyncio.Event(), asyncio.Event(), []

    async def steps_up():
        async with house.database.transaction():
            tokens.append(await open_session(house, grant.account, "personal", ELSEWHERE, now, level="full", replaces=theirs.session))
            written.set()
            await onward.wait()

    async def changes():
        await written.wait()
        changing = asyncio.create_task(acts.change_password(grant, PASSWORD, NEW, (), sending(), DONE))
        await asyncio.sleep(0.1)
        onward.set()
        return await changing

    _, outcome = await asyncio.gather(steps_up(), changes())
    assert isinstance(outcome, acts.Opened) and (await find_viewer(house, tokens[0], VISITOR, now)).ended == "revoked"
    assert await count(house, "session", "revoked_at IS NULL") == 1


async def test_a_session_that_has_just_been_ended_is_replaced_by_none(house_of_ours, now):
    house, grant = house_of_ours
    theirs = await signed_in(house, grant.account, "personal", now)
    await acts.change_password(grant, PASSWORD, NEW, (), sending(), DONE)
    with pytest.raises(Changed):
        async with house.database.transaction():
            await open_session(house, grant.account, "personal", ELSEWHERE, now, level="full", replaces=theirs.session)


@pytest.mark.browser
async def test_the_page_and_its_errors_fit_a_narrow_window(browser, live):
    database = await Database(live.database_url).open()
    try:
        cookie = await cookie_of(database, "self", live.url, datetime.now(UTC))
    finally:
        await database.close()
    async with opened_page(browser, live.url, narrow=True) as page:
        await page.context.add_cookies([cookie])
        await page.goto(PAGE)
        assert await axe_problems(page) == [] and await overflows(page) == []
        async with page.expect_navigation():
            await page.click(f"main button:has-text('{BUTTON}')")
        assert "Enter the password you have now" in await page.inner_text("main")
        assert await axe_problems(page) == [] and await overflows(page) == []
