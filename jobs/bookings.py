"""After a feed came: what the clinic called off in its own system is called off here, a handful at a time."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from access.house import House
from access.opening import open_system
from acts.called_off import FIRST, call_off_gone
from jobs.job import Job
from tables.queue import enqueue

BOOKINGS = "feed.bookings"


async def bookings_of_feed(house: House, since: datetime) -> None:
    """In the transaction that ends an import, which began at `since`."""
    await enqueue(house.database, BOOKINGS, {"since": since.isoformat()}, house.clock(), dedupe=f"{BOOKINGS}:{since.isoformat()}")


async def feed_bookings(house: House, job: Job, now: datetime) -> None:
    """One handful, then a job for the next."""
    since, after = datetime.fromisoformat(job.arguments["since"]), UUID(job.arguments.get("after", str(FIRST)))
    last = await call_off_gone(open_system(house, "bookings", now), since, after)
    if last:
        more = job.arguments | {"after": str(last)}
        await enqueue(house.database, BOOKINGS, more, now, dedupe=f"{BOOKINGS}:{more['since']}:{last}")
