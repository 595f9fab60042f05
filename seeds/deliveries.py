"""Hands what the feeds sent to the importer, the real door, in the order in which it came over the years."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from access.house import House
from access.opening import open_system
from ehr.importing import import_paths
from ehr.report import ImportReport
from seeds.cast import Person, Resource, fixed_id
from seeds.clinic import ZONE
from seeds.fhir import directory

SOURCE = "riverbend"
ENCODE = msgspec.json.Encoder(decimal_format="number").encode


async def deliver(house: House, people: Sequence[Person], now: datetime) -> list[ImportReport]:
    """One import for each day on which something came, oldest first. Doing it again changes nothing."""
    days: dict[int, list[Resource]] = {}
    for person in people:
        for delivery in person.feed(now) if person.feed else ():
            days.setdefault(delivery.days_ago, []).extend(delivery.resources)
    link = {person.handle: fixed_id("record", person.handle) for person in people if person.has_record}
    reports = []
    for number, days_ago in enumerate(sorted(days, reverse=True)):
        resources = [*(directory() if number == 0 else ()), *days[days_ago]]
        reports.append(await _import(house, resources, now - timedelta(days=days_ago), link))
    return reports


async def _import(house: House, resources: list[Resource], at: datetime, link: dict) -> ImportReport:
    with tempfile.TemporaryDirectory(prefix="plainchart-demo-") as folder:
        file = Path(folder) / "feed.ndjson"
        file.write_bytes(b"\n".join(ENCODE(_dated(resource, at)) for resource in resources))
        return await import_paths(open_system(house, "import", at), [file], SOURCE, link=link, zone=ZONE)


def _dated(resource: Resource, at: datetime) -> Resource:
    """When its system last touched it, by which a version that comes late is known to be the older one."""
    return resource | {"meta": {**resource.get("meta", {}), "lastUpdated": at.isoformat()}}


async def hold(house: House, people: Sequence[Person], now: datetime) -> None:
    """What a clinician holds back for a few days, and what a patient marked "only me". Inside a transaction."""
    for person in people:
        for table, slug, days in person.held:
            await house.database.rows(
                f"UPDATE {table} SET released_at = ? WHERE source = ? AND fhir_id = ?",
                now + timedelta(days=days), SOURCE, f"{person.handle}-{slug}",
            )
        for table, kind, slug in person.only_me:
            await _only_me(house, person, table, kind, f"{person.handle}-{slug}", now)


async def _only_me(house: House, person: Person, table: str, kind: str, fhir_id: str, now: datetime) -> None:
    rows = await house.database.rows(f"SELECT id FROM {table} WHERE source = ? AND fhir_id = ?", SOURCE, fhir_id)
    for row in rows:
        await house.database.rows(
            "INSERT INTO item_privacy (id, record, fhir_type, item, since) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            fixed_id("only me", fhir_id), fixed_id("record", person.handle), kind, str(row["id"]), now,
        )
