"""`/account/activity`: what was done with an account, read from codes and said in its owner's words; and the page that asks
before somebody says “this wasn't me”."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from access.audit import micros
from access.grant import AccountGrant, Grant
from access.visible import one_of, visible
from identity.places import NEW_DEVICE, places_of
from rules.support import CLOSED
from tables.accounts import Session
from tables.audit import AuditEvent
from tables.records import Share
from tables.support import SupportCase
from words.dates import when
from words.gettext import _
from words.own_activity import KINDS, OUTCOMES, STATES, WITH, said

PAGE, CASES = 25, 3
KEY = re.compile(r"([0-9]{1,18})\.([0-9]{1,3})")
NAMES = ("id", "at", "actor", "subject", "action", "objects", "decision", "reason")
SUBJECT = "subject = ? AND action NOT LIKE '%.see' AND at <= ?"
OWN_CHART = (
    "{these} AND (action LIKE 'share.%' OR action LIKE 'login.%' OR action = 'account.register') AND action NOT LIKE '%.see'"
    " AND at <= ?"
)
OWN_HELP = "actor = ? AND action LIKE 'share.%' AND at <= ?"
LATEST = 2**62


@dataclass(frozen=True, slots=True)
class From:
    """Where a page begins: after the `skip` entries of the moment `at`, in Unix microseconds."""

    at: int = LATEST
    skip: int = 0

    @property
    def first(self) -> bool:
        return self.at == LATEST


@dataclass(frozen=True, slots=True)
class Device:
    """The browser of a sign-in. `near`: over the internet connection that the reader uses now."""

    name: str
    near: bool
    shared: bool


@dataclass(frozen=True, slots=True)
class Done:
    """One thing that was done. `own`: by the owner, or by somebody in their place; staff and helpers are named in its words."""

    row: Mapping[str, Any]
    own: bool
    device: Device | None

    @property
    def at(self) -> datetime:
        return moment(self.row["at"])

    @property
    def key(self) -> str:
        return str(self.row["at"])

    @property
    def words(self) -> str:
        return said(self.row["action"], self.refused, self.own)

    @property
    def refused(self) -> bool:
        return self.row["decision"] == "refused"

    @property
    def is_new(self) -> bool:
        return self.row["objects"].startswith(f"{NEW_DEVICE}:")

    @property
    def doubtful(self) -> bool:
        """Whether somebody else may have done it in the owner's place."""
        return self.own and self.row["action"] != "account.not_me"

    @property
    def lines(self) -> tuple[str, ...]:
        return tuple(filter(None, (self._where(), self._new, self._how)))

    @property
    def told(self) -> tuple[str, ...]:
        """To staff, who are on another connection anyway."""
        browser = _("%(browser)s.", browser=self.device.name or _("Unknown browser")) if self.device else ""
        return tuple(filter(None, (browser, self._new, self._how)))

    @property
    def _how(self) -> str:
        how = WITH.get(self.row["reason"]) if not self.refused else None
        return _(how) if how else ""

    @property
    def _new(self) -> str:
        return _("A browser where you had not signed in before.") if self.is_new else ""

    def _where(self) -> str:
        if self.device is None:
            return ""
        near = _("over the internet connection that you use now") if self.device.near else _("over another internet connection")
        return _("%(browser)s, %(where)s.", browser=self.device.name or _("Unknown browser"), where=near)


@dataclass(frozen=True, slots=True)
class Case:
    """What somebody told us, and how far we are with it."""

    row: Mapping[str, Any]

    @property
    def heading(self) -> str:
        return _(KINDS[self.row["kind"]])

    @property
    def tag(self) -> tuple[str, str]:
        kind, words = STATES[self.row["state"]]
        return kind, _(words)

    @property
    def words(self) -> str:
        told = _("You told us on %(when)s.", when=when(self.row["opened_at"]))
        if self.row["state"] != CLOSED:
            return told
        return f"{told} {_(OUTCOMES[self.row['outcome']])}"


@dataclass(frozen=True, slots=True)
class OwnActivityPage:
    """`locked`: nothing can be changed. `older` is the key of the next page, "" on the last."""

    done: tuple[Done, ...]
    cases: tuple[Case, ...]
    locked: bool
    first: bool
    older: str


@dataclass(frozen=True, slots=True)
class NotMePage:
    """`done`: what they pointed at, if it is theirs."""

    done: Done | None
    others: int
    locked: bool

    @property
    def entry(self) -> str:
        return self.done.key if self.done else ""


def read_from(text: str) -> From:
    """From the address; what is no key is the beginning."""
    key = KEY.fullmatch(text)
    return From(int(key[1]), int(key[2])) if key and int(key[1]) < LATEST else From()


async def own_activity_page(grant: AccountGrant, start: From) -> OwnActivityPage:
    rows = await _read(grant, start, PAGE + 1)
    shown = rows[:PAGE]
    grant.showed("AuditEvent", [row["id"] for row in shown])
    cases = await visible(grant, SupportCase).rows(
        ("kind", "state", "outcome", "opened_at"), then=f"ORDER BY opened_at DESC LIMIT {CASES}"
    ) if start.first else []
    return OwnActivityPage(
        await told(grant, shown, grant.account), tuple(map(Case, cases)), grant.viewer.locked, start.first,
        _next(shown, start) if len(rows) > PAGE else "",
    )


async def not_me_page(grant: AccountGrant, entry: str) -> NotMePage:
    """`entry` is the moment of what they pointed at; anything else is nothing in particular."""
    row = await pointed(grant, entry)
    others = await visible(grant, Session).rows(
        ("COUNT(*) AS n",), "revoked_at IS NULL AND ends_at > ? AND level = 'full' AND id <> ?", grant.now, grant.viewer.session
    )
    found = await told(grant, [row], grant.account) if row else (None,)
    return NotMePage(found[0], others[0]["n"], grant.viewer.locked)


async def pointed(grant: AccountGrant, entry: str) -> dict[str, Any] | None:
    """The newest entry of that moment which is this account's to see."""
    if not entry.isdecimal() or not entry.isascii() or len(entry) > 18:
        return None
    rows = await _read(grant, From(int(entry)), 1)
    return rows[0] if rows and rows[0]["at"] == int(entry) else None


async def _read(grant: AccountGrant, start: From, size: int) -> list[dict[str, Any]]:
    """Newest first: each kind from an index of its own, and no more of it than the page can need."""
    most = size + start.skip
    charts = [row["record"] for row in await visible(grant, Share).rows(("record",), "basis = 'self' AND revoked_at IS NULL")]
    asked: list[tuple[str, tuple]] = [(SUBJECT, (grant.account, start.at)), (OWN_HELP, (grant.account, start.at))]
    if charts:
        asked.append((OWN_CHART.format(these=one_of("subject", charts)), (*charts, start.at)))
    found: dict[int, dict[str, Any]] = {}
    for also, values in asked:
        rows = await visible(grant, AuditEvent).rows(NAMES, also, *values, then=f"ORDER BY at DESC, id DESC LIMIT {most}")
        found |= {row["id"]: row for row in rows}
    newest = sorted(found.values(), key=lambda row: (row["at"], row["id"]), reverse=True)
    return newest[start.skip :][:size]


def _next(shown: Sequence[dict[str, Any]], start: From) -> str:
    last = shown[-1]["at"]
    already = start.skip if last == start.at else 0
    return f"{last}.{already + sum(row['at'] == last for row in shown)}"


async def told(grant: Grant, rows: Sequence[dict[str, Any]], owner: UUID) -> tuple[Done, ...]:
    """Each with its browser, where it opened a session that is still kept; for the owner, or for staff who have a case."""
    devices = await _devices(grant, rows, owner)
    staff = await _staff(grant, {row["actor"] for row in rows if row["actor"] not in (None, owner)})
    return tuple(Done(row, _is_own(row, owner, staff), devices.get(row["at"])) for row in rows)


def _is_own(row: Mapping[str, Any], owner: UUID, staff: set[UUID]) -> bool:
    return row["actor"] == owner or (row["subject"] == owner and row["actor"] not in staff)


async def _staff(grant: Grant, actors: set[UUID]) -> set[UUID]:
    asked = f"SELECT id FROM account WHERE kind = 'staff' AND {one_of('id', actors)}"
    return {row["id"] for row in await grant.house.database.rows(asked, *actors)} if actors else set()


async def _devices(grant: Grant, rows: Sequence[dict[str, Any]], owner: UUID) -> dict[int, Device]:
    """By the moment at which a session was opened, which is that of its entry."""
    if not rows:
        return {}
    near = places_of(grant.house, grant.viewer.visitor.ip) if grant.viewer and grant.viewer.account == owner else []
    found = await visible(grant, Session).rows(
        ("created_at", "device", "place", "shared"), "account = ? AND created_at >= ? AND created_at <= ?",
        owner, moment(rows[-1]["at"]), moment(rows[0]["at"]), then="ORDER BY created_at DESC LIMIT 100",
    )
    return {micros(row["created_at"]): Device(row["device"], row["place"] in near, row["shared"]) for row in found}


def moment(of: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=of)
