"""The reads behind “who has looked”: the entries about one record, and who the people in them are to its owner."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from access.audit import micros
from access.grant import RecordGrant
from access.visible import Predicate, all_of, one_of, visible
from tables.audit import AuditEvent
from tables.records import Share

ENTRY = ("id", "at", "actor", "action", "decision", "purpose")


@dataclass(frozen=True, slots=True)
class Someone:
    """`relation`: you, patient, helper, guardian, representative, former (whose part has ended), a staff duty, staff,
    system, or stranger.

    Strangers have no name here: that somebody else uses this clinic is theirs to tell.
    """

    ref: str
    name: str
    relation: str

    @property
    def is_staff(self) -> bool:
        return self.relation not in PRIVATE and self.relation not in ("system", "stranger")


PRIVATE = ("you", "patient", "helper", "guardian", "representative", "former")
SYSTEM, STRANGER = Someone("system", "", "system"), Someone("stranger", "", "stranger")


def asked_for(since: datetime | None, actors: Collection[UUID | None] | None) -> Predicate:
    """`actors` None: everybody's; a None among them is the clinic's computer."""
    lately = Predicate("at >= ?", (micros(since) if since else 0,))
    if actors is None:
        return lately
    named = [one for one in actors if one is not None]
    unnamed = "actor IS NULL OR " if None in actors else ""
    return all_of(lately, Predicate(f"({unnamed}{one_of('actor', named)})", tuple(named)))


async def counted(grant: RecordGrant, since: datetime | None) -> list[dict[str, Any]]:
    """By person and decision, from an index alone: years of looks are counted for each page."""
    asked = asked_for(since, None)
    names, each = ("actor", "decision", "COUNT(*) AS times"), "GROUP BY actor, decision"
    rows = await visible(grant, AuditEvent).rows(names, asked.sql, *asked.values, then=each)
    return [{**row, "actor": _uuid(row["actor"])} for row in rows]


async def entries(
    grant: RecordGrant, asked: Predicate, before: int | None, skip: int, size: int
) -> list[dict[str, Any]]:
    """Newest first. `before` is a moment in microseconds, of which `skip` entries were shown already."""
    until = asked if before is None else all_of(asked, Predicate("at <= ?", (before,)))
    order = f"ORDER BY at DESC, id DESC LIMIT {size} OFFSET {skip}"
    return await visible(grant, AuditEvent).rows(ENTRY, until.sql, *until.values, then=order)


async def people(grant: RecordGrant, actors: Iterable[UUID | None]) -> dict[UUID | None, Someone]:
    """Each actor as the reader knows them."""
    ids = [one for one in set(actors) if one is not None]
    found: dict[UUID | None, Someone] = {None: SYSTEM}
    if not ids:
        return found
    marks, rows = ", ".join("?" * len(ids)), grant.house.database.rows
    bases, names = {}, ("account", "record", "basis", "ends_at", "revoked_at")
    shares = await visible(grant, Share).rows(names, one_of("account", ids), *ids, then="ORDER BY created_at")
    for row in sorted(shares, key=lambda row: _uuid(row["record"]) == grant.record):
        bases[_uuid(row["account"])] = "former" if _ended(grant, row) else row["basis"]
    duties = await rows(f"SELECT account, duty FROM staff_duty WHERE account IN ({marks}) AND ended_at IS NULL", *ids)
    duty = {_uuid(row["account"]): row["duty"] for row in duties}
    for row in await rows(f"SELECT id, ref, kind, name FROM account WHERE id IN ({marks})", *ids):
        found[_uuid(row["id"])] = _someone(grant, row, bases, duty)
    return found


def _ended(grant: RecordGrant, share: dict[str, Any]) -> bool:
    """A share of a chart that was merged into this one ended with it."""
    now = grant.now
    return _uuid(share["record"]) != grant.record or share["revoked_at"] is not None or (share["ends_at"] is not None and share["ends_at"] <= now)


def _someone(grant: RecordGrant, row: dict[str, Any], bases: dict, duty: dict) -> Someone:
    account = _uuid(row["id"])
    if grant.viewer and account == grant.viewer.account:
        return Someone(row["ref"], row["name"], "you")
    if row["kind"] == "staff":
        return Someone(row["ref"], row["name"], duty.get(account, "staff"))
    basis = bases.get(account)
    if basis is None:
        return STRANGER
    return Someone(row["ref"], row["name"], "patient" if basis == "self" else basis)


def _uuid(value: Any) -> UUID | None:
    return value if value is None or isinstance(value, UUID) else UUID(str(value))
