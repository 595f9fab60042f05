"""After signing out, or when the time is over, a browser holds nothing: not behind Back, not in any storage."""

from __future__ import annotations

import pytest

from seeds.people import BY_HANDLE
from tests.support.arriving import page_of, when_her_time_runs_out
from tests.support.portals import a_portal
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
    async with page_of("self", browser, portal_of_ours, database, script=script) as page:
        for address in (RECORD, f"{RECORD}/results", f"{RECORD}/visits"):
            await page.goto(address)
            assert SHE.family in await page.inner_text("body")
        await page.get_by_role("button", name="Sign out").click()
        await page.wait_for_url("**/sign-in*")
        for _ in range(4):
            await page.go_back()
            shown = await page.content()
            assert SHE.family not in shown and "mg/dL" not in shown, page.url


async def test_back_would_show_a_page_that_the_browser_may_keep(browser, portal_of_ours, line, database):
    """The check of the check: without `no-store` the page is there, whoever sits at the computer by then."""
    line.keeping = True
    async with page_of("self", browser, portal_of_ours, database, line=line, script=False) as page:
        await page.goto(RECORD)
        await page.goto("/help")
        await when_her_time_runs_out(database)
        await page.go_back()
        assert SHE.family in await page.content()


async def test_htmx_leaves_nothing_in_the_browser(browser, portal_of_ours, database):
    async with page_of("self", browser, portal_of_ours, database) as page:
        await when_she_reads_a_while(page)
        assert await page.evaluate(STORED) == NOTHING
        await page.get_by_role("button", name="Sign out").click()
        await page.wait_for_url("**/sign-in*")
        assert await page.evaluate(STORED) == NOTHING


async def test_something_left_in_the_browser_would_be_noticed(browser, portal_of_ours, database):
    async with page_of("self", browser, portal_of_ours, database) as page:
        await page.goto(RECORD)
        await page.evaluate("sessionStorage.setItem('htmx-history-cache', 'a page')")
        assert await page.evaluate(STORED) != NOTHING


async def test_each_update_in_an_ended_session_leads_to_signing_in(browser, portal_of_ours, database):
    """Every link, button and form of htmx on every page of a record, each pressed when the time is just over."""
    updates = await updates_of(browser, portal_of_ours, database, addresses(await values_for(database, SHE.record_ref)))
    for address, count in updates.items():
        for number in range(count):
            await then_it_leads_to_signing_in(browser, portal_of_ours, database, address, number)
    assert sum(updates.values()) >= 3, f"only {updates} were found"


def addresses(values: dict[str, str]) -> list[str]:
    """Every page of her record."""
    with a_portal() as portal:
        found = [one for one in routes_of(portal) if "GET" in one.methods and set(one.parameters) <= set(values)]
    pages = [one.address(values) for one in found if not one.template.endswith(("{file}", ".pdf", ".txt"))]
    return [one for one in pages if one.startswith(RECORD) and "/as/" not in one]


async def updates_of(browser, running, database, looked_at: list[str]) -> dict[str, int]:
    """How many updates each of these pages has."""
    found = {}
    async with page_of("self", browser, running, database) as page:
        for address in looked_at:
            await page.goto(address)
            found[address] = await page.locator(ASKING).count()
    return found


async def then_it_leads_to_signing_in(browser, running, database, address: str, number: int) -> None:
    async with page_of("self", browser, running, database) as page:
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
