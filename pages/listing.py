"""A list of one kind of thing in the record: its rows under their headings, newest first, a page at a time.

A noun says what is its own in a `Listing`: which tables, what one row says, under which heading it stands. Finding
and order are in `listing_query`; filter, count, pages and what screen, paper and text say of it are here, once.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from piccolo.table import Table

from access.grant import RecordGrant
from access.vocabulary import Category
from pages.address import RecordPage
from pages.drafts import Kept
from pages.sheet import Link, Part
from pages.stored import Row, is_over
from pages.written import Block
from rules.paging import PAGE
from words.dates import when
from words.gettext import _, ngettext
from words.numbers import count

MOST_LETTERS = 80
MOST_TOLD = 5
"""The most headings whose counts are said; more of them are heard better one by one."""
MOST_CHOICES = 40
"""The most headings that a choice offers."""
REF = re.compile(r"[A-Za-z0-9_-]{22}\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing in words, for the screen, for paper and as text. Whatever is empty is left out.

    `at` is its own page below the record; `tag` (class of the stylesheet, words); `said` the answer; `lines` and the
    smaller `soft`, which stands last, are sentences; `facts` are names and values; `links` lead to what belongs to it;
    `blocks` are what somebody wrote of it.
    """

    title: str
    at: tuple[str, ...] = ()
    tag: tuple[str, str] | None = None
    said: str = ""
    lines: tuple[str, ...] = ()
    soft: str = ""
    links: tuple[Link, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    blocks: tuple[Block, ...] = ()

    @property
    def sentences(self) -> tuple[str, ...]:
        return tuple(filter(None, (self.said, *self.lines, *(link.words for link in self.links if not link.about))))


async def _as_read(grant: RecordGrant, rows: list[Row]) -> list[Row]:
    return rows


async def with_over(grant: RecordGrant, rows: list[Row]) -> list[Row]:
    """For `sift`: whether the period of each, which `sorts` names, is over today."""
    return [row | {"over": is_over(row, grant.now)} for row in rows]


@dataclass(frozen=True, slots=True)
class Source:
    """One table of a list. `reads` names what `entry` reads, `sorts` what `group` reads of every row there is, a
    clinical date once for its four columns; `only` narrows the table; `by` is the date that puts rows in order, after
    `place`, of which the smallest stands first in its group. `sift` sees every row as `sorts` has it: it leaves out what
    is said elsewhere, or adds what `group` must know. `more` adds to the rows of one page what lies in other tables. Rows
    of which `same` says the same are one entry, a page of them at most: it is made from the newest, which has the others
    as `again`."""

    table: type[Table]
    reads: tuple[str, ...]
    entry: Callable[[Row], Entry]
    group: Callable[[Row], str] = lambda row: ""
    sorts: tuple[str, ...] = ()
    only: str = ""
    place: Callable[[Row], int] = lambda row: 0
    by: str = "effective"
    sift: Callable[[RecordGrant, list[Row]], Awaitable[list[Row]]] = _as_read
    more: Callable[[RecordGrant, list[Row]], Awaitable[list[Row]]] = _as_read
    brief: Callable[[RecordGrant, list[Row]], Awaitable[list[Row]]] | None = None
    """In place of `more` for whoever says no more of an entry than its title, tag and answer, as a summary does."""
    same: Callable[[Row], Hashable] | None = None
    name: Callable[[Row], str] = lambda row: row["label"]
    """What words are looked for in; from what `sorts` reads."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What stands before a list: the rows that are read for it, and what they say where it is shown."""

    read: Callable[[RecordGrant], Awaitable[list[Row]]]
    say: Callable[[Sequence[Row]], tuple[Part, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """`groups` are codes and headings in their order; what `Source.group` gives beyond these is a heading itself.
    `counts` are the two forms of how many; `none` is said where there is nothing at all. `answers` are the groups whose
    rows are no such thing but say that there is none: they are not counted, and their words stand for a count of none."""

    path: str
    category: Category
    title: str
    counts: tuple[str, str]
    none: str
    sources: tuple[Source, ...]
    groups: tuple[tuple[str, str], ...] = (("", ""),)
    answers: tuple[tuple[str, str], ...] = ()
    by_day: bool = False
    """Whether the headings are days: too many to be counted or chosen among, and what stands under them is short."""
    intro: str = ""
    how: str = ""
    """What opens to whoever may act here, said to nobody else."""
    does: Link | None = None
    """What can be asked for or done about these, for who may act here; its words are still to be translated."""
    drafts: bool = False
    """Whether what the viewer wrote there is kept before it is sent."""
    summary: Summary | None = None
    """What stands before the list where it is read from its beginning: said of all of it, such as the newest of each."""

    @property
    def in_brief(self) -> Listing:
        """The same list for a summary: what lies in other tables is not asked for."""
        return replace(self, sources=tuple(replace(one, more=one.brief or one.more) for one in self.sources))

    def heading(self, code: str) -> str:
        known = dict(self.groups).get(code)
        return (_(known) if known else "") if known is not None else code


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person asked for: words in the name, the code of one heading, the ref of the last row they saw."""

    words: str = ""
    group: str = ""
    after: str = ""
    turned: bool = False
    """Whether a page was turned: then focus moves to its first heading, and the count is not said as well."""

    @property
    def narrowed(self) -> bool:
        return bool(self.words or self.group)


def read_asked(query: Mapping[str, str]) -> Asked:
    """From an address; what it cannot mean is left out."""
    after = query.get("after", "")
    return Asked(
        words=" ".join(query.get("q", "").split())[:MOST_LETTERS], group=query.get("show", "")[:MOST_LETTERS],
        after=after if REF.match(after) else "", turned="after" in query,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Listed:
    """One entry before its words, which are made where they are shown: its newest row, with older ones as `again`."""

    source: Source
    row: Row

    @property
    def entry(self) -> Entry:
        return self.source.entry(self.row)


@dataclass(frozen=True, slots=True)
class Group:
    """`code` is one of the listing's, or a heading itself."""

    listing: Listing
    code: str
    rows: tuple[Listed, ...]

    @property
    def heading(self) -> str:
        return self.listing.heading(self.code)

    @property
    def entries(self) -> tuple[Entry, ...]:
        return tuple(one.entry for one in self.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage(RecordPage):
    """`whole` is how many there are at all, `total` how many were asked for, `first` the place of the first one shown.
    `tally` holds code and count of each group; `older` and `newer` are refs, None where there is no page."""

    listing: Listing
    asked: Asked
    may_act: bool = False
    draft: Kept | None = None
    before: tuple[Row, ...] = ()
    """For the listing's summary, where the list is read from its beginning."""
    groups: tuple[Group, ...]
    tally: tuple[tuple[str, int], ...]
    whole: int
    total: int
    first: int
    size: int
    older: str | None
    newer: str | None

    @property
    def title(self) -> str:
        return _(self.listing.title)

    @property
    def does(self) -> Link | None:
        does = self.listing.does if self.may_act else None
        return Link(does.at, _(does.words)) if does else None

    @property
    def begun(self) -> str:
        """What the viewer wrote and has not sent."""
        return _("Your draft of %(when)s is not sent yet.", when=when(self.draft.at)) if self.draft else ""

    @property
    def parts(self) -> tuple[Part, ...]:
        return self.listing.summary.say(self.before) if self.before else ()

    @property
    def rows(self) -> int:
        return sum(len(group.rows) for group in self.groups)

    @property
    def left(self) -> int:
        return self.total - self.first - self.rows + 1

    @property
    def long(self) -> bool:
        """Long enough that finding in it is worth a form."""
        return self.whole > PAGE or self.asked.narrowed

    @property
    def choices(self) -> tuple[tuple[str, str, int], ...]:
        """The headings to choose from."""
        worth_it = len(self.tally) > 1 or self.asked.group
        if not worth_it or len(self.tally) > MOST_CHOICES:
            return ()
        return tuple((code, self.listing.heading(code), many) for code, many in self.tally)

    @property
    def counted(self) -> str:
        """How many; or what was answered, where nothing but an answer is in the whole list."""
        answers = dict(self.listing.answers)
        shown = [(code, many) for code, many in self.tally if self.asked.group in ("", code)]
        things = sum(many for code, many in shown if code not in answers)
        if things or self.asked.narrowed:
            return ngettext(*self.listing.counts, things)
        return _(answers[shown[0][0]])

    @property
    def told(self) -> str:
        """What the filter leaves out, how many stand under each heading, and which of them this page shows."""
        said = [_("Only those with “%(words)s” in the name.", words=self.asked.words)] if self.asked.words else []
        if self.asked.group:
            said.append(_("Only these: %(group)s.", group=self.listing.heading(self.asked.group)))
        elif 1 < len(self.tally) <= MOST_TOLD:
            headed = [(self.listing.heading(code), many) for code, many in self.tally]
            said += [f"{heading}: {count(many)}." for heading, many in headed if heading]
        return " ".join([*said, *self._shown()])

    def _shown(self) -> Iterator[str]:
        if self.rows < self.total:
            last = self.first + self.rows - 1
            yield _("This page shows %(first)s to %(last)s.", first=count(self.first), last=count(last))

    @property
    def none(self) -> str:
        """Why the list is empty."""
        return _("Nothing here fits.") if self.whole else _(self.listing.none)

    @property
    def nothing_now(self) -> str:
        """For who asked for one group, and there is nothing in it, while the list is not empty."""
        return _("None now.") if self.whole else _(self.listing.none)

    @property
    def intro(self) -> str:
        said = self.listing.how if self.may_act else self.listing.intro
        return _(said) if said else ""

    @property
    def spoken(self) -> str:
        """What is said of the list after it changed."""
        return f"{self.counted} {self.told}".strip() if self.total else self.none

    def here(self, path: str = "", **query: str | None) -> str:
        """This list at another page, or as a document, with the filter kept."""
        return self.link(path or self.listing.path, q=self.asked.words, show=self.asked.group, **query)
