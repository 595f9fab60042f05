"""Opens the bills of one guarantor: by the same decision as their chart, or for staff by their duty at a site.

Whoever pays for somebody else sees what was charged and when. What it was for they see of those charts alone that are
theirs, or whose bills were shared with them (rules.billing).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from access.audit import Entry
from access.grant import BillGrant, QueueGrant, make
from access.house import House
from access.opening import Denied, _denied, _newest_standing, _record_facts, _share_facts, _uuid
from access.viewer import Viewer
from access.visible import visible
from access.vocabulary import Access, Action, Category, Purpose
from rules.access import Allowed, RecordFacts, Refusal, ShareFacts, decide
from rules.billing import names_show
from tables.ledger import GuarantorAccount
from tables.records import left_of

HOLDER = left_of("g.holder")
"""The chart of who owes, wherever a merge has led it."""
FACTS = (
    "SELECT g.id AS guarantor, g.ref AS guarantor_ref, g.number, r.id, r.ref, r.state, r.name, r.given, r.birth_text,"
    " r.deceased_text, r.site, NULL AS merged_ref, s.id AS share, s.ref AS share_ref, s.basis, s.starts_at, s.ends_at,"
    f" s.revoked_at FROM guarantor_account g JOIN record r ON r.id = {HOLDER} LEFT JOIN share s ON s.record = r.id"
    " AND s.account = ? WHERE g.ref = ? ORDER BY s.revoked_at IS NULL DESC, s.created_at DESC"
)
COVERED = (
    "SELECT t.record, r.id, r.ref, r.state, r.name, r.given, r.birth_text, r.deceased_text, r.site, NULL AS merged_ref,"
    " s.id AS share, s.ref AS share_ref, s.basis, s.starts_at, s.ends_at, s.revoked_at"
    " FROM (SELECT DISTINCT record FROM statement WHERE guarantor = ?) t"
    f" JOIN record r ON r.id = {left_of('t.record')}"
    " LEFT JOIN share s ON s.record = r.id AND s.account = ? ORDER BY s.revoked_at IS NULL DESC, s.created_at DESC"
)
SESSION = (
    "SELECT s.revoked_at, a.state FROM session s JOIN account a ON a.id = s.account WHERE s.id = ?"
)

Facts = tuple[RecordFacts, ShareFacts]


async def open_bill(house: House, viewer: Viewer, ref: str, access: Access) -> BillGrant | Denied:
    """Whatever stands against it, it is as if there were no such account: even that somebody owes is theirs to tell."""
    rows = await house.database.rows(FACTS, viewer.account, ref)
    row = _newest_standing(rows, viewer.now)
    entry = _entry(viewer, row, access)
    facts = await _facts(house, viewer, row, viewer.now)
    decision = _decide(facts, access.action, viewer.now)
    if isinstance(decision, Refusal):
        return _denied(Refusal("stranger"), row, entry)
    entry.purpose = (Purpose.SELF if decision.basis == "self" else Purpose.HELPING).value
    acts = isinstance(_decide(facts, Action.ACT, viewer.now), Allowed)
    named, whole = await _named(house, viewer, row["guarantor"])
    return make(
        BillGrant, house=house, now=viewer.now, entry=entry, viewer=viewer, **_of_holder(row), basis=decision.basis,
        share=_uuid(row["share"]), share_ref=row["share_ref"], action=access.action, acts=acts, named=named, whole=whole,
    )


async def open_bill_at_work(queue: QueueGrant, ref: str, access: Access) -> BillGrant | Denied:
    """For billing: every service by its name, of the accounts whose holder belongs to a site of this duty."""
    rows = await queue.house.database.rows(FACTS, None, ref)
    row = rows[0] if rows and await _is_here(queue, rows[0]) else None
    entry = _entry(queue.viewer, row, access)
    entry.purpose = Purpose.DESK.value
    if row is None:
        return _denied(Refusal("stranger"), row, entry)
    found = await queue.house.database.rows("SELECT DISTINCT record FROM statement WHERE guarantor = ?", row["guarantor"])
    covered = frozenset(_uuid(one["record"]) for one in found)
    return make(
        BillGrant, house=queue.house, now=queue.now, entry=entry, viewer=queue.viewer, **_of_holder(row), basis="duty",
        share=None, share_ref="", action=access.action, acts=True, named=covered, whole=covered, sites=queue.sites,
    )


async def bill_stands(grant: BillGrant) -> bool:
    """Asked again inside an act's transaction, with the clock of that moment."""
    house, viewer = grant.house, grant.viewer
    sessions = await house.database.rows(SESSION, viewer.session)
    if not sessions or sessions[0]["revoked_at"] is not None or sessions[0]["state"] != "active":
        return False
    if grant.basis == "duty":
        return await _on_duty(house, viewer.account)
    rows = await house.database.rows(FACTS, viewer.account, grant.guarantor_ref)
    row = next((one for one in rows if _uuid(one["share"]) == grant.share), None)
    now = house.clock()
    return isinstance(_decide(await _facts(house, viewer, row, now), grant.action, now), Allowed)


async def _facts(house: House, viewer: Viewer, row: dict | None, now: datetime) -> Facts | None:
    """What the decision about a chart is made of; none for staff and where nothing is shared."""
    if row is None or row["share"] is None or viewer.is_staff:
        return None
    share = await _share_facts(house, row)
    return await _record_facts(house, row, share.basis, now), share


def _decide(facts: Facts | None, action: Action, now: datetime) -> Allowed | Refusal:
    """The rule of charts, asked about the bills in one."""
    return decide(*facts, Category.BILLING.value, action.value, now) if facts else Refusal("stranger")


async def _on_duty(house: House, account: UUID) -> bool:
    return bool(await house.database.rows(
        "SELECT id FROM staff_duty WHERE account = ? AND duty = 'billing' AND ended_at IS NULL", account
    ))  # fmt: skip


async def _named(house: House, viewer: Viewer, guarantor: Any) -> tuple[frozenset[UUID], frozenset[UUID]]:
    """The covered charts whose services may be named to this viewer, and those that are their own."""
    rows = await house.database.rows(COVERED, guarantor, viewer.account)
    named, whole = set(), set()
    for record in {row["record"] for row in rows}:
        row = _newest_standing([one for one in rows if one["record"] == record], viewer.now)
        decision = _decide(await _facts(house, viewer, row, viewer.now), Action.SEE, viewer.now)
        if isinstance(decision, Allowed) and names_show(decision.basis, decision.scopes):
            named.add(_uuid(record))
            whole |= {_uuid(record)} if decision.basis == "self" else set()
    return frozenset(named), frozenset(whole)


def _of_holder(row: dict) -> dict[str, Any]:
    same = ("guarantor_ref", "number", "name", "given", "birth_text")
    fields = {name: row[name] for name in same}
    return fields | {"guarantor": _uuid(row["guarantor"]), "record": _uuid(row["id"]), "record_ref": row["ref"]}


async def _is_here(queue: QueueGrant, row: dict) -> bool:
    """As in the list of accounts."""
    return bool(await visible(queue, GuarantorAccount).rows(("id",), "id = ?", row["guarantor"]))


def _entry(viewer: Viewer, row: dict | None, access: Access) -> Entry:
    entry = Entry(viewer.now, f"{access.page}.{access.action.value}", viewer.account, subject=_uuid(row["id"]) if row else None)
    if row and row["basis"] != "self":
        entry.behalf = _uuid(row["share"])
    return entry
