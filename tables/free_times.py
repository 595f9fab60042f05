"""The times that can be booked, read from what the feed offers and from what the clinic makes here: the one reading,
for pages and acts alike. Whether one is held up by what `held_up` finds is a matter of `rules.bookings`."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tables.bookings import PORTAL
from tables.database import Database
from tables.sites import site_of

STANDS = "f.status = 'free' AND f.withdrawn_at IS NULL AND NOT EXISTS (SELECT 1 FROM booking b WHERE b.slot = f.id AND b.state = 'booked')"
OPEN = "s.withdrawn_at IS NULL AND s.status <> 'inactive'"
OF = "f.source = s.source AND f.schedule_ref = 'Schedule/' || s.fhir_id"
ONLINE = "NOT EXISTS (SELECT 1 FROM clinic_visit_type v WHERE v.name = {what} AND v.online = ?)"
SCHEDULE = (
    "s.id AS schedule, s.source, s.name AS schedule_name, s.service, s.actors, t.site, t.who AS template_who, t.place"
    " AS template_place"
)
FROM = "schedule s LEFT JOIN slot_template t ON s.source = 'portal' AND t.ref = s.fhir_id"
NEXT = f"FROM slot f WHERE {OF} AND {STANDS} AND f.starts_at > ? AND f.starts_at < ? ORDER BY f.starts_at LIMIT 1"
OFFERS = f"SELECT {SCHEDULE}, (SELECT f.name {NEXT}) AS name FROM {FROM} WHERE {OPEN} AND EXISTS (SELECT 1 {NEXT})"
TIMES = (
    f"SELECT {SCHEDULE}, f.id, f.ref, f.starts_at, f.ends_at, f.name FROM {FROM} JOIN slot f ON {OF} WHERE s.id IN ({{marks}})"
    f" AND {OPEN} AND {STANDS} AND f.starts_at >= ? AND f.starts_at < ? ORDER BY f.starts_at, f.ref LIMIT ?"
)
ONE = (
    f"SELECT {SCHEDULE}, f.id, f.ref, f.starts_at, f.ends_at, f.name, CASE WHEN {OPEN} AND {STANDS} THEN 1 ELSE 0 END AS free"
    f" FROM {FROM} JOIN slot f ON {OF} WHERE f.ref = ?"
)
CLOSURES = "SELECT site, who, starts_at, ends_at FROM clinic_closure WHERE lifted_at IS NULL AND ends_at > ? AND starts_at < ?"
MET = (
    "SELECT DISTINCT b.site, b.who, b.starts_at, b.ends_at FROM slot f JOIN booking b ON b.starts_at < COALESCE(f.ends_at,"
    " f.starts_at) AND b.ends_at > f.starts_at WHERE f.id IN ({marks}) AND {site} AND b.starts_at > ? AND b.starts_at < ?"
    " AND b.state = 'booked' AND b.who <> '' AND b.id <> ?"
)
SITES = "SELECT id, ref, name, zone, phone, address FROM clinic_site WHERE active = ? ORDER BY name, id"
OFFLINE = "SELECT name FROM clinic_visit_type WHERE online = ?"
DAY = timedelta(days=1)
"""Longer than any visit, so that who is seen at a time is looked for among those that begin shortly before it."""
NO_BOOKING = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Offer:
    """Whose times a schedule holds, for what and where. `what` "" is a visit of no named kind."""

    schedule: UUID
    what: str
    who: str
    site: UUID | None
    site_name: str
    zone: str
    place: str
    fed: bool = False
    """By a feed, and not by weekly hours that were opened here."""


@dataclass(frozen=True, slots=True)
class FreeTime:
    id: UUID
    ref: str
    starts_at: datetime
    ends_at: datetime
    offer: Offer
    free: bool = True

    @property
    def minutes(self) -> int:
        return int((self.ends_at - self.starts_at).total_seconds() // 60)


async def offers(database: Database, now: datetime, until: datetime) -> list[Offer]:
    """Every schedule that has a free time ahead, whether patients may book it themselves or not."""
    rows = await database.rows(OFFERS, now, until, now, until)
    sites = await _sites(database) if rows else []
    return [_offer(row, sites) for row in rows]


async def offline(database: Database) -> set[str]:
    """What only the clinic itself books."""
    return {row["name"] for row in await database.rows(OFFLINE, False)}


async def times(
    database: Database, schedules: Collection[UUID], since: datetime, until: datetime, most: int
) -> list[FreeTime]:
    """The first `most` from `since` on, in order: looked for within a day, then two more, then four, so that a clinic with
    many times does not sort them all."""
    found: list[FreeTime] = []
    span, sites = DAY, await _sites(database)
    while schedules and since < until and len(found) < most:
        end = min(since + span, until)
        sql = TIMES.replace("{marks}", ", ".join("?" * len(schedules)))
        found += [_time(row, sites) for row in await database.rows(sql, *schedules, since, end, most - len(found))]
        since, span = end, span * 2
    return found


async def time_of(database: Database, ref: str) -> FreeTime | None:
    """The time of this ref, free or not."""
    rows = await database.rows(ONE, ref)
    return _time(rows[0], await _sites(database)) if rows else None


async def held_up(database: Database, times: Sequence[FreeTime], own: UUID = NO_BOOKING) -> list[dict[str, Any]]:
    """The closures that may lie over these times, and whom somebody else has booked meanwhile, by whatever hours: `who` at
    which `site`, from when to when. `own` is a booking that does not count, since it is about to be moved."""
    if not times:
        return []
    since, until = min(one.starts_at for one in times), max(one.ends_at for one in times)
    sites = {one.offer.site for one in times} - {None}
    site = f"b.site IN ({', '.join('?' * len(sites))})" if sites else "b.site IS NULL"
    met = MET.format(marks=", ".join("?" * len(times)), site=site)
    booked = await database.rows(met, *(one.id for one in times), *sites, since - DAY, until, own)
    return await database.rows(CLOSURES, since, until) + booked


async def _sites(database: Database) -> list[dict[str, Any]]:
    return await database.rows(SITES, True) or [await site_of(database)]


def _time(row: dict[str, Any], sites: Sequence[dict[str, Any]]) -> FreeTime:
    ends_at = row["ends_at"] or row["starts_at"]
    return FreeTime(row["id"], row["ref"], row["starts_at"], ends_at, _offer(row, sites), bool(row.get("free", True)))


def _offer(row: dict[str, Any], sites: Sequence[dict[str, Any]]) -> Offer:
    """A feed's schedule is of the site whose name one of its places bears, else of the first."""
    actors = json.loads(row["actors"]) if isinstance(row["actors"], str) else row["actors"] or []
    places = [one["name"] for one in actors if one["ref"].startswith("Location/") and one["name"]]
    people = [one["name"] for one in actors if not one["ref"].startswith(("Location/", "HealthcareService/")) and one["name"]]
    site = next((one for one in sites if one["id"] == row["site"] or one["name"] in places), sites[0])
    place = row["template_place"] or ", ".join(one for one in places if one != site["name"])
    return Offer(
        row["schedule"], row["service"] or row["name"] or "", row["template_who"] or ", ".join(people) or row["schedule_name"] or "",
        site["id"], site["name"] or "", site["zone"] or "UTC", place or "", row["source"] != PORTAL,
    )
