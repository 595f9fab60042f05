"""Writes a run's resources batch by batch, each in one short transaction, and counts what became of them."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from asyncpg.exceptions import DeadlockDetectedError, UniqueViolationError

from ehr.batch import Batch, Work, make_batch, prepare
from ehr.deciding import Decision, decide
from ehr.keeping import keep_identifiers, keep_raw, keep_waiting
from ehr.lookups import CLINICAL_NAMES, Lookups, Version
from ehr.patients import SOMEBODY_ELSE, Arrival, close_charts, file_patients
from ehr.report import Tally
from ehr.rows import Feed
from ehr.sent import Sent
from ehr.series import SeriesBook
from ehr.storing import attach, store_rows, withdraw
from tables.database import Database

AIM = 0.03
"""Seconds that writing a batch should take, so that with a slow disk's commit it stays under the 100 ms allowed."""
SMALLEST, LARGEST = 20, 500
MOST_TOLD = 5000
AT_A_TIME = 20
"""Resources that are made ready between two looks whether the disk has answered."""
CLASHES = (sqlite3.IntegrityError, UniqueViolationError, DeadlockDetectedError)
MOST_ATTEMPTS = 10
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
    """Earlier contents that came again, by (source, type, id): their SHA-256."""
    gone: set[tuple[str, str, str]] = field(default_factory=set)
    """What this run withdrew and may have lent its words to others."""
    series: SeriesBook = field(init=False)
    _told: set[UUID] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.series = SeriesBook(self.database)

    @property
    def lookups(self) -> Lookups:
        return Lookups(self.database)

    async def prepared(self, source: str, sents: list[Sent]) -> list[Work]:
        """Decides about every resource of the batch, and makes those ready that bring something. Nothing is written,
        and an earlier batch that holds none of the same may be on its way to the disk meanwhile."""
        for sent in sents:
            self.tally.add("read", sent.fhir_type)
            if sent.problem:
                self.tally.skip(sent.fhir_type, sent.fhir_id, sent.problem)
        works = await self._decided(source, [sent for sent in sents if not sent.problem])
        await self._prepare(works)
        return works

    async def write(self, source: str, works: list[Work]) -> None:
        """Writes what was prepared."""
        for attempt in range(MOST_ATTEMPTS):
            try:
                await self._write_works(source, works)
                return self._count(works)
            except CLASHES:
                if attempt == MOST_ATTEMPTS - 1:
                    raise
            # Another import of this source wrote some of the same meanwhile: what it left is decided anew.
            works = await self._decided(source, [work.sent for work in works])
            await self._prepare(works)

    async def write_again(self, source: str, works: list[Work]) -> None:
        """Writes anew what is stored already, and was counted when it came."""
        await self._prepare(works)
        await self._write_works(source, works)

    async def _prepare(self, works: list[Work]) -> None:
        for number, work in enumerate(works, 1):
            prepare(work, self.feed)
            if number % AT_A_TIME == 0:
                await asyncio.sleep(0)

    async def _decided(self, source: str, sents: list[Sent]) -> list[Work]:
        """Those that are to be written; the others are counted."""
        versions = await self.lookups.versions(source, [sent.key for sent in sents])
        works, run = [], str(self.run)
        for sent in sents:
            decision, version = decide(sent, versions.get(sent.key, []), run)
            self._remember(source, sent, decision, version)
            if not self._counted(sent, decision, version):
                works.append(Work(sent, decision, version))
        return works

    def _remember(self, source: str, sent: Sent, decision: Decision, version: Version | None) -> None:
        key = (source, *sent.key)
        if sent.withdrawn and sent.fhir_type in CLINICAL_NAMES and decision is not Decision.UNCHANGED:
            self.gone.add(key)
        if decision is Decision.RETURNED:
            self.returned[key] = sent.sha256
        elif version and version.current and decision is not Decision.OLDER:
            self.returned.pop(key, None)

    def _counted(self, sent: Sent, decision: Decision, version: Version | None) -> bool:
        """True where nothing is left to do but to count."""
        if decision is Decision.RESUMED:
            self.tally.add("withdrawn" if sent.withdrawn else "stored", sent.fhir_type)
        elif decision is Decision.REFUSED:
            self.tally.skip(*sent.key, version.skipped)
        elif decision in (Decision.UNCHANGED, Decision.RETURNED):
            self.tally.add("unchanged", sent.fhir_type)
        else:
            return False
        return True

    async def _write_works(self, source: str, works: list[Work]) -> None:
        """Everything that can be known beforehand is read and made beforehand; the transaction only writes."""
        if not works:
            return
        batch = await make_batch(source, works, self.lookups, self.feed)
        await self.series.know({work.chart.id for work in works if work.chart})
        began = written = time.perf_counter()
        try:
            async with self.transaction() as entries:
                began = time.perf_counter()
                await self._write(batch, entries)
                written = time.perf_counter()
        except BaseException:
            self.series.forget()
            self._told.clear()
            raise
        self.longest = max(self.longest, time.perf_counter() - began)
        self._adapt(written - began, len(works))

    def _adapt(self, seconds: float, count: int) -> None:
        """The next batch is as large as fits the aim, at what writing this one cost; growing slowly, shrinking at once.
        The commit waits for the disk, and that is no shorter for a smaller batch."""
        if count * 2 >= self.size or seconds > AIM:
            fitting = int(count * AIM / max(seconds, 0.0005))
            self.size = max(SMALLEST, min(LARGEST, (self.size + fitting) // 2, fitting))

    def _count(self, works: list[Work]) -> None:
        for work in works:
            sent = work.sent
            if work.reason:
                self.tally.skip(sent.fhir_type, sent.fhir_id, work.reason, waits=bool(work.waits))
            else:
                self.tally.add("withdrawn" if sent.withdrawn else "stored", sent.fhir_type)

    async def _write(self, batch: Batch, entries: list[Any]) -> None:
        database, now = self.database, self.feed.now
        charts = await self._file_patients(batch)
        await withdraw(database, batch, now)
        await close_charts(database, batch.source, [w.sent.fhir_id for w in batch.works if _closes(w)], now)
        await store_rows(database, batch, self.series, now)
        await attach(database, batch)
        await keep_identifiers(database, batch)
        await keep_waiting(database, batch)
        await keep_raw(database, batch, self.feed, self.run)
        self._tell(entries, charts | {work.chart.record for work in batch.works if work.chart})
        await database.rows("UPDATE import_run SET cursor = cursor + ? WHERE id = ?", len(batch.works), self.run)

    async def _file_patients(self, batch: Batch) -> frozenset[UUID]:
        """Writes the charts; the records they belong to."""
        works = {work.sent.fhir_id: work for work in batch.works if work.facts}
        if not works:
            return frozenset()
        arrivals = [Arrival(work.sent, work.facts) for work in works.values()]
        filed = await file_patients(self.database, batch.source, arrivals, self.link, self.feed.now)
        for fhir_id, target in filed.waits:
            works[fhir_id].waits.add(target)
        for fhir_id in filed.refused:
            works[fhir_id].reason = SOMEBODY_ELSE
        return filed.records

    def _tell(self, entries: list[Any], charts: frozenset[UUID]) -> None:
        """Says which charts were written to, once each as far as memory that does not grow can know."""
        if len(self._told) > MOST_TOLD:
            self._told.clear()
        self.touched(entries, charts - self._told, self.feed.now)
        self._told |= charts


def _closes(work: Work) -> bool:
    return work.sent.fhir_type == "Patient" and work.sent.withdrawn and work.decision is not Decision.OLDER
