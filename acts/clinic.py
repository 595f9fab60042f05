"""What the clinic says of itself on every page, and the time zone of its days."""

from __future__ import annotations

from uuid import UUID

from access.grant import SystemGrant
from tables.base import new_id, new_ref
from tables.sites import site_of

OF_SITE = ("name", "phone", "zone", "address")


async def describe_clinic(grant: SystemGrant, told: dict[str, str]) -> None:
    """Of name, phone, zone, address and hours, those that are told anew; the others stay as they are."""
    database = grant.house.database
    async with grant.acting("system.clinic"):
        site = await _site(grant)
        for name in OF_SITE:
            if name in told:
                await database.rows(f"UPDATE clinic_site SET {name} = ? WHERE id = ?", told[name], site)
        if "hours" in told:
            await database.rows(
                "INSERT INTO clinic_text (id, name, locale, text, since) VALUES (?, 'clinic.hours', 'en', ?, ?)",
                new_id(), told["hours"], grant.now,
            )  # fmt: skip


async def _site(grant: SystemGrant) -> UUID:
    """The one whose words stand on every page; made when there is none."""
    known = (await site_of(grant.house.database))["id"]
    site = known or new_id()
    if not known:
        await grant.house.database.rows(
            "INSERT INTO clinic_site (id, ref, name, zone, phone, address, active) VALUES (?, ?, '', '', '', '', ?)",
            site, new_ref(), True,
        )  # fmt: skip
    return site
