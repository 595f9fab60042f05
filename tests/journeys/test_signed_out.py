"""After signing out, or when the time is over, a browser holds nothing: not behind Back, not in any storage."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest

from app import create_app
from seeds.cast import fixed_id
from seeds.people import BY_HANDLE
from tables.database import Database
from tests.support.bad_line import bad_line
from tests.support.browser import opened_page
from tests.support.live import running_portal
from tests.support.owners import cookie_of
from tests.sweep.walk import routes_of, values_for

pytestmark = pytest.mark.browser
SHE = BY_HANDLE["self"]
RECORD = f"/records/{SHE.record_ref}"
STORED = """async () => ({
    local: localStorage.length, session: sessionStorage.length, cookies: document.cookie,
    caches: (await caches.keys()).length, databases: (await indexedDB.databases()).length,
    workers: (await navigator.serviceWorker?.getRegistrations() ?? []).length,
})"""
NOTHING = {"local": 0, "session": 0, "cookies": "", "caches": 0, "databases": 0, "workers": 0}
ASKING = "main [hx-get]"


@pytest.fixture(scope="module")
def portal_of_ours(first_templates):
    with first_templates.copy(first_templates.demo()) as address, running_portal(address) as running:
        yield running


@pytest.fixture
async def database(portal_of_ours):
    opened = await Database(portal_of_ours.database_url).open()
    yield opened
    await opened.close()


@contextlib.asynccontextmanager
async def maria_at(browser, running, database, *, script: bool = True):
    async with opened_page(browser, running.url, script=script) as page:
        await page.context.add_cookies([await cookie_of(database, "self", running.url, datetime.now(UTC))])
        yield page


async def when_her_time_runs_out(database: Database) -> None:
    async with database.transaction():
        await database.rows(
            "UPDATE session SET ends_at = ? WHERE account = ? AND revoked_at IS NULL",
            datetime.now(UTC) - timedelta(seconds=1), fixed_id("account", "self"),
        )


async def when_she_reads_a_while(page) -> None:
    """With every kind of update that htmx makes: a filter, an older page, another time."""
    await page.goto(RECORD)
    await page.goto(f"{RECORD}/results")
    await page.locator("summary").first.click()
    async with page.expect_response(lambda answer: "hx-request" in answer.request.headers):
        await page.get_by_role("button", name="Show results").click()
    await page.locator("#results a").first.click()
    await page.wait_for_load_state()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
async def test_back_after_signing_out_shows_nothing(script, browser, portal_of_ours, database):
    async with maria_at(browser, portal_of_ours, database, script=script) as page:
        for address in (RECORD, f"{RECORD}/results", f"{RECORD}/visits"):
            await page.goto(address)
            assert SHE.family in await page.inner_text("body")
        await page.get_by_role("button", name="Sign out").click()
        await page.wait_for_url("**/sign-in*")
        for _ in range(4):
            await page.go_back()
            shown = await page.content()
            assert SHE.family not in shown and "mg/dL" not in shown, page.url


async def test_back_would_show_a_page_that_the_browser_may_keep(browser, portal_of_ours, database):
    """The check of the check: without `no-store` the page is there, whoever sits at the computer by then."""
    async with bad_line(urlsplit(portal_of_ours.url).port) as line:
        line.keeping = True
        proxy = {"server": line.url, "bypass": "<-loopback>"}
        async with opened_page(browser, portal_of_ours.url, script=False, proxy=proxy) as page:
            await page.context.add_cookies([await cookie_of(database, "self", portal_of_ours.url, datetime.now(UTC))])
            await page.goto(RECORD)
            await page.goto("/help")
            await when_her_time_runs_out(database)
            await page.go_back()
            assert SHE.family in await page.content()


async def test_htmx_leaves_nothing_in_the_browser(browser, portal_of_ours, database):
    async with maria_at(browser, portal_of_ours, database) as page:
        await when_she_reads_a_while(page)
        assert await page.evaluate(STORED) == NOTHING
        await page.get_by_role("button", name="Sign out").click()
        await page.wait_for_url("**/sign-in*")
        assert await page.evaluate(STORED) == NOTHING


async def test_something_left_in_the_browser_would_be_noticed(browser, portal_of_ours, database):
    async with maria_at(browser, portal_of_ours, database) as page:
        await page.goto(RECORD)
        await page.evaluate("sessionStorage.setItem('htmx-history-cache', 'a page')")
        assert await page.evaluate(STORED) != NOTHING


async def test_each_update_in_an_ended_session_leads_to_signing_in(browser, portal_of_ours, database, make_settings):
    """Every link, button and form of htmx on every page of a record, each pressed when the time is just over."""
    values = await values_for(database, SHE.record_ref)
    found = routes_of(create_app(make_settings("sqlite:///nowhere.db")).app)
    routes = [one for one in found if "GET" in one.methods and not one.template.endswith("{file}")]
    pressed = []
    for route in routes:
        address = route.address(values) if set(route.parameters) <= set(values) else ""
        if not address.startswith(RECORD) or "/as/" in address or address.endswith((".pdf", ".txt")):
            continue
        for number in range(await updates_on(browser, portal_of_ours, database, address)):
            pressed.append(f"{route.template} {number}")
            await then_it_leads_to_signing_in(browser, portal_of_ours, database, address, number)
    assert len(pressed) >= 3, f"only {pressed} were found"


async def updates_on(browser, running, database, address: str) -> int:
    async with maria_at(browser, running, database) as page:
        await page.goto(address)
        return await page.locator(ASKING).count()


async def then_it_leads_to_signing_in(browser, running, database, address: str, number: int) -> None:
    async with maria_at(browser, running, database) as page:
        await page.goto(address)
        for folded in await page.locator("details:not([open]) > summary").all():
            await folded.click()
        asking = page.locator(ASKING).nth(number)
        button = asking.locator("button:not([formaction])")
        await when_her_time_runs_out(database)
        async with page.expect_response(lambda answer: "hx-request" in answer.request.headers) as answered:
            await (button.first if await button.count() else asking).click()
        assert (await answered.value).status == 204, (address, number)
        await page.wait_for_url("**/sign-in?*")
        assert "You were signed out" in await page.inner_text("main")
        assert SHE.family not in await page.content()
