"""What a patient asks and the clinic answers, each on their own screen: with script, without, and in w3m."""

from __future__ import annotations

import asyncio
import contextlib
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.async_api import Error

from seeds.cast import fixed_id
from tables.database import Database
from tests.support.arriving import given_unused_codes, when_her_time_runs_out
from tests.support.bad_line import bad_line
from tests.support.client import Client, browser_like
from tests.support.live import running_portal
from tests.support.readers import KINDS, come_in, reader
from tests.support.signing_in import door, give_code, give_password, sign_in

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def clinic_of_ours(first_templates):
    with first_templates.copy(first_templates.demo()) as address, running_portal(address) as running:
        yield running


@pytest.fixture
async def database(clinic_of_ours):
    opened = await Database(clinic_of_ours.database_url).open()
    yield opened
    await opened.close()


@contextlib.asynccontextmanager
async def somebody(kind, browser, clinic, database, member):
    async with database.transaction():
        await database.rows("UPDATE authenticator SET last_step = 0 WHERE account = ?", fixed_id("account", member.handle))
    async with reader(kind, browser, clinic.url) as one:
        await come_in(one, member, door(member))
        yield one


HEIGHT = "one => one.getBoundingClientRect().top + scrollY"
"""Where an element stands on its page, in pixels from the top."""
ASKED = {
    "message": ("clinician", "Messages", "Write to us", "Send", "Message from Maria Delgado"),
    "refill": ("clinician", "Refills", "Ask for a refill", "Ask for this refill", "Refill from Maria Delgado"),
    "visit": ("frontdesk", "Visit requests", "Ask for a visit", "Ask for this visit", "Visit asked for from Maria Delgado"),
}
ANSWERS = {"message": "", "refill": "Sent to their pharmacy", "visit": "They should call us"}
READ = {"message": "Answered", "refill": "Sent to your pharmacy", "visit": "Please call us"}


@pytest.mark.parametrize("kind", KINDS)
async def test_what_she_asks_is_answered_by_the_clinic_and_read_by_her(kind, browser, clinic_of_ours, database, live_cast):
    async with somebody(kind, browser, clinic_of_ours, database, live_cast["self"]) as maria:
        for what, (_duty, listed, new, send, _queue) in ASKED.items():
            await maria.open(f"/records/{live_cast['self'].record}")
            await maria.follow(listed)
            await maria.follow(new)
            if what == "message":
                await maria.choose("Your health.")
            if what == "refill":
                await maria.choose("Acetaminophen")
            await maria.write("What do you want to tell us?", f"My {what} by {kind}")
            await maria.press(send)
            said = await maria.words()
            assert "We have it." in said and f"My {what} by {kind}" in said and "Waiting for us" in said
        for what, (duty, _listed, _new, _send, queue) in ASKED.items():
            async with somebody(kind, browser, clinic_of_ours, database, live_cast[duty]) as staff:
                await staff.open(await newest_item(database, what))
                assert queue in await staff.words()
                await staff.press("Take it")
                assert f"My {what} by {kind}" in await staff.words()
                if ANSWERS[what]:
                    await staff.choose(ANSWERS[what])
                await staff.write("Your words to them", f"Answer to the {what} by {kind}")
                await staff.press("Send the answer")
                assert "Your answer is sent." in await staff.words()
            await maria.open(await newest_page(database, what, live_cast["self"].record))
            said = await maria.words()
            assert f"Answer to the {what} by {kind}" in said and READ[what] in said


async def newest_item(database: Database, kind: str) -> str:
    return f"/staff/requests/{await newest(database, kind)}"


async def newest_page(database: Database, kind: str, record: str) -> str:
    path = {"message": "messages", "refill": "refills", "visit": "visit-requests"}[kind]
    return f"/records/{record}/{path}/{await newest(database, kind)}"


async def newest(database: Database, kind: str) -> str:
    rows = await database.rows("SELECT ref FROM request WHERE kind = ? ORDER BY asked_at DESC LIMIT 1", kind)
    return rows[0]["ref"]


NEW = {"message": ("messages", {"topic": "health"}), "visit": ("visit-requests", {})}


@pytest.mark.parametrize("what", NEW)
async def test_what_the_line_swallowed_and_was_sent_again_is_asked_once(what, clinic_of_ours, database, live_cast):
    """The answer was lost on its way: she presses again, and finds what she sent."""
    path, chosen = NEW[what]
    async with (
        bad_line(urlsplit(clinic_of_ours.url).port) as line,
        browser_like(httpx.AsyncHTTPTransport(proxy=line.url), clinic_of_ours.url) as http,
    ):
        async with database.transaction():
            await database.rows("UPDATE authenticator SET last_step = 0 WHERE account = ?", fixed_id("account", "self"))
        maria = Client(http)
        await sign_in(maria, live_cast["self"])
        page = await maria.get(f"/records/{live_cast['self'].record}/{path}/new")
        line.drop(f"/records/{live_cast['self'].record}/{path}/new")
        with pytest.raises(httpx.TransportError):
            await maria.send(page, f"/{path}/new", words="Sent on a bad line", **chosen)
        before = await database.rows("SELECT COUNT(*) AS n FROM request WHERE kind = ?", what)
        found = await maria.submit(page, f"/{path}/new", words="Sent on a bad line", **chosen)
        assert "We have it." in found.main and "Sent on a bad line" in found.main
        assert await database.rows("SELECT COUNT(*) AS n FROM request WHERE kind = ?", what) == before


async def test_a_draft_is_kept_while_she_writes_and_a_chosen_file_is_not_sent_with_it(browser, clinic_of_ours, database, live_cast):
    async with somebody("script", browser, clinic_of_ours, database, live_cast["self"]) as maria:
        page, sent = maria.page, []
        await maria.open(f"/records/{live_cast['self'].record}/messages/new")
        page.on("request", lambda one: sent.append(one) if one.url.endswith("/draft") else None)
        await page.set_input_files("#file", {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4" + b"x" * 200_000})
        await page.locator("#words").fill("Words that are not sent")
        await page.locator("#words").blur()
        await page.get_by_text("Kept as a draft on").wait_for()
        await page.locator("#status", has_text="Draft saved.").wait_for()
        assert len(sent) == 1 and len(sent[0].post_data_buffer or b"") < 5_000
        await page.reload()
        assert await page.locator("#words").input_value() == "Words that are not sent"


async def test_a_draft_that_the_line_did_not_take_is_said_not_to_be_kept_and_sent_once_more(browser, clinic_of_ours, database, live_cast):
    async with somebody("script", browser, clinic_of_ours, database, live_cast["self"]) as maria:
        page = maria.page
        await maria.open(f"/records/{live_cast['self'].record}/visit-requests/new")
        await page.locator("#words").fill("Half")
        await page.locator("#words").blur()
        await page.locator("#kept", has_text="Kept as a draft on").wait_for()
        await page.context.set_offline(True)
        await page.locator("#words").fill("Half and more")
        await page.locator("#words").blur()
        await page.locator("#status", has_text="Not kept yet.").wait_for()
        assert await page.locator("#kept").inner_text() == "Not kept yet."
        await page.context.set_offline(False)
        await page.locator("#kept", has_text="Kept as a draft on").wait_for()
        await page.reload()
        assert await page.locator("#words").input_value() == "Half and more"


async def test_a_reply_that_the_line_did_not_take_is_still_typed_when_she_goes_back(browser, clinic_of_ours, database, live_cast):
    async with somebody("script", browser, clinic_of_ours, database, live_cast["self"]) as maria:
        await maria.open(f"/records/{live_cast['self'].record}/messages/new")
        await maria.choose("Your health.")
        await maria.write("What do you want to tell us?", "Before the line went down")
        await maria.press("Send")
        page = maria.page
        await page.goto(page.url.partition("?")[0])
        await page.locator("#words").fill("A reply that must not be lost")
        await page.context.set_offline(True)
        with contextlib.suppress(Error):
            await page.get_by_role("button", name="Send").click()
            await page.wait_for_url("chrome-error://**", timeout=5_000)
        assert await page.locator("#words").count() == 0
        await page.context.set_offline(False)
        await page.go_back()
        assert await page.locator("#words").input_value() == "A reply that must not be lost"
        await maria.press("Send")
        assert "A reply that must not be lost" in await maria.words()


async def test_an_answer_comes_into_the_page_that_she_reads_and_is_said(browser, clinic_of_ours, database, live_cast):
    async with somebody("script", browser, clinic_of_ours, database, live_cast["self"]) as maria:
        await maria.open(f"/records/{live_cast['self'].record}/messages/new")
        await maria.choose("Your health.")
        await maria.write("What do you want to tell us?", "Waiting here")
        await maria.press("Send")
        async with somebody("script", browser, clinic_of_ours, database, live_cast["clinician"]) as staff:
            await staff.open(await newest_item(database, "message"))
            await staff.press("Take it")
            await staff.write("Your words to them", "It comes by itself")
            await staff.press("Send the answer")
        page, look = maria.page, maria.page.get_by_role("button", name="Look for an answer")
        await page.locator("#words").fill("Half a reply")
        await page.evaluate("document.querySelector('#thread h2').here = true")
        stood = await look.evaluate(HEIGHT)
        await page.locator("#words").blur()
        await page.locator("#kept", has_text="Kept as a draft").wait_for()
        assert await page.locator("#status").inner_text() and await look.evaluate(HEIGHT) - stood < 2, "a button that moves loses its press"
        await look.evaluate("one => one.addEventListener('mousedown', event => event.preventDefault())")  # as Safari: no focus
        await look.click()
        await page.get_by_text("It comes by itself").wait_for()
        await page.locator("#status", has_text="Dr. Lena Okafor answered.").wait_for()
        assert await page.locator("#words").input_value() == "Half a reply"
        assert (await page.locator("#state").inner_text()).split("\n")[0] == "Answered"
        assert await page.evaluate("document.querySelector('#thread h2').here"), "what was being read is still the same"
        await look.click()
        await page.locator("#status", has_text="No new answer yet.").wait_for()
        assert await page.get_by_text("It comes by itself").count() == 1
        assert await page.evaluate("document.activeElement === document.body"), "what replaces nothing moves nobody"


@pytest.mark.parametrize("kind", ["script", "no script"])
async def test_who_looks_for_an_answer_when_the_time_is_over_finds_half_a_reply_again(kind, browser, clinic_of_ours, database, live_cast):
    async with somebody(kind, browser, clinic_of_ours, database, live_cast["self"]) as maria:
        await maria.open(f"/records/{live_cast['self'].record}/messages/new")
        await maria.choose("Your health.")
        await maria.write("What do you want to tell us?", f"Waiting long, by {kind}")
        await maria.press("Send")
        page = maria.page
        await page.locator("#words").fill("Half a reply")
        await when_her_time_runs_out(database)
        await page.get_by_role("button", name="Look for an answer").click()
        await page.wait_for_url("**/sign-in?*")
        assert "What you typed is kept" in await page.inner_text("main")
        await given_unused_codes(database)
        await give_password(page, live_cast["self"])
        await give_code(page, live_cast["self"])
        assert await page.locator("#words").input_value() == "Half a reply"
        assert f"Waiting long, by {kind}" in await page.inner_text("main")


async def test_who_types_on_when_the_time_is_over_stays_at_the_words_until_they_are_sent(browser, clinic_of_ours, database, live_cast):
    async with somebody("script", browser, clinic_of_ours, database, live_cast["self"]) as maria:
        page, sent = maria.page, []
        await maria.open(f"/records/{live_cast['self'].record}/messages/new")
        page.on("request", lambda one: sent.append(one) if one.url.endswith("/draft") else None)
        await maria.choose("Your health.")
        await when_her_time_runs_out(database)
        for words in ("Half a sent", "Half a sentence"):
            await page.locator("#words").fill(words)
            await page.locator("#words").blur()
            await page.locator("#status", has_text="still on this page").wait_for()
        assert len(sent) == 1 and await page.locator("#kept").inner_text() == "Not kept yet."
        await maria.press("Send")
        assert "What you typed is kept" in await page.inner_text("main")


async def test_a_page_that_looks_for_an_answer_by_itself_says_it_once_and_takes_no_focus(browser, clinic_of_ours, database, live_cast):
    """Who presses while it looks is answered all the same."""
    let_go = asyncio.Event()

    async def held(route):
        await let_go.wait()
        await route.continue_()

    async with somebody("script", browser, clinic_of_ours, database, live_cast["self"]) as maria:
        await maria.open(f"/records/{live_cast['self'].record}/messages/new")
        await maria.choose("Your health.")
        await maria.write("What do you want to tell us?", "Waiting without a hand")
        await maria.press("Send")
        page, said = maria.page, []
        await page.expose_function("heard", lambda words: said.append(words))
        await page.clock.install()
        await page.goto(page.url.partition("?")[0])
        await page.evaluate("""() => new MutationObserver(() => {
            const words = document.querySelector('#status').textContent.trim();
            if (words) heard(words);
        }).observe(document.querySelector('#status'), { childList: true, characterData: true, subtree: true })""")
        async with somebody("script", browser, clinic_of_ours, database, live_cast["clinician"]) as staff:
            await staff.open(await newest_item(database, "message"))
            await staff.press("Take it")
            await staff.write("Your words to them", "Nobody pressed")
            await staff.press("Send the answer")
        for _ in range(3):
            async with page.expect_response(lambda answer: "/answers" in answer.url):
                await page.clock.fast_forward(60_000)
        await page.get_by_text("Nobody pressed").wait_for()
        assert said == ["Dr. Lena Okafor answered."]
        assert await page.evaluate("document.activeElement === document.body")
        await page.route("**/answers?*", held)
        async with page.expect_request("**/answers?*"):
            await page.clock.fast_forward(60_000)
        await page.get_by_role("button", name="Look for an answer").click()
        let_go.set()
        await page.locator("#status", has_text="No new answer yet.").wait_for()
