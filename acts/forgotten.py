"""Who forgot their user name or password, or lost everything, asks here; a job looks it up, and the mail goes to its owner.

Nobody is signed in by any of this, and a new password leaves the second factor as it is (SECURITY contracts 3 and 11).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from access.audit import Entry
from access.grant import CapabilityGrant, Changed
from access.house import House
from access.viewer import Viewer
from acts.password import PERSON
from identity import limits, passwords, recovery
from identity.sessions import ENDED, revoke_all
from identity.steps import Refused
from identity.tokens import seal_token
from tables.queue import enqueue, enqueue_notice
from tables.sending import Sending, Spent, spend_capability, use_key

WAITS_FOR = timedelta(hours=1)
"""So long a job may wait in the queue."""
A_PLACE, A_NAME, HOUR = 20, 5, 3600
"""What may be asked for from one place, and of one name or address, in an hour."""
KEEP = (
    "UPDATE password SET hash = ?, set_at = ?, by_mail_at = ?, failures = 0, stopped_until = NULL WHERE account = ?"
    " RETURNING id"
)


async def ask(house: House, viewer: Viewer, what: str, typed: str, sending: Sending, outcome: str) -> datetime | None:
    """`what` is one of `identity.recovery`: USERNAME of an address, PASSWORD or EVERYTHING of a user name. The same few
    statements whether or not anybody has it; None, or from when on it can be asked for again."""
    name = limits.hidden(f"{what} {typed.casefold()}")
    asked = (
        limits.Limit(f"recover:ip:{viewer.visitor.ip}", A_PLACE, HOUR),
        limits.Limit(f"recover:name:{name}", A_NAME, HOUR),
        limits.Limit("recover:all", 600, 60),
    )
    tries = await limits.take(house, asked, viewer.now)
    if tries.refused:
        return tries.again_at
    sealed = seal_token(house.keyring, what, typed, viewer.now + WAITS_FOR)
    async with house.audit.transaction() as entries:
        await use_key(house.database, sending, outcome, viewer.now)
        await enqueue(house.database, what, {"typed": sealed}, viewer.now)
        entries.append(Entry(viewer.now, "account.recovery_ask", reason=what.partition(".")[2]))
    return None


async def reset_password(
    grant: CapabilityGrant, new: str, clinic_words: tuple[str, ...], sending: Sending, outcome: str
) -> Refused | None:
    """By the link of the mail, which is used up. `gone`: it was used or stopped at this moment, or the account is shut."""
    account = await account_of(grant)
    charts = await grant.house.database.rows(PERSON, account)
    own = {word for chart in charts for word in passwords.own_words(chart["username"], chart, clinic_words)}
    reason = passwords.unfit(new, own)
    if reason:
        return Refused(reason)
    hashed = await passwords.hasher(grant.house.limits).hash(new)
    try:
        await _write_password(grant, account, hashed, sending, outcome)
    except (Changed, Spent):
        return Refused("gone")
    return None


async def account_of(grant: CapabilityGrant) -> UUID:
    """Whose the recovery is that a link is for."""
    return (await grant.house.database.rows("SELECT account FROM recovery WHERE id = ?", UUID(grant.object)))[0]["account"]


async def _write_password(grant: CapabilityGrant, account: UUID, hashed: str, sending: Sending, outcome: str) -> None:
    """Marked as set by mail. What was under way by mail ends with it, or a mailbox alone would open the account."""
    house, now = grant.house, grant.now
    async with grant.acting("account.reset_password") as entry:
        await use_key(house.database, sending, outcome, now)
        await recovery.hold(house, account, changing=True)
        await spend_capability(house.database, grant.capability, account, now)
        if not await house.database.rows(KEEP, hashed, now, now, account):
            raise Changed
        await recovery.end_one(house, UUID(grant.object), now, "done")
        await recovery.end_resets(house, account, now)
        await recovery.end_mailed(house, account, now)
        await revoke_all(house, account, now, ENDED)
        await enqueue_notice(house.database, "account.password_reset", account, "Recovery", UUID(grant.object), now)
        entry.subject = account


async def post_letter(grant: CapabilityGrant, sending: Sending, outcome: str) -> bool:
    """Whoever lost everything pressed the button behind the link: a letter with a code is posted after the waiting time."""
    house, now, account = grant.house, grant.now, await account_of(grant)
    try:
        async with grant.acting("account.recovery_start") as entry:
            await use_key(house.database, sending, outcome, now)
            await recovery.hold(house, account, changing=True)
            await spend_capability(house.database, grant.capability, account, now)
            if not await recovery.has_post(house, account):
                raise Changed
            await recovery.end_one(house, UUID(grant.object), now, "done")
            await recovery.start(house, account, recovery.BY_LETTER, now)
            entry.subject, entry.reason = account, recovery.BY_LETTER
    except (Changed, Spent):
        return False
    return True


async def stop(grant: CapabilityGrant, sending: Sending, outcome: str) -> bool:
    """By the link in each of the letters. False where there was nothing left to stop."""
    house, now, account = grant.house, grant.now, await account_of(grant)
    try:
        async with grant.acting("account.recovery_stop") as entry:
            await use_key(house.database, sending, outcome, now)
            await recovery.hold(house, account)
            await spend_capability(house.database, grant.capability, account, now)
            if not await recovery.end_one(house, UUID(grant.object), now, "stopped"):
                raise Changed
            await enqueue_notice(house.database, "account.recovery_stopped", account, "Recovery", UUID(grant.object), now)
            entry.subject = account
    except (Changed, Spent):
        return False
    return True
