"""A code by text message or call as a second factor: weaker, said to be so, tried few times, and soon over."""

from __future__ import annotations

import asyncio
import dataclasses
from datetime import UTC, datetime, timedelta

import pytest

from access.opening import open_account
from acts import phones as acts
from identity.phones import free_phones, keep_phone, phones_of
from identity.sent_codes import TRIES
from notices.gateway import plain_signs, segments
from seeds.cast import fixed_id
from tests.support.client import client_of
from tests.support.contact import PHONE, code_sent, code_to, letters, phone_added, phone_confirmed, removal, typed
from tests.support.logins import count, sending, signed_in
from tests.support.signing_in import door
from tests.test_security import stale
from tests.test_sharing import later

pytestmark = pytest.mark.in_turns

MARIA, TEXT, CALL = fixed_id("account", "self"), "Send a text message to the number that ends in 88", "Call the number that ends in 88"
DONE = "/account/security?done=added"


@pytest.fixture
async def maria(person):
    return await person("self")


async def at_code(client, member):
    """After the password."""
    return await client.submit(await client.get(door(member)), 0, username=member.username, password=member.password)


def wrong(code):
    return f"{(int(code) + 1) % 1_000_000:06}"


async def a_minute_later(house):
    """As if the codes that wait had been sent a minute ago."""
    await house.database.rows("UPDATE sent_code SET made_at = ?", house.clock() - timedelta(minutes=1))


async def test_it_is_added_after_a_warning_and_stronger_ways_are_offered_first(maria, house):
    page = await maria.follow(await maria.get("/account/security"), "Get codes on your phone")
    assert "This is the weakest way." in page.main and page.link("Add a passkey instead") == "/account/passkeys/new"
    assert "First we need a phone number" in page.main
    await phone_confirmed(maria, house)
    page = await maria.submit(await maria.get("/account/phones/new"), "Let me sign in with these codes", name="My phone")
    assert page.url == DONE and "Text message: My phone" in page.main
    assert {one.to for one in await letters(house, "factor_added")} == {"maria.delgado@example.org", "+15552017788"}


@pytest.mark.parametrize(("way", "button"), [("sms", TEXT), ("voice", CALL)])
async def test_a_code_is_sent_when_it_is_asked_for_and_signs_in(maria, client, cast, house, way, button):
    await phone_added(maria, house, way=way)
    page = await at_code(client, cast["self"])
    assert await letters(house, "factor_code") == [] and PHONE not in page.main and "5552017788" not in page.html
    page = await client.submit(page, button)
    assert page.url == "/sign-in/code" and "A code is on its way to your phone." in page.main
    (message,) = await letters(house, "factor_code")
    assert message.to == "+15552017788" and segments(plain_signs(message.text.strip())) == 1
    code = await code_sent(house)
    page = await client.submit(page, "Go on", code=f"{code[:3]} {code[3:]}")
    assert page.url == "/records"
    rows = await house.database.rows("SELECT reason FROM audit_event WHERE action = 'account.sign_in' AND decision <> 'refused'")
    assert rows == [{"reason": way}]


async def test_the_way_back_is_kept_over_the_sending_of_a_code(maria, client, cast, house):
    await phone_added(maria, house)
    page = await client.submit(await client.get("/sign-in?next=/account/contact"), 0, username=cast["self"].username, password=cast["self"].password)
    page = await client.submit(page, TEXT)
    assert (await client.submit(page, "Go on", code=await code_sent(house))).url == "/account/contact"


async def test_it_is_a_fresh_proof_too(maria, house):
    await phone_added(maria, house)
    await stale(house.database)
    page = await maria.arrive(await maria.get("/account/password"))
    page = await maria.submit(page, TEXT)
    page = await maria.submit(page, "Go on", code=await code_sent(house))
    assert page.url == "/account/password"


async def test_a_code_works_once_also_in_parallel(maria, cast, house, opened):
    await phone_added(maria, house)
    async with client_of(opened.app) as one, client_of(opened.app) as two:
        pages = [(one, await at_code(one, cast["self"])), (two, await at_code(two, cast["self"]))]
        await one.submit(pages[0][1], TEXT)
        code = await code_sent(house)
        answers = await asyncio.gather(*(client.send(page, "Go on", code=code) for client, page in pages))
        assert sorted(answer.status for answer in answers) == [303, 422]
        loser, page = pages[0] if answers[0].status == 422 else pages[1]
        assert (await loser.send(page, "Go on", code=code)).status == 422
    assert await count(house, "audit_event", "action = 'account.sign_in' AND decision <> 'refused'") == 1


async def test_a_new_code_ends_the_one_before_and_each_is_over_after_ten_minutes(maria, client, cast, house):
    await phone_added(maria, house)
    page = await client.submit(await at_code(client, cast["self"]), TEXT)
    first = await code_sent(house)
    await a_minute_later(house)
    page = await client.submit(page, TEXT)
    row = (await house.database.rows("SELECT made_at, ends_at FROM sent_code WHERE purpose = 'factor' AND ended_at IS NULL"))[0]
    assert row["ends_at"] - row["made_at"] == timedelta(minutes=10)
    second = await code_sent(house)
    assert (await client.send(page, "Go on", code=first if first != second else wrong(second))).status == 422
    await later(house, "sent_code", "1 = 1", ends_at=datetime.now(UTC) - timedelta(seconds=1))
    answer = await client.submit(page, "Go on", code=second)
    assert answer.status == 422 and "on its way" not in answer.main


async def test_five_wrong_codes_end_it_stop_the_phone_and_are_told(maria, client, cast, house):
    await phone_added(maria, house)
    page = await client.submit(await at_code(client, cast["self"]), TEXT)
    code = await code_sent(house)
    await asyncio.gather(*(client.send(page, "Go on", code=wrong(code)) for _ in range(TRIES * 2)))
    assert (await house.database.rows("SELECT failures FROM sent_code WHERE purpose = 'factor'")) == [{"failures": TRIES}]
    assert (await client.send(page, "Go on", code=code)).status == 422
    rows = await house.database.rows("SELECT failures, stopped_until FROM authenticator WHERE kind = 'sms'")
    assert rows[0]["failures"] == TRIES and rows[0]["stopped_until"] > house.clock()
    assert await count(house, "outbox", "event = 'account.factor_stopped'") > 0


async def test_a_hundred_wrong_codes_in_a_row_end_it_for_good(maria, client, cast, house):
    await phone_added(maria, house)
    await later(house, "authenticator", "kind = 'sms'", failures=100)
    page = await at_code(client, cast["self"])
    assert TEXT not in page.html


async def test_after_a_hundred_even_the_code_that_is_on_its_way_opens_nothing(maria, client, cast, house):
    await phone_added(maria, house)
    page = await client.submit(await at_code(client, cast["self"]), TEXT)
    code = await code_sent(house)
    await later(house, "authenticator", "kind = 'sms'", failures=100)
    assert (await client.send(page, "Go on", code=code)).status == 422


async def test_the_app_still_works_while_a_code_is_on_its_way(maria, client, cast, house):
    await phone_added(maria, house)
    page = await client.submit(await at_code(client, cast["self"]), TEXT)
    assert (await client.submit(page, "Go on", code=cast["self"].code)).url == "/records"


async def test_a_button_that_is_pressed_many_times_sends_one_message(maria, client, cast, house):
    await phone_added(maria, house)
    page = await at_code(client, cast["self"])
    answers = await asyncio.gather(*(client.send(page, TEXT) for _ in range(4)))
    answers.append(await client.send(page, TEXT))
    assert {(one.status, one.headers["location"]) for one in answers} == {(303, "/sign-in/code")}
    assert len(await letters(house, "factor_code")) == 1
    page = await client.get("/sign-in/code")
    assert (await client.submit(page, "Go on", code=await code_sent(house))).url == "/records"


async def test_a_right_code_is_no_failure_of_the_app(maria, client, cast, house):
    await phone_added(maria, house)
    await later(house, "authenticator", f"kind = 'app' AND account = '{MARIA}'", failures=4)
    page = await client.submit(await at_code(client, cast["self"]), TEXT)
    assert (await client.submit(page, "Go on", code=await code_sent(house))).url == "/records"
    rows = await house.database.rows("SELECT failures, stopped_until FROM authenticator WHERE kind = 'app' AND account = ?", MARIA)
    assert rows == [{"failures": 4, "stopped_until": None}] and await letters(house, "factor_stopped") == []


async def test_codes_are_asked_for_five_times_in_a_quarter_of_an_hour_at_most(maria, client, another_client, cast, house):
    await phone_added(maria, house)
    page = await at_code(client, cast["self"])
    for _ in range(5):
        page = await client.submit(page, TEXT)
        await a_minute_later(house)
    assert (await client.send(page, TEXT)).status == 429
    assert (await another_client.send(await at_code(another_client, cast["self"]), TEXT)).status == 429
    assert await count(house, "outbox", "event = 'account.factor_code'") == 5


async def test_what_is_somebody_elses_or_none_is_not_found(maria, person, client, cast, house):
    await phone_added(maria, house)
    ref = (await house.database.rows("SELECT ref FROM authenticator WHERE kind = 'sms'"))[0]["ref"]
    thuy = await person("stranger")
    page = await at_code(client, cast["stranger"])
    for browser, start, path in ((client, page, "/sign-in/code"), (thuy, await thuy.get("/account/contact"), "/account/prove")):
        token = next(one.get("value") for one in start.tree.all("input") if one.get("name") == "csrf")
        for other in (ref, "A" * 22):
            assert (await browser.post(f"{path}/message", {"csrf": token, "factor": other})).status == 404
    assert await count(house, "sent_code", "purpose = 'factor'") == 0
    assert (await client.get("/records")).headers["location"].startswith("/sign-in")


async def test_another_accounts_code_opens_nothing(maria, person, client, another_client, cast, house):
    thuy = await person("stranger")
    await phone_added(maria, house)
    await phone_added(thuy, house, "(555) 201-4488")
    await client.submit(await at_code(client, cast["self"]), TEXT)
    code = await code_sent(house)
    page = await another_client.submit(await at_code(another_client, cast["stranger"]), TEXT)
    mine = await code_sent(house)
    if code != mine:
        assert (await another_client.send(page, "Go on", code=code)).status == 422


async def test_a_number_that_lets_in_is_not_taken_away_before_that_way_is(maria, house):
    await phone_added(maria, house)
    page = await removal(maria, PHONE)
    assert "Take that way to sign in away first." in page.main
    ref = (await house.database.rows("SELECT ref FROM authenticator WHERE kind = 'sms'"))[0]["ref"]
    page = await maria.get(f"/account/factors/{ref}/end")
    await maria.submit(page, f"/account/factors/{ref}/end")
    page = await maria.submit(await removal(maria, PHONE), "Take it away")
    assert page.url == "/account/contact?done=removed"


async def test_what_we_sent_can_be_read_again_without_its_codes(maria, house):
    """Else whoever is signed in could confirm an address that is not theirs."""
    page = await typed(maria)
    waits = await code_to(house)
    await phone_added(maria, house)
    await stale(house.database)
    await maria.submit(await maria.arrive(await maria.get("/account/password")), TEXT)
    codes = [waits, await code_sent(house)]
    await house.database.rows("UPDATE outbox SET state = 'sent', sent_at = ?", house.clock())
    seen = (await maria.get("/account/messages-we-sent")).main
    assert seen.count("(not shown here)") >= 2 and not any(code in seen or code.replace("-", "") in seen for code in codes)
    assert "/confirm" in page.url


async def test_staff_have_no_codes_on_phones(person, house):
    desk = await person("frontdesk")
    await phone_confirmed(desk, house)
    assert "on your phone" not in (await desk.get("/account/security")).main
    assert (await desk.get("/account/phones/new")).status == 404
    staff = await signed_in(house, fixed_id("account", "frontdesk"), "staff", house.clock())
    grant = open_account(house, staff)
    (number,) = await free_phones(house, grant.account)
    assert await acts.add_phone(grant, number.ref, "Mine", sending(), "/") == "staff"
    async with house.database.transaction():
        await keep_phone(house, grant.account, number, "Mine", house.clock())
    (phone,) = await phones_of(house, grant.account)
    assert (await acts.send_code(house, staff, phone.ref)).reason == "gone"


async def test_without_a_gateway_nothing_is_said_of_it_and_what_is_left_still_works(maria, client, cast, opened):
    await phone_added(maria, opened.house)
    opened.portal.state.house = dataclasses.replace(opened.house, phones=False)
    assert "Get codes on your phone" not in (await maria.get("/account/security")).main
    assert (await maria.get("/account/phones/new")).status == 404
    page = await at_code(client, cast["self"])
    assert "ends in 88" not in page.main and (await client.submit(page, "Go on", code=cast["self"].code)).url == "/records"


async def test_taking_back_the_number_takes_its_way_to_sign_in_with_it(maria, client, house):
    from tests.support.contact import link_to

    await phone_added(maria, house)
    link = await link_to(house, "address_added", "maria.delgado@example.org")
    await client.submit(await client.get(link), "Stop this change")
    assert await count(house, "authenticator", "kind = 'sms' AND ended_at IS NULL") == 0
