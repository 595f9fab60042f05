"""One turn of the queue: take what is due, do it, and write down how it went."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from access.house import House
from tables.queue import JOB, LEASE, Claim, claim, end, renew, retry

AT_ONCE = 4


class GiveUp(Exception):
    """Trying again will not help. Its text is a code of at most 40 characters."""


@dataclass(frozen=True, slots=True)
class Job:
    id: UUID
    kind: str
    arguments: dict
    account: UUID | None
    record: UUID | None
    attempt: int


async def turn(house: House, kinds: Mapping, owner: str) -> int:
    """Does what is due now of these kinds; how many there were. Any other waits for a worker that knows it: one of a newer
    release, or one that has the processor's keys."""
    named = ", ".join(f"'{kind}'" for kind in kinds)
    held = await claim(house.database, JOB, owner, house.clock(), AT_ONCE, f"kind IN ({named})") if named else []
    async with kept(house, held):
        for one in held:
            await _do(house, kinds, one)
    return len(held)


async def _do(house: House, kinds: Mapping, held: Claim) -> None:
    """A job that killed its worker has used up its attempts like one that failed."""
    if held.exhausted:
        await end(house.database, held, "failed", house.clock(), "worker ended")
        return
    try:
        await kinds[held.row["kind"]](house, _job(held), house.clock())
    except GiveUp as reason:
        await end(house.database, held, "failed", house.clock(), str(reason)[:40])
    except Exception as error:
        # Only the kind of error is kept: its text may hold what is in a record.
        await retry(house.database, held, house.clock(), type(error).__name__[:40])
    else:
        await end(house.database, held, "done", house.clock())


def _job(held: Claim) -> Job:
    row = held.row
    return Job(held.id, row["kind"], json.loads(row["arguments"]), row["account"], row["record"], held.attempt)


@contextlib.asynccontextmanager
async def kept(house: House, held: list[Claim]):
    """Renews the leases of all that is held, however long it takes; of what has ended meanwhile there is none."""

    async def renewing() -> None:
        while True:
            await asyncio.sleep(LEASE.total_seconds() / 3)
            for one in held:
                await renew(house.database, one, house.clock())

    task = asyncio.create_task(renewing())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
