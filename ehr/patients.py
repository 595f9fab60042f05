"""Charts: a new patient of a source is a new record, never matched by name or date; the source's own merges are followed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ehr.lookups import Chart, Lookups
from ehr.projections.patient import PatientFacts
from ehr.references import Target
from ehr.sent import Sent
from ehr.statements import among, listed, statement
from tables.base import new_id, new_ref
from tables.database import Database

SOMEBODY_ELSE = "this id already belongs to somebody else in this source"
UPDATED = (
    "name",
    "given",
    "family",
    "name_key",
    "birth_text",
    "sex",
    "phone",
    "email",
    "address",
    "deceased_text",
    "number",
)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A Patient resource that is to be written."""

    sent: Sent
    facts: PatientFacts


@dataclass(frozen=True, slots=True)
class Filed:
    """`refused` are the ids that named somebody else; `waits` are merges whose other side has not come."""

    records: frozenset[UUID]
    refused: frozenset[str]
    waits: tuple[tuple[str, Target], ...]


async def file_patients(
    database: Database, source: str, arrivals: list[Arrival], link: Mapping[str, UUID], now: datetime
) -> Filed:
    """Writes the charts, inside the caller's transaction."""
    charts = await Lookups(database).charts(source, [arrival.sent.fhir_id for arrival in arrivals])
    numbers = await _numbers(database, arrivals)
    records, refused = set(), set()
    for arrival in arrivals:
        chart = charts.get(arrival.sent.fhir_id)
        if chart and await _is_somebody_else(database, chart, arrival.facts):
            await _dispute(database, chart, now)
            refused.add(arrival.sent.fhir_id)
            continue
        chart = chart or await _new_chart(database, source, arrival, link, now)
        await _describe(database, chart, arrival, numbers, now)
        records.add(chart.record)
    standing = [arrival for arrival in arrivals if arrival.sent.fhir_id not in refused]
    return Filed(frozenset(records), frozenset(refused), tuple(await _merge(database, source, standing, now)))


async def _numbers(database: Database, arrivals: list[Arrival]) -> dict[str, UUID]:
    """Which record has which clinic number already: two sources may both count from 1."""
    wanted = {arrival.facts.values["number"] for arrival in arrivals} - {None}
    rows = await database.rows(
        "SELECT number, id FROM record WHERE state <> 'merged' AND " + among(database, "number"),
        listed(database, sorted(wanted)),
    )
    return {row["number"]: row["id"] for row in rows}


async def _new_chart(
    database: Database, source: str, arrival: Arrival, link: Mapping[str, UUID], now: datetime
) -> Chart:
    record = link.get(arrival.sent.fhir_id)
    if record is None:
        record = new_id()
        empty = {"id": record, "ref": new_ref(), "state": "active", "created_at": now, "changed_at": now}
        made = statement("record")
        await database.rows(made.insert, *made.inserted(made.cut(empty)))
    made = statement("record_source")
    chart = Chart(new_id(), record, record, False, False)
    values = {
        "id": chart.id, "record": record, "first_record": record, "source": source, "fhir_type": "Patient",
        "fhir_id": arrival.sent.fhir_id, "linked_at": now,
    }  # fmt: skip
    await database.rows(made.insert, *made.inserted(made.cut(values)))
    return chart


async def _describe(
    database: Database, chart: Chart, arrival: Arrival, numbers: dict[str, UUID], now: datetime
) -> None:
    """Copies what the feed says of the person to the chart it was first linked to."""
    values = statement("record").cut(dict(arrival.facts.values))
    number = values["number"]
    if number and numbers.setdefault(number, chart.first_record) != chart.first_record:
        values["number"] = None
    columns = ", ".join(f"{name} = ?" for name in UPDATED)
    await database.rows(
        f"UPDATE record SET {columns}, changed_at = ? WHERE id = ?",
        *(values[name] for name in UPDATED), now, chart.first_record,
    )  # fmt: skip
    if chart.withdrawn:
        await database.rows("UPDATE record_source SET withdrawn_at = NULL WHERE id = ?", chart.id)
        await database.rows("UPDATE record SET state = 'active' WHERE id = ? AND state = 'blocked'", chart.first_record)


async def _is_somebody_else(database: Database, chart: Chart, facts: PatientFacts) -> bool:
    """True when the birth date differs and no part of the name is the same: two people under one id."""
    rows = await database.rows("SELECT name_key, birth_text FROM record WHERE id = ?", chart.first_record)
    known = rows[0]
    born, says = known["birth_text"], facts.values["birth_text"]
    if not born or not says or born.startswith(says) or says.startswith(born):
        return False
    names, said = set(known["name_key"].split()), set(facts.values["name_key"].split())
    return bool(names and said) and not names & said


async def _dispute(database: Database, chart: Chart, now: datetime) -> None:
    await database.rows("UPDATE record_source SET disputed_at = ? WHERE id = ? AND disputed_at IS NULL", now, chart.id)


async def _merge(database: Database, source: str, arrivals: list[Arrival], now: datetime) -> list[tuple[str, Target]]:
    """Follows `replaced-by` and `replaces`, and takes back a merge that the same patient no longer states."""
    waits = []
    for arrival in arrivals:
        mine = arrival.sent.fhir_id
        into = arrival.facts.replaced_by
        pairs = [(mine, into.fhir_id)] if into else []
        pairs += [(other.fhir_id, mine) for other in arrival.facts.replaces]
        await _take_back(database, source, mine, {old for old, _ in pairs}, now)
        for old, new in pairs:
            charts = await Lookups(database).charts(source, [old, new])
            if old in charts and new in charts:
                await _merge_one(database, charts[old], charts[new], mine, now)
            else:
                waits.append((mine, Target("Patient", new if new not in charts else old)))
    return waits


async def _merge_one(database: Database, old: Chart, new: Chart, said_by: str, now: datetime) -> None:
    """Re-points the old source, and all charts that were merged into it before. A chart that staff blocked, and a circle
    of merges, stay as they are."""
    if old.record == new.record or old.record != old.first_record:
        return
    merged = await database.rows(
        "UPDATE record SET state = 'merged', merged_into = ?, replaced_by = ?, changed_at = ? WHERE id = ?"
        " AND state = 'active' RETURNING id",
        new.record, new.first_record, now, old.record,
    )  # fmt: skip
    if merged:
        await database.rows("UPDATE record SET merged_into = ? WHERE merged_into = ?", new.record, old.record)
        await database.rows("UPDATE record_source SET merged_by = ? WHERE id = ?", said_by, old.id)
        await database.rows(
            "UPDATE record_source SET record = ?, linked_at = ? WHERE record = ?", new.record, now, old.record
        )


async def _take_back(database: Database, source: str, said_by: str, stated: set[str], now: datetime) -> None:
    rows = await database.rows(
        "SELECT id, fhir_id, first_record FROM record_source WHERE source = ? AND fhir_type = 'Patient'"
        " AND merged_by = ?",
        source, said_by,
    )  # fmt: skip
    for row in rows:
        if row["fhir_id"] not in stated:
            await _part(database, row["id"], row["first_record"], now)


async def _part(database: Database, chart: UUID, record: UUID, now: datetime) -> None:
    """Exactly what was before: the chart is active, and its sources point to it again, with those of the charts that were
    merged into it."""
    came_with = await _merged_through(database, record)
    await database.rows(
        "UPDATE record SET state = 'active', merged_into = NULL, replaced_by = NULL, changed_at = ? WHERE id = ?"
        " AND state = 'merged'",
        now, record,
    )  # fmt: skip
    await database.rows("UPDATE record_source SET merged_by = NULL WHERE id = ?", chart)
    for one in came_with:
        await database.rows("UPDATE record SET merged_into = ? WHERE id = ?", record, one)
    for one in (record, *came_with):
        await database.rows("UPDATE record_source SET record = ?, linked_at = ? WHERE first_record = ?", record, now, one)


async def _merged_through(database: Database, record: UUID) -> list[UUID]:
    """The charts that a feed merged into this one, or into one of those, and so on."""
    rows = await database.rows(
        "SELECT id, replaced_by FROM record WHERE merged_into = (SELECT merged_into FROM record WHERE id = ?)", record
    )
    found = [record]
    for one in found:
        found += [row["id"] for row in rows if row["replaced_by"] == one]
    return found[1:]


async def close_charts(database: Database, source: str, ids: list[str], now: datetime) -> None:
    """Patients that the source deleted: a chart is closed, unless another source still speaks of it."""
    for fhir_id in ids:
        await database.rows(
            "UPDATE record_source SET withdrawn_at = ? WHERE source = ? AND fhir_type = 'Patient' AND fhir_id = ?",
            now, source, fhir_id,
        )  # fmt: skip
        await database.rows(
            "UPDATE record SET state = 'blocked', changed_at = ? WHERE state = 'active' AND id IN (SELECT record"
            " FROM record_source WHERE source = ? AND fhir_type = 'Patient' AND fhir_id = ?) AND NOT EXISTS"
            " (SELECT 1 FROM record_source s WHERE s.record = record.id AND s.withdrawn_at IS NULL)",
            now, source, fhir_id,
        )  # fmt: skip
