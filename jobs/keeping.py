"""Backups as the operator makes them: the copy is checked down to its audit chains before it counts."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from access.audit import AuditWriter, Entry
from access.heads import files_of
from access.verifying import fault_words, verify
from settings import Settings
from tables import backup
from tables.database import Database
from tables.installation import refuse_missing_file
from terminal import Progress


async def back_up(settings: Settings, file: Path) -> backup.Kept:
    """A copy of every record is a look at every record, so it is written down."""
    refuse_missing_file(settings.database_url)
    await _note(settings, "system.backup")
    with Progress("Copying") as progress:
        return await backup.back_up(settings.database_url, file.resolve(), partial(_chains, settings.audit_key), progress.to)


async def restore(settings: Settings, file: Path, replace: bool) -> tuple[backup.Kept, str]:
    """The heads exported so far are of the database set aside, so they go with it."""
    stamp = f"{datetime.now(UTC):%Y%m%d_%H%M%S}"
    check = partial(_chains, settings.audit_key)
    kept, aside = await backup.restore(settings.database_url, file.resolve(), check, replace, stamp)
    for heads in files_of(settings.heads_file):
        heads.rename(heads.with_name(f"{heads.name}.before-{stamp}"))
    await _note(settings, "system.restored")
    return kept, aside


async def _chains(key: bytes, database: Database) -> str:
    """A portal nobody used has no chains yet, and that is whole."""
    found = await verify(database, key)
    return fault_words(found.faults[0]) if found.faults else ""


async def _note(settings: Settings, action: str) -> None:
    now = datetime.now(UTC)
    database = await Database(settings.database_url).connect()
    audit = AuditWriter(database, settings.audit_key, settings.heads_file)
    try:
        async with audit.transaction() as entries:
            entries.append(Entry(now, action))
        await audit.close_chain(now)
    finally:
        await database.close()
