"""What the clinic called off in its own system is called off here as well, once its feed says so.

No number is common to the two systems. An appointment of the feed is the one that was booked here where `same_appointment` says so
for the same patient, and where it came after the booking; it calls the booking off where that is news of a time after the
booking took its present slot. Whatever is less than that stays as it is.
"""

from __future__ import annotations

import json
import zlib
from datetime import datetime
from typing import Any
from uuid import UUID

from access.audit import Entry
from access.booking import SAID_OFF
from access.grant import SystemGrant
from access.vocabulary import Purpose
from acts.bookings import CANCEL, STEP, tell
from rules.bookings import CANCELLED, COMING, off_of, read_sent
from tables.base import new_id
from tables.bookings import slots_named
from tables.database import Database
from tables.records import lock_record, one_person

AT_A_TIME = 100
FIRST = UUID(int=0)
CHARTS = "SELECT s.id FROM record_source s WHERE s.record IN ({})"
TOUCHED = (
    "SELECT b.id, b.record FROM booking b WHERE b.state = 'booked' AND b.starts_at > ? AND b.id > ? AND EXISTS (SELECT 1 FROM appointment p"
    f" WHERE p.patient IN ({CHARTS.format(one_person('b.record'))}) AND p.status IN ({SAID_OFF}) AND p.changed_at >= ?)"
    f" ORDER BY b.id LIMIT {AT_A_TIME}"
)
STANDING = "SELECT id, record, slot, who, starts_at, made_at, changed_at FROM booking WHERE id = ? AND state = 'booked' AND starts_at > ?"
SENT = (
    "SELECT source, fhir_id, status, starts_at, participants, slots, first_seen_at FROM appointment"
    f" WHERE patient IN ({CHARTS.format(one_person('?'))})"
)
VERSIONS = (
    "SELECT body, current, updated_at, received_at FROM raw_resource WHERE source = ? AND fhir_type = 'Appointment' AND fhir_id = ?"
)


async def call_off_gone(system: SystemGrant, since: datetime, after: UUID = FIRST) -> UUID | None:
    """A handful of the bookings of whose patients something was called off since then, each in a transaction of its own; the
    last one, if there may be more."""
    house = system.house
    found = await house.database.rows(TOUCHED, system.now, after, since)
    for row in found:
        async with house.audit.transaction() as entries:
            if await _call_off(house.database, row, system.now):
                entry = Entry(system.now, "booking.cancel", subject=row["record"], purpose=Purpose.FEED.value)
                entry.showed("Booking", [row["id"]])
                entries.append(entry)
    return found[-1]["id"] if len(found) == AT_A_TIME else None


async def _call_off(database: Database, row: dict[str, Any], now: datetime) -> bool:
    """Whether it was. The chart is held, so that nobody moves it meanwhile; nobody is its step's author."""
    await lock_record(database, row["record"])
    standing = await database.rows(STANDING, row["id"], now)
    if not standing or not await _is_called_off(database, standing[0]):
        return False
    id, starts_at = row["id"], standing[0]["starts_at"]
    if not await database.rows(CANCEL, now, id, starts_at):
        return False
    await database.rows(STEP, new_id(), id, now, None, None, "", CANCELLED, starts_at, "", None)
    await tell(database, id, "booking.cancelled", now)
    return True


async def _is_called_off(database: Database, booking: dict[str, Any]) -> bool:
    slot = (await slots_named(database, [booking["slot"]])).get(booking["slot"])
    sent = [read_sent(row) for row in await database.rows(SENT, booking["record"])]
    for row in off_of(booking, slot, sent):
        if await _is_news(database, row, booking["changed_at"]):
            return True
    return False


async def _is_news(database: Database, sent: dict[str, Any], since: datetime) -> bool:
    """Whether the clinic called it off after the booking had this time: by its own date; where it says none, by having said
    since then that it stands."""
    versions = await database.rows(VERSIONS, sent["source"], sent["fhir_id"])
    said = [row["updated_at"] for row in versions if row["current"]]
    if said and said[0] is not None:
        return said[0] > since
    return any(row["received_at"] > since and _stood(bytes(row["body"])) for row in versions)


def _stood(body: bytes) -> bool:
    return json.loads(zlib.decompress(body)).get("status") in COMING
