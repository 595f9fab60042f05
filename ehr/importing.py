"""Files of FHIR into the database: everything is checked first, then written in batches under a run that can resume."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import msgspec

from access.audit import Entry
from access.grant import SystemGrant
from access.vocabulary import Purpose
from ehr.batch import Work
from ehr.linking import complete, go_back, take_back_words
from ehr.reading import Entry as Sending
from ehr.reading import FeedFile, check_files, groups_of, read_file
from ehr.references import base_of
from ehr.report import ImportReport, Tally
from ehr.rows import Feed
from ehr.sent import Sent, make_ready
from ehr.types import SWEEPS, pass_of
from ehr.writing import AT_A_TIME, Writer
from tables.base import new_id
from tables.database import Database
from tables.sites import site_of

UNNAMED = "import"
"""The source of what names no server, where the operator named none either."""
LONGEST_SOURCE = 64
Progress = Callable[[int, int], None]
Ended = Callable[[datetime], Awaitable[None]]
"""What else is written when a run ends, in its last transaction; it is told when the run first began."""


@dataclass(frozen=True, slots=True)
class Run:
    id: UUID
    began: datetime
    resumed: bool


async def import_paths(
    grant: SystemGrant,
    paths: Iterable[Path],
    source: str,
    *,
    report_progress: Progress | None = None,
    link: Mapping[str, UUID] | None = None,
    zone: str = "",
    ended: Ended | None = None,
) -> ImportReport:
    """Imports files and folders as one feed. Raises `NotFhir`, before anything is written, if one file is no FHIR.

    `source` '' takes the server that the resources name, else "import". `link` gives an existing record to patients by
    their FHIR id; any other new patient is a new record. `report_progress(done, all)` counts resources. The run
    leaves an audit entry, and so does each chart it writes to, in the transaction that writes.
    """
    began = time.perf_counter()
    files = check_files(paths)
    database, now = grant.house.database, grant.now
    run = await _begin(grant, source or UNNAMED, files)
    feed = Feed(zone or (await site_of(database))["zone"], now)
    writer = Writer(database, feed, run.id, Tally(), link or {}, grant.house.audit.transaction, touched)
    progress = _Progress(report_progress, sum(file.count for file in files))
    sources = await _write_files(writer, files, source, progress)
    late = 0
    for name in sorted(sources):
        await go_back(writer, name)
        await take_back_words(writer, name)
        late += await complete(writer, name)
    report = writer.tally.report(
        files=len(files), late=late, resumed=run.resumed, longest_transaction=writer.longest,
        seconds=time.perf_counter() - began,
    )  # fmt: skip
    await _end(database, run, report, now + timedelta(seconds=report.seconds), ended)
    return report


def touched(entries: list[Entry], charts: frozenset[UUID], now: datetime) -> None:
    """One audit entry for each chart that the run writes to, in the transaction that writes."""
    purpose = Purpose.FEED.value
    entries.extend(Entry(now, "system.import", subject=chart, purpose=purpose) for chart in sorted(charts))


@dataclass(slots=True)
class _Progress:
    report: Progress | None
    total: int
    done: int = 0

    def add(self, count: int) -> None:
        self.done += count
        if self.report:
            self.report(self.done, self.total)


async def _write_files(writer: Writer, files: list[FeedFile], source: str, progress: _Progress) -> set[str]:
    """Pass by pass, so that what is referred to is there before what refers to it; the names of the sources."""
    batch = _Gathering(writer, progress)
    try:
        for passes in SWEEPS:
            for group in groups_of(files, passes):
                waiting = _by_pass(group, passes)
                for number in passes:
                    for entry in waiting.pop(number):
                        await batch.add(make_ready(entry, source or source_of(entry)))
                    await batch.flush()
    finally:
        await batch.written()
    return batch.sources


def _by_pass(group: list[FeedFile], passes: range) -> dict[int, list[Sending]]:
    found: dict[int, list[Sending]] = {number: [] for number in passes}
    for file in group:
        for entry in read_file(file):
            number = pass_of(entry.fhir_type)
            if number in found:
                found[number].append(entry)
    return found


def source_of(entry: Sending) -> str:
    """The server in the entry's address; one name for all that names none. Two servers' `Patient/1` are two people."""
    base = base_of(entry.full_url, entry.fhir_type, entry.fhir_id)
    if not base:
        return UNNAMED
    name = base.partition("://")[2]
    if len(name) <= LONGEST_SOURCE:
        return name
    return f"{name[:47]}#{hashlib.sha256(name.encode()).hexdigest()[:16]}"


@dataclass(slots=True)
class _Gathering:
    """Collects resources of one source until they are worth a transaction. A batch holds each resource once.

    The commit of a batch waits for the disk, and meanwhile the next one is gathered and prepared. They are written one
    after the other.
    """

    writer: Writer
    progress: _Progress
    sources: set[str] = field(default_factory=set)
    sents: list[Sent] = field(default_factory=list)
    keys: set[tuple[str, str]] = field(default_factory=set)
    writing: asyncio.Task[None] | None = None
    on_their_way: set[tuple[str, str]] = field(default_factory=set)
    """The keys of what is being written."""

    async def add(self, sent: Sent) -> None:
        full = len(self.sents) >= self.writer.size
        if self.sents and (full or sent.key in self.keys or sent.source != self.sents[0].source):
            await self.flush()
        self.sents.append(sent)
        self.keys.add(sent.key)
        self.sources.add(sent.source)
        if len(self.sents) % AT_A_TIME == 0:
            await asyncio.sleep(0)

    async def flush(self) -> None:
        """Gives the batch to be written, once the one before it is. Raises what writing that one raised."""
        sents, keys, self.sents, self.keys = self.sents, self.keys, [], set()
        if not keys.isdisjoint(self.on_their_way):
            await self.written()
        works = await self.writer.prepared(sents[0].source, sents) if sents else []
        await self.written()
        if sents:
            self.on_their_way = keys
            self.writing = asyncio.create_task(self._write(sents[0].source, works, len(sents)))

    async def written(self) -> None:
        writing, self.writing, self.on_their_way = self.writing, None, set()
        if writing:
            await writing

    async def _write(self, source: str, works: list[Work], count: int) -> None:
        await self.writer.write(source, works)
        self.progress.add(count)


async def _begin(grant: SystemGrant, source: str, files: list[FeedFile]) -> Run:
    """A run row; the one that was cut, if these are its files. Going on is a run in the audit like beginning."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(str(file.path).encode() + b"\0" + file.sha256)
    database, now = grant.house.database, grant.now
    rows = await database.rows(
        "SELECT id, started_at FROM import_run WHERE source = ? AND state = 'writing' AND digest = ? ORDER BY started_at DESC LIMIT 1",
        source, digest.digest(),
    )  # fmt: skip
    run = Run(rows[0]["id"], rows[0]["started_at"], True) if rows else Run(new_id(), now, False)
    async with grant.acting("system.import") as entry:
        entry.purpose = Purpose.FEED.value
        if run.resumed:
            return run
        await database.rows(
            "INSERT INTO import_run (id, source, state, digest, cursor, started_at) VALUES (?, ?, 'writing', ?, 0, ?)",
            run.id, source, digest.digest(), now,
        )  # fmt: skip
    return run


async def _end(database: Database, run: Run, report: ImportReport, at: datetime, ended: Ended | None) -> None:
    counts = {
        one.fhir_type: [one.read, one.stored, one.unchanged, one.withdrawn, len(one.skipped)] for one in report.types
    }
    async with database.transaction():
        await database.rows(
            "UPDATE import_run SET state = 'done', report = ?, ended_at = ? WHERE id = ?",
            msgspec.json.encode(counts).decode(), at, run.id,
        )  # fmt: skip
        if ended:
            await ended(run.began)
