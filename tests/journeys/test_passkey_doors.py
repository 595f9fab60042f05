"""Passkeys and security keys in Chromium, whose virtual authenticator holds them: every door and what it says when it stays shut."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from seeds.cast import fixed_id
from tests.support.arriving import page_of
from tests.support.browser import focused, opened_page
from tests.support.signing_in import give_password
from tests.support.virtual_key import plugged_in

pytestmark = pytest.mark.browser
WITH_PASSKEY, MINE, USE = "Sign in with a passkey", "Use my passkey", "Use a passkey or security key"


async def press(page, words):
    async with page.expect_navigation():
        await page.click(f"main button:has-text('{words}')")


async def when_her_proof_is_old(database, who="self"):
    async with database.transaction():
        await database.rows(
            "UPDATE session SET proven_at = ? WHERE account = ?", datetime.now(UTC) - timedelta(minutes=20), fixed_id("account", who)
        )


async def added(page, address, words, name):
    await page.goto(address)
    await page.fill("main [name=name]", name)
    await press(page, words)
    assert "It is added." in await page.inner_text("main") and name in await page.inner_text("main")


async def signs_in_with(credentials, door, home, browser, live):
    """At another browser that holds the same passkeys."""
    async with opened_page(browser, live.url) as page:
        held = await plugged_in(page)
        for credential in credentials:
            await held.give(credential)
        await page.goto(door)
        await page.click(f"text={WITH_PASSKEY}")
        await press(page, MINE)
        assert page.url.split("?")[0] == f"{live.url}{home}", await page.inner_text("main")
        assert not await page.locator("input[name=password]").count()


async def test_she_adds_a_passkey_shows_it_again_and_signs_in_with_it_alone(browser, portal_of_ours, database):
    async with page_of("self", browser, portal_of_ours, database) as page:
        held = await plugged_in(page)
        await added(page, "/account/passkeys/new", "Add a passkey", "Blue phone")
        await page.goto("/account/passkeys/new")
        await page.click("main button:has-text('Add a passkey')")
        await page.get_by_text("It is here already.").wait_for()
        assert await focused(page) == "button#credential"
        await when_her_proof_is_old(database)
        await page.goto("/account/password")
        assert "/account/prove" in page.url
        await press(page, USE)
        assert page.url == f"{portal_of_ours.url}/account/password"
        credentials = await held.credentials()
        assert [one["isResidentCredential"] for one in credentials] == [True]
    await signs_in_with(credentials, "/sign-in", "/records", browser, portal_of_ours)


async def test_he_signs_in_at_the_staffs_door_with_a_passkey(browser, portal_of_ours, database):
    async with page_of("frontdesk", browser, portal_of_ours, database) as page:
        held = await plugged_in(page)
        await added(page, "/account/passkeys/new", "Add a passkey", "Desk computer")
        credentials = await held.credentials()
    await signs_in_with(credentials, "/staff/sign-in", "/staff", browser, portal_of_ours)
    async with opened_page(browser, portal_of_ours.url) as page:
        for credential in credentials:
            await (await plugged_in(page)).give(credential)
        await page.goto("/sign-in/passkey")
        await press(page, MINE)
        assert "We do not know this passkey" in await page.inner_text(".errors")


async def test_a_security_key_follows_the_password(browser, portal_of_ours, database, live_cast):
    async with page_of("guardian", browser, portal_of_ours, database) as page:
        held = await plugged_in(page, resident=False)
        await added(page, "/account/keys/new", "Add a security key", "Key on my ring")
        await page.click("header button")
        await page.wait_for_url("**/sign-in*")
        await give_password(page, live_cast["guardian"])
        await press(page, USE)
        assert page.url == f"{portal_of_ours.url}/records", await page.inner_text("main")
        assert [one["isResidentCredential"] for one in await held.credentials()] == [False]


async def test_what_the_browser_cannot_do_is_said_and_the_focus_stays(browser, portal_of_ours):
    async with opened_page(browser, portal_of_ours.url) as page:
        held = await plugged_in(page)
        await page.goto("/sign-in/passkey")
        await page.click(f"text={MINE}")
        await page.locator("#status:has-text('Nothing was done.')").wait_for()
        assert await focused(page) == "button#credential" and page.url == f"{portal_of_ours.url}/sign-in/passkey"
        await page.evaluate("delete window.PublicKeyCredential")
        await page.click(f"text={MINE}")
        await page.locator("#status:has-text('cannot do that')").wait_for()
        assert held


async def test_without_script_the_button_says_what_to_do_instead(browser, portal_of_ours):
    async with opened_page(browser, portal_of_ours.url, script=False) as page:
        await page.goto("/sign-in?next=/account/security")
        await page.click(f"text={WITH_PASSKEY}")
        assert await page.get_by_text("Where script is off, choose another way.").is_visible()
        await press(page, MINE)
        assert "The button needs script" in await page.inner_text(".errors")
        await page.click("text=your user name and password")
        assert await page.locator("input[name=username]").count() == 1
