"""What staff may do about a patient's sign-in: begin a recovery, sign all browsers out, freeze, unfreeze, stop a recovery.

They never set or see a password or a factor. Each is one transaction; every address of the account is told.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from access.audit import Entry
from access.grant import QueueGrant
from access.visible import visible
from identity import codes, recovery
from identity.sessions import DISABLED, ENDED, revoke_all
from tables.queue import enqueue_notice
from tables.records import Record
from tables.sending import Sending, use_key

OWNER = (
    "SELECT a.id, a.state FROM share s JOIN account a ON a.id = s.account WHERE s.record = ? AND s.basis = 'self'"
    " AND s.revoked_at IS NULL AND a.kind = 'personal'"
)
HOLD = "UPDATE account SET kind = kind WHERE id = ? AND state = ? RETURNING id"
FREEZE = "UPDATE account SET state = 'frozen', frozen_at = ?, frozen_for = ? WHERE id = ?"
UNFREEZE = "UPDATE account SET state = 'active', frozen_at = NULL, frozen_for = '' WHERE id = ?"


class NotNow(Exception):
    """The account is not as it was when the page was made: somebody was faster, or it is frozen, or has none. Rolls back."""


@dataclass(frozen=True, slots=True)
class Begun:
    """`outcome` is the page that shows the code, for 15 minutes, to who began it."""

    outcome: str


@asynccontextmanager
async def _on(
    grant: QueueGrant, record_ref: str, action: str, state: str, sending: Sending, outcome: str
) -> AsyncIterator[tuple[UUID, Entry]]:
    """The owner's account, held, in the state that it must be in. Raises LookupError for what is not at these sites."""
    async with grant.acting(action) as entry:
        await use_key(grant.house.database, sending, outcome, grant.now)
        rows = await visible(grant, Record).rows(("id",), "ref = ?", record_ref)
        if not rows:
            raise LookupError(record_ref)
        entry.subject = rows[0]["id"]
        owner = await grant.house.database.rows(OWNER, rows[0]["id"])
        if not owner or not await grant.house.database.rows(HOLD, owner[0]["id"], state):
            raise NotNow
        yield owner[0]["id"], entry


async def begin_recovery(grant: QueueGrant, record_ref: str, proof: str, sending: Sending) -> Begun:
    """A code for paper, good for everything anew once the waiting time is over."""
    code = codes.new_desk_code()
    letter = codes.seal_letter(grant.house, grant.account, record_ref, code, grant.now)
    outcome = f"/staff/records/{record_ref}/login/recovery?letter={letter}"
    async with _on(grant, record_ref, "login.recover", "active", sending, outcome) as (account, entry):
        await recovery.start(
            grant.house, account, recovery.DESK, grant.now, by=grant.account, proof=proof, code=code
        )
        entry.reason = proof
    return Begun(outcome)


async def stop_recovery(grant: QueueGrant, record_ref: str, sending: Sending, outcome: str) -> None:
    async with _on(grant, record_ref, "login.stop_recovery", "active", sending, outcome) as (account, _entry):
        standing = await recovery.under_way(grant.house, account, grant.now)
        if not standing or not await recovery.end_under_way(grant.house, account, grant.now):
            raise NotNow
        await enqueue_notice(
            grant.house.database, "account.recovery_stopped", account, "Recovery", standing.id, grant.now
        )


async def end_sessions(grant: QueueGrant, record_ref: str, sending: Sending, outcome: str) -> None:
    async with _on(grant, record_ref, "login.end_sessions", "active", sending, outcome) as (account, _entry):
        await revoke_all(grant.house, account, grant.now, ENDED)
        await _tell(grant, "account.sessions_ended", account)


async def freeze(grant: QueueGrant, record_ref: str, reason: str, sending: Sending, outcome: str) -> None:
    """Nobody signs in, and whatever would open the account ends: sessions, links and codes."""
    async with _on(grant, record_ref, "login.freeze", "active", sending, outcome) as (account, entry):
        await grant.house.database.rows(FREEZE, grant.now, reason, account)
        await recovery.end_under_way(grant.house, account, grant.now)
        await recovery.end_resets(grant.house, account, grant.now)
        await revoke_all(grant.house, account, grant.now, DISABLED)
        await _tell(grant, "account.frozen", account)
        entry.reason = reason


async def unfreeze(grant: QueueGrant, record_ref: str, sending: Sending, outcome: str) -> None:
    """They sign in with what they had. A session that was being opened while it was frozen has no life left."""
    async with _on(grant, record_ref, "login.unfreeze", "frozen", sending, outcome) as (account, _entry):
        await grant.house.database.rows(UNFREEZE, account)
        await revoke_all(grant.house, account, grant.now, DISABLED)
        await _tell(grant, "account.unfrozen", account)


async def _tell(grant: QueueGrant, event: str, account: UUID) -> None:
    once = f"{event}:{account}:{grant.now.isoformat()}"
    await enqueue_notice(grant.house.database, event, account, "Account", account, grant.now, dedupe=once)
