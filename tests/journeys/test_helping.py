"""A patient lets somebody help, and takes it back: with script, without, and in w3m; and on a line that drops."""

from __future__ import annotations

import contextlib
import re

import httpx
import pytest

from seeds.cast import fixed_id
from tables.database import Database
from tests.support.client import Client, browser_like
from tests.support.forms import fill
from tests.support.readers import KINDS, come_in, reader
from tests.support.signing_in import door, sign_in

pytestmark = pytest.mark.browser
CODE = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b")


async def given_unused_codes(database: Database) -> None:
    async with database.transaction():
        await database.rows("UPDATE authenticator SET last_step = 0")


@contextlib.asynccontextmanager
async def somebody(kind, browser, clinic, database, member):
    await given_unused_codes(database)
    async with reader(kind, browser, clinic.url) as one:
        await come_in(one, member, door(member))
        yield one


@pytest.mark.parametrize("kind", KINDS)
async def test_a_friend_is_invited_helps_and_is_out_at_the_next_click(kind, browser, portal_of_ours, database, live_cast):
    root = f"/records/{live_cast['self'].record}"
    async with (
        somebody(kind, browser, portal_of_ours, database, live_cast["self"]) as maria,
        somebody(kind, browser, portal_of_ours, database, live_cast["stranger"]) as thuy,
    ):
        code = await when_she_invites(maria, root, f"thuy.{kind.replace(' ', '')}@example.org")
        await when_the_friend_says_yes(thuy, code)
        await thuy.follow("Maria Delgado")
        await thuy.follow("Vaccines")
        assert "You are in Maria Delgado’s record" in await thuy.words()
        await then_she_sees_who_helps_and_ends_it(maria, root)
        await thuy.open(f"{root}/vaccines")
        assert "We can’t find that page" in await thuy.words()


async def when_she_invites(maria, root: str, address: str) -> str:
    """The code that she tells her friend."""
    await maria.open(root)
    await maria.follow("People who help")
    await maria.follow("Invite somebody")
    await maria.fill("Their name", "Thuy from next door")
    await maria.fill("Their email address", address)
    await maria.choose("Vaccines")
    await maria.press("Go on")
    assert "Thuy from next door will see: vaccines." in await maria.words()
    await maria.press("Send the invitation")
    said = await maria.words()
    assert "Tell them this code" in said
    return CODE.search(said).group()


async def when_the_friend_says_yes(thuy, code: str) -> None:
    """The demo shows what would have been sent."""
    await thuy.open("/demo/outbox")
    await thuy.follow("Open the link of this message")
    await thuy.fill("Code", code)
    await thuy.press("Go on")
    assert "Maria Delgado asks you to help" in await thuy.words()
    await thuy.press("Yes, I will help")
    assert "You help with this record now" in await thuy.words()


async def then_she_sees_who_helps_and_ends_it(maria, root: str) -> None:
    await maria.open(f"{root}/sharing")
    assert "3 people help now" in await maria.words()
    await maria.follow("Thuy Pham")
    await maria.follow("End this help")
    await maria.press("End this help now")
    assert "It has ended." in await maria.words()


@pytest.mark.parametrize("what", ["invite", "accept", "end"])
async def test_what_the_line_swallowed_and_was_sent_again_is_done_once(what, portal_of_ours, database, line, live_cast):
    """The answer was lost on its way: pressing again leads where the first press led."""
    async with (
        browser_like(httpx.AsyncHTTPTransport(proxy=line.url), portal_of_ours.url) as hers,
        browser_like(httpx.AsyncHTTPTransport(proxy=line.url), portal_of_ours.url) as his,
    ):
        await given_unused_codes(database)
        maria, dev = Client(hers), Client(his)
        await sign_in(maria, live_cast["self"])
        await sign_in(dev, live_cast["teen"])
        client, page, button = await PREPARED[what](maria, dev, f"/records/{live_cast['self'].record}/sharing")
        before = await rows_of(database)
        line.drop(fill(page.tree, page.url, button, {}).url.partition("?")[0])
        with pytest.raises(httpx.TransportError):
            await client.send(page, button)
        once = await rows_of(database)
        assert once != before, "the first press was done, though its answer was lost"
        again = await client.submit(page, button)
        assert again.status == 200 and await rows_of(database) == once


async def asked(maria, home: str, address: str):
    page = await maria.get(f"{home}/invitations")
    return await maria.submit(page, 0, name="Dev", email=address, sees=["vaccines"])


async def before_inviting(maria, dev, home: str):
    return maria, await asked(maria, home, "line@example.org"), "Send the invitation"


async def before_accepting(maria, dev, home: str):
    sent = await maria.submit(await asked(maria, home, "yes@example.org"), "Send the invitation")
    link = next(href for words, href in (await dev.get("/demo/outbox")).links if words == "Open the link of this message")
    return dev, await dev.submit(await dev.get(link), 0, code=CODE.search(sent.main).group()), "Yes, I will help"


async def before_ending(maria, dev, home: str):
    page = await maria.follow(await maria.follow(await maria.get(home), "Joseph Amadi"), "End this help")
    return maria, page, "End this help now"


PREPARED = {"invite": before_inviting, "accept": before_accepting, "end": before_ending}


async def rows_of(database: Database) -> list[int]:
    tables = ("invitation WHERE state <> 'pending'", "invitation", "share", "share WHERE revoked_at IS NULL", "outbox")
    return [(await database.rows(f"SELECT COUNT(*) AS n FROM {one}"))[0]["n"] for one in tables]
