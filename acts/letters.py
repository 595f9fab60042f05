"""The front desk has printed what waits for somebody, and it goes into the post."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from access.grant import QueueGrant
from access.visible import one_of, visible
from tables.sending import Sending, use_key
from tables.work import Outbox


async def note_printed(
    grant: QueueGrant, printed: Sequence[UUID], dropped: Sequence[UUID], sending: Sending, outcome: str
) -> None:
    """`dropped`: by now it is no longer the reader's to know. Of two who print the same, the first is written down."""
    async with grant.acting("letters.print") as entry:
        await use_key(grant.house.database, sending, outcome, grant.now)
        for state, rows in (("sent", printed), ("dropped", dropped)):
            await _end(grant, state, rows)
        entry.shown = {"Outbox": list(printed)}


async def _end(grant: QueueGrant, state: str, rows: Sequence[UUID]) -> None:
    waiting = visible(grant, Outbox).predicate
    await grant.house.database.rows(
        f"UPDATE outbox SET state = ?, sent_at = ? WHERE {one_of('id', rows)} AND {waiting.sql}",
        state, grant.now, *rows, *waiting.values,
    )
