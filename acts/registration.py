"""From the desk's code to a login: the code, then user name and password, then an authenticator app (SECURITY, recovery).

Each step is one transaction. Whoever stops after the second signs in with name and password and goes on at the third.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from access.audit import Entry
from access.grant import CapabilityGrant, Changed
from access.house import House
from access.opening import open_account, open_capability
from access.viewer import Viewer
from identity import activation, authenticators, codes, limits, passwords
from identity.sessions import open_session
from identity.steps import ENROLLING_FOR, Opened, Refused, Step, open_step, seal_step, tries_of
from identity.usernames import is_taken, suggestions, username_key
from tables.base import new_id, new_ref
from tables.queue import enqueue_notice
from tables.sending import Sending, Spent, spend_capability, use_key

AUTHENTICATOR = "/register/authenticator"


class TakenNow(Exception):
    """Somebody took the user name between the look and the write."""


async def check_code(house: House, viewer: Viewer, code: str, born: str) -> Step | Refused:
    """Step 1. A wrong code, a wrong date and an unknown code take the same way and get the same answer."""
    asked = tries_of(viewer, code)
    tries = await limits.take(house, asked, viewer.now)
    if tries.refused:
        return Refused("again", tries.again_at)
    grant = await open_capability(house, viewer, codes.ACTIVATION, codes.code_hash(code))
    record = await _record(house, grant)
    right = record is not None and born_on(record["birth_text"], born)
    async with house.audit.transaction() as entries:
        await limits.give_back(house, asked if right else (), viewer.now)
        entries.append(_code_entry(viewer, record, right))
    return Step(seal_step(house, viewer, code)) if right else Refused("code")


def born_on(known: str, typed: str) -> bool:
    """Whether a typed YYYY-MM-DD agrees with what the chart knows, which may be a year or a month alone."""
    return len(known) >= 4 and typed[: len(known)] == known


def _code_entry(viewer: Viewer, record: dict | None, right: bool) -> Entry:
    subject = record["id"] if record else None
    entry = Entry(viewer.now, "code.check", viewer.account, subject=subject, reason=viewer.visitor.reason)
    if not right:
        entry.decision, entry.reason = "refused", "code"
    return entry


async def _record(house: House, grant: CapabilityGrant | None) -> dict | None:
    """The chart a code stands for. Asked of the database in any case, for equal time."""
    return await _chart(house, UUID(grant.object) if grant else new_id())


async def _chart(house: House, record: UUID) -> dict | None:
    """A chart that can have a login of its own: nobody has one, and it is not closed."""
    rows = await house.database.rows(
        "SELECT r.id, r.name, r.given, r.family, r.birth_text, r.email FROM record r WHERE r.id = ? AND r.state = 'active'"
        " AND r.deceased_text IS NULL AND NOT EXISTS (SELECT 1 FROM share s WHERE s.record = r.id"
        " AND s.basis = 'self' AND s.revoked_at IS NULL)",
        record,
    )
    return rows[0] if rows else None


async def step_grant(house: House, viewer: Viewer, token: str) -> CapabilityGrant | None:
    """What the first step gave this browser, while the code still stands."""
    return await open_step(house, viewer, codes.ACTIVATION, token)


async def make_login(
    house: House, viewer: Viewer, step: str, username: str, password: str, clinic_words: tuple[str, ...],
    sending: Sending,
) -> Opened | Refused:
    """Step 2: the account, its password, and an app to set up, in one transaction that uses the code up."""
    grant = await step_grant(house, viewer, step)
    record = await _record(house, grant)
    if record is None:
        return Refused("gone")
    tries = await limits.allow(house, f"register:names:{grant.capability}", 40, 3600, viewer.now)
    if tries.refused:
        return Refused("again", tries.again_at)
    refusal = await _unfit(house, record, username, password, clinic_words)
    if refusal:
        return refusal
    hashed = await passwords.hasher(house.limits).hash(password)
    try:
        return Opened(await _write_login(grant, record, username, hashed, sending))
    except TakenNow:
        return await _taken(house, username)
    except (Changed, Spent):
        return Refused("gone")


async def _unfit(house, record: dict, username: str, password: str, clinic_words) -> Refused | None:
    if await is_taken(house, username):
        return await _taken(house, username)
    reason = passwords.unfit(password, passwords.own_words(username, record, clinic_words))
    return Refused(reason) if reason else None


async def _taken(house: House, username: str) -> Refused:
    return Refused("taken", offers=await suggestions(house, username))


async def _write_login(grant: CapabilityGrant, record: dict, username: str, hashed: str, sending: Sending) -> str:
    house, now = grant.house, grant.now
    async with grant.acting("account.register") as entry:
        await use_key(house.database, sending, AUTHENTICATOR, now)
        account = await _insert_account(house, record, username, now)
        await spend_capability(house.database, grant.capability, account, now)
        await house.database.rows(
            "INSERT INTO password (id, account, hash, set_at, failures) VALUES (?, ?, ?, ?, 0)",
            new_id(), account, hashed, now,
        )
        await authenticators.begin_app(house, account, now)
        token = await open_session(
            house, account, "personal", grant.viewer.visitor, now, level="half", replaces=grant.viewer.session
        )
        entry.actor, entry.subject = account, record["id"]
    return token


async def _insert_account(house: House, record: dict, username: str, now: datetime) -> UUID:
    account = new_id()
    made = await house.database.rows(
        "INSERT INTO account (id, ref, kind, state, username, username_key, name, called, locale, text_size, created_at)"
        " VALUES (?, ?, 'personal', 'enrolling', ?, ?, ?, ?, 'en', 'normal', ?)"
        " ON CONFLICT (username_key) DO NOTHING RETURNING id",
        account, new_ref(), username, username_key(username), record["name"], record["given"], now,
    )
    if not made:
        raise TakenNow
    return account


async def confirm_app(house: House, viewer: Viewer, code: str) -> Opened | Refused:
    """Step 3: the first right code makes the login whole: its share of the chart, its one-time codes, a full session."""
    grant = open_account(house, viewer, "account.confirm_app")
    async with grant.acting("account.confirm_app") as entry:
        reason, token = await _confirm(house, viewer, code)
        if reason:
            entry.decision, entry.reason = "refused", reason
    return Refused(reason) if reason else Opened(token)


async def _confirm(house: House, viewer: Viewer, code: str) -> tuple[str, str]:
    begun = await _begun(house, viewer)
    if begun is None:
        return "late", ""
    proof = await authenticators.confirm_app(house, viewer.account, code, viewer.now)
    if not proof.right:
        return proof.reason, ""
    await _activate(house, viewer)
    await _share(house, viewer, begun["id"])
    await activation.withdraw_rest(house, begun["id"], viewer.now)
    await codes.make_sheet(house, viewer.account, viewer.now)
    await enqueue_notice(house.database, "account.registered", viewer.account, "Account", viewer.account, viewer.now)
    token = await open_session(
        house, viewer.account, "personal", viewer.visitor, viewer.now, level="full", shared=viewer.shared,
        proven_at=viewer.now, replaces=viewer.session,
    )
    return "", token


async def _begun(house: House, viewer: Viewer) -> dict | None:
    """The chart this login is being made for, while its code was not withdrawn and its day is not over."""
    rows = await house.database.rows(
        "SELECT c.object FROM account a JOIN capability c ON c.used_by = a.id AND c.purpose = ?"
        " WHERE a.id = ? AND a.state = 'enrolling' AND a.created_at > ? AND c.revoked_at IS NULL",
        codes.ACTIVATION, viewer.account, viewer.now - ENROLLING_FOR,
    )
    return await _chart(house, UUID(rows[0]["object"])) if rows else None


async def _activate(house: House, viewer: Viewer) -> None:
    """The desk may be withdrawing the code at this very moment: of the two, the first to change the account wins."""
    made = await house.database.rows(
        "UPDATE account SET state = 'active' WHERE id = ? AND state = 'enrolling' RETURNING id", viewer.account
    )
    if not made:
        raise Changed


async def _share(house: House, viewer: Viewer, record: UUID) -> None:
    """One's own chart. A chart has one such share at most: the index says so, and all of this is undone."""
    made = await house.database.rows(
        "INSERT INTO share (id, ref, account, record, basis, starts_at, created_at, created_by)"
        " VALUES (?, ?, ?, ?, 'self', ?, ?, ?) ON CONFLICT DO NOTHING RETURNING id",
        new_id(), new_ref(), viewer.account, record, viewer.now, viewer.now, viewer.account,
    )
    if not made:
        raise Changed
