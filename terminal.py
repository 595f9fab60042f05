"""What an operator sees: plain tables, and a bar for long work where there is a terminal to draw it on."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Sequence
from typing import TextIO

WIDTH = 30


class CommandFailed(Exception):
    """A command cannot do what it was asked. Its text is one line for the operator; the exit code is 1."""


def table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Columns with two spaces between; numbers stand right."""
    rows = [[_cell(value) for value in row] for row in rows]
    numeric = [bool(rows) and all(_is_number(row[n]) for row in rows) for n in range(len(headings))]
    widths = [max(len(line[n]) for line in [list(headings), *rows]) for n in range(len(headings))]
    lines = [list(headings), ["-" * width for width in widths], *rows]
    return "\n".join("  ".join(_padded(*cell) for cell in zip(line, widths, numeric, strict=True)).rstrip() for line in lines)


def _cell(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else shown(str(value))


def shown(text: str) -> str:
    """Words of a feed or the name of a file, so that nothing in them moves the cursor, begins a line or hides another."""
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text)


def _is_number(text: str) -> bool:
    return text.replace(",", "").isdigit()


def _padded(text: str, width: int, right: bool) -> str:
    return text.rjust(width) if right else text.ljust(width)


class Progress:
    """`with Progress("Importing", total) as progress: progress.to(n)`. Elsewhere than on a terminal: a line each 5 s."""

    def __init__(self, what: str, total: int = 0, out: TextIO = sys.stderr):
        self.what, self.total, self.out = what, total, out
        self.bar = out.isatty()
        self.done, self.began, self.said = 0, time.monotonic(), time.monotonic()

    def __enter__(self) -> Progress:
        return self

    def to(self, done: int, total: int | None = None) -> None:
        self.done = done
        self.total = self.total if total is None else total
        if time.monotonic() - self.said >= (0.1 if self.bar else 5.0):
            self.say()

    def say(self) -> None:
        self.said = time.monotonic()
        share = f" of {self.total:,}" if self.total else ""
        text = f"{self.what}: {self.done:,}{share}"
        if not self.bar:
            print(text, file=self.out, flush=True)
            return
        full = WIDTH * min(self.done, self.total) // self.total if self.total else 0
        drawn = f" [{'#' * full}{'.' * (WIDTH - full)}]" if self.total else ""
        print(f"\r\x1b[K{text}{drawn}", end="", file=self.out, flush=True)

    def __exit__(self, kind, error, traceback) -> None:
        if self.bar or not error:
            self.say()
        if self.bar:
            print(file=self.out)
