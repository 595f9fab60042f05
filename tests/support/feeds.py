"""Small FHIR resources in the shapes that feeds send, and an import of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec

from access.opening import open_system
from ehr.importing import import_paths
from ehr.report import ImportReport
from tables.database import Database
from tests.support.world import a_house

LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
Resource = dict[str, Any]


def patient(id: str = "p1", **more: Any) -> Resource:
    name = [{"use": "official", "given": ["Ana"], "family": "Reyes"}]
    return {"resourceType": "Patient", "id": id, "name": name, "birthDate": "1980-04-02", "gender": "female"} | more


def observation(id: str = "o1", value: str = "5.40", **more: Any) -> Resource:
    """A laboratory test; the value is a number as text, so that 5.40 stays 5.40."""
    return {
        "resourceType": "Observation",
        "id": id,
        "status": "final",
        "category": [{"coding": [{"code": "laboratory"}]}],
        "code": {"coding": [{"system": LOINC, "code": "2345-7", "display": "Glucose"}]},
        "subject": {"reference": "Patient/p1"},
        "effectiveDateTime": "2026-03-02T08:15:00-06:00",
        "valueQuantity": {"value": Decimal(value), "unit": "mmol/L", "system": UCUM, "code": "mmol/L"},
    } | more


def report(id: str = "r1", results: tuple[str, ...] = ("o1",), **more: Any) -> Resource:
    return {
        "resourceType": "DiagnosticReport",
        "id": id,
        "status": "final",
        "category": [{"coding": [{"code": "LAB"}]}],
        "code": {"text": "Blood sugar"},
        "subject": {"reference": "Patient/p1"},
        "effectiveDateTime": "2026-03-02",
        "result": [{"reference": f"Observation/{one}"} for one in results],
    } | more


def encounter(id: str = "e1", **more: Any) -> Resource:
    return {
        "resourceType": "Encounter",
        "id": id,
        "status": "finished",
        "class": {"code": "AMB"},
        "type": [{"text": "Check-up"}],
        "subject": {"reference": "Patient/p1"},
        "period": {"start": "2026-03-02T08:00:00-06:00"},
    } | more


def bundle(*resources: Resource, kind: str = "collection", base: str = "") -> Resource:
    entries = []
    for resource in resources:
        address = f"{base}/{resource['resourceType']}/{resource['id']}" if base else None
        entries.append({"resource": resource} | ({"fullUrl": address} if address else {}))
    return {"resourceType": "Bundle", "type": kind, "entry": entries}


_encode = msgspec.json.Encoder(decimal_format="number").encode


def written(path: Path, *resources: Resource) -> Path:
    """A JSON file of one resource, or NDJSON of several. A Decimal is written with its final noughts."""
    path.write_bytes(b"\n".join(map(_encode, resources)))
    return path


OWN = "IN (SELECT id FROM record_source WHERE source LIKE ?)"
SCOPES = {
    "record": "id IN (SELECT first_record FROM record_source WHERE source LIKE ?)",
    "series": f"patient {OWN}",
    "share": "record IN (SELECT first_record FROM record_source WHERE source LIKE ?)",
}


async def imported(database: Database, paths: Iterable[Path], source: str, now: datetime, **options: Any) -> ImportReport:
    """An import as the operator's command makes it, with an audit of its own."""
    return await import_paths(open_system(a_house(database, now), "import", now), paths, source, **options)


class Clinic:
    """A clinic whose feed arrives delivery by delivery. Several share a database: each sees its own rows, which are
    those of sources whose names begin with its own."""

    def __init__(self, database: Database, folder: Path, now: datetime):
        self.database, self.folder, self.now = database, folder, now
        self.source = f"clinic {uuid4().hex[:12]}"
        self.deliveries = 0

    def named(self, name: str) -> str:
        """Another source of this clinic."""
        return f"{self.source} {name}"

    async def sends(self, *resources: Resource, **options: Any) -> ImportReport:
        self.deliveries += 1
        ending = "ndjson" if len(resources) > 1 else "json"
        file = written(self.folder / f"delivery{self.deliveries}.{ending}", *resources)
        return await self.sends_file(file, **options)

    async def sends_file(self, *paths: Path, **options: Any) -> ImportReport:
        options = {"zone": "America/Chicago"} | options
        return await imported(self.database, paths, options.pop("source", self.source), self.now, **options)

    async def rows(self, table: str, **where: Any) -> list[dict[str, Any]]:
        terms = " AND ".join([SCOPES.get(table, "source LIKE ?"), *(f"{name} = ?" for name in where)])
        return await self.database.rows(
            f"SELECT * FROM {table} WHERE {terms} ORDER BY id", f"{self.source}%", *where.values()
        )

    async def row(self, table: str, **where: Any) -> dict[str, Any]:
        found = await self.rows(table, **where)
        assert len(found) == 1, f"{len(found)} rows in {table}"
        return found[0]


def outcome(report: ImportReport, fhir_type: str) -> tuple[int, int, int, int, int]:
    """read, stored, unchanged, withdrawn, skipped of one type."""
    one = next(one for one in report.types if one.fhir_type == fhir_type)
    return (one.read, one.stored, one.unchanged, one.withdrawn, len(one.skipped))


def reasons(report: ImportReport, fhir_type: str) -> list[str]:
    return [sent.reason for one in report.types if one.fhir_type == fhir_type for sent in one.skipped]
