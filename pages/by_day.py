"""A page of a list whose headings are days, read by key: who is measured for years waits no longer for a page of it.

Rows of one moment stand by their names, which are words in the reader's language and so in no index. That is why the
database gives whole moments, always, and at least as many rows as a page has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from access.grant import RecordGrant
from access.visible import Visible, visible
from pages.listing import Source
from pages.stored import Row, columns, moment_of
from rules.dates import DISTANT_FUTURE, DISTANT_PAST


@dataclass(frozen=True, slots=True)
class Stretch:
    """`rows` are those of one page, read whole, `begin` how many stand before them, `total` how many there are at all.
    `newer` is the ref after which the page before begins: '' is the first page, None where this is it."""

    rows: Sequence[Row]
    total: int
    begin: int = 0
    newer: str | None = None


async def stretch_of(grant: RecordGrant, source: Source, after: str, size: int) -> Stretch:
    """The page after the row of this ref; the first one where there is no such row."""
    days = _Days(source, visible(grant, source.table))
    total = await days.count()
    last = await days.read("ref = ?", after) if after and total else []
    if not last:
        return Stretch((await days.older(DISTANT_FUTURE, size))[:size], total)
    at = days.moment(last[0])
    same = await days.at(at)
    passed = next(n for n, row in enumerate(same, 1) if row["ref"] == after)
    rest = same[passed:]
    rows = rest if len(rest) >= size else rest + await days.older(at, size)
    begin = await days.count(f"{days.starts} > ?", at) + passed
    if begin <= size:
        return Stretch(rows[:size], total, begin, "")
    above = [*await days.newer(at, size), *same[:passed]]
    return Stretch(rows[:size], total, begin, above[-size - 1]["ref"])


@dataclass(frozen=True, slots=True)
class _Days:
    """The table of a list as one grant sees it. What has no date comes last, as if it were of the distant past."""

    source: Source
    seen: Visible

    @property
    def starts(self) -> str:
        return moment_of(self.source.table, self.source.by)

    def moment(self, row: Row) -> datetime:
        return row[self.starts] or DISTANT_PAST

    async def count(self, also: str = "1 = 1", *values: datetime) -> int:
        only = self.source.only or "1 = 1"
        [row] = await self.seen.rows(("COUNT(*) AS many",), f"{only} AND {also}", *values)
        return row["many"]

    async def read(self, also: str, *values: object) -> list[Row]:
        """In the order of the list."""
        source, only = self.source, self.source.only or "1 = 1"
        names = columns(source.table, ("id", "ref", "label", self.starts, *source.sorts, *source.reads))
        rows = await self.seen.rows(names, f"{only} AND {also}", *values)
        rows.sort(key=lambda row: (source.name(row).casefold(), row["ref"]))
        return sorted(rows, key=self.moment, reverse=True)

    async def at(self, moment: datetime) -> list[Row]:
        undated = f"{self.starts} IS NULL OR " if moment == DISTANT_PAST else ""
        return await self.read(f"({undated}{self.starts} = ?)", moment)

    async def older(self, moment: datetime, most: int) -> list[Row]:
        if moment == DISTANT_PAST:
            return []
        found = await self._beside("<", moment, ">=", "DESC", most, DISTANT_PAST)
        dated = [row for row in found if row[self.starts] > DISTANT_PAST]
        return dated if len(dated) >= most else dated + await self.at(DISTANT_PAST)

    async def newer(self, moment: datetime, most: int) -> list[Row]:
        return await self._beside(">", moment, "<=", "ASC", most, DISTANT_FUTURE)

    async def _beside(self, side: str, moment: datetime, within: str, order: str, most: int, end: datetime) -> list[Row]:
        """From this moment on, to the end of the moment in which the last row of so many stands."""
        seen, only = self.seen, self.source.only or "1 = 1"
        last = (
            f"SELECT {self.starts} FROM {seen.table._meta.tablename} WHERE {seen.predicate.sql} AND {only}"
            f" AND {self.starts} {side} ? ORDER BY {self.starts} {order} LIMIT 1 OFFSET {most - 1}"
        )
        also = f"{self.starts} {side} ? AND {self.starts} {within} COALESCE(({last}), ?)"
        return await self.read(also, moment, *seen.predicate.values, moment, end)
