"""A patient invites somebody to help: sent, made anew, withdrawn (SECURITY contract 4; DESIGN §2, shares).

The link goes by e-mail, the code is told in person: whoever reads somebody else's mail has half of what is needed.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from access.audit import Entry
from access.grant import RecordGrant
from identity import limits
from identity.codes import INVITATION, new_link_secret, new_told_code, seal_told, told_hash
from rules.sharing import INVITATION_FOR, Scopes
from tables.base import new_id, new_ref
from tables.queue import enqueue_letter
from tables.sending import Sending, secret_hash, use_key
from tables.sharing import scopes_text

A_DAY, OF_A_RECORD, TO_AN_ADDRESS = 86_400, 20, 5
"""So many invitations in a day: the portal is no way to fill somebody's mailbox."""
INSERT = (
    "INSERT INTO invitation (id, ref, record, invited_by, name, email, email_key, says_name, scopes, share_ends_at, state,"
    " made_at, ends_at, secret, code_hash, failures) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'pending', ?, ?, ?, ?, 0)"
    " ON CONFLICT DO NOTHING RETURNING id"
)
CAPABILITY = (
    "INSERT INTO capability (id, ref, hash, purpose, object_kind, object, issued_by, issued_at, ends_at, uses,"
    " uses_allowed, failures) VALUES (?, ?, ?, ?, 'Invitation', ?, ?, ?, ?, 0, 1, 0)"
)
LAPSE = "UPDATE invitation SET state = 'lapsed', secret = NULL WHERE record = ? AND email_key = ? AND state = 'pending' AND ends_at <= ?"
RENEW = (
    "UPDATE invitation SET secret = ?, code_hash = ?, failures = 0, ends_at = ? WHERE ref = ? AND record = ?"
    " AND state = 'pending' RETURNING id, email, share_ends_at"
)
WITHDRAW = (
    "UPDATE invitation SET state = 'withdrawn', answered_at = ?, answered_by = ?, secret = NULL WHERE ref = ? AND record = ?"
    " AND state = 'pending' RETURNING id"
)
REVOKE = "UPDATE capability SET revoked_at = ? WHERE object_kind = 'Invitation' AND object = ? AND revoked_at IS NULL"


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom the patient asks, and for what. `ends_at`: when the help would end; None is until it is ended."""

    name: str
    email: str
    says_name: bool
    scopes: Scopes
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class Invited:
    """`outcome` is the page that shows the code, for 15 minutes, to who invited."""

    outcome: str


@dataclass(frozen=True, slots=True)
class NotInvited:
    """`reason`: own (one's own address), waiting (an invitation to it waits), often (enough for today), over (answered
    or withdrawn meanwhile)."""

    reason: str


class _Refused(Exception):
    """Rolls back everything, the form's key too."""


@dataclass(frozen=True, slots=True)
class _Secrets:
    """What a link and a told code are made of, and where the code is shown."""

    link: str
    code: str
    outcome: str

    @classmethod
    def of(cls, grant: RecordGrant, ref: str) -> _Secrets:
        code = new_told_code()
        letter = seal_told(grant.house, grant.viewer.account, ref, code, grant.now)
        return cls(new_link_secret(), code, f"/records/{grant.record_ref}/sharing/invitations/{ref}?letter={letter}")


async def invite(grant: RecordGrant, asked: Asked, sending: Sending) -> Invited | NotInvited:
    """The invitation, its link and its code, and the letter; all or nothing."""
    if refusal := await _refusal(grant, asked.email):
        return refusal
    row, ref = new_id(), new_ref()
    made = _Secrets.of(grant, ref)
    try:
        async with _once(grant, "share.invite", sending, made.outcome) as entry:
            await _insert(grant, row, ref, asked, made)
            await _send(grant, row, asked.email, made, _open_until(grant, asked.ends_at))
            entry.showed("Invitation", [row])
    except _Refused:
        return NotInvited("waiting")
    return Invited(made.outcome)


async def _refusal(grant: RecordGrant, email: str) -> NotInvited | None:
    """What can be said before anything is written."""
    if await _is_own(grant, email):
        return NotInvited("own")
    asked = (
        limits.Limit(f"invite:record:{grant.record}", OF_A_RECORD, A_DAY, kept=True),
        limits.Limit(f"invite:to:{limits.hidden(email.casefold())}", TO_AN_ADDRESS, A_DAY, kept=True),
    )
    tries = await limits.take(grant.house, asked, grant.now)
    return NotInvited("often") if tries.refused else None


async def _is_own(grant: RecordGrant, email: str) -> bool:
    rows = await grant.house.database.rows(
        "SELECT value FROM account_address WHERE account = ? AND ended_at IS NULL", grant.viewer.account
    )
    return email.casefold() in [row["value"].casefold() for row in rows]


@asynccontextmanager
async def _once(grant: RecordGrant, action: str, sending: Sending, outcome: str) -> AsyncIterator[Entry]:
    async with grant.acting(action) as entry:
        await use_key(grant.house.database, sending, outcome, grant.now)
        yield entry


def _open_until(grant: RecordGrant, share_ends_at: datetime | None) -> datetime:
    """Fourteen days, or less where the help itself would be over sooner."""
    until = grant.now + INVITATION_FOR
    return min(until, share_ends_at) if share_ends_at else until


async def _insert(grant: RecordGrant, row: UUID, ref: str, asked: Asked, made: _Secrets) -> None:
    """One invitation waits for each address: the index says so."""
    rows, key = grant.house.database.rows, asked.email.casefold()
    await rows(LAPSE, grant.record, key, grant.now)
    inserted = await rows(
        INSERT, row, ref, grant.record, grant.viewer.account, asked.name, asked.email, key, asked.says_name,
        scopes_text(asked.scopes), asked.ends_at, grant.now, _open_until(grant, asked.ends_at),
        grant.house.keyring.seal(made.link.encode(), row), told_hash(made.link, made.code),
    )  # fmt: skip
    if not inserted:
        raise _Refused


async def _send(grant: RecordGrant, row: UUID, email: str, made: _Secrets, until: datetime) -> None:
    """The link's secret, and its letter. Letters of links before this one end unsent."""
    database, capability = grant.house.database, new_id()
    await database.rows(REVOKE, grant.now, str(row))
    await database.rows(
        CAPABILITY, capability, new_ref(), secret_hash(made.link), INVITATION, str(row), grant.viewer.account, grant.now, until,
    )  # fmt: skip
    await enqueue_letter(
        database, "share.invited", email, "Capability", capability, grant.now, locale=grant.viewer.locale
    )


async def renew(grant: RecordGrant, ref: str, sending: Sending) -> Invited | NotInvited:
    """A new link, a new code, and fourteen days more; what was sent and told before is worth nothing."""
    tries = await limits.allow(grant.house, f"invite:record:{grant.record}", OF_A_RECORD, A_DAY, grant.now)
    if tries.refused:
        return NotInvited("often")
    made = _Secrets.of(grant, ref)
    try:
        async with _once(grant, "share.renew", sending, made.outcome) as entry:
            row = await _renewed(grant, ref, made)
            await _send(grant, row["id"], row["email"], made, _open_until(grant, row["share_ends_at"]))
            entry.showed("Invitation", [row["id"]])
    except _Refused:
        return NotInvited("over")
    return Invited(made.outcome)


async def _renewed(grant: RecordGrant, ref: str, made: _Secrets) -> dict:
    """Raises _Refused where it was answered or withdrawn meanwhile, or the help asked for is over already."""
    rows = await grant.house.database.rows(
        "SELECT id, share_ends_at FROM invitation WHERE ref = ? AND record = ?", ref, grant.record
    )
    if not rows or (rows[0]["share_ends_at"] and rows[0]["share_ends_at"] <= grant.now):
        raise _Refused
    sealed = grant.house.keyring.seal(made.link.encode(), rows[0]["id"])
    until = _open_until(grant, rows[0]["share_ends_at"])
    renewed = await grant.house.database.rows(RENEW, sealed, told_hash(made.link, made.code), until, ref, grant.record)
    if not renewed:
        raise _Refused
    return renewed[0]


async def withdraw(grant: RecordGrant, ref: str, sending: Sending, outcome: str) -> bool:
    """False when there was nothing left to withdraw: it was answered, or withdrawn before."""
    database = grant.house.database
    try:
        async with _once(grant, "share.withdraw", sending, outcome) as entry:
            rows = await database.rows(WITHDRAW, grant.now, grant.viewer.account, ref, grant.record)
            if not rows:
                raise _Refused
            await database.rows(REVOKE, grant.now, str(rows[0]["id"]))
            entry.showed("Invitation", [rows[0]["id"]])
    except _Refused:
        return False
    return True
