"""The times of the clinic's weekly hours, made ahead once a day."""

from __future__ import annotations

from datetime import datetime

from access.house import House
from acts.hours import DAY, keep_making, make_for
from jobs.job import Job
from tables.hours import standing_templates


async def make_slots(house: House, job: Job, now: datetime) -> None:
    """A transaction for each template, and then a job for tomorrow."""
    for template in await standing_templates(house.database):
        async with house.database.transaction():
            await make_for(house.database, template, now)
    async with house.database.transaction():
        await keep_making(house.database, now + DAY, now)
