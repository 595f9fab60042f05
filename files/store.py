"""Keeps a file and reads any part of it back. Each chunk is sealed and bound to its place in its file."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from files.kinds import media_type
from tables.base import new_id, new_ref
from tables.database import Database
from tables.resealing import chunk_of
from tables.sealing import Keyring

CHUNK = 65_536
LARGEST = 25 * 1024 * 1024
INSERT_FILE = (
    "INSERT INTO stored_file (id, ref, record, account, media_type, size, sha256, made_at, ends_at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
INSERT_CHUNK = "INSERT INTO file_chunk (id, file, number, sealed) VALUES (?, ?, ?, ?)"


class NotKept(ValueError):
    """The content is too large, empty, or of a kind that is not kept. `reason`: large, empty, kind."""

    def __init__(self, reason: str):
        super().__init__(reason)
        self.reason = reason


class Incomplete(Exception):
    """A chunk is missing: the file was damaged outside the portal."""


@dataclass(frozen=True, slots=True)
class Stored:
    id: UUID
    ref: str
    media_type: str
    size: int
    record: UUID | None = None
    account: UUID | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file sealed before its transaction begins, so that nothing is computed inside one."""

    stored: Stored
    sha256: bytes
    chunks: tuple[tuple[UUID, UUID, int, bytes], ...]


def prepare(
    keyring: Keyring, content: bytes, *, record: UUID | None = None, account: UUID | None = None, largest: int = LARGEST
) -> Prepared:
    """Raises NotKept."""
    if not content or len(content) > largest:
        raise NotKept("large" if content else "empty")
    kind = media_type(content)
    if kind is None:
        raise NotKept("kind")
    file = new_id()
    parts = range(0, len(content), CHUNK)
    chunks = tuple(
        (new_id(), file, number, keyring.seal(content[start : start + CHUNK], chunk_of(file, number)))
        for number, start in enumerate(parts)
    )
    stored = Stored(file, new_ref(), kind, len(content), record, account)
    return Prepared(stored, hashlib.sha256(content).digest(), chunks)


async def store(database: Database, prepared: Prepared, now: datetime, ends_at: datetime | None = None) -> Stored:
    """Inside the caller's transaction."""
    file = prepared.stored
    await database.rows(
        INSERT_FILE, file.id, file.ref, file.record, file.account, file.media_type, file.size, prepared.sha256, now,
        ends_at,
    )
    await database.many(INSERT_CHUNK, prepared.chunks)
    return file


async def find(database: Database, ref: str, now: datetime) -> Stored | None:
    """Whose it is stays for the caller to ask: this room decides nothing about access."""
    rows = await database.rows(
        "SELECT id, ref, media_type, size, record, account FROM stored_file WHERE ref = ? AND (ends_at IS NULL OR ends_at > ?)",
        ref, now,
    )
    return Stored(**rows[0]) if rows else None


async def stored(database: Database, ids: Collection[UUID]) -> dict[UUID, Stored]:
    """Those of them that are there, by id. Whose they are is asked of the rows that name them."""
    marks = ", ".join("?" * len(ids))
    sql = f"SELECT id, ref, media_type, size, record, account FROM stored_file WHERE id IN ({marks})"
    return {row["id"]: Stored(**row) for row in await database.rows(sql, *ids)} if ids else {}


async def read(database: Database, keyring: Keyring, file: Stored, start: int = 0, end: int | None = None) -> bytes:
    """Bytes from `start` up to but not including `end`; only the chunks that hold them are opened."""
    end = file.size if end is None else min(end, file.size)
    if start >= end:
        return b""
    first, last = start // CHUNK, (end - 1) // CHUNK
    rows = await database.rows(
        "SELECT number, sealed FROM file_chunk WHERE file = ? AND number >= ? AND number <= ? ORDER BY number",
        file.id, first, last,
    )
    if len(rows) != last - first + 1:
        raise Incomplete(file.ref)
    plain = b"".join(keyring.open(bytes(row["sealed"]), chunk_of(file.id, row["number"])) for row in rows)
    return plain[start - first * CHUNK : end - first * CHUNK]
