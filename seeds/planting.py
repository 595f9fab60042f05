"""Puts the demo clinic and its cast into a database: logins, charts, who helps whom, then what the feeds sent.

Every row has an id derived from its person's handle, so that planting again after a cut changes nothing and goes on.
"""

from __future__ import annotations

import asyncio
import json
import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta

from access.audit import Entry
from access.house import House
from identity.passwords import hasher
from seeds.asking import plant_asked
from seeds.booking import plant_booked, plant_hours
from seeds.cast import Helping, Person, fixed_id, fixed_ref
from seeds.clinic import SITE, plant_clinic
from seeds.deliveries import SOURCE, deliver, hold
from seeds.inviting import plant_invitations
from seeds.looks import looks
from seeds.payments import plant_bills
from seeds.people import CAST
from seeds.people.theo import THEO
from tables.database import Database
from tables.sharing import ask_later

MARK = "demo.cast"
EDITION = 4
"""Grows when the cast does; a demo planted by an earlier release then gets what is new."""


async def plant(house: House, now: datetime, people: Sequence[Person] = CAST) -> datetime:
    """Plants whoever is not there yet and gives the day the demo counts from."""
    planted = await _first_planting(house.database)
    if planted and planted[0] >= EDITION:
        return planted[1]
    now = planted[1] if planted else now
    async with house.database.transaction():
        await plant_clinic(house, now)
        await _plant_chart(house, THEO, now)
        await _mark(house, now, edition=0)
    hashed = await asyncio.gather(*(hasher(house.limits).hash(person.password) for person in people))
    for person, password in zip(people, hashed, strict=True):
        await _plant_person(house, person, now, password)
    await deliver(house, people, now)
    await plant_bills(house, people, now)
    async with house.database.transaction():
        await hold(house, people, now)
        for person in people:
            for helping in person.helps:
                await _plant_share(house, person, helping, now)
        await plant_asked(house, people, now)
        await plant_invitations(house, people, now)
    async with house.database.transaction():
        await plant_hours(house, now)
        await plant_booked(house, people, now)
    await _plant_looks(house, people, now)
    return now


async def _plant_looks(house: House, people: Sequence[Person], now: datetime) -> None:
    """Who looked in the days before; with it the planting is complete, so that its rows are written once."""
    async with house.audit.transaction() as entries:
        entries.extend(sorted(looks(people, now), key=lambda entry: entry.at))
        entries.append(Entry(now, "system.demo"))
        await _mark(house, now, edition=EDITION)


async def is_planted(database: Database) -> bool:
    planted = await _first_planting(database)
    return planted is not None and planted[0] >= EDITION


async def _first_planting(database: Database) -> tuple[int, datetime] | None:
    rows = await database.rows("SELECT version, value FROM clinic_setting WHERE name = ? ORDER BY version DESC", MARK)
    return (rows[0]["version"], datetime.fromisoformat(json.loads(rows[0]["value"]))) if rows else None


async def _mark(house: House, now: datetime, edition: int) -> None:
    await house.database.rows(
        "INSERT INTO clinic_setting (id, name, value, since, version) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        fixed_id("mark", str(edition)), MARK, json.dumps(now.isoformat()), now, edition,
    )


async def _plant_person(house: House, person: Person, now: datetime, hashed: str) -> None:
    async with house.database.transaction():
        await _plant_account(house, person, now - timedelta(days=400), hashed)
        if person.has_record:
            await _plant_record(house, person, now)


async def _plant_account(house: House, person: Person, since: datetime, hashed: str) -> None:
    rows, account, authenticator = house.database.rows, account_of(person), fixed_id("authenticator", person.handle)
    await rows(
        "INSERT INTO account (id, ref, kind, state, username, username_key, name, called, locale, text_size, created_at)"
        " VALUES (?, ?, ?, 'active', ?, ?, ?, ?, 'en', 'normal', ?) ON CONFLICT DO NOTHING",
        account, fixed_ref("account", person.handle), "staff" if person.duty else "personal", person.username,
        unicodedata.normalize("NFKC", person.username).casefold(), person.name, person.given, since,
    )
    await rows(
        "INSERT INTO password (id, account, hash, set_at, failures) VALUES (?, ?, ?, ?, 0) ON CONFLICT DO NOTHING",
        fixed_id("password", person.handle), account, hashed, since,
    )
    await rows(
        "INSERT INTO authenticator (id, ref, account, kind, name, secret, sign_count, last_step, failures, created_at,"
        " confirmed_at) VALUES (?, ?, ?, 'app', ?, ?, 0, 0, 0, ?, ?) ON CONFLICT DO NOTHING",
        authenticator, fixed_ref("authenticator", person.handle), account, "",
        house.keyring.seal(person.totp_secret.encode(), authenticator), since, since,
    )
    if person.email:
        await rows(
            "INSERT INTO account_address (id, ref, account, kind, value, confirmed_at) VALUES (?, ?, ?, 'email', ?, ?)"
            " ON CONFLICT DO NOTHING",
            fixed_id("address", person.handle), fixed_ref("address", person.handle), account, person.email, since,
        )
    if person.duty:
        await rows(
            "INSERT INTO staff_duty (id, account, duty, site, started_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            fixed_id("duty", person.handle), account, person.duty, SITE, since,
        )


async def _plant_chart(house: House, person: Person, now: datetime) -> None:
    rows, record = house.database.rows, record_of(person)
    since = now - timedelta(days=1200)
    await rows(
        "INSERT INTO record (id, ref, state, number, name, given, family, name_key, birth_text, sex, phone, email,"
        " address, desk_only, site, created_at, changed_at)"
        " VALUES (?, ?, 'active', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        record, person.record_ref, person.number, person.name, person.given, person.family, person.name.casefold(),
        person.born(now), person.sex, person.phone or None, person.email or None, person.address or None, False, SITE,
        since, since,
    )
    await rows(
        "INSERT INTO record_source (id, record, first_record, source, fhir_type, fhir_id, linked_at)"
        " VALUES (?, ?, ?, ?, 'Patient', ?, ?) ON CONFLICT DO NOTHING",
        fixed_id("source", person.handle), record, record, SOURCE, person.handle, since,
    )


async def _plant_record(house: House, person: Person, now: datetime) -> None:
    await _plant_chart(house, person, now)
    await _insert_share(house, person, person.handle, "self", now - timedelta(days=399))


async def _plant_share(house: House, helper: Person, helping: Helping, now: datetime) -> None:
    share = await _insert_share(
        house, helper, helping.of, helping.basis, now - timedelta(days=helping.since_days),
        _back(now, helping.ended_days), _back(now, helping.review_days),
    )
    for category, action in helping.scopes:
        await house.database.rows(
            "INSERT INTO share_scope (id, share, category, action) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            fixed_id("scope", f"{helper.handle} {helping.of} {category} {action}"), share, category, action,
        )
    if helping.basis == "helper" and helping.review_days:
        await ask_later(house.database, share, _back(now, helping.review_days), now)


async def _insert_share(house, helper, of, basis, starts_at, revoked_at=None, review_at=None):
    share = fixed_id("share", f"{helper.handle} {of}")
    await house.database.rows(
        "INSERT INTO share (id, ref, account, record, basis, starts_at, review_at, revoked_at, created_at, created_by)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        share, fixed_ref("share", f"{helper.handle} {of}"), account_of(helper), fixed_id("record", of), basis,
        starts_at, review_at, revoked_at, starts_at, fixed_id("account", of),
    )
    return share


def _back(now: datetime, days: int | None) -> datetime | None:
    return None if days is None else now - timedelta(days=days)


def account_of(person: Person):
    return fixed_id("account", person.handle)


def record_of(person: Person):
    return fixed_id("record", person.handle)
