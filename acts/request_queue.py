"""The staff's side of what was asked: take it, give it back, answer it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from access.grant import QueueGrant, RecordGrant
from access.visible import visible
from acts.requests import TooLate, add_step
from files.store import Prepared
from rules.requests import ANSWERED, KINDS, REQUESTED, TAKEN
from tables.queue import enqueue_notice
from tables.records import left_of
from tables.requests import Request, RequestStep
from tables.sending import Sending, use_key

TAKE = (
    "UPDATE request SET state = ?, assignee = ?, changed_at = ? WHERE id = ? AND assignee IS NULL AND state = 'requested'"
    " RETURNING id"
)
GIVE_BACK = "UPDATE request SET state = ?, assignee = NULL, changed_at = ? WHERE id = ? AND assignee = ? AND state = ? RETURNING id"
ANSWER = "UPDATE request SET state = ?, answer = ?, changed_at = ?, assignee = NULL WHERE id = ? AND state = ? RETURNING kind"
TO_TELL = (
    "SELECT q.asked_by AS account FROM request q WHERE q.id = ? UNION SELECT s.account FROM request q JOIN share s"
    f" ON s.record = {left_of('q.record')} WHERE q.id = ? AND s.basis = 'self' AND s.revoked_at IS NULL"
)


class NewWords(Exception):
    """More was said than stood on the page that the answer was written on."""


async def take(grant: QueueGrant, ref: str, sending: Sending, outcome: str) -> bool:
    """Whoever takes it may open it. False where there is none in this queue; raises TooLate where somebody has it."""
    return await _assign(grant, ref, sending, outcome, "request.take", TAKE, TAKEN, grant.account)


async def give_back(grant: QueueGrant, ref: str, sending: Sending, outcome: str) -> bool:
    return await _assign(grant, ref, sending, outcome, "request.give_back", GIVE_BACK, REQUESTED, None)


async def _assign(
    grant: QueueGrant, ref: str, sending: Sending, outcome: str, action: str, sql: str, state: str, to: UUID | None
) -> bool:
    async with grant.acting(action) as entry:
        database, now = grant.house.database, grant.house.clock()
        rows = await visible(grant, Request).rows(("id", "record"), "ref = ?", ref)
        if not rows:
            return False
        await use_key(database, sending, outcome, now)
        entry.subject = rows[0]["record"]
        entry.showed("Request", [rows[0]["id"]])
        values: tuple[Any, ...] = (state, to, now, rows[0]["id"]) if to else (state, now, rows[0]["id"], grant.account, TAKEN)
        if not await database.rows(sql, *values):
            raise TooLate
    return True


async def answer(
    grant: RecordGrant, answer: str, words: str, seen: str, sending: Sending, outcome: str, file: Prepared | None = None
) -> None:
    """Answers the one request that this grant is for; whoever asked hears of it, and the patient too. `seen`: how many
    steps were read before. Raises TooLate and NewWords."""
    async with grant.acting("request.answer") as entry:
        database, now = grant.house.database, grant.house.clock()
        await use_key(database, sending, outcome, now)
        rows = await visible(grant, Request).rows(("id", "kind"), "state = ?", TAKEN)
        if not rows or answer not in KINDS[rows[0]["kind"]].answers:
            raise TooLate
        id, state = rows[0]["id"], KINDS[rows[0]["kind"]].answers[answer]
        if not await database.rows(ANSWER, state, answer, now, id, TAKEN):
            raise TooLate
        # Asked for by itself, and now: words that came while this waited for the row are counted on PostgreSQL too.
        [said] = await visible(grant, RequestStep).rows(("COUNT(*) AS steps",), "request = ?", id)
        if seen != str(said["steps"]):
            raise NewWords
        await add_step(grant, id, ANSWERED, words, now, answer=answer, file=file)
        entry.showed("Request", [id])
        for one in await database.rows(TO_TELL, id, id):
            await enqueue_notice(
                database, "request.answered", one["account"], "Request", id, now, dedupe=f"answered:{id}:{now.timestamp():.3f}"
            )
