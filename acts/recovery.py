"""The lost second factor, and the lost everything: from the start of a recovery to a new way to sign in.

Until the new authenticator app shows its first right code, the account works as it did: whoever stops on the way has broken
nothing. With that code, in one transaction, the old factors, the old sheet and every session end (SECURITY contract 3).
"""

from __future__ import annotations

from access.audit import Entry
from access.grant import AccountGrant, CapabilityGrant, Changed
from access.house import House
from access.opening import open_account, open_capability
from access.viewer import Viewer
from acts.password import PERSON
from acts.registration import born_on
from identity import authenticators, codes, limits, passwords, recovery
from identity.sessions import ENDED, open_session, revoke_all
from identity.steps import Opened, Refused, Step, open_step, seal_step
from tables.queue import enqueue_notice
from tables.sending import Sending, Spent, spend_capability, use_key

END_FACTORS = "UPDATE authenticator SET ended_at = ?, secret = NULL WHERE account = ? AND ended_at IS NULL AND id <> ?"
KEEP = "UPDATE password SET by_mail_at = NULL, failures = 0 WHERE account = ?"
REPLACE = "UPDATE password SET hash = ?, set_at = ?, by_mail_at = NULL, failures = 0, stopped_until = NULL WHERE account = ?"
CHOSEN = "UPDATE recovery SET password = ? WHERE id = ? AND state = 'open' RETURNING id"


async def start(house: House, viewer: Viewer, kind: str, sending: Sending, outcome: str) -> Refused | None:
    """With the password proven. `reason`: again (enough for today), way (not by this one), waits (one is under way)."""
    asked = (limits.Limit(f"recover:start:{viewer.account}", 5, 86_400),)
    tries = await limits.take(house, asked, viewer.now)
    if tries.refused:
        return Refused("again", tries.again_at)
    async with open_account(house, viewer).acting("account.recovery_start") as entry:
        await use_key(house.database, sending, outcome, viewer.now)
        await recovery.hold(house, viewer.account, changing=True)
        entry.reason = kind
        if reason := await _why_not(house, viewer, kind):
            entry.decision, entry.reason = "refused", reason
        else:
            await recovery.start(house, viewer.account, kind, viewer.now)
    return Refused(reason) if reason else None


async def _why_not(house: House, viewer: Viewer, kind: str) -> str:
    if await recovery.under_way(house, viewer.account, viewer.now):
        return "waits"
    may = await recovery.ways(house, viewer.account)
    return "" if {recovery.FACTOR: may.mail, recovery.POST: may.post}[kind] else "way"


async def stop(grant: AccountGrant, sending: Sending, outcome: str) -> None:
    """Whoever is signed in stops what is under way; where nothing is, nothing happens."""
    house, now = grant.house, grant.now
    async with grant.acting("account.recovery_stop"):
        await use_key(house.database, sending, outcome, now)
        await recovery.hold(house, grant.account)
        standing = await recovery.under_way(house, grant.account, now)
        if standing and await recovery.end_one(house, standing.id, now, "stopped"):
            await enqueue_notice(house.database, "account.recovery_stopped", grant.account, "Recovery", standing.id, now)


async def check_code(house: House, viewer: Viewer, code: str, born: str | None = None) -> Step | Refused:
    """A code beside the password of a half session, or, with `born`, beside the birth date. A wrong one, another's, one
    that is used, stopped, over or not yet good take the same way and get the same answer."""
    asked = tries_of(viewer, code)
    tries = await limits.take(house, asked, viewer.now)
    if tries.refused:
        return Refused("again", tries.again_at)
    purpose = codes.FACTOR_CODE if born is None else codes.RECOVERY
    found = await recovery.of_code(house, await open_capability(house, viewer, purpose, codes.code_hash(code)), viewer.now)
    right = _is_theirs(viewer, found) if born is None else await _is_born(house, found, born)
    async with house.audit.transaction() as entries:
        if right:
            await authenticators.begin_app(house, found["account"], viewer.now)
            await limits.give_back(house, asked, viewer.now)
        entries.append(_code_entry(viewer, found, right))
    return Step(seal_step(house, viewer, code)) if right else Refused("code")


def tries_of(viewer: Viewer, code: str) -> tuple[limits.Limit, ...]:
    return (
        limits.Limit(f"recover:code:ip:{viewer.visitor.ip}", 30, 3600),
        limits.Limit(f"recover:code:{limits.hidden(codes.plain(code))}", 10, 86_400),
    )


def _is_theirs(viewer: Viewer, found: dict | None) -> bool:
    return found is not None and found["account"] == viewer.account


async def _is_born(house: House, found: dict | None, born: str) -> bool:
    charts = await house.database.rows(PERSON, found["account"] if found else None)
    right = any(born_on(chart["birth_text"] or "", born) for chart in charts)
    return found is not None and right


def _code_entry(viewer: Viewer, found: dict | None, right: bool) -> Entry:
    subject = found["account"] if found else None
    entry = Entry(viewer.now, "account.recovery_code", viewer.account, subject=subject, reason=viewer.visitor.reason)
    if not right:
        entry.decision, entry.reason = "refused", "code"
    return entry


async def begun(house: House, viewer: Viewer, purpose: str, step: str) -> tuple[CapabilityGrant, dict] | None:
    """What a code of this purpose gave this browser, while it still works."""
    grant = await open_step(house, viewer, purpose, step)
    found = await recovery.of_code(house, grant, viewer.now)
    return (grant, found) if grant and found else None


async def choose_password(
    house: House, viewer: Viewer, step: str, password: str, clinic_words: tuple[str, ...], sending: Sending, outcome: str
) -> Refused | None:
    """Kept in the recovery until the app is confirmed: up to then the old one signs in."""
    known = await begun(house, viewer, codes.RECOVERY, step)
    if known is None:
        return Refused("gone")
    grant, found = known
    charts = await house.database.rows(PERSON, found["account"])
    reason = passwords.unfit(password, {w for chart in charts for w in passwords.own_words(chart["username"], chart, clinic_words)})
    if reason:
        return Refused(reason)
    hashed = await passwords.hasher(house.limits).hash(password)
    try:
        async with grant.acting("account.recovery_password") as entry:
            await use_key(house.database, sending, outcome, viewer.now)
            entry.subject = found["account"]
            if not await house.database.rows(CHOSEN, hashed, found["id"]):
                raise Changed
    except Changed:
        return Refused("gone")
    return None


async def confirm_app(house: House, viewer: Viewer, purpose: str, step: str, code: str) -> Opened | Refused:
    """The first right code of the new app. `gone`: the recovery was used, stopped or is over by now; wrong."""
    known = await begun(house, viewer, purpose, step)
    if known is None:
        return Refused("gone")
    grant, found = known
    try:
        async with grant.acting("account.recovered") as entry:
            entry.actor = entry.subject = found["account"]
            reason, token = await _finish(grant, found, code)
            if reason:
                entry.decision, entry.reason = "refused", reason
    except (Changed, Spent):
        return Refused("gone")
    return Refused(reason) if reason else Opened(token)


async def _finish(grant: CapabilityGrant, found: dict, code: str) -> tuple[str, str]:
    house, viewer, account, now = grant.house, grant.viewer, found["account"], grant.now
    await recovery.hold(house, account, changing=found["kind"] != recovery.DESK)
    chosen = await _chosen(grant, found)
    proof = await authenticators.confirm_app(house, account, code, now)
    if not proof.right:
        return proof.reason, ""
    await spend_capability(house.database, grant.capability, account, now)
    await house.database.rows(END_FACTORS, now, account, proof.authenticator)
    await codes.make_sheet(house, account, now)
    await house.database.rows(*((REPLACE, chosen, now, account) if chosen else (KEEP, account)))
    await recovery.end_one(house, found["id"], now, "done")
    await recovery.end_resets(house, account, now)
    await revoke_all(house, account, now, ENDED)
    await enqueue_notice(house.database, "account.recovered", account, "Recovery", found["id"], now)
    token = await open_session(
        house, account, "personal", viewer.visitor, now, level="full", shared=viewer.shared, proven_at=now
    )
    return "", token


async def _chosen(grant: CapabilityGrant, found: dict) -> str | None:
    """The hash of the password that was chosen; None where the one they have stays. Asked again now that the account is
    held: a recovery that was stopped, or a password that was set by mail meanwhile, ends it here. Raises Changed."""
    house, viewer = grant.house, grant.viewer
    if await recovery.of_id(house, found["id"], grant.now) is None:
        raise Changed
    if grant.purpose == codes.FACTOR_CODE:
        if viewer.account != found["account"] or not await _half_stands(house, viewer):
            raise Changed
        return None
    rows = await house.database.rows("SELECT password FROM recovery WHERE id = ? AND password IS NOT NULL", found["id"])
    if not rows:
        raise Changed
    return rows[0]["password"]


async def _half_stands(house: House, viewer: Viewer) -> bool:
    return bool(await house.database.rows("SELECT id FROM session WHERE id = ? AND revoked_at IS NULL", viewer.session))
