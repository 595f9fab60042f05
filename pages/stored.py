"""Rows as stored: which columns a page asks for, and their dates and lists read back."""

from __future__ import annotations

import json
from datetime import datetime
from functools import cache
from typing import Any

from piccolo.table import Table

from rules.dates import ClinicalDate
from words.dates import clinical, clinical_span

Row = dict[str, Any]
DATE = ("text", "precision", "starts", "ends")


@cache
def columns(table: type[Table], names: tuple[str, ...]) -> tuple[str, ...]:
    """The columns that these names mean: each once; a clinical date is named once for its four."""
    known = {column._meta.name for column in table._meta.columns}
    parts = (part for name in names for part in ([name] if name in known else [f"{name}_{side}" for side in DATE]))
    return tuple(dict.fromkeys(parts))


@cache
def moment_of(table: type[Table], name: str) -> str:
    """The column that puts rows in order: the beginning of a clinical date, or the moment of that name."""
    return name if columns(table, (name,)) == (name,) else f"{name}_starts"


def dated_in(row: Row, name: str = "effective") -> ClinicalDate | None:
    """None where nothing was sent, or a text that is no date."""
    if row[f"{name}_starts"] is None:
        return None
    return ClinicalDate(*(row[f"{name}_{side}"] for side in DATE))


def when_in(row: Row, name: str = "effective") -> str:
    """The date in words; what is no date as it was sent; '' where nothing was."""
    dated = dated_in(row, name)
    return clinical(dated) if dated else row[f"{name}_text"] or ""


def span_in(row: Row, name: str = "effective") -> str:
    """A period in words, its open side said."""
    dated = dated_in(row, name)
    return clinical_span(dated) if dated else row[f"{name}_text"] or ""


def is_over(row: Row, now: datetime, name: str = "effective") -> bool:
    """Whether its period has an end, and that is past."""
    dated = dated_in(row, name)
    return dated is not None and not dated.text.endswith("/") and dated.ends < now


def is_ahead(row: Row, now: datetime, name: str = "effective") -> bool:
    """Whether its period has a beginning, and that is still to come."""
    dated = dated_in(row, name)
    return dated is not None and not dated.text.startswith("/") and dated.starts > now


def listed(sent: Any) -> list:
    """A JSON column: text on one engine and on the other."""
    return (json.loads(sent) if isinstance(sent, str) else sent) or []
