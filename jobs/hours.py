"""The times of the clinic's weekly hours, made ahead once a day."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from access.house import House
from acts.hours import DAY, keep_making, make_for
from jobs.job import Job
from tables.hours import standing_templates

log = logging.getLogger("plainchart.worker")


class NotMade(Exception):
    """So many templates could not be made."""


async def make_slots(house: House, job: Job, now: datetime) -> None:
    """A job for tomorrow, then a transaction for each template. One that cannot be made stops no other, and the job
    fails in the end, so that it is tried again and the operator sees it."""
    async with house.database.transaction():
        await keep_making(house.database, now + DAY, now)
    failed = [template for template in await standing_templates(house.database) if not await _made(house, template, now)]
    if failed:
        raise NotMade(len(failed))


async def _made(house: House, template: dict[str, Any], now: datetime) -> bool:
    try:
        async with house.database.transaction():
            await make_for(house.database, template, now)
    except Exception as error:
        log.error("hours %s: %s", template["id"], type(error).__name__)
        return False
    return True
