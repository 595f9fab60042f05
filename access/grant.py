"""The six kinds of grant. Each is frozen, and only this room makes one: a page without a grant has nothing to show."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from access.audit import Entry
from access.house import House
from access.predicates import one_of
from access.viewer import Viewer
from access.vocabulary import IN_TEXT, Action, Category, Duty, Purpose

_SEAL = object()


class Forged(TypeError):
    """A grant was made outside access/."""


class Changed(Exception):
    """Between asking and doing, what allowed this ended. The act rolls back; what was typed is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What all kinds have: who, when, where rows are, and the audit entry that this request will leave."""

    house: House
    now: datetime
    entry: Entry
    viewer: Viewer | None = None
    changing: bool = False
    """Of a route that asks for a fresh factor: what it does is refused while changes of the account are locked."""
    _seal: object = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if self._seal is not _SEAL:
            raise Forged(f"{type(self).__name__} comes from access/ alone.")

    def showed(self, kind: str, ids) -> None:
        """Adds what a page shows to its audit entry."""
        self.entry.showed(kind, ids)

    @property
    def holding(self) -> str:
        """The end of a statement that reads the actor's account as `a`: PostgreSQL keeps its row until a change is done, so
        that locking comes before it or after it. SQLite lets one write at a time."""
        return " FOR NO KEY UPDATE OF a" if self.changing and not self.house.database.is_sqlite else ""

    def shut(self, account: dict[str, Any]) -> bool:
        return self.changing and account["changes_locked_at"] is not None

    async def still(self) -> None:
        """The first statement of an act, inside its transaction: whether this grant stands at this very moment."""

    @asynccontextmanager
    async def acting(self, action: str) -> AsyncIterator[Entry]:
        """One act: a transaction that first asks whether the grant still stands, and writes `action` to the audit.
        An act that was not done after all leaves the entry saying what it said before."""
        before = self.entry.action
        try:
            async with self.house.audit.transaction() as entries:
                await self.still()
                self.entry.action = action
                yield self.entry
                if self.viewer:
                    self.entry.reason = self.entry.reason or self.viewer.visitor.reason
                entries.append(self.entry)
            self.entry.written = True
        finally:
            self.entry.action = self.entry.action if self.entry.written else before


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordGrant(Grant):
    """One record, and what of it. `scopes` is empty on the basis "self", which has them all."""

    record: UUID
    charts: tuple[UUID, ...]
    """The record itself, where whatever is new is written, and those that were merged into it: what the portal keeps of
    them stays theirs, so that a merge can be taken back, and is read as this record's."""
    record_ref: str
    name: str
    given: str
    birth_text: str
    sources: tuple[UUID, ...]
    basis: str
    share: UUID | None
    share_ref: str
    scopes: frozenset[tuple[str, str]]
    category: Category
    action: Action
    purpose: Purpose
    preview: bool = False
    helper_name: str = ""
    item: UUID | None = None
    """The one row of the portal's own that a member of staff works on, on the basis "duty"."""
    duty: Duty | None = None

    @property
    def own(self) -> bool:
        return self.basis == "self" and not self.preview

    @property
    def everything(self) -> bool:
        """Sees what is marked sensitive or "only me" too: the patient, and who takes care of them."""
        return self.own or self.basis == "duty"

    def may(self, category: Category, action: Action = Action.SEE) -> bool:
        return self.own or (category.value, action.value) in self.scopes

    @property
    def reads_texts(self) -> bool:
        """A running text of the clinic's cannot be shown in part: it is for those who may see all that it can name."""
        return all(map(self.may, IN_TEXT))

    async def still(self) -> None:
        from access.opening import stands

        if not await stands(self):
            raise Changed


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountGrant(Grant):
    """One's own account."""

    account: UUID

    async def still(self) -> None:
        rows = await self.house.database.rows(
            "SELECT s.revoked_at, a.state, a.changes_locked_at FROM session s JOIN account a ON a.id = s.account WHERE s.id = ?"
            + self.holding,
            self.viewer.session,
        )
        stands = rows and rows[0]["revoked_at"] is None and rows[0]["state"] in ("active", "enrolling")
        if not stands or self.shut(rows[0]):
            raise Changed


@dataclass(frozen=True, slots=True, kw_only=True)
class BillGrant(Grant):
    """One guarantor account. `record` is the chart of who owes; `named` are the covered charts whose services may be
    named, `whole` those of which nothing is kept back. `sites` narrows what staff see; empty is everywhere."""

    guarantor: UUID
    guarantor_ref: str
    number: str
    record: UUID
    record_ref: str
    name: str
    given: str
    birth_text: str
    basis: str
    share: UUID | None
    share_ref: str
    action: Action
    acts: bool
    named: frozenset[UUID] = frozenset()
    whole: frozenset[UUID] = frozenset()
    sites: frozenset[UUID] = frozenset()
    preview: bool = False
    helper_name: str = ""

    @property
    def own(self) -> bool:
        return self.basis == "self"

    async def still(self) -> None:
        from access.bills import bill_stands

        if not await bill_stands(self):
            raise Changed


@dataclass(frozen=True, slots=True)
class Held:
    """One duty, and the sites for which it is held; none are all of them."""

    duty: Duty
    sites: frozenset[UUID]


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueGrant(Grant):
    """Staff duties: who, what kind, since when. No clinical content. `held` are those that the page is for. `kept_from` are
    the charts in which the human behind this account holds a share themself: those are for a colleague."""

    account: UUID
    held: tuple[Held, ...]
    kept_from: tuple[UUID, ...] = ()

    @property
    def duty(self) -> Duty:
        """Of a page that is for one duty alone."""
        (one,) = self.held
        return one.duty

    @property
    def sites(self) -> frozenset[UUID]:
        """Those of any duty held; none are all of them."""
        everywhere = not all(one.sites for one in self.held)
        return frozenset() if everywhere else frozenset().union(*(one.sites for one in self.held))

    def covers(self, site: UUID | None, chart: UUID | None = None) -> bool:
        """Whether these duties decide there, and about that chart; what names no site is everywhere's."""
        return chart not in self.kept_from and (not self.sites or site is None or site in self.sites)

    async def still(self) -> None:
        """Every duty of them: what is done may rest on any."""
        duties = tuple(one.duty.value for one in self.held)
        rows = await self.house.database.rows(
            "SELECT s.revoked_at, a.state, a.changes_locked_at, d.duty FROM session s JOIN account a ON a.id = s.account"
            f" JOIN staff_duty d ON d.account = a.id AND {one_of('d.duty', duties)} AND d.ended_at IS NULL WHERE s.id = ?"
            + self.holding,
            *duties, self.viewer.session,
        )
        stands = rows and rows[0]["revoked_at"] is None and rows[0]["state"] == "active" and not self.shut(rows[0])
        if not stands or {row["duty"] for row in rows} != set(duties):
            raise Changed


@dataclass(frozen=True, slots=True, kw_only=True)
class CapabilityGrant(Grant):
    """One hashed secret: one purpose, one object, one verb."""

    capability: UUID
    purpose: str
    object_kind: str
    object: str

    async def still(self) -> None:
        rows = await self.house.database.rows(
            "SELECT id FROM capability WHERE id = ? AND revoked_at IS NULL AND ends_at > ? AND uses < uses_allowed",
            self.capability, self.house.clock(),
        )
        if not rows:
            raise Changed


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemGrant(Grant):
    """Import, worker, reconciler: no person. `part` names which."""

    part: str


def charts_of(record: UUID, rows: Iterable[dict[str, Any]]) -> tuple[UUID, ...]:
    """From the sources of a record, each with the chart that it came with: merges alone bring those of others."""
    return tuple(dict.fromkeys([record, *(_uuid(row["chart"]) for row in rows if row["chart"] is not None)]))


def sources_of(rows: Iterable[dict[str, Any]]) -> tuple[UUID, ...]:
    return tuple(dict.fromkeys(_uuid(row["source"]) for row in rows if row["source"] is not None))


def _uuid(value: Any) -> UUID:
    return value if isinstance(value, UUID) else UUID(str(value))


def make(kind: type[Grant], **fields) -> Grant:
    """The only way to a grant; used by this room's `opening`, and by nothing else (a test looks)."""
    return kind(**fields, _seal=_SEAL)
