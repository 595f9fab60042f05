"""The staff's list of what was asked for, and one thing of it, opened by whoever has taken it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from access.grant import QueueGrant, RecordGrant
from access.items import open_item
from access.visible import one_of, visible
from pages.attachments import File
from pages.request import RequestPage, request_file, request_page
from rules.dates import DISTANT_PAST
from rules.paging import Key, page_of, read_key
from rules.requests import KINDS
from tables.records import left_of
from tables.requests import HELD, Request
from words.dates import when
from words.gettext import N_, _
from words.requests import KIND_NAMES, STATES, TO_CHOOSE, TOPICS
from words.sentences import run

PAGE = 50
"""So many on one page, those due first before the others: nobody is hidden behind who asks more often."""
ROWS = (
    "SELECT request.id, request.ref, request.kind, request.topic, request.state, request.asked_at, request.due_at,"
    f" request.assignee, {HELD} AS held, r.name, r.birth_text, a.name AS taken_by, a.ref AS taker FROM request"
    f" JOIN record r ON r.id = {left_of('request.record')} LEFT JOIN account a ON a.id = request.assignee WHERE {{seen}}"
)
WAITING = (
    f"{ROWS} AND request.state IN ('requested', 'in-progress')"
    " AND (request.due_at > ? OR (request.due_at = ? AND request.ref > ?))"
    f" ORDER BY request.due_at, request.ref LIMIT {PAGE + 1}"
)
COUNT = "SELECT COUNT(*) AS many FROM request WHERE {seen} AND request.state IN ('requested', 'in-progress')"
ONE = f"{ROWS} AND request.ref = ?"
LOST = (
    "SELECT h.request, h.at, a.name FROM request_handover h JOIN account a ON a.id = h.taker WHERE h.had = ? AND {these}"
    " ORDER BY h.at, h.id"
)
HEADINGS = {"mine": N_("Yours"), "free": N_("Nobody has taken these"), "others": N_("Taken by others")}


@dataclass(frozen=True, slots=True)
class Waiting:
    """One that waits: whose, what kind, since when. What stands in it is on its own page. `lost`: who took it over from
    the viewer last, and when."""

    row: dict[str, Any]
    now: datetime
    mine: bool
    lost: dict[str, Any] | None = None

    @property
    def ref(self) -> str:
        return self.row["ref"]

    @property
    def title(self) -> str:
        return _("%(kind)s from %(name)s", kind=_(KIND_NAMES[self.row["kind"]]), name=self.row["name"])

    @property
    def name(self) -> str:
        """With its moment: one person may have asked twice."""
        return _("%(title)s, %(when)s", title=self.title, when=when(self.row["asked_at"]))

    @property
    def place(self) -> str:
        return "mine" if self.mine else "others" if self.row["held"] else "free"

    @property
    def late(self) -> bool:
        return self.row["due_at"] < self.now

    @property
    def lines(self) -> tuple[str, ...]:
        """On its own page."""
        about, due, taken = self._said
        return tuple(filter(None, (about, run(_("Asked on %(when)s.", when=when(self.row["asked_at"])), due), taken)))

    @property
    def listed(self) -> tuple[str, ...]:
        """In the list, where its name says already when it was asked."""
        return tuple(filter(None, self._said))

    @property
    def _said(self) -> tuple[str, str, str]:
        about = _("About: %(topic)s.", topic=_(TOPICS[self.row["topic"]]).lower()) if self.row["kind"] == "message" else ""
        due = _("Was due on %(when)s.") if self.late else _("Due on %(when)s.")
        taken = _("Taken by %(who)s.", who=self.row["taken_by"]) if self.place == "others" else ""
        born = _("Born in %(year)s.", year=self.row["birth_text"][:4]) if self.row["birth_text"] else ""
        return run(about, born), due % {"when": when(self.row["due_at"])}, run(taken, self._lost)

    @property
    def _lost(self) -> str:
        if self.mine or self.lost is None:
            return ""
        return _("%(who)s took it over from you on %(when)s.", who=self.lost["name"], when=when(self.lost["at"]))


@dataclass(frozen=True, slots=True)
class QueuePage:
    """`total` wait at all; `after` is the key of the next page, "" on the last."""

    waiting: tuple[Waiting, ...]
    total: int
    after: str = ""
    first: bool = True

    @property
    def groups(self) -> tuple[tuple[str, str, tuple[Waiting, ...]], ...]:
        """Code, heading and rows of each that has any."""
        found = ((code, _(words), tuple(one for one in self.waiting if one.place == code)) for code, words in HEADINGS.items())
        return tuple(group for group in found if group[2])


@dataclass(frozen=True, slots=True)
class ItemPage:
    """`opened` is there for who has taken it: what was asked, and by whom."""

    one: Waiting
    opened: RequestPage | None

    @property
    def state(self) -> tuple[str, str]:
        if self.ended:
            return STATES[self.one.row["state"]][0], _(STATES[self.one.row["state"]][1])
        return "wait", {"mine": _("You have taken it"), "free": _("Nobody has taken it"), "others": _("Somebody has taken it")}[self.one.place]

    @property
    def ended(self) -> bool:
        return self.one.row["state"] not in ("requested", "in-progress")

    @property
    def answers(self) -> tuple[tuple[str, str], ...]:
        return tuple((code, _(TO_CHOOSE[code])) for code in KINDS[self.one.row["kind"]].answers)

    @property
    def seen(self) -> str:
        """What an answer from this page is an answer to."""
        return self.opened.seen if self.opened else ""

    @property
    def typed(self) -> dict[str, str]:
        """What the form holds when it is opened: the draft of an answer."""
        return self.opened.draft.fields if self.opened else {}

    @property
    def may_book(self) -> bool:
        """Whoever answers for a visit can book it."""
        return self.one.row["kind"] == "visit"

    @property
    def about(self) -> str:
        """What a refill is for, by the name in the chart."""
        return self.opened.row["label"] if self.opened else ""


async def queue_page(grant: QueueGrant, after: str = "") -> QueuePage:
    seen, key = visible(grant, Request).predicate, read_key(after)
    start = key or Key(DISTANT_PAST, "")
    rows = await grant.house.database.rows(
        WAITING.format(seen=seen.sql), *seen.values, start.starts, start.starts, start.ref
    )
    [counted] = await grant.house.database.rows(COUNT.format(seen=seen.sql), *seen.values)
    grant.entry.action = "staff.requests"
    page = page_of(await _waiting(grant, rows), [Key(row["due_at"], row["ref"]) for row in rows], PAGE)
    return QueuePage(page.rows, counted["many"], page.after, first=key is None)


async def item_page(grant: QueueGrant, ref: str, until: int = 0) -> tuple[ItemPage, RecordGrant | None] | None:
    """The page, and the grant for what stands in it where the viewer has taken it; None where there is no such item."""
    seen = visible(grant, Request).predicate
    rows = await grant.house.database.rows(ONE.format(seen=seen.sql), *seen.values, ref)
    if not rows:
        return None
    item = await open_item(grant, ref)
    opened = await request_page(item, rows[0]["kind"], ref, until) if item else None
    if item is None:
        grant.showed("Request", [rows[0]["id"]])
    return ItemPage((await _waiting(grant, rows))[0], opened), item


async def item_file(grant: QueueGrant, ref: str, place: int) -> File | None:
    """For who has taken the item."""
    found = await item_page(grant, ref)
    if found is None or found[1] is None:
        return None
    return await request_file(found[1], found[0].one.row["kind"], ref, place)


async def _waiting(grant: QueueGrant, rows: list[dict[str, Any]]) -> list[Waiting]:
    lost = await _lost(grant, [row["id"] for row in rows])
    return [Waiting(row, grant.now, row["assignee"] == grant.account, lost.get(row["id"])) for row in rows]


async def _lost(grant: QueueGrant, requests: list[UUID]) -> dict[UUID, dict[str, Any]]:
    """What a colleague took over from the viewer, who may not have been there to see it."""
    rows = await grant.house.database.rows(LOST.format(these=one_of("h.request", requests)), grant.account, *requests)
    return {row["request"]: row for row in rows}
