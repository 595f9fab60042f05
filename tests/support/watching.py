"""Watches write transactions: how long each is open, and whether anything but the database is waited for inside.

On SQLite a statement inside a transaction never hands control back to the loop: only BEGIN (behind another process) and
COMMIT wait. So whoever hands it back in between waits for something else, and a call planted at the transaction's
beginning gets its turn.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from tables.database import Database
from tables.sqlite import ImmediateTransaction

LONGEST_MS = 100


@dataclass
class Watched:
    """`durations` in milliseconds, without the wait for the lock and with the COMMIT; `waits` say where each began."""

    durations: list[tuple[float, str]] = field(default_factory=list)
    waits: list[str] = field(default_factory=list)

    @property
    def longest(self) -> float:
        return max((ms for ms, _ in self.durations), default=0.0)

    @property
    def faults(self) -> list[str]:
        long = [f"open for {ms:.0f} ms: {where}" for ms, where in self.durations if ms > LONGEST_MS]
        return long + [f"waits for something else than the database: {where}" for where in self.waits]


@contextlib.contextmanager
def watched_transactions() -> Iterator[Watched]:
    watched = Watched()
    enter, leave = ImmediateTransaction.__aenter__, ImmediateTransaction.__aexit__
    open_now: dict[int, tuple[float, str, list[bool], asyncio.Handle]] = {}

    async def entering(self):
        entered = await enter(self)
        turned: list[bool] = []
        handle = asyncio.get_running_loop().call_soon(turned.append, True)
        open_now[id(self)] = (time.perf_counter(), _where(), turned, handle)
        return entered

    async def leaving(self, *error):
        began, where, turned, handle = open_now.pop(id(self))
        handle.cancel()
        if turned:
            watched.waits.append(where)
        try:
            return await leave(self, *error)
        finally:
            watched.durations.append(((time.perf_counter() - began) * 1000, where))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ImmediateTransaction, "__aenter__", entering)
        patch.setattr(ImmediateTransaction, "__aexit__", leaving)
        yield watched


def _where() -> str:
    """The innermost lines of ours that are not the machinery of transactions."""
    ours = [
        f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in traceback.extract_stack()
        if "/site-packages/" not in frame.filename and "/lib/python" not in frame.filename
        and not frame.filename.endswith(("watching.py", "access/audit.py", "tables/sqlite.py", "access/grant.py"))
    ]  # fmt: skip
    return " < ".join(reversed(ours[-3:]))


@dataclass(frozen=True, slots=True)
class Read:
    """One question to the database, and how many rows it answered with."""

    sql: str
    args: tuple
    many: int

    async def plan(self, database: Database) -> str:
        """How SQLite finds the answer; "" on PostgreSQL, which decides by what its tables hold."""
        if not database.is_sqlite:
            return ""
        return " ".join(row["detail"] for row in await database.rows(f"EXPLAIN QUERY PLAN {self.sql}", *self.args))


def watched_reads(monkeypatch) -> list[Read]:
    """Every question that is asked in SQL by hand from now on."""
    asked: list[Read] = []
    rows = Database.rows

    async def watching(self, sql: str, *args):
        found = await rows(self, sql, *args)
        asked.append(Read(sql, args, len(found)))
        return found

    monkeypatch.setattr(Database, "rows", watching)
    return asked
