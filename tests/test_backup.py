"""Backups: copied while the portal works, restored elsewhere and compared, and put back without losing what was there."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from pathlib import Path

import pytest

from access.audit import AuditWriter, Entry
from access.verifying import verify
from jobs.keeping import back_up, restore
from tables.backup import BackupFailed, scratch
from tables.comparing import count_rows
from tables.database import Database
from tests.support import pools
from tests.support.databases import portal


@pytest.fixture
def settings(demo_url, make_settings, monkeypatch):
    """Nobody stays connected: a database in use is not replaced."""
    pools.forget(demo_url)
    monkeypatch.setattr(pools, "COPIES", "none at all")
    return make_settings(demo_url)


@pytest.fixture
async def kept(settings, tmp_path):
    return await back_up(settings, tmp_path / "backup")


async def names(url):
    database = await Database(url).connect()
    try:
        return {row["name"] for row in await database.rows("SELECT name FROM record")}
    finally:
        await database.close()


async def change(url, statement, *values):
    database = await Database(url).connect()
    try:
        await database.rows(statement, *values)
    finally:
        await database.close()


async def test_a_backup_holds_every_row_and_its_owner_alone_may_read_it(kept, settings):
    assert os.stat(kept.file).st_mode & 0o777 == 0o600
    async with scratch(settings.database_url, kept.file) as copy:
        counts = await count_rows(copy)
        assert counts["record"] == 8 and counts["observation"] > 150
        assert sum(counts.values()) == kept.rows
        assert (await verify(copy, settings.audit_key)).whole
    assert not kept.file.with_name("backup.part").exists()


async def test_a_backup_is_of_one_moment_while_others_write(settings, tmp_path):
    database = await Database(settings.database_url).open()
    writer = AuditWriter(database, settings.audit_key)
    going = True

    async def works():
        while going:
            await writer.commit(Entry(settings_now(), "results.see"))
            await asyncio.sleep(0)

    task = asyncio.create_task(works())
    try:
        kept = await back_up(settings, tmp_path / "busy")
    finally:
        going = False
        await task
        await database.close()
    async with scratch(settings.database_url, kept.file) as copy:
        assert (await verify(copy, settings.audit_key)).whole


def settings_now():
    from access.house import utc_now

    return utc_now()


async def test_an_existing_file_is_never_written_over(settings, tmp_path):
    (tmp_path / "backup").write_text("precious")
    with pytest.raises(BackupFailed, match="is there already"):
        await back_up(settings, tmp_path / "backup")
    assert (tmp_path / "backup").read_text() == "precious"


async def test_restoring_over_a_database_needs_a_word_and_sets_it_aside(kept, settings, templates):
    url = settings.database_url
    await change(url, "UPDATE record SET name = 'Somebody New' WHERE name = 'Rosa Lindgren'")
    with pytest.raises(BackupFailed, match="--replace"):
        await restore(settings, kept.file, replace=False)
    assert "Somebody New" in await names(url)

    restored, aside = await restore(settings, kept.file, replace=True)
    assert restored.rows == kept.rows
    assert "Rosa Lindgren" in await names(url)
    before = aside if url.startswith("postgresql") else ""
    old = url.rsplit("/", 1)[0] + f"/{before}" if before else f"sqlite:///{aside}"
    assert "Somebody New" in await names(old), "what was there is kept"
    templates.server.drop(old)


async def test_restoring_into_nothing(kept, settings, templates, make_settings):
    fresh = templates.server.create("fresh")
    try:
        _, aside = await restore(make_settings(fresh), kept.file, replace=False)
        assert "Maria Delgado" in await names(fresh)
        if aside:
            templates.server.drop(fresh.rsplit("/", 1)[0] + f"/{aside}")
    finally:
        templates.server.drop(fresh)


async def test_after_restoring_the_audit_is_whole_and_says_so(kept, settings, templates):
    _, aside = await restore(settings, kept.file, replace=True)
    database = await Database(settings.database_url).connect()
    try:
        assert (await verify(database, settings.audit_key, settings.heads_file)).whole
        rows = await database.rows("SELECT action FROM audit_event WHERE action = 'system.restored'")
        assert len(rows) == 1
    finally:
        await database.close()
    if aside and not aside.startswith("/"):
        templates.server.drop(settings.database_url.rsplit("/", 1)[0] + f"/{aside}")


async def test_a_database_in_use_is_not_replaced(kept, settings):
    user = await Database(settings.database_url).open()
    try:
        await user.rows("SELECT name FROM record")
        with pytest.raises(BackupFailed, match="in use"):
            await restore(settings, kept.file, replace=True)
    finally:
        await user.close()
    assert "Maria Delgado" in await names(settings.database_url)


async def test_a_damaged_backup_is_refused(kept, settings):
    content = bytearray(kept.file.read_bytes())
    content[len(content) // 2 :] = bytes(len(content) - len(content) // 2)
    kept.file.write_bytes(content)
    with pytest.raises(BackupFailed):
        await restore(settings, kept.file, replace=True)
    assert "Maria Delgado" in await names(settings.database_url)


async def test_a_backup_whose_audit_was_changed_is_refused(settings, tmp_path):
    for trigger in ("audit_event_stays", "audit_event_is_kept"):
        where = "" if settings.database_url.startswith("sqlite") else " ON audit_event"
        await change(settings.database_url, f"DROP TRIGGER IF EXISTS {trigger}{where}")
    await change(settings.database_url, "UPDATE audit_event SET actor = subject WHERE seq = 5")
    with pytest.raises(BackupFailed, match="row 5 of chain [0-9]+ is not as it was written"):
        await back_up(settings, tmp_path / "backup")
    assert not (tmp_path / "backup").exists()


async def test_a_backup_that_lost_a_row_is_noticed(settings, tmp_path, monkeypatch):
    """Planted: a copy that is short by one row."""
    from tables import postgres_backup, sqlite_backup

    engine = sqlite_backup if settings.database_url.startswith("sqlite") else postgres_backup
    name = "copy" if engine is sqlite_backup else "dump"
    whole, there = getattr(engine, name), []

    async def short(url, part, progress):
        counts = await whole(url, part, progress)
        there.append(counts["share"])
        return counts | {"share": counts["share"] + 1}

    monkeypatch.setattr(engine, name, short)
    with pytest.raises(BackupFailed) as failed:
        await back_up(settings, tmp_path / "backup")
    assert f"share has {there[0]} rows instead of {there[0] + 1}" in str(failed.value)


async def test_a_backup_of_the_other_kind_is_refused_by_name(settings, tmp_path):
    if settings.database_url.startswith("sqlite"):
        (tmp_path / "other").write_bytes(b"PGDMP\x01")
    else:
        sqlite3.connect(tmp_path / "other").execute("CREATE TABLE a (b)").connection.close()
    for file, words in ((tmp_path / "other", "is a backup of"), (tmp_path / "none", "There is no file")):
        with pytest.raises(BackupFailed, match=words):
            await restore(settings, file, replace=True)
    (tmp_path / "text").write_text("Dear diary")
    with pytest.raises(BackupFailed, match="is no backup"):
        await restore(settings, tmp_path / "text", replace=True)


def test_the_commands_say_what_they_did(demo_url, tmp_path):
    file = tmp_path / "backup"
    said = portal(["backup", str(file)], demo_url, PORTAL_DATA=str(tmp_path))
    assert "Restored elsewhere and compared." in said and Path(file).is_file()
    with pytest.raises(RuntimeError, match="portal: There is a database already. With --replace it is set aside"):
        portal(["restore", str(file)], demo_url, PORTAL_DATA=str(tmp_path))
