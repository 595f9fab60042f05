"""Imported records with an owner each, ready to be read page by page."""

from __future__ import annotations

import contextlib
import tempfile
from collections import defaultdict
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

from settings import Settings
from tests.support.canaries import TABLES, honest, write_canaries
from tests.support.client import client_of
from tests.support.databases import portal
from tests.support.facts import Chart
from tests.support.owners import owner_of, record_of
from tests.support.portals import opened_portal
from tests.support.sent import patients_in
from tables.database import Database

OF_PATIENT = "JOIN record_source p ON p.id = t.patient WHERE p.fhir_id = ?"


def import_charts(address: str, folder: Path, names: list[str]) -> None:
    """Imports the folder into a database that is no demo. The patients in the files named also get what must never be
    seen: see `canaries`."""
    portal(["migrate"], address)
    portal(["import", str(folder)], address)
    with tempfile.TemporaryDirectory() as away:
        canaries = Path(away) / "canaries.json"
        for withdrawn in (False, True):
            for sent in patients_in([folder / name for name in names]):
                write_canaries(canaries, sent, withdrawn)
                portal(["import", str(canaries)], address)


@contextlib.asynccontextmanager
async def open_charts(
    address: str, settings: Settings, folder: Path, names: list[str], papers: int
) -> AsyncIterator[list[Chart]]:
    """The charts of the patients in the files named, in a database into which the folder was imported."""
    async with contextlib.AsyncExitStack() as stack:
        opened = await stack.enter_async_context(opened_portal(settings))
        house = opened.house
        await hold_back(house.database)
        charts = []
        for sent in patients_in([folder / name for name in names]):
            record = await record_of(house, sent.id)
            died = any(key.startswith("deceased") and value not in (False, "false") for key, value in sent.patient.items())
            basis = "representative" if died else "self"
            token = await owner_of(house, record["id"], record["name"], house.clock(), basis)
            client = await stack.enter_async_context(client_of(opened.app))
            client.http.cookies.set("s", token)
            ids = {table: await _ids(house.database, table, sent.id) for table in TABLES.values()}
            for one in honest(sent.id):
                sent.by_type[one["resourceType"]].append(one)
            series = await _series(house.database, sent.id)
            charts.append(Chart(sent, client, f"/records/{record['ref']}", ids, series, house.database, papers))
        yield charts


async def hold_back(database: Database) -> None:
    """What the clinic has not released, and what it will release some day."""
    moments = (None, datetime(2199, 1, 1, tzinfo=UTC))
    for number, table in enumerate(TABLES.values()):
        async with database.transaction():
            await database.rows(f"UPDATE {table} SET released_at = ? WHERE fhir_id LIKE '%-held'", moments[number % 2])


async def _ids(database: Database, table: str, patient: str) -> dict[str, str]:
    rows = await database.rows(f"SELECT t.ref, t.fhir_id FROM {table} t {OF_PATIENT}", patient)
    return {row["ref"]: row["fhir_id"] for row in rows}


async def _series(database: Database, patient: str) -> dict[str, list[str]]:
    rows = await database.rows(
        "SELECT s.ref, t.fhir_id FROM observation t JOIN series s ON s.id = t.series"
        f" {OF_PATIENT} AND t.component IS NULL AND t.released_at IS NOT NULL AND t.withdrawn_at IS NULL", patient,
    )
    found: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        found[row["ref"]].append(row["fhir_id"])
    return dict(found)
