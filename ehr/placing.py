"""From a projected row to the row that is stored: identity, release, withdrawal, and what a correction replaced."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from ehr.batch import Batch, Work, linked_id
from ehr.rows import Row
from rules.release import released_at
from rules.results import Shown, shown_state
from tables.base import new_id, new_ref

SAID = (Shown.FINAL, Shown.CORRECTED)


def placed(batch: Batch, work: Work, row: Row, before: dict[str, Any] | None, now: datetime) -> dict[str, Any]:
    """All values of the row, a version of what stood there before. `show_status` is the status that decides release
    where it is another than the one that is kept."""
    values, sent = row.values, work.sent
    show = values.pop("show_status", values.get("status", ""))
    values |= {
        "id": before["id"] if before else new_id(),
        "ref": before["ref"] if before else new_ref(),
        "source": batch.source,
        "fhir_type": sent.fhir_type,
        "fhir_id": sent.fhir_id,
        "withdrawn_at": None,
        "first_seen_at": before["first_seen_at"] if before else now,
        "changed_at": now,
    }
    if work.chart:
        values["patient"] = work.chart.id
        values["sensitive"] = sent.sensitive
        values["released_at"] = _released(sent.fhir_type, show, before, now)
        values.setdefault("corrected", False)
        if before and before.get("corrected") and values.get("status") == before["status"]:
            values["corrected"] = True
    for column, target in row.links.items():
        values[column] = linked_id(batch, work, target)
    return values


def _released(fhir_type: str, status: str, before: dict[str, Any] | None, now: datetime) -> datetime | None:
    """What showed goes on showing from the same moment. What somebody holds back stays held whatever the feed sends."""
    fresh = released_at(fhir_type, status, now)
    if fresh is None or before is None or before["withdrawn_at"] is not None:
        return fresh
    if before["released_at"] is not None:
        return before["released_at"]
    was_showable = released_at(fhir_type, before["status"], now) is not None
    return None if was_showable else fresh


def keep_previous(values: dict[str, Any], before: dict[str, Any] | None, now: datetime) -> None:
    """A result that said something else before says so: `previous`, and `corrected` where it was final."""
    if before is None:
        return
    values["previous"] = before["previous"]
    if not before["value"] or _plain(before["value"]) == _plain(values["value"]):
        return
    if before["released_at"] is not None:
        kept = {"value": _plain(before["value"]), "status": before["status"], "at": before["changed_at"].isoformat()}
        values["previous"] = msgspec.json.encode(kept).decode()
    if shown_state(before["status"]) in SAID:
        values["corrected"] = True


def _plain(value: Any) -> Any:
    return msgspec.json.decode(value) if isinstance(value, str) else value


def analyte(values: dict[str, Any]) -> str:
    """By which results of one test belong together: LOINC, else the laboratory's own words."""
    return (values["loinc"] or " ".join(values["label"].casefold().split()))[:200]


def series_key(values: dict[str, Any]) -> tuple[UUID, str, str, str] | None:
    """The line a number belongs to; None for what has no number, or is an answer rather than a measurement."""
    if not values.get("number") or values["category"] not in ("results", "vitals"):
        return None
    return (values["patient"], values["category"], analyte(values), values["unit"][:64])
