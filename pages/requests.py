"""What was asked of the clinic: all of it, one kind of it, and one request with all that was said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from access.grant import RecordGrant
from access.looked import read_since
from access.visible import one_of, visible
from access.vocabulary import Action, Category
from files.kinds import JPEG, PDF, PNG
from files.store import Stored, read, stored
from pages.address import Address
from pages.attachments import File
from pages.listing import Entry, Listing, Source
from pages.sheet import Facts, Link, Part, Sheet, said_facts
from pages.stored import Row
from pages.written import Block
from rules.requests import ANSWERED, KINDS, OPEN, WITHDRAWN, may_say_more, may_withdraw
from tables.medicines import MedicationRequest
from tables.requests import Request, RequestStep
from words.dates import when
from words.gettext import N_, _
from words.numbers import file_size
from words.requests import TEAMS, state_tag, state_words, title_of
from words.sentences import sentence

PATHS = {"message": "messages", "refill": "refills", "visit": "visit-requests"}
"""Where requests of a kind stand below the record."""
SUBJECTS = {"MedicationRequest": MedicationRequest}
READS = ("kind", "topic", "state", "answer", "asked_at", "changed_at", "asked_by", "share")
KIND_OF_FILE = {PDF: N_("PDF"), PNG: N_("picture"), JPEG: N_("picture")}
NEWS_FOR = timedelta(days=30)
STEPS = ("id", "at", "author", "by_staff", "did", "answer", "sealed", "file")


async def with_labels(grant: RecordGrant, rows: list[Row]) -> list[Row]:
    """What each is about, as far as that may be seen by now: what was entered in error is named nowhere."""
    known: dict[str, str] = {}
    for kind, table in SUBJECTS.items():
        ids = [UUID(row["subject"]) for row in rows if row["subject_kind"] == kind]
        if ids:
            found = await visible(grant, table).rows(("id", "label"), one_of("id", ids), *ids)
            known |= {str(one["id"]): one["label"] for one in found}
    return [row | {"label": known.get(row["subject"], "")} for row in rows]


async def _with_people(grant: RecordGrant, rows: list[Row]) -> list[Row]:
    names = await names_of(grant, {row["asked_by"] for row in rows})
    return [row | {"asker": "" if row["asked_by"] == grant.viewer.account else names.get(row["asked_by"], "")} for row in rows]


async def with_news(grant: RecordGrant, rows: list[Row]) -> list[Row]:
    """Whether each was answered lately, and the viewer has not opened it since."""
    lately = grant.now - NEWS_FOR
    since = {row["id"]: row["changed_at"] for row in rows if row["answer"] and row["state"] not in OPEN and row["changed_at"] > lately}
    read = await read_since(grant, "Request", "RequestStep", since)
    return [row | {"new": row["id"] in since and row["id"] not in read} for row in rows]


async def unread(grant: RecordGrant) -> tuple[str, ...]:
    """What was answered and not read yet, by name."""
    rows = await visible(grant, Request).rows(
        ("id", "ref", "label", "subject_kind", "subject", *READS), "changed_at > ? AND answer <> ''", grant.now - NEWS_FOR,
        then="ORDER BY changed_at DESC",
    )  # fmt: skip
    if not rows:
        return ()
    new = [row for row in await with_news(grant, rows) if row["new"]]
    return tuple(map(_name, await with_labels(grant, new)))


async def names_of(grant: RecordGrant, accounts: set[UUID]) -> dict[UUID, str]:
    """Of people who wrote in this record."""
    rows = await grant.house.database.rows(
        f"SELECT id, name FROM account WHERE {one_of('id', accounts)}", *accounts
    )
    return {row["id"]: row["name"] for row in rows}


def _group(row: Row) -> str:
    return "open" if row["state"] in OPEN else "over"


def _name(row: Row) -> str:
    return title_of(row["kind"], row["topic"], row["label"])


def _entry(row: Row) -> Entry:
    """Refill: Lisinopril 10 mg. Waiting for us. Asked on May 12, 2026, 9:05 am, by Ana Delgado."""
    at = (PATHS[row["kind"]], row["ref"])
    return Entry(title=_name(row), at=at, tag=_tag(row), lines=(_asked(row),), soft=_changed(row))


def _tag(row: Row) -> tuple[str, str]:
    return ("new", _("New: %(state)s", state=state_words(row["state"], row["answer"]))) if row["new"] else state_tag(row["state"], row["answer"])


def _asked(row: Row) -> str:
    at = when(row["asked_at"])
    return _("Asked on %(when)s by %(who)s.", when=at, who=row["asker"]) if row["asker"] else _("Asked on %(when)s.", when=at)


def _changed(row: Row) -> str:
    answered = row["state"] not in OPEN and row["answer"]
    return _("Answered on %(when)s.", when=when(row["changed_at"])) if answered else ""


def _source(only: str = "") -> Source:
    return Source(
        Request, READS, _entry, group=_group, sorts=("state", "kind", "topic", "subject_kind", "subject"), only=only, by="changed_at",
        sift=with_labels, more=_with_asked, name=_name,
    )  # fmt: skip


async def _with_asked(grant: RecordGrant, rows: list[Row]) -> list[Row]:
    return await _with_people(grant, await with_news(grant, await with_labels(grant, rows)))


def _listing(
    path: str, category: Category, title: str, counts: tuple[str, str], none: str, only: str = "", does: Link | None = None
) -> Listing:
    return Listing(
        path=path, category=category, title=title, counts=counts, none=none, does=does,
        groups=(("open", N_("Open")), ("over", N_("Answered or taken back"))), sources=(_source(only),),
    )  # fmt: skip


REQUESTS = _listing(
    "requests", Category.HOME, N_("What you asked for"), (N_("%(count)s request."), N_("%(count)s requests.")),
    N_("You have not asked us for anything here."),
)  # fmt: skip
MESSAGES = _listing(
    "messages", Category.MESSAGES, N_("Messages"), (N_("%(count)s message."), N_("%(count)s messages.")),
    N_("There are no messages yet."), "kind = 'message'",
    Link(("messages", "new"), N_("Write to us")),
)  # fmt: skip
REFILLS = _listing(
    "refills", Category.MEDICINES, N_("Refills"), (N_("%(count)s refill asked for."), N_("%(count)s refills asked for.")),
    N_("You have not asked for a refill here."), "kind = 'refill'",
    Link(("refills", "new"), N_("Ask for a refill")),
)  # fmt: skip
VISIT_REQUESTS = _listing(
    "visit-requests", Category.APPOINTMENTS, N_("Visits you asked for"),
    (N_("%(count)s visit asked for."), N_("%(count)s visits asked for.")), N_("You have not asked for a visit here."),
    "kind = 'visit'", Link(("visit-requests", "new"), N_("Ask for a visit")),
)  # fmt: skip
LISTINGS = {"message": MESSAGES, "refill": REFILLS, "visit": VISIT_REQUESTS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """`who` is "" for the reader; `duty` the team of a member of staff."""

    row: Row
    who: str
    words: str
    file: Stored | None = None

    @property
    def heading(self) -> str:
        """You, May 12, 2026, 9:05 am. Care team: Dr. Okafor, …"""
        who = self.who or _("You")
        duty = self.row["by_staff"]
        named = _("%(team)s: %(who)s", team=_(TEAMS[duty]), who=who) if duty in TEAMS else who
        return _("%(who)s, %(when)s", who=named, when=when(self.row["at"]))

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The answer first, then the words: as they were written, line by line."""
        answer = self.row["answer"] if self.row["did"] == ANSWERED and self.row["answer"] != "reply" else ""
        said = [sentence(state_words("completed", answer))] if answer else []
        if self.row["did"] == WITHDRAWN:
            said.append(_("Taken back."))
        lines = [*said, *filter(None, map(str.strip, self.words.splitlines()))] or [_("Nothing was written with it.")]
        return tuple(Block("text", (line,)) for line in lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestPage(Sheet):
    """`row` has `label` and `asker`; `may_act`: this viewer may write and take back."""

    row: Row
    steps: tuple[Step, ...]
    may_act: bool

    @property
    def title(self) -> str:
        return title_of(self.row["kind"], self.row["topic"], self.row["label"])

    @property
    def up(self) -> Link:
        listing = LISTINGS[self.row["kind"]]
        return Link((listing.path,), _(listing.title))

    @property
    def tag(self) -> tuple[str, str]:
        return state_tag(self.row["state"], self.row["answer"])

    @property
    def lede(self) -> str:
        if self.row["state"] not in OPEN:
            return ""
        return _("We answer by %(when)s.", when=when(self.row["due_at"]))

    @property
    def facts(self) -> Facts:
        return said_facts((_("Asked for you by"), self.row["asker"]))

    @property
    def parts(self) -> tuple[Part, ...]:
        return tuple(Part(step.heading, blocks=step.blocks, links=self._files(step)) for step in self.steps)

    def _files(self, step: Step) -> tuple[Link, ...]:
        if step.file is None:
            return ()
        kind, size = _(KIND_OF_FILE[step.file.media_type]), file_size(step.file.size)
        words = _("File: %(kind)s, %(size)s", kind=kind, size=size)
        return (Link((*self.here, "files", str(self.files.index(step.file))), words),)

    @property
    def files(self) -> tuple[Stored, ...]:
        return tuple(step.file for step in self.steps if step.file)

    @property
    def may_say(self) -> bool:
        return self.may_act and may_say_more(self.row["state"], KINDS[self.row["kind"]])

    @property
    def may_withdraw(self) -> bool:
        return self.may_act and may_withdraw(self.row["state"], KINDS[self.row["kind"]])

    @property
    def talks(self) -> bool:
        """Whether an answer may come while somebody reads."""
        return KINDS[self.row["kind"]].talk

    @property
    def seen(self) -> str:
        """How much had been said when this page was made: steps are only ever added."""
        return str(len(self.steps))

    @property
    def news(self) -> str:
        """Where to ask what has come since this page was made."""
        return self.link(*self.here, "answers", seen=self.seen)

    @property
    def spoken(self) -> str:
        return _("Something new was written.")


async def request_page(grant: RecordGrant, kind: str, ref: str) -> RequestPage | None:
    rows = await visible(grant, Request).rows(
        ("id", "ref", *READS, "due_at", "subject_kind", "subject", "label", "assignee"), "ref = ? AND kind = ?", ref, kind
    )
    if not rows:
        return None
    [row] = await _with_asked(grant, rows)
    grant.showed("Request", [row["id"]])
    steps = await steps_of(grant, row["id"])
    return RequestPage(
        at=Address.of(grant), here=(PATHS[kind], ref), row=row, steps=steps,
        may_act=not grant.preview and grant.may(Category(KINDS[kind].category), Action.ACT),
    )  # fmt: skip


async def steps_of(grant: RecordGrant, request: UUID) -> tuple[Step, ...]:
    """The newest last, opened for this grant alone."""
    rows = await visible(grant, RequestStep).rows(STEPS, "request = ?", request, then="ORDER BY at, id")
    names = await names_of(grant, {row["author"] for row in rows})
    files = await stored(grant.house.database, [row["file"] for row in rows if row["file"]])
    grant.showed("RequestStep", [row["id"] for row in reversed(rows)])
    me = grant.viewer.account
    return tuple(
        Step(row=row, who="" if row["author"] == me else names.get(row["author"], ""), words=opened(grant, row),
             file=files.get(row["file"]))
        for row in rows
    )  # fmt: skip


async def request_file(grant: RecordGrant, kind: str, ref: str, place: int) -> File | None:
    """One of the files that came with a request, in their order."""
    rows = await visible(grant, Request).rows(("id",), "ref = ? AND kind = ?", ref, kind)
    steps = await steps_of(grant, rows[0]["id"]) if rows else ()
    files = [step.file for step in steps if step.file]
    if place >= len(files):
        return None
    grant.showed("StoredFile", [files[place].id])
    content = await read(grant.house.database, grant.house.keyring, files[place])
    return File(files[place].media_type, content, "")


def opened(grant: RecordGrant, row: dict[str, Any]) -> str:
    sealed = row["sealed"]
    return grant.house.keyring.open(bytes(sealed), row["id"]).decode() if sealed else ""
