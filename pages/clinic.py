"""The clinic's own words for the frame of every page: its name, phone, hours and zone, in the reader's language."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass

from tables.clinic import ClinicText
from tables.database import Database
from tables.sites import site_of
from words.gettext import N_, Later

FRESH_SECONDS = 15.0
FALLBACK = "en"
UNNAMED = "Plainchart"
"""Until the clinic has said its name: a page must not end its title, or a link, in nothing."""
_kept: dict[tuple[str, str], tuple[float, Clinic]] = {}


@dataclass(frozen=True, slots=True)
class Clinic:
    name: str
    phone: str
    phone_href: str
    hours: str | Later
    address: str
    zone: str


async def clinic(database: Database, locale: str) -> Clinic:
    """Kept for a quarter of a minute in each process: it decides nothing, and it is on every page."""
    kept = _kept.get((database.url, locale))
    if kept is None or time.monotonic() - kept[0] > FRESH_SECONDS:
        site = await site_of(database)
        texts = await ClinicText.select(ClinicText.name, ClinicText.locale, ClinicText.text).order_by(ClinicText.since)
        kept = _kept[database.url, locale] = (time.monotonic(), _clinic(site, tuple(texts), locale))
    return kept[1]


async def said_of_clinic(database: Database) -> dict[str, str]:
    """What the clinic has said so far, each "" until then; without the words that stand in for it on pages."""
    site = await site_of(database)
    zone = await database.rows("SELECT zone FROM clinic_site WHERE id = ?", site["id"]) if site["id"] else []
    hours = await database.rows(
        "SELECT text FROM clinic_text WHERE name = 'clinic.hours' AND locale = ? ORDER BY since DESC LIMIT 1", FALLBACK
    )
    said = {name: site[name] or "" for name in ("name", "phone", "address")}
    return said | {"zone": zone[0]["zone"] if zone else "", "hours": hours[0]["text"] if hours else ""}


def _clinic(site: dict, texts: tuple, locale: str) -> Clinic:
    in_force = {(row["name"], row["locale"]): row["text"] for row in texts}

    def text(name: str, default: str) -> str:
        return in_force.get((name, locale)) or in_force.get((name, FALLBACK)) or default

    digits = re.sub(r"\D", "", site["phone"])
    return Clinic(
        name=text("clinic.name", site["name"]) or UNNAMED, phone=site["phone"], zone=site["zone"],
        phone_href=f"tel:+1{digits}" if len(digits) == 10 else f"tel:{digits}",
        hours=text("clinic.hours", "") or Later(N_("when we are open")), address=site["address"] or "",
    )
