"""The second factors of one account, whatever their kind: which stand, and one more of them.

An app that is being added to an account has no row before its first right code: its key travels in the form, under our seal,
bound to the session.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pyotp

from access.house import House
from access.viewer import Viewer
from identity.authenticators import FOR_GOOD, figures_of, step_of
from identity.passkeys import Made, named
from identity.tokens import open_token, seal_token
from rules.factors import may_end
from tables.base import new_id, new_ref

NEW_APP_FOR = timedelta(minutes=30)
AT_MOST = 20
"""Factors of one account."""
STANDING = (
    "SELECT id, ref, kind, name, credential_id, transports, failures FROM authenticator WHERE account = ?"
    " AND confirmed_at IS NOT NULL AND ended_at IS NULL ORDER BY created_at, id"
)
HOLD = "UPDATE account SET kind = kind WHERE id = ? RETURNING kind"
INSERT = (
    "INSERT INTO authenticator (id, ref, account, kind, name, secret, credential_id, public_key, transports, sign_count,"
    " last_step, failures, created_at, confirmed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?)"
    " ON CONFLICT DO NOTHING RETURNING id"
)


@dataclass(frozen=True, slots=True)
class Standing:
    """One that can be shown. `spent`: it failed so often in a row that it is never asked again."""

    id: UUID
    ref: str
    kind: str
    name: str
    credential_id: bytes | None
    transports: str
    spent: bool


async def standing(house: House, account: UUID) -> tuple[Standing, ...]:
    return tuple(_standing(row) for row in await house.database.rows(STANDING, account))


def _standing(row: dict) -> Standing:
    credential = bytes(row["credential_id"]) if row["credential_id"] else None
    id = row["id"] if isinstance(row["id"], UUID) else UUID(str(row["id"]))
    return Standing(id, row["ref"], row["kind"], row["name"] or "", credential, row["transports"], row["failures"] >= FOR_GOOD)


async def held(house: House, account: UUID) -> tuple[Standing, ...]:
    """Inside a transaction, first of all: of two who change what an account stands on, one waits and sees what the other
    left."""
    await house.database.rows(HOLD, account)
    return await standing(house, account)


def why_not(own: tuple[Standing, ...], ref: str, *, staff: bool) -> str:
    """Why one of them cannot be taken away, or "": gone (it is none of them), last (what is left is not enough). Only those
    count that are still asked."""
    place = next((place for place, one in enumerate(own) if one.ref == ref), None)
    if place is None:
        return "gone"
    kinds = ["" if one.spent else one.kind for one in own]
    return "" if may_end(kinds, place, staff=staff) else "last"


def keys_of(own: tuple[Standing, ...]) -> list[dict[str, Any]]:
    """The passkeys and security keys among them, as options for the browser name them."""
    return [named(one.credential_id, one.transports) for one in own if one.credential_id]


def new_app(house: House, viewer: Viewer) -> str:
    """The key of an app to be added, for the form that adds it."""
    return seal_token(house.keyring, _adding(viewer), pyotp.random_base32(), viewer.now + NEW_APP_FOR)


def app_of(house: House, viewer: Viewer, step: str) -> pyotp.TOTP | None:
    """What that key shows; None when its half hour is over, or it is of another session."""
    secret = open_token(house.keyring, _adding(viewer), step, viewer.now)
    return pyotp.TOTP(secret) if secret else None


def _adding(viewer: Viewer) -> str:
    return f"new app {viewer.session}"


async def keep_app(house: House, account: UUID, name: str, totp: pyotp.TOTP, code: str, now: datetime) -> UUID | None:
    """Inside a transaction: None when this is not its code. The step of that code is used, too."""
    step = step_of(totp, figures_of(code), now)
    if step is None:
        return None
    row = new_id()
    sealed = house.keyring.seal(totp.secret.encode(), row)
    return await _insert(house, row, account, "app", name, now, secret=sealed, last_step=step)


async def keep_key(house: House, account: UUID, kind: str, name: str, made: Made, now: datetime) -> UUID | None:
    """Inside a transaction: None when it is known already, here or at another account."""
    return await _insert(
        house, new_id(), account, kind, name, now, credential_id=made.credential_id, public_key=made.public_key,
        transports=made.transports, sign_count=made.sign_count,
    )  # fmt: skip


async def _insert(
    house: House, row: UUID, account: UUID, kind: str, name: str, now: datetime, *, secret: bytes | None = None,
    credential_id: bytes | None = None, public_key: bytes | None = None, transports: str = "", sign_count: int = 0,
    last_step: int = 0,
) -> UUID | None:
    values: tuple[Any, ...] = (secret, credential_id, public_key, transports, sign_count, last_step)
    made = await house.database.rows(INSERT, row, new_ref(), account, kind, name, *values, now, now)
    return row if made else None


async def end(house: House, factor: UUID, now: datetime) -> bool:
    """Inside a transaction: nothing secret stays of it."""
    ended = await house.database.rows(
        "UPDATE authenticator SET ended_at = ?, secret = NULL, public_key = NULL, credential_id = NULL WHERE id = ?"
        " AND ended_at IS NULL RETURNING id",
        now, factor,
    )
    return bool(ended)
