"""At the doors of a recovery: opening changes nothing, what was sent twice acts once, and everybody gets one answer."""

from __future__ import annotations

import asyncio

import pytest

from tests.support.client import client_of
from tests.support.forms import fill
from tests.support.logins import count
from tests.support.recovering import NEW, ask, begin_factor, code_in, desk_code, half, letters, link_in, reset, wait, work

pytestmark = pytest.mark.in_turns


@pytest.fixture
def maria(cast):
    return cast["self"]


async def test_a_link_that_is_opened_by_whoever_looks_through_mail_still_works(client, opened, maria):
    await ask(client, "password", username=maria.username)
    link = await link_in(opened.house, "account.reset_asked")
    before = await opened.house.database.rows("SELECT uses, failures, revoked_at FROM capability ORDER BY id")
    for method in ("GET", "HEAD", "GET"):
        async with client_of(opened.app) as scanner:
            assert (await scanner.request(method, link)).status == 200
    assert await opened.house.database.rows("SELECT uses, failures, revoked_at FROM capability ORDER BY id") == before
    page = await client.submit(await client.get(link), 0, new_password=NEW)
    assert page.url == "/sign-in?ended=reset"
    assert (await client.get(link)).status == 404


async def test_a_link_is_pressed_in_two_browsers_at_once_and_one_password_counts(client, opened, maria):
    await ask(client, "password", username=maria.username)
    link = await link_in(opened.house, "account.reset_asked")
    words = ("seven quiet herons at noon", "nine loud herons at dusk")
    async with client_of(opened.app) as one, client_of(opened.app) as other:
        pages = [await browser.get(link) for browser in (one, other)]
        answers = await asyncio.gather(*(
            browser.send(page, 0, new_password=new) for browser, page, new in zip((one, other), pages, words)
        ))
    assert sorted(answer.status for answer in answers) == [303, 404]
    counts = answers[0].status == 303
    await half(client, maria.username, words[0] if counts else words[1])


async def test_a_form_of_a_link_that_is_sent_again_leads_where_it_led(client, opened, maria):
    await ask(client, "password", username=maria.username)
    page = await client.get(await link_in(opened.house, "account.reset_asked"))
    sending = fill(page.tree, page.url, 0, {"new_password": NEW}, None)
    answers = [await client.send_again(sending) for _ in range(3)]
    assert [(one.status, one.headers["location"]) for one in answers] == [(303, "/sign-in?ended=reset")] * 3
    assert await count(opened.house, "outbox", "event = 'account.password_reset' AND channel = 'email'") == 1


@pytest.mark.parametrize("link", ["/c/" + "A" * 32, "/c/x", "/c/" + "%00" * 3, "/c/" + "a" * 3000])
async def test_a_link_that_nobody_sent_is_the_same_as_one_that_is_over(client, link):
    seen = await client.get(link)
    assert seen.status in (404, 400, 414) and seen.status < 500


async def test_what_is_typed_at_the_doors_may_be_anything(client, opened):
    before = await count(opened.house, "outbox")
    for typed in ("", "x" * 400, "\U0001f9a6" * 40, "a\x00b", "' OR 1=1 --", "maria\u202edelgado", "%"):
        for what, name in (("username", "email"), ("password", "username"), ("everything", "username")):
            page = await client.submit(await client.get(f"/recover/{what}"), 0, **{name: typed})
            assert page.status in (200, 422, 429), (what, typed)
        page = await client.submit(
            await client.get("/recover/code"), 0, code=typed, born_month=typed, born_day=typed, born_year=typed
        )
        assert page.status in (422, 429)
    await work(opened.house)
    assert await count(opened.house, "job", "kind LIKE 'recover.%' AND state <> 'done'") == 0
    assert await count(opened.house, "outbox") == before


async def test_a_step_of_another_browser_is_worth_nothing(client, another_client, person, opened, maria):
    rows = await opened.house.database.rows("SELECT birth_text FROM record WHERE ref = ?", maria.record)
    year, month, day = rows[0]["birth_text"].split("-")
    code = await desk_code(await person("frontdesk"), maria.record)
    wait(opened, hours=25)
    page = await client.submit(await client.get("/recover/code"), 0, code=code, born_month=month, born_day=day, born_year=year)
    assert page.url.startswith("/recover/code/password?step=")
    assert (await another_client.get("/recover")).status == 200
    for address in (page.url, page.url.replace("password", "authenticator"), page.url[:-3] + "AAA"):
        assert (await another_client.get(address)).status == 404
    assert (await client.get(page.url.replace("password", "authenticator"))).status == 200


async def test_a_half_session_reaches_its_recovery_and_nothing_else(client, opened, maria):
    await begin_factor(client, maria.username, maria.password)
    code = await code_in(wait(opened, hours=25))
    await half(client, maria.username, maria.password)
    page = await client.submit(await client.get("/recover/factor/code"), 0, code=code)
    for path in ("/records", "/account/security", "/account/codes", "/account/password", f"/records/{maria.record}"):
        assert (await client.get(path)).headers["location"].startswith("/sign-in")
    wrong = await client.submit(page, 0, code="000000")
    assert wrong.status == 422 and (await client.get("/records")).headers["location"].startswith("/sign-in")


async def test_the_letters_of_a_recovery_say_nothing_of_health_and_lead_nowhere_by_themselves(client, opened, maria):
    await reset(client, opened.house, maria.username)
    said = await letters(opened.house, "account.password_reset")
    assert said and all("/help/phishing" in one.text and maria.name not in one.text for one in said if "@" in one.to)
