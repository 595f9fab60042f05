"""The staff's side of what was asked: take it, give it back, answer it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from access.grant import QueueGrant, RecordGrant
from access.visible import visible
from acts.requests import TooLate, add_step
from files.store import Prepared
from rules.requests import ANSWERED, KINDS, REQUESTED, TAKEN, reply_path
from tables.base import new_id
from tables.drafts import drop_draft
from tables.queue import enqueue_notice
from tables.records import left_of
from tables.requests import HELD, Request, RequestStep
from tables.sending import Sending, use_key

ASSIGN = "UPDATE request SET state = ?, assignee = ?, changed_at = ? WHERE id = ? AND {still} AND {same} RETURNING id"
FREE = f"state IN ('requested', 'in-progress') AND NOT {HELD}"
THEIRS = "state = 'in-progress' AND assignee <> ? AND assignee = (SELECT id FROM account WHERE ref = ?)"
MINE = "state = 'in-progress' AND assignee = ?"
HANDOVER = "INSERT INTO request_handover (id, request, had, taker, at) VALUES (?, ?, ?, ?, ?)"
ANSWER = "UPDATE request SET state = ?, answer = ?, changed_at = ?, assignee = NULL WHERE id = ? AND state = ? RETURNING kind"
TO_TELL = (
    "SELECT q.asked_by AS account FROM request q WHERE q.id = ? UNION SELECT s.account FROM request q JOIN share s"
    f" ON s.record = {left_of('q.record')} WHERE q.id = ? AND s.basis = 'self' AND s.revoked_at IS NULL"
)


class NewWords(Exception):
    """More was said than stood on the page that the answer was written on."""


async def take(grant: QueueGrant, ref: str, sending: Sending, outcome: str) -> bool:
    """Whoever takes it may open it. False where there is none in this queue; raises TooLate where somebody has it."""
    return await _assign(grant, ref, sending, outcome, _Change("request.take", grant.account, FREE))


async def take_over(grant: QueueGrant, ref: str, sending: Sending, outcome: str, had: str) -> bool:
    """From the colleague whose account's ref is `had`, who hears of it; from nobody else who has it by now."""
    change = _Change("request.take_over", grant.account, THEIRS, (grant.account, had))
    return await _assign(grant, ref, sending, outcome, change)


async def give_back(grant: QueueGrant, ref: str, sending: Sending, outcome: str) -> bool:
    return await _assign(grant, ref, sending, outcome, _Change("request.give_back", None, MINE, (grant.account,)))


@dataclass(frozen=True, slots=True)
class _Change:
    """Whose it becomes (None: nobody's), where `still` holds of it with these values."""

    action: str
    to: UUID | None
    still: str
    values: tuple[Any, ...] = ()


async def _assign(grant: QueueGrant, ref: str, sending: Sending, outcome: str, change: _Change) -> bool:
    async with grant.acting(change.action) as entry:
        database, now = grant.house.database, grant.house.clock()
        rows = await visible(grant, Request).rows(("id", "record", "assignee"), "ref = ?", ref)
        if not rows:
            return False
        await use_key(database, sending, outcome, now)
        row, state = rows[0], TAKEN if change.to else REQUESTED
        entry.subject = row["record"]
        entry.showed("Request", [row["id"]])
        # Asked of the row itself: of two who come at the same moment, the second sees there that the first has it.
        had = [row["assignee"]] if row["assignee"] else []
        sql = ASSIGN.format(still=change.still, same="assignee = ?" if had else "assignee IS NULL")
        if not await database.rows(sql, state, change.to, now, row["id"], *change.values, *had):
            raise TooLate
        if change.to and had:
            await database.rows(HANDOVER, new_id(), row["id"], *had, change.to, now)
    return True


async def answer(
    grant: RecordGrant, answer: str, words: str, seen: str, sending: Sending, outcome: str, file: Prepared | None = None
) -> None:
    """Answers the one request that this grant is for; whoever asked hears of it, and the patient too. `seen`: how many
    steps were read before. Raises TooLate and NewWords."""
    async with grant.acting("request.answer") as entry:
        database, now = grant.house.database, grant.house.clock()
        await use_key(database, sending, outcome, now)
        rows = await visible(grant, Request).rows(("id", "ref", "kind"), "state = ?", TAKEN)
        if not rows or answer not in KINDS[rows[0]["kind"]].answers:
            raise TooLate
        id, state = rows[0]["id"], KINDS[rows[0]["kind"]].answers[answer]
        if not await database.rows(ANSWER, state, answer, now, id, TAKEN):
            raise TooLate
        # Asked for by itself, and now: words that came while this waited for the row are counted on PostgreSQL too.
        [said] = await visible(grant, RequestStep).rows(("COUNT(*) AS steps",), "request = ?", id)
        if seen != str(said["steps"]):
            raise NewWords
        await add_step(grant, id, ANSWERED, words, grant.house.clock(), answer=answer, file=file)
        await drop_draft(database, grant.viewer.account, grant.record, reply_path(rows[0]["ref"]))
        entry.showed("Request", [id])
        for one in await database.rows(TO_TELL, id, id):
            await enqueue_notice(
                database, "request.answered", one["account"], "Request", id, now, dedupe=f"answered:{id}:{now.timestamp():.3f}"
            )
