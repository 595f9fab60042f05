"""What a row names in other tables as {"ref", "text"}: read where it may be read, in words where it was never sent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from piccolo.table import Table

from access.grant import RecordGrant
from access.visible import held_back, one_of, visible
from pages.stored import Row, columns


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


async def sayable(grant: RecordGrant, table: type[Table], words: Iterable[str]) -> tuple[str, ...]:
    """Words for rows of a table, each once, without those that are the name of a row which this grant may not see."""
    said = tuple(dict.fromkeys(words))
    asked = one_of("label", said), *said
    hidden = {row["label"] for row in await held_back(grant, table).rows(("label",), *asked)} if said else set()
    seen = {row["label"] for row in await visible(grant, table).rows(("label",), *asked)} if hidden else set()
    return tuple(word for word in said if word not in hidden - seen)


async def unsayable(grant: RecordGrant, table: type[Table]) -> frozenset[str]:
    """The names of a table's rows which this grant may not see and no row that it sees has: for words that were stored
    joined by commas, where `sayable` cannot tell one from the next."""
    hidden = {row["label"] for row in await held_back(grant, table).rows(("label",))}
    seen = {row["label"] for row in await visible(grant, table).rows(("label",))} if hidden else set()
    return frozenset(hidden - seen)


def without(joined: str, names: frozenset[str]) -> str:
    """Words joined by commas, without these names."""
    marked = f", {joined}, "
    for name in sorted(names, key=len, reverse=True):
        while f", {name}, " in marked:
            marked = marked.replace(f", {name}, ", ", ")
    return marked[2:-2]
