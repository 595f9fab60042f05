"""People who read and write without pause until the portal is killed, and remember what they were told was done."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit
from uuid import UUID

import httpx

import starting
from access.verifying import lines_of, verify
from access.viewer import Visitor
from identity.sessions import open_session
from rules.bookings import ANYBODY, token_of
from seeds.cast import Person, fixed_id
from seeds.people import BY_HANDLE
from settings import Settings
from tables.base import new_id
from tables.database import Database
from tables.sealing import Keyring
from tests.support.live import Live, running_portal
from tests.support.load_paying import PAYS, no_payment_is_half, pay, statements

BUSY = ("self", "helper-full", "helper-appointments", "stranger", "teen", "guardian")
SLOT = re.compile(r"slot=([A-Za-z0-9_-]{22})")
HIDDEN = re.compile(r'name="(csrf|form_key)" value="([^"]+)"')


@dataclass
class Busy:
    """One signed-in person. `views` and `written` count what the portal acknowledged."""

    person: Person
    token: str
    turn: int = 0
    """What comes next: after a kill it goes on where it was."""
    before: int = 0
    """Looks of the demo's story, before any of ours."""
    views: int = 0
    tried: int = 0
    written: int = 0
    unsure: dict[str, str] = field(default_factory=dict)
    """The last message, until it was acknowledged."""
    messages: dict[str, str] = field(default_factory=dict)
    """Words of each acknowledged message, and the ref that it was given."""
    wished: dict[str, str] = field(default_factory=dict)
    """The last booking, until it was acknowledged or refused."""
    bookings: dict[str, str] = field(default_factory=dict)
    """The ref of each acknowledged booking, and of the time that it was for."""
    statement: str = ""
    """The address of what they pay in small parts; '' for who has no bills."""
    paying: dict[str, str] = field(default_factory=dict)
    """The last payment, until it was acknowledged or refused."""
    payments: list[str] = field(default_factory=list)
    """The ref of each acknowledged one."""

    @property
    def account(self) -> UUID:
        return fixed_id("account", self.person.handle)

    async def work(self, url: str) -> None:
        """Results, a change of name, a message, a booking, a payment; until nobody answers any more. What was not
        acknowledged is sent again."""
        async with httpx.AsyncClient(base_url=url, cookies={"s": self.token}, timeout=10) as client:
            try:
                while True:
                    await (self.read, self.write, self.send, self.book, self.pay)[self.turn % 5](client)
                    self.turn += 1
            except httpx.TransportError:
                return

    async def read(self, client: httpx.AsyncClient) -> None:
        page = await client.get(f"/records/{self.person.record_ref}/results")
        assert page.status_code == 200, page.status_code
        self.views += 1

    async def write(self, client: httpx.AsyncClient) -> None:
        """A number that only grows, so that what is stored says which change was the last."""
        page = await client.get("/account/preferences")
        self.tried += 1
        fields = dict(HIDDEN.findall(page.text)) | {"called": f"Number {self.tried}", "text_size": "normal", "locale": "en"}
        headers = {"Origin": str(client.base_url).rstrip("/")}
        answer = await client.post("/account/preferences", data=fields, headers=headers)
        assert answer.status_code == 303, answer.text
        self.written = self.tried


    async def send(self, client: httpx.AsyncClient) -> None:
        address = f"/records/{self.person.record_ref}/messages/new"
        if not self.unsure:
            page = await client.get(address)
            words = f"Message {len(self.messages) + 1} of {self.person.handle}"
            self.unsure = dict(HIDDEN.findall(page.text)) | {"topic": "health", "words": words}
        answer = await client.post(address, data=self.unsure, headers={"Origin": str(client.base_url).rstrip("/")})
        assert answer.status_code == 303, answer.text
        ref = urlsplit(answer.headers["location"]).path.rpartition("/")[2]
        self.messages[self.unsure["words"]] = ref
        self.unsure = {}

    async def book(self, client: httpx.AsyncClient) -> None:
        """The first time that is free; everybody wants the same one, so most are told that it was just taken."""
        address = f"/records/{self.person.record_ref}/appointments/new"
        if not self.wished:
            chosen = {"what": token_of("Blood check"), "with": ANYBODY}
            found = SLOT.search((await client.get(address, params=chosen)).text)
            page = await client.get(address, params=chosen | {"slot": found[1]} if found else chosen)
            if 'name="slot"' not in page.text:
                return
            self.wished = dict(HIDDEN.findall(page.text)) | chosen | {"slot": found[1]}
        answer = await client.post(address, data=self.wished, headers={"Origin": str(client.base_url).rstrip("/")})
        assert answer.status_code in (303, 409), answer.text
        if answer.status_code == 303:
            self.bookings[urlsplit(answer.headers["location"]).path.rpartition("/")[2]] = self.wished["slot"]
        self.wished = {}


    async def pay(self, client: httpx.AsyncClient) -> None:
        ref = await pay(client, self.statement, lambda page: dict(HIDDEN.findall(page)), self.paying) if self.statement else None
        self.payments += [ref] if ref else []


async def busy_people(settings: Settings) -> list[Busy]:
    """Signed in straight through the sessions' table: six authenticator apps would need six half minutes."""
    house = await starting.open_house(settings, starting.make_house(settings))
    try:
        people = []
        for handle in BUSY:
            async with house.database.transaction():
                token = await open_session(
                    house, fixed_id("account", handle), "personal", Visitor("127.0.0.1", "load"), house.clock(),
                    level="full", proven_at=house.clock(),
                )  # fmt: skip
            busy = Busy(BY_HANDLE[handle], token, await looks(house.database, fixed_id("account", handle)))
            busy.statement = (await statements(house.database)).get(PAYS.get(handle, ""), "")
            people.append(busy)
        return people
    finally:
        await starting.close_house(house)


async def killed_rounds(settings: Settings, rounds: int, check: Callable[[list[Busy]], Awaitable[None]]) -> list[Busy]:
    """Starts the portal, lets everybody work, kills it at a random moment, checks, and starts it again as it is."""
    people = await busy_people(settings)
    chance = random.Random(rounds)
    for _ in range(rounds):
        await _a_new_day(settings)
        with running_portal(settings.database_url, PORTAL_DATA=str(settings.data_dir)) as live:
            await _until_killed(live, people, chance.randrange(12), chance.random())
        await check(people)
    return people


async def _a_new_day(settings: Settings) -> None:
    """Nobody has used up what a person may do in a day: the rounds of an hour are the work of weeks."""
    database = await Database(settings.database_url).connect()
    try:
        async with database.transaction():
            await database.rows("DELETE FROM rate_bucket")
            for name in ("bookings.most_standing", "bookings.most_changes"):
                await database.rows(
                    "INSERT INTO clinic_setting (id, name, value, since, version) VALUES (?, ?, '9999', ?, 1)"
                    " ON CONFLICT (name, version) DO NOTHING", new_id(), name, datetime.now(UTC),
                )
    finally:
        await database.close()


async def _until_killed(live: Live, people: list[Busy], pages: int, seconds: float) -> None:
    """So many pages and a moment after the start; a busy machine takes its time for them."""
    seen = sum(busy.views for busy in people)
    work = [asyncio.create_task(busy.work(live.url)) for busy in people]
    while sum(busy.views for busy in people) < seen + pages and not any(task.done() for task in work):
        await asyncio.sleep(0.01)
    await asyncio.sleep(seconds)
    live.process.kill()
    await asyncio.gather(*work)


async def nothing_is_missing(settings: Settings, people: list[Busy]) -> None:
    """Every acknowledged page has its audit row, every acknowledged change, message and booking is stored, each message once
    and none by half, no time is booked twice, and the audit is whole."""
    database = await Database(settings.database_url).connect()
    try:
        found = await verify(database, settings.audit_key, settings.heads_file)
        assert found.whole, lines_of(found)
        for busy in people:
            await _nothing_of(database, busy)
            await _no_message_of(database, Keyring(settings.keys), busy)
            await _no_booking_of(database, busy)
        await _no_time_has_two(database)
        await no_payment_is_half(database, [ref for busy in people for ref in busy.payments])
    finally:
        await database.close()


async def _nothing_of(database: Database, busy: Busy) -> None:
    views = await looks(database, busy.account) - busy.before
    assert views >= busy.views, f"{busy.person.handle} saw {busy.views} pages, {views} are in the audit"
    account = await database.rows("SELECT called FROM account WHERE id = ?", busy.account)
    number = re.fullmatch(r"Number (\d+)", account[0]["called"])
    stored = int(number[1]) if number else 0
    assert stored >= busy.written, f"{busy.person.handle} was told of change {busy.written}, stored is {stored}"


async def _no_message_of(database: Database, keyring: Keyring, busy: Busy) -> None:
    rows = await database.rows(
        "SELECT q.ref, s.id, s.sealed FROM request q LEFT JOIN request_step s ON s.request = q.id"
        " WHERE q.asked_by = ? AND q.kind = 'message' AND q.id NOT IN (SELECT request FROM request_step WHERE did <> 'asked')",
        busy.account,
    )
    assert all(row["id"] for row in rows), f"{busy.person.handle} has a message without words"
    said = {row["ref"]: keyring.open(bytes(row["sealed"]), row["id"]).decode() for row in rows}
    sent = [words for words in said.values() if words.startswith("Message ")]
    assert len(sent) == len(set(sent)), f"{busy.person.handle} has a message twice"
    lost = [words for words, ref in busy.messages.items() if said.get(ref) != words]
    assert not lost, f"{busy.person.handle} was told that these are there: {lost}"


async def _no_booking_of(database: Database, busy: Busy) -> None:
    rows = await database.rows(
        "SELECT b.ref, s.ref AS slot, COUNT(p.id) AS steps FROM booking b JOIN slot s ON s.id = b.slot LEFT JOIN booking_step p"
        " ON p.booking = b.id WHERE b.asked_by = ? AND b.state = 'booked' GROUP BY b.ref, s.ref",
        busy.account,
    )
    assert all(row["steps"] for row in rows), f"{busy.person.handle} has half a booking"
    stored = {row["ref"]: row["slot"] for row in rows}
    lost = [ref for ref, slot in busy.bookings.items() if stored.get(ref) != slot]
    assert not lost, f"{busy.person.handle} was told that these are booked: {lost}"


async def _no_time_has_two(database: Database) -> None:
    rows = await database.rows("SELECT slot FROM booking WHERE state = 'booked' GROUP BY slot HAVING COUNT(*) > 1")
    assert not rows, f"{len(rows)} times are booked twice"


async def looks(database: Database, account: UUID) -> int:
    rows = await database.rows(
        "SELECT COUNT(*) AS n FROM audit_event WHERE actor = ? AND action = 'results.see'", account
    )
    return rows[0]["n"]
