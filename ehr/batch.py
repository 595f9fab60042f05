"""One batch on its way: what came, what it becomes, and the rows it makes. Everything here is done before the
transaction opens, so that the transaction only writes."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from ehr.deciding import Decision
from ehr.lookups import CLINICAL_NAMES, NAMED, Chart, Found, Lookups, Name, Version
from ehr.projections import KINDS
from ehr.projections.patient import PatientFacts, patient
from ehr.references import Reading, Target
from ehr.rows import Feed, Projection, Unfit
from ehr.sent import Sent, compressed
from ehr.shapes import each, one, text

WAITS_FOR_PATIENT = "its patient is not known in this source"


@dataclass(slots=True)
class Work:
    """One resource of the batch that is to be written. `reason` says why it is kept but not filed."""

    sent: Sent
    decision: Decision
    version: Version | None
    reading: Reading | None = None
    projection: Projection | None = None
    facts: PatientFacts | None = None
    packed: bytes = b""
    """The body, compressed: of a version that is new."""
    subject: Target | None = None
    chart: Chart | None = None
    reason: str = ""
    waits: set[Target] = field(default_factory=set)
    borrowed: set[Target] = field(default_factory=set)
    """Whose words it shows."""


@dataclass(slots=True)
class Batch:
    """Works of one source, with what the database knows about what they name."""

    source: str
    works: list[Work]
    known: dict[Target, Target] = field(default_factory=dict)
    found: dict[Target, Found] = field(default_factory=dict)

    def resolved(self, target: Target) -> Target:
        """A reference by identifier as one by id, where exactly one resource has that identifier."""
        return self.known.get(target, target)


def prepare(work: Work, feed: Feed) -> None:
    """What needs nothing of the database, so that it can be done while an earlier batch is written."""
    if work.decision in (Decision.NEW, Decision.OLDER):
        work.packed = compressed(work.sent.body)
    project(work, feed, {})


async def make_batch(source: str, works: list[Work], lookups: Lookups, feed: Feed) -> Batch:
    """Of works that are prepared: what they name is looked up."""
    batch = Batch(source, works)
    await _name(batch, lookups, feed)
    await _resolve(batch, lookups)
    return batch


def project(work: Work, feed: Feed, names: dict[Target, str]) -> None:
    """Fills in the projection, or the reason why there is none. One odd resource never stops the others."""
    sent = work.sent
    if sent.withdrawn or work.decision is Decision.OLDER:
        return
    context = work.reading
    work.reading = Reading(sent.resource, sent.base, sent.folder, names, urns=dict(context.urns) if context else {})
    try:
        if sent.fhir_type == "Patient":
            work.facts = patient(sent.resource, work.reading, feed)
        elif sent.fhir_type in KINDS:
            work.projection = KINDS[sent.fhir_type].project(sent.resource, work.reading, feed)
            _subject(work)
    except Unfit as unfit:
        work.reason = str(unfit)
    except Exception as error:  # noqa: BLE001 -- whatever a feed invents must cost one resource, not the bundle
        work.reason = f"a shape that cannot be read ({type(error).__name__})"
    if work.reason:
        work.projection = work.facts = None


def _subject(work: Work) -> None:
    """Whose it is. What belongs to a patient and does not say to whom is not filed."""
    paths = KINDS[work.sent.fhir_type].subject
    if not paths:
        return
    reason = "it names no patient"
    for path in paths:
        holders = _holders(work.sent.resource, path)
        targets = [work.reading.target(holder, "Patient") for holder in holders]
        patients = list(dict.fromkeys(target for target in targets if target and target.fhir_type == "Patient"))
        if len(patients) == 1:
            work.subject = patients[0]
            return
        if patients:
            raise Unfit("it names more than one patient")
        if holders and path == paths[0]:
            reason = _why_not(work, text(holders[0], "reference"), targets[0])
    raise Unfit(reason)


def _holders(resource: dict, path: str) -> list[dict]:
    name, _, inner = path.partition(".")
    found = each(resource, name)
    return [one(holder, inner) for holder in found if one(holder, inner)] if inner else found


def _why_not(work: Work, reference: str, target: Target | None) -> str:
    if target:
        return f"it is about a {target.fhir_type}, not about a patient"
    if reference.startswith("#"):
        inside = text(work.reading.contained({"reference": reference}), "resourceType")
        return f"its subject is only contained in it ({inside or 'missing'})"
    if "://" in reference:
        return "its patient is on another server"
    return "it names its patient in words only" if not reference else "its patient's reference cannot be read"


async def _name(batch: Batch, lookups: Lookups, feed: Feed) -> None:
    """Reads the resources again whose references came without words, now with the names that are known."""
    missing = [work for work in batch.works if work.reading and work.reading.unnamed and not work.reason]
    wanted = {target for work in missing for target in work.reading.unnamed if target.fhir_type in NAMED}
    if not wanted:
        return
    names = await lookups.names(batch.source, wanted)
    for work in missing:
        lent = {t: names[t].words for t in work.reading.unnamed & names.keys() if _may_borrow(work, names[t])}
        if lent:
            project(work, feed, lent)
            work.borrowed = {target for target in lent if target.fhir_type in CLINICAL_NAMES}
    left = {target for work in missing for target in work.reading.unnamed if target.fhir_type in NAMED}
    nameless = await lookups.filed(batch.source, left)
    for work in missing:
        work.waits |= (work.reading.unnamed & left) - nameless


def _may_borrow(work: Work, name: Name) -> bool:
    """A diagnosis of another patient must not be shown here, whatever a feed refers to."""
    return not name.owner or (work.subject is not None and work.subject.fhir_id == name.owner)


async def _resolve(batch: Batch, lookups: Lookups) -> None:
    links = {t for work in batch.works if work.projection for row in work.projection.rows for t in row.links.values()}
    links |= {t for work in batch.works if work.projection for _, t in work.projection.attach}
    subjects = {work.subject for work in batch.works if work.subject}
    batch.known = await lookups.by_identifier(batch.source, links | subjects)
    charts = await lookups.charts(batch.source, {batch.resolved(t).fhir_id for t in subjects}) if subjects else {}
    for work in batch.works:
        if work.subject:
            _file_under(work, charts.get(batch.resolved(work.subject).fhir_id))
    batch.found = await lookups.rows(batch.source, {batch.resolved(target) for target in links})


def _file_under(work: Work, chart: Chart | None) -> None:
    work.chart = chart
    if chart is None:
        work.reason = WAITS_FOR_PATIENT
        work.waits.add(work.subject)
    elif chart.disputed:
        work.reason = "two different people have its patient's id in this source"
    if work.reason:
        work.projection = None


def rows_by_table(works: list[Work]) -> dict[str, list[tuple[Work, Any]]]:
    found: dict[str, list[tuple[Work, Any]]] = defaultdict(list)
    for work in works:
        for row in work.projection.rows if work.projection else ():
            found[row.table].append((work, row))
    return found


def linked_id(batch: Batch, work: Work, target: Target) -> UUID | None:
    """The row a link points to, if it is of the same chart; None, and waited for, where it has not come."""
    found = batch.found.get(batch.resolved(target))
    if found is None:
        work.waits.add(target)
        return None
    return found.id if work.chart and found.record == work.chart.record else None
