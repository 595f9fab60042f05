"""Conditions in SQL, and how they are put together: what `visible` is made of."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Predicate:
    """A condition in SQL with `?` marks, and their values in order."""

    sql: str
    values: tuple = ()


NOTHING = Predicate("1 = 0")
EVERYTHING = Predicate("1 = 1")


def all_of(*predicates: Predicate) -> Predicate:
    """Every one of them."""
    values = tuple(value for predicate in predicates for value in predicate.values)
    return Predicate(" AND ".join(predicate.sql for predicate in predicates), values)


def any_of(*predicates: Predicate) -> Predicate:
    """At least one of them; of none, what is never true."""
    if len(predicates) < 2:
        return predicates[0] if predicates else NOTHING
    values = tuple(value for predicate in predicates for value in predicate.values)
    return Predicate(f"({' OR '.join(f'({predicate.sql})' for predicate in predicates)})", values)


def at_sites(sites: Collection[Any], name: str) -> Predicate:
    """Rows of these sites, and those that name none; no sites are all of them."""
    return Predicate(f"({name}.site IS NULL OR {one_of(f'{name}.site', sites)})", tuple(sites)) if sites else EVERYTHING


def is_one_of(name: str, values: tuple) -> Predicate:
    """The same as a condition of its own; where there is but one, as plain as it can be said."""
    return Predicate(f"{name} = ?" if len(values) == 1 else one_of(name, values), values)


def is_none_of(name: str, values: Collection[Any]) -> Predicate:
    """Where there are none of them, all."""
    return Predicate(f"{name} NOT IN ({', '.join('?' * len(values))})", tuple(values)) if values else EVERYTHING


def one_of(name: str, values: Collection[Any]) -> str:
    """`name IN (?, ?)`; of nothing, what is never true."""
    return f"{name} IN ({', '.join('?' * len(values))})" if values else "1 = 0"
