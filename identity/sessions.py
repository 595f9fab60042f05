"""Sessions: rows of our own, each behind 256 random bits of which only the SHA-256 is kept (SECURITY contract 1).

An id nobody made is never adopted. A new row is written at sign-in, second factor, step-up and password change, and
the old one revoked in the same transaction. Idle and absolute ends are read at every request, never swept into truth.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from access.audit import Entry
from access.grant import Changed
from access.house import House
from access.viewer import Viewer, Visitor
from access.vocabulary import Duty
from identity.csrf import matches, new_secret
from identity.places import places_of, tell_of_new_device
from settings import Limits
from tables.base import new_id, new_ref

FIND = (
    "SELECT s.id, s.ref, s.level, s.csrf, s.last_seen_at, s.proven_at, s.idle_seconds, s.ends_at, s.shared,"
    " s.revoked_at, s.end_reason, a.id AS account, a.ref AS account_ref, a.kind, a.state, a.name, a.called, a.locale,"
    " a.text_size, a.human, a.changes_locked_at, CASE WHEN s.level = 'half' THEN"
    " (SELECT p.by_mail_at FROM password p WHERE p.account = a.id) END AS by_mail_at FROM session s JOIN account a ON a.id = s.account WHERE s.token = ?"
)
OTHERS = "SELECT csrf, shared, end_reason FROM session WHERE account = ? AND id <> ? ORDER BY created_at DESC, id DESC LIMIT 20"
DUTIES = "SELECT duty FROM staff_duty WHERE account = ? AND ended_at IS NULL"
INSERT = (
    "INSERT INTO session (id, ref, token, account, level, csrf, created_at, last_seen_at, proven_at, idle_seconds,"
    " ends_at, shared, device, place, end_reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '')"
    " RETURNING EXISTS (SELECT 1 FROM session s WHERE s.account = session.account AND s.level = 'full' AND s.id <> session.id"
    " AND s.device = session.device AND s.place IN ({places})) AS known"
)
"""And whether the account was ever signed in to with such a browser from there."""
OPEN = "SELECT id FROM session WHERE account = ? AND revoked_at IS NULL AND id <> ?"
REVOKE = "UPDATE session SET revoked_at = ?, end_reason = ? WHERE id = ? AND revoked_at IS NULL RETURNING id"
AT_ONCE = 20
"""Browsers that one account is signed in with at a time, which is as many as the page of them lists (ASVS 7.1.2)."""
MAKE_ROOM = (
    "UPDATE session SET revoked_at = ?, end_reason = CASE WHEN id = ? THEN ? ELSE ? END WHERE revoked_at IS NULL AND (id = ?"
    " OR id IN (SELECT s.id FROM session s WHERE s.account = ? AND s.level = 'full' AND s.revoked_at IS NULL AND s.ends_at > ?"
    f" AND s.id <> ? ORDER BY s.last_seen_at DESC, s.id DESC LIMIT 100 OFFSET {AT_ONCE - 1})) RETURNING id"
)
"""For one more: ends the one that it takes the place of, and those seen longest ago that there is no room for beside it."""
SEEN_EVERY = timedelta(seconds=60)
SIGNED_OUT, REPLACED, ENDED, DISABLED, CROWDED = "signed_out", "replaced", "ended", "disabled", "crowded"


def token_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("ascii", "replace")).digest()


async def find_viewer(house: House, token: str, visitor: Visitor, now: datetime) -> Viewer:
    """Who the cookie stands for. A session that has ended gives a viewer of nobody, with `ended` and its form secret,
    so that what was typed can be parked."""
    rows = await house.database.rows(FIND, token_hash(token)) if token else []
    if not rows:
        return Viewer(visitor, now)
    row = rows[0]
    ended = _ended(row, now)
    if ended:
        account = _id(row["account"])
        known, replaced = account if ended == "expired" else None, account if row["end_reason"] == REPLACED else None
        return Viewer(visitor, now, account=known, replaced=replaced, csrf=bytes(row["csrf"]), session=_id(row["id"]), ended=ended,
                      locale=row["locale"], text_size=row["text_size"], kind=row["kind"], shared=row["shared"])
    duties = await _duties(house, row)
    return Viewer(
        visitor, now, level=row["level"], account=_id(row["account"]), account_ref=row["account_ref"],
        account_state=row["state"], kind=row["kind"], name=row["name"], called=row["called"] or "",
        locale=row["locale"], text_size=row["text_size"], session=_id(row["id"]), session_ref=row["ref"],
        last_seen_at=row["last_seen_at"], csrf=bytes(row["csrf"]), proven_at=row["proven_at"], idle_seconds=row["idle_seconds"], shared=row["shared"],
        signs_out_at=_signs_out(row, now), duties=duties, by_mail=row["by_mail_at"] is not None, human=_id(row["human"]) if row["human"] else None,
        locked=row["changes_locked_at"] is not None,
    )


def _ended(row: dict, now: datetime) -> str:
    if row["revoked_at"] is not None:
        return "revoked"
    if row["state"] not in ("active", "enrolling"):
        return "disabled"
    return "expired" if now >= min(row["ends_at"], row["last_seen_at"] + _idle(row)) else ""


def _idle(row: dict) -> timedelta:
    return timedelta(seconds=row["idle_seconds"])


def _signs_out(row: dict, now: datetime) -> datetime:
    """When this session ends if its owner does nothing more than load the page at hand."""
    seen = now if now - row["last_seen_at"] >= SEEN_EVERY else row["last_seen_at"]
    return min(row["ends_at"], seen + _idle(row))


async def _duties(house: House, row: dict) -> frozenset[Duty]:
    if row["kind"] != "staff" or row["level"] != "full":
        return frozenset()
    found = await house.database.rows(DUTIES, _id(row["account"]))
    return frozenset(Duty(duty["duty"]) for duty in found)


async def is_of_another(house: House, viewer: Viewer, token: str) -> bool:
    """Whether a form's token is of another session of the same account, such as the one before it signed in again: then
    what was typed is theirs, though nothing may be done with it. To who is not signed in by now, only if that session ran
    out: what somebody left by signing out, or typed on a shared computer, is not kept."""
    if viewer.account is None:
        return False
    rows = await house.database.rows(OTHERS, viewer.account, viewer.session)
    known = [row for row in rows if matches(token, bytes(row["csrf"]))]
    return any(viewer.level == "full" or (not row["shared"] and row["end_reason"] in ("", REPLACED)) for row in known)


def note_seen(house: House, viewer: Viewer, passive: bool) -> bool:
    """The person was there: True when that is to be written, with the next audit batch, at most once a minute. Polling
    does not count."""
    if viewer.level != "full" or passive or viewer.now - viewer.last_seen_at < SEEN_EVERY:
        return False
    house.audit.seen(viewer.session, viewer.now)
    return True


async def open_session(
    house: House, account: UUID, kind: str, visitor: Visitor, now: datetime, *, level: str,
    shared: bool = False, proven_at: datetime | None = None, replaces: UUID | None = None, ends_at: datetime | None = None,
    signs_in: Entry | None = None, beside: int | None = None,
) -> str:
    """Inside a transaction: writes the row and gives the token for the cookie. `ends_at` keeps an absolute end. `signs_in` is
    the entry of signing in: a kind of browser that was never used from this place is told to every address. `beside`: how many
    are open, where that is known; where they are few, room needs not be made.

    Raises Changed where a full session is to replace one that somebody ends at this very moment, such as by a new password.
    """
    token = secrets.token_urlsafe(32)
    idle, absolute = _lengths(house.limits, kind, level, shared)
    if level == "full" and (replaces or beside is None or beside >= AT_ONCE):
        await _make_room(house, account, replaces, now)
    elif replaces:
        await revoke(house, replaces, now, REPLACED)
    places = places_of(house, visitor.ip)
    [made] = await house.database.rows(
        INSERT.format(places=", ".join("?" * len(places))), new_id(), new_ref(), token_hash(token), account, level,
        new_secret(), now, now, proven_at, idle, ends_at or now + timedelta(seconds=absolute), shared, visitor.device, places[0], *places,
    )
    if signs_in and not made["known"]:
        await tell_of_new_device(house, account, visitor, now, signs_in)
    return token


async def _make_room(house: House, account: UUID, replaces: UUID | None, now: datetime) -> None:
    """Raises Changed where the session to be replaced has ended."""
    here = replaces or new_id()
    ended = await house.database.rows(MAKE_ROOM, now, here, REPLACED, CROWDED, here, account, now, here)
    if replaces and replaces not in [_id(row["id"]) for row in ended]:
        raise Changed


def _lengths(limits: Limits, kind: str, level: str, shared: bool) -> tuple[int, int]:
    if level == "half":
        return limits.half, limits.half
    idle = limits.idle_staff if kind == "staff" else limits.idle
    return (min(idle, limits.idle_shared), limits.absolute_shared) if shared else (idle, limits.absolute)


async def revoke(house: House, session: UUID, now: datetime, reason: str) -> bool:
    """Inside a transaction: whether it was open until now. A session revoked twice keeps its first reason."""
    return bool(await house.database.rows(REVOKE, now, reason, session))


async def end_all(house: House, account: UUID, here: UUID, now: datetime) -> list[UUID]:
    """Inside a transaction: ends every session of the account, `here` as one that another replaces, and gives the others.
    Raises Changed where somebody else ended `here` at this very moment."""
    ended = await _end_each(house, account, now, lambda id: REPLACED if id == here else ENDED)
    if here not in ended:
        raise Changed
    return [id for id in ended if id != here]


async def end_others(house: House, account: UUID, here: UUID, now: datetime) -> list[UUID]:
    """Inside a transaction: ends every session of the account but `here`, those with a password alone too."""
    return await _end_each(house, account, now, lambda id: ENDED, but=here)


async def revoke_all(house: House, account: UUID, now: datetime, reason: str) -> None:
    """Inside a transaction: every session of this account, wherever it is open."""
    await _end_each(house, account, now, lambda id: reason)


async def _end_each(
    house: House, account: UUID, now: datetime, reason_of: Callable[[UUID], str], but: UUID | None = None
) -> list[UUID]:
    """Row by row in the order in which it is written who was seen: of two that hold what the other waits for, PostgreSQL ends
    one. It looks again until there is none, since one that was waited for may have been replaced meanwhile."""
    ended: list[UUID] = []
    left = account, but or new_id()
    while ids := sorted(_id(row["id"]) for row in await house.database.rows(OPEN, *left)):
        ended += [id for id in ids if await revoke(house, id, now, reason_of(id))]
    return ended


def _id(value) -> UUID:
    return value if isinstance(value, UUID) else UUID(str(value))
