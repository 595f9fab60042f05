"""Applies migrations in order and knows whether a database is current, older, newer or dirty.

Each migration is `tables/migrations/NNNN_name/{sqlite,postgres}.sql`: statements that end in a semicolon at the end
of a line. One transaction each, with its row in `schema_migration`; a checksum that changed afterwards is an error.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tables.database import Database

FOLDER = Path(__file__).parent / "migrations"
LEDGER = (
    "CREATE TABLE IF NOT EXISTS schema_migration"
    " (name TEXT PRIMARY KEY, checksum TEXT NOT NULL, applied_at TEXT NOT NULL)"
)


class SchemaError(Exception):
    """The database's schema is newer than this release, or was changed behind its back."""


@dataclass(frozen=True, slots=True)
class Migration:
    name: str
    checksum: str
    statements: tuple[str, ...]


def migrations(engine: str) -> list[Migration]:
    """In order, for `engine` sqlite or postgres."""
    return [_read(folder, engine) for folder in sorted(FOLDER.iterdir()) if (folder / f"{engine}.sql").is_file()]


def _read(folder: Path, engine: str) -> Migration:
    text = (folder / f"{engine}.sql").read_text("utf-8")
    lines = "\n".join(line for line in text.splitlines() if not line.startswith("--"))
    statements = tuple(part.strip() for part in lines.split(";\n") if part.strip())
    return Migration(folder.name, hashlib.sha256(text.encode()).hexdigest(), statements)


async def applied(database: Database) -> dict[str, str]:
    await database.engine.run_ddl(LEDGER)
    return {row["name"]: row["checksum"] for row in await database.rows("SELECT name, checksum FROM schema_migration")}


async def pending(database: Database) -> list[Migration]:
    """What is still to apply. Raises SchemaError for a schema this release does not know."""
    known = migrations("sqlite" if database.is_sqlite else "postgres")
    done = await applied(database)
    strangers = sorted(set(done) - {migration.name for migration in known})
    if strangers:
        raise SchemaError(f"The database has migrations that this release does not know: {', '.join(strangers)}.")
    changed = [m.name for m in known if m.name in done and done[m.name] != m.checksum]
    if changed:
        raise SchemaError(f"These migrations were changed after they were applied: {', '.join(changed)}.")
    return [migration for migration in known if migration.name not in done]


async def migrate(database: Database, now: datetime) -> list[str]:
    """Applies everything pending, each migration whole or not at all; the names of what was applied here."""
    return [one.name for one in await pending(database) if await _apply(database, one, now)]


async def _apply(database: Database, migration: Migration, now: datetime) -> bool:
    """False when another process applied it meanwhile: on both engines one waits for the other."""
    async with database.transaction():
        if not database.is_sqlite:
            await database.engine.run_ddl("LOCK TABLE schema_migration IN EXCLUSIVE MODE")
        if await database.rows("SELECT name FROM schema_migration WHERE name = ?", migration.name):
            return False
        for statement in migration.statements:
            await database.engine.run_ddl(statement)
        await database.rows(
            "INSERT INTO schema_migration (name, checksum, applied_at) VALUES (?, ?, ?)",
            migration.name, migration.checksum, now.isoformat(),
        )
    return True
