"""How a person wants to be called, and to read."""

from __future__ import annotations

from access.grant import AccountGrant
from tables.sending import Sending, use_key


async def change_preferences(
    grant: AccountGrant, called: str, text_size: str, locale: str, sending: Sending, outcome: str
) -> None:
    async with grant.acting("account.preferences"):
        await use_key(grant.house.database, sending, outcome, grant.now)
        await grant.house.database.rows(
            "UPDATE account SET called = ?, text_size = ?, locale = ? WHERE id = ?",
            called or None, text_size, locale, grant.account,
        )
