"""One at a time of each owner, so that who asks for many documents keeps nobody else waiting."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

WAITING = 2
"""How many of one owner wait behind the one of theirs that is being made."""


class Crowded(Exception):
    """Enough of this owner's wait already, or this one has waited long enough."""


@dataclass(slots=True)
class _Turn:
    """`here` counts who is served and who waits."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    here: int = 0


@dataclass(slots=True)
class Turns:
    """By owner, and only while there is somebody."""

    taken: dict[str, _Turn] = field(default_factory=dict)

    @contextlib.asynccontextmanager
    async def of(self, owner: str, seconds: float) -> AsyncIterator[None]:
        """Their turn, waited for no longer than `seconds`; nobody's ("") is at once. Raises Crowded."""
        if not owner:
            yield
            return
        turn = self.taken.setdefault(owner, _Turn())
        if turn.here > WAITING:
            raise Crowded
        turn.here += 1
        try:
            await _acquire(turn.lock, seconds)
            try:
                yield
            finally:
                turn.lock.release()
        finally:
            turn.here -= 1
            if not turn.here:
                del self.taken[owner]


async def _acquire(lock: asyncio.Lock, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await lock.acquire()
    except TimeoutError:
        raise Crowded from None
