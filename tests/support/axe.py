"""axe-core on a page in the browser: WCAG 2.2 A and AA, and axe's own best practices."""

from __future__ import annotations

import functools
from importlib import resources

from playwright.async_api import Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

RUN = """async ([tags, contrast]) => {
    const found = await axe.run(document, {
        runOnly: {type: 'tag', values: tags}, resultTypes: ['violations'], rules: {'color-contrast': {enabled: contrast}}
    });
    return [found.passes.length + found.violations.length,
            found.violations.flatMap(fault => fault.nodes.map(node => [fault.id, fault.help, node.target]))];
}"""


@functools.cache
def _axe() -> str:
    return (resources.files("axe_playwright_python") / "axe.min.js").read_text("utf-8")


async def axe_problems(page: Page, *, but: tuple[str, ...] = (), contrast: bool = True) -> list[str]:
    """One line per fault: the rule, what it asks, and where. Needs script; `but` names rules left out, for cause.

    Contrast is more work than all other rules together; leave it out where the same colors were looked at already.
    """
    if await page.evaluate("typeof window.axe") == "undefined":
        await page.evaluate(_axe())
        await page.add_init_script(_axe())  # sent once for all the pages that come
    checked, faults = await page.evaluate(RUN, [RULES, contrast])
    assert checked, "axe checked nothing"
    return [f"{fault}: {asks} at {' '.join(map(str, where))}" for fault, asks, where in faults if fault not in but]
