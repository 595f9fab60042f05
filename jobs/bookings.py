"""After a feed came: what the clinic called off in its own system is called off here, a handful at a time."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from access.house import House
from access.opening import open_system
from acts.called_off import call_off_gone
from jobs.handfuls import begin_handfuls, one_handful
from jobs.job import Job

BOOKINGS = "feed.bookings"


async def bookings_of_feed(house: House, since: datetime) -> None:
    await begin_handfuls(house, BOOKINGS, since)


async def feed_bookings(house: House, job: Job, now: datetime) -> None:
    await one_handful(house, BOOKINGS, job, now, partial(call_off_gone, open_system(house, "bookings", now)))
