"""What a person changes about how they sign in: a new sheet of one-time codes."""

from __future__ import annotations

from access.grant import AccountGrant
from identity import codes
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
