"""Changes of an account that are locked: from "this wasn't me" until the clinic has spoken with its owner.

While they are, `access` refuses every route that asks for a fresh factor. Whoever changes an account where nobody is signed
in, such as recovery by mail, asks here, inside its transaction.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from access.house import House

LOCK = "UPDATE account SET changes_locked_at = COALESCE(changes_locked_at, ?) WHERE id = ? RETURNING id"
UNLOCK = "UPDATE account SET changes_locked_at = NULL WHERE id = ? AND changes_locked_at IS NOT NULL RETURNING id"
HELD = "UPDATE account SET kind = kind WHERE id = ? RETURNING changes_locked_at"


async def changes_locked(house: House, account: UUID) -> bool:
    """Inside a transaction, which holds the account's row from here on: who locks waits for it, or it sees the lock."""
    rows = await house.database.rows(HELD, account)
    return bool(rows) and rows[0]["changes_locked_at"] is not None


async def lock_changes(house: House, account: UUID, now: datetime) -> None:
    """Inside a transaction. What is locked keeps the moment since when."""
    await house.database.rows(LOCK, now, account)


async def unlock_changes(house: House, account: UUID) -> bool:
    """Inside a transaction: whether they were locked."""
    return bool(await house.database.rows(UNLOCK, account))
