"""Somebody who was invited types the code, sees what it is about, and says yes or no.

The code makes a token for the page that asks, bound to the account that typed it; nothing is spent before the answer.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from access.audit import Entry
from access.grant import AccountGrant, CapabilityGrant, RecordGrant
from access.opening import open_capability, open_for, open_system
from access.visible import visible
from access.vocabulary import Action, Category, record
from identity import limits
from identity.codes import INVITATION, told_hash
from identity.tokens import open_token, seal_token
from rules.sharing import MOST_FAILURES, review_of
from tables.records import Record
from tables.sending import Sending, secret_hash, use_key
from tables.sharing import ACCEPTED, DECLINED, Giving, Invitation, give, scopes_from, tell

STEP_FOR = timedelta(minutes=30)
TRIES, PERIOD = 30, 3600
"""Codes that one account may try in an hour, whatever they are for."""
TRY = (
    "UPDATE invitation SET failures = failures + 1 WHERE id = ? AND state = 'pending' AND failures < ?"
    " RETURNING ref, record, code_hash"
)
HELD = "SELECT basis FROM share WHERE account = ? AND record = ? AND revoked_at IS NULL AND (ends_at IS NULL OR ends_at > ?)"
SPEND = (
    "UPDATE capability SET uses = uses + 1, used_by = ? WHERE id = ? AND uses < uses_allowed AND revoked_at IS NULL"
    " AND ends_at > ? RETURNING id"
)
ANSWER = (
    "UPDATE invitation SET state = ?, answered_at = ?, answered_by = ?, share = ?, secret = NULL WHERE id = ?"
    " AND state = 'pending' RETURNING id"
)
LAPSED = "UPDATE share SET revoked_at = ends_at WHERE account = ? AND record = ? AND revoked_at IS NULL AND ends_at <= ?"
INVITES = record(Category.CONTROL, Action.ACT)


@dataclass(frozen=True, slots=True)
class Step:
    """The code was right: `token` opens the page that asks, for half an hour, to this account."""

    ref: str
    token: str


@dataclass(frozen=True, slots=True)
class Refused:
    """`reason`: staff, again (too many tries, until `again_at`), gone (answered, withdrawn, over, or never there),
    stopped (too many wrong codes), code, own (one's own record), already (one holds a share of it)."""

    reason: str
    again_at: datetime | None = None


class _Gone(Exception):
    """It cannot be answered any more. Rolls everything back."""


class _Already(Exception):
    """This account has a share of the record. Rolls everything back: the invitation stays open."""


async def secret_of(grant: AccountGrant, ref: str) -> str:
    """The link's secret, for somebody to whose confirmed address it was sent; "" where there is none."""
    rows = await visible(grant, Invitation).rows(("id", "secret"), "ref = ? AND secret IS NOT NULL", ref)
    return grant.house.keyring.open(bytes(rows[0]["secret"]), rows[0]["id"]).decode() if rows else ""


async def check_code(grant: AccountGrant, secret: str, code: str) -> Step | Refused:
    """A wrong code counts against the invitation before it is looked at, so that many at once are counted too."""
    if grant.viewer.is_staff:
        return Refused("staff")
    asked = (limits.Limit(f"invitation:account:{grant.account}", TRIES, PERIOD),)
    tries = await limits.take(grant.house, asked, grant.now)
    if tries.refused:
        return Refused("again", tries.again_at)
    capability = await open_capability(grant.house, grant.viewer, INVITATION, secret_hash(secret))
    if capability is None:
        return Refused("gone")
    reason, ref = await _try(grant, capability, secret, code, asked)
    if reason:
        return Refused(reason)
    return Step(ref, seal_token(grant.house.keyring, _bound(grant, ref), secret_hash(secret).hex(), grant.now + STEP_FOR))


async def _try(grant: AccountGrant, capability: CapabilityGrant, secret: str, code: str, asked) -> tuple[str, str]:
    """Why not, or "", and the invitation's ref."""
    database, invitation = grant.house.database, UUID(capability.object)
    async with grant.house.audit.transaction() as entries:
        rows = await database.rows(TRY, invitation, MOST_FAILURES)
        if not rows:
            return "stopped", ""
        right = hmac.compare_digest(bytes(rows[0]["code_hash"]), told_hash(secret, code))
        entries.append(_code_entry(grant, rows[0]["record"], right))
        if not right:
            return "code", ""
        await database.rows("UPDATE invitation SET failures = 0 WHERE id = ?", invitation)
        await limits.give_back(grant.house, asked, grant.now)
        return await _stands_in_the_way(grant, rows[0]["record"]), rows[0]["ref"]


def _code_entry(grant: AccountGrant, subject: UUID, right: bool) -> Entry:
    entry = Entry(grant.now, "invitation.code", grant.account, subject=subject, reason=grant.viewer.visitor.reason)
    if not right:
        entry.decision, entry.reason = "refused", "code"
    return entry


async def _stands_in_the_way(grant: AccountGrant, record: UUID) -> str:
    """`own`, `already`, or "" where this account has no share of the record."""
    held = await grant.house.database.rows(HELD, grant.account, record, grant.now)
    if not held:
        return ""
    return "own" if held[0]["basis"] == "self" else "already"


def _bound(grant: AccountGrant, ref: str) -> str:
    return f"invitation {grant.account} {ref}"


async def step_grant(grant: AccountGrant, ref: str, token: str) -> CapabilityGrant | None:
    """What typing the code gave this account, while the invitation stands."""
    words = open_token(grant.house.keyring, _bound(grant, ref), token, grant.now)
    if not words:
        return None
    return await open_capability(grant.house, grant.viewer, INVITATION, bytes.fromhex(words))


async def accept(grant: AccountGrant, ref: str, token: str, sending: Sending, outcome: str) -> Refused | None:
    """The share, with what was promised and no more. None when it is done."""
    return await _answer(grant, ref, token, sending, outcome, ACCEPTED)


async def decline(grant: AccountGrant, ref: str, token: str, sending: Sending, outcome: str) -> Refused | None:
    return await _answer(grant, ref, token, sending, outcome, DECLINED)


async def _answer(grant: AccountGrant, ref: str, token: str, sending: Sending, outcome: str, state: str) -> Refused | None:
    if grant.viewer.is_staff:
        return Refused("staff")
    capability = await step_grant(grant, ref, token)
    if capability is None:
        return Refused("gone")
    try:
        async with grant.acting("share.accept" if state == ACCEPTED else "share.decline") as entry:
            await use_key(grant.house.database, sending, outcome, grant.now)
            await _write(grant, capability, entry, state)
    except (_Gone, _Already) as refusal:
        return Refused("gone" if isinstance(refusal, _Gone) else "already")
    return None


async def _write(grant: AccountGrant, capability: CapabilityGrant, entry: Entry, state: str) -> None:
    """One statement spends the link: of two who come at the same moment, one has it."""
    database = grant.house.database
    if not await database.rows(SPEND, grant.account, capability.capability, grant.house.clock()):
        raise _Gone
    row = await _asked_still(grant, capability)
    share = await _share(grant, row) if state == ACCEPTED else None
    if not await database.rows(ANSWER, state, grant.now, grant.account, share, row["id"]):
        raise _Gone
    entry.subject, entry.behalf = row["record"], share
    entry.showed("Invitation", [row["id"]])
    event, kind = ("share.accepted", "Share") if share else ("share.declined", "Invitation")
    await tell(database, event, kind, share or row["id"], row["record"], grant.now)


async def _asked_still(grant: AccountGrant, capability: CapabilityGrant) -> dict:
    """The invitation, while whoever sent it may still share this record."""
    names = ("id", "record", "invited_by", "scopes", "share_ends_at")
    rows = await visible(capability, Invitation).rows(names, "state = 'pending'")
    charts = await visible(capability, Record).rows(("ref",))
    if not rows or not charts or (rows[0]["share_ends_at"] and rows[0]["share_ends_at"] <= grant.house.clock()):
        raise _Gone
    system = open_system(grant.house, "invitation", grant.now)
    if not isinstance(await open_for(system, rows[0]["invited_by"], "personal", charts[0]["ref"], INVITES), RecordGrant):
        raise _Gone
    return rows[0]


async def _share(grant: AccountGrant, row: dict) -> UUID:
    """One share of a record for each account: the index says so, and all of this is undone."""
    database, now, ends_at = grant.house.database, grant.house.clock(), row["share_ends_at"]
    await database.rows(LAPSED, grant.account, row["record"], now)
    giving = Giving(
        grant.account, row["record"], row["invited_by"], scopes_from(row["scopes"]), ends_at, review_of(ends_at, now)
    )
    share = await give(database, giving, now)
    if share is None:
        raise _Already
    return share
