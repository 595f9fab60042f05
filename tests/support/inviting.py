"""From a patient's form to the code and the link, as a test of sharing needs them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from jobs import outbox
from tests.support.client import Client, Seen

CODE = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b")
LINK = re.compile(r"https?://[^/\s]+(/c/[\w-]+)")
THUY = {"name": "Thuy from next door", "email": "thuy.pham@example.org"}


@dataclass(frozen=True)
class Sent:
    """What the patient tells, what the letter says, and the page that shows how it stands."""

    code: str
    link: str
    page: Seen
    letter: str


async def confirm(client: Client, home: str, **answers) -> Seen:
    """The page that asks whether it is right."""
    page = await client.get(f"{home}/invitations")
    return await client.submit(page, 0, **{**THUY, "sees": ["results"], "does": ["appointments"], **answers})


async def invite(client: Client, home: str, house, **answers) -> Sent:
    page = await client.submit(await confirm(client, home, **answers), "Send the invitation")
    return await sent_of(page, house)


async def sent_of(page: Seen, house) -> Sent:
    code = CODE.search(page.main)
    letter = await newest_letter(house)
    return Sent(code.group() if code else "", LINK.search(letter).group(1), page, letter)


async def newest_letter(house, event: str = "share.invited") -> str:
    rows = await house.database.rows("SELECT * FROM outbox WHERE event = ? ORDER BY made_at DESC, id DESC LIMIT 1", event)
    made = await outbox.letter(house, rows[0])
    return f"{made.to}\n{made.subject}\n{made.text}"


async def offer(client: Client, sent: Sent) -> Seen:
    """The page that asks for yes or no."""
    return await client.submit(await client.get(sent.link), 0, code=sent.code)


async def become_helper(client: Client, sent: Sent) -> Seen:
    return await client.submit(await offer(client, sent), "Yes, I will help")
