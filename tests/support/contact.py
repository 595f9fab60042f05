"""From the page that asks for an address to the code and the link in its messages."""

from __future__ import annotations

import re

from jobs import outbox
from notices import Letter
from tests.support.client import Client, Seen

HOME, NEW, PHONE = "/account/contact", "maria.two@example.org", "(555) 201-7788"
CODE, LINK = re.compile(r"[Yy]our code is:? ([0-9A-Z]{4}-[0-9A-Z]{4}|[0-9]{6})"), re.compile(r"https?://[^/\s]+(/c/[\w-]+)")


async def letters(house, event: str, to: str = "") -> list[Letter]:
    """As they would be sent now, oldest first."""
    rows = await house.database.rows(
        "SELECT * FROM outbox WHERE event = ? AND (address = ? OR ? = '') ORDER BY made_at, id", f"account.{event}", to, to
    )
    return [await outbox.letter(house, row) for row in rows]


async def code_to(house, address: str = NEW) -> str:
    return CODE.search((await letters(house, "address_code", address))[-1].text)[1]


async def typed(client: Client, address: str = NEW) -> Seen:
    """The page that asks for the code."""
    return await client.submit(await client.get(f"{HOME}/new"), "Send me a code", email=address)


async def typed_phone(client: Client, number: str = PHONE, way: str = "sms") -> Seen:
    return await client.submit(await client.get(f"{HOME}/phone"), "Send me a code", phone=number, way=way)


async def added(client: Client, house, address: str = NEW) -> Seen:
    page = await client.submit(await typed(client, address), "Confirm", code=await code_to(house, address))
    assert page.url == f"{HOME}?done=confirmed", page.main
    return page


async def removal(client: Client, address: str) -> Seen:
    """The page that asks whether to take it away."""
    page = await client.get(HOME)
    return await client.follow(page, f"Take away {address}")


async def removed(client: Client, address: str, **answers) -> Seen:
    return await client.submit(await removal(client, address), "Take it away", **answers)


async def link_to(house, event: str, address: str) -> str:
    return LINK.search((await letters(house, event, address))[-1].text)[1]


async def phone_confirmed(client: Client, house, number: str = PHONE, way: str = "sms") -> Seen:
    page = await typed_phone(client, number, way)
    return await client.submit(page, "Confirm", code=figures_in((await letters(house, "address_code"))[-1].text))


async def phone_added(client: Client, house, number: str = PHONE, way: str = "sms", name: str = "My phone") -> Seen:
    """Its codes are a second factor from now on."""
    await phone_confirmed(client, house, number, way)
    return await client.submit(await client.get("/account/phones/new"), "Let me sign in with these codes", name=name)


def figures_in(text: str) -> str:
    """The six figures of a message, as they are written or said."""
    return "".join(filter(str.isdigit, text.partition("ode is")[2]))[:6]


async def code_sent(house) -> str:
    """What was sent last to sign in with."""
    return figures_in((await letters(house, "factor_code"))[-1].text)
