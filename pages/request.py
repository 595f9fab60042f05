"""One request: what it is about, how it stands, and all that was said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from access.grant import RecordGrant
from access.visible import visible
from access.vocabulary import Action, Category
from files.kinds import JPEG, PDF, PNG
from files.store import Stored, read, stored
from pages.address import Address
from pages.attachments import File
from pages.requests import LISTINGS, PATHS, READS, names_of, with_asked
from pages.sheet import Facts, Link, Part, Sheet, said_facts
from pages.stored import Row
from pages.written import Block
from rules.requests import ANSWERED, ASKED, KINDS, OPEN, SAID, WITHDRAWN, may_say_more, may_withdraw
from tables.requests import Request, RequestStep
from words.dates import when
from words.gettext import N_, _
from words.numbers import file_size
from words.requests import TEAMS, state_tag, state_words, title_of
from words.sentences import sentence

KIND_OF_FILE = {PDF: N_("PDF"), PNG: N_("picture"), JPEG: N_("picture")}
NEWS = {
    ASKED: N_("%(who)s wrote."), SAID: N_("%(who)s wrote."), ANSWERED: N_("%(who)s answered."),
    WITHDRAWN: N_("%(who)s took it back."),
}  # fmt: skip
STEPS = ("id", "at", "author", "by_staff", "did", "answer", "sealed", "file")


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
    def news(self) -> str:
        """Said to who has the request open when this comes."""
        said = NEWS[self.row["did"]]
        return _(said, who=self.who) if self.who else _("Your words from another page came in.")

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
    had: int = 0
    """How many steps the viewer had before they asked what has come since."""

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
        return said_facts((_("Sent for you by") if self.talks else _("Asked for you by"), self.row["asker"]))

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
    def came(self) -> tuple[Step, ...]:
        """What the viewer has not seen yet."""
        return self.steps[self.had :]

    @property
    def spoken(self) -> str:
        """Dr. Lena Okafor answered. Each thing that came is said once."""
        return " ".join(dict.fromkeys(step.news for step in self.came)) or _("No new answer yet.")


async def request_page(grant: RecordGrant, kind: str, ref: str) -> RequestPage | None:
    rows = await visible(grant, Request).rows(
        ("id", "ref", *READS, "due_at", "subject_kind", "subject", "label", "assignee"), "ref = ? AND kind = ?", ref, kind
    )
    if not rows:
        return None
    [row] = await with_asked(grant, rows)
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
