"""The tests that a report holds, or a panel that no report does: found through `visible`, and as rows of a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from access.grant import RecordGrant
from access.visible import one_of, visible
from access.vocabulary import Category
from pages.findings import COLUMNS, Finding
from pages.sheet import Cell, Part, table_of
from pages.stored import Row
from tables.results import Observation
from words.gettext import _, ngettext
from words.results import usual_range

DEEPEST = 4
"""Panels inside panels: what lies deeper is not looked for."""
MOST_TESTS = 400


@dataclass(frozen=True, slots=True)
class Group:
    """Tests that stand in one table: those of one panel, or those of none (`name` '')."""

    name: str
    findings: tuple[Finding, ...]

    @property
    def ranged(self) -> bool:
        return any(one.ranges for one in self.findings)

    @property
    def judged(self) -> bool:
        """Whether anything is said beside the values."""
        return any(one.meant or one.remarks for one in self.findings)

    @property
    def caption(self) -> str:
        count = len(self.findings)
        if self.name:
            return ngettext("%(name)s: %(count)s test", "%(name)s: %(count)s tests", count, name=self.name)
        return ngettext("%(count)s test", "%(count)s tests", count)

    @property
    def heads(self) -> list[str]:
        ranged = [_("Usual range")] if self.ranged else []
        return [_("Test"), _("Result"), *ranged, *([_("What it means")] if self.judged else [])]


def groups_of(findings: Sequence[Finding]) -> Iterator[Group]:
    """Tests of no panel first, then each panel under its name; a pair such as a blood pressure is one test."""
    alone = tuple(one for one in findings if not one.is_group)
    if alone:
        yield Group("", alone)
    for one in findings:
        if one.is_group:
            yield Group(one.name, one.leaves)


def group_part(group: Group) -> Part:
    """For a sheet, which says what a value means below it."""
    heads = (_("Test"), _("Result"), _("Usual range"))
    return Part(group.name or _("Results"), table=table_of(group.caption, heads, [_cells(one) for one in group.findings]))


def _cells(one: Finding) -> tuple[Cell, ...]:
    at = () if one.category == Category.IMAGING.value else one.history
    return (
        Cell(one.name, one.laboratory_name, at=at),
        Cell(one.said, " ".join(one.remarks), one.meant if one.has_value else "", one.sign),
        Cell(usual_range(one.ranges, one.value)),
    )


async def tests_of(grant: RecordGrant, which: str, *values: Any) -> list[Row]:
    names, order = (*COLUMNS, "released_at", "issued_at"), f"ORDER BY id LIMIT {MOST_TESTS}"
    return await visible(grant, Observation).rows(names, which, *values, then=order)


async def with_members(grant: RecordGrant, rows: list[Row]) -> list[Row]:
    """Members and components need not name the report, so they are found through the panel that holds them."""
    found = {row["id"]: row for row in rows}
    panels = [row["id"] for row in rows if row["panel"]]
    for _level in range(DEEPEST):
        if not panels or len(found) > MOST_TESTS:
            break
        members = [row for row in await tests_of(grant, one_of("parent", panels), *panels) if row["id"] not in found]
        found |= {row["id"]: row for row in members}
        panels = [row["id"] for row in members if row["panel"]]
    return list(found.values())
