"""Second factors: authenticator apps (TOTP, RFC 6238) and one-time codes, each stopped by its own failures alone.

A try is counted before the code is looked at and forgiven when it was right, all in one transaction, so that a
thousand tries at once get no more than five (SECURITY contract 10; NIST SP 800-63B-4 §3.2.2).
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

import pyotp
import segno
from pyotp.exceptions import OTPVerificationError

from access.house import House
from identity import codes
from tables.base import new_id, new_ref

FIGURES = 6
DRIFT = 1
"""Steps of 30 seconds that a clock may be off, either way."""
TRIES = 5
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(days=1)
FOR_GOOD = 100
"""Failures in a row after which a factor is never asked again (NIST)."""

STANDING = "account = ? AND kind = ? AND confirmed_at IS NOT NULL AND ended_at IS NULL"
CLAIM = (
    f"UPDATE authenticator SET failures = failures + 1 WHERE {STANDING} AND failures < {FOR_GOOD}"
    " AND (stopped_until IS NULL OR stopped_until <= ?) RETURNING id, secret, last_step, failures"
)
ACCEPT = (
    "UPDATE authenticator SET last_step = ?, failures = 0, stopped_until = NULL, last_used_at = ?,"
    " confirmed_at = COALESCE(confirmed_at, ?) WHERE id = ? AND last_step < ? RETURNING id"
)
FORGIVE = "UPDATE authenticator SET failures = 0, stopped_until = NULL WHERE id = ?"
USED = "UPDATE authenticator SET failures = 0, stopped_until = NULL, last_used_at = ? WHERE id = ?"
STOP = "UPDATE authenticator SET stopped_until = ? WHERE id = ?"


@dataclass(frozen=True, slots=True)
class Proof:
    """What came of a code: `reason` is "" (right), wrong, used (right, but a second time), stopped (`again_at`). Or of the
    answer of a passkey: "" or late (its challenge was answered before, is over, or is not of this browser), unknown,
    copied (right, but its counter went back: there may be two of it)."""

    reason: str = ""
    kind: str = ""
    authenticator: UUID | None = None
    account: UUID | None = None
    again_at: datetime | None = None
    stopped: tuple[UUID, ...] = ()
    """Those that this try has stopped: their owner is told."""
    browsers: int | None = None
    """In how many its owner is signed in by now, where that is known."""

    @property
    def right(self) -> bool:
        return self.reason == ""


@dataclass(frozen=True, slots=True)
class Setup:
    """What an authenticator app needs to know, as picture and as text."""

    key: str
    """Base 32 in groups of four."""
    address: str
    """otpauth://…: what the picture says, for an app on the same device. A camera cannot see its own phone."""
    qr: str
    """Inline SVG with explicit colours, so that dark mode does not turn it around."""


async def prove(house: House, account: UUID, code: str, now: datetime) -> Proof:
    """Inside a transaction. Six figures are asked of the apps, anything else of the sheet of one-time codes."""
    if len(figures_of(code)) == FIGURES:
        return await prove_app(house, account, code, now)
    return await _prove_sheet(house, account, code, now)


async def prove_app(house: House, account: UUID, code: str, now: datetime) -> Proof:
    """Inside a transaction. The apps alone: paper is not enough for the clinic's staff."""
    figures = figures_of(code)
    claimed = await house.database.rows(CLAIM, account, "app", now)
    outcome = Proof("wrong") if claimed else await _refused(house, account, "app", now)
    stopped: tuple[UUID, ...] = ()
    for row in claimed:
        step = _step(house, row, figures, now)
        if step is None:
            stopped += await stop_of(house, row, now)
        elif await house.database.rows(ACCEPT, step, now, now, row["id"], step):
            outcome = Proof("", "app", row["id"])
        else:
            await house.database.rows(FORGIVE, row["id"])
            outcome = outcome if outcome.right else Proof("used")
    return replace(outcome, stopped=stopped)


async def _prove_sheet(house: House, account: UUID, code: str, now: datetime) -> Proof:
    claimed = await house.database.rows(CLAIM, account, "codes", now)
    if not claimed:
        return await _refused(house, account, "codes", now)
    if await codes.spend(house, account, code, now):
        await house.database.rows(USED, now, claimed[0]["id"])
        return Proof("", "codes", claimed[0]["id"])
    return Proof("wrong", stopped=await stop_of(house, claimed[0], now))


async def _refused(house: House, account: UUID, kind: str, now: datetime) -> Proof:
    """Nothing stood open to be asked: stopped for a while, or there is none."""
    rows = await house.database.rows(
        f"SELECT stopped_until FROM authenticator WHERE {STANDING} AND stopped_until > ? ORDER BY stopped_until",
        account, kind, now,
    )
    return Proof("stopped", again_at=rows[0]["stopped_until"]) if rows else Proof("wrong")


async def stop_of(house: House, row: dict, now: datetime) -> tuple[UUID, ...]:
    """Of one that was claimed and failed: itself, where this stops it for a while."""
    if row["failures"] < TRIES:
        return ()
    await house.database.rows(STOP, now + pause(row["failures"]), row["id"])
    return (row["id"],)


def pause(failures: int) -> timedelta:
    """A minute after the fifth failure in a row, then twice as long each time, to a day at most."""
    return min(FIRST_PAUSE * 2 ** min(failures - TRIES, 30), LONGEST_PAUSE)


def _step(house: House, row: dict, figures: str, now: datetime) -> int | None:
    return step_of(_totp(house, row), figures, now)


def step_of(totp: pyotp.TOTP, figures: str, now: datetime) -> int | None:
    """The time step whose code this is, or None."""
    try:
        return totp.verify_and_get_timecode(figures, for_time=now, valid_window=DRIFT)
    except OTPVerificationError:
        return None


def _totp(house: House, row: dict) -> pyotp.TOTP:
    return pyotp.TOTP(house.keyring.open(bytes(row["secret"]), row["id"]).decode("ascii"))


def figures_of(code: str) -> str:
    """The decimal figures of what was typed, in whichever script, if it is made of figures alone; else ""."""
    shown = [sign for sign in code[:40] if not sign.isspace() and sign not in "-–"]
    figures = [unicodedata.decimal(sign, None) for sign in shown]
    return "" if None in figures else "".join(map(str, figures))


async def begin_app(house: House, account: UUID, now: datetime) -> UUID:
    """Inside a transaction: an app that proves nothing until it is confirmed. One begun before is dropped."""
    await house.database.rows(
        "UPDATE authenticator SET ended_at = ?, secret = NULL"
        " WHERE account = ? AND kind = 'app' AND confirmed_at IS NULL AND ended_at IS NULL",
        now, account,
    )
    row = new_id()
    await house.database.rows(
        "INSERT INTO authenticator (id, ref, account, kind, name, secret, sign_count, last_step, failures, created_at)"
        " VALUES (?, ?, ?, 'app', '', ?, 0, 0, 0, ?)",
        row, new_ref(), account, house.keyring.seal(pyotp.random_base32().encode(), row), now,
    )
    return row


async def app_setup(house: House, account: UUID, username: str, issuer: str) -> Setup | None:
    """How to set up the app that was begun; None when none waits to be confirmed."""
    row = await _begun(house, account)
    return setup_of(_totp(house, row), username, issuer) if row else None


def setup_of(totp: pyotp.TOTP, username: str, issuer: str) -> Setup:
    address = totp.provisioning_uri(name=username, issuer_name=issuer)
    picture = segno.make(address, error="m", micro=False)
    key = " ".join(totp.secret[at : at + 4] for at in range(0, len(totp.secret), 4))
    return Setup(key, address, picture.svg_inline(dark="#000", light="#fff", scale=4, omitsize=False))


async def confirm_app(house: House, account: UUID, code: str, now: datetime) -> Proof:
    """Inside a transaction: the first right code makes the app count."""
    row = await _begun(house, account)
    step = _step(house, row, figures_of(code), now) if row else None
    if step is None or not await house.database.rows(ACCEPT, step, now, now, row["id"], step):
        return Proof("wrong")
    return Proof("", "app", row["id"])


async def demo_code(house: House, account: UUID, now: datetime) -> str:
    """What the newest app shows now, or will show next if that was used: for the demo clinic alone, else ""."""
    if not house.demo:
        return ""
    rows = await house.database.rows(
        "SELECT id, secret, last_step FROM authenticator WHERE account = ? AND kind = 'app' AND ended_at IS NULL"
        " AND secret IS NOT NULL ORDER BY created_at DESC LIMIT 1",
        account,
    )
    if not rows:
        return ""
    totp = _totp(house, rows[0])
    step = max(totp.timecode(now), rows[0]["last_step"] + 1)
    return totp.generate_otp(step) if step <= totp.timecode(now) + DRIFT else ""


async def _begun(house: House, account: UUID) -> dict | None:
    rows = await house.database.rows(
        "SELECT id, secret FROM authenticator WHERE account = ? AND kind = 'app' AND confirmed_at IS NULL"
        " AND ended_at IS NULL AND secret IS NOT NULL ORDER BY created_at DESC",
        account,
    )
    return rows[0] if rows else None
