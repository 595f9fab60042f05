"""Hours that come back each week, as rows that can be booked: a Schedule for the template, and a Slot for each visit.
Making them again changes nothing, so that jobs and seeds may."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tables.base import new_id, new_ref
from tables.bookings import PORTAL
from tables.database import Database

INSERT = (
    "INSERT INTO slot_template (id, ref, site, what, who, place, weekday, begins, ends, minutes, first_day, last_day, made_until,"
    " made_by, made_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', ?, ?) ON CONFLICT DO NOTHING"
)
SCHEDULE = (
    "INSERT INTO schedule (id, ref, source, fhir_type, fhir_id, status, first_seen_at, changed_at, name, service, actors,"
    " horizon_text, horizon_precision) VALUES (?, ?, ?, 'Schedule', ?, 'active', ?, ?, ?, ?, ?, '', '') ON CONFLICT DO NOTHING"
)
SLOT = (
    "INSERT INTO slot (id, ref, source, fhir_type, fhir_id, status, first_seen_at, changed_at, name, schedule_ref, starts_at,"
    " ends_at) VALUES (?, ?, ?, 'Slot', ?, 'free', ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
)
MADE = "UPDATE slot_template SET made_until = ? WHERE id = ? AND made_until < ?"
STANDING = (
    "SELECT t.id, t.ref, t.what, t.weekday, t.begins, t.ends, t.minutes, t.first_day, t.last_day, t.made_until, s.zone"
    " FROM slot_template t JOIN clinic_site s ON s.id = t.site WHERE t.ended_at IS NULL"
)
END = "UPDATE slot_template SET ended_at = ? WHERE id = ? AND ended_at IS NULL RETURNING ref"
END_SCHEDULE = "UPDATE schedule SET status = 'inactive', changed_at = ? WHERE source = ? AND fhir_id = ?"
END_SLOTS = (
    "UPDATE slot SET withdrawn_at = ?, changed_at = ? WHERE source = ? AND schedule_ref = ? AND starts_at > ? AND withdrawn_at IS NULL"
    " AND NOT EXISTS (SELECT 1 FROM booking b WHERE b.slot = slot.id AND b.state = 'booked')"
)


@dataclass(frozen=True, slots=True)
class Weekly:
    """`weekday` 0 is Monday; `begins` and `ends` are HH:MM, days YYYY-MM-DD; `last_day` "" goes on."""

    site: UUID
    what: str
    who: str
    place: str
    weekday: int
    begins: str
    ends: str
    minutes: int
    first_day: str
    last_day: str = ""


async def add_template(
    database: Database, id: UUID, ref: str, weekly: Weekly, made_by: UUID | None, now: datetime
) -> None:
    """In the caller's transaction; its times are still to be made."""
    await database.rows(
        INSERT, id, ref, weekly.site, weekly.what, weekly.who, weekly.place, weekly.weekday, weekly.begins, weekly.ends,
        weekly.minutes, weekly.first_day, weekly.last_day, made_by, now,
    )  # fmt: skip
    actors = json.dumps([{"ref": "", "name": weekly.who}])
    await database.rows(SCHEDULE, new_id(), new_ref(), PORTAL, ref, now, now, weekly.who, weekly.what, actors)


async def standing_templates(database: Database) -> list[dict[str, Any]]:
    return await database.rows(STANDING)


async def add_slots(
    database: Database, template: dict[str, Any], cuts: Iterable[tuple[str, datetime, datetime]], until: str, now: datetime
) -> None:
    """In the caller's transaction: (wall time, start, end) of each; `until` is the last day that was made."""
    ref, what = template["ref"], template["what"]
    await database.many(SLOT, [
        (new_id(), new_ref(), PORTAL, f"{ref}-{wall}", now, now, what, f"Schedule/{ref}", starts_at, ends_at)
        for wall, starts_at, ends_at in cuts
    ])  # fmt: skip
    await database.rows(MADE, until, template["id"], until)


async def end_template(database: Database, id: UUID, now: datetime) -> bool:
    """In the caller's transaction: its free times go; what is booked stands."""
    rows = await database.rows(END, now, id)
    if not rows:
        return False
    ref = rows[0]["ref"]
    await database.rows(END_SCHEDULE, now, PORTAL, ref)
    await database.rows(END_SLOTS, now, now, PORTAL, f"Schedule/{ref}", now)
    return True
