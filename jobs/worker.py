"""The worker: in the web process by default, or `portal worker` beside it. Killing it loses nothing."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import signal
import socket
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

from access.house import House
from jobs import job, outbox, sweeping
from jobs.kinds import KINDS, kinds_with
from jobs.payments import ask_what_nobody_asks
from notices import Sender
from settings import Settings
from starting import make_processor, make_senders

log = logging.getLogger("plainchart.worker")
IDLE = timedelta(seconds=1)
MINUTE = timedelta(seconds=60)


class Worker:
    """Three rounds, each on its own: jobs, the outbox, and once a minute the broom, the audit's heads and what nobody asks."""

    def __init__(self, house: House, senders: Mapping[str, Sender], kinds: Mapping = KINDS):
        self.house, self.senders, self.kinds = house, senders, kinds
        self.owner = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"[:80]
        self._stopping = asyncio.Event()
        self._rounds: list[asyncio.Task] = []

    async def start(self) -> None:
        self._stopping.clear()
        self._rounds = [
            asyncio.create_task(self._round(self.jobs, IDLE)),
            asyncio.create_task(self._round(self.letters, IDLE)),
            asyncio.create_task(self._round(self.tidy, MINUTE)),
        ]

    async def stop(self) -> None:
        """What is being done is finished; what is left stays for the next worker."""
        self._stopping.set()
        await asyncio.gather(*self._rounds)
        self._rounds = []

    async def jobs(self) -> int:
        return await job.turn(self.house, self.kinds, self.owner)

    async def letters(self) -> int:
        return await outbox.turn(self.house, self.senders, self.owner)

    async def tidy(self) -> int:
        """The heads first: whatever ails the broom, a tail cut off the audit is missed."""
        await self.house.audit.export_heads(self.house.clock())
        await sweeping.end_what_lapsed(self.house)
        await sweeping.sweep(self.house)
        await ask_what_nobody_asks(self.house)
        return 0

    async def _round(self, turn: Callable[[], Awaitable[int]], rest: timedelta) -> None:
        """A failure (a locked database, a server that went away) is noted and tried again; it never ends the round."""
        while not self._stopping.is_set():
            try:
                busy = await turn()
            except Exception as error:
                log.error("worker round %s: %s", turn.__name__, type(error).__name__)
                busy = 0
            if not busy:
                await self._wait(rest)

    async def _wait(self, rest: timedelta) -> None:
        try:
            async with asyncio.timeout(rest.total_seconds()):
                await self._stopping.wait()
        except TimeoutError:
            pass


async def run_until_stopped(house: House, settings: Settings) -> None:
    """`portal worker`: until Ctrl+C or a termination, finishing what it has begun."""
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    processor = make_processor(settings, house.demo)
    worker = Worker(house, make_senders(settings, house.demo), kinds_with(processor))
    await worker.start()
    print("The worker works (Ctrl+C ends it).", flush=True)
    await stopped.wait()
    await worker.stop()
    if processor:
        await processor.close()
