"""axe-core on a page in the browser: WCAG 2.2 A and AA, and axe's own best practices."""

from __future__ import annotations

import functools
from importlib import resources

from playwright.async_api import Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
BY_SIZE = ["target-size", "scrollable-region-focusable"]
"""Rules that measure: what they say may change with the window though it shows the same elements."""

RUN = """async ([only, contrast]) => {
    const found = await axe.run(document, {
        runOnly: only, resultTypes: ['violations'], preload: contrast,
        rules: only.type == 'tag' ? {'color-contrast': {enabled: contrast}} : {}
    });
    return [found.passes.length + found.violations.length + found.inapplicable.length,
            found.violations.flatMap(fault => fault.nodes.map(node => [fault.id, fault.help, node.target]))];
}"""
SHOWN = "[...document.querySelectorAll('*')].map(e => e.checkVisibility({visibilityProperty: true}) ? 1 : 0).join('')"
COLORED = """() => {
    const way = e => e == document.body ? '' : way(e.parentElement) + '>' + e.tagName + '.' + e.className;
    const says = e => [...e.childNodes].some(n => n.nodeType == Node.TEXT_NODE && n.data.trim());
    return [...new Set([...document.body.querySelectorAll('*')].filter(says).map(way))];
}"""


@functools.cache
def _axe() -> str:
    return (resources.files("axe_playwright_python") / "axe.min.js").read_text("utf-8")


async def axe_problems(page: Page, *, contrast: bool = True, by_size: bool = False) -> list[str]:
    """One line per fault: the rule, what it asks, and where. Needs script. `by_size`: only the rules that measure.

    Contrast is more work than all other rules together; leave it out where the same colors were looked at already.
    """
    if await page.evaluate("typeof window.axe") == "undefined":
        await page.evaluate(_axe())
        await page.add_init_script(_axe())  # sent once for all the pages that come
    only = {"type": "rule", "values": BY_SIZE} if by_size else {"type": "tag", "values": RULES}
    checked, faults = await page.evaluate(RUN, [only, contrast and not by_size])
    assert checked, "axe checked nothing"
    return [f"{fault}: {asks} at {' '.join(map(str, where))}" for fault, asks, where in faults]


async def shown(page: Page) -> str:
    """Which elements are there to see, as one text: the same at two widths means that only measures can differ."""
    return await page.evaluate(SHOWN)


async def colored(page: Page) -> set[str]:
    """Where text stands, as tags and classes down to it: nothing else decides its colors, for no page has styles of its own."""
    return set(await page.evaluate(COLORED))
