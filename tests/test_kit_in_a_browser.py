"""The kit as it is drawn: axe in every colour scheme, nothing cut off at 320 px, targets wide enough, focus to be seen."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Browser, Page, Route

from handlers.assets import Assets, asset_response, fresh
from tests.support.axe import axe_problems
from tests.support.browser import opened_page
from tests.support.kit import Frame, Notice, helper_frame, kit_html, preview_frame, record_frame, staff_frame

pytestmark = pytest.mark.browser

SITE = "http://localhost:9"
FRAMES = {
    "own": record_frame(notice=Notice("good", "Booked.", "Thursday, May 14.")),
    "other": helper_frame(),
    "preview": preview_frame(),
    "staff": staff_frame(),
    "nobody": Frame(demo=True),
}
SCHEMES = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "forced": {"forced_colors": "active"},
    "more contrast": {"contrast": "more"},
}
# Links in running text, and what a label around it makes larger, need no 44 px of their own (WCAG 2.5.5, 2.5.8).
SMALL = """() => [...document.querySelectorAll('a,button,summary,input:not([type=hidden]),select,textarea')]
    .filter(e => !e.closest('p:not(.docs):not(.back):not(.act):not(.doing)') || e.matches('.btn,button'))
    .map(e => [e, (e.closest('label') || e.closest('.rows>li') || e).getBoundingClientRect()])
    .filter(([e, box]) => box.height && box.height < 43.9 && !e.matches('.skip') && !e.closest('.timeout'))
    .map(([e, box]) => `${e.outerHTML.slice(0, 90)} is ${box.height} high`)"""
UNSEEN = """() => { const e = document.activeElement, s = getComputedStyle(e);
    return s.outlineStyle === 'none' || parseFloat(s.outlineWidth) < 2 ? e.outerHTML.slice(0, 90) : '' }"""


@pytest.fixture(scope="module")
def assets(tmp_path_factory) -> Assets:
    return fresh(built=tmp_path_factory.mktemp("built"))


@asynccontextmanager
async def drawn(browser: Browser, assets: Assets, frame: Frame, *, wrong: bool = False, change=str, **context) -> AsyncIterator[Page]:
    html = change(kit_html(frame, wrong).replace("/static/site.0123456789.css", assets.url("site.css")))
    html = html.replace("/static/reveal.0123456789.js", assets.url("reveal.js"))

    async def answer(route: Route) -> None:
        built = asset_response(assets, route.request.url.removeprefix(SITE), "")
        if built:
            await route.fulfill(status=200, headers=dict(built[1]), body=built[2])
        else:
            await route.fulfill(status=200, body=html, content_type="text/html")

    async with opened_page(browser, SITE, **context) as page:
        await page.route("**/*", answer)
        await page.goto("/kit")
        await page.evaluate("document.getAnimations().forEach(one => one.finish())")
        yield page


@pytest.mark.parametrize("scheme", SCHEMES.values(), ids=SCHEMES)
@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES)
async def test_axe_finds_nothing(browser, assets, frame, scheme):
    async with drawn(browser, assets, frame, wrong=frame.record is not None and frame.record.own, **scheme) as page:
        assert await axe_problems(page) == []


@pytest.mark.parametrize("size", ["normal", "large"])
@pytest.mark.parametrize("frame", [record_frame, helper_frame, staff_frame])
async def test_nothing_is_cut_off_on_a_small_phone(browser, assets, frame, size):
    async with drawn(browser, assets, frame(text_size=size), wrong=True, narrow=True) as page:
        assert await page.evaluate("document.documentElement.scrollWidth") <= 320


async def test_a_page_that_is_too_wide_is_seen(browser, assets):
    wide = "<table><tr><td>" + "W" * 200
    async with drawn(browser, assets, record_frame(), narrow=True, change=lambda html: html.replace("<h2>", f"<pre>{wide}</pre><h2>", 1)) as page:
        assert await page.evaluate("document.documentElement.scrollWidth") > 320


@pytest.mark.parametrize("narrow", [True, False])
async def test_what_is_pressed_is_large_enough(browser, assets, narrow):
    async with drawn(browser, assets, record_frame(), narrow=narrow) as page:
        assert await page.evaluate(SMALL) == []


async def test_a_target_that_is_too_small_is_seen(browser, assets):
    async with drawn(browser, assets, record_frame(), change=lambda html: html.replace("<h2>", "<div><a href='/x'>x</a></div><h2>", 1)) as page:
        assert len(await page.evaluate(SMALL)) == 1


@pytest.mark.parametrize("scheme", SCHEMES.values(), ids=SCHEMES)
async def test_the_focus_is_seen_wherever_it_goes(browser, assets, scheme):
    async with drawn(browser, assets, helper_frame(), **scheme) as page:
        for _ in range(60):
            await page.keyboard.press("Tab")
            if await page.evaluate("document.activeElement === document.body"):
                break
            assert await page.evaluate(UNSEEN) == ""


async def test_the_first_tab_is_the_skip_link_and_it_leads_to_the_text(browser, assets):
    async with drawn(browser, assets, record_frame()) as page:
        await page.keyboard.press("Tab")
        assert await page.evaluate("document.activeElement.textContent") == "Skip to the main text"
        await page.keyboard.press("Enter")
        assert await page.evaluate("document.activeElement.id") == "main"


async def test_signs_before_words_are_seen_and_not_heard(browser, assets):
    async with drawn(browser, assets, record_frame()) as page:
        heard = await page.locator("main").aria_snapshot()
        drawn_ = await page.evaluate("[...document.querySelectorAll('main *')].map(e => getComputedStyle(e, '::before').content).join()")
    signs = "\u2190\u25b2\u25bc\u25cb"
    assert set(signs) <= set(drawn_) and not set(signs) & set(heard)


async def test_errors_take_the_focus_without_script(browser, assets):
    async with drawn(browser, assets, record_frame(), wrong=True, script=False) as page:
        assert await page.locator(".errors").evaluate("e => e === document.activeElement")


async def test_on_paper_there_is_the_record_and_the_printed_line_but_nothing_to_press(browser, assets):
    async with drawn(browser, assets, record_frame()) as page:
        await page.emulate_media(media="print")
        for gone in (".band", ".nav", ".index", ".foot", ".btn", ".timeout", ".back"):
            assert not await page.locator(gone).first.is_visible(), gone
        assert await page.locator(".record").is_visible() and await page.locator(".paper").is_visible()
