"""An appointment from the first free time to the front desk's last word: with script, without, in w3m, on a bad line."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import httpx
import pytest

from seeds.cast import fixed_id
from tables.database import Database
from tests.support.bad_line import bad_line
from tests.support.browser import focused
from tests.support.client import Client, browser_like
from tests.support.live import running_portal
from tests.support.readers import KINDS, come_in, reader
from tests.support.signing_in import door, sign_in

pytestmark = pytest.mark.browser
CHICAGO = ZoneInfo("America/Chicago")


@pytest.fixture(scope="module")
def clinic_of_ours(first_templates):
    with first_templates.copy(first_templates.demo()) as address, running_portal(address) as running:
        yield running


@pytest.fixture
async def database(clinic_of_ours):
    opened = await Database(clinic_of_ours.database_url).open()
    yield opened
    await opened.close()


async def unused_code(database: Database, handle: str) -> None:
    async with database.transaction():
        await database.rows("UPDATE authenticator SET last_step = 0 WHERE account = ?", fixed_id("account", handle))


@contextlib.asynccontextmanager
async def somebody(kind, browser, clinic, database, member):
    await unused_code(database, member.handle)
    async with reader(kind, browser, clinic.url) as one:
        await come_in(one, member, door(member))
        yield one


async def newest(database: Database) -> dict:
    return (await database.rows("SELECT ref, starts_at FROM booking ORDER BY made_at DESC LIMIT 1"))[0]


@pytest.mark.parametrize("kind", KINDS)
async def test_she_books_and_moves_it_and_the_clinic_calls_it_off(kind, browser, clinic_of_ours, database, live_cast):
    home = f"/records/{live_cast['self'].record}"
    async with somebody(kind, browser, clinic_of_ours, database, live_cast["self"]) as maria:
        await maria.open(f"{home}/appointments")
        await maria.follow("Book an appointment")
        await maria.follow("Check-up")
        await maria.follow("Dr. Lena Okafor")
        await maria.follow("Five more times")
        await maria.follow(await words_of_the_sixth(database))
        assert "Check this before you book" in await maria.words()
        await maria.open(await a_late_time(database, maria, home))
        assert "Dr. Lena Okafor" in await maria.words()
        await maria.press("Book this appointment")
        assert "It is booked." in await maria.words()
        await maria.follow("Move it")
        assert "Move Check-up: choose a new time" in await maria.words()
        await maria.open(await a_late_time(database, maria, home, moved=(await newest(database))["ref"]))
        await maria.press("Move it to this time")
        assert "It is moved." in await maria.words()
        async with somebody(kind, browser, clinic_of_ours, database, live_cast["frontdesk"]) as desk:
            booked = await newest(database)
            await desk.open(f"/staff/appointments?day={booked['starts_at'].astimezone(CHICAGO).date()}")
            assert "Maria Delgado" in await desk.words()
            await desk.open(f"/staff/appointments/{booked['ref']}")
            await desk.choose("The clinic cannot keep this time")
            await desk.write("Do you want to say more?", f"The room is flooded, says {kind}")
            await desk.press("Call this appointment off")
            assert "appointment is called off." in await desk.words()
        await maria.open(f"{home}/appointments/{booked['ref']}")
        said = await maria.words()
        assert "Called off" in said and f"The room is flooded, says {kind}" in said and "by our front desk" in said


async def words_of_the_sixth(database: Database) -> str:
    """How the words of the first time on the second page begin."""
    rows = await database.rows(
        "SELECT s.starts_at FROM slot s WHERE s.name = 'Check-up' AND s.status = 'free' AND s.starts_at > ? AND NOT EXISTS"
        " (SELECT 1 FROM booking b WHERE b.slot = s.id AND b.state = 'booked') ORDER BY s.starts_at LIMIT 6", datetime.now(UTC),
    )
    return f"{rows[5]['starts_at'].astimezone(CHICAGO):%A, %B}"


async def a_late_time(database: Database, maria, home: str, moved: str = "") -> str:
    """The address behind a time that is weeks ahead, so that it may still be changed."""
    from rules.bookings import ANYBODY, token_of

    rows = await database.rows(
        "SELECT s.ref FROM slot s WHERE s.name = 'Check-up' AND s.status = 'free' AND NOT EXISTS"
        " (SELECT 1 FROM booking b WHERE b.slot = s.id) ORDER BY s.starts_at DESC LIMIT 1"
    )
    query = f"what={token_of('Check-up')}&with={ANYBODY}&slot={rows[0]['ref']}"
    return f"{home}/appointments/{moved}/time?{query}" if moved else f"{home}/appointments/new?{query}"


async def test_five_more_times_come_into_the_page_and_take_the_focus_along(browser, clinic_of_ours, database, live_cast):
    async with somebody("script", browser, clinic_of_ours, database, live_cast["self"]) as maria:
        page = maria.page
        await maria.open(f"/records/{live_cast['self'].record}/appointments/new")
        await maria.follow("Blood check")
        await maria.follow("Whoever is free first")
        first = await page.locator("#times li a").all_inner_texts()
        await page.get_by_role("link", name="Five more times").click()
        await page.get_by_role("link", name="The first times").wait_for()
        then = await page.locator("#times li a").all_inner_texts()
        assert len(first) == len(then) == 5 and not set(first) & set(then)
        assert (await focused(page)).startswith("h2") and "after=" in page.url


@pytest.mark.parametrize("width", [320, 1280])
async def test_the_last_look_is_one_list_for_the_eye_too(browser, clinic_of_ours, database, live_cast, width):
    """A thing that cannot be changed has its name under the others', as one that can."""
    async with somebody("script", browser, clinic_of_ours, database, live_cast["self"]) as maria:
        await maria.page.set_viewport_size({"width": width, "height": 900})
        await maria.open(await a_late_time(database, maria, f"/records/{live_cast['self'].record}"))
        places = await maria.page.eval_on_selector_all("dt", "all => all.map(one => Math.round(one.getBoundingClientRect().left))")
        assert len(places) > 4 and len(set(places)) == 1


async def test_what_the_line_swallowed_and_was_sent_again_is_booked_once(clinic_of_ours, database, live_cast):
    """The answer was lost on its way: she presses again, and finds her appointment."""
    async with (
        bad_line(urlsplit(clinic_of_ours.url).port) as line,
        browser_like(httpx.AsyncHTTPTransport(proxy=line.url), clinic_of_ours.url) as http,
    ):
        await unused_code(database, "self")
        maria = Client(http)
        await sign_in(maria, live_cast["self"])
        home = f"/records/{live_cast['self'].record}"
        page = await maria.get(await a_late_time(database, maria, home))
        line.drop(f"{home}/appointments/new")
        with pytest.raises(httpx.TransportError):
            await maria.send(page, "Book this appointment")
        before = await database.rows("SELECT COUNT(*) AS n FROM booking")
        found = await maria.submit(page, "Book this appointment")
        assert "It is booked." in found.main and "Check-up" in found.main
        assert await database.rows("SELECT COUNT(*) AS n FROM booking") == before
