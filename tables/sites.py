"""Which of the clinic's sites something belongs to: the one rule, for pages, feeds and decisions alike."""

from __future__ import annotations

from uuid import UUID

from tables.database import Database

SITE = (
    "SELECT id, name, zone, phone, address FROM clinic_site WHERE active = ? OR id = ?"
    " ORDER BY CASE WHEN id = ? THEN 0 ELSE 1 END, name, id LIMIT 1"
)
NOWHERE = {"id": None, "name": "", "zone": "UTC", "phone": "", "address": ""}


async def site_of(database: Database, own: UUID | None = None) -> dict:
    """The site a record names as its `own`, else the first active one by name; of a clinic without any, words of none."""
    rows = await database.rows(SITE, True, own, own)
    return {**rows[0], "zone": rows[0]["zone"] or NOWHERE["zone"]} if rows else NOWHERE


async def sites_called(database: Database, name: str) -> list[dict]:
    """The active sites with this ref, or this name in whichever letters."""
    rows = await open_sites(database)
    return [row for row in rows if name == row["ref"] or name.casefold() == row["name"].casefold()]


async def open_sites(database: Database) -> list[dict]:
    return await database.rows("SELECT id, ref, name FROM clinic_site WHERE active = ? ORDER BY name, id", True)
