"""A second factor more, one less, or by another name. Every address of the account is told of the first two."""

from __future__ import annotations

from uuid import UUID

import pyotp

from access.audit import Entry
from access.grant import AccountGrant
from identity import factors, passkeys
from identity.factors import AT_MOST
from tables.queue import enqueue_notice
from tables.sending import Sending, use_key

ADD, NAME, END = "account.add_factor", "account.name_factor", "account.end_factor"


async def add_app(grant: AccountGrant, step: str, code: str, name: str, sending: Sending, outcome: str) -> str:
    """Why not, or "": late (its half hour is over), wrong (not its code), many."""
    totp = factors.app_of(grant.house, grant.viewer, step)
    if totp is None:
        return "late"
    async with grant.acting(ADD) as entry:
        return await _add_app(grant, entry, totp, code, name, sending, outcome)


async def _add_app(grant: AccountGrant, entry: Entry, totp: pyotp.TOTP, code: str, name: str, sending, outcome: str) -> str:
    if len(await factors.held(grant.house, grant.account)) >= AT_MOST:
        return _refuse(entry, "many")
    made = await factors.keep_app(grant.house, grant.account, name, totp, code, grant.now)
    if made is None:
        return _refuse(entry, "wrong")
    await _added(grant, entry, "app", made, sending, outcome)
    return ""


async def add_key(grant: AccountGrant, kind: str, answer: str, name: str, sending: Sending, outcome: str) -> str:
    """A passkey or a security key. Why not, or "": late, unknown (`passkeys.read_new`), known (already), many."""
    async with grant.acting(ADD) as entry:
        own = await factors.held(grant.house, grant.account)
        made = await passkeys.read_new(grant.house, grant.viewer, kind, answer) if len(own) < AT_MOST else "many"
        if isinstance(made, str):
            return _refuse(entry, made)
        added = await factors.keep_key(grant.house, grant.account, kind, name, made, grant.now)
        if added is None:
            return _refuse(entry, "known")
        await _added(grant, entry, kind, added, sending, outcome)
    return ""


async def _added(grant: AccountGrant, entry: Entry, kind: str, made: UUID, sending: Sending, outcome: str) -> None:
    await use_key(grant.house.database, sending, outcome, grant.now)
    await enqueue_notice(grant.house.database, "account.factor_added", grant.account, "Authenticator", made, grant.now)
    entry.reason = kind
    entry.showed("Authenticator", [made])


def _refuse(entry: Entry, reason: str) -> str:
    entry.decision, entry.reason = "refused", reason
    return reason


async def name_factor(grant: AccountGrant, ref: str, name: str, sending: Sending, outcome: str) -> bool:
    """False when it is not theirs, or has gone."""
    async with grant.acting(NAME) as entry:
        await use_key(grant.house.database, sending, outcome, grant.now)
        named = await grant.house.database.rows(
            "UPDATE authenticator SET name = ? WHERE ref = ? AND account = ? AND confirmed_at IS NOT NULL"
            " AND ended_at IS NULL RETURNING id",
            name, ref, grant.account,
        )
        entry.showed("Authenticator", [row["id"] for row in named])
    return bool(named)


async def end_factor(grant: AccountGrant, ref: str, sending: Sending, outcome: str) -> str:
    """Why not, or "": gone (or not theirs), last (nothing that is left is enough to sign in with)."""
    async with grant.acting(END) as entry:
        own = await factors.held(grant.house, grant.account)
        reason = factors.why_not(own, ref, staff=grant.viewer.is_staff)
        if reason:
            return _refuse(entry, reason)
        ending = next(one for one in own if one.ref == ref)
        await use_key(grant.house.database, sending, outcome, grant.now)
        await factors.end(grant.house, ending.id, grant.now)
        await enqueue_notice(
            grant.house.database, "account.factor_ended", grant.account, "Authenticator", ending.id, grant.now
        )
        entry.reason = ending.kind
        entry.showed("Authenticator", [ending.id])
    return ""
