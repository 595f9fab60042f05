"""The one broom: what had a time to live is taken away when it is over, a bounded handful at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from access.house import House
from identity import recovery
from identity.codes import wipe_shown
from identity.steps import ENROLLING_FOR
from tables.database import Database

BATCH = 200
MOST_BATCHES = 50
LAPSE = (
    "UPDATE account SET state = 'disabled', username_key = ref WHERE state = 'enrolling' AND kind = 'personal'"
    " AND created_at < ?"
)
"""Of patients, who choose their user names. Those of staff are given to them, and stay theirs."""

SECRETS_OVER = {
    "sent_code": "ends_at < ?", "capability": "ends_at < ?",
    "address_change": "id IN (SELECT d.id FROM address_change d JOIN capability c ON c.object_kind = 'AddressChange'"
                      " AND c.object = CAST(d.id AS VARCHAR(36)) WHERE c.ends_at < ?)",
}  # fmt: skip
"""What was sealed for a message that is of no use any more."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """Rows of `table` whose `where` holds `kept` after their time. `where` has one mark: the moment before which."""

    table: str
    where: str
    kept: timedelta
    words: str
    before: str = ""
    """Rows that refer to these and go with them."""


# Each after those that refer to it: a parked form names its session.
SWEEPS: tuple[Sweep, ...] = (
    Sweep("parked_form", "ends_at < ?", timedelta(0), "forms kept for somebody to send"),
    Sweep("draft", "changed_at < ?", timedelta(days=30), "words that were not sent"),
    Sweep("session", "ends_at < ?", timedelta(days=90), "sessions that ended"),
    Sweep("used_key", "at < ?", timedelta(days=7), "keys of forms that were sent"),
    Sweep("rate_bucket", "ends_at < ?", timedelta(days=1), "counts of attempts"),
    Sweep("sent_code", "ends_at < ?", timedelta(days=7), "codes that were sent"),
    Sweep("spent_challenge", "ends_at < ?", timedelta(0), "answers of passkeys that can be given no more"),
    Sweep("capability", "ends_at < ?", timedelta(days=90), "secrets that ended"),
    Sweep("stored_file", "ends_at < ?", timedelta(0), "files past their time", "file_chunk"),
    Sweep("job", "state <> 'due' AND ended_at < ?", timedelta(days=30), "jobs that ended"),
    Sweep("outbox", "state <> 'due' AND sent_at < ?", timedelta(days=365), "notices that were sent"),
)


async def sweep(house: House) -> dict[str, int]:
    """How many rows went, by table."""
    return {one.table: await _sweep(house.database, one, house.clock()) for one in SWEEPS}


async def _sweep(database: Database, one: Sweep, now: datetime) -> int:
    gone = 0
    for _ in range(MOST_BATCHES):
        count = await _batch(database, one, now)
        gone += count
        if count < BATCH:
            break
    return gone


async def _batch(database: Database, one: Sweep, now: datetime) -> int:
    """A short transaction of its own, so that nobody waits for the broom."""
    found = await database.rows(f"SELECT id FROM {one.table} WHERE {one.where} LIMIT {BATCH}", now - one.kept)
    if not found:
        return 0
    rows = [(row["id"],) for row in found]
    async with database.transaction():
        if one.before:
            await database.many(f"DELETE FROM {one.before} WHERE file = ?", rows)
        await database.many(f"DELETE FROM {one.table} WHERE id = ?", rows)
    return len(rows)


async def end_what_lapsed(house: House) -> None:
    """What stays, but no longer works: codes nobody put away, and logins begun and never finished, whose user names
    somebody else may want."""
    now = house.clock()
    async with house.database.transaction():
        await wipe_shown(house, now)
        for table, over in SECRETS_OVER.items():
            await house.database.rows(f"UPDATE {table} SET secret = NULL WHERE secret IS NOT NULL AND {over}", now)
        await recovery.wipe(house, now)
        await house.database.rows(LAPSE, now - ENROLLING_FOR)


async def waiting(house: House) -> list[tuple[Sweep, int]]:
    """What the broom has still to take, for `portal doctor`."""
    now, found = house.clock(), []
    for one in SWEEPS:
        rows = await house.database.rows(f"SELECT COUNT(*) AS n FROM {one.table} WHERE {one.where}", now - one.kept)
        found.append((one, rows[0]["n"]))
    return found
