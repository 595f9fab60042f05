"""The lines that numbers of one test make over time: looked up for a batch, remembered for a run, made when new."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from ehr.lookups import Lookups
from ehr.placing import series_key
from tables.base import new_id, new_ref
from tables.database import Database

MOST_PATIENTS = 500
"""Whose series are remembered at a time, so that memory stays flat."""


@dataclass(slots=True)
class SeriesBook:
    database: Database
    ids: dict[tuple[UUID, str, str, str], UUID] = field(default_factory=dict)
    patients: set[UUID] = field(default_factory=set)

    async def know(self, patients: Iterable[UUID]) -> None:
        """Reads what is there of these patients, before the transaction."""
        missing = set(patients) - self.patients
        if not missing:
            return
        if len(self.patients) + len(missing) > MOST_PATIENTS:
            self.forget()
            missing = set(patients)
        self.ids |= await Lookups(self.database).series(missing)
        self.patients |= missing

    def forget(self) -> None:
        """A batch failed: what it made is not there."""
        self.ids.clear()
        self.patients.clear()

    async def of(self, values: dict[str, Any]) -> UUID | None:
        """The series of a row, a new one where it is the first of its kind; None for what is no measurement."""
        key = series_key(values)
        if key is None:
            return None
        return self.ids.get(key) or await self._new(key, values["label"])

    async def _new(self, key: tuple[UUID, str, str, str], label: str) -> UUID:
        self.ids[key] = new_id()
        patient, category, analyte, unit = key
        await self.database.rows(
            "INSERT INTO series (id, ref, patient, category, analyte, unit, label) VALUES (?, ?, ?, ?, ?, ?, ?)",
            self.ids[key], new_ref(), patient, category, analyte, unit, label,
        )  # fmt: skip
        return self.ids[key]
