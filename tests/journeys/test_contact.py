"""A person without script adds an address, takes the old one away, and the old mailbox takes both back."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from tests.journeys.test_helping import given_unused_codes, somebody
from tests.support.axe import axe_problems
from tests.support.browser import opened_page, overflows
from tests.support.contact import CODE
from tests.support.owners import cookie_of
from tests.support.readers import reader
from tests.support.signing_in import sign_in_here

pytestmark = pytest.mark.browser
OLD, NEW, HOME = "maria.delgado@example.org", "maria.elsewhere@example.org", "/account/contact"


async def test_an_address_is_added_confirmed_the_old_one_goes_and_its_mailbox_takes_it_all_back(browser, portal_of_ours, database, live_cast):
    async with somebody("no script", browser, portal_of_ours, database, live_cast["self"]) as maria:
        await maria.open("/account/security")
        await maria.follow("See or change where we write to")
        await maria.follow("Add an email address")
        await maria.fill("Email address", NEW)
        await maria.press("Send me a code")
        assert NEW in await maria.words()
        here = maria.page.url
        await maria.open("/demo/outbox")
        code = CODE.search(await maria.words())[1]
        await maria.open(here)
        await maria.fill("Code", code)
        await maria.press("Confirm")
        assert "It is confirmed." in await maria.words()
        await maria.follow(f"Take away {OLD}")
        await maria.press("Take it away")
        words = await maria.words()
        assert "It is taken away." in words and OLD not in words
        async with reader("no script", browser, portal_of_ours.url) as mailbox:
            await when_the_old_mailbox_stops_it(mailbox)
        await maria.open("/records")
        assert "/sign-in" in maria.page.url
        await given_unused_codes(database)
        await sign_in_here(maria.page, live_cast["self"])
        await maria.open(HOME)
        words = await maria.words()
        assert OLD in words and NEW not in words


async def when_the_old_mailbox_stops_it(mailbox) -> None:
    """The message of the first change: its link takes back what came after it, too."""
    await mailbox.open("/demo/outbox")
    [letter] = [one for one in await mailbox.page.locator("main li").all() if "An address was added" in await one.inner_text()]
    link = re.search(r"/c/[\w-]+", await letter.inner_text()).group()
    await mailbox.open(link)
    assert "Stop this change?" in await mailbox.words()
    await mailbox.press("Stop this change")
    assert "The change is stopped" in await mailbox.words()


async def test_each_page_of_it_fits_a_narrow_window_and_is_sound_by_ear(browser, portal_of_ours, database):
    cookie = await cookie_of(database, "stranger", portal_of_ours.url, datetime.now(UTC))
    async with opened_page(browser, portal_of_ours.url, narrow=True) as page:
        await page.context.add_cookies([cookie])

        async def sound(press: str = "") -> None:
            if press:
                async with page.expect_navigation():
                    await page.locator("main").get_by_role("button", name=press, exact=True).click()
            assert await axe_problems(page) == [], page.url
            assert " ".join(await overflows(page)) == "", page.url

        for path in ("/new", "/phone"):
            await page.goto(HOME + path)
            await sound()
            await sound("Send me a code")
        await page.goto(f"{HOME}/new")
        await page.fill("main [name=email]", f"{'long' * 14}@xn--exmple-4nf.{'sub-domain.' * 12}example.org")
        await sound("Send me a code")
        await sound("Confirm")
        await page.get_by_role("link", name="This is not right: take it away").click()
        await sound()
        await page.goto(HOME)
        await sound()
        await page.get_by_role("link", name="Take away").first.click()
        await sound()
        await sound("Take it away")
        for path in (f"{HOME}/stopped", "/c/none"):
            await page.goto(path)
            await sound()
