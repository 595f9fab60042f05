"""The line drops in the middle of what is read: a document, a file, a page of a list. A second try gives all of it."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from seeds.people import BY_HANDLE
from tables.database import Database
from tests.support.arriving import given_unused_codes, page_of, when_her_time_runs_out
from tests.support.client import browser_like
from tests.support.owners import cookie_of
from tests.support.pdf import Document, pdf_problems
from tests.support.signing_in import give_code, give_password

pytestmark = pytest.mark.browser
SHE = BY_HANDLE["self"]
RECORD = f"/records/{SHE.record_ref}"
LIST = f"{RECORD}/vitals"
FAILED = "did not work"


@pytest.fixture
async def reader(portal_of_ours, line, database):
    """Maria's browser without a screen, on the bad line."""
    cookie = await cookie_of(database, "self", portal_of_ours.url, datetime.now(UTC))
    async with browser_like(httpx.AsyncHTTPTransport(proxy=line.url), portal_of_ours.url) as http:
        http.cookies.set(cookie["name"], cookie["value"])
        yield http


@pytest.fixture
async def page(browser, portal_of_ours, line, database):
    async with page_of("self", browser, portal_of_ours, database, line=line) as fresh:
        yield fresh


async def a_file_of(database: Database) -> str:
    rows = await database.rows("SELECT ref FROM document_reference WHERE title = 'Letter from the eye clinic'")
    return f"{RECORD}/documents/{rows[0]['ref']}/files/0"


async def days_of(page) -> list[str]:
    return await page.locator("#listed h2").all_inner_texts()


async def test_a_document_that_was_cut_is_known_to_be_and_comes_whole_the_second_time(reader, line):
    for path in (f"{RECORD}/medicines.pdf", f"{RECORD}/summary.pdf"):
        line.cut(path)
        with pytest.raises(httpx.TransportError):
            await reader.get(path)
        whole = await reader.get(path)
        assert whole.status_code == 200 and pdf_problems(whole.content) == []
        assert "Maria Delgado" in Document(whole.content).text
    assert line.lost == [f"{RECORD}/medicines.pdf", f"{RECORD}/summary.pdf"]


async def test_a_file_that_was_cut_is_known_to_be_and_is_the_same_each_time(reader, line, database):
    path = await a_file_of(database)
    line.cut(path)
    with pytest.raises(httpx.TransportError):
        await reader.get(path)
    first, second = await reader.get(path), await reader.get(path)
    assert first.status_code == 200 and first.content == second.content and first.content.startswith(b"%PDF")


async def test_a_page_of_a_list_that_was_cut_says_so_and_turns_the_second_time(page, line):
    await page.goto(LIST)
    before, onward = await days_of(page), page.locator("a[rel=next]")
    line.cut(LIST)
    await onward.click()
    await page.get_by_role("status").filter(has_text=FAILED).wait_for()
    assert line.lost == [LIST] and await days_of(page) == before and urlsplit(page.url).query == ""
    await onward.click()
    await page.wait_for_url("**/vitals?after=*")
    after = await days_of(page)
    assert after and not set(after) & set(before[:-1]), "no day is shown twice, but the one that both pages share"
    await page.reload()
    assert await days_of(page) == after


async def test_turning_a_page_in_an_ended_session_comes_back_to_that_page(browser, portal_of_ours, database, live_cast):
    async with page_of("self", browser, portal_of_ours, database) as page:
        await page.goto(LIST)
        onward = page.locator("a[rel=next]")
        wanted = await onward.get_attribute("href")
        await when_her_time_runs_out(database)
        await onward.click()
        await page.wait_for_url("**/sign-in?*")
        assert parse_qs(urlsplit(page.url).query)["next"] == [wanted]
        await given_unused_codes(database)
        await give_password(page, live_cast["self"])
        await give_code(page, live_cast["self"])
        assert page.url.endswith(wanted)
        assert await page.locator("a[rel=prev]").count() == 1
