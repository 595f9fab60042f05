"""The clinic's own times: hours that come back each week, made ahead into times that can be booked, and closures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from access.grant import Changed, QueueGrant
from access.visible import visible
from rules.bookings import AHEAD, Closed, Hours, Week
from tables.base import new_id, new_ref
from tables.bookings import Closure, SlotTemplate
from tables.database import Database
from tables.hours import Weekly, add_slots, add_template, end_template
from tables.queue import enqueue
from tables.sending import Sending, use_key

MAKE = "slots.make"
DAY = timedelta(days=1)
CLOSE = (
    "INSERT INTO clinic_closure (id, ref, site, who, starts_at, ends_at, made_by, made_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)
HOLD = "UPDATE clinic_site SET zone = zone WHERE id = ?"
"""Of many who close the same at one moment the first one does, and the rest find it closed."""
STANDS = (
    "SELECT ref FROM clinic_closure WHERE site = ? AND who = ? AND starts_at = ? AND ends_at = ? AND lifted_at IS NULL"
    " ORDER BY made_at, id LIMIT 1"
)
LIFT = "UPDATE clinic_closure SET lifted_at = ? WHERE id = ? AND lifted_at IS NULL"
VISIT_TYPE = (
    "INSERT INTO clinic_visit_type (id, ref, name, minutes, online) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
)


class AlreadyClosed(Exception):
    """The same stands already, from another page or another hand: `ref`. Ending one of two would leave the other."""

    def __init__(self, ref: str):
        super().__init__(ref)
        self.ref = ref


async def open_hours(grant: QueueGrant, weekly: Sequence[Weekly], sending: Sending, outcome: str) -> None:
    """One template for each weekday. Their times are made right after by a job, each template's in its own time."""
    database, now = grant.house.database, grant.house.clock()
    async with grant.acting("hours.open") as entry:
        await use_key(database, sending, outcome, now)
        for one in weekly:
            _at_its_site(grant, one.site)
            id, ref = new_id(), new_ref()
            await database.rows(VISIT_TYPE, new_id(), new_ref(), one.what, one.minutes, True)
            await add_template(database, id, ref, one, grant.account, now)
            entry.showed("SlotTemplate", [id])
        await enqueue(database, MAKE, {}, now)
        await keep_making(database, now + DAY, now)


async def end_hours(grant: QueueGrant, ref: str, sending: Sending, outcome: str) -> bool:
    """Nothing more can be booked in them; what is booked stands. False where this duty has none of that name."""
    return await _change(grant, "hours.end", SlotTemplate, ref, sending, outcome, end_template)


async def close(grant: QueueGrant, closed: Closed, sending: Sending, outcome: Callable[[str], str]) -> str:
    """Nothing is booked then from now on. Who has an appointment keeps it until somebody has called them. Raises
    AlreadyClosed."""
    database, now, id, ref = grant.house.database, grant.house.clock(), new_id(), new_ref()
    async with grant.acting("closure.make") as entry:
        await use_key(database, sending, outcome(ref), now)
        _at_its_site(grant, closed.site)
        await _not_yet(database, closed)
        await database.rows(
            CLOSE, id, ref, closed.site, closed.who, closed.starts_at, closed.ends_at, grant.account, now
        )
        entry.showed("Closure", [id])
    return ref


async def _not_yet(database: Database, closed: Closed) -> None:
    await database.rows(HOLD, closed.site)
    rows = await database.rows(STANDS, closed.site, closed.who, closed.starts_at, closed.ends_at)
    if rows:
        raise AlreadyClosed(rows[0]["ref"])


async def lift(grant: QueueGrant, ref: str, sending: Sending, outcome: str) -> bool:
    return await _change(grant, "closure.end", Closure, ref, sending, outcome, _lift)


async def _lift(database: Database, id: UUID, now: datetime) -> None:
    await database.rows(LIFT, now, id)


async def _change(grant: QueueGrant, action: str, table: type, ref: str, sending: Sending, outcome: str, change) -> bool:
    database, now = grant.house.database, grant.house.clock()
    async with grant.acting(action) as entry:
        rows = await visible(grant, table).rows(("id",), "ref = ?", ref)
        if not rows:
            return False
        await use_key(database, sending, outcome, now)
        await change(database, rows[0]["id"], now)
        entry.showed(table.__name__, [rows[0]["id"]])
    return True


def _at_its_site(grant: QueueGrant, site: UUID | None) -> None:
    """A duty at one site decides for no other."""
    if not grant.covers(site):
        raise Changed


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
