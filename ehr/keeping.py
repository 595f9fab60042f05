"""What is kept of a batch beside its rows: the raw versions, identifiers, and what still waits."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ehr.batch import Batch, Work
from ehr.deciding import Decision
from ehr.patients import SOMEBODY_ELSE
from ehr.rows import Feed, json_text
from ehr.statements import moment_text, run_many
from ehr.storing import waiting_targets
from tables.base import new_id
from tables.database import Database

RAW = (
    "INSERT INTO raw_resource (id, source, fhir_type, fhir_id, version, sha256, body, current, withdrawn, updated_at,"
    " context, skipped, received_at, run) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_OF = " WHERE source = ? AND fhir_type = ? AND fhir_id = ?"


async def keep_raw(database: Database, batch: Batch, feed: Feed, run: UUID) -> None:
    fresh = [work for work in batch.works if work.decision is Decision.NEW and not _refused(work)]
    past = [(False, work.version.id) for work in fresh if work.version]
    await run_many(database, "UPDATE raw_resource SET current = ? WHERE id = ?", past)
    received = moment_text(feed.now) if database.is_sqlite else feed.now
    run_text = str(run)
    await run_many(database, RAW, [_raw(work, received, run_text) for work in batch.works if work.packed])
    again = [work for work in batch.works if work.decision in (Decision.AGAIN, Decision.RETURNED)]
    for work in again:
        if work.decision is Decision.RETURNED:
            await database.rows(
                f"UPDATE raw_resource SET current = (sha256 = ?){_OF}", work.sent.sha256, batch.source, *work.sent.key
            )
    await run_many(
        database,
        "UPDATE raw_resource SET skipped = ? WHERE id = ?",
        [(work.reason or None, work.version.id) for work in again],
    )


def _raw(work: Work, received: Any, run: str) -> tuple[Any, ...]:
    """Where one id named two people, the person that was known first stays the one whose words count."""
    sent, current = work.sent, work.decision is Decision.NEW and not _refused(work)
    return (
        new_id(), sent.source, sent.fhir_type, sent.fhir_id, sent.version, sent.sha256, work.packed, current, sent.withdrawn,
        sent.updated_at, _context(work), work.reason or None, received, run,
    )  # fmt: skip


def _refused(work: Work) -> bool:
    return work.reason == SOMEBODY_ELSE


def _context(work: Work) -> str | None:
    """What only the bundle knew, for reading the references again one day."""
    if work.reading is None:
        return None
    known = {"base": work.sent.base, "urns": work.reading.urns}
    return json_text({name: value for name, value in known.items() if value})


async def keep_identifiers(database: Database, batch: Batch) -> None:
    """Those of charts and of what has a projection; a later version's replace an earlier one's."""
    holders = [(work, work.facts or work.projection) for work in batch.works if not work.reason]
    holders = [(work, holder) for work, holder in holders if holder]
    again = [(batch.source, *work.sent.key) for work, _ in holders if work.version]
    await run_many(database, f"DELETE FROM feed_identifier{_OF}", again)
    rows = [(new_id(), batch.source, *work.sent.key, *pair) for work, holder in holders for pair in holder.identifiers]
    await run_many(
        database,
        "INSERT INTO feed_identifier (id, source, fhir_type, fhir_id, system, value) VALUES (?, ?, ?, ?, ?, ?)",
        rows,
    )


async def keep_waiting(database: Database, batch: Batch) -> None:
    """What this batch's resources wait for from now on."""
    again = [(batch.source, *work.sent.key) for work in batch.works if work.version]
    await run_many(database, f"DELETE FROM waiting_link{_OF}", again)
    rows = [
        (new_id(), batch.source, *work.sent.key, target.fhir_type, target.fhir_id[:820], met)
        for work in batch.works
        for target, met in waiting_targets(work)
    ]
    await run_many(
        database,
        "INSERT INTO waiting_link (id, source, fhir_type, fhir_id, target_type, target_id, met)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        rows,
    )
