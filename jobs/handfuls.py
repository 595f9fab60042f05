"""What is done after a feed came: a handful at a time, each in a job of its own, so that a long one can be interrupted."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from uuid import UUID

from access.house import House
from jobs.job import Job
from tables.queue import enqueue

FIRST = UUID(int=0)
Work = Callable[[datetime, UUID], Awaitable[UUID | None]]
"""What changed since then, after that id; the last id of this handful, if there may be more."""


async def begin_handfuls(house: House, kind: str, since: datetime) -> None:
    """In the transaction that ends an import, which began at `since`."""
    await enqueue(house.database, kind, {"since": since.isoformat()}, house.clock(), dedupe=f"{kind}:{since.isoformat()}")


async def one_handful(house: House, kind: str, job: Job, now: datetime, work: Work) -> None:
    """One handful, then a job for the next."""
    since, after = datetime.fromisoformat(job.arguments["since"]), UUID(job.arguments.get("after", str(FIRST)))
    last = await work(since, after)
    if last:
        more = job.arguments | {"after": str(last)}
        await enqueue(house.database, kind, more, now, dedupe=f"{kind}:{more['since']}:{last}")
