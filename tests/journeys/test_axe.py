"""axe on every page and error state, for those who see different frames; nothing is cut off on a small phone.

Pages are found by walking the routes, so a new one is looked at without being named here.
"""

from __future__ import annotations

import os
import zlib

import pytest
from playwright.async_api import Page

from seeds.people import BY_HANDLE
from tests.support.arriving import page_of
from tests.support.axe import axe_problems, colored, shown
from tests.support.browser import NARROW, WIDE, overflows
from tests.support.portals import a_portal
from tests.sweep.walk import Route, routes_of, values_for

pytestmark = pytest.mark.browser
OF_RECORD = "/records/{record}"
NOT_PAGES = ("/static/", "/healthz", "/readyz", "/favicon", "/robots", ".pdf", ".txt", "{file}")
HELPER = "helper-full"
WHO = ("self", HELPER, "frontdesk", "nobody")


@pytest.fixture
def routes() -> list[Route]:
    with a_portal() as portal:
        found = list(routes_of(portal))
    return [one for one in found if "GET" in one.methods and not any(mark in one.template for mark in NOT_PAGES)]


def of_whom(who: str, route: Route) -> bool:
    """Each frame once: her own pages, a helper's view of a record, the desk's pages, what anybody sees."""
    template = route.template
    if who == HELPER:
        return template.startswith(OF_RECORD) and "/as/" not in template
    if who == "frontdesk":
        return template.startswith("/staff")
    if who == "nobody":
        return not template.startswith((OF_RECORD, "/account", "/records", "/staff/"))
    return not template.startswith("/staff")


def has_its_turn(who: str, route: Route) -> bool:
    """In another frame the pages are her own, so of these a third is looked at; in `make prove TESTS=tests/journeys` all."""
    own = who != HELPER and "/as/" not in route.template
    return own or "PROVE_N" in os.environ or zlib.crc32(route.template.encode()) % 3 == 0


async def faults_of(page: Page, name: str, *, seen: set[str] | None = None) -> list[str]:
    """axe on a wide window, and on that of a small phone, where nothing may be cut off. `seen` are the places whose colors
    were looked at already, and grows; at the other width all rules are asked again where it shows other elements."""
    places = await colored(page)
    await page.set_viewport_size(WIDE)
    wide, found = await shown(page), await axe_problems(page, contrast=seen is None or not places <= seen)
    await page.set_viewport_size(NARROW)
    found += [f"wider than 320 px: {one}" for one in await overflows(page)]
    found += [f"at 320 px: {one}" for one in await axe_problems(page, contrast=False, by_size=await shown(page) == wide)]
    if seen is not None:
        seen |= places
    return [f"{name}: {one}" for one in found]


@pytest.mark.parametrize("who", WHO)
async def test_every_page_is_fine_for_axe_and_on_a_small_phone(who, browser, portal_of_ours, database, routes):
    values = await values_for(database, BY_HANDLE["self"].record_ref)
    faults, seen, places = [], 0, set()
    async with page_of(who, browser, portal_of_ours, database) as page:
        for route in routes:
            if not of_whom(who, route) or not set(route.parameters) <= set(values) or not has_its_turn(who, route):
                continue
            answer = await page.goto(route.address(values))
            assert answer.status < 500, (who, route.template, answer.status)
            faults += await faults_of(page, f"{who} {route.template}", seen=places)
            seen += 1
    assert faults == []
    assert seen >= {"self": 15, "helper-full": 5, "frontdesk": 1, "nobody": 5}[who], "hardly anything was looked at"


# States that no address leads to


async def press(page: Page, words: str) -> None:
    async with page.expect_navigation():
        await page.get_by_role("button", name=words, exact=True).first.click()


async def test_refusals_are_fine(browser, portal_of_ours, database):
    """404 for her and for nobody, 403 for a helper without that part, and for staff without that duty."""
    record = f"/records/{BY_HANDLE['self'].record_ref}"
    faults = []
    for who, address, status in (
        ("self", "/nowhere", 404), ("nobody", "/nowhere", 404), ("stranger", f"{record}/results", 404),
        ("helper-appointments", f"{record}/results", 403), ("billing", "/staff/records/" + "A" * 22 + "/code", 403),
    ):
        async with page_of(who, browser, portal_of_ours, database) as page:
            answer = await page.goto(address)
            assert answer.status == status, (who, address, answer.status)
            faults += await faults_of(page, f"{who} {status}")
    assert faults == []


async def test_forms_with_errors_are_fine(browser, portal_of_ours, database):
    faults = []
    for who, address, button in (
        ("nobody", "/sign-in", "Sign in"), ("nobody", "/register", "Go on"), ("nobody", "/staff/sign-in", "Sign in"), ("nobody", "/staff/register", "Go on"),
        ("frontdesk", "/staff", "Find"), ("self", "/account/prove", "Go on"),
        ("self", f"/records/{BY_HANDLE['self'].record_ref}/sharing/invitations", "Go on"),
    ):
        async with page_of(who, browser, portal_of_ours, database) as page:
            await page.goto(address)
            async with page.expect_response(lambda answer: answer.request.method == "POST") as sent:
                await page.locator("main form").filter(has=page.locator("input:visible")).locator("button.btn:not(.reveal):visible").first.click()
            assert (await sent.value).status == 422, address
            await page.wait_for_load_state()
            assert (await page.title()).startswith("Error: ")
            faults += await faults_of(page, f"{address} with errors")
    assert faults == []


async def test_too_many_tries_is_fine(browser, portal_of_ours, database):
    async with page_of("nobody", browser, portal_of_ours, database) as page:
        status = 0
        for _ in range(40):
            await page.goto("/sign-in")
            await page.fill("main [name=username]", "nobody.known")
            await page.fill("main [name=password]", "not the password")
            async with page.expect_response(lambda answer: answer.request.method == "POST") as sent:
                await press(page, "Sign in")
            status = (await sent.value).status
            if status == 429:
                break
        assert status == 429
        assert await faults_of(page, "429") == []


async def test_the_warning_before_the_end_is_fine(browser, portal_of_ours, database):
    """As the stylesheet shows it, and as the script's dialog."""
    async with page_of("self", browser, portal_of_ours, database) as page:
        await page.goto("/records")
        await page.evaluate("document.querySelector('.timeout').getAnimations()[0].finish()")
        assert await page.locator(".timeout").is_visible()
        faults = await faults_of(page, "the warning")
    async with page_of("self", browser, portal_of_ours, database) as page:
        await page.clock.install()
        await page.goto("/account/preferences")
        await page.clock.fast_forward("28:10")
        await page.locator("dialog[open]").wait_for()
        faults += await faults_of(page, "the warning as a dialog")
    assert faults == []


FAULTS = {
    "label": "document.querySelector('main label').remove()",
    "wider than 320 px": "document.querySelector('main h1').style.width = '600px'",
    "color-contrast": "document.querySelector('main h1').innerHTML = '<i class=faint>Sign in</i>';"
                      "document.querySelector('main i').style.color = '#bbb'",
    "at 320 px: target-size": "document.querySelector('main').insertAdjacentHTML('afterbegin', '<div><button>a</button><button>b</button></div>');"
                              "for (const e of document.querySelectorAll('main div:first-child button')) e.style.cssText = 'all: unset; font-size: 9px'",
    "at 320 px: image-alt": "document.head.insertAdjacentHTML('beforeend', '<link rel=stylesheet media=\"(min-width: 700px)\" href=\"/wide.css\">');"
                            "document.querySelector('main').insertAdjacentHTML('beforeend', '<p class=small><img src=/favicon.ico></p>')",
}  # fmt: skip
"""What spoils a page. The last is there on a small phone alone."""


@pytest.mark.parametrize("told", FAULTS)
async def test_a_fault_is_noticed_at_either_width(told, browser, portal_of_ours, database):
    async with page_of("nobody", browser, portal_of_ours, database) as page:
        await page.route("**/wide.css", lambda asked: asked.fulfill(body=".small { display: none }", content_type="text/css"))
        seen: set[str] = set()
        await page.goto("/sign-in")
        assert await faults_of(page, "before", seen=seen) == []
        await page.set_viewport_size(WIDE)
        await page.goto("/sign-in")
        await page.evaluate(FAULTS[told])
        await page.wait_for_load_state("networkidle")
        assert any(told in line for line in await faults_of(page, "spoilt", seen=seen))
