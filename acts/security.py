"""What a person changes about how they sign in: a new sheet of one-time codes, ending another browser's session."""

from __future__ import annotations

from access.grant import AccountGrant
from identity import codes
from identity.sessions import ENDED
from tables.queue import enqueue_notice
from tables.sending import Sending, use_key


async def make_sheet(grant: AccountGrant, sending: Sending, outcome: str) -> None:
    """Ten new codes; those of the old sheet stop working. Every address of the account is told."""
    house = grant.house
    async with grant.acting("account.new_codes") as entry:
        await use_key(house.database, sending, outcome, grant.now)
        sheet = await codes.make_sheet(house, grant.account, grant.now)
        await enqueue_notice(house.database, "account.codes_made", grant.account, "Authenticator", sheet, grant.now)
        entry.showed("Authenticator", [sheet])


async def put_sheet_away(grant: AccountGrant) -> None:
    """Doing so twice changes nothing more, so it needs no form key."""
    async with grant.acting("account.codes_kept"):
        await codes.put_away(grant.house, grant.account)


async def end_session(grant: AccountGrant, ref: str) -> bool:
    """Ends one of one's own signed-in browsers; False when it is none, or has ended already."""
    async with grant.acting("account.end_session") as entry:
        ended = await grant.house.database.rows(
            "UPDATE session SET revoked_at = ?, end_reason = ? WHERE ref = ? AND account = ? AND revoked_at IS NULL"
            " RETURNING id",
            grant.now, ENDED, ref, grant.account,
        )
        entry.showed("Session", [row["id"] for row in ended])
    return bool(ended)
