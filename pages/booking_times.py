"""The times that the steps of booking offer: of what was chosen, free, and with somebody who is there and sees nobody else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from access.house import House
from rules.bookings import AHEAD, Closed, is_closed
from rules.paging import Key
from tables import free_times
from tables.database import Database
from tables.free_times import FreeTime, Offer

FIVE = 5


async def free_of(house: House, offers: Sequence[Offer], own: UUID, key: Key | None, since: datetime) -> list[FreeTime]:
    """Six at most, so that the page knows whether there are more. `own` is a booking that is moved there."""
    database, now = house.database, house.clock()
    begin, until = max(now + timedelta(seconds=1), key.starts if key else since), now + AHEAD
    schedules, found, most = [one.schedule for one in offers], [], FIVE + 1
    while True:
        rows = await free_times.times(database, schedules, begin, until, most)
        fitting = [one for one in rows if one.offer in offers and _is_after(one, key)]
        found = await _not_held_up(database, fitting, own)
        if len(found) > FIVE or len(rows) < most:
            return found[: FIVE + 1]
        most *= 4


def _is_after(one: FreeTime, key: Key | None) -> bool:
    return key is None or (one.starts_at, one.ref) > (key.starts, key.ref)


async def asked_for(house: House, offers: Sequence[Offer], own: UUID, ref: str) -> FreeTime | None:
    """The time of this ref, where it is one of what was chosen, and free now."""
    one = await free_times.time_of(house.database, ref)
    fits = one is not None and one.free and one.starts_at > house.clock() and one.offer in offers
    return next(iter(await _not_held_up(house.database, [one], own)), None) if fits else None


async def _not_held_up(database: Database, times: Sequence[FreeTime], own: UUID) -> list[FreeTime]:
    closed = [Closed(**row) for row in await free_times.held_up(database, times, own)]
    return [one for one in times if not is_closed(closed, one.offer.site, one.offer.who, one.starts_at, one.ends_at)]
