"""The newest row of each audit chain, told to files outside the database, so that rows cut off an end are missed.

`portal.sqlite3.audit-heads.2026-05.jsonl`: a file for each month. Its first line has the head of every chain in use,
each line after it only what changed since. All processes write to it, and each reads what the others wrote.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

HEADS_IN_A_ROW = 36
"""Of at most 106 characters each, in a column of 4000."""
TAIL_BYTES = 262_144
LONGEST_LATE = timedelta(days=1)
"""A chain whose last row is this much older than the last line was exported to its end by then."""
BEGINNING = datetime(1971, 1, 1, tzinfo=UTC)


class Line(NamedTuple):
    at: datetime | None
    heads: list
    """`[[chain, seq, mac], …]`, the MAC in hex."""


class HeadsFile:
    """What was exported, as far as the newest file says: nothing is held to be exported that is not in it."""

    def __init__(self, base: Path):
        self.base = base
        self._forget()

    def _forget(self) -> None:
        self.path: Path | None = None
        self.at: datetime | None = None
        self.known: dict[int, list] = {}
        self._offset = 0

    def catch_up(self) -> None:
        """Reads what was written since the last time; at first the end of the newest file."""
        files = files_of(self.base)
        if not files:
            return self._forget()
        size = files[-1].stat().st_size
        if files[-1] != self.path or size < self._offset:
            self.path, self.known, self._offset = files[-1], {}, max(0, size - TAIL_BYTES)
        with self.path.open("rb") as file:
            file.seek(self._offset)
            for line in file:
                if line.endswith(b"\n"):
                    self._offset += len(line)
                    self._take(read_line(line.decode("ascii", "replace")))

    def _take(self, line: Line | None) -> None:
        if line:
            self.at = line.at or self.at
            for head in line.heads:
                self.known.pop(head[0], None)
                self.known[head[0]] = head

    def since(self, now: datetime) -> datetime:
        """Whatever was written before this, or closed, is in the files already."""
        return min(self.at, now) - LONGEST_LATE if self.at else BEGINNING

    def add(self, now: datetime, heads: list) -> None:
        """A line of those that are not known, if any. A line that was not finished is ended first."""
        target = max([month_file(self.base, now), *months_of(self.base)[-1:]])
        changed = [head for head in heads if target != self.path or self.known.get(head[0]) != head]
        if not changed:
            return
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        target.touch(mode=0o600)
        line = json.dumps({"at": now.isoformat(), "heads": changed}, separators=(",", ":"))
        with target.open("ab") as file:
            file.write(b"\n" * _is_cut(target) + line.encode("ascii") + b"\n")

    def newest(self) -> list:
        """What a chain that is opened now keeps: as many as its column holds, whole; those told last."""
        return list(self.known.values())[-HEADS_IN_A_ROW:]


def month_file(base: Path, now: datetime) -> Path:
    return base.with_name(f"{base.stem}.{now:%Y-%m}{base.suffix}")


def months_of(base: Path) -> list[Path]:
    return sorted(base.parent.glob(f"{base.stem}.[0-9][0-9][0-9][0-9]-[0-9][0-9]{base.suffix}"))


def files_of(base: Path) -> list[Path]:
    """Oldest first. `base` itself is from before there was one for each month."""
    return [*([base] if base.is_file() else []), *months_of(base)]


def _is_cut(file: Path) -> bool:
    with file.open("rb") as whole:
        size = file.stat().st_size
        whole.seek(max(0, size - 1))
        return size > 0 and whole.read(1) != b"\n"


def last_heads(base: Path | None) -> list:
    """What was exported last of each chain in use."""
    if base is None:
        return []
    file = HeadsFile(base)
    file.catch_up()
    return file.newest()


def exported_lines(base: Path | None) -> Iterator[list]:
    """The heads of every line that was ever exported, a line at a time."""
    for file in files_of(base) if base else []:
        with file.open(encoding="ascii", errors="replace") as lines:
            for text in lines:
                line = read_line(text)
                yield line.heads if line else []


def read_line(text: str) -> Line | None:
    """None for a line that was not finished."""
    try:
        line = json.loads(text)
        return Line(datetime.fromisoformat(line["at"]) if line.get("at") else None, line["heads"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
