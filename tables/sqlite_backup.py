"""Copies a SQLite database while it is in use, and puts a copy in its place while it is not."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path

from tables.comparing import BackupFailed, table_names
from tables.installation import sqlite_file

PAGES = 2000
LOGS = ("-wal", "-shm")


async def copy(url: str, part: Path, progress: Callable[[int, int], None]) -> dict[str, int]:
    """Counts and pages are read in one transaction, so that both are of the same moment."""
    with closing(sqlite3.connect(sqlite_file(url))) as source, closing(sqlite3.connect(part)) as target:
        source.execute("BEGIN")
        counts = {name: source.execute(f"SELECT COUNT(*) FROM {name}").fetchone()[0] for name in table_names()}
        source.backup(target, pages=PAGES, progress=lambda _, left, total: progress(total - left, total))
    _sync(part)
    return counts


@asynccontextmanager
async def restored_elsewhere(url: str, file: Path) -> AsyncIterator[str]:
    """A copy that reading may add log files to; whether its pages hang together is asked first."""
    with tempfile.TemporaryDirectory(prefix="plainchart-check-") as folder:
        copied = Path(folder) / "copy.sqlite"
        shutil.copyfile(file, copied)
        with closing(sqlite3.connect(copied)) as connection:
            try:
                wrong = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
                wrong = wrong if wrong != "ok" else connection.execute("PRAGMA foreign_key_check").fetchone()
            except sqlite3.DatabaseError as error:
                wrong = str(error)
        if wrong:
            raise BackupFailed(f"{file} is damaged: {wrong}.")
        yield f"sqlite:///{copied}"


async def holds_anything(url: str) -> bool:
    file = sqlite_file(url)
    return file.exists() and file.stat().st_size > 0


async def put_in_place(url: str, file: Path, stamp: str) -> str:
    """Copies first and renames last, so that a cut leaves the old database or the new one, never half of one."""
    target = sqlite_file(url)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as out, file.open("rb") as content:
        shutil.copyfileobj(content, out)
    _sync(part)
    aside = _set_aside(target, stamp) if target.exists() else ""
    part.rename(target)
    _sync(target.parent)
    return aside


def _set_aside(target: Path, stamp: str) -> str:
    """Refuses while anybody has the database open: they would go on writing to the old one."""
    with closing(sqlite3.connect(target, timeout=1.0, isolation_level=None)) as connection:
        try:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("COMMIT")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.OperationalError:
            raise BackupFailed("The database is in use. Stop the portal first.") from None
    aside = target.with_name(f"{target.name}.before-{stamp}")
    target.rename(aside)
    for ending in LOGS:
        Path(f"{target}{ending}").unlink(missing_ok=True)
    return str(aside)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
