"""A message that was not ours, told by anybody: kept sealed, shown as text, and limited by place."""

from __future__ import annotations

import pytest

from tests.support.logins import count
from tests.test_cases import CASES

pytestmark = pytest.mark.in_turns

PAGE = "/help/phishing"
EVIL = "Your account is closed. <a href='https://evil.example'>Pay</a> with 4111 1111 1111 1111 at https://evil.example/pay"


@pytest.fixture
async def tom(person):
    return await person("support")


async def report(client, words: str = EVIL, came_as: str = "sms"):
    return await client.submit(await client.get(PAGE), "Send it to us", came_as=came_as, words=words)


async def test_anybody_tells_us_and_reads_what_happens_next(client, tom):
    page = await report(client)
    assert page.url == f"{PAGE}?done=told" and "Our support team reads it" in page.main
    page = await tom.follow(await tom.get(CASES), "A message that may not be ours: Somebody who was not signed in")
    assert "As a text message." in page.main and "with **** **** **** 1111 at https://evil.example/pay" in page.main
    assert "<a href='https" not in page.html and not any("evil" in href for _, href in page.links)


async def test_whoever_is_signed_in_reads_how_it_ended(person, tom, house):
    maria = await person("self")
    await report(maria)
    page = await tom.follow(await tom.get(CASES), "A message that may not be ours: Maria Delgado")
    assert "What was done with the account" not in page.main, "nothing of her account is needed for this"
    page = await tom.submit(page, "Take it")
    await tom.submit(await tom.follow(page, "Close this case"), "Close the case", outcome="fake")
    page = await maria.get("/account/activity")
    assert "A message that may not be ours: Done." in page.main and "The message was not from us." in page.main
    assert (await maria.get("/account/password")).status == 200


async def test_what_is_told_is_sealed(client, house):
    await report(client)
    [row] = await house.database.rows("SELECT sealed FROM support_note")
    assert b"evil" not in bytes(row["sealed"])


async def test_one_place_tells_five_times_an_hour_and_then_later(client, house):
    for _ in range(5):
        assert (await report(client)).url == f"{PAGE}?done=told"
    page = await report(client)
    assert page.status == 429 and await count(house, "support_case") == 5


async def test_who_is_signed_in_has_tries_of_their_own(client, person):
    for _ in range(6):
        await report(client)
    assert (await report(await person("self"))).url == f"{PAGE}?done=told"


@pytest.mark.parametrize(("words", "came_as", "said"), [
    ("", "sms", "Write or paste what it said"), ("x" * 4001, "sms", "Use 4,000 letters at most"), ("x", "pigeon", "Choose how it came"),
])  # fmt: skip
async def test_what_is_not_right_is_said_and_what_was_typed_stays(client, house, words, came_as, said):
    page = await client.get(PAGE)
    fields = {one.get("name"): one.get("value") for one in page.tree.all("input") if one.get("type") == "hidden"}
    page = await client.post(PAGE, fields | {"words": words, "came_as": came_as})
    assert page.status == 422 and page.errors == [said] and await count(house, "support_case") == 0


async def test_the_page_says_where_our_messages_come_from(demo_url, make_settings, drawing):
    from tests.support.client import client_of
    from tests.support.portals import opened_portal

    settings = make_settings(demo_url, PORTAL_MAIL_FROM="care@riverbend.example", SMTP_URL="smtp://localhost:1")
    async with opened_portal(settings, drawing) as running, client_of(running.app) as client:
        assert "Our emails come from" in (await client.get(PAGE)).main and "care@riverbend.example" in (await client.get(PAGE)).main
