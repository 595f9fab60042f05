"""Reading results in a browser, with script and without: looking for one, turning pages, choosing how far back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from playwright.async_api import Page

from tables.database import Database
from tests.support.axe import axe_problems
from tests.support.browser import focused, opened_page, overflows
from tests.support.lab import Lab, Somebody
from tests.support.live import Live, running_portal
from tests.support.world import a_house

pytestmark = pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
RISING = (("12.3", 4), ("11.8", 95), ("11.4", 180), ("11.1", 270), ("10.6", 355), ("9.8", 700), ("9.1", 1500))


@dataclass(frozen=True)
class Reading:
    live: Live
    home: str
    hemoglobin: str
    who: Somebody


@pytest.fixture(scope="module")
async def reading(first_templates, anyio_backend) -> AsyncIterator[Reading]:
    """A portal whose chart holds a history of hemoglobin, a report, and more lone tests than one page takes."""
    with first_templates.copy(first_templates.demo()) as address:
        database = await Database(address).open()
        now = datetime.now(UTC)
        lab = await Lab.open(a_house(database, now), now)
        tests = [await lab.test("HGB", number, "g/dL", loinc="718-7", low="12.0", high="15.5", days=days) for number, days in RISING]
        await lab.report("CBC panel", tests[0], await lab.test("PLT", "251", "10*3/uL", loinc="777-3", days=4), loinc="58410-2", days=4)
        for number in range(28):
            await lab.test(f"Test number {number}", str(number), "mg/dL", days=10 + number)
        found = Reading(None, lab.home, f"{lab.home}/tests/{await lab.series_ref(tests[0])}", await lab.person("Vera Lind"))
        await database.close()
        with running_portal(address) as live:
            yield Reading(live, found.home, found.hemoglobin, found.who)


@asynccontextmanager
async def arrived(browser, reading: Reading, script: bool, **options) -> AsyncIterator[Page]:
    async with opened_page(browser, reading.live.url, script=script, **options) as page:
        await page.context.add_cookies([{"name": "s", "value": reading.who.cookie, "url": reading.live.url}])
        yield page


async def told(page: Page) -> str:
    return (await page.inner_text("#count")).replace("\N{NO-BREAK SPACE}", " ")


async def test_she_finds_a_result_by_a_word(browser, reading, script):
    async with arrived(browser, reading, script) as page:
        await page.goto(f"{reading.home}/results")
        assert (await told(page)).startswith("33 results from the last year")
        await page.click("summary")
        await page.fill("#q", "platelet")
        await page.click("text=Show results")
        await page.wait_for_url("**q=platelet**")
        await page.wait_for_function("document.querySelectorAll('.rows li').length === 1") if script else None
        assert (await told(page)).startswith("1 result from the last year, newest first. Only those with “platelet” in the name.")
        if script:
            assert (await page.inner_text("#status")).startswith("1 result from the last year")
            assert await focused(page) in ("button", "input#q"), "focus stays where she works"
        await page.reload()
        assert (await told(page)).startswith("1 result from"), "the address holds the filter"


async def test_she_turns_the_pages_forward_and_back(browser, reading, script):
    async with arrived(browser, reading, script) as page:
        await page.goto(f"{reading.home}/results")
        await page.click("text=Older results (8 more)")
        await page.wait_for_url("**before=**")
        await page.get_by_text("This page shows 26 to 33.").wait_for()
        assert await page.locator(".rows li").count() == 8
        if script:
            assert await focused(page) == "h2#m1", "focus goes to what is new, and nothing is said twice"
            assert await page.inner_text("#status") == ""
        await page.click("text=Newer results")
        await page.get_by_text("This page shows 1 to 25.").wait_for()


async def test_she_chooses_how_far_back_a_history_goes(browser, reading, script):
    async with arrived(browser, reading, script) as page:
        await page.goto(reading.hemoglobin)
        await page.get_by_role("heading", name="Picture of the same 5 tests").wait_for()
        await page.click("text=Last 3 years (6)")
        await page.wait_for_url("**since=3y")
        await page.get_by_role("heading", name="Picture of the same 6 tests").wait_for()
        assert await page.locator("tbody tr").count() == 6
        if script:
            assert await page.evaluate("document.activeElement.textContent") == "Tests of the last 3 years"
        assert (await page.locator("nav [aria-current=true]", has_text="Last 3 years").count()) == 1


async def test_she_goes_from_the_list_to_a_report_to_a_history_and_takes_it_along(browser, reading, script):
    async with arrived(browser, reading, script) as page:
        await page.goto(f"{reading.home}/results")
        await page.click("text=Blood count (CBC)")
        await page.click("table a:has-text('Hemoglobin')")
        assert (await page.inner_text("h1")) == "Hemoglobin"
        assert "12.3" in (await page.inner_text(".lede"))
        answer = await page.request.get(await page.get_attribute("main a[href*='.pdf'] >> nth=0", "href"))
        assert answer.headers["content-type"] == "application/pdf"
        await page.click("text=All test results")
        assert page.url.endswith("/results")


@pytest.mark.parametrize("narrow", [True, False], ids=["320 px", "1280 px"])
async def test_every_page_fits_and_is_right_to_axe(browser, reading, script, narrow):
    if not script:
        pytest.skip("axe is script itself; the HTML is the same")
    async with arrived(browser, reading, True, narrow=narrow) as page:
        for path in (f"{reading.home}/results", f"{reading.home}/results?q=hemo&since=all", f"{reading.home}/results?q=none",
                     reading.hemoglobin, f"{reading.hemoglobin}?since=all"):  # fmt: skip
            await page.goto(path)
            assert await overflows(page) == [], path
            assert await axe_problems(page) == [], path
        await page.goto(f"{reading.home}/results")
        async with page.expect_navigation():
            await page.click("text=Blood count (CBC)")
        assert await overflows(page) == []
        assert await axe_problems(page) == []
