"""Dumps a PostgreSQL database with pg_dump at one moment, and restores it beside the old one before names change."""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from tables.comparing import BackupFailed, table_names

MAINTENANCE = "postgres"


async def dump(url: str, part: Path, progress: Callable[[int, int], None]) -> dict[str, int]:
    """Rows are counted in the very snapshot that pg_dump reads."""
    connection = await _connect(url)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            snapshot = await connection.fetchval("SELECT pg_export_snapshot()")
            counts = {name: await connection.fetchval(f"SELECT COUNT(*) FROM {name}") for name in table_names()}
            await _run("pg_dump", url, "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}",
                       f"--file={part}")  # fmt: skip
    finally:
        await connection.close()
    progress(1, 1)
    return counts


@asynccontextmanager
async def restored_elsewhere(url: str, file: Path) -> AsyncIterator[str]:
    name = f"plainchart_check_{secrets.token_hex(6)}"
    address = await _restored(url, file, name)
    try:
        yield address
    finally:
        await _say(url, f'DROP DATABASE IF EXISTS "{name}"')


async def _restored(url: str, file: Path, name: str) -> str:
    address = _named(url, name)
    await _say(url, f'CREATE DATABASE "{name}"')
    try:
        await _run("pg_restore", address, "--no-owner", "--no-privileges", "--exit-on-error",
                   f"--dbname={name}", str(file))  # fmt: skip
    except BaseException:
        await _say(url, f'DROP DATABASE IF EXISTS "{name}"')
        raise
    return address


async def holds_anything(url: str) -> bool:
    if not await _exists(url):
        return False
    connection = await _connect(url)
    try:
        return await connection.fetchval("SELECT COUNT(*) FROM pg_tables WHERE schemaname = 'public'") > 0
    finally:
        await connection.close()


async def put_in_place(url: str, file: Path, stamp: str) -> str:
    """Restores under another name; then names change, which PostgreSQL refuses while anybody is connected."""
    target, fresh = _name(url), f"plainchart_new_{secrets.token_hex(6)}"
    await _restored(url, file, fresh)
    aside = f"{target}_before_{stamp}" if await _exists(url) else ""
    try:
        if aside:
            await _say(url, f'ALTER DATABASE "{target}" RENAME TO "{aside}"')
        await _say(url, f'ALTER DATABASE "{fresh}" RENAME TO "{target}"')
    except asyncpg.ObjectInUseError:
        await _say(url, f'DROP DATABASE IF EXISTS "{fresh}"')
        raise BackupFailed("The database is in use. Stop the portal first.") from None
    return aside


async def _exists(url: str) -> bool:
    connection = await _connect(_named(url, MAINTENANCE))
    try:
        return bool(await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", _name(url)))
    finally:
        await connection.close()


async def _say(url: str, statement: str) -> None:
    connection = await _connect(_named(url, MAINTENANCE))
    try:
        await connection.execute(statement)
    except asyncpg.InsufficientPrivilegeError:
        raise BackupFailed(
            "The database user may not create databases, so no backup can be checked: ALTER ROLE … CREATEDB."
        ) from None
    finally:
        await connection.close()


async def _connect(url: str) -> asyncpg.Connection:
    return await asyncpg.connect(url)


def _name(url: str) -> str:
    return urlsplit(url).path.lstrip("/")


def _named(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


async def _run(program: str, url: str, *arguments: str) -> None:
    """The password goes through the environment: what stands on a command line, everybody on the machine can read."""
    parts = urlsplit(url)
    environ = {
        **os.environ, "PGHOST": parts.hostname or "", "PGPORT": str(parts.port or 5432), "PGUSER": parts.username or "",
        "PGPASSWORD": parts.password or "", "PGDATABASE": _name(url),
    }  # fmt: skip
    process = await asyncio.create_subprocess_exec(
        program_path(program), *arguments, env=environ, stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    if process.returncode:
        last = said.decode(errors="replace").strip().splitlines() or [""]
        raise BackupFailed(f"{program} failed: {last[-1][:300]}")


def program_path(program: str) -> str:
    """The newest that Debian installed, else the one on the PATH."""
    versions = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"), key=lambda path: int(path.parts[-3]))
    found = str(versions[-1]) if versions else shutil.which(program)
    if not found:
        raise BackupFailed(f"{program} is not installed (Debian's postgresql-client), so there can be no backup.")
    return found
