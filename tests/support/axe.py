"""axe-core on a page in the browser: WCAG 2.2 A and AA, and axe's own best practices."""

from __future__ import annotations

import functools
from importlib import resources

from playwright.async_api import Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@functools.cache
def _axe() -> str:
    return (resources.files("axe_playwright_python") / "axe.min.js").read_text("utf-8")


async def axe_problems(page: Page, *, but: tuple[str, ...] = ()) -> list[str]:
    """One line per fault: the rule, what it asks, and where. Needs script; `but` names rules left out, for cause."""
    if await page.evaluate("typeof window.axe") == "undefined":
        await page.evaluate(_axe())
    found = await page.evaluate(
        "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})", RULES
    )
    assert found["passes"] or found["violations"], "axe checked nothing"
    return [
        f"{fault['id']}: {fault['help']} at {' '.join(map(str, node['target']))}"
        for fault in found["violations"]
        if fault["id"] not in but
        for node in fault["nodes"]
    ]
