"""People who own imported charts, without the way to the desk: an account, its share, and a session's cookie."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from access.house import House
from access.viewer import Visitor
from access.vocabulary import Category
from identity.sessions import open_session
from seeds.cast import fixed_id
from seeds.people import BY_HANDLE
from tables.base import new_id, new_ref
from tables.database import Database
from tests.support.logins import house_on


async def owner_of(house: House, record: UUID, name: str, now: datetime, basis: str = "self") -> str:
    """Makes a login whose own record this is, and gives the token of a session with both factors shown."""
    async with house.database.transaction():
        account = await _account(house, "personal", name, now)
        share = new_id()
        await house.database.rows(
            "INSERT INTO share (id, ref, account, record, basis, starts_at, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
            share, new_ref(), account, record, basis, now, now,
        )
        for category in Category if basis != "self" else ():
            await house.database.rows(
                "INSERT INTO share_scope (id, share, category, action) VALUES (?, ?, ?, 'see')", new_id(), share, category.value
            )
        return await signed_in(house, account, "personal", now)


async def patient_of(house: House, name: str, now: datetime) -> tuple[str, str]:
    """A new chart without a feed, and its owner: the chart's ref, and the token of a session."""
    id, ref = new_id(), new_ref()
    async with house.database.transaction():
        await house.database.rows(
            "INSERT INTO record (id, ref, state, name, given, family, name_key, birth_text, sex, phone, email, address,"
            " desk_only, created_at, changed_at) VALUES (?, ?, 'active', ?, ?, '', ?, '1958-03-04', '', '', '', '', ?, ?, ?)",
            id, ref, name, name, name.casefold(), False, now, now,
        )
    return ref, await owner_of(house, id, name, now)


async def _account(house: House, kind: str, name: str, now: datetime) -> UUID:
    account = new_id()
    await house.database.rows(
        "INSERT INTO account (id, ref, kind, state, username, username_key, name, locale, text_size, created_at)"
        " VALUES (?, ?, ?, 'active', ?, ?, ?, 'en', 'normal', ?)",
        account, new_ref(), kind, f"{kind}-{account.hex}", f"{kind}-{account.hex}", name, now,
    )
    return account


async def signed_in(house: House, account: UUID, kind: str, now: datetime) -> str:
    """Inside a transaction: the cookie of a session that is as good as a session can be."""
    return await open_session(
        house, account, kind, Visitor("127.0.0.1", "a test"), now, level="full", proven_at=now
    )


async def record_of(house: House, fhir_id: str) -> dict:
    """The chart into which a feed's patient was filed."""
    (row,) = await house.database.rows(
        "SELECT r.id, r.ref, r.name FROM record r JOIN record_source s ON s.record = r.id WHERE s.fhir_id = ?"
        " AND s.fhir_type = 'Patient'", fhir_id,
    )
    return row


async def cookie_of(database: Database, handle: str, url: str, now: datetime) -> dict:
    """A browser's cookie for one of the demo's cast, without the way through the door."""
    house = house_on(database, now)
    async with database.transaction():
        kind = "staff" if BY_HANDLE[handle].duty else "personal"
        token = await signed_in(house, fixed_id("account", handle), kind, now)
    return {"name": "s", "value": token, "url": url, "httpOnly": True, "sameSite": "Lax"}


async def colleague_of(house: House, duty: str, name: str, now: datetime) -> str:
    """Makes one more member of staff with this duty, and gives the token of a session with both factors shown."""
    async with house.database.transaction():
        account = await _account(house, "staff", name, now)
        await house.database.rows(
            "INSERT INTO staff_duty (id, account, duty, started_at) VALUES (?, ?, ?, ?)", new_id(), account, duty, now
        )
        return await signed_in(house, account, "staff", now)
