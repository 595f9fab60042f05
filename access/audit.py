"""Who looked, and who did: append-only rows in chains, committed before anything leaves the portal.

Pages hand their entry to `commit`, which gathers what waits into one transaction and one fsync. Acts write theirs in
the transaction of their effect, through `access.acting`. HMAC-SHA256 runs over the previous row's and this row's
content, keyed outside the database (SECURITY contract 12; ASVS 16.4).
"""

from __future__ import annotations

import asyncio
import hmac
import json
import os
import secrets
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from access.heads import HeadsFile
from tables.database import Database

OBJECTS_LENGTH = 100
BATCH = 64
INSERT = (
    "INSERT INTO audit_event (chain, seq, at, actor, behalf, subject, action, objects, decision, reason, purpose, shown, mac)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
# CROSS JOIN says what to read first: chains are few, and SQLite would begin with every row ever written.
HEADS = (
    "SELECT e.chain, e.seq, e.mac FROM audit_chain c CROSS JOIN audit_event e WHERE e.chain = c.id"
    " AND e.seq = (SELECT MAX(l.seq) FROM audit_event l WHERE l.chain = c.id)"
    " AND (c.closed_at > ? OR (c.closed_at IS NULL AND e.at > ?)) ORDER BY e.chain"
)
SEEN = "UPDATE session SET last_seen_at = ? WHERE id = ? AND last_seen_at < ?"


class AuditUnavailable(Exception):
    """The entry could not be written, so the page must not leave."""


@dataclass(slots=True)
class Entry:
    """One thing done or shown. Codes and ids only. Mutable, because a page adds what it showed."""

    at: datetime
    action: str
    actor: UUID | None = None
    behalf: UUID | None = None
    subject: UUID | None = None
    decision: str = "allowed"
    reason: str = ""
    purpose: str = ""
    shown: dict[str, list[Any]] = field(default_factory=dict)
    written: bool = False

    def showed(self, kind: str, ids) -> None:
        self.shown.setdefault(kind, []).extend(ids)

    @property
    def count(self) -> int:
        return sum(len(ids) for ids in self.shown.values())

    @property
    def objects(self) -> str:
        """`Kind:8hex,8hex;Kind:…` cut at a whole id, with `+n` for those left out: never more than 100 characters."""
        text, named = "", 0
        for kind, ids in self.shown.items():
            for number, one in enumerate(ids):
                word = (f";{kind}:" if text else f"{kind}:") if number == 0 else ","
                short = word + short_id(one)
                if len(text) + len(short) > OBJECTS_LENGTH - 8:
                    return f"{text}+{self.count - named}"
                text, named = text + short, named + 1
        return text


def short_id(id: Any) -> str:
    """As the column `objects` has it: eight of an id's random hexadecimal digits."""
    return str(id).replace("-", "")[-12:][:8]


def micros(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000_000)


def seal_row(key: bytes, before: bytes, row: tuple) -> bytes:
    """The MAC of one row. `row` is everything stored but the MAC, in the order of INSERT."""
    content = json.dumps([str(value) if isinstance(value, UUID) else value for value in row], ensure_ascii=True)
    return hmac.digest(key, before + content.encode(), "sha256")


class AuditWriter:
    """One chain of one process. Nothing about access is decided by what it remembers."""

    def __init__(self, database: Database, key: bytes, heads_file: Path | None = None):
        self.database, self.key = database, key
        self.heads = HeadsFile(heads_file) if heads_file else None
        self.lock = asyncio.Lock()
        self.chain, self.seq, self.mac = 0, 0, b""
        self._waiting: list[tuple[Entry | None, asyncio.Future]] = []
        self._seen: dict[UUID, datetime] = {}
        self._flusher: asyncio.Task | None = None

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[list[Entry]]:
        """A write transaction; what is put into the list it gives is chained and stored with it, or not at all."""
        entries: list[Entry] = []
        touched = False
        async with AsyncExitStack() as until_committed:
            try:
                async with self.database.transaction():
                    yield entries
                    if entries:
                        await until_committed.enter_async_context(self.lock)
                        touched = True
                        rows = await self._insert(entries)
                if touched:
                    self.seq, self.mac = rows[-1][1] + 1, rows[-1][-1]
            except BaseException:
                # A commit may have failed without saying whether it happened, and the row that opens a chain may not
                # have been stored: such a chain is never written to again.
                self.chain = 0 if touched else self.chain
                raise

    async def _insert(self, entries: list[Entry]) -> list[tuple]:
        if self.chain == 0:
            entries = [await self._new_chain(entries[0].at), *entries]
        rows = self._chained(entries)
        await self.database.many(INSERT, rows)
        return rows

    async def _new_chain(self, now: datetime) -> Entry:
        """Begins a chain: it names this process and the heads exported last."""
        self.chain, self.seq, self.mac = secrets.randbits(62) + 1, 0, b""
        heads = json.dumps(self._last_heads(), separators=(",", ":"))
        process = f"{socket.gethostname()}:{os.getpid()}"[:80]
        await self.database.rows(
            "INSERT INTO audit_chain (id, process, opened_at, heads) VALUES (?, ?, ?, ?)",
            self.chain, process, now, heads,
        )
        return Entry(now, "chain.opened")

    def _chained(self, entries: list[Entry]) -> list[tuple]:
        rows, mac = [], self.mac
        for number, entry in enumerate(entries):
            row = (
                self.chain, self.seq + number, micros(entry.at), entry.actor, entry.behalf, entry.subject,
                entry.action, entry.objects, entry.decision, entry.reason, entry.purpose, entry.count,
            )
            mac = seal_row(self.key, mac, row)
            rows.append((*row, mac))
        return rows

    async def close_chain(self, now: datetime) -> None:
        """Says how many rows this process wrote, so that a missing tail is noticed."""
        if self._flusher:
            await self._flusher
        if self.chain:
            async with self.database.transaction():
                await self.database.rows(
                    "UPDATE audit_chain SET closed_at = ?, closed_count = ? WHERE id = ?", now, self.seq, self.chain
                )
            await self.export_heads(now)
            self.chain = 0

    def seen(self, session: UUID, now: datetime) -> None:
        """Notes that a session's owner was there; stored with the next batch."""
        self._seen[session] = now

    async def commit(self, entry: Entry | None) -> None:
        """Returns once the entry is on disk, and all that was `seen`, which is stored even without an entry (None).
        Entries that arrive during a flush share the next one."""
        done = asyncio.get_running_loop().create_future()
        self._waiting.append((entry, done))
        if self._flusher is None or self._flusher.done():
            self._flusher = asyncio.create_task(self._flush())
        await done

    async def _flush(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
            try:
                await self._write([entry for entry, _ in batch if entry])
            except Exception as error:
                outcome = AuditUnavailable(type(error).__name__)
                _ = [done.set_exception(outcome) for _, done in batch if not done.done()]
            else:
                _ = [done.set_result(None) for _, done in batch if not done.done()]

    async def _write(self, batch: list[Entry]) -> None:
        seen, self._seen = self._seen, {}
        async with self.transaction() as entries:
            entries.extend(batch)
            if seen:
                # In one order in every process: of two that wait for each other PostgreSQL ends one, pages and all.
                await self.database.many(SEEN, [(now, session, now) for session, now in sorted(seen.items())])

    async def export_heads(self, now: datetime) -> None:
        """Tells a file outside the database what is new at the ends of the chains, so that cut-off rows are missed.
        Nothing is added while nothing happens, nor for chains that nobody writes to any more."""
        if self.heads is None:
            return
        self.heads.catch_up()
        since = self.heads.since(now)
        rows = await self.database.rows(HEADS, since, micros(since))
        self.heads.add(now, [[row["chain"], row["seq"], bytes(row["mac"]).hex()] for row in rows])

    def _last_heads(self) -> list:
        if self.heads is None:
            return []
        self.heads.catch_up()
        return self.heads.newest()
