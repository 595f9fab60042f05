"""One request: what it is about, how it stands, and all that was said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from access.grant import RecordGrant
from access.visible import visible
from access.vocabulary import Action, Category
from files.kinds import JPEG, PDF, PNG
from files.store import Stored, read, stored
from pages.address import Address
from pages.attachments import File
from pages.drafts import Draft, draft_of
from pages.requests import LISTINGS, PATHS, READS, names_of, with_asked
from pages.sheet import Facts, Link, Part, Sheet, said_facts
from pages.stored import Row
from pages.written import Block
from rules.requests import ANSWERED, ASKED, KINDS, OPEN, SAID, WITHDRAWN, may_say_more, may_withdraw, reply_path
from rules.windows import window
from tables.requests import Request, RequestStep
from words.dates import when
from words.gettext import N_, _, ngettext
from words.numbers import file_size
from words.requests import TEAMS, state_tag, state_words, title_of
from words.sentences import run, sentence

KIND_OF_FILE = {PDF: N_("PDF"), PNG: N_("picture"), JPEG: N_("picture")}
NEWS = {
    ASKED: N_("%(who)s wrote."), SAID: N_("%(who)s wrote."), ANSWERED: N_("%(who)s answered."),
    WITHDRAWN: N_("%(who)s took it back."),
}  # fmt: skip
MOST, LETTERS = 25, 10_000
"""Of the steps of one request so many stand on a page, and so many letters of them: it comes in two seconds on a thin line. Who
writes very much makes more pages, not longer ones."""
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
    draft: Draft
    had: int = 0
    """How many steps the viewer had before they asked what has come since."""
    until: int = 0
    """Before which step the page ends; 0 is after the newest."""

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
        begin, end = self.window
        before, after = _left_out(_("Written before"), self.before), _left_out(_("Written after"), self.after)
        return (*before, *self._told(begin, end), *after)

    @property
    def arrived(self) -> tuple[Part, ...]:
        """What came, for a page that has all that was before it; of more than a page, its end."""
        begin, end = self.window
        missed = _left_out(_("Written before"), _before(begin - self.had))
        return (*missed, *self._told(max(begin, self.had), end))

    def _told(self, begin: int, end: int) -> tuple[Part, ...]:
        return tuple(Part(step.heading, blocks=step.blocks, links=self._files(step)) for step in self.steps[begin:end])

    @property
    def window(self) -> tuple[int, int]:
        return window([len(step.words) for step in self.steps], self.until, MOST, LETTERS)

    @property
    def before(self) -> str:
        """What is left out at the beginning, in words; "" where nothing is."""
        return _before(self.window[0])

    @property
    def after(self) -> str:
        count = len(self.steps) - self.window[1]
        said = ngettext("%(count)s entry was written after these.", "%(count)s entries were written after these.", count)
        return run(said, _("They are not on this page.")) if count else ""

    @property
    def older(self) -> int:
        """Where the page before this one ends; 0 where there is none."""
        return self.window[0]

    def paper(self, form: str, **query: str) -> str:
        """This part of it as PDF or plain text."""
        path, ref = self.here
        return self.link(path, f"{ref}.{form}", until=self.until or None, **query)

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
    def sent_at(self) -> datetime | None:
        """When the viewer wrote last; None where they never did."""
        return next((step.row["at"] for step in reversed(self.steps) if not step.who), None)

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
    def is_live(self) -> bool:
        """Whether a part of the page changes while it is open: an answer comes, or a draft is kept."""
        return self.talks or self.may_say

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


def _before(count: int) -> str:
    said = ngettext("%(count)s entry was written before these.", "%(count)s entries were written before these.", count)
    return run(said, _("They are not on this page.")) if count > 0 else ""


def _left_out(heading: str, words: str) -> tuple[Part, ...]:
    return (Part(heading, blocks=(Block("text", (words,)),)),) if words else ()


async def request_page(grant: RecordGrant, kind: str, ref: str, until: int = 0) -> RequestPage | None:
    """Its newest part, or the one that ends before step `until`."""
    rows = await visible(grant, Request).rows(
        ("id", "ref", *READS, "due_at", "subject_kind", "subject", "label", "assignee"), "ref = ? AND kind = ?", ref, kind
    )
    if not rows:
        return None
    [row] = await with_asked(grant, rows)
    grant.showed("Request", [row["id"]])
    steps = await steps_of(grant, row["id"])
    may_act = not grant.preview and grant.may(Category(KINDS[kind].category), Action.ACT)
    page = RequestPage(
        at=Address.of(grant), here=(PATHS[kind], ref), row=row, steps=steps, until=until if until < len(steps) else 0,
        may_act=may_act, draft=Draft(await draft_of(grant, reply_path(ref)) if may_act else None),
    )  # fmt: skip
    begin, end = page.window
    grant.showed("RequestStep", [step.row["id"] for step in reversed(steps[begin:end])])
    return page


async def steps_of(grant: RecordGrant, request: UUID) -> tuple[Step, ...]:
    """The newest last, opened for this grant alone."""
    rows = await visible(grant, RequestStep).rows(STEPS, "request = ?", request, then="ORDER BY at, id")
    names = await names_of(grant, {row["author"] for row in rows})
    files = await stored(grant.house.database, [row["file"] for row in rows if row["file"]])
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
