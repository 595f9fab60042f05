"""Writes a batch in one short transaction: raw versions, charts, rows, links, and what still waits for another."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from ehr.batch import Batch, Work, make_batch, rows_by_table
from ehr.deciding import Decision, decide
from ehr.lookups import CLINICAL_NAMES, Lookups
from ehr.patients import SOMEBODY_ELSE, Arrival, file_patients
from ehr.placing import keep_previous, placed, series_key
from ehr.projections import KINDS
from ehr.references import Target
from ehr.report import Tally
from ehr.rows import Feed, json_text
from ehr.sent import Sent, compressed
from ehr.statements import statement
from tables.base import new_id, new_ref
from tables.database import Database

LONGEST_TRANSACTION = 0.1
AIM = 0.04
"""Seconds a transaction should take, so that a slow moment still stays under LONGEST_TRANSACTION."""
SMALLEST, LARGEST = 20, 500
RAW = (
    "INSERT INTO raw_resource (id, source, fhir_type, fhir_id, version, sha256, body, current, withdrawn, updated_at,"
    " context, skipped, received_at, run) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
Transaction = Callable[[], AbstractAsyncContextManager[list[Any]]]
"""Gives the list of audit entries that are stored with what it writes."""
Touched = Callable[[list[Any], frozenset[UUID], datetime], None]


@dataclass(slots=True)
class Writer:
    """Writes batches of one run. It remembers only what makes it faster, and forgets that when a batch fails."""

    database: Database
    feed: Feed
    run: UUID
    tally: Tally
    link: Mapping[str, UUID]
    transaction: Transaction
    touched: Touched
    size: int = 100
    longest: float = 0.0
    returned: dict[tuple[str, str, str], bytes] = field(default_factory=dict)
    gone: set[tuple[str, str, str]] = field(default_factory=set)
    """What this run withdrew and may have lent its words to others."""
    _series: dict[tuple[UUID, str, str, str], UUID] = field(default_factory=dict)
    _known_patients: set[UUID] = field(default_factory=set)
    _told: set[UUID] = field(default_factory=set)

    @property
    def lookups(self) -> Lookups:
        return Lookups(self.database)

    async def write(self, source: str, sents: list[Sent]) -> None:
        """Decides about every resource of the batch, and writes those that bring something."""
        versions = await self.lookups.versions(source, [sent.key for sent in sents if not sent.problem])
        works = []
        for sent in sents:
            self.tally.add("read", sent.fhir_type)
            if sent.problem:
                self.tally.skip(sent.fhir_type, sent.fhir_id, sent.problem)
                continue
            decision, version = decide(sent, versions.get(sent.key, []), str(self.run))
            if not self._counted(source, sent, decision, version):
                works.append(Work(sent, decision, version))
        await self.write_works(source, works)

    def _counted(self, source: str, sent: Sent, decision: Decision, version) -> bool:
        """True where nothing is left to do but to count."""
        key = (source, *sent.key)
        if sent.withdrawn and sent.fhir_type in CLINICAL_NAMES and decision is not Decision.UNCHANGED:
            self.gone.add(key)
        if decision is Decision.RETURNED:
            self.returned[key] = sent.sha256
        elif version and version.current and decision is not Decision.OLDER:
            self.returned.pop(key, None)
        if decision is Decision.RESUMED:
            self.tally.add("withdrawn" if sent.withdrawn else "stored", sent.fhir_type)
        elif decision is Decision.REFUSED:
            self.tally.skip(*sent.key, version.skipped)
        elif decision in (Decision.UNCHANGED, Decision.RETURNED):
            self.tally.add("unchanged", sent.fhir_type)
        else:
            return False
        return True

    async def write_works(self, source: str, works: list[Work], counting: bool = True) -> None:
        if not works:
            return
        batch = await make_batch(source, works, self.lookups, self.feed)
        raws = [self._raw(work) for work in works if work.decision in (Decision.NEW, Decision.OLDER)]
        await self._know_series(batch)
        began, outer = 0.0, time.perf_counter()
        try:
            async with self.transaction() as entries:
                began = time.perf_counter()
                await self._write(batch, raws, entries)
        except BaseException:
            self._series.clear()
            self._known_patients.clear()
            self._told.clear()
            raise
        self._adapt(time.perf_counter() - (began or outer), len(works))
        if counting:
            self._count(batch)

    def _adapt(self, seconds: float, count: int) -> None:
        """The next batch is as large as fits the aim, at what this one cost."""
        self.longest = max(self.longest, seconds)
        if count * 2 >= self.size or seconds > AIM:
            fitting = int(count * AIM / max(seconds, 0.0005))
            self.size = max(SMALLEST, min(LARGEST, (self.size + fitting) // 2, fitting))

    def _count(self, batch: Batch) -> None:
        for work in batch.works:
            sent = work.sent
            if work.reason:
                self.tally.skip(sent.fhir_type, sent.fhir_id, work.reason, waits=bool(work.waits))
            else:
                self.tally.add("withdrawn" if sent.withdrawn else "stored", sent.fhir_type)

    def _raw(self, work: Work) -> list[Any]:
        """The columns of RawResource; `skipped` is filled in once it is known."""
        sent = work.sent
        return [
            new_id(), sent.source, sent.fhir_type, sent.fhir_id, sent.version, sent.sha256, compressed(sent.body),
            work.decision is Decision.NEW, sent.withdrawn, sent.updated_at, _context(work), work.reason or None,
            self.feed.now, str(self.run),
        ]  # fmt: skip

    async def _know_series(self, batch: Batch) -> None:
        patients = {work.chart.id for work in batch.works if work.chart} - self._known_patients
        if patients:
            if len(self._known_patients) > 500:
                self._series.clear()
                self._known_patients.clear()
                patients = {work.chart.id for work in batch.works if work.chart}
            self._series |= await self.lookups.series(patients)
            self._known_patients |= patients

    async def _write(self, batch: Batch, raws: list[list[Any]], entries: list[Any]) -> None:
        await self._file_patients(batch, raws, entries)
        await self._withdraw(batch)
        await self._write_rows(batch)
        await self._attach(batch)
        await self._identify(batch)
        await self._wait(batch)
        await self._keep_raw(batch, raws)
        self._tell(entries, frozenset(work.chart.record for work in batch.works if work.chart))
        await self.database.rows(
            "UPDATE import_run SET cursor = cursor + ? WHERE id = ?", len(batch.works), self.run
        )

    async def _file_patients(self, batch: Batch, raws: list[list[Any]], entries: list[Any]) -> None:
        arrivals = [Arrival(work.sent, work.facts) for work in batch.works if work.facts]
        if not arrivals:
            return
        filed = await file_patients(self.database, batch.source, arrivals, self.link, self.feed.now)
        self._tell(entries, filed.records)
        waits = dict[str, set[Target]]()
        for fhir_id, target in filed.waits:
            waits.setdefault(fhir_id, set()).add(target)
        for work in batch.works:
            if work.facts:
                work.waits |= waits.get(work.sent.fhir_id, set())
                if work.sent.fhir_id in filed.refused:
                    work.reason = SOMEBODY_ELSE
        refused = {("Patient", fhir_id) for fhir_id in filed.refused}
        for raw in raws:
            if (raw[2], raw[3]) in refused:
                # The person that was known first stays the one whose words count.
                raw[7], raw[11] = False, SOMEBODY_ELSE

    def _tell(self, entries: list[Any], charts: frozenset[UUID]) -> None:
        """Says which charts were written to, once each as far as memory that does not grow can know."""
        if len(self._told) > 5000:
            self._told.clear()
        self.touched(entries, charts - self._told, self.feed.now)
        self._told |= charts

    async def _withdraw(self, batch: Batch) -> None:
        """At once and everywhere; the row stays, and nobody sees it."""
        for work in batch.works:
            if not work.sent.withdrawn or work.decision is Decision.OLDER:
                continue
            status = work.sent.status or "entered-in-error"
            kind = KINDS.get(work.sent.fhir_type)
            for table in kind.tables if kind else ():
                await self.database.rows(
                    f"UPDATE {table} SET status = ?, withdrawn_at = ?, changed_at = ?"
                    " WHERE source = ? AND fhir_type = ? AND fhir_id = ? AND withdrawn_at IS NULL",
                    status, self.feed.now, self.feed.now, batch.source, *work.sent.key,
                )  # fmt: skip
            if work.sent.fhir_type == "Patient":
                await self._withdraw_chart(batch.source, work.sent.fhir_id)

    async def _withdraw_chart(self, source: str, fhir_id: str) -> None:
        """A patient that the source deleted: the chart is closed, unless another source still speaks of it."""
        now = self.feed.now
        await self.database.rows(
            "UPDATE record_source SET withdrawn_at = ? WHERE source = ? AND fhir_type = 'Patient' AND fhir_id = ?",
            now, source, fhir_id,
        )  # fmt: skip
        await self.database.rows(
            "UPDATE record SET state = 'blocked', changed_at = ? WHERE state = 'active' AND id IN (SELECT record"
            " FROM record_source WHERE source = ? AND fhir_type = 'Patient' AND fhir_id = ?) AND NOT EXISTS"
            " (SELECT 1 FROM record_source s WHERE s.record = record.id AND s.withdrawn_at IS NULL)",
            now, source, fhir_id,
        )  # fmt: skip

    async def _write_rows(self, batch: Batch) -> None:
        for table, pairs in rows_by_table(batch.works).items():
            before = await self._before(table, batch, [work for work, _ in pairs])
            made, inserts, updates = statement(table), [], []
            parents: dict[tuple[str, str], UUID] = {}
            for work, row in pairs:
                place = (*work.sent.key, row.values.get("component"))
                old = before.pop(place, None)
                values = placed(batch, work, row, old, self.feed.now)
                if table == "observation":
                    await self._as_observation(values, old, parents)
                values = made.cut(values)
                if old:
                    updates.append(made.updated(values, old["id"]))
                else:
                    inserts.append(made.inserted(values))
            await self.database.many(made.insert, inserts)
            await self.database.many(made.update, updates)
            await self._drop(table, before)

    async def _before(self, table: str, batch: Batch, works: list[Work]) -> dict[tuple, dict[str, Any]]:
        """The rows that stood for these resources, for those of which a version was here before."""
        keys = [work.sent.key for work in works if work.version]
        if not keys:
            return {}
        found = await self.lookups.existing(table, batch.source, keys)
        return {(*key, row.get("component")): row for key, rows in found.items() for row in rows}

    async def _drop(self, table: str, left: dict[tuple, dict[str, Any]]) -> None:
        """What an earlier version said and this one does not, such as a component: withdrawn."""
        now = self.feed.now
        rows = [(now, now, row["id"]) for row in left.values() if row["withdrawn_at"] is None]
        if rows:
            await self.database.many(f"UPDATE {table} SET withdrawn_at = ?, changed_at = ? WHERE id = ?", rows)

    async def _as_observation(self, values: dict[str, Any], old: dict[str, Any] | None, parents: dict) -> None:
        keep_previous(values, old, self.feed.now)
        whose = (values["fhir_type"], values["fhir_id"])
        if values["component"] is None:
            parents[whose] = values["id"]
        else:
            values["parent"] = parents[whose]
        key = series_key(values)
        values["series"] = None if key is None else self._series.get(key) or await self._new_series(key, values)

    async def _new_series(self, key: tuple[UUID, str, str, str], values: dict[str, Any]) -> UUID:
        patient, category, analyte, unit = key
        self._series[key] = new_id()
        await self.database.rows(
            "INSERT INTO series (id, ref, patient, category, analyte, unit, label) VALUES (?, ?, ?, ?, ?, ?, ?)",
            self._series[key], new_ref(), patient, category, analyte, unit, values["label"],
        )  # fmt: skip
        return self._series[key]

    async def _attach(self, batch: Batch) -> None:
        """Gives the tests of a report their report, and the members of a panel their panel."""
        wanted = [(work, *claim) for work in batch.works if work.projection for claim in work.projection.attach]
        if not wanted:
            return
        await self._let_go(batch)
        found = await self.lookups.rows(batch.source, {batch.resolved(target) for _, _, target in wanted})
        claims: dict[str, list[tuple]] = {}
        for work, column, target in wanted:
            member = found.get(batch.resolved(target))
            if member is None:
                work.waits.add(target)
            elif member.record == work.chart.record:
                owner = work.projection.rows[0].values["id"]
                if member.id != owner:
                    claims.setdefault(column, []).append((owner, batch.source, batch.resolved(target).fhir_id))
        for column, rows in claims.items():
            whole = " AND component IS NULL" if column == "parent" else ""
            await self.database.many(
                f"UPDATE observation SET {column} = ? WHERE source = ? AND fhir_type = 'Observation'"
                f" AND fhir_id = ?{whole}",
                rows,
            )

    async def _let_go(self, batch: Batch) -> None:
        """A later version of a report or panel may claim fewer tests than the one before."""
        again = [work for work in batch.works if work.projection and work.projection.attach and work.version]
        for work in again:
            column = work.projection.attach[0][0]
            whole = " AND component IS NULL" if column == "parent" else ""
            owner = work.projection.rows[0].values["id"]
            await self.database.rows(f"UPDATE observation SET {column} = NULL WHERE {column} = ?{whole}", owner)

    async def _identify(self, batch: Batch) -> None:
        holders = [
            (work, work.facts.identifiers if work.facts else work.projection.identifiers)
            for work in batch.works
            if (work.facts and not work.reason) or work.projection
        ]
        again = [(batch.source, *work.sent.key) for work, _ in holders if work.version]
        if again:
            await self.database.many(
                "DELETE FROM feed_identifier WHERE source = ? AND fhir_type = ? AND fhir_id = ?", again
            )
        rows = [(new_id(), batch.source, *work.sent.key, *pair) for work, pairs in holders for pair in pairs]
        if rows:
            await self.database.many(
                "INSERT INTO feed_identifier (id, source, fhir_type, fhir_id, system, value) VALUES (?, ?, ?, ?, ?, ?)",
                rows,
            )

    async def _wait(self, batch: Batch) -> None:
        again = [(batch.source, *work.sent.key) for work in batch.works if work.version]
        if again:
            await self.database.many(
                "DELETE FROM waiting_link WHERE source = ? AND fhir_type = ? AND fhir_id = ?", again
            )
        rows = [
            (new_id(), batch.source, *work.sent.key, target.fhir_type, target.fhir_id[:820], met)
            for work in batch.works
            if work.decision is not Decision.OLDER
            for targets, met in ((work.waits, False), (work.borrowed - work.waits, True))
            for target in targets
        ]
        if rows:
            await self.database.many(
                "INSERT INTO waiting_link (id, source, fhir_type, fhir_id, target_type, target_id, met)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                rows,
            )

    async def _keep_raw(self, batch: Batch, raws: list[list[Any]]) -> None:
        past = [(False, w.version.id) for w in batch.works if w.decision is Decision.NEW and w.version and not _refused(w)]
        if past:
            await self.database.many("UPDATE raw_resource SET current = ? WHERE id = ?", past)
        if raws:
            await self.database.many(RAW, raws)
        again = [w for w in batch.works if w.decision in (Decision.AGAIN, Decision.RETURNED)]
        if again:
            await self._mark_again(batch.source, again)

    async def _mark_again(self, source: str, works: list[Work]) -> None:
        for work in works:
            if work.decision is Decision.RETURNED:
                await self.database.rows(
                    "UPDATE raw_resource SET current = (sha256 = ?) WHERE source = ? AND fhir_type = ? AND fhir_id = ?",
                    work.sent.sha256, source, *work.sent.key,
                )  # fmt: skip
        rows = [(work.reason or None, work.version.id) for work in works]
        await self.database.many("UPDATE raw_resource SET skipped = ? WHERE id = ?", rows)


def _refused(work: Work) -> bool:
    return work.reason == SOMEBODY_ELSE


def _context(work: Work) -> str | None:
    """What only the bundle knew, for reading the references again one day."""
    if work.reading is None:
        return None
    known = {"base": work.sent.base, "urns": work.reading.urns}
    return json_text({name: value for name, value in known.items() if value})


