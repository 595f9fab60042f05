"""`R/visits`: every visit the clinic knows of, newest first, under its year."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from access.grant import RecordGrant
from access.visible import one_of, visible
from pages.address import Address, RecordPage
from pages.clinic import clinic
from pages.pointed import with_reasons
from pages.visit_rows import COLUMNS, VisitRow, visit_of
from rules.dates import DISTANT_PAST, site_zone
from rules.paging import PAGE, Key, read_key
from tables.visits import Composition, Encounter
from words.gettext import _, ngettext
from words.numbers import count

DOCUMENT = 200
"""The most visits that one document lists."""


@dataclass(frozen=True, slots=True)
class VisitFilter:
    """`year` 0: every year."""

    year: int = 0
    before: Key | None = None


def read_visit_filter(query: Mapping[str, str]) -> VisitFilter:
    """From an address; what it cannot mean is left out."""
    year = query.get("year", "")
    known = len(year) == 4 and year.isascii() and year.isdigit()
    return VisitFilter(int(year) if known else 0, read_key(query.get("before")))


@dataclass(frozen=True, slots=True)
class Moment:
    """One visit as the count sees it."""

    id: Any
    key: Key


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitsPage(RecordPage):
    """`moments` are all visits that the grant may see, newest first; `first` is the place of the first row shown."""

    asked: VisitFilter
    zone: str
    moments: tuple[Moment, ...]
    rows: tuple[VisitRow, ...]
    total: int
    first: int
    size: int
    older: str
    newer: str | None

    @property
    def any_at_all(self) -> bool:
        return bool(self.moments)

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1

    @property
    def left(self) -> int:
        return self.total - self.last

    @property
    def counted(self) -> str:
        """14 visits, newest first."""
        if self.asked.year:
            return ngettext(
                "%(count)s visit in %(year)s.", "%(count)s visits in %(year)s, newest first.", self.total,
                year=self.asked.year,
            )
        return ngettext("%(count)s visit.", "%(count)s visits, newest first.", self.total)

    @property
    def shown(self) -> str:
        if len(self.rows) == self.total:
            return ""
        return _("This page shows %(first)s to %(last)s.", first=count(self.first), last=count(self.last))

    @property
    def none(self) -> str:
        if self.any_at_all and self.asked.year:
            return _("There are no visits in %(year)s.", year=self.asked.year)
        return _("There are no older visits.") if self.any_at_all else _("There are no visits here yet.")

    def years(self) -> list[tuple[int, int]]:
        """(year, how many), where there are too many for one page."""
        if len(self.moments) <= self.size:
            return []
        found = Counter(_year(one.key, self.zone) for one in self.moments)
        return [(year, many) for year, many in found.items() if year]

    def by_year(self) -> Iterator[tuple[str, list[VisitRow]]]:
        for year, rows in groupby(self.rows, key=self._year_of):
            yield str(year) if year else _("Date not known"), list(rows)

    def _year_of(self, row: VisitRow) -> int:
        return _year(Key(row.dated.starts, row.ref), self.zone) if row.dated else 0

    def here(self, path: str = "visits", **query: str | None) -> str:
        """This list at another page, or as a document, with the year kept."""
        return self.link(path, **{"year": self.asked.year or None, **query})


async def visits_page(grant: RecordGrant, asked: VisitFilter, size: int = PAGE) -> VisitsPage:
    zone = (await clinic(grant.house.database, "en")).zone
    moments = await _moments(grant)
    among = [one for one in moments if not asked.year or _year(one.key, zone) == asked.year]
    begin = next((n for n, one in enumerate(among) if one.key < asked.before), len(among)) if asked.before else 0
    picked = among[begin : begin + size]
    rows = await _rows(grant, [one.id for one in picked])
    grant.showed("Encounter", [one.id for one in picked])
    return VisitsPage(
        at=Address.of(grant), asked=asked, zone=zone, moments=tuple(moments), rows=rows, total=len(among),
        first=begin + 1, size=size, older=picked[-1].key.text() if begin + size < len(among) else "",
        newer=_newer(among, begin, size),
    )  # fmt: skip


async def visits_document(grant: RecordGrant, asked: VisitFilter) -> VisitsPage:
    """The same list from its beginning, up to DOCUMENT rows."""
    return await visits_page(grant, VisitFilter(asked.year), DOCUMENT)


async def _moments(grant: RecordGrant) -> list[Moment]:
    found = await visible(grant, Encounter).rows(("id", "ref", "effective_starts"))
    all_of_them = [Moment(row["id"], Key(row["effective_starts"] or DISTANT_PAST, row["ref"])) for row in found]
    return sorted(all_of_them, key=lambda one: one.key, reverse=True)


async def _rows(grant: RecordGrant, ids: Sequence) -> tuple[VisitRow, ...]:
    if not ids:
        return ()
    texts = await visible(grant, Composition).rows(("encounter",), one_of("encounter", ids), *ids)
    written = {row["encounter"] for row in texts}
    then = "ORDER BY effective_starts IS NULL, effective_starts DESC, ref DESC"
    found = await visible(grant, Encounter).rows(COLUMNS, one_of("id", ids), *ids, then=then)
    found = await with_reasons(grant, found)
    return tuple(visit_of(row, row["id"] in written) for row in found)


def _newer(among: Sequence[Moment], begin: int, size: int) -> str | None:
    """The key under which the page before begins: '' is the first page, None where this is it."""
    if begin == 0:
        return None
    return among[begin - size - 1].key.text() if begin > size else ""


def _year(key: Key, zone: str) -> int:
    """0 where the date is not known."""
    return 0 if key.starts == DISTANT_PAST else key.starts.astimezone(site_zone(zone)).year
