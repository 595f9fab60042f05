"""What of a source is already here: read in a few statements for a whole batch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from ehr.references import Target
from ehr.statements import among, listed
from tables.database import Database

# Where the words of a resource are found that another one names without a display text.
NAMED = {
    "Patient": ("record", "name"),
    "Practitioner": ("practitioner", "name"),
    "PractitionerRole": ("practitioner_role", "name"),
    "Organization": ("organization", "name"),
    "Location": ("location", "name"),
    "RelatedPerson": ("related_person", "name"),
    "Schedule": ("schedule", "name"),
    "Condition": ("condition", "label"),
    "Procedure": ("procedure", "label"),
    "Goal": ("goal", "label"),
    "CareTeam": ("care_team", "label"),
    "ChargeItem": ("charge_item", "label"),
    "Encounter": ("encounter", "label"),
    "Observation": ("observation", "label"),
    "MedicationRequest": ("medication_request", "label"),
    "Immunization": ("immunization", "label"),
    "AllergyIntolerance": ("allergy_intolerance", "label"),
    "DocumentReference": ("document_reference", "label"),
    "DiagnosticReport": ("diagnostic_report", "label"),
    **dict.fromkeys(("Medication", "Specimen", "Device", "HealthcareService", "Group"), ("named_resource", "name")),
}
# Words of these are a patient's own: nobody else's resource may borrow them.
CLINICAL_NAMES = frozenset(
    {
        "RelatedPerson", "Condition", "Procedure", "Goal", "CareTeam", "ChargeItem", "Encounter", "Observation",
        "MedicationRequest", "Immunization", "AllergyIntolerance", "DocumentReference", "DiagnosticReport",
    }
)  # fmt: skip
# Tables whose rows are linked to by others, by the type that is referred to.
LINKED = {"Encounter": "encounter", "Observation": "observation", "DiagnosticReport": "diagnostic_report"}


@dataclass(frozen=True, slots=True)
class Version:
    """One stored version of one resource."""

    id: UUID
    sha256: bytes
    version: str
    current: bool
    withdrawn: bool
    updated_at: datetime | None
    skipped: str | None
    run: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A RecordSource and its record."""

    id: UUID
    record: UUID
    first_record: UUID
    disputed: bool
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class Name:
    """Words that a resource lends to those that name it; `owner` is its patient's FHIR id, '' for everybody's."""

    words: str
    owner: str


@dataclass(frozen=True, slots=True)
class Found:
    """A row that a link may point to."""

    id: UUID
    record: UUID


@dataclass(frozen=True, slots=True)
class Lookups:
    database: Database

    async def versions(self, source: str, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], list[Version]]:
        found: dict[tuple[str, str], list[Version]] = defaultdict(list)
        for fhir_type, ids in _by_type(keys).items():
            rows = await self.database.rows(
                "SELECT fhir_id, id, sha256, version, current, withdrawn, updated_at, skipped, run FROM raw_resource"
                " WHERE source = ? AND fhir_type = ? AND " + among(self.database, "fhir_id"),
                source, fhir_type, listed(self.database, ids),
            )  # fmt: skip
            for row in rows:
                found[fhir_type, row.pop("fhir_id")].append(_version(row))
        return found

    async def filed(self, source: str, targets: Iterable[Target]) -> set[Target]:
        """Those of the targets that have come and were not withdrawn or left out."""
        wanted = set(targets)
        known = await self.by_identifier(source, wanted)
        found = await self.versions(source, {known.get(target, target) for target in wanted})
        here = {
            Target(*key)
            for key, versions in found.items()
            if any(version.current and not version.skipped and not version.withdrawn for version in versions)
        }
        return {target for target in wanted if known.get(target, target) in here}

    async def charts(self, source: str, ids: Iterable[str]) -> dict[str, Chart]:
        rows = await self.database.rows(
            "SELECT fhir_id, id, record, first_record, disputed_at, withdrawn_at FROM record_source"
            " WHERE source = ? AND fhir_type = 'Patient' AND " + among(self.database, "fhir_id"),
            source, listed(self.database, sorted(set(ids))),
        )  # fmt: skip
        return {
            row["fhir_id"]: Chart(
                row["id"], row["record"], row["first_record"], bool(row["disputed_at"]), bool(row["withdrawn_at"])
            )
            for row in rows
        }

    async def by_identifier(self, source: str, targets: Iterable[Target]) -> dict[Target, Target]:
        """References by identifier, as references by id. One that fits several resources is left out."""
        found: dict[Target, Target] = {}
        wanted = [target for target in targets if target.by_identifier]
        for fhir_type in {target.fhir_type for target in wanted}:
            apart = {t: t.fhir_id[1:].rpartition("|") for t in wanted if t.fhir_type == fhir_type}
            rows = await self.database.rows(
                "SELECT system, value, fhir_id FROM feed_identifier WHERE source = ? AND fhir_type = ? AND "
                + among(self.database, "value"),
                source, fhir_type, listed(self.database, sorted({value for _, _, value in apart.values()})),
            )  # fmt: skip
            for target, (system, _, value) in apart.items():
                ids = {r["fhir_id"] for r in rows if r["value"] == value and system in ("", r["system"])}
                if len(ids) == 1:
                    found[target] = Target(fhir_type, ids.pop())
        return found

    async def rows(self, source: str, targets: Iterable[Target]) -> dict[Target, Found]:
        """The rows that links point to."""
        found: dict[Target, Found] = {}
        for fhir_type, ids in _by_type(targets).items():
            table = LINKED.get(fhir_type)
            if table is None:
                continue
            whole = " AND t.component IS NULL" if table == "observation" else ""
            rows = await self.database.rows(
                f"SELECT t.fhir_id, t.id, s.record FROM {table} t JOIN record_source s ON s.id = t.patient"
                f" WHERE t.source = ? AND t.fhir_type = ?{whole} AND " + among(self.database, "t.fhir_id"),
                source, fhir_type, listed(self.database, ids),
            )  # fmt: skip
            found |= {Target(fhir_type, row["fhir_id"]): Found(row["id"], row["record"]) for row in rows}
        return found

    async def names(self, source: str, targets: Iterable[Target]) -> dict[Target, Name]:
        """Words for what is referred to without any. What was withdrawn lends none."""
        targets = set(targets)
        known = await self.by_identifier(source, targets)
        found: dict[Target, Name] = {}
        for fhir_type, ids in _by_type(known.get(target, target) for target in targets).items():
            if fhir_type in NAMED:
                found |= await self._names_of(source, fhir_type, ids)
        return found | {target: found[known[target]] for target in known if known[target] in found}

    async def _names_of(self, source: str, fhir_type: str, ids: list[str]) -> dict[Target, Name]:
        table, column = NAMED[fhir_type]
        if table == "record":
            sql = "SELECT t.fhir_id, o.name AS words, '' AS owner FROM record_source t JOIN record o ON o.id = t.record"
        elif fhir_type in CLINICAL_NAMES:
            sql = (
                f"SELECT t.fhir_id, t.{column} AS words, o.fhir_id AS owner FROM {table} t"
                " JOIN record_source o ON o.id = t.patient"
            )
        else:
            sql = f"SELECT t.fhir_id, t.{column} AS words, '' AS owner FROM {table} t"
        whole = " AND t.component IS NULL" if table == "observation" else ""
        rows = await self.database.rows(
            f"{sql} WHERE t.source = ? AND t.fhir_type = ? AND t.withdrawn_at IS NULL{whole} AND "
            + among(self.database, "t.fhir_id"),
            source, fhir_type, listed(self.database, ids),
        )  # fmt: skip
        return {Target(fhir_type, row["fhir_id"]): Name(row["words"], row["owner"]) for row in rows if row["words"]}

    async def existing(
        self, table: str, source: str, keys: Iterable[tuple[str, str]]
    ) -> dict[tuple, list[dict[str, Any]]]:
        """All rows of these resources in one table."""
        found: dict[tuple, list[dict[str, Any]]] = defaultdict(list)
        for fhir_type, ids in _by_type(keys).items():
            rows = await self.database.rows(
                f"SELECT * FROM {table} WHERE source = ? AND fhir_type = ? AND " + among(self.database, "fhir_id"),
                source, fhir_type, listed(self.database, ids),
            )  # fmt: skip
            for row in rows:
                found[fhir_type, row["fhir_id"]].append(row)
        return found

    async def series(self, patients: Iterable[UUID]) -> dict[tuple[UUID, str, str, str], UUID]:
        rows = await self.database.rows(
            "SELECT id, patient, category, analyte, unit FROM series WHERE " + among(self.database, "patient", "uuid"),
            listed(self.database, list(patients)),
        )
        return {(row["patient"], row["category"], row["analyte"], row["unit"]): row["id"] for row in rows}


def _by_type(keys: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for fhir_type, fhir_id in dict.fromkeys(tuple(key) for key in keys):
        if not fhir_id.startswith("?"):
            found[fhir_type].append(fhir_id)
    return found


def _version(row: dict[str, Any]) -> Version:
    row["sha256"] = bytes(row["sha256"])
    row["current"], row["withdrawn"] = bool(row["current"]), bool(row["withdrawn"])
    return Version(**row)
