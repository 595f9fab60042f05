"""The checks that need Chromium are seen to fail: axe, overflow, script errors, the content security policy."""

from pathlib import Path

import pytest

from tests.support.axe import axe_problems
from tests.support.browser import focused, opened_page, overflows

pytestmark = pytest.mark.browser
GOOD = (Path(__file__).parent / "support/good_page.html").read_text("utf-8")
SHEET = "a, button, label { display: inline-block; min-height: 44px; min-width: 44px }"
SITE = "http://localhost:1"  # nobody answers there; every answer is made by `served`


def served(html: str, **headers: str):
    async def answer(route):
        if route.request.resource_type == "document":
            await route.fulfill(body=html, headers={"content-type": "text/html", **headers})
        else:
            is_sheet = ".css" in route.request.url
            await route.fulfill(body=SHEET if is_sheet else "", content_type="text/css" if is_sheet else "text/javascript")

    return answer


async def open_at(page, html, **headers):
    await page.route("**/*", served(html, **headers))
    await page.goto("/")


async def test_axe_passes_a_good_page_under_the_portals_policy(browser):
    async with opened_page(browser, SITE) as page:
        await open_at(page, GOOD, **{"content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'"})
        assert await axe_problems(page) == []


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ('<html lang="en">', "<html>", "html-has-lang"),
        ('<label for="day">Day</label>', "<p>Day</p>", "label"),
        ("<h1>Your medicines</h1>", '<h1>Your medicines</h1><p><font color="#eee">pale</font></p>', "color-contrast"),
    ],
)
async def test_axe_finds_a_planted_fault(browser, old, new, rule):
    async with opened_page(browser, SITE) as page:
        await open_at(page, GOOD.replace(old, new))
        assert any(problem.startswith(f"{rule}:") for problem in await axe_problems(page))


async def test_a_page_that_scrolls_sideways_is_found(browser):
    async with opened_page(browser, SITE, narrow=True) as page:
        await open_at(page, "<!doctype html><p>fits</p>")
        assert await overflows(page) == []
    async with opened_page(browser, SITE, narrow=True) as page:
        await open_at(page, "<!doctype html><pre>" + "x" * 400)
        assert await overflows(page) == ["pre"]


async def test_a_script_error_fails_the_test(browser):
    with pytest.raises(AssertionError, match="script error"):
        async with opened_page(browser, SITE) as page:
            await open_at(page, "<!doctype html><script>nothing.here()</script>")


async def test_what_the_policy_refused_fails_the_test(browser):
    with pytest.raises(AssertionError, match="Content Security Policy"):
        async with opened_page(browser, SITE) as page:
            await open_at(page, "<!doctype html><p style='color:red'>x", **{"content-security-policy": "default-src 'none'"})


async def test_script_is_off_where_it_should_be(browser):
    html = "<!doctype html><body><p>before</p><script>document.body.textContent = 'after'</script>"
    for script, said in ((True, "after"), (False, "before")):
        async with opened_page(browser, SITE, script=script) as page:
            await open_at(page, html)
            assert (await page.inner_text("body")).strip() == said


async def test_the_error_summary_takes_the_focus(browser):
    async with opened_page(browser, SITE) as page:
        await open_at(page, GOOD.replace('class="errors"', 'class="errors" id="errors"'))
        assert await focused(page) == "div#errors"
