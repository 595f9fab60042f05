"""On a thin line: what was sent twice is done once, what was typed is not lost, and the time-out says when it comes."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import UTC, datetime
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.async_api import Error, Page

from seeds.cast import fixed_id
from seeds.papers import pdf
from tables.database import Database
from tests.support.arriving import given_unused_codes, on, when_her_time_runs_out
from tests.support.browser import opened_page
from tests.support.client import Client, browser_like
from tests.support.forms import fill
from tests.support.signing_in import give_code, give_password, sign_in, sign_in_here

pytestmark = pytest.mark.browser
SHE = "self"
NAME = "main [name=called]"
DELAYS = {"/sign-in": 28 * 60_000, "shared": 8 * 60_000, "/staff/sign-in": 13 * 60_000}


@pytest.fixture
async def maria(portal_of_ours, line, database, live_cast):
    """The test client, on the bad line."""
    await given_unused_codes(database)
    async with browser_like(httpx.AsyncHTTPTransport(proxy=line.url), portal_of_ours.url) as http:
        client = Client(http)
        await sign_in(client, live_cast[SHE])
        yield client


@contextlib.asynccontextmanager
async def chromium_on(line, browser, running, database, member, *, script: bool):
    await given_unused_codes(database)
    async with opened_page(browser, running.url, script=script, **on(line)) as fresh:
        await sign_in_here(fresh, member)
        yield fresh


@pytest.fixture(params=["script", "no script"])
async def page(request, browser, portal_of_ours, line, database, live_cast):
    """Chromium on the bad line, signed in."""
    script = request.param == "script"
    async with chromium_on(line, browser, portal_of_ours, database, live_cast[SHE], script=script) as fresh:
        yield fresh


@pytest.fixture
async def plain_page(browser, portal_of_ours, line, database, live_cast):
    """The same without script."""
    async with chromium_on(line, browser, portal_of_ours, database, live_cast[SHE], script=False) as fresh:
        yield fresh


async def done(database: Database, action: str) -> int:
    rows = await database.rows(
        "SELECT COUNT(*) AS n FROM audit_event WHERE action = ? AND actor = ? AND decision = 'allowed'",
        action, fixed_id("account", SHE),
    )
    return rows[0]["n"]


async def called(database: Database) -> str:
    return (await database.rows("SELECT called FROM account WHERE id = ?", fixed_id("account", SHE)))[0]["called"]


# Sent twice


async def test_codes_asked_for_again_after_the_line_dropped_are_made_once(maria, line, database):
    before = await done(database, "account.new_codes")
    form = await maria.get("/account/codes")
    line.drop("/account/codes")
    with pytest.raises(httpx.TransportError):
        await maria.send(form, "/account/codes")
    assert line.lost == ["/account/codes"]
    page = await maria.arrive(await maria.send(form, "/account/codes"))
    assert await done(database, "account.new_codes") == before + 1
    assert "We show them only now" in page.main, "she still gets to see the codes that were made"


async def test_a_form_sent_eight_times_at_once_acts_once(maria, database):
    before = await done(database, "account.preferences")
    form = await maria.get("/account/preferences")
    answers = await asyncio.gather(
        *(maria.send(form, "/account/preferences", called="Mia", text_size="normal") for _ in range(8))
    )
    assert {(seen.status, seen.headers["location"]) for seen in answers} == {(303, "/account/preferences?done=preferences")}
    assert await done(database, "account.preferences") == before + 1


async def test_the_same_form_with_other_words_is_asked_about(maria, database):
    form = await maria.get("/account/preferences")
    await maria.send(form, "/account/preferences", called="Mary")
    again = await maria.send(form, "/account/preferences", called="Marie")
    assert again.status == 422 and "already" in again.h1.lower() + again.main.lower()
    assert await called(database) == "Mary"


async def test_a_file_that_was_cut_on_its_way_is_sent_again_whole_and_kept_once(maria, line, database, live_cast):
    """Nothing of the half is kept; and where the second answer is lost as well, the third time leads to what the second did."""
    address = f"/records/{live_cast[SHE].record}/messages/new"
    before = await asked_so_far(database)
    page = await maria.get(address)
    sending = fill(page.tree, page.url, "Send", {"topic": "health", "words": "My letter", "file": ("a.pdf", pdf(["A letter"]), "application/pdf")})
    line.break_off(address)
    line.drop(address)
    for asked, files in ((0, 0), (1, 1)):
        with pytest.raises(httpx.TransportError):
            await maria.send_again(sending)
        assert await asked_so_far(database) == [before[0] + asked, before[1] + files]
    page = await maria.arrive(await maria.send_again(sending))
    assert "We have it." in page.main and "My letter" in page.main and "File: PDF" in page.main
    assert line.lost == [address] * 2 and await asked_so_far(database) == [before[0] + 1, before[1] + 1]


async def asked_so_far(database: Database) -> list[int]:
    """Requests, and files with them."""
    return [(await database.rows(f"SELECT COUNT(*) AS n FROM {table}"))[0]["n"] for table in ("request", "stored_file")]


async def test_pressing_twice_in_a_browser_acts_once(page, database):
    before = await done(database, "account.preferences")
    await page.goto("/account/preferences")
    await page.fill(NAME, "Maria M")
    await page.get_by_role("button", name="Keep these choices").dblclick()
    with contextlib.suppress(Error):  # the second press may end the first one's journey
        await page.wait_for_url("**/account/preferences?done=preferences")
    await page.wait_for_url("**/account/preferences?done=preferences")
    assert await called(database) == "Maria M"
    assert await done(database, "account.preferences") == before + 1


async def was_kept(page: Page) -> bool:
    """Waits until the browser shows our answer, or its own page that says that none came."""
    while "done=preferences" not in page.url and not page.url.startswith("chrome-error:"):
        await asyncio.sleep(0.05)
    return "done=preferences" in page.url


@pytest.mark.parametrize("lost", [1, 2])
async def test_what_the_line_swallowed_is_sent_again_and_done_once(lost, plain_page, line, database):
    """Chromium tries a lost form once more by itself; then it shows its own error plain_page, and reloading sends it again."""
    before = await done(database, "account.preferences")
    await plain_page.goto("/account/preferences")
    await plain_page.fill(NAME, f"Maria {lost}")
    line.drop("/account/preferences", times=lost)
    await plain_page.get_by_role("button", name="Keep these choices").click(no_wait_after=True)
    async with asyncio.timeout(30):
        while not await was_kept(plain_page):
            with contextlib.suppress(Error):
                await plain_page.reload()
    assert "done=preferences" in plain_page.url
    assert len(line.lost) == lost and await called(database) == f"Maria {lost}"
    assert await done(database, "account.preferences") == before + 1


# Out of time


async def test_what_was_typed_when_the_time_ran_out_comes_back_and_waits_to_be_sent(page, database, live_cast):
    await page.goto("/account/preferences")
    was = await called(database)
    await page.fill(NAME, "Words I typed")
    await when_her_time_runs_out(database)
    await then_pressing_leads_to(page, "Keep these choices", "**/sign-in?*")
    assert "What you typed is kept" in await page.inner_text("main")
    await given_unused_codes(database)
    await give_password(page, live_cast[SHE])
    await give_code(page, live_cast[SHE])
    assert urlsplit(page.url).path == "/account/preferences"
    assert await page.input_value(NAME) == "Words I typed"
    assert await called(database) == was, "nothing is sent by itself"
    await then_pressing_leads_to(page, "Keep these choices", "**/account/preferences?done=preferences")
    assert await called(database) == "Words I typed"


async def test_what_she_typed_is_nothing_to_anybody_else(plain_page, browser, portal_of_ours, database, live_cast):
    await plain_page.goto("/account/preferences")
    await plain_page.fill(NAME, "Only for me")
    await when_her_time_runs_out(database)
    await then_pressing_leads_to(plain_page, "Keep these choices", "**/sign-in?*")
    async with opened_page(browser, portal_of_ours.url, script=False) as other:
        await other.goto(plain_page.url)
        await given_unused_codes(database)
        await give_password(other, live_cast["stranger"])
        await give_code(other, live_cast["stranger"])
        await other.wait_for_url("**/account/preferences*")
        assert "Only for me" not in await other.content()
        assert await other.input_value(NAME) != "Only for me"


async def test_what_was_typed_in_a_session_she_ended_herself_is_not_kept(plain_page, database, live_cast):
    await plain_page.goto("/account/preferences")
    await plain_page.fill(NAME, "After signing out")
    async with database.transaction():
        await database.rows("DELETE FROM parked_form")
    async with database.transaction():
        await database.rows(
            "UPDATE session SET revoked_at = ?, end_reason = 'signed_out' WHERE account = ? AND revoked_at IS NULL",
            datetime.now(UTC), fixed_id("account", SHE),
        )
    await then_pressing_leads_to(plain_page, "Keep these choices", "**/sign-in?*")
    assert "What you typed is kept" not in await plain_page.inner_text("main")
    assert not await database.rows("SELECT 1 FROM parked_form")


async def test_staying_signed_in_without_script_keeps_what_was_typed(browser, portal_of_ours, database, live_cast):
    async with opened_page(browser, portal_of_ours.url, script=False) as page:
        await given_unused_codes(database)
        await sign_in_here(page, live_cast[SHE])
        await page.goto("/account/preferences")
        await page.fill(NAME, "Still typing")
        await when_the_banner_comes(page)
        await then_pressing_leads_to(page, "Stay signed in", "**/account/preferences?*kept=*")
        assert await page.input_value(NAME) == "Still typing"
        assert await called(database) != "Still typing"


# The warning


@pytest.mark.parametrize("who, door, shared", [(SHE, "/sign-in", False), (SHE, "/sign-in", True), ("frontdesk", "/staff/sign-in", False)])
async def test_the_warning_comes_two_minutes_before_the_end(who, door, shared, browser, portal_of_ours, database, live_cast):
    """By a delay of the stylesheet, so that it needs no script."""
    async with opened_page(browser, portal_of_ours.url, script=False) as page:
        await given_unused_codes(database)
        await page.goto(door)
        if shared:
            await page.check("main [name=shared]")
        await give_password(page, live_cast[who])
        await give_code(page, live_cast[who])
        await page.goto("/account/preferences" if who == SHE else "/staff")
        banner = page.locator(".timeout")
        assert await delay_of(page) == DELAYS["shared" if shared else door]
        await at(page, await delay_of(page) - 1000)
        assert not await banner.is_visible()
        await when_the_banner_comes(page)
        assert await banner.is_visible()


async def delay_of(page) -> float:
    return await page.evaluate("document.querySelector('.timeout').getAnimations()[0].effect.getTiming().delay")


async def at(page, milliseconds: float) -> None:
    """As many milliseconds after the page was shown, for the stylesheet."""
    await page.evaluate(
        "ms => { const a = document.querySelector('.timeout').getAnimations()[0]; a.pause(); a.currentTime = ms }", milliseconds
    )


async def when_the_banner_comes(page) -> None:
    await at(page, await delay_of(page) + 1500)


async def then_pressing_leads_to(page, words: str, address: str) -> None:
    await page.get_by_role("button", name=words, exact=True).click()
    await page.wait_for_url(address)
