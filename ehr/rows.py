"""What a resource becomes: rows of tables, with references still by name. Plain values; nothing here reads or writes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from functools import lru_cache
from typing import Any

import msgspec

from ehr.references import Reading, Target
from ehr.shapes import one, text
from rules.dates import ClinicalDate, parse_clinical_date, period

_encode = msgspec.json.Encoder().encode


class Unfit(Exception):
    """A resource that cannot become a row; the reason is a sentence for the report."""


@dataclass(slots=True)
class Row:
    """One row of `table`. `links` are columns whose value is the id of another row, once that is known."""

    table: str
    values: dict[str, Any]
    links: dict[str, Target] = field(default_factory=dict)


@dataclass(slots=True)
class Projection:
    """`attach` are rows of others that this one claims: (column of observation, target)."""

    rows: list[Row]
    attach: list[tuple[str, Target]] = field(default_factory=list)
    identifiers: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Feed:
    """What holds for every resource of a run."""

    zone: str | tzinfo
    now: datetime


Project = Callable[[dict, Reading, Feed], Projection]


MOST_ITEMS = 500
"""Of what one resource lists (members of a team, targets of a goal) so many are filed: a page must stay a page."""


def json_text(value: Any) -> str | None:
    """JSON for a column; None for what is empty. The raw resource has what a list is cut of."""
    whole = value[:MOST_ITEMS] if isinstance(value, list) else value
    return _encode(whole).decode() if whole else None


@lru_cache(maxsize=8192)
def dated(sent: str, zone: str | tzinfo) -> ClinicalDate | None:
    return parse_clinical_date(sent, zone)


def instant(sent: str, feed: Feed) -> datetime | None:
    found = dated(sent, feed.zone) if sent else None
    return found.starts if found else None


def span(holder: dict, feed: Feed) -> ClinicalDate | None:
    """A FHIR Period."""
    return period(text(holder, "start"), text(holder, "end"), feed.zone) if holder else None


def when(resource: dict, prefix: str, feed: Feed) -> tuple[ClinicalDate | None, str]:
    """`<prefix>DateTime`, `Period`, `Instant`, `Date` or the first event of `Timing`; and the text as sent where it
    is no date."""
    sent = next(filter(None, (text(resource, prefix + kind) for kind in ("DateTime", "Instant", "Date"))), "")
    if sent:
        return dated(sent, feed.zone), sent
    found = span(one(resource, prefix + "Period"), feed)
    if found:
        return found, found.text
    events = one(resource, prefix + "Timing").get("event")
    first = events[0] if isinstance(events, list) and events and isinstance(events[0], str) else ""
    return (dated(first, feed.zone) if first else None), first


def date_columns(name: str, found: ClinicalDate | None, sent: str = "") -> dict[str, Any]:
    """The four columns of a clinical date. A text that is no date is kept, without a precision."""
    return {
        f"{name}_text": found.text if found else sent,
        f"{name}_precision": found.precision if found else "",
        f"{name}_starts": found.starts if found else None,
        f"{name}_ends": found.ends if found else None,
    }


def encounter_links(reading: Reading, reference: dict) -> tuple[dict[str, Target], str | None]:
    """The link of a row to its visit, and the same in words for who looks for it later."""
    target = reading.target(reference, "Encounter")
    if target is None or target.fhir_type != "Encounter":
        return {}, None
    return {"encounter": target}, f"Encounter/{target.fhir_id}"
