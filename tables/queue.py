"""The queue of jobs and the outbox: what acts put in, in their own transaction, and how workers take it out.

A worker claims rows for a while (a lease), so that what a killed one held comes back by itself. Both ends are
statements that PostgreSQL and SQLite understand; two workers never hold the same row at the same time.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tables.base import new_id, new_ref
from tables.database import Database

LEASE = timedelta(seconds=60)
MOST_ATTEMPTS = 8
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=15), timedelta(hours=6)

INSERT_JOB = (
    "INSERT INTO job (id, ref, kind, arguments, account, record, state, dedupe, attempts, run_at, made_at, failure,"
    " lease_owner) VALUES (?, ?, ?, ?, ?, ?, 'due', ?, 0, ?, ?, '', '') ON CONFLICT DO NOTHING RETURNING id"
)
INSERT_NOTICE = (
    "INSERT INTO outbox (id, event, object_kind, object, account, record, channel, address, locale, state, dedupe, attempts,"
    " run_at, made_at, failure, lease_owner) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'due', ?, 0, ?, ?, '', '')"
    " ON CONFLICT DO NOTHING"
)
ADDRESSES = (
    "SELECT kind, value FROM account_address WHERE account = ? AND kind IN ({kinds}) AND confirmed_at IS NOT NULL"
    " AND ended_at IS NULL ORDER BY value"
)
DUE = "state = 'due' AND run_at <= ? AND (lease_until IS NULL OR lease_until < ?)"
JOB, OUTBOX = "job", "outbox"


@dataclass(frozen=True, slots=True)
class Claim:
    """A row that this worker holds until its lease ends. Another worker's claim of it has a greater `attempt`."""

    table: str
    id: UUID
    owner: str
    attempt: int
    row: dict

    @property
    def exhausted(self) -> bool:
        return self.attempt > MOST_ATTEMPTS


async def enqueue(
    database: Database, kind: str, arguments: dict[str, Any], now: datetime, *, account: UUID | None = None,
    record: UUID | None = None, dedupe: str | None = None, run_at: datetime | None = None,
) -> UUID | None:
    """In the caller's transaction. None when a job with this dedupe key is there already, done or not."""
    rows = await database.rows(
        INSERT_JOB, new_id(), new_ref(), kind, json.dumps(arguments), account, record, dedupe, run_at or now, now
    )
    return rows[0]["id"] if rows else None


async def enqueue_notice(
    database: Database, event: str, account: UUID, object_kind: str, object: UUID | str, now: datetime, *,
    run_at: datetime | None = None, dedupe: str = "", also: Sequence[str] = (),
) -> None:
    """In the caller's transaction: one row for each confirmed address of the account, or one to print where it has
    none. `also` names addresses that the act just ended. `dedupe` is the event and the object unless told. Text messages
    are sent of what happens to the account alone, and nobody is called with news."""
    person = await database.rows("SELECT locale FROM account WHERE id = ?", account)
    kinds = "'email', 'sms'" if event.startswith("account.") else "'email'"
    found = await database.rows(ADDRESSES.format(kinds=kinds), account)
    to = {(row["kind"], row["value"]) for row in found} | {("email", value) for value in also} or {("print", "")}
    for channel, address in sorted(to):
        once = f"{dedupe or f'{event}:{object_kind}:{object}'}:{account}:{_short(channel + address)}"
        await database.rows(
            INSERT_NOTICE, new_id(), event, object_kind, str(object), account, None, channel, address,
            person[0]["locale"] if person else "en", once[-160:], run_at or now, now,
        )


async def enqueue_mail(
    database: Database, event: str, account: UUID, object_kind: str, object: UUID, now: datetime
) -> None:
    """In the caller's transaction: as `enqueue_notice`, to e-mail addresses alone."""
    for row in await database.rows(ADDRESSES.format(kinds="'email'"), account):
        await enqueue_to(database, event, account, "email", row["value"], object_kind, object, now)


async def enqueue_to(
    database: Database, event: str, account: UUID, channel: str, address: str, object_kind: str, object: UUID, now: datetime
) -> None:
    """In the caller's transaction: to one address of the account; that of the channel `print` is on file and not named."""
    person = await database.rows("SELECT locale FROM account WHERE id = ?", account)
    await enqueue_letter(
        database, event, address, object_kind, object, now, locale=person[0]["locale"], channel=channel, account=account
    )


async def enqueue_letter(
    database: Database, event: str, address: str, object_kind: str, object: UUID, now: datetime, *, locale: str,
    channel: str = "email", account: UUID | None = None, record: UUID | None = None,
) -> None:
    """In the caller's transaction: one message to this address alone, such as that of somebody invited, who has no account,
    or one that is still to be confirmed."""
    once = f"{event}:{object_kind}:{object}:{_short(address)}"
    await database.rows(
        INSERT_NOTICE, new_id(), event, object_kind, str(object), account, record, channel, address, locale, once[-160:], now, now
    )


async def enqueue_paper(
    database: Database, event: str, object_kind: str, object: UUID, now: datetime, *, locale: str = "en",
    account: UUID | None = None, record: UUID | None = None,
) -> None:
    """In the caller's transaction: one letter for the staff to print, to the owner of that account, or of that chart where
    they have none. Asked for twice, it waits once; one that is printed does not stand in the way of another."""
    waits = "event = ? AND object = ? AND state = 'due'"
    if not await database.rows(f"SELECT id FROM outbox WHERE {waits}", event, str(object)):
        once = f"{event}:{object}:{now.timestamp()}"
        await database.rows(
            INSERT_NOTICE, new_id(), event, object_kind, str(object), account, record, "print", "", locale, once[-160:], now, now
        )


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


async def claim(database: Database, table: str, owner: str, now: datetime, most: int = 1, where: str = "1 = 1") -> list[Claim]:
    """Up to `most` rows that are due, oldest first. A look comes before the write, so an idle worker locks nothing."""
    if not await database.rows(f"SELECT id FROM {table} WHERE {DUE} AND {where} LIMIT 1", now, now):
        return []
    lock = "" if database.is_sqlite else " FOR UPDATE SKIP LOCKED"
    found = await database.rows(
        f"UPDATE {table} SET lease_until = ?, lease_owner = ?, attempts = attempts + 1 WHERE id IN"
        f" (SELECT id FROM {table} WHERE {DUE} AND {where} ORDER BY run_at LIMIT {most:d}{lock}) RETURNING *",
        now + LEASE, owner, now, now,
    )
    found.sort(key=lambda row: row["run_at"])
    return [Claim(table, row["id"], owner, row["attempts"], row) for row in found]


async def renew(database: Database, held: Claim, now: datetime) -> bool:
    """Holds on for another lease; False when the row has gone to somebody else."""
    return await _change(database, held, "lease_until = ?", now + LEASE)


async def end(database: Database, held: Claim, state: str, now: datetime, failure: str = "") -> bool:
    """`state`: done or failed for a job; sent, failed or dropped for a notice."""
    column = "ended_at" if held.table == JOB else "sent_at"
    return await _change(database, held, f"state = ?, failure = ?, {column} = ?, lease_until = NULL", state, failure, now)


async def retry(database: Database, held: Claim, now: datetime, failure: str) -> bool:
    """Puts it back for later; after the last attempt it stays as failed, for the operator."""
    if held.attempt >= MOST_ATTEMPTS:
        return await end(database, held, "failed", now, failure)
    return await _change(database, held, "run_at = ?, failure = ?, lease_until = NULL", now + wait_after(held.attempt), failure)


async def _change(database: Database, held: Claim, change: str, *args) -> bool:
    """Only the worker that holds the row writes to it: the attempt's number is its fence."""
    rows = await database.rows(
        f"UPDATE {held.table} SET {change} WHERE id = ? AND lease_owner = ? AND attempts = ? AND state = 'due' RETURNING id",
        *args, held.id, held.owner, held.attempt,
    )
    return bool(rows)


def wait_after(attempt: int) -> timedelta:
    """15 s, 1 min, 4 min, 16 min, 64 min, then 4 h and 6 h at most."""
    return min(FIRST_WAIT * 4 ** min(attempt - 1, 8), LONGEST_WAIT)
