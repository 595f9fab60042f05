"""From the operator's code to a working staff account: user name and code, then a password, then an authenticator app.

The operator made the account and says what its duties are; how its owner signs in, only the owner chooses (SECURITY,
recovery). Each step is one transaction. Whoever stops after the second signs in and goes on at the third.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from access.audit import Entry
from access.grant import CapabilityGrant, Changed
from access.house import House
from access.opening import open_account, open_capability
from access.viewer import Viewer
from identity import authenticators, codes, limits, passwords
from identity.sessions import ENDED, open_session, revoke_all
from identity.steps import ENROLLING_FOR, Opened, Refused, Step, open_step, seal_step, tries_of
from identity.usernames import username_key
from tables.base import new_id
from tables.sending import Sending, Spent, spend_capability, use_key

AUTHENTICATOR = "/staff/register/authenticator"
HOLD_BEGUN = (
    "UPDATE account SET kind = kind WHERE id = ? AND kind = 'staff' AND state = 'enrolling' AND EXISTS"
    " (SELECT 1 FROM password p WHERE p.account = account.id AND p.set_at > ?) RETURNING id"
)
"""The account's row comes first here as in acts/staff.py: of two that hold what the other waits for, PostgreSQL ends one."""
SET_PASSWORD = (
    "INSERT INTO password (id, account, hash, set_at, failures) VALUES (?, ?, ?, ?, 0)"
    " ON CONFLICT (account) DO UPDATE SET hash = excluded.hash, set_at = excluded.set_at, failures = 0"
)


async def check_code(house: House, viewer: Viewer, username: str, code: str) -> Step | Refused:
    """Step 1. A wrong code, another's code and one that is used or over take the same way and get the same answer."""
    asked = tries_of(viewer, code)
    tries = await limits.take(house, asked, viewer.now)
    if tries.refused:
        return Refused("again", tries.again_at)
    account = await _account(house, await open_capability(house, viewer, codes.ENROLMENT, codes.code_hash(code)))
    right = account is not None and account["username_key"] == username_key(username)
    async with house.audit.transaction() as entries:
        await limits.give_back(house, asked if right else (), viewer.now)
        entries.append(_code_entry(viewer, account, right))
    return Step(seal_step(house, viewer, code)) if right else Refused("code")


def _code_entry(viewer: Viewer, account: dict | None, right: bool) -> Entry:
    subject = account["id"] if account else None
    entry = Entry(viewer.now, "staff.code_check", viewer.account, subject=subject, reason=viewer.visitor.reason)
    if not right:
        entry.decision, entry.reason = "refused", "code"
    return entry


async def _account(house: House, grant: CapabilityGrant | None) -> dict | None:
    """Whose code it is, while nothing was set up yet. Asked of the database in any case, for equal time."""
    rows = await house.database.rows(
        "SELECT id, name, username, username_key FROM account WHERE id = ? AND kind = 'staff' AND state = 'added'",
        UUID(grant.object) if grant else new_id(),
    )
    return rows[0] if rows else None


async def step_grant(house: House, viewer: Viewer, token: str) -> CapabilityGrant | None:
    """What the first step gave this browser, while the code still stands."""
    return await open_step(house, viewer, codes.ENROLMENT, token)


async def choose_password(
    house: House, viewer: Viewer, step: str, password: str, clinic_words: tuple[str, ...], sending: Sending
) -> Opened | Refused:
    """Step 2: the password, and an app to set up, in one transaction that uses the code up."""
    grant = await step_grant(house, viewer, step)
    account = await _account(house, grant)
    if account is None:
        return Refused("gone")
    reason = passwords.unfit(password, (account["username"], account["name"], *clinic_words))
    if reason:
        return Refused(reason)
    hashed = await passwords.hasher(house.limits).hash(password)
    try:
        return Opened(await _write(grant, account["id"], hashed, sending))
    except (Changed, Spent):
        return Refused("gone")


async def _write(grant: CapabilityGrant, account: UUID, hashed: str, sending: Sending) -> str:
    house, now = grant.house, grant.now
    async with grant.acting("staff.enroll") as entry:
        await use_key(house.database, sending, AUTHENTICATOR, now)
        await _to_state(house, account, "added", "enrolling")
        await spend_capability(house.database, grant.capability, account, now)
        await house.database.rows(SET_PASSWORD, new_id(), account, hashed, now)
        await authenticators.begin_app(house, account, now)
        await revoke_all(house, account, now, ENDED)
        entry.actor = entry.subject = account
        return await open_session(
            house, account, "staff", grant.viewer.visitor, now, level="half", replaces=grant.viewer.session
        )


async def _to_state(house: House, account: UUID, before: str, after: str) -> None:
    """The operator may be disabling the account at this very moment: of the two, the first to change it wins."""
    made = await house.database.rows(
        "UPDATE account SET state = ? WHERE id = ? AND state = ? RETURNING id", after, account, before
    )
    if not made:
        raise Changed


async def confirm_app(house: House, viewer: Viewer, code: str) -> Opened | Refused:
    """Step 3: the first right code of the app makes the account whole and opens the staff's side."""
    grant = open_account(house, viewer, "staff.confirm_app")
    async with grant.acting("staff.confirm_app") as entry:
        reason, token = await _confirm(house, viewer, code)
        if reason:
            entry.decision, entry.reason = "refused", reason
    return Refused(reason) if reason else Opened(token)


async def _confirm(house: House, viewer: Viewer, code: str) -> tuple[str, str]:
    if not await house.database.rows(HOLD_BEGUN, viewer.account, viewer.now - ENROLLING_FOR):
        return "late", ""
    proof = await authenticators.confirm_app(house, viewer.account, code, viewer.now)
    if not proof.right:
        return proof.reason, ""
    await _to_state(house, viewer.account, "enrolling", "active")
    token = await open_session(
        house, viewer.account, "staff", viewer.visitor, viewer.now, level="full", shared=viewer.shared,
        proven_at=viewer.now, replaces=viewer.session,
    )
    return "", token
