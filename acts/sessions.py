"""Signing out elsewhere: one of one's own browsers, or all but the one in hand."""

from __future__ import annotations

from access.grant import AccountGrant
from identity.sessions import ENDED, end_others as end_all_others

ACTION = "account.end_session"


async def end_session(grant: AccountGrant, ref: str) -> bool:
    """False when it is none of one's own, or has ended already."""
    async with grant.acting(ACTION) as entry:
        ended = await grant.house.database.rows(
            "UPDATE session SET revoked_at = ?, end_reason = ? WHERE ref = ? AND account = ? AND revoked_at IS NULL"
            " RETURNING id",
            grant.now, ENDED, ref, grant.account,
        )
        entry.showed("Session", [row["id"] for row in ended])
    return bool(ended)


async def end_others(grant: AccountGrant) -> None:
    """Doing so twice changes nothing more, so it needs no form key."""
    async with grant.acting(ACTION) as entry:
        entry.showed("Session", await end_all_others(grant.house, grant.account, grant.viewer.session, grant.now))
