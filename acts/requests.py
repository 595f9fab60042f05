"""Asking the clinic for something, writing back, taking it back. What people write is sealed before it is stored."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from access.grant import RecordGrant
from access.visible import visible
from acts.drafts import Fields, keep_draft
from files.store import Prepared, store
from identity import limits
from rules.requests import (
    AGAIN_WITHIN, ASKED, CANCELLED, KINDS, REQUESTED, SAID, WITHDRAWN, Asking, after_words, due_at, may_say_more, may_withdraw, reply_path,
)  # fmt: skip
from tables.base import new_id, new_ref
from tables.database import Database
from tables.drafts import drop_draft
from tables.records import one_person
from tables.requests import Request
from tables.sending import Sending, use_key

INSERT = (
    "INSERT INTO request (id, ref, record, kind, category, topic, duty, site, state, answer, subject_kind, subject, label,"
    " asked_by, share, assignee, asked_at, changed_at, due_at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, (SELECT site FROM record WHERE id = ?), ?, '', ?, ?, ?, ?, ?, NULL, ?, ?, ?)"
    " ON CONFLICT DO NOTHING RETURNING id"
)
STEP = (
    "INSERT INTO request_step (id, request, at, author, share, by_staff, did, answer, sealed, file)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
SAY = "UPDATE request SET state = ?, changed_at = ?, due_at = ? WHERE id = ? AND state = ? RETURNING id"
WITHDRAW = (
    "UPDATE request SET state = ?, changed_at = ?, assignee = NULL WHERE id = ? AND state IN ('requested', 'in-progress')"
    " RETURNING id"
)
STILL_OPEN = (
    f"SELECT ref FROM request WHERE record IN ({one_person('?')}) AND kind = ? AND kind = 'refill'"
    " AND subject = ? AND state IN ('requested', 'in-progress')"
)
"""Of refills alone there is one at a time. An index says so of one chart; what was asked of a chart that was merged into
it since counts as well."""
FIRST_STEP = "JOIN request_step s ON s.request = r.id AND s.did = 'asked' LEFT JOIN stored_file f ON f.id = s.file"
ASKED_LATELY = (
    f"SELECT r.ref, s.id, s.sealed, f.sha256 FROM request r {FIRST_STEP} WHERE r.record = ? AND r.asked_by = ? AND r.kind = ?"
    " AND r.topic = ? AND r.subject = ? AND r.asked_at > ? AND r.state <> 'cancelled' ORDER BY r.asked_at DESC"
)
SAID_LAST = (
    "SELECT s.id, s.sealed, s.author, s.at, f.sha256 FROM request_step s LEFT JOIN stored_file f ON f.id = s.file"
    " WHERE s.request = ? ORDER BY s.at DESC, s.id DESC LIMIT 1"
)
READS = ("id", "kind", "topic", "state")
A_DAY = 86_400
ASKS, SAYS, FILES = 20, 40, 10
"""What one person may send in a day, whomever they write for: staff read all of it, and files are kept for good."""
FILES_A_YEAR, FILES_OF_ALL = 100, 2_000
"""Of one person in a year, and of all of them in a day."""


class AlreadyOpen(Exception):
    """The same was asked before and waits for an answer; `ref` is that request."""

    def __init__(self, ref: str):
        super().__init__(ref)
        self.ref = ref


class SentLately(Exception):
    """The same person sent the same words a moment ago, on another form; `ref` is the request that has them."""

    def __init__(self, ref: str):
        super().__init__(ref)
        self.ref = ref


class TooMany(Exception):
    """One person sent as much as one may; `what`: asks, says or files. It may be tried again at `again_at`."""

    def __init__(self, what: str, again_at: datetime):
        super().__init__(what)
        self.what, self.again_at = what, again_at


class TooLate(Exception):
    """It was answered, or taken back, before this came."""


async def ask(grant: RecordGrant, asking: Asking, sending: Sending, path: str, file: Prepared | None = None) -> str:
    """The ref of the request, which waits for its duty; `path` is where requests of this kind stand below the record. Raises
    AlreadyOpen, SentLately and TooMany."""
    database, now, ref = grant.house.database, grant.house.clock(), new_ref()
    topic = KINDS[asking.kind].topics[asking.topic]
    async with grant.acting(f"{asking.kind}.ask") as entry:
        await use_key(database, sending, f"/records/{grant.record_ref}/{path}/{ref}?done=asked", now)
        await _no_other(database, grant, asking)
        await _within_limits(grant, "asks", ASKS, file, now)
        await _not_lately(grant, asking, file, now)
        made = await database.rows(
            INSERT, new_id(), ref, grant.record, asking.kind, KINDS[asking.kind].category, asking.topic, topic.duty,
            grant.record, REQUESTED, asking.subject_kind, asking.subject, asking.label, grant.viewer.account, _share(grant),
            now, now, due_at(now, topic.days),
        )  # fmt: skip
        if not made:
            await _no_other(database, grant, asking)
        await add_step(grant, made[0]["id"], ASKED, asking.words, now, file=file)
        await drop_draft(database, grant.viewer.account, grant.record, path)
        entry.showed("Request", [made[0]["id"]])
    return ref


async def _no_other(database: Database, grant: RecordGrant, asking: Asking) -> None:
    found = await database.rows(STILL_OPEN, grant.record, asking.kind, asking.subject)
    if found:
        raise AlreadyOpen(found[0]["ref"])


async def _not_lately(grant: RecordGrant, asking: Asking, file: Prepared | None, now: datetime) -> None:
    """After the limits, whose row makes two sendings at once wait for each other. Raises SentLately."""
    rows = await grant.house.database.rows(
        ASKED_LATELY, grant.record, grant.viewer.account, asking.kind, asking.topic, asking.subject, now - AGAIN_WITHIN
    )
    for row in rows:
        if _same(grant, row, asking.words, file):
            raise SentLately(row["ref"])


def _same(grant: RecordGrant, row: dict[str, Any], words: str, file: Prepared | None) -> bool:
    """Whether this step has these words. A form that comes back has lost its file; one with a file in it that the step does
    not have says something new."""
    said = grant.house.keyring.open(bytes(row["sealed"]), row["id"]).decode() if row["sealed"] else ""
    return said == words and (file is None or (row["sha256"] is not None and bytes(row["sha256"]) == file.sha256))


async def say(
    grant: RecordGrant, ref: str, words: str, sending: Sending, outcome: str, file: Prepared | None = None
) -> bool:
    """Adds words to a request; False where this grant has none of that name. Raises TooLate, SentLately and TooMany."""
    async with grant.acting("request.say") as entry:
        database, now = grant.house.database, grant.house.clock()
        row = await the_request(grant, ref)
        if row is None:
            return False
        await use_key(database, sending, outcome, now)
        await _within_limits(grant, "says", SAYS, file, now)
        await _not_said_last(grant, row["id"], ref, words, file, now)
        state, kind = row["state"], KINDS[row["kind"]]
        due = due_at(now, kind.topics[row["topic"]].days)
        if not may_say_more(state, kind) or not await database.rows(SAY, after_words(state), now, due, row["id"], state):
            raise TooLate
        await add_step(grant, row["id"], SAID, words, grant.house.clock(), file=file)
        await drop_draft(database, grant.viewer.account, grant.record, reply_path(ref))
        entry.showed("Request", [row["id"]])
    return True


async def keep_reply(grant: RecordGrant, ref: str, fields: Fields, form: Sending) -> bool:
    """What somebody began to write to a request; False where this grant has none of that name. It shows them nothing of it:
    what was answered meanwhile stays new. Raises AlreadySent."""
    if await the_request(grant, ref) is None:
        return False
    await keep_draft(grant, reply_path(ref), fields, form)
    return True


async def _not_said_last(
    grant: RecordGrant, request: UUID, ref: str, words: str, file: Prepared | None, now: datetime
) -> None:
    """The same words after an answer are new ones. Raises SentLately."""
    [last] = await grant.house.database.rows(SAID_LAST, request)
    lately = last["author"] == grant.viewer.account and last["at"] > now - AGAIN_WITHIN
    if lately and _same(grant, last, words, file):
        raise SentLately(ref)


async def _within_limits(grant: RecordGrant, what: str, times: int, file: Prepared | None, now: datetime) -> None:
    """In the act's transaction: what is not sent is not counted. Raises TooMany."""
    name = f"{what}:{grant.viewer.account}"
    await _spend(grant, what, (limits.Limit(name, times, A_DAY, kept=True),), now)
    if file:
        name = f"files:{grant.viewer.account}"
        await _spend(grant, "files", (
            limits.Limit(name, FILES, A_DAY, kept=True), limits.Limit(f"{name}:year", FILES_A_YEAR, 365 * A_DAY, kept=True),
            limits.Limit("files:all", FILES_OF_ALL, A_DAY, kept=True),
        ), now)  # fmt: skip


async def _spend(grant: RecordGrant, what: str, asked: tuple[limits.Limit, ...], now: datetime) -> None:
    try:
        await limits.spend(grant.house, asked, now)
    except limits.Full as full:
        raise TooMany(what, full.again_at) from None


async def withdraw(grant: RecordGrant, ref: str, sending: Sending, outcome: str) -> bool:
    """Takes a request back; False where this grant has none of that name. Raises TooLate."""
    async with grant.acting("request.cancel") as entry:
        database, now = grant.house.database, grant.house.clock()
        row = await the_request(grant, ref)
        if row is None:
            return False
        await use_key(database, sending, outcome, now)
        if not may_withdraw(row["state"], KINDS[row["kind"]]) or not await database.rows(WITHDRAW, CANCELLED, now, row["id"]):
            raise TooLate
        await add_step(grant, row["id"], WITHDRAWN, "", now)
        entry.showed("Request", [row["id"]])
    return True


async def the_request(grant: RecordGrant, ref: str) -> dict[str, Any] | None:
    """Of the category that this act is for, and no other: a share for one part does not write in another."""
    rows = await visible(grant, Request).rows(READS, "ref = ? AND category = ?", ref, grant.category.value)
    return rows[0] if rows else None


async def add_step(
    grant: RecordGrant, request: UUID, did: str, words: str, now: datetime, *, answer: str = "", file: Prepared | None = None
) -> None:
    """In the act's transaction: one thing said or done, its words sealed to its own id, and the file that came with it. `now`
    is taken when the request's row is held, so that whoever counted the steps before finds the newest after them."""
    id, database = new_id(), grant.house.database
    kept = (await store(database, file, now)).id if file else None
    sealed = grant.house.keyring.seal(words.encode(), id) if words else None
    duty = grant.duty.value if grant.duty else ""
    await database.rows(STEP, id, request, now, grant.viewer.account, _share(grant), duty, did, answer, sealed, kept)


def _share(grant: RecordGrant) -> UUID | None:
    """Who asked for somebody else did so by a share of theirs."""
    return None if grant.own or grant.item else grant.share
