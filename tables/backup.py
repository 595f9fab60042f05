"""Backups that are known to restore: each is opened again elsewhere and compared with what it was made from.

A SQLite backup is a database file (SQLite's online backup); one of PostgreSQL is pg_dump's custom format. Restoring
never writes over a database: the old one is set aside under another name, and nobody may be connected to it.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tables import postgres_backup, sqlite_backup
from tables.comparing import BackupFailed, Check, compare, count_rows
from tables.database import Database
from tables.installation import sqlite_file

SQLITE_MAGIC, DUMP_MAGIC = b"SQLite format 3\x00", b"PGDMP"
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Kept:
    file: Path
    size: int
    rows: int
    tables: int


async def back_up(url: str, file: Path, check: Check, progress: Progress) -> Kept:
    """The backup stands under its name only once it has been restored and compared."""
    if file.exists():
        raise BackupFailed(f"{file} is there already. Name another file.")
    if not file.parent.is_dir():
        raise BackupFailed(f"There is no folder {file.parent}.")
    part = file.with_name(file.name + ".part")
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        copy = sqlite_backup.copy if sqlite_file(url) else postgres_backup.dump
        counts = await copy(url, part, progress)
        async with scratch(url, part) as database:
            await compare(database, counts, check)
        part.rename(file)
    finally:
        part.unlink(missing_ok=True)
    return Kept(file, file.stat().st_size, sum(counts.values()), len(counts))


async def restore(url: str, file: Path, check: Check, replace: bool, stamp: str) -> tuple[Kept, str]:
    """What was restored, and the name under which the database that stood there was set aside ("" when there was none)."""
    _refuse_other_kind(url, file)
    engine = sqlite_backup if sqlite_file(url) else postgres_backup
    if not replace and await engine.holds_anything(url):
        raise BackupFailed("There is a database already. With --replace it is set aside, not deleted.")
    async with scratch(url, file) as database:
        counts = await count_rows(database)
        await compare(database, counts, check)
    aside = await engine.put_in_place(url, file, stamp)
    return Kept(file, file.stat().st_size, sum(counts.values()), len(counts)), aside


@asynccontextmanager
async def scratch(url: str, file: Path) -> AsyncIterator[Database]:
    """The backup, restored beside the real database and gone again afterwards. Piccolo's tables stay where they were."""
    engine = sqlite_backup if sqlite_file(url) else postgres_backup
    async with engine.restored_elsewhere(url, file) as address:
        database = Database(address)
        await database.connect()
        try:
            yield database
        finally:
            await database.close()


def _refuse_other_kind(url: str, file: Path) -> None:
    if not file.is_file():
        raise BackupFailed(f"There is no file {file}.")
    with file.open("rb") as content:
        start = content.read(len(SQLITE_MAGIC))
    kind = "SQLite" if start == SQLITE_MAGIC else "PostgreSQL" if start.startswith(DUMP_MAGIC) else ""
    wanted = "SQLite" if sqlite_file(url) else "PostgreSQL"
    if kind != wanted:
        what = f"a backup of {kind}" if kind else "no backup"
        raise BackupFailed(f"{file} is {what}, and the database here is {wanted}.")
