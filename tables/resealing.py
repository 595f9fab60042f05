"""Seals everything anew under the newest key, a handful at a time. Cut short, it goes on where it was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from tables.database import Database
from tables.sealing import Keyring, key_id

BATCH = 10
"""Chunks are large: ten are what one write transaction opens and seals again in its time."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A column of sealed values. `bound` gives the associated data of a row, which holds the columns `needs`."""

    table: str
    column: str
    needs: tuple[str, ...] = ()
    bound: Callable[[dict], UUID | str] = lambda row: row["id"]


SEALED: tuple[Sealed, ...] = (
    Sealed("authenticator", "secret"),
    Sealed("parked_form", "sealed"),
    Sealed("request_step", "sealed"),
    Sealed("draft", "sealed"),
    Sealed("booking_step", "sealed"),
    Sealed("invitation", "secret"),
    Sealed("capability", "secret"),
    Sealed("sent_code", "secret"),
    Sealed("address_change", "secret"),
    Sealed("recovery", "secret"),
    Sealed("recovery", "stop_secret", bound=lambda row: stop_of(row["id"])),
    Sealed("support_note", "sealed"),
    Sealed("file_chunk", "sealed", ("file", "number"), lambda row: chunk_of(row["file"], row["number"])),
)
"""Every column that is sealed; a test looks for others."""


def stop_of(recovery: UUID | str) -> str:
    """What the secret of a link that stops a recovery is bound to: the other secret of the row is bound to its id."""
    return f"stop {recovery}"


def chunk_of(file: UUID | str, number: int) -> str:
    """What a chunk of a file is bound to: its place, so that chunks cannot change places or files."""
    return f"{file} {number}"


async def reseal(database: Database, keyring: Keyring, progress: Callable[[int], None] = lambda rows: None) -> int:
    """How many values got the newest key. Raises MissingKey, having changed nothing it could not open."""
    done = 0
    for one in SEALED:
        while rows := await _older(database, keyring, one):
            async with database.transaction():
                for row in rows:
                    plain = keyring.open(bytes(row[one.column]), one.bound(row))
                    await _replace(database, one, row, keyring.seal(plain, one.bound(row)))
            done += len(rows)
            progress(done)
    return done


async def left(database: Database, keyring: Keyring) -> int:
    """How many values are still under an older key."""
    found = 0
    for one in SEALED:
        rows = await database.rows(f"SELECT COUNT(*) AS n FROM {one.table} WHERE {_is_older(one)}", _newest(keyring))
        found += rows[0]["n"]
    return found


async def unknown_keys(database: Database, keyring: Keyring) -> list[str]:
    """Ids of keys that something is sealed with and that are not configured: what they sealed is lost without them."""
    ours = {key_id(key) for key in keyring.keys}
    used: set[bytes] = set()
    for one in SEALED:
        rows = await database.rows(
            f"SELECT DISTINCT substr({one.column}, 2, 4) AS key FROM {one.table} WHERE {one.column} IS NOT NULL"
        )
        used |= {bytes(row["key"]) for row in rows}
    return sorted(key.hex() for key in used - ours)


def _is_older(one: Sealed) -> str:
    return f"{one.column} IS NOT NULL AND substr({one.column}, 2, 4) <> ?"


def _newest(keyring: Keyring) -> bytes:
    return key_id(keyring.keys[0])


async def _older(database: Database, keyring: Keyring, one: Sealed) -> list[dict]:
    names = ", ".join(("id", one.column, *one.needs))
    return await database.rows(
        f"SELECT {names} FROM {one.table} WHERE {_is_older(one)} LIMIT {BATCH}", _newest(keyring)
    )


async def _replace(database: Database, one: Sealed, row: dict, sealed: bytes) -> None:
    """Only what was read is replaced: a secret that changed meanwhile keeps its change."""
    await database.rows(
        f"UPDATE {one.table} SET {one.column} = ? WHERE id = ? AND {one.column} = ?",
        sealed, row["id"], bytes(row[one.column]),
    )
