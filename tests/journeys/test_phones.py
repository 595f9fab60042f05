"""A person without script and without an app gets codes on a phone, and signs in with one."""

from __future__ import annotations

import pytest

from tests.journeys.test_helping import somebody
from tests.support.contact import figures_in
from tests.support.readers import reader
from tests.support.signing_in import give_password

pytestmark = pytest.mark.browser


async def test_a_number_is_confirmed_made_a_way_to_sign_in_and_lets_its_owner_in(browser, portal_of_ours, database, live_cast):
    member = live_cast["self"]
    async with somebody("no script", browser, portal_of_ours, database, member) as maria:
        await maria.open("/account/security")
        await maria.follow("Get codes on your phone")
        await maria.follow("Add a phone number")
        await maria.fill("Phone number", "(555) 201-7788")
        await maria.press("Send me a code")
        await maria.fill("Code", shown_in(await maria.words()))
        await maria.press("Confirm")
        await maria.open("/account/phones/new")
        await maria.press("Let me sign in with these codes")
        assert "Text message: My phone" in await maria.words()
    async with reader("no script", browser, portal_of_ours.url) as elsewhere:
        await elsewhere.open("/sign-in")
        await give_password(elsewhere.page, member)
        await elsewhere.press("Send a text message to the number that ends in 88")
        words = await elsewhere.words()
        assert "A code is on its way to your phone." in words and "This is the weakest way." in words
        await elsewhere.open("/demo/outbox")
        sent = figures_in((await elsewhere.words()).partition("Text message")[2])
        await elsewhere.open("/sign-in/code")
        await elsewhere.fill("Code", sent)
        await elsewhere.press("Go on")
        assert "/records" in elsewhere.page.url


def shown_in(words: str) -> str:
    """What the page of the demo shows."""
    return "".join(filter(str.isdigit, words.partition("Only in this demonstration:")[2][:12]))[:6]
