"""Debian's Chromium, driven by Playwright: one browser a run, one context a test, with script or without."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator

from playwright.async_api import Browser, Page, async_playwright

from tests.support.databases import NotHere

# The one without windows is the same browser for a third of the work.
PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser")
# All pages of a run are drawn in one process: to start one for each costs more than most pages.
QUIET = (
    "--renderer-process-limit=1 --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
# A small phone at 400 % zoom is as wide as this many CSS pixels (WCAG 1.4.10).
NARROW = {"width": 320, "height": 640}
WIDE = {"width": 1280, "height": 900}


@contextlib.asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if not program:
        raise NotHere("Chromium is not installed: run bin/setup --tests")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=QUIET)
        try:
            yield browser
        finally:
            await browser.close()


@contextlib.asynccontextmanager
async def opened_page(
    browser: Browser, base_url: str, *, script: bool = True, narrow: bool = False, **context: object
) -> AsyncIterator[Page]:
    """A page in a fresh context. At its end it fails if the page had a script error or tripped the CSP."""
    async with await browser.new_context(
        base_url=base_url, java_script_enabled=script, viewport=NARROW if narrow else WIDE, **context
    ) as fresh:
        page = await fresh.new_page()
        page.set_default_timeout(10_000)
        wrong: list[str] = []
        page.on("pageerror", lambda error: wrong.append(f"script error: {error}"))
        page.on("console", lambda said: wrong.append(said.text) if _is_policy(said.text) else None)
        yield page
        assert not wrong, wrong


def _is_policy(words: str) -> bool:
    return "Content Security Policy" in words or "Content-Security-Policy" in words


async def overflows(page: Page) -> list[str]:
    """What makes the page scroll sideways; empty when it fits its window. Needs script."""
    return await page.evaluate(
        """() => {
            const width = document.documentElement.clientWidth;
            if (document.documentElement.scrollWidth <= width) return [];
            return [...document.querySelectorAll('body *')]
                .filter(e => e.getBoundingClientRect().left + Math.max(e.offsetWidth || 0, e.scrollWidth) > width + 1)
                .map(e => e.tagName.toLowerCase() + (e.className ? '.' + e.className : '')).slice(0, 10);
        }"""
    )


async def focused(page: Page) -> str:
    """`tag#id` of the element that has the focus, as htmx names it. A browser gives what says `autofocus` the focus when it
    first draws the page, which may be after it has come: so nobody's is asked about again for a second."""
    for _ in range(20):
        name = await page.evaluate(
            "() => { const e = document.activeElement; return e.tagName.toLowerCase() + (e.id ? '#' + e.id : '') }"
        )
        if name != "body":
            return name
        await asyncio.sleep(0.05)
    return "body"
