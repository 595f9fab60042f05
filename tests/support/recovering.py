"""Getting back into an account, as its owner does it: what was asked for, the letters of it, and the time that passes."""

from __future__ import annotations

import asyncio
import dataclasses
import re
from datetime import timedelta

from access.house import House
from jobs import job, outbox
from jobs.kinds import KINDS
from tests.support.client import Client, Seen

CODE = re.compile(r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}\b")
LINK = re.compile(r"https?://[^/\s]+(/c/[\w-]+)")
APP = re.compile(r"\b\d{3} ?\d{3}\b")
NEW = "seven quiet herons at noon"


async def work(house: House) -> None:
    """Every job that is due, as a worker does them; one that the portal's own worker holds is waited for."""
    due = "SELECT id FROM job WHERE state = 'due' AND run_at <= ? LIMIT 1"
    async with asyncio.timeout(20):
        while await job.turn(house, KINDS, "a test") or await house.database.rows(due, house.clock()):
            await asyncio.sleep(0.01)


async def letters(house: House, event: str) -> list[outbox.Letter]:
    """What is sent for this event by now, oldest first."""
    await work(house)
    rows = await house.database.rows("SELECT * FROM outbox WHERE event = ? ORDER BY made_at, id", event)
    return [await outbox.letter(house, row) for row in rows]


async def link_in(house: House, event: str) -> str:
    return LINK.search((await letters(house, event))[-1].text).group(1)


async def code_in(house: House) -> str:
    return CODE.search((await letters(house, "account.recovery_code"))[-1].text).group()


def wait(opened, **how_long) -> House:
    """So much later, for the portal and for its worker."""
    state = opened.portal.state
    now = state.house.clock
    state.house = dataclasses.replace(state.house, clock=lambda: now() + timedelta(**how_long))
    return state.house


async def half(client: Client, username: str, password: str) -> Seen:
    """Name and password are shown: the page that asks for the second factor."""
    page = await client.submit(await client.get("/sign-in"), 0, username=username, password=password)
    assert page.url.startswith("/sign-in/code"), page.errors
    return page


async def ask(client: Client, what: str, **typed: str) -> Seen:
    return await client.submit(await client.get(f"/recover/{what}"), 0, **typed)


async def reset(client: Client, house: House, username: str, new: str = NEW) -> Seen:
    """A new password by the link of the mail."""
    await ask(client, "password", username=username)
    return await client.submit(await client.get(await link_in(house, "account.reset_asked")), 0, new_password=new)


async def begin_factor(client: Client, username: str, password: str, way: str = "factor") -> Seen:
    page = await client.follow(await half(client, username, password), "I have lost my app and my sheet")
    return await client.submit(page, 0, way=way)


async def set_up_app(client: Client, page: Seen) -> Seen:
    """The page that shows the new sheet. The demo says what the app shows."""
    return await client.submit(page, 0, code=APP.search(page.main[page.main.index("Only in this demonstration") :]).group())


async def desk_code(desk: Client, record: str, proof: str = "passport") -> str:
    page = await desk.submit(await desk.get(f"/staff/records/{record}/login/recovery"), 0, proof=proof)
    assert page.status == 200, page.errors
    return CODE.search(page.main).group()


async def everything_anew(client: Client, code: str, born: tuple[str, str, str], new: str = NEW) -> Seen:
    """With a code of the desk or of a letter: the page after the app was confirmed."""
    month, day, year = born
    page = await client.submit(
        await client.get("/recover/code"), 0, code=code, born_month=month, born_day=day, born_year=year
    )
    if page.status != 200 or not page.url.startswith("/recover/code/password"):
        return page
    return await set_up_app(client, await client.submit(page, 0, new_password=new))
