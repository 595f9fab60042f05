"""Doors and factors that no other story goes through, without script: who works here sets up an account, a line of the sheet,
a second app, and the mail and the letter that together bring everything back."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pyotp
import pytest

from seeds.people import BY_HANDLE
from tests.journeys.test_getting_back import goes, newest_mail, shows_password
from tests.support.arriving import page_of
from tests.support.databases import portal
from tests.support.live import running_portal
from tests.support.recovering import CODE, LINK, NEW

pytestmark = pytest.mark.browser
LINE = re.compile(r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){5}\b")


@pytest.fixture(scope="module")
def portal_of_ours(first_templates):
    with first_templates.copy(first_templates.demo()) as address, running_portal(address, PORTAL_RECOVERY_WAIT="0") as running:
        yield running


async def press(page, name: str) -> None:
    async with page.expect_navigation():
        await page.locator("main").get_by_role("button", name=name, exact=True).click()


async def fills(page, **typed: str) -> None:
    for name, value in typed.items():
        await page.fill(f"main [name={name}]", value)


async def app_code(page) -> str:
    """What the app shows: the key stands on the page that it is set up from."""
    key = (await page.locator("main ol strong").first.inner_text()).replace(" ", "")
    return pyotp.TOTP(key).at(datetime.now(UTC))


async def code_on_paper(desk, name: str) -> str:
    """The letter waits for printing as soon as the worker has looked, which it does once a second."""
    for _ in range(40):
        await desk.goto("/staff/letters")
        if await desk.locator("main").get_by_role("link", name=name).count():
            break
        await desk.wait_for_timeout(250)
    await goes(desk, name)
    await press(desk, "Make the code and open the letter")
    return CODE.search(await desk.inner_text("main")).group()


async def test_who_works_here_sets_up_an_account_with_the_operators_code(browser, portal_of_ours, database):
    said = portal(
        ["staff", "add", "--name", "Rosa Marsh", "--username", "rosa.marsh", "--duty", "frontdesk"], portal_of_ours.database_url
    )
    async with page_of("nobody", browser, portal_of_ours, database, script=False) as page:
        await page.goto("/staff/register")
        await fills(page, username="rosa.marsh", code=re.search(r"Code: +(\S+)", said).group(1).lower())
        await press(page, "Go on")
        await fills(page, password="five herons on a jetty")
        await press(page, "Go on")
        await fills(page, code=await app_code(page))
        await press(page, "Go on")
        assert await page.inner_text("h1") == "Find a patient"
        await page.locator("header").get_by_role("button", name="Sign out").click()
        assert "/staff/sign-in" in page.url


async def test_a_line_of_the_sheet_lets_her_in_once_and_a_second_app_stands_beside_the_first(browser, portal_of_ours, database):
    thuy = BY_HANDLE["stranger"]
    async with page_of("stranger", browser, portal_of_ours, database, script=False) as page:
        await page.goto("/account/codes")
        await press(page, "Make 10 new codes")
        lines = LINE.findall(await page.inner_text("main"))
        await press(page, "I have kept them")
        await page.goto("/account/apps/new")
        await fills(page, name="Tablet", code=await app_code(page))
        await press(page, "Add it")
        assert "It is added." in await page.inner_text("main") and "Tablet" in await page.inner_text("main")
    async with page_of("nobody", browser, portal_of_ours, database, script=False) as page:
        await shows_password(page, press, thuy.username, thuy.password)
        await fills(page, code=lines[0].replace("-", " ").lower())
        await press(page, "Go on")
        assert page.url.endswith("/records")
        await page.goto("/account/security")
        assert "9 codes left" in await page.inner_text("main")
    async with page_of("nobody", browser, portal_of_ours, database, script=False) as page:
        await shows_password(page, press, thuy.username, thuy.password)
        await fills(page, code=lines[0])
        await press(page, "Go on")
        assert "/sign-in/code" in page.url and await page.locator(".errors").count()


async def test_who_lost_everything_and_cannot_come_gets_in_with_a_mail_and_a_letter(browser, portal_of_ours, database):
    she = BY_HANDLE["self"]
    rows = await database.rows("SELECT birth_text FROM record WHERE ref = ?", she.record_ref)
    year, month, day = rows[0]["birth_text"].split("-")
    async with page_of("nobody", browser, portal_of_ours, database, script=False) as page:
        await page.goto("/recover")
        await goes(page, "I have lost everything")
        await fills(page, username=she.username)
        await press(page, "Mail me a link")
        await page.goto(LINK.search(await newest_mail(page, she, "letter")).group(1))
        await press(page, "Post me a code")
        assert "We post you a letter" in await page.inner_text("main")
        async with page_of("frontdesk", browser, portal_of_ours, database, script=False) as desk:
            code = await code_on_paper(desk, she.name)
        await page.goto("/recover/code")
        await fills(page, code=code, born_month=month, born_day=day, born_year=year)
        await press(page, "Go on")
        await fills(page, new_password=NEW)
        await press(page, "Go on")
        await fills(page, code=await app_code(page))
        await press(page, "Go on")
        assert await page.inner_text("h1") == "Your new one-time codes"
