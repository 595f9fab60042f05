"""Imported records with an owner each, ready to be read page by page."""

from __future__ import annotations

import base64
import contextlib
import json
from collections import defaultdict
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

from app import create_app
from settings import Settings
from tests.support.client import client_of, started
from tests.support.databases import portal
from tests.support.facts import Chart
from tests.support.owners import owner_of, record_of
from tests.support.sent import patients_in
from tables.database import Database

OF_PATIENT = "JOIN record_source p ON p.id = t.patient WHERE p.fhir_id = ?"


@contextlib.asynccontextmanager
async def open_charts(
    address: str, settings: Settings, folder: Path, names: list[str], papers: int
) -> AsyncIterator[list[Chart]]:
    """Imports the folder into a database that is no demo, and opens the charts of the patients in the files named.

    Each of them also gets what must never be seen: see `canaries_of`.
    """
    portal(["migrate"], address)
    portal(["import", str(folder)], address)
    for version in ("final", "entered-in-error"):
        for sent in patients_in([folder / name for name in names]):
            write_canaries(settings.data_dir / "canaries.json", sent.id, version)
            portal(["import", str(settings.data_dir / "canaries.json")], address)
    outer = create_app(settings)
    async with contextlib.AsyncExitStack() as stack:
        app = await stack.enter_async_context(started(outer))
        house = outer.app.state.house
        await hold_back(house.database)
        charts = []
        for sent in patients_in([folder / name for name in names]):
            record = await record_of(house, sent.id)
            died = any(key.startswith("deceased") and value not in (False, "false") for key, value in sent.patient.items())
            basis = "representative" if died else "self"
            token = await owner_of(house, record["id"], record["name"], house.clock(), basis)
            client = await stack.enter_async_context(client_of(app))
            client.http.cookies.set("s", token)
            ids = {
                "report": await _ids(house.database, "diagnostic_report", sent.id),
                "lone": await _ids(house.database, "observation", sent.id),
                "visit": await _ids(house.database, "encounter", sent.id),
            }
            series = await _series(house.database, sent.id)
            charts.append(Chart(sent, client, f"/records/{record['ref']}", ids, series, papers))
        yield charts


CANARIES = ("Kanarie", "77123.5", "66123.5", "55123.5")


def write_canaries(file: Path, patient: str, status: str) -> None:
    """Results, a report and a visit: some were never right, some were withdrawn later, some are not released."""
    about = {"subject": {"reference": f"Patient/{patient}"}}
    entries = [
        *_canary(about, f"{patient}-never", "entered-in-error", "77123.5"),
        *_canary(about, f"{patient}-later", status, "66123.5"),
        *_canary(about, f"{patient}-held", "final", "55123.5"),
    ]
    file.write_text(json.dumps({"resourceType": "Bundle", "type": "collection", "entry": [{"resource": one} for one in entries]}))


def _canary(about: dict, name: str, status: str, number: str) -> list[dict]:
    laboratory = [{"coding": [{"code": "laboratory"}]}]
    note = [{"contentType": "text/plain", "data": base64.b64encode(f"Kanarie {number}".encode()).decode()}]
    when = {"effectiveDateTime": "2021-02-03T10:00:00Z"}
    return [
        {"resourceType": "Observation", "id": f"o-{name}", "status": status, "category": laboratory, **about, **when,
         "code": {"coding": [{"system": "http://loinc.org", "code": "2093-3"}], "text": "Kanarie"},
         "valueQuantity": {"value": float(number), "unit": "mg/dL", "code": "mg/dL"}},
        {"resourceType": "DiagnosticReport", "id": f"r-{name}", "status": status, **about, **when,
         "code": {"text": "Kanarie"}, "presentedForm": note, "result": [{"reference": f"Observation/o-{name}"}]},
        {"resourceType": "Encounter", "id": f"e-{name}", "status": "finished" if status == "final" else status, **about,
         "class": {"code": "AMB"}, "period": {"start": "2021-02-03"}, "reasonCode": [{"text": "Kanarie"}]},
    ]  # fmt: skip


async def hold_back(database: Database) -> None:
    """What the clinic has not released, and what it will release next year."""
    for table, moment in (("observation", None), ("diagnostic_report", None), ("encounter", datetime(2199, 1, 1, tzinfo=UTC))):
        async with database.transaction():
            await database.rows(f"UPDATE {table} SET released_at = ? WHERE fhir_id LIKE '%-held'", moment)


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
