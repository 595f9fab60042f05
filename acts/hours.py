"""The clinic's own times: hours that come back each week, made ahead into times that can be booked, and closures."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from rules.bookings import AHEAD, Hours, Week
from tables.database import Database
from tables.hours import add_slots
from tables.queue import enqueue

MAKE = "slots.make"
DAY = timedelta(days=1)


async def make_for(database: Database, template: dict[str, Any], now: datetime) -> None:
    """In the caller's transaction: what one template lacks."""
    zone = template["zone"] or "UTC"
    today = now.astimezone(ZoneInfo(zone)).date()
    until, after = today + AHEAD, _day(template["made_until"])
    hours = Hours(template["begins"], template["ends"], template["minutes"], zone)
    week = Week(template["weekday"], hours, max(_day(template["first_day"]) or today, today), _day(template["last_day"]))
    cuts = [(cut.wall, cut.starts_at, cut.ends_at) for cut in week.cuts(after, until)]
    await add_slots(database, template, cuts, until.isoformat(), now)


async def keep_making(database: Database, run_at: datetime, now: datetime) -> None:
    """One job for each day, however often it is asked for."""
    await enqueue(database, MAKE, {}, now, dedupe=f"{MAKE}:{run_at.date().isoformat()}", run_at=run_at)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
