"""After a feed came: its invoices become statements and entries of the ledger, a handful at a time."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from access.house import House
from access.opening import open_system
from acts.statements import file_invoices
from jobs.handfuls import begin_handfuls, one_handful
from jobs.job import Job

BILLS = "feed.bills"


async def bills_of_feed(house: House, since: datetime) -> None:
    await begin_handfuls(house, BILLS, since)


async def feed_bills(house: House, job: Job, now: datetime) -> None:
    await one_handful(house, BILLS, job, now, partial(file_invoices, open_system(house, "bills", now)))
