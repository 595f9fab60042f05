"""Our own script in a browser, under the portal's content security policy: the time-out, updates by htmx, what is announced."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from playwright.async_api import Browser, Page, Route

from handlers.assets import Assets, asset_response, fresh
from tests.support.browser import opened_page
from tests.support.kit import Frame, environment, kit_html, record_frame, render

pytestmark = pytest.mark.browser

SITE = "http://localhost:9"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
PART = '<section id="list"><h2>{}</h2><p>{}</p></section>'
LINK = '<a id="more" href="/more" hx-get="/more" hx-target="#list" hx-swap="outerHTML" hx-replace-url="true">More</a>'


@dataclass
class Site:
    """Answers of made-up pages, and what was asked of it."""

    assets: Assets
    pages: dict[str, str]
    stay: int = 204
    down: bool = False
    more: tuple[int, str] = (200, PART.format("Older results", "8 of them"))
    asked: list[str] = field(default_factory=list)

    async def answer(self, route: Route) -> None:
        request = route.request
        path = request.url.removeprefix(SITE)
        if self.down:
            return await route.abort("internetdisconnected")
        self.asked.append(f"{request.method} {path} {request.post_data or ''}".strip())
        if built := asset_response(self.assets, path, ""):
            return await route.fulfill(status=200, headers=dict(built[1]), body=built[2])
        if path == "/stay" and request.headers.get("hx-request"):
            return await route.fulfill(status=self.stay, body="")
        status, html = self.more if path == "/more" and request.headers.get("hx-request") else (200, self.pages.get(path, "<h1>Elsewhere</h1>"))
        await route.fulfill(status=status, body=html, headers={"content-type": "text/html", "content-security-policy": POLICY})

    def posts(self) -> list[str]:
        return [one for one in self.asked if one.startswith("POST")]


@pytest.fixture(scope="module")
def assets(tmp_path_factory) -> Assets:
    return fresh(built=tmp_path_factory.mktemp("built"))


@pytest.fixture
def site(assets) -> Site:
    """`/` has nothing to send; `/form` is the kit, with a list that htmx can refresh."""
    frame = record_frame(css=assets.url("site.css"), reveal=assets.url("reveal.js"), scripts=(assets.url("htmx.js"), assets.url("portal.js")))
    banner = str(environment().globals["stay_banner"](frame))
    plain = render("errors/404.html", frame).replace("<h1>", banner + "<h1>", 1)
    listed = kit_html(frame).replace("</main>", PART.format("Results", "2 of them") + LINK + "</main>")
    return Site(assets, {"/": plain, "/form": listed})


@asynccontextmanager
async def visited(browser: Browser, site: Site, path: str, *, frozen: bool = True, now: str | None = None, **context) -> AsyncIterator[Page]:
    async with opened_page(browser, SITE, **context) as page:
        await page.context.route("**/*", site.answer)
        if frozen:
            await page.clock.install(time=now)
        await page.goto(path)
        yield page


async def test_without_script_the_warning_shows_two_minutes_before_the_end(browser, site):
    async with visited(browser, site, "/", script=False, frozen=False) as page:
        box = page.locator(".timeout")
        assert await box.evaluate("e => getComputedStyle(e).visibility") == "hidden"
        assert await box.evaluate("e => e.getBoundingClientRect().height") == 0
        assert await box.evaluate("e => getComputedStyle(e).animationDelay") == "1680s"
        await box.evaluate("e => e.getAnimations().forEach(one => one.finish())")
        assert await page.get_by_role("button", name="Stay signed in").is_visible()
        await page.get_by_role("button", name="Stay signed in").click()
    assert re.search(r"POST /stay csrf=\w+&form_key=\w+&next=%2Fkit", site.asked[-1])


@pytest.mark.parametrize(("idle", "seconds"), [("idle10", "480s"), ("idle15", "780s"), ("idle30", "1680s")])
async def test_the_warning_comes_two_minutes_before_each_kind_of_end(browser, site, idle, seconds):
    site.pages["/"] = site.pages["/"].replace("idle30", idle)
    async with visited(browser, site, "/", script=False, frozen=False) as page:
        assert await page.locator(".timeout").evaluate("e => getComputedStyle(e).animationDelay") == seconds


async def test_with_script_the_warning_is_a_dialog_that_takes_the_focus(browser, site):
    async with visited(browser, site, "/") as page:
        await page.clock.fast_forward("27:50")
        assert await page.get_by_role("dialog").count() == 0
        await page.clock.fast_forward("00:15")
        assert await page.get_by_role("dialog", name="You will be signed out at 10:42 am").is_visible()
        assert await page.evaluate("document.activeElement.textContent") == "Stay signed in"


async def test_staying_asks_the_server_once_and_starts_the_time_anew(browser, site):
    async with visited(browser, site, "/") as page:
        await page.clock.fast_forward("28:05")
        await page.get_by_role("button", name="Stay signed in").click()
        await page.wait_for_function("() => !document.querySelector('dialog').open")
        await page.clock.fast_forward(1000)
        assert await page.locator("#status").text_content() == "You stay signed in."
        assert not (await page.locator(".foot .out").text_content()).startswith("10:42")
        await page.clock.fast_forward("27:00")
        assert not await page.get_by_role("dialog").is_visible()
        await page.clock.fast_forward("01:10")
        assert await page.get_by_role("dialog").is_visible()
    assert len(site.posts()) == 1 and "csrf=" in site.posts()[0]


async def test_the_new_time_is_the_clinics_like_the_one_before(browser, site):
    site.pages["/"] = re.sub('data-zone="[^"]*"', 'data-zone="America/Chicago"', site.pages["/"])
    async with visited(browser, site, "/", now="2026-05-08T15:00:00Z", timezone_id="Asia/Tokyo") as page:
        await page.clock.fast_forward("28:05")
        await page.get_by_role("button", name="Stay signed in").click()
        await page.wait_for_function("() => !document.querySelector('dialog').open")
        await page.wait_for_function("() => document.querySelector('.foot .out').textContent.startsWith('10:58')")


async def test_a_refusal_to_stay_falls_back_to_the_plain_form(browser, site):
    site.stay = 403
    async with visited(browser, site, "/") as page:
        await page.clock.fast_forward("28:05")
        await page.get_by_role("button", name="Stay signed in").click()
        await page.wait_for_selector("h1:has-text('Elsewhere')")
    assert len(site.posts()) == 2


async def test_where_the_line_is_down_staying_is_asked_again_from_the_page_that_stands(browser, site):
    async with visited(browser, site, "/form") as page:
        await page.get_by_label("Anything else").fill("My stomach hurts")
        await page.clock.fast_forward("28:05")
        site.down = True
        await page.get_by_role("button", name="Stay signed in").click()
        said = page.get_by_role("dialog").get_by_role("status")
        await tells(page, said, "That did not work")
        site.down = False
        await page.clock.fast_forward(5000)
        await tells(page, page.locator("#status"), "You stay signed in.")
        assert not await page.get_by_role("dialog").is_visible()
        assert page.url == f"{SITE}/form" and await page.get_by_label("Anything else").input_value() == "My stomach hurts"


@pytest.mark.parametrize(("path", "then"), [("/form", "**/stay"), ("/", "**/sign-in")])
async def test_at_the_end_of_the_time_a_page_waits_for_the_line_before_it_is_left(browser, site, path, then):
    async with visited(browser, site, path) as page:
        await page.clock.fast_forward("28:05")
        site.down = True
        await page.clock.fast_forward("02:01")
        await tells(page, page.locator("#status"), "That did not work")
        await page.clock.fast_forward("01:00")
        assert page.url == f"{SITE}{path}"
        site.down = False
        await page.clock.fast_forward(5000)
        await page.wait_for_url(then)


async def tells(page: Page, status, words: str) -> None:
    """The line is filled a moment after it was emptied, and this clock stands still."""
    for _ in range(50):
        if words in (await status.text_content() or ""):
            return
        await page.clock.run_for(60)
        await asyncio.sleep(0.05)
    raise AssertionError(f"never said: {words}")


async def test_closing_the_dialog_does_not_bring_it_back_at_once(browser, site):
    async with visited(browser, site, "/") as page:
        await page.clock.fast_forward("28:05")
        await page.keyboard.press("Escape")
        await page.clock.fast_forward("00:30")
        assert not await page.get_by_role("dialog").is_visible()


async def test_when_the_time_is_over_the_page_is_left_for_sign_in(browser, site):
    async with visited(browser, site, "/") as page:
        await page.clock.fast_forward("30:06")
        await page.wait_for_url("**/sign-in")
    assert not site.posts()


async def test_when_the_time_is_over_a_form_is_sent_to_be_kept(browser, site):
    async with visited(browser, site, "/form") as page:
        await page.get_by_label("Anything else").fill("My stomach hurts")
        await page.clock.fast_forward("30:06")
        await page.wait_for_url("**/stay")
    assert "words=My+stomach+hurts" in site.posts()[0]


async def test_another_tab_of_the_same_browser_keeps_this_one_open(browser, site):
    async with visited(browser, site, "/") as page:
        await page.clock.fast_forward("25:00")
        other = await page.context.new_page()
        await other.goto("/")
        await page.clock.fast_forward("05:10")
        assert page.url == f"{SITE}/" and not await page.get_by_role("dialog").is_visible()


async def test_an_update_that_one_asked_for_prolongs_the_session(browser, site):
    async with visited(browser, site, "/form") as page:
        await page.clock.fast_forward("27:00")
        await page.locator("#more").click()
        await page.wait_for_selector("text=Older results")
        await page.clock.fast_forward("02:00")
        assert not await page.get_by_role("dialog").is_visible()


async def test_polling_is_not_activity(browser, site):
    site.pages["/form"] = site.pages["/form"].replace('id="more"', 'id="more" hx-trigger="every 20s"')
    async with visited(browser, site, "/form") as page:
        await page.clock.fast_forward("27:00")
        await page.wait_for_selector("text=Older results")
        await page.clock.fast_forward("01:10")
        assert await page.get_by_role("dialog").is_visible()


async def test_an_update_that_takes_the_focus_away_moves_it_to_its_heading(browser, site):
    async with visited(browser, site, "/form", frozen=False) as page:
        await page.evaluate("document.querySelector('#list').append(document.querySelector('#more'))")
        await page.locator("#more").click()
        await page.wait_for_selector("text=Older results")
        await page.wait_for_function("() => document.activeElement.textContent === 'Older results'")


async def test_an_update_that_leaves_the_focus_moves_nothing_and_fills_the_status_line(browser, site):
    told = '<div id="status" hx-swap-oob="innerHTML">8 results.</div>'
    site.more = (200, PART.format("Older results", "8 of them") + told)
    async with visited(browser, site, "/form", frozen=False) as page:
        await page.locator("#more").click()
        await page.wait_for_selector("text=Older results")
        assert await page.evaluate("document.activeElement.id") == "more"
        status = page.locator("#status")
        assert await status.text_content() == "8 results." and await status.get_attribute("role") == "status"
        assert page.url == f"{SITE}/more"


@pytest.mark.parametrize("status", [500, 503])
async def test_a_failed_update_changes_nothing_and_is_said(browser, site, status):
    site.more = (status, "<h1>Broken</h1>")
    async with visited(browser, site, "/form", frozen=False) as page:
        await page.locator("#more").click()
        await page.wait_for_function("() => document.querySelector('#status').textContent.startsWith('That did not work')")
        assert await page.locator("#list h2").text_content() == "Results"


async def test_a_page_that_asks_again_by_itself_tells_of_a_broken_line_once(browser, site):
    site.pages["/form"] = site.pages["/form"].replace('id="more"', 'id="more" hx-trigger="click, every 20s"')
    site.more = (503, "<h1>Broken</h1>")
    async with visited(browser, site, "/form") as page:
        status = page.locator("#status")
        for told in (True, False, False):
            await page.evaluate("document.querySelector('#status').textContent = ''")
            async with page.expect_response("**/more"):
                await page.clock.fast_forward("00:20")
            await page.clock.fast_forward(1000)
            await page.clock.run_for(100)
            assert bool(await status.text_content()) == told
        async with page.expect_response("**/more"):
            await page.locator("#more").click()
        await tells(page, status, "That did not work")


async def test_a_page_that_asks_again_by_itself_says_so_and_leaves_the_focus(browser, site):
    site.pages["/form"] = site.pages["/form"].replace('id="more"', 'id="more" hx-trigger="every 20s"')
    async with visited(browser, site, "/form") as page:
        async with page.expect_request("**/more") as asked:
            await page.clock.fast_forward("00:20")
        assert (await (await asked.value).all_headers())["hx-unasked"] == "true"
        await page.wait_for_selector("text=Older results")
        assert await page.evaluate("document.activeElement === document.body")


async def test_a_lost_connection_is_said(browser, site):
    async with visited(browser, site, "/form", frozen=False) as page:
        await page.context.set_offline(True)
        await page.context.unroute("**/*")
        await page.locator("#more").click()
        await page.wait_for_function("() => document.querySelector('#status').textContent.startsWith('That did not work')")


async def test_nothing_is_kept_in_the_browser(browser, site):
    async with visited(browser, site, "/form", frozen=False) as page:
        await page.locator("#more").click()
        await page.wait_for_selector("text=Older results")
        assert await page.evaluate("localStorage.length + sessionStorage.length + document.cookie.length") == 0
        assert await page.evaluate("document.adoptedStyleSheets.length") == 0


async def test_a_page_of_nobody_loads_no_script(browser, site):
    site.pages["/"] = render("errors/404.html", Frame(css=site.assets.url("site.css")))
    async with visited(browser, site, "/", frozen=False):
        pass
    assert not any(".js" in one for one in site.asked)
