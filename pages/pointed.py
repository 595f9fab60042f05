"""What a row names in other tables as {"ref", "text"}: read where it may be read, in words where it was never sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from piccolo.table import Table

from access.grant import RecordGrant
from access.visible import held_back, one_of, visible
from pages.stored import Row, columns, listed
from tables.conditions import Condition

REASONS = ("reason", "reasons")


async def pointed(
    grant: RecordGrant, table: type[Table], source: str, sent: Sequence[dict[str, str]], reads: tuple[str, ...]
) -> list[Row | str]:
    """In the order sent, each once. `source` is the feed of the row that names them. What the record holds and this
    grant may not see is left out, and the words sent with it too."""
    ids = tuple(dict.fromkeys(one["ref"].partition("/")[2] for one in sent if one["ref"]))
    asked = f"source = ? AND {one_of('fhir_id', ids)}", source, *ids
    rows = await visible(grant, table).rows(columns(table, ("id", "fhir_id", *reads)), *asked)
    grant.showed(table.__name__, [row["id"] for row in rows])
    known: dict[str, Row | str] = {row["fhir_id"]: row for row in rows}
    known |= {row["fhir_id"]: "" for row in await held_back(grant, table).rows(("fhir_id",), *asked)}
    named: dict[str, Row | str] = {}
    for one in sent:
        named.setdefault(one["ref"] or one["text"], known.get(one["ref"].partition("/")[2], one["text"]))
    return [one for one in named.values() if one]


async def unsayable(grant: RecordGrant, table: type[Table]) -> frozenset[str]:
    """The names of a table's rows which this grant may not see and no row that it sees has: what other rows say in words
    of their own leaves these out."""
    hidden = {row["label"] for row in await held_back(grant, table).rows(("label",))}
    seen = {row["label"] for row in await visible(grant, table).rows(("label",))} if hidden else set()
    return frozenset(hidden - seen)


def without(joined: str, names: frozenset[str]) -> str:
    """Words joined by commas, without these names. A name may have a comma of its own, so it is looked for whole."""
    marked = f", {joined}, "
    for name in sorted(names, key=len, reverse=True):
        while f", {name}, " in marked:
            marked = marked.replace(f", {name}, ", ", ")
    return marked[2:-2]


async def with_reasons(grant: RecordGrant, rows: list[Row]) -> list[Row]:
    """Rows whose `reason`, words joined by commas, or `reasons`, a list, leaves out conditions that may not be named:
    why a medicine is taken, or what a visit was for, is often the very name of a condition."""
    if not any(row.get(name) for row in rows for name in REASONS):
        return rows
    return reasons_without(rows, await unsayable(grant, Condition))


async def without_reasons(grant: RecordGrant, rows: list[Row]) -> list[Row]:
    """For `Source.brief`, where no reason is told."""
    return [row | {"reason": ""} for row in rows]


def reasons_without(rows: list[Row], hidden: frozenset[str]) -> list[Row]:
    return [row | {name: _reasons(row[name], name, hidden) for name in REASONS if row.get(name)} for row in rows]


def _reasons(said: Any, name: str, hidden: frozenset[str]) -> str | list[str]:
    return without(said, hidden) if name == "reason" else [word for word in listed(said) if word not in hidden]
