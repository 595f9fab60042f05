"""A code by text message or call as a second factor: for those who have nothing else (NIST SP 800-63B-4 §3.1.3.2, §3.2.9).

The number is a confirmed address of the account, and the authenticator names it. A wrong code counts twice: in the code, which
five of them end, and in the authenticator, which they stop for a while and a hundred in a row for good.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from access.house import House
from identity.authenticators import FOR_GOOD, USED, Proof, figures_of, stop_of
from identity.sent_codes import FACTOR, FIGURES, demo_sent_code, try_code
from tables.base import new_id, new_ref

STANDING = (
    "SELECT h.id, h.ref, h.kind, h.account, a.value FROM authenticator h JOIN account_address a ON a.id = h.address"
    " WHERE h.account = ? AND h.confirmed_at IS NOT NULL AND h.ended_at IS NULL AND a.ended_at IS NULL"
    f" AND h.failures < {FOR_GOOD} ORDER BY h.created_at, h.id"
)
CLAIM = (
    "UPDATE authenticator SET failures = failures + 1 WHERE account = ? AND kind IN ('sms', 'voice') AND ended_at IS NULL"
    f" AND confirmed_at IS NOT NULL AND failures < {FOR_GOOD} AND (stopped_until IS NULL OR stopped_until <= ?)"
    " AND CAST(id AS VARCHAR(36)) IN (SELECT object FROM sent_code WHERE account = ? AND purpose = 'factor'"
    " AND ended_at IS NULL AND ends_at > ?) RETURNING id, kind, failures"
)
FORGIVE_APPS = (
    "UPDATE authenticator SET failures = failures - 1 WHERE account = ? AND kind = 'app' AND failures > 0 AND ended_at IS NULL"
)
WAITING = (
    "SELECT object FROM sent_code WHERE account = ? AND purpose = 'factor' AND ended_at IS NULL AND ends_at > ?"
)
FREE = (
    "SELECT a.id, a.ref, a.kind, a.value FROM account_address a WHERE a.account = ? AND a.kind IN ('sms', 'voice')"
    " AND a.confirmed_at IS NOT NULL AND a.ended_at IS NULL AND NOT EXISTS"
    " (SELECT 1 FROM authenticator h WHERE h.address = a.id AND h.ended_at IS NULL) ORDER BY a.value"
)
INSERT = (
    "INSERT INTO authenticator (id, ref, account, kind, name, transports, sign_count, last_step, failures, created_at,"
    " confirmed_at, address) VALUES (?, ?, ?, ?, ?, '', 0, 0, 0, ?, ?, ?)"
)


@dataclass(frozen=True, slots=True)
class Phone:
    """`id` and `ref` are those of the authenticator, or of a number that is none yet."""

    id: UUID
    ref: str
    kind: str
    value: str


async def phones_of(house: House, account: UUID) -> tuple[Phone, ...]:
    """Those to which a code may be sent now. None where the clinic has no gateway any more."""
    rows = await house.database.rows(STANDING, account) if house.phones else []
    return tuple(_phone(row) for row in rows)


async def free_phones(house: House, account: UUID) -> tuple[Phone, ...]:
    """Confirmed numbers that are no second factor yet."""
    rows = await house.database.rows(FREE, account) if house.phones else []
    return tuple(_phone(row) for row in rows)


def _phone(row: dict) -> Phone:
    return Phone(row["id"] if isinstance(row["id"], UUID) else UUID(str(row["id"])), row["ref"], row["kind"], row["value"])


async def keep_phone(house: House, account: UUID, phone: Phone, name: str, now: datetime) -> UUID:
    """Inside a transaction: its codes let the account's owner in from now on."""
    row = new_id()
    await house.database.rows(INSERT, row, new_ref(), account, phone.kind, name, now, now, phone.id)
    return row


async def prove_instead(house: House, account: UUID, code: str, proof: Proof, now: datetime) -> Proof:
    """Inside a transaction: six figures that are no code of an app, and may be one that was sent. Where they are, the app has
    failed nothing; `proof` is what came of asking it."""
    figures = figures_of(code)
    claimed = await house.database.rows(CLAIM, account, now, account, now) if len(figures) == FIGURES else []
    stopped: tuple[UUID, ...] = ()
    for row in claimed:
        if not await try_code(house, account, FACTOR, row["id"], figures, now):
            await house.database.rows(USED, now, row["id"])
            await _give_back(house, account, proof)
            return Proof("", row["kind"], row["id"])
        stopped += await stop_of(house, row, now)
    return replace(proof, stopped=proof.stopped + stopped) if stopped else proof


async def _give_back(house: House, account: UUID, proof: Proof) -> None:
    if proof.reason == "wrong":
        await house.database.rows(FORGIVE_APPS, account)
    for app in proof.stopped:
        await house.database.rows("UPDATE authenticator SET stopped_until = NULL WHERE id = ?", app)


async def waits_for_code(house: House, account: UUID, now: datetime) -> bool:
    return bool(await house.database.rows(WAITING, account, now))


async def demo_phone_code(house: House, account: UUID, now: datetime) -> str:
    """What was sent last, for the demo clinic alone, else ""."""
    sent = [await demo_sent_code(house, account, FACTOR, one.id, now) for one in await phones_of(house, account)]
    return next(filter(None, sent), "")
