"""The visit that something of the record belongs to, for those who may see that visit."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from access.grant import RecordGrant
from access.visible import one_of, visible
from pages.sheet import Link
from pages.stored import Row, columns, when_in
from tables.visits import Encounter
from words.gettext import _


async def visits_of(grant: RecordGrant, ids: Collection[Any]) -> dict[Any, Row]:
    """Those of these visits that the grant may see, by id."""
    names = columns(Encounter, ("id", "ref", "effective"))
    found = await visible(grant, Encounter).rows(names, one_of("id", ids), *ids) if ids else []
    grant.showed("Encounter", [row["id"] for row in found])
    return {row["id"]: row for row in found}


async def visit_of(grant: RecordGrant, row: Row) -> Row | None:
    """Of a row with its `encounter`."""
    return (await visits_of(grant, [row["encounter"]])).get(row["encounter"]) if row["encounter"] else None


def links_to_visit(visit: Row | None) -> tuple[Link, ...]:
    if visit is None:
        return ()
    day = when_in(visit)
    return (Link(("visits", visit["ref"]), _("The visit of %(day)s", day=day) if day else _("The visit")),)


async def with_visits(grant: RecordGrant, rows: list[Row]) -> list[Row]:
    """For `Source.more`: each with its `visit`, None where there is none to be seen."""
    found = await visits_of(grant, {row["encounter"] for row in rows if row["encounter"]})
    return [row | {"visit": found.get(row["encounter"])} for row in rows]


async def without_visits(grant: RecordGrant, rows: list[Row]) -> list[Row]:
    """For `Source.brief`, where no visit is named."""
    return [row | {"visit": None} for row in rows]


def links_to_visits(rows: Sequence[Row]) -> Iterator[Link]:
    """To the visits of rows that have them, each once."""
    for visit in {row["visit"]["ref"]: row["visit"] for row in rows if row["visit"]}.values():
        day = when_in(visit)
        yield Link(("visits", visit["ref"]), _("From the visit of %(day)s", day=day) if day else _("From a visit"))
