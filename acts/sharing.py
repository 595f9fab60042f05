"""What becomes of a share: changed, ended by the patient, left by the helper. Each works at the very second."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from access.grant import RecordGrant
from rules.sharing import Scopes, review_of
from tables.sending import Sending, use_key
from tables.sharing import Giving, give, tell

END = (
    "UPDATE share SET revoked_at = ?, revoked_by = ? WHERE ref = ? AND record = ? AND basis = 'helper'"
    " AND revoked_at IS NULL AND (ends_at IS NULL OR ends_at > ?) RETURNING id, account, created_by"
)


@dataclass(frozen=True, slots=True)
class Terms:
    """What a helper may see and do, and until when; None is until it is ended."""

    scopes: Scopes
    ends_at: datetime | None


class _Over(Exception):
    """There was nothing to change: it ended, or was changed, at this very moment. Rolls everything back."""


async def end_share(grant: RecordGrant, ref: str, sending: Sending, outcome: str) -> bool:
    """False when it had ended already, or is none that the patient can end."""
    return await _end(grant, "share.end", ref, sending, outcome)


async def leave(grant: RecordGrant, sending: Sending, outcome: str) -> bool:
    """The helper ends their own share."""
    return await _end(grant, "share.leave", grant.share_ref, sending, outcome)


async def _end(grant: RecordGrant, action: str, ref: str, sending: Sending, outcome: str) -> bool:
    database = grant.house.database
    try:
        async with grant.acting(action) as entry:
            await use_key(database, sending, outcome, grant.now)
            row = await _ended(grant, ref)
            entry.showed("Share", [row["id"]])
            await tell(database, "share.ended", "Share", row["id"], grant.record, grant.now, also=(row["account"],))
    except _Over:
        return False
    return True


async def _ended(grant: RecordGrant, ref: str) -> dict:
    now = grant.house.clock()
    rows = await grant.house.database.rows(END, now, grant.viewer.account, ref, grant.record, now)
    if not rows:
        raise _Over
    return rows[0]


async def change_share(grant: RecordGrant, ref: str, terms: Terms, sending: Sending, outcome: str) -> bool:
    """A new share takes the place of the old one, so that what was given when can always be told."""
    database = grant.house.database
    try:
        async with grant.acting("share.change") as entry:
            await use_key(database, sending, outcome, grant.now)
            old = await _ended(grant, ref)
            share = await _replace(grant, old, terms)
            entry.showed("Share", [share])
            await tell(database, "share.changed", "Share", share, grant.record, grant.now, also=(old["account"],))
    except _Over:
        return False
    return True


async def _replace(grant: RecordGrant, old: dict, terms: Terms) -> UUID:
    now = grant.house.clock()
    giving = Giving(
        old["account"], grant.record, grant.viewer.account, terms.scopes, terms.ends_at, review_of(terms.ends_at, now),
        replaces=old["id"],
    )  # fmt: skip
    share = await give(grant.house.database, giving, now)
    if share is None:
        raise _Over
    return share
