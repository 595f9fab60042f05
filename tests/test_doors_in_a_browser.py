"""Registering and signing in as Chromium draws them: axe on every page and error state, nothing cut off at 320 px."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime

import pyotp
import pytest
from playwright.async_api import expect

from tests.support.axe import axe_problems
from tests.support.browser import focused, opened_page, overflows
from tests.support.databases import portal
from tests.support.signing_in import sign_in_here

pytestmark = pytest.mark.browser
SHOTS = os.environ.get("PLAINCHART_SHOTS", "")
PASSWORD = "four otters in a canoe"


@pytest.fixture
async def page(browser, own_live, request):
    async with opened_page(browser, own_live.url, narrow=request.param == "narrow") as fresh:
        fresh.width = request.param
        yield fresh


async def fine(page, name):
    if SHOTS:
        await page.screenshot(path=f"{SHOTS}/{name.replace(' ', '-')}-{page.width}.png", full_page=True)
    assert await axe_problems(page) == [], name
    assert await overflows(page) == [], name


async def press(page, words):
    async with page.expect_navigation():
        await page.click(f"main button:has-text('{words}')")


@pytest.fixture
async def chart(own_live):
    from tables.database import Database
    from tests.support.logins import a_record, house_on

    database = await Database(own_live.database_url).open()
    now = datetime.now(UTC)
    try:
        return await a_record(house_on(database, now), now, name="Nora Quist", number="MRN-77")
    finally:
        await database.close()


@pytest.mark.parametrize("page", ["wide", "narrow"], indirect=True)
async def test_registering_is_fine_at_every_step_and_error(page, own_live, chart):
    code = re.search(r"Code: (\S+)", portal(["code", "issue", "--record", chart.ref], own_live.database_url)).group(1)
    await page.goto("/register")
    await fine(page, "register")
    await press(page, "Go on")
    await fine(page, "register errors")
    assert await focused(page) == "div", "the error summary"
    for name, value in {"code": code, "born_month": "3", "born_day": "9", "born_year": "1984"}.items():
        await page.fill(f"[name={name}]", value)
    await press(page, "Go on")
    await fine(page, "login")
    await page.fill("[name=username]", "maria.delgado")
    await page.fill("[name=password]", PASSWORD)
    await press(page, "Go on")
    await fine(page, "login errors")
    await page.fill("[name=username]", "nora")
    await page.fill("[name=password]", PASSWORD)
    await press(page, "Go on")
    await fine(page, "authenticator")
    await page.fill("[name=code]", "123456")
    await press(page, "Go on")
    await fine(page, "authenticator errors")
    key = (await page.inner_text("ol strong")).replace(" ", "")
    await page.fill("[name=code]", pyotp.TOTP(key).now())
    await press(page, "Go on")
    await fine(page, "codes")
    await press(page, "I have kept them")
    assert page.url.endswith("/records")


@pytest.mark.parametrize("page", ["wide", "narrow"], indirect=True)
async def test_signing_in_and_one_s_own_pages_are_fine(page, live_cast):
    await page.goto("/sign-in")
    await fine(page, "sign in")
    await page.fill("[name=username]", "maria")
    await page.fill("[name=password]", "wrong wrong wrong")
    await press(page, "Sign in")
    await fine(page, "sign in errors")
    await sign_in_here(page, live_cast["self"])
    for address in ("/account/security", "/account/sessions", "/account/preferences", "/account/codes", "/account/prove"):
        await page.goto(address)
        await fine(page, address.strip("/").replace("/", "-"))
    await press(page, "Go on")
    await fine(page, "prove errors")
    await page.goto("/account/codes")
    await press(page, "Make 10 new codes")
    await fine(page, "account codes shown")


@pytest.mark.parametrize("page", ["wide", "narrow"], indirect=True)
async def test_the_desk_s_pages_are_fine(page, live_cast, chart):
    await page.goto("/staff/sign-in")
    await fine(page, "staff sign in")
    await sign_in_here(page, live_cast["frontdesk"])
    await fine(page, "staff home")
    await press(page, "Find")
    await fine(page, "staff home errors")
    for name, value in {"name": "nora", "born_month": "3", "born_day": "9", "born_year": "1984"}.items():
        await page.fill(f"[name={name}]", value)
    await press(page, "Find")
    await fine(page, "staff found")
    await page.click("text=Nora Quist")
    await page.wait_for_url("**/code")
    await fine(page, "staff code")
    await press(page, "Make a code")
    await fine(page, "staff letter")
    await page.emulate_media(media="print")
    if SHOTS:
        await page.screenshot(path=f"{SHOTS}/staff-letter-print-{page.width}.png", full_page=True)
    assert not await page.is_visible("text=Print this page now.") and await page.is_visible("section strong")


@pytest.mark.parametrize("page", ["narrow"], indirect=True)
async def test_what_is_typed_as_a_password_can_be_looked_at_and_is_hidden_again_when_it_is_sent(page):
    """By keyboard: the button says whose field it is for, and the status line what became of it."""
    await page.goto("/sign-in")
    field, button = page.locator("[name=password]"), page.get_by_role("button", name="Show Password")
    await field.fill("four otters in a canoe")
    await field.press("Tab")
    assert await button.evaluate("one => one === document.activeElement")
    await button.press("Enter")
    assert await field.get_attribute("type") == "text"
    await expect(page.locator("#status")).to_have_text("What you typed is shown.")
    await fine(page, "sign-in with the password shown")
    hide = page.get_by_role("button", name="Hide Password")
    await hide.press("Enter")
    assert await field.get_attribute("type") == "password"
    await expect(page.locator("#status")).to_have_text("What you typed is hidden.")
    await page.get_by_role("button", name="Show Password").press("Enter")
    await page.evaluate("document.addEventListener('submit', event => event.preventDefault())")
    await page.click("main button:has-text('Sign in')")
    assert await field.get_attribute("type") == "password"
