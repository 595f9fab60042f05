"""Whoever holds an address that counted before takes back what was changed since, within a week, with the link of a message:
the addresses are again what they were, and every browser is signed out (SECURITY contract 3).

What was taken back is told to the addresses of before and of after, and their messages have no such link: two who hold one
each could go on without end.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from access.grant import CapabilityGrant, Changed
from identity.codes import CONTACT_STOP
from identity.sent_codes import ADDRESS, end_codes
from identity.sessions import ENDED, revoke_all
from tables.queue import enqueue_notice
from tables.sending import Sending, Spent, spend_capability, use_key

HOLD = "UPDATE account SET kind = kind WHERE id = (SELECT account FROM address_change WHERE id = ?) RETURNING id"
SINCE = (
    "SELECT d.id, d.address, d.did, d.at FROM address_change d JOIN address_change first ON first.id = ?"
    " WHERE d.account = first.account AND d.stopped_at IS NULL AND (d.at > first.at OR (d.at = first.at AND d.id >= first.id))"
    " ORDER BY d.at DESC, d.id DESC"
)
STOPPED = "UPDATE address_change SET stopped_at = ?, secret = NULL WHERE id = ?"
TAKE_AWAY = "UPDATE account_address SET ended_at = ? WHERE id = ? AND ended_at IS NULL"
GIVE_BACK = (
    "UPDATE account_address SET ended_at = NULL WHERE id = ? AND ended_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM"
    " account_address same WHERE same.account = account_address.account AND same.kind = account_address.kind"
    " AND lower(same.value) = lower(account_address.value) AND same.ended_at IS NULL AND same.confirmed_at IS NOT NULL)"
)
IN_ITS_WAY = (
    "SELECT o.id FROM account_address o JOIN account_address back ON back.id = ? AND o.account = back.account"
    " AND o.kind = back.kind AND lower(o.value) = lower(back.value) WHERE o.ended_at IS NULL AND o.confirmed_at IS NULL"
)
PHONES_OUT = (
    "UPDATE authenticator SET ended_at = ?, secret = NULL WHERE account = ? AND ended_at IS NULL AND address IN"
    " (SELECT a.id FROM account_address a WHERE a.account = authenticator.account AND a.ended_at IS NOT NULL)"
)
REVOKE = "UPDATE capability SET revoked_at = ? WHERE purpose = ? AND object = ? AND revoked_at IS NULL AND uses < uses_allowed"


async def stop_change(grant: CapabilityGrant, sending: Sending, outcome: str) -> bool:
    """This change and all after it. False when somebody else who holds the link pressed at the same moment."""
    try:
        await _stop(grant, sending, outcome)
    except (Spent, Changed):
        return False
    return True


async def _stop(grant: CapabilityGrant, sending: Sending, outcome: str) -> None:
    house, now, change = grant.house, grant.house.clock(), UUID(grant.object)
    async with grant.acting("account.address_stop") as entry:
        await use_key(house.database, sending, outcome, now)
        held = await house.database.rows(HOLD, change)
        if not held:
            raise Changed
        account = entry.subject = held[0]["id"]
        await spend_capability(house.database, grant.capability, account, now)
        await _tell(grant, account, change)
        for one in await house.database.rows(SINCE, change):
            await _take_back(grant, account, one, now)
            entry.showed("AccountAddress", [one["address"]])
        await house.database.rows(PHONES_OUT, now, account)
        await _tell(grant, account, change)
        await revoke_all(house, account, now, ENDED)


async def _take_back(grant: CapabilityGrant, account: UUID, one: dict, now: datetime) -> None:
    database = grant.house.database
    if one["did"] == "added":
        await database.rows(TAKE_AWAY, now, one["address"])
    else:
        for waiting in await database.rows(IN_ITS_WAY, one["address"]):
            await end_codes(grant.house, account, ADDRESS, waiting["id"], now)
            await database.rows(TAKE_AWAY, now, waiting["id"])
        await database.rows(GIVE_BACK, one["address"])
    await database.rows(STOPPED, now, one["id"])
    await database.rows(REVOKE, now, CONTACT_STOP, str(one["id"]))


async def _tell(grant: CapabilityGrant, account: UUID, change: UUID) -> None:
    """Said before and after: an address that counts both times is told once."""
    await enqueue_notice(grant.house.database, "account.address_stopped", account, "AddressChange", change, grant.now)
