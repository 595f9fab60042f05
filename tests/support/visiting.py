"""Visits for tests: rows of one visit and what belongs to it, beside the laboratory's in `tests.support.lab`."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from rules.dates import period
from rules.doses import Dose, doses_to_json
from tables.base import new_ref
from tables.conditions import Condition
from tables.documents import DocumentReference
from tables.medicines import MedicationRequest
from tables.procedures import Procedure
from tables.vaccines import Immunization
from tables.visits import Composition, Encounter
from tests.support.lab import ZONE, Lab


def clinical(lab: Lab, fhir_type: str, days: float, columns: dict[str, Any]) -> dict[str, Any]:
    then = lab.now - timedelta(days=days)
    return {
        "patient": lab.source, "source": "lab", "fhir_type": fhir_type, "fhir_id": new_ref(), "status": "final",
        "released_at": then, "first_seen_at": then, "changed_at": then, **columns,
    }


async def visit(lab: Lab, label: str = "Office visit", days: float = 3, **columns: Any) -> Encounter:
    """A visit of a day, so many days ago. `sent` is (start, end) as the feed wrote them; `why` its reasons; `who` people."""
    start, end = columns.pop("sent", (lab.day(days), lab.day(days)))
    when = period(start, end, ZONE)
    dated = {} if when is None else {
        "effective_text": when.text, "effective_precision": when.precision, "effective_starts": when.starts,
        "effective_ends": when.ends,
    }  # fmt: skip
    told = {
        "reasons": json.dumps(list(columns.pop("why", ()))),
        "participants": json.dumps([{"name": name, "role": ""} for name in columns.pop("who", ())]),
        "diagnoses": json.dumps(list(columns.pop("diagnoses", ()))),
    }
    row = Encounter(**clinical(lab, "Encounter", days, {"status": "finished", "label": label, **told, **dated, **columns}))
    await row.save()
    return row


async def summary(lab: Lab, of: Encounter, sections: dict[str, str], **columns: Any) -> Composition:
    said = json.dumps([{"title": title, "text": text} for title, text in sections.items()])
    kind = columns.pop("fhir_type", "Composition")
    row = Composition(**clinical(lab, kind, 1, {"title": "Visit summary", "sections": said, "encounter": of.id, **columns}))
    await row.save()
    return row


async def condition(lab: Lab, of: Encounter | None, label: str, **columns: Any) -> Condition:
    told = {"label": label, "verification": "confirmed", "clinical_status": "active", "encounter": of.id if of else None}
    row = Condition(**clinical(lab, "Condition", 1, {**told, **columns}))
    await row.save()
    return row


async def medicine(lab: Lab, of: Encounter, label: str, dose: str, **columns: Any) -> MedicationRequest:
    told = {"label": label, "doses": doses_to_json((Dose(text=dose),)), "encounter": of.id, "status": "active"}
    row = MedicationRequest(**clinical(lab, "MedicationRequest", 1, {**told, **columns}))
    await row.save()
    return row


async def procedure(lab: Lab, of: Encounter, label: str, **columns: Any) -> Procedure:
    row = Procedure(**clinical(lab, "Procedure", 1, {"label": label, "status": "completed", "encounter": of.id, **columns}))
    await row.save()
    return row


async def vaccine(lab: Lab, of: Encounter, label: str, **columns: Any) -> Immunization:
    row = Immunization(**clinical(lab, "Immunization", 1, {"label": label, "status": "completed", "encounter": of.id, **columns}))
    await row.save()
    return row


async def letter(lab: Lab, of: Encounter, label: str, text: str, **columns: Any) -> DocumentReference:
    row = DocumentReference(**clinical(lab, "DocumentReference", 1, {"label": label, "note": text, "encounter": of.id, **columns}))
    await row.save()
    return row
