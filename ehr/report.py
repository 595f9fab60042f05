"""What an import did: how many resources of each type were read, and what became of every one of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Skipped:
    """A resource that shows nowhere, and why. Its JSON is kept where it has an id."""

    id: str
    reason: str


@dataclass(frozen=True, slots=True)
class TypeReport:
    """read = stored + unchanged + withdrawn + skipped."""

    fhir_type: str
    read: int
    stored: int
    unchanged: int
    withdrawn: int
    skipped: tuple[Skipped, ...]


@dataclass(frozen=True, slots=True)
class ImportReport:
    types: tuple[TypeReport, ...]
    files: int = 0
    late: int = 0
    """Resources of earlier runs that could be completed by what came now."""
    longest_transaction: float = 0.0
    """Seconds."""
    resumed: bool = False
    seconds: float = 0.0

    @property
    def read(self) -> int:
        return sum(one.read for one in self.types)

    @property
    def per_second(self) -> float:
        return self.read / self.seconds if self.seconds else 0.0

    def as_json(self) -> dict[str, Any]:
        return {
            "types": {
                one.fhir_type: {
                    "read": one.read,
                    "stored": one.stored,
                    "unchanged": one.unchanged,
                    "withdrawn": one.withdrawn,
                    "skipped": [{"id": sent.id, "reason": sent.reason} for sent in one.skipped],
                }
                for one in self.types
            }
        }

    def table(self) -> list[tuple[str, int, int, int, int, int]]:
        """For a screen: type, read, stored, unchanged, withdrawn, skipped; the last row is the sum of all."""
        rows = [(t.fhir_type, t.read, t.stored, t.unchanged, t.withdrawn, len(t.skipped)) for t in self.types]
        return (
            [*rows, ("All", *(sum(column) for column in zip(*(row[1:] for row in rows), strict=True)))] if rows else []
        )

    def reasons(self) -> list[tuple[str, str, int, str]]:
        """For a screen: type, reason, how many, and the first id; most frequent first."""
        found: dict[tuple[str, str], list[str]] = {}
        for one in self.types:
            for sent in one.skipped:
                found.setdefault((one.fhir_type, sent.reason), []).append(sent.id)
        rows = [(fhir_type, reason, len(ids), ids[0]) for (fhir_type, reason), ids in found.items()]
        return sorted(rows, key=lambda row: -row[2])


@dataclass(slots=True)
class Tally:
    """Counts while a run goes on."""

    read: dict[str, int] = field(default_factory=dict)
    stored: dict[str, int] = field(default_factory=dict)
    unchanged: dict[str, int] = field(default_factory=dict)
    withdrawn: dict[str, int] = field(default_factory=dict)
    skipped: dict[str, list[Skipped]] = field(default_factory=dict)
    waiting: dict[tuple[str, str], str] = field(default_factory=dict)
    """Skipped for want of another resource that may still come in this run."""

    def add(self, outcome: str, fhir_type: str, times: int = 1) -> None:
        counts = getattr(self, outcome)
        counts[fhir_type] = counts.get(fhir_type, 0) + times

    def skip(self, fhir_type: str, fhir_id: str, reason: str, waits: bool = False) -> None:
        if waits and (fhir_type, fhir_id) not in self.waiting:
            self.waiting[fhir_type, fhir_id] = reason
        else:
            self.skipped.setdefault(fhir_type, []).append(Skipped(fhir_id, reason))

    def settle(self, fhir_type: str, fhir_id: str) -> None:
        """What it waited for has come; nothing to do for what waited since an earlier run."""
        if self.waiting.pop((fhir_type, fhir_id), None):
            self.add("stored", fhir_type)

    def report(self, **about: Any) -> ImportReport:
        for (fhir_type, fhir_id), reason in self.waiting.items():
            self.skipped.setdefault(fhir_type, []).append(Skipped(fhir_id, reason))
        self.waiting.clear()
        return ImportReport(tuple(self._of(name) for name in sorted(self.read)), **about)

    def _of(self, name: str) -> TypeReport:
        counts = (self.read, self.stored, self.unchanged, self.withdrawn)
        return TypeReport(name, *(count.get(name, 0) for count in counts), tuple(self.skipped.get(name, ())))
