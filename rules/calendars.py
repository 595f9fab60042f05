"""One appointment as a calendar file (RFC 5545): one event, in UTC, without an alarm."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

WIDTH = 75
"""Octets of a line, without its end."""


@dataclass(frozen=True, slots=True)
class Event:
    """`uid` and `sequence` let a calendar that has it already change it instead of adding another."""

    uid: str
    sequence: int
    made_at: datetime
    starts_at: datetime
    ends_at: datetime
    summary: str
    place: str
    description: str
    cancelled: bool


def calendar_file(event: Event) -> str:
    lines = (
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Plainchart//Appointments//EN", "METHOD:PUBLISH", "BEGIN:VEVENT",
        f"UID:{event.uid}", f"SEQUENCE:{event.sequence}", f"DTSTAMP:{_utc(event.made_at)}",
        f"DTSTART:{_utc(event.starts_at)}", f"DTEND:{_utc(event.ends_at)}", f"SUMMARY:{_text(event.summary)}",
        *([f"LOCATION:{_text(event.place)}"] if event.place else []), f"DESCRIPTION:{_text(event.description)}",
        f"STATUS:{'CANCELLED' if event.cancelled else 'CONFIRMED'}", "END:VEVENT", "END:VCALENDAR",
    )  # fmt: skip
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(words: str) -> str:
    r"""With `\` before what would end a value or begin a list, and no line end of its own."""
    for sign in "\\;,":
        words = words.replace(sign, f"\\{sign}")
    return "\\n".join(words.splitlines())


def _folded(line: str) -> Iterator[str]:
    """Cut where 75 octets are full, never inside a letter; what goes on begins with a space."""
    part, octets = "", 0
    for letter in line:
        size = len(letter.encode())
        if octets + size > WIDTH:
            yield part
            part, octets = " ", 1
        part, octets = part + letter, octets + size
    yield part
