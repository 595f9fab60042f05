"""People of the demo at a running portal, in Chromium and signed in already; and what happens to their session."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

from playwright.async_api import Browser, Page

from seeds.cast import fixed_id
from tables.database import Database
from tests.support.bad_line import BadLine
from tests.support.browser import opened_page
from tests.support.live import Live
from tests.support.owners import cookie_of

NOBODY = "nobody"


@contextlib.asynccontextmanager
async def page_of(
    who: str, browser: Browser, running: Live, database: Database, *, line: BadLine | None = None, script: bool = True
) -> AsyncIterator[Page]:
    """Somebody's page, without the way through the door."""
    async with opened_page(browser, running.url, script=script, **on(line)) as page:
        if who != NOBODY:
            await page.context.add_cookies([await cookie_of(database, who, running.url, datetime.now(UTC))])
        yield page


def on(line: BadLine | None) -> dict[str, object]:
    """The option for `opened_page` of a browser behind that line."""
    return {"proxy": {"server": line.url, "bypass": "<-loopback>"}} if line else {}


async def when_her_time_runs_out(database: Database, who: str = "self") -> None:
    async with database.transaction():
        await database.rows(
            "UPDATE session SET ends_at = ? WHERE account = ? AND revoked_at IS NULL",
            datetime.now(UTC) - timedelta(seconds=1), fixed_id("account", who),
        )


async def given_unused_codes(database: Database) -> None:
    """An app shows a code for half a minute; a story does not wait for the next."""
    async with database.transaction():
        await database.rows("UPDATE authenticator SET last_step = 0")
