"""One thing of the record on a page of its own, or several said together: parts under headings.

Screen, paper and plain text are made from the same parts, so none of them can say more than another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from pages.address import RecordPage
from pages.written import Block
from words.gettext import _

Facts = tuple[tuple[str, str], ...]
"""Names and values."""


@dataclass(frozen=True, slots=True)
class Cell:
    """`meaning` stands below with its sign, the stylesheet's up, down or in; `over` below that in smaller print. `at` is
    where it leads, for the first cell of a row; `told` tells that link from others of the same words, for the ear."""

    words: str
    over: str = ""
    meaning: str = ""
    sign: str = ""
    at: tuple[str, ...] = ()
    told: str = ""

    @property
    def silent(self) -> bool:
        """Nothing was sent for it. A wide table says so; a small screen, which has a card for each row, leaves it out."""
        return not (self.words or self.over or self.meaning)


@dataclass(frozen=True, slots=True)
class Table:
    """The first cell of a row names it. Columns that no row fills are left out."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One heading and what stands under it. `by` is who wrote it; `lines` are empty ones, to write on paper; a link
    without a path is a line of the same list."""

    heading: str
    facts: Facts = ()
    table: Table | None = None
    blocks: tuple[Block, ...] = ()
    by: str = ""
    lines: int = 0
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Remark:
    """A note beside the parts: what it means first. `kind` as in the kit: warn, good, bad or ""."""

    strong: str
    text: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """To another page of the record. `about` is the ref of what is to be done something with there: such a link is for the
    screen alone, since paper and plain text lead nowhere."""

    at: tuple[str, ...]
    words: str
    about: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet(RecordPage):
    """Each noun makes one of its own: it holds what was read, and says it in properties, so that words are made where
    they are shown. What a sheet leaves out stands here.

    `here` are the segments below the record, `up` the list it belongs to; `kind` says what it is, above its title.
    `nothing` is said where there are no parts; `links` lead to what belongs to it, on the screen alone."""

    here: tuple[str, ...]

    title = ""
    kind = ""
    up: ClassVar[Link | None] = None
    tag: ClassVar[tuple[str, str] | None] = None
    lede = ""
    facts: ClassVar[Facts] = ()
    parts: ClassVar[tuple[Part, ...]] = ()
    remarks: ClassVar[tuple[Remark, ...]] = ()
    nothing = ""
    dense = False
    """On paper with less air, for what should fit on one page."""
    links: ClassVar[tuple[Link, ...]] = ()

    @property
    def links_heading(self) -> str:
        return _("See also")


def table_of(caption: str, heads: tuple[str, ...], rows: Sequence[tuple[Cell, ...]]) -> Table:
    """Without the columns that no row fills."""
    kept = [n for n in range(len(heads)) if n == 0 or any(row[n].words for row in rows)]
    return Table(caption, tuple(heads[n] for n in kept), tuple(tuple(row[n] for n in kept) for row in rows))


def table_part(
    heading: str, caption: str, heads: tuple[str, ...], rows: Sequence[tuple[Cell, ...]], facts: Facts = ()
) -> tuple[Part, ...]:
    """A heading, a table and facts below it; a list where only the first column says anything; or nothing at all."""
    table = table_of(caption, heads, rows)
    if len(table.heads) > 1 and rows:
        return (Part(heading, facts, table),)
    lines = tuple(". ".join(filter(None, (row[0].words, row[0].over))) for row in rows)
    blocks = (Block("list", lines),) if lines else ()
    return (Part(heading, facts, blocks=blocks),) if facts or blocks else ()


def said_facts(*facts: tuple[str, str | None]) -> Facts:
    """Those that have words."""
    return tuple((term, words) for term, words in facts if words)


def lines_part(heading: str, lines: Sequence[str], by: str = "") -> tuple[Part, ...]:
    """A heading and a list, or nothing where there are no lines."""
    said = tuple(filter(None, lines))
    return (Part(heading, blocks=(Block("list", said),), by=by),) if said else ()
