"""Logins without HTTP: for tests of how people prove who they are, at a moment of the test's choosing."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import pyotp

from access.audit import AuditWriter
from access.grant import QueueGrant
from access.house import House
from access.opening import open_queue
from access.viewer import Viewer, Visitor
from access.vocabulary import Duty
from identity.passwords import hasher
from identity.sessions import find_viewer, open_session
from identity.usernames import username_key
from settings import Limits
from tables.base import new_id, new_ref
from tables.database import Database
from tables.sealing import Keyring
from tables.sending import Sending

CHEAP = Limits(password_memory_kib=1024, password_passes=1)
VISITOR = Visitor(ip="192.0.2.7", device="Firefox, Linux", pre=b"\x01" * 32)
ELSEWHERE = Visitor(ip="198.51.100.9", device="Chrome, Android", pre=b"\x02" * 32)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PASSWORD = "four otters in a canoe"


def house_on(database: Database, now: datetime) -> House:
    audit = AuditWriter(database, b"audit key of a test, 32 bytes...")
    return House(database, audit, Keyring((b"k" * 32,)), CHEAP, "http://localhost:8000", clock=lambda: now)


def at(house: House, now: datetime) -> House:
    """The same house, later."""
    return dataclasses.replace(house, clock=lambda: now)


def nobody(now: datetime, visitor: Visitor = VISITOR) -> Viewer:
    return Viewer(visitor, now)


async def viewer_of(house: House, token: str, now: datetime, visitor: Visitor = VISITOR) -> Viewer:
    return await find_viewer(house, token, visitor, now)


def sending(route: str = "/", key: str = "", body: str = "") -> Sending:
    """One pressing of a button; without `key` a fresh form."""
    return Sending((key or new_ref()).encode(), "somebody", route, body.encode())


@dataclass(frozen=True)
class Chart:
    id: UUID
    ref: str


async def a_record(
    house: House, now: datetime, *, name="Maria Delgado", born="1984-03-09", number=None, state="active", died=None
) -> Chart:
    chart = Chart(new_id(), new_ref())
    given, _, family = name.rpartition(" ")
    await house.database.rows(
        "INSERT INTO record (id, ref, state, number, name, given, family, name_key, birth_text, sex, desk_only,"
        " deceased_text, created_at, changed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, '', ?, ?, ?, ?)",
        chart.id, chart.ref, state, number, name, given, family, name.casefold(), born, False, died, now, now,
    )
    return chart


async def an_account(
    house: House, now: datetime, username: str, *, kind="personal", state="active", password=PASSWORD, app=True,
    duty: str = "",
) -> UUID:
    account, rows = new_id(), house.database.rows
    await rows(
        "INSERT INTO account (id, ref, kind, state, username, username_key, name, locale, text_size, created_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, 'en', 'normal', ?)",
        account, new_ref(), kind, state, username, username_key(username), username.title(), now,
    )
    await rows(
        "INSERT INTO password (id, account, hash, set_at, failures) VALUES (?, ?, ?, ?, 0)",
        new_id(), account, await hasher(house.limits).hash(password), now,
    )
    if app:
        await an_app(house, account, now)
    if duty:
        await rows("INSERT INTO staff_duty (id, account, duty, started_at) VALUES (?, ?, ?, ?)", new_id(), account, duty, now)
    return account


async def an_app(house: House, account: UUID, now: datetime, secret: str = SECRET) -> UUID:
    row = new_id()
    await house.database.rows(
        "INSERT INTO authenticator (id, ref, account, kind, name, secret, sign_count, last_step, failures, created_at,"
        " confirmed_at) VALUES (?, ?, ?, 'app', '', ?, 0, 0, 0, ?, ?)",
        row, new_ref(), account, house.keyring.seal(secret.encode(), row), now, now,
    )
    return row


def app_code(now: datetime, secret: str = SECRET) -> str:
    return pyotp.TOTP(secret.replace(" ", "")).at(now)


async def signed_in(house: House, account: UUID, kind: str, now: datetime, level: str = "full") -> Viewer:
    async with house.database.transaction():
        token = await open_session(house, account, kind, VISITOR, now, level=level, proven_at=now)
    return await viewer_of(house, token, now)


async def at_the_desk(house: House, now: datetime) -> QueueGrant:
    """What a signed-in member of the front desk holds."""
    account = await an_account(house, now, f"desk-{new_id().hex[-8:]}", kind="staff", duty="frontdesk")
    return await open_queue(house, await signed_in(house, account, "staff", now), Duty.FRONT_DESK)


async def count(house: House, table: str, where: str = "1 = 1", *args) -> int:
    return (await house.database.rows(f"SELECT COUNT(*) AS n FROM {table} WHERE {where}", *args))[0]["n"]
