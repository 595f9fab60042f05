"""Signing in with both factors, as the cast does: by the test client, or in Chromium."""

from __future__ import annotations

import asyncio
import time

from playwright.async_api import Page

from tests.support.client import Client, Seen
from tests.support.live import Member

STAFF = frozenset({"clinician", "frontdesk", "billing", "support", "privacy", "admin"})
STEP_SECONDS = 30


def door(member: Member) -> str:
    return "/staff/sign-in" if member.handle in STAFF else "/sign-in"


async def sign_in(client: Client, member: Member) -> Seen:
    """The page that signing in leads to. It fails with the errors that the page shows."""
    page = await client.submit(await client.get(door(member)), 0, username=member.username, password=member.password)
    assert page.url.endswith("/sign-in/code"), f"{member.handle}: {page.url} {page.errors}"
    page = await client.submit(page, 0, code=member.code)
    assert "/sign-in" not in page.url, f"{member.handle}: {page.url} {page.errors}"
    return page


async def sign_in_here(page: Page, member: Member) -> None:
    """In the browser, with or without script. A code works once, so a used one is waited out."""
    await page.goto(door(member))
    await give_password(page, member)
    await give_code(page, member)
    if "/sign-in" in page.url:
        await asyncio.sleep(STEP_SECONDS - time.time() % STEP_SECONDS + 0.5)
        await give_code(page, member)
    assert "/sign-in" not in page.url, f"{member.handle}: {await page.inner_text('main')}"


async def give_password(page: Page, member: Member) -> None:
    await page.fill("main [name=username]", member.username)
    await page.fill("main [name=password]", member.password)
    await page.press("main [name=password]", "Enter")
    await page.wait_for_url("**/sign-in/code*")


async def give_code(page: Page, member: Member) -> None:
    await page.fill("main [name=code]", member.code)
    async with page.expect_navigation():
        await page.press("main [name=code]", "Enter")
