"""The demo's clinic: one family practice in a small town on a river."""

from __future__ import annotations

from datetime import datetime

from access.house import House
from seeds.cast import fixed_id, fixed_ref

NAME = "Riverbend Family Clinic"
ZONE = "America/Chicago"
PHONE = "(555) 555-0142"
ADDRESS = "210 Mill Street, Riverbend"
SITE = fixed_id("site", "riverbend")

TEXTS = {
    ("clinic.name", "en"): NAME,
    ("clinic.name", "es"): NAME,
    ("clinic.hours", "en"): "Monday to Friday, 8 am to 5 pm",
    ("clinic.hours", "es"): "De lunes a viernes, de 8 a 17 horas",
    ("clinic.emergency", "en"): "In an emergency call 911",
    ("clinic.emergency", "es"): "En una emergencia llame al 911",
}


async def plant_clinic(house: House, now: datetime) -> None:
    """Inside a transaction. A second planting changes nothing."""
    rows = house.database.rows
    await rows(
        "INSERT INTO clinic_site (id, ref, name, zone, phone, address, active) VALUES (?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        SITE, fixed_ref("site", "riverbend"), NAME, ZONE, PHONE, ADDRESS, True,
    )
    for (name, locale), text in TEXTS.items():
        await rows(
            "INSERT INTO clinic_text (id, name, locale, text, since) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            fixed_id("text", f"{name} {locale}"), name, locale, text, now,
        )
