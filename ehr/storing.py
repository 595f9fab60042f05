"""The rows of a batch and the links between them, inside the batch's transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from ehr.batch import Batch, Work, rows_by_table
from ehr.deciding import Decision
from ehr.lookups import Lookups
from ehr.placing import keep_previous, placed
from ehr.projections import KINDS
from ehr.references import Target
from ehr.rows import Row
from ehr.series import SeriesBook
from ehr.statements import run_many, statement
from tables.database import Database

Before = dict[tuple, dict[str, Any]]


async def store_rows(database: Database, batch: Batch, series: SeriesBook, now: datetime) -> None:
    for table, pairs in rows_by_table(batch.works).items():
        before = await _before(database, table, batch.source, [work for work, _ in pairs])
        made, inserts, updates = statement(table), [], []
        for work, row in pairs:
            old = before.pop((*work.sent.key, row.values.get("component")), None)
            values = made.ready(await _complete(made.table, batch, work, row, old, series, now), database)
            if old:
                updates.append(made.updated(values, old["id"]))
            else:
                inserts.append(made.inserted(values))
        await run_many(database, made.insert, inserts)
        await run_many(database, made.update, updates)
        await _drop(database, table, before, now)


async def _before(database: Database, table: str, source: str, works: list[Work]) -> Before:
    """The rows that stood for these resources, for those of which a version was here before."""
    keys = [work.sent.key for work in works if work.version]
    if not keys:
        return {}
    found = await Lookups(database).existing(table, source, keys)
    return {(*key, row.get("component")): row for key, rows in found.items() for row in rows}


async def _complete(
    table: str, batch: Batch, work: Work, row: Row, old: dict[str, Any] | None, series: SeriesBook, now: datetime
) -> dict[str, Any]:
    values = placed(batch, work, row, old, now)
    if table == "observation":
        keep_previous(values, old, now)
        if values["component"] is not None:
            values["parent"] = work.projection.rows[0].values["id"]
        values["series"] = await series.of(values)
    return values


async def _drop(database: Database, table: str, left: Before, now: datetime) -> None:
    """What an earlier version said and this one does not, such as a component: withdrawn."""
    rows = [(now, now, row["id"]) for row in left.values() if row["withdrawn_at"] is None]
    await run_many(database, f"UPDATE {table} SET withdrawn_at = ?, changed_at = ? WHERE id = ?", rows)


async def attach(database: Database, batch: Batch) -> None:
    """Gives the tests of a report their report, and the members of a panel their panel."""
    wanted = [(work, *claim) for work in batch.works if work.projection for claim in work.projection.attach]
    if not wanted:
        return
    await _let_go(database, batch)
    found = await Lookups(database).rows(batch.source, {batch.resolved(target) for _, _, target in wanted})
    claims: dict[str, list[tuple]] = {}
    for work, column, target in wanted:
        member, owner = found.get(batch.resolved(target)), _own_row(work)
        if member is None:
            work.waits.add(target)
        elif member.record == work.chart.record and member.id != owner:
            claims.setdefault(column, []).append((owner, batch.source, batch.resolved(target).fhir_id))
    for column, rows in claims.items():
        await run_many(
            database,
            f"UPDATE observation SET {column} = ? WHERE source = ? AND fhir_type = 'Observation' AND fhir_id = ?"
            + _whole(column),
            rows,
        )


async def _let_go(database: Database, batch: Batch) -> None:
    """A later version of a report or panel may claim fewer tests than the one before."""
    for work in batch.works:
        if work.projection and work.projection.attach and work.version:
            column = work.projection.attach[0][0]
            await database.rows(
                f"UPDATE observation SET {column} = NULL WHERE {column} = ?{_whole(column)}", _own_row(work)
            )


def _own_row(work: Work) -> UUID:
    return work.projection.rows[0].values["id"]


def _whole(column: str) -> str:
    """A report is that of the components too; their parent is the observation they are part of, and stays it."""
    return " AND component IS NULL" if column == "parent" else ""


async def withdraw(database: Database, batch: Batch, now: datetime) -> None:
    """At once and everywhere; the row stays, and nobody sees it."""
    for work in batch.works:
        if not work.sent.withdrawn or work.decision is Decision.OLDER:
            continue
        kind = KINDS.get(work.sent.fhir_type)
        for table in kind.tables if kind else ():
            await database.rows(
                f"UPDATE {table} SET status = ?, withdrawn_at = ?, changed_at = ?"
                " WHERE source = ? AND fhir_type = ? AND fhir_id = ? AND withdrawn_at IS NULL",
                work.sent.status or "entered-in-error", now, now, batch.source, *work.sent.key,
            )  # fmt: skip


def waiting_targets(work: Work) -> list[tuple[Target, bool]]:
    """What the work waits for, and (True) whose words it shows."""
    if work.decision is Decision.OLDER:
        return []
    return [(target, False) for target in work.waits] + [(target, True) for target in work.borrowed - work.waits]
