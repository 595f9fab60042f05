"""Opens grants. `open_record` is the one decision about a record: it gathers facts, asks the rule, writes it down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from access.audit import Entry
from access.grant import AccountGrant, CapabilityGrant, Held, QueueGrant, RecordGrant, SystemGrant, charts_of, make, sources_of
from access.house import House
from access.items import item_stands
from access.predicates import one_of
from access.viewer import Viewer, Visitor
from access.vocabulary import Access, Action, Duty, Purpose
from rules.access import Allowed, RecordFacts, Refusal, ShareFacts, decide, scopes_of
from tables.sites import site_of

FACTS = (
    "SELECT r.id, r.ref, r.state, r.name, r.given, r.birth_text, r.deceased_text, r.site, m.ref AS merged_ref,"
    " s.id AS share, s.ref AS share_ref, s.basis, s.starts_at, s.ends_at, s.revoked_at, f.id AS source, f.first_record AS chart"
    " FROM record r LEFT JOIN record m ON m.id = r.merged_into"
    " LEFT JOIN share s ON s.record = r.id AND s.account = ? LEFT JOIN record_source f ON f.record = r.id"
    " WHERE r.ref = ? ORDER BY s.revoked_at IS NULL DESC, s.created_at DESC"
)
"""A row for each share that this account has or had, with each of the feeds' patients that the record is made of, and
the chart that it came with: after merges these are the charts that are one."""

SCOPES = "SELECT category, action FROM share_scope WHERE share = ?"
OF_HUMAN = (
    "SELECT k.id FROM share s JOIN record a ON a.id = s.record JOIN record k ON k.id = COALESCE(a.merged_into, a.id)"
    " OR k.merged_into = COALESCE(a.merged_into, a.id) WHERE s.account = ? AND s.revoked_at IS NULL"
    " AND (s.ends_at IS NULL OR s.ends_at > ?)"
)
"""The charts that an account has a share of, now or from a day to come, with all that are one with them by merges."""
DUTY_SITES = "SELECT duty, site FROM staff_duty WHERE account = ? AND {duties} AND ended_at IS NULL"
STANDS = (
    "SELECT r.state, r.deceased_text, r.birth_text, r.site, s.basis, s.starts_at, s.ends_at, s.revoked_at, e.revoked_at AS session_revoked,"
    " a.state AS account_state, a.changes_locked_at FROM share s JOIN record r ON r.id = s.record JOIN session e ON e.id = ?"
    " JOIN account a ON a.id = s.account WHERE s.id = ?"
)
PREVIEWED = (
    "SELECT s.id, s.basis, s.starts_at, s.ends_at, s.revoked_at, a.name FROM share s JOIN account a ON a.id = s.account"
    " WHERE s.ref = ? AND s.record = ? AND s.basis <> 'self'"
)


@dataclass(frozen=True, slots=True)
class Denied:
    """`reason`: sign_in, half, staff, stranger, category, blocked, step_up, locked, duty, merged.

    `record_name` is only set where the asker may know it; `elsewhere` is the ref of the record merged into.
    """

    reason: str
    entry: Entry | None = None
    record_name: str = ""
    record_ref: str = ""
    elsewhere: str = ""


async def open_record(
    house: House, viewer: Viewer, record_ref: str, access: Access, share_ref: str = ""
) -> RecordGrant | Denied:
    """The grant for one record, or why not. `share_ref`: see it as that helper would ("what they will see")."""
    rows = await house.database.rows(FACTS, viewer.account, record_ref)
    row = _newest_standing(rows, viewer.now)
    entry = _entry(viewer, row, access)
    decision = await _decide(house, viewer, row, access)
    if isinstance(decision, Refusal):
        return _denied(decision, row, entry)
    if lacking := viewer.lacks(access, house.limits.step_up):
        return _denied(Refusal(lacking), row, entry)
    grant = _record_grant(house, viewer, row, access, decision, rows, entry)
    return await _preview(house, viewer, grant, share_ref, row) if share_ref else grant


async def _decide(house: House, viewer: Viewer, row: dict | None, access: Access) -> Allowed | Refusal:
    if row is None or row["share"] is None or viewer.is_staff:
        return Refusal("stranger")
    share = await _share_facts(house, row)
    facts = await _record_facts(house, row, share.basis, viewer.now)
    return decide(facts, share, access.category.value, access.action.value, viewer.now)


async def _record_facts(house: House, row: dict, basis: str, now: datetime) -> RecordFacts:
    """The date where the record is kept is asked for where an age decides; nobody else waits for it."""
    today = None
    if basis == "guardian":
        site = await site_of(house.database, _uuid(row["site"]))
        today = now.astimezone(ZoneInfo(site["zone"])).date()
    return RecordFacts(row["state"], row["deceased_text"] is not None, row["birth_text"], today)


async def _share_facts(house: House, row: dict) -> ShareFacts:
    scopes = frozenset()
    if row["basis"] != "self":
        found = await house.database.rows(SCOPES, _uuid(row["share"]))
        scopes = frozenset((scope["category"], scope["action"]) for scope in found)
    return ShareFacts(row["basis"], _at(row["starts_at"]), _at(row["ends_at"]), _at(row["revoked_at"]), scopes)


def _newest_standing(rows: list[dict], now: datetime) -> dict | None:
    """An account may have held several shares of a record over the years; one that stands comes first."""
    return next((row for row in rows if _share_stands(row, now)), rows[0] if rows else None)


def _entry(viewer: Viewer, row: dict | None, access: Access) -> Entry:
    subject = _uuid(row["id"]) if row else None
    entry = Entry(viewer.now, f"{access.page or access.category.value}.{access.action.value}", viewer.account, subject=subject)
    if row and row["share"] and row["basis"] != "self":
        entry.behalf = _uuid(row["share"])
    return entry


def _denied(refusal: Refusal, row: dict | None, entry: Entry) -> Denied:
    """A foreign record and one that never existed leave the same entry and the same answer."""
    entry.decision, entry.reason = "refused", refusal.reason
    if refusal.reason == "stranger":
        entry.behalf = None
        elsewhere = _merged_for(row, entry.at)
        return Denied("merged" if elsewhere else "stranger", entry, elsewhere=elsewhere)
    return Denied(refusal.reason, entry, row["name"], row["ref"])


def _merged_for(row: dict | None, now: datetime) -> str:
    """The ref of the record this one was merged into, for those whose share of it stands; the new one decides anew.
    To anybody else, helpers of former days among them, it is as if it had never been."""
    return row["merged_ref"] if row and row["merged_ref"] and _share_stands(row, now) else ""


def _share_stands(row: dict, now: datetime) -> bool:
    if row["share"] is None:
        return False
    times = (_at(row[name]) for name in ("starts_at", "ends_at", "revoked_at"))
    return ShareFacts(row["basis"], *times, frozenset()).stands(now)


def _record_grant(house, viewer, row, access, decision: Allowed, rows, entry) -> RecordGrant:
    purpose = Purpose.SELF if decision.basis == "self" else Purpose.HELPING
    entry.purpose = purpose.value
    record = _uuid(row["id"])
    return make(
        RecordGrant,
        house=house, now=viewer.now, entry=entry, viewer=viewer,
        record=record, charts=charts_of(record, rows), record_ref=row["ref"], name=row["name"], given=row["given"],
        birth_text=row["birth_text"], sources=sources_of(rows), basis=decision.basis,
        share=_uuid(row["share"]), share_ref=row["share_ref"], scopes=decision.scopes,
        category=access.category, action=access.action, purpose=purpose, changing=access.step_up,
    )


async def _preview(house: House, viewer: Viewer, own: RecordGrant, share_ref: str, row: dict) -> RecordGrant | Denied:
    """One's own rights, narrowed to what that share shows. Only the patient, or a representative, may look so."""
    found = await house.database.rows(PREVIEWED, share_ref, own.record)
    if not found or own.basis != "self":
        return _denied(Refusal("stranger"), row, own.entry)
    share = await _share_facts(house, {**found[0], "share": found[0]["id"]})
    facts = await _record_facts(house, row, share.basis, viewer.now)
    scopes = scopes_of(share, facts) if share.stands(viewer.now) else frozenset()
    if (own.category.value, own.action.value) not in scopes or own.action is Action.ACT:
        return _denied(Refusal("category"), row, own.entry)
    own.entry.purpose = Purpose.PREVIEW.value
    fields = {name: getattr(own, name) for name in RecordGrant.__dataclass_fields__ if name != "_seal"}
    fields |= {
        "scopes": scopes, "preview": True, "purpose": Purpose.PREVIEW,
        "share_ref": share_ref, "helper_name": found[0]["name"],
    }
    return make(RecordGrant, **fields)


async def stands(grant: RecordGrant) -> bool:
    """Asked again inside an act's transaction, with the clock of that moment."""
    if grant.item:
        return await item_stands(grant)
    rows = await grant.house.database.rows(STANDS + grant.holding, grant.viewer.session, grant.share)
    if not rows or rows[0]["session_revoked"] is not None or rows[0]["account_state"] != "active" or grant.shut(rows[0]):
        return False
    row = {**rows[0], "share": grant.share}
    share = await _share_facts(grant.house, row)
    now = grant.house.clock()
    facts = await _record_facts(grant.house, row, share.basis, now)
    decision = decide(facts, share, grant.category.value, grant.action.value, now)
    return isinstance(decision, Allowed)


def open_account(house: House, viewer: Viewer, action: str = "account.see", *, changing: bool = False) -> AccountGrant:
    entry = Entry(viewer.now, action, viewer.account, subject=viewer.account)
    return make(AccountGrant, house=house, now=viewer.now, entry=entry, viewer=viewer, account=viewer.account, changing=changing)


async def open_queue(house: House, viewer: Viewer, *duties: Duty, changing: bool = False) -> QueueGrant | Denied:
    """For those of these duties that are held now, each at its own sites; one that names no site is for all of them."""
    asked = DUTY_SITES.format(duties=one_of("duty", duties))
    rows = await house.database.rows(asked, viewer.account, *(duty.value for duty in duties))
    held = tuple(_held(duty, sites) for duty in duties if (sites := [row["site"] for row in rows if row["duty"] == duty.value]))
    if not held:
        return Denied("duty")
    entry = Entry(viewer.now, "staff.see", viewer.account, purpose=Purpose.DESK.value)
    kept_from = await _of_human(house, viewer)
    return make(
        QueueGrant, house=house, now=viewer.now, entry=entry, viewer=viewer, account=viewer.account, held=held, kept_from=kept_from,
        changing=changing,
    )


async def _of_human(house: House, viewer: Viewer) -> tuple[UUID, ...]:
    """What a member of staff sees as a patient or a helper, and so never at work (DESIGN §2)."""
    rows = await house.database.rows(OF_HUMAN, viewer.human, viewer.now) if viewer.human else []
    return tuple(dict.fromkeys(_uuid(row["id"]) for row in rows))


def _held(duty: Duty, sites: list[Any]) -> Held:
    return Held(duty, frozenset() if None in sites else frozenset(_uuid(site) for site in sites))


def open_system(house: House, part: str, now: datetime) -> SystemGrant:
    return make(SystemGrant, house=house, now=now, entry=Entry(now, f"system.{part}"), part=part)


async def open_for(
    system: SystemGrant, account: UUID, kind: str, record_ref: str, access: Access
) -> RecordGrant | Denied:
    """What this person would be granted at this moment, where the portal acts for them while they are not there. It
    shows nothing to anybody, so the entry of who looked is that of the system's run."""
    viewer = Viewer(Visitor("", system.part), system.house.clock(), "full", account, kind=kind)
    return await open_record(system.house, viewer, record_ref, access)


async def open_capability(house: House, viewer: Viewer, purpose: str, secret_hash: bytes) -> CapabilityGrant | None:
    """The grant of one secret, or None: unknown, used up, ended and revoked are the same to who asks."""
    return await open_link(house, viewer, (purpose,), secret_hash)


async def open_link(
    house: House, viewer: Viewer, purposes: tuple[str, ...], secret_hash: bytes
) -> CapabilityGrant | None:
    """The same for a secret that may be for any of these: its grant says for which."""
    rows = await house.database.rows(
        f"SELECT id, purpose, object_kind, object FROM capability WHERE hash = ? AND {one_of('purpose', purposes)}"
        " AND revoked_at IS NULL AND ends_at > ? AND uses < uses_allowed",
        secret_hash, *purposes, viewer.now,
    )
    if not rows:
        return None
    row = rows[0]
    entry = Entry(viewer.now, f"capability.{row['purpose']}", viewer.account)
    return make(
        CapabilityGrant, house=house, now=viewer.now, entry=entry, viewer=viewer,
        capability=_uuid(row["id"]), purpose=row["purpose"], object_kind=row["object_kind"], object=row["object"],
    )


def _uuid(value: Any) -> UUID | None:
    return value if value is None or isinstance(value, UUID) else UUID(str(value))


def _at(value: Any) -> datetime | None:
    return value
