"""Finds what a list shows: the rows of its tables that the grant may see, in order, a page of them read whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from access.grant import RecordGrant
from access.visible import one_of, visible
from access.vocabulary import Action
from pages.address import Address
from pages.by_day import stretch_of
from pages.drafts import draft_of
from pages.listing import Asked, Group, Listed, Listing, ListPage, Source
from pages.stored import Row, columns, moment_of
from rules.dates import DISTANT_PAST
from rules.paging import PAGE

DOCUMENT = 200
"""The most entries that one document lists."""
AT_ONCE = 2 * PAGE
"""So few rows of a table are read whole at once; of more, first what puts them in order, then those of the page."""


@dataclass(slots=True)
class _Found:
    """What will be one entry: its row, and older ones that say the same; `whole` where they were read whole already.
    `name` is casefolded. It never leaves here and there is one for each row, so it is not frozen, which costs."""

    source: Source
    rows: Sequence[Row]
    whole: bool
    ref: str
    group: str
    name: str
    place: int
    starts: datetime

    @property
    def refs(self) -> list[str]:
        return [row["ref"] for row in self.rows]


async def list_page(
    grant: RecordGrant, listing: Listing, asked: Asked, size: int = PAGE, without: tuple[str, ...] = (), once: bool = False
) -> ListPage:
    """`without` are codes of groups that whoever asks has no use for; `once` takes the first entry of each group alone."""
    if listing.by_day and not asked.narrowed:
        return await _day_page(grant, listing, asked, size)
    whole = await _found(grant, listing)
    named = [one for one in whole if asked.words.casefold() in one.name]
    tally = Counter(one.group for one in named)
    among = [one for one in named if asked.group in ("", one.group) and one.group not in without]
    among = [next(run) for _code, run in groupby(among, key=lambda one: one.group)] if once else among
    may_act = not grant.preview and grant.may(listing.category, Action.ACT)
    begin = next((n for n, one in enumerate(among, 1) if one.ref == asked.after), 0)
    picked = among[begin : begin + size]
    return ListPage(
        at=Address.of(grant), listing=listing, asked=asked, may_act=may_act,
        draft=await draft_of(grant, listing.path) if listing.drafts and may_act else None,
        before=await _summary(grant, listing, asked, bool(whole)),
        groups=await _groups(grant, listing, picked),
        tally=tuple(tally.items()),
        whole=len(whole), total=len(among), first=begin + 1, size=size,
        older=picked[-1].ref if begin + size < len(among) else None, newer=_newer(among, begin, size),
    )  # fmt: skip


async def _day_page(grant: RecordGrant, listing: Listing, asked: Asked, size: int) -> ListPage:
    """Of all days there are too many to try each row."""
    [source] = listing.sources
    stretch = await stretch_of(grant, source, asked.after, size)
    picked = [_as_found(source, [row], True) for row in stretch.rows]
    return ListPage(
        at=Address.of(grant), listing=listing, asked=asked, groups=await _groups(grant, listing, picked),
        before=await _summary(grant, listing, asked, stretch.total > 0),
        tally=(("", stretch.total),) if stretch.total else (), whole=stretch.total, total=stretch.total,
        first=stretch.begin + 1, size=size, newer=stretch.newer,
        older=picked[-1].ref if stretch.begin + size < stretch.total else None,
    )  # fmt: skip


async def _summary(grant: RecordGrant, listing: Listing, asked: Asked, filled: bool) -> tuple[Row, ...]:
    beginning = filled and not (asked.narrowed or asked.after)
    return tuple(await listing.summary.read(grant)) if listing.summary and beginning else ()


async def list_document(grant: RecordGrant, listing: Listing, asked: Asked) -> ListPage:
    """The same list from its beginning, up to DOCUMENT entries."""
    return await list_page(grant, listing, Asked(asked.words, asked.group), DOCUMENT)


async def _found(grant: RecordGrant, listing: Listing) -> list[_Found]:
    """Every row that the grant may see, in order; what is of one time, by name. A person has few enough of one kind."""
    ranks = {code: n for n, (code, _heading) in enumerate(listing.groups)}
    found = [one for source in listing.sources for one in await _of_source(grant, listing, source)]
    found.sort(key=lambda one: (one.name, one.ref))
    found.sort(key=lambda one: one.starts, reverse=True)
    for one in found:
        ranks.setdefault(one.group, len(ranks))
    return sorted(found, key=lambda one: (ranks[one.group], one.place))


async def _of_source(grant: RecordGrant, listing: Listing, source: Source) -> list[_Found]:
    starts = moment_of(source.table, source.by)
    rows, whole = await _rows(grant, listing, source, ("ref", "label", starts, *source.sorts))
    if not rows:
        return []
    rows = await source.sift(grant, rows)
    rows = sorted(rows, key=lambda row: (row[starts] or DISTANT_PAST, row["ref"]), reverse=True)
    return [_as_found(source, run, whole, "" if listing.by_day else source.group(run[0])) for run in _alike(source, rows)]


def _as_found(source: Source, run: Sequence[Row], whole: bool, group: str = "") -> _Found:
    newest = run[0]
    starts = newest[moment_of(source.table, source.by)] or DISTANT_PAST
    return _Found(source, run, whole, newest["ref"], group, source.name(newest).casefold(), source.place(newest), starts)


async def _rows(grant: RecordGrant, listing: Listing, source: Source, light: tuple[str, ...]) -> tuple[list[Row], bool]:
    """And whether they are whole. Where headings are days there are too many to try."""
    table = visible(grant, source.table)
    if not listing.by_day:
        names = columns(source.table, ("id", *light, *source.reads))
        rows = await table.rows(names, source.only, then=f"LIMIT {AT_ONCE + 1}")
        if len(rows) <= AT_ONCE:
            return rows, True
    return await table.rows(columns(source.table, light), source.only), False


def _alike(source: Source, rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    if source.same is None:
        yield from ((row,) for row in rows)
        return
    runs: dict[Hashable, list[Row]] = {}
    for row in rows:
        runs.setdefault(source.same(row), []).append(row)
    for run in runs.values():
        yield from (run[begin : begin + PAGE] for begin in range(0, len(run), PAGE))


async def _groups(grant: RecordGrant, listing: Listing, picked: Sequence[_Found]) -> tuple[Group, ...]:
    listed: dict[str, Listed] = {}
    for source in listing.sources:
        mine = [one for one in picked if one.source is source]
        if mine:
            rows = await _whole(grant, source, mine)
            grant.showed(source.table.__name__, [row["id"] for row in rows])
            known = {row["ref"]: row for row in await source.more(grant, rows)}
            listed |= {one.ref: Listed(source, _row(one, known)) for one in mine if one.ref in known}
    return tuple(
        Group(listing, code, tuple(listed[one.ref] for one in run if one.ref in listed))
        for code, run in groupby(picked, key=lambda one: _heading_of(listing, one, listed))
    )


async def _whole(grant: RecordGrant, source: Source, mine: Sequence[_Found]) -> list[Row]:
    if all(one.whole for one in mine):
        return [row for one in mine for row in one.rows]
    refs = [ref for one in mine for ref in one.refs]
    names = columns(source.table, ("id", "ref", *source.reads))
    return await visible(grant, source.table).rows(names, one_of("ref", refs), *refs)


def _heading_of(listing: Listing, one: _Found, listed: Mapping[str, Listed]) -> str:
    """Days are the headings of a page, and not asked of all rows there are."""
    whole = listed.get(one.ref) if listing.by_day else None
    return one.source.group(whole.row) if whole else one.group


def _row(one: _Found, known: Mapping[str, Row]) -> Row:
    newest, *older = one.refs
    return known[newest] | {"again": [known[ref] for ref in older if ref in known]}


def _newer(among: Sequence[_Found], begin: int, size: int) -> str | None:
    """The ref after which the page before begins: '' is the first page."""
    if begin == 0:
        return None
    return among[begin - size - 1].ref if begin > size else ""
