"""The outbox: at sending it is decided anew whether, and only then are words made, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from jinja2 import Environment

from access.grant import SystemGrant
from access.house import House
from access.opening import open_system
from handlers.views import make_text_environment
from jobs.events import EVENTS
from jobs.job import kept
from notices import Letter, NotNow, Sender, Undeliverable
from pages.clinic import clinic
from rules.addresses import PHONES
from tables.queue import OUTBOX, Claim, claim, end, retry
from words.gettext import use

AT_ONCE = 4


async def turn(house: House, senders: Mapping[str, Sender], owner: str) -> int:
    """Sends what is due by the channels there are; how many rows were looked at. One entry in the audit for all of them."""
    channels = [channel for channel in senders if channel.isalnum()]
    if not channels:
        return 0
    where = "channel IN ('" + "', '".join(channels) + "')"
    held = await claim(house.database, OUTBOX, owner, house.clock(), AT_ONCE, where)
    if not held:
        return 0
    system = open_system(house, "letters", house.clock())
    async with kept(house, held):
        await house.audit.commit(system.entry)
        for one in held:
            await _send(system, senders[one.row["channel"]], one)
    return len(held)


async def _send(system: SystemGrant, sender: Sender, held: Claim) -> None:
    """`dropped`: by now it is no longer the recipient's to know. `failed`: given up, for the operator to see."""
    house = system.house
    database, now = house.database, house.clock()
    event = EVENTS.get(held.row["event"])
    if event is None or held.exhausted:
        await end(database, held, "failed", now, "worker ended" if event else "unknown event")
        return
    try:
        if not await event.still(system, held.row):
            await end(database, held, "dropped", now, "no longer theirs")
            return
        await sender.send(await letter(house, held.row))
    except Undeliverable as reason:
        await end(database, held, "failed", house.clock(), str(reason))
    except NotNow as reason:
        await retry(database, held, house.clock(), str(reason))
    except Exception as error:
        await retry(database, held, house.clock(), type(error).__name__[:40])
    else:
        await end(database, held, "sent", house.clock())
        if event.after:
            await event.after(house, held.row)


async def letter(house: House, row: dict, again: bool = False) -> Letter:
    """The words of one row, made now; they are stored nowhere. `again`: for a page, without what lets somebody in or acts."""
    home, event = await clinic(house.database, row["locale"]), EVENTS[row["event"]]
    find = (event.covered if again else None) or event.facts
    facts = await find(house, row) if find else {}
    said = {"clinic": home, "origin": house.origin, "made_at": row["made_at"], **facts}
    with use(row["locale"], facts.get("zone") or home.zone):
        subject, _, body = _words(event.template, said).partition("\n")
        if row.get("channel") in PHONES:
            subject, body = "", _short(row["channel"], event.template, {**said, "subject": subject.strip()})
    return Letter(row["address"], subject.strip(), body.strip() + "\n", row["locale"], str(row["id"]))


def _words(template: str, said: dict) -> str:
    return _environment().get_template(f"notices/{template}.txt").render(said).strip()


def _short(channel: str, template: str, said: dict) -> str:
    """For a phone: words of its own, or else what the subject says."""
    names = [f"notices/{channel}/{name}.txt" for name in (template, "news")]
    return " ".join(_environment().select_template(names).render(said).split())


async def read_now(house: House, rows: Sequence[dict]) -> tuple[dict[UUID, Letter], list[UUID]]:
    """Of letters for paper, the words of each that still concerns its reader, and the ids of those that do not."""
    system = open_system(house, "letters", house.clock())
    read: dict[UUID, Letter] = {}
    for row in rows:
        event = EVENTS.get(row["event"])
        if event and await event.still(system, row):
            read[row["id"]] = await letter(house, row)
    return read, [row["id"] for row in rows if row["id"] not in read]


async def read_again(house: House, rows: Sequence[dict]) -> list[Letter | None]:
    """What was sent, as it was sent, but for codes and links that do something. Of what still waits there are no words yet."""
    return [await letter(house, row, again=True) if row["state"] != "due" and row["event"] in EVENTS else None for row in rows]


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return make_text_environment()


@dataclass(frozen=True, slots=True)
class Kept:
    """One row of the outbox, for the operator."""

    made_at: datetime
    channel: str
    address: str
    state: str
    attempts: int
    failure: str
    letter: Letter | None


async def newest(house: House, most: int) -> list[Kept]:
    rows = await house.database.rows(f"SELECT * FROM outbox ORDER BY made_at DESC, id DESC LIMIT {most:d}")
    return [
        Kept(
            row["made_at"], row["channel"], row["address"], row["state"], row["attempts"], row["failure"],
            await letter(house, row) if row["event"] in EVENTS else None,
        )
        for row in rows
    ]


def lines_of(kept: list[Kept]) -> list[str]:
    """For the operator: to whom, when, how it went, and the words as they are made at sending."""
    if not kept:
        return ["Nothing was sent, and nothing waits."]
    lines: list[str] = []
    for one in kept:
        lines += [f"{one.made_at:%Y-%m-%d %H:%M} UTC  {one.channel or 'none'}  {one.address or '(to print)'}  {_went(one)}"]
        if one.letter:
            head = (f"Subject: {one.letter.subject}", "") if one.letter.subject else ()
            lines += [f"    {line}".rstrip() for line in (*head, *one.letter.text.splitlines())]
        lines += [""]
    return lines[:-1]


def _went(one: Kept) -> str:
    words = {"due": "waits", "sent": "sent", "failed": "given up", "dropped": "not sent: no longer theirs"}[one.state]
    tries = f", {one.attempts} attempt(s), last: {one.failure}" if one.state in ("due", "failed") and one.attempts else ""
    return words + tries
