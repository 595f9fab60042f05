"""After a feed came: its invoices become statements and entries of the ledger, a handful at a time."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from access.house import House
from access.opening import open_system
from acts.statements import FIRST, file_invoices
from jobs.job import Job
from tables.queue import enqueue

BILLS = "feed.bills"


async def bills_of_feed(house: House, since: datetime) -> None:
    """In the transaction that ends an import, which began at `since`."""
    await enqueue(house.database, BILLS, {"since": since.isoformat()}, house.clock(), dedupe=f"{BILLS}:{since.isoformat()}")


async def feed_bills(house: House, job: Job, now: datetime) -> None:
    """One handful, then a job for the next."""
    since, after = datetime.fromisoformat(job.arguments["since"]), UUID(job.arguments.get("after", str(FIRST)))
    last = await file_invoices(open_system(house, "bills", now), since, after)
    if last:
        more = job.arguments | {"after": str(last)}
        await enqueue(house.database, BILLS, more, now, dedupe=f"{BILLS}:{more['since']}:{last}")
