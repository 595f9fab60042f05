"""In Chromium, what was typed is still there: after a file that was too large, and in another size of text."""

from __future__ import annotations

import pytest

from seeds.people import BY_HANDLE
from tests.support.arriving import page_of

pytestmark = pytest.mark.browser
RECORD = f"/records/{BY_HANDLE['self'].record_ref}"
WORDS = "main [name=words]"


@pytest.fixture(params=["script", "no script"])
async def page(request, browser, portal_of_ours, database):
    """Maria's, at the form for a message."""
    async with page_of("self", browser, portal_of_ours, database, script=request.param == "script") as fresh:
        await fresh.goto(f"{RECORD}/messages/new")
        yield fresh


async def test_a_file_that_is_too_large_gives_the_words_back_and_says_why(page):
    await page.get_by_label("A bill").first.check()
    await page.fill(WORDS, "Is this bill right?")
    large = {"name": "scan.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 " + b"\0" * 8_000_000}
    await page.set_input_files("main [type=file]", [large])
    await page.get_by_role("button", name="Send", exact=True).click()
    await page.wait_for_selector(".errors")
    assert "This file is too large, so nothing was sent. Choose one of 5 MB at most" in await page.inner_text(".errors")
    assert await page.input_value(WORDS) == "Is this bill right?"
    await page.get_by_role("button", name="Send", exact=True).click()
    await page.wait_for_url("**done=*")


async def test_the_button_at_the_foot_makes_the_text_larger_and_leaves_the_words(page):
    await page.fill(WORDS, "Half a thought")
    button = page.get_by_role("contentinfo").get_by_role("button", name="Larger text")
    assert (await button.bounding_box())["height"] >= 44
    await button.click()
    await page.wait_for_selector("html[data-text=large]")
    assert await page.input_value(WORDS) == "Half a thought"
    assert await page.get_by_role("button", name="Smaller text").is_visible()
