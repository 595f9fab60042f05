"""What kind of installation a database holds: a clinic's own, or the demo for ever."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from tables.base import new_id
from tables.database import Database

SQLITE = "sqlite:///"


class Unfit(Exception):
    """The database must not be used so. Its text is one line for the operator."""


def sqlite_file(url: str) -> Path | None:
    """The file behind a SQLite address; None for a server."""
    return Path(url.removeprefix(SQLITE)) if url.startswith(SQLITE) else None


def make_private_file(url: str) -> None:
    """A new SQLite file is its owner's alone from its first byte; its log files take the same rights."""
    file = sqlite_file(url)
    if file is not None and not file.exists():
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def refuse_missing_file(url: str) -> None:
    file = sqlite_file(url)
    if file is not None and not file.is_file():
        raise Unfit(f"There is no database at {file}. `portal migrate` makes one; `portal demo` makes the demo clinic.")


async def demo_mark(database: Database) -> bool | None:
    """Whether the database was marked demo when it was made; None when nobody has said yet."""
    rows = await database.rows("SELECT demo FROM installation")
    return bool(rows[0]["demo"]) if rows else None


async def mark(database: Database, demo: bool, now: datetime) -> None:
    """Said once. A demo is only made of a database in which nobody is: its passwords are known to everybody."""
    known = await demo_mark(database)
    if known is not None and known != demo:
        kind = "the demo clinic" if known else "a clinic's own"
        raise Unfit(f"This database is {kind}, and stays so. Set DATABASE_URL or PORTAL_DATA to another.")
    if known is None:
        async with database.transaction():
            await _refuse_people(database, demo)
            await database.rows(
                "INSERT INTO installation (id, demo, created_at) VALUES (?, ?, ?)", new_id(), demo, now
            )


async def _refuse_people(database: Database, demo: bool) -> None:
    for table in ("account", "record") if demo else ():
        if await database.rows(f"SELECT id FROM {table} LIMIT 1"):
            raise Unfit("This database already holds people, so it cannot become the demo.")

