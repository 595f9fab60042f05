"""How often something may be tried: counts in rows, so that a restart or a second process forgets nothing.

Taken before the try and given back when it succeeds, so that parallel tries cannot slip through (SECURITY contract 10).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from access.house import House
from tables.base import new_id

COUNT = (
    "INSERT INTO rate_bucket (id, name, period, count, ends_at) VALUES {rows}"
    " ON CONFLICT (name, period) DO UPDATE SET count = rate_bucket.count + 1 RETURNING name, count"
)
GIVE_BACK = "UPDATE rate_bucket SET count = count - 1 WHERE count > 0 AND name = ? AND ends_at > ?"


@dataclass(frozen=True, slots=True)
class Limit:
    """`times` in each period of `seconds`. `kept` is not given back by a success: it bounds work, not guesses."""

    name: str
    times: int
    seconds: int
    kept: bool = False

    def period(self, now: datetime) -> int:
        return int(now.timestamp()) // self.seconds

    def ends_at(self, now: datetime) -> datetime:
        return datetime.fromtimestamp((self.period(now) + 1) * self.seconds, UTC)


@dataclass(frozen=True, slots=True)
class Tries:
    """What is left of the tightest limit, and, when a limit is full, the moment from which it may be tried again."""

    left: int
    again_at: datetime | None = None

    @property
    def refused(self) -> bool:
        return self.again_at is not None


async def allow(house: House, name: str, limit: int, period_seconds: int, now: datetime) -> Tries:
    """Counts one try of `name`."""
    return await take(house, (Limit(name, limit, period_seconds),), now)


class Full(Exception):
    """A limit is full until `again_at`: whoever counts rolls back."""

    def __init__(self, again_at: datetime):
        super().__init__(again_at)
        self.again_at = again_at


async def take(house: House, limits: Sequence[Limit], now: datetime) -> Tries:
    """Counts one try under each limit in one statement. Refused when any of them is full, and then it counts nowhere:
    who goes on after being stopped at a narrow limit uses up nothing of a wider one, which is other people's too."""
    try:
        async with house.database.transaction():
            return Tries(await spend(house, limits, now))
    except Full as refused:
        return Tries(0, refused.again_at)


async def spend(house: House, limits: Sequence[Limit], now: datetime) -> int:
    """Counts one under each limit in the caller's transaction, so that an act which does not happen counts nowhere. What is
    left of the tightest; raises Full."""
    ordered = sorted(limits, key=lambda limit: limit.name)
    counts = await _counted(house, ordered, now)
    full = [limit.ends_at(now) for limit in ordered if counts[limit.name] > limit.times]
    if full:
        raise Full(max(full))
    return min(limit.times - counts[limit.name] for limit in ordered)


async def _counted(house: House, limits: Sequence[Limit], now: datetime) -> dict[str, int]:
    rows = ", ".join(["(?, ?, ?, 1, ?)"] * len(limits))
    values = [value for limit in limits for value in (new_id(), limit.name, limit.period(now), limit.ends_at(now))]
    counted = await house.database.rows(COUNT.format(rows=rows), *values)
    return {row["name"]: row["count"] for row in counted}


async def give_back(house: House, limits: Sequence[Limit], now: datetime) -> None:
    """The try was a good one. Inside the transaction of its effect, and row by row in the order of `take`: of two that
    hold what the other waits for, PostgreSQL ends one."""
    names = sorted(limit.name for limit in limits if not limit.kept)
    if names:
        await house.database.many(GIVE_BACK, [(name, now) for name in names])


def hidden(text: str) -> str:
    """A name for something that must not stand in a bucket's name as it is (a user name, a code)."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]
