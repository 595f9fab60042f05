"""One thing that waits for staff, opened by whoever has taken it: what of the record their duty needs, and no more.

A queue is a list of who, what kind and since when (DESIGN §2). What stands in an item is seen through the record's own
grant, on the basis "duty", which is made here and asked for again inside each act.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from access.grant import QueueGrant, RecordGrant, charts_of, make, sources_of
from access.visible import visible
from access.vocabulary import Action, Category, Duty, Purpose
from rules.access import Allowed, RecordFacts, decide_duty
from tables.records import left_of
from tables.requests import Request

ITEM = (
    "SELECT request.id, request.category, request.duty, request.assignee, r.id AS record, r.ref, r.state, r.name, r.given, r.birth_text,"
    f" r.deceased_text FROM request JOIN record r ON r.id = {left_of('request.record')} WHERE request.ref = ? AND {{seen}}"
)
"""What was asked of a chart that was merged since is opened in the one that is left."""
SOURCES = "SELECT id AS source, first_record AS chart FROM record_source WHERE record = ?"
STANDS = (
    "SELECT e.revoked_at, a.state FROM request q JOIN account a ON a.id = q.assignee JOIN session e ON e.account = a.id"
    " JOIN staff_duty d ON d.account = a.id AND d.duty = ? AND d.ended_at IS NULL WHERE q.id = ? AND a.id = ? AND e.id = ?"
)
PURPOSES = {Duty.CLINICIAN: Purpose.CARE}


async def open_item(queue: QueueGrant, ref: str) -> RecordGrant | None:
    """The grant for one request of this queue that the viewer has taken, by the duty that it is for; None is as good as
    not there. It leaves one entry, that of the queue, which now says whose record it was."""
    seen = visible(queue, Request).predicate
    rows = await queue.house.database.rows(ITEM.format(seen=seen.sql), ref, *seen.values)
    if not rows:
        return None
    row = rows[0]
    facts = RecordFacts(row["state"], row["deceased_text"] is not None, row["birth_text"])
    assigned = row["assignee"] is not None and _uuid(row["assignee"]) == queue.account
    decision = decide_duty(facts, row["duty"], row["category"], assigned)
    return await _grant(queue, row, decision) if isinstance(decision, Allowed) else None


async def _grant(queue: QueueGrant, row: dict[str, Any], decision: Allowed) -> RecordGrant:
    duty, category = Duty(row["duty"]), Category(row["category"])
    purpose = PURPOSES.get(duty, Purpose.DESK)
    entry = queue.entry
    entry.subject, entry.purpose, entry.action = _uuid(row["record"]), purpose.value, f"{category.value}.see"
    sources = await queue.house.database.rows(SOURCES, entry.subject)
    return make(
        RecordGrant,
        house=queue.house, now=queue.now, entry=entry, viewer=queue.viewer, record=entry.subject,
        charts=charts_of(entry.subject, sources), record_ref=row["ref"], name=row["name"], given=row["given"],
        birth_text=row["birth_text"], sources=sources_of(sources), basis=decision.basis, share=None, share_ref="", scopes=decision.scopes, category=category, action=Action.ACT,
        purpose=purpose, item=_uuid(row["id"]), duty=duty,
    )  # fmt: skip


async def item_stands(grant: RecordGrant) -> bool:
    """Whether it is still theirs, the duty too, and the session: asked inside the act's transaction."""
    rows = await grant.house.database.rows(
        STANDS, grant.duty.value, grant.item, grant.viewer.account, grant.viewer.session
    )
    return bool(rows) and rows[0]["revoked_at"] is None and rows[0]["state"] == "active"


def _uuid(value: Any) -> UUID:
    return value if isinstance(value, UUID) else UUID(str(value))
