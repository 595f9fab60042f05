"""A person without script adds an address, takes the old one away, and the old mailbox takes both back."""

from __future__ import annotations

import re

import pytest

from tests.journeys.test_helping import given_unused_codes, somebody
from tests.support.contact import CODE
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
