"""What staff do with a case: take it, write down what was found, let changes happen again, and close it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from access.audit import Entry
from access.grant import QueueGrant
from access.visible import visible
from identity.locks import unlock_changes
from rules.support import CLOSED, ENDED, NOT_ME, NOTED, OUTCOMES, TAKEN, UNLOCKS
from tables.base import new_id
from tables.queue import enqueue_notice
from tables.sending import Sending, use_key
from tables.support import SupportCase

TAKE = "UPDATE support_case SET state = ?, assignee = ?, changed_at = ? WHERE id = ? AND state <> 'closed' RETURNING id"
CLOSE = (
    "UPDATE support_case SET state = ?, outcome = ?, closed_at = ?, changed_at = ? WHERE id = ? AND state = 'taken'"
    " AND assignee = ? RETURNING id"
)
NOTE = (
    "INSERT INTO support_note (id, support_case, at, author, did, came_as, sealed) VALUES (?, ?, ?, ?, ?, '', ?)"
)


class NotYours(Exception):
    """Somebody else has it by now, or it is closed."""


async def take(grant: QueueGrant, ref: str, sending: Sending, outcome: str) -> None:
    """From whoever has it, too: a case is about somebody who waits. Raises LookupError and NotYours."""
    async with _at_case(grant, ref, "account.case_take", sending, outcome) as (case, _):
        if not await grant.house.database.rows(TAKE, TAKEN, grant.account, grant.now, case["id"]):
            raise NotYours


async def note(grant: QueueGrant, ref: str, words: str, sending: Sending, outcome: str) -> None:
    """By whoever has taken it. Raises LookupError and NotYours."""
    async with _at_case(grant, ref, "account.case_note", sending, outcome) as (case, _):
        _must_have(grant, case)
        await _write(grant, case["id"], NOTED, words)


async def close(grant: QueueGrant, ref: str, ending: str, words: str, sending: Sending, outcome: str) -> None:
    """By whoever has taken it; the one it is about is told. `ending` is an outcome of its kind. Raises LookupError and
    NotYours."""
    async with _at_case(grant, ref, "account.case_close", sending, outcome) as (case, entry):
        now, database = grant.now, grant.house.database
        if ending not in OUTCOMES[case["kind"]] or not await database.rows(
            CLOSE, CLOSED, ending, now, now, case["id"], grant.account
        ):
            raise NotYours
        entry.reason = ending
        if words:
            await _write(grant, case["id"], ENDED, words)
        if case["account"] and ending in UNLOCKS:
            await unlock_changes(grant.house, case["account"])
        if case["account"]:
            await enqueue_notice(database, "account.case_closed", case["account"], "SupportCase", case["id"], now)


async def unlock(grant: QueueGrant, ref: str, sending: Sending, outcome: str) -> None:
    """Lets changes happen again before the case is closed, or after: as when they come to the desk and change everything
    there. Raises LookupError and NotYours."""
    async with _at_case(grant, ref, "account.unlock", sending, outcome) as (case, _):
        if case["kind"] != NOT_ME or not await unlock_changes(grant.house, case["account"]):
            raise NotYours
        once = f"unlocked:{case['id']}:{grant.now.timestamp():.3f}"
        await enqueue_notice(
            grant.house.database, "account.unlocked", case["account"], "SupportCase", case["id"], grant.now, dedupe=once
        )


@asynccontextmanager
async def _at_case(
    grant: QueueGrant, ref: str, action: str, sending: Sending, outcome: str
) -> AsyncIterator[tuple[dict, Entry]]:
    async with grant.acting(action) as entry:
        rows = await visible(grant, SupportCase).rows(("id", "kind", "account", "state", "assignee"), "ref = ?", ref)
        if not rows:
            raise LookupError(ref)
        await use_key(grant.house.database, sending, outcome, grant.now)
        entry.subject = rows[0]["account"]
        entry.showed("SupportCase", [rows[0]["id"]])
        yield rows[0], entry


def _must_have(grant: QueueGrant, case: dict) -> None:
    if case["state"] != TAKEN or case["assignee"] != grant.account:
        raise NotYours


async def _write(grant: QueueGrant, case: UUID, did: str, words: str) -> None:
    row = new_id()
    sealed = grant.house.keyring.seal(words.encode(), row)
    await grant.house.database.rows(NOTE, row, case, grant.now, grant.account, did, sealed)
