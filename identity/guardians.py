"""A teenager's account never writes to an address that a guardian's account holds (SECURITY contract 3)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from access.house import House
from rules.access import ADULT, CHILD, age_at
from tables.sites import site_of

OWN_CHARTS = (
    "SELECT r.id, r.birth_text, r.site FROM share s JOIN record r ON r.id = s.record"
    " WHERE s.account = ? AND s.basis = 'self' AND s.revoked_at IS NULL"
)
HELD = (
    "SELECT 1 FROM share s JOIN account_address a ON a.account = s.account WHERE s.record = ?"
    " AND s.basis IN ('guardian', 'representative') AND a.ended_at IS NULL AND a.confirmed_at IS NOT NULL"
    " AND lower(a.value) = ?"
    " UNION ALL SELECT 1 FROM invitation i JOIN share s ON s.id = i.share WHERE s.record = ?"
    " AND s.basis IN ('guardian', 'representative') AND i.email_key = ?"
)

SHARED_WITH = (
    "SELECT a.id, a.account FROM share g JOIN share t ON t.record = g.record AND t.basis = 'self' AND t.revoked_at IS NULL"
    " JOIN account_address a ON a.account = t.account AND a.ended_at IS NULL AND a.confirmed_at IS NOT NULL"
    " WHERE g.account = ? AND g.basis IN ('guardian', 'representative') AND t.account <> g.account AND lower(a.value) = ?"
)


async def is_guardians(house: House, account: UUID, value: str, now: datetime) -> bool:
    """Whether this account is a teenager's, and the address that of somebody who is, or was, guardian of their record."""
    for chart in await house.database.rows(OWN_CHARTS, account):
        site = await site_of(house.database, chart["site"])
        age = age_at(chart["birth_text"], now.astimezone(ZoneInfo(site["zone"])).date())
        if age is not None and CHILD <= age < ADULT and await _held(house, chart["id"], value):
            return True
    return False


async def also_of_teens(house: House, account: UUID, value: str, now: datetime) -> list[dict]:
    """Where a guardian, who reads this address, would read what a teenager's account is told: the rows of it there."""
    rows = await house.database.rows(SHARED_WITH, account, value.lower())
    return [row for row in rows if await is_guardians(house, row["account"], value, now)]


async def _held(house: House, record: UUID, value: str) -> bool:
    return bool(await house.database.rows(HELD, record, value.lower(), record, value.lower()))
