"""Where somebody signs in from: kept as a keyed hash, so that a copy of the database tells nobody where its people live."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime
from uuid import UUID

from access.audit import Entry
from access.house import House
from access.viewer import Visitor
from tables.queue import enqueue_notice

NEW_DEVICE = "NewDevice"
"""How the entry of a sign-in names it, beside what the session itself says for as long as there is one."""


def places_of(house: House, ip: str) -> list[str]:
    """What a session keeps of the address it was opened from (IPv4, or the /64 of IPv6), and what earlier ones may have kept
    of it: under each key, newest first."""
    return [hmac.new(key, b"place " + ip.encode(), hashlib.sha256).hexdigest()[:32] for key in house.keyring.keys]


async def tell_of_new_device(house: House, account: UUID, visitor: Visitor, now: datetime, entry: Entry) -> None:
    """Inside the transaction of a sign-in: to every address, once a day, since the place of a phone changes by the hour."""
    entry.showed(NEW_DEVICE, [account])
    once = f"new_device {hashlib.sha256(visitor.device.encode()).hexdigest()[:16]} {now.date()}"
    await enqueue_notice(house.database, "account.new_device", account, "Account", account, now, dedupe=once)
