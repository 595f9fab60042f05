"""Back into one's account, from the page that says how to the new sheet of codes."""

from __future__ import annotations

import pytest

from tests.support.client import client_of
from tests.support.pdf import pdf_problems
from tests.support.recovering import (
    CODE, NEW, ask, begin_factor, code_in, desk_code, everything_anew, half, letters, link_in, reset, set_up_app, wait, work,
)  # fmt: skip

MAIL = "maria.delgado@example.org"


@pytest.fixture
def opened(first_opened):
    """What depends on the database is asked on both in test_recovery.py and test_recovery_doors.py."""
    return first_opened


@pytest.fixture
def cast(live_cast):
    return live_cast


@pytest.fixture
def maria(cast):
    return cast["self"]


@pytest.fixture
async def born(house, maria):
    rows = await house.database.rows("SELECT birth_text FROM record WHERE ref = ?", maria.record)
    year, month, day = rows[0]["birth_text"].split("-")
    return str(int(month)), str(int(day)), year


async def mail_of(house, username):
    rows = await house.database.rows(
        "SELECT d.value FROM account_address d JOIN account a ON a.id = d.account WHERE a.username = ?", username
    )
    return rows[0]["value"]


async def test_the_door_leads_to_all_ways(client):
    page = await client.follow(await client.get("/sign-in"), "Can’t sign in?")
    assert page.url == "/recover" and page.h1 == "You cannot sign in"
    for way in ("I forgot my user name", "I forgot my password", "I have lost everything", "I have a code from the front desk"):
        assert (await client.follow(page, way)).status == 200


async def test_a_forgotten_user_name_comes_by_mail(client, house, maria):
    page = await ask(client, "username", email=(await mail_of(house, maria.username)).upper())
    assert page.url == "/recover/username?done=sent" and "We have got that" in page.main
    (letter,) = await letters(house, "account.username_asked")
    assert letter.to == await mail_of(house, maria.username) and f"User name: {maria.username}" in letter.text


async def test_a_forgotten_password_is_set_anew_and_signs_nobody_in(client, house, maria):
    page = await reset(client, house, maria.username)
    assert page.url == "/sign-in?ended=reset" and "Your new password is set" in page.main
    assert (await client.get("/records")).headers["location"].startswith("/sign-in")
    page = await half(client, maria.username, NEW)
    page = await client.submit(page, 0, code=maria.code)
    assert page.url == "/records"
    (told,) = await letters(house, "account.password_reset")
    assert "set for your account with a link from a mail" in told.text and "If it was not you" in told.text


async def test_a_lost_factor_comes_back_after_the_waiting_time(client, opened, maria):
    page = await begin_factor(client, maria.username, maria.password)
    assert "It is begun" in page.main and await letters(opened.house, "account.recovery_code") == []
    assert "/c/" in (await letters(opened.house, "account.recovery_started"))[0].text
    house = wait(opened, hours=25)
    code = await code_in(house)
    page = await client.follow(await half(client, maria.username, maria.password), "I have lost my app and my sheet")
    page = await set_up_app(client, await client.submit(await client.follow(page, "Enter the code"), 0, code=code))
    assert page.url == "/account/codes" and page.h1 == "Your new one-time codes"
    assert (await client.get("/records")).status == 200
    (told,) = await letters(house, "account.recovered")
    assert "opened again" in told.text


async def test_the_desk_begins_a_recovery_that_works_after_the_waiting_time(client, person, opened, maria, born):
    desk = await person("frontdesk")
    code = await desk_code(desk, maria.record)
    early = await everything_anew(client, code, born)
    assert early.status == 422 and "does not work yet" in early.errors[0]
    house = wait(opened, hours=25)
    page = await everything_anew(client, code, born)
    assert page.url == "/account/codes" and page.h1 == "Your new one-time codes"
    async with client_of(opened.app) as other:
        refused = await other.submit(await other.get("/sign-in"), 0, username=maria.username, password=maria.password)
        assert refused.status == 422
        await half(other, maria.username, NEW)
    assert len(await letters(house, "account.recovered")) == 1


async def test_everything_is_opened_by_a_mail_and_a_posted_letter_together(client, person, opened, maria, born):
    await ask(client, "everything", username=maria.username)
    page = await client.submit(await client.get(await link_in(opened.house, "account.letter_asked")), "Post me a code")
    assert "We post you a letter" in page.main
    await work(wait(opened, hours=25))
    desk = await person("frontdesk")
    page = await desk.follow(await desk.get("/staff/letters"), maria.name)
    page = await desk.submit(page, "Make the code and open the letter")
    assert "Back into your account at" in page.main and "/recover/code" in page.main
    assert (await desk.get(page.link("Letter as PDF"))).content[:4] == b"%PDF"
    assert (await everything_anew(client, CODE.search(page.main).group(), born)).url == "/account/codes"


async def test_the_paper_of_the_desk_is_a_document_too_and_says_from_when_it_works(person, opened, maria):
    desk = await person("frontdesk")
    page = await desk.submit(await desk.get(f"/staff/records/{maria.record}/login/recovery"), 0, proof="passport")
    assert "It works from" in page.main and "and not before" in page.main
    seen = await desk.get(page.link("Letter in large print"))
    assert seen.status == 200 and pdf_problems(seen.content) == []


async def test_staff_see_how_somebody_signs_in_and_nothing_that_would(person, maria):
    desk, support = await person("frontdesk"), await person("support")
    page = await desk.get(f"/staff/records/{maria.record}/login")
    assert "Authenticator app" in page.main and maria.username not in page.main and MAIL not in page.main
    assert maria.username in (await support.get(f"/staff/records/{maria.record}/login")).main
