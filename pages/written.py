"""What somebody wrote in plain text, cut into headings, lists and paragraphs as its own marks say."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby

MARK = re.compile(r"(?P<heading>#{1,6})\s*|(?P<item>[-*•])\s+")


SHORT = 160
"""Letters of a line that still reads well as an item of a list."""


@dataclass(frozen=True, slots=True)
class Block:
    """`kind`: heading, list or text. A heading and a text have one line."""

    kind: str
    lines: tuple[str, ...]


def blocks(text: str) -> tuple[Block, ...]:
    """Lines that begin with # are headings, with - or * items of a list; blank lines part paragraphs."""
    found: list[Block] = []
    for kind, run in groupby(map(_line, text.splitlines()), key=lambda one: one[0]):
        lines = [line for _, line in run if line]
        if kind == "heading":
            found += [Block("heading", (line,)) for line in lines]
        elif lines:
            found.append(Block(kind, tuple(lines)) if kind == "list" else Block("text", (" ".join(lines),)))
    return tuple(one for n, one in enumerate(found) if not _leads_nowhere(found, n))


def spoken(text: str) -> tuple[Block, ...]:
    """A summary's section, in which each line is a sentence or a paragraph of its own: short ones make a list."""
    marked = blocks(text)
    lines = tuple(filter(None, map(str.strip, text.splitlines())))
    if any(one.kind != "text" for one in marked):
        return marked
    if len(lines) > 1 and all(len(line) <= SHORT for line in lines):
        return (Block("list", lines),)
    return tuple(Block("text", (line,)) for line in lines)


def _line(line: str) -> tuple[str, str]:
    sent = line.strip()
    mark = MARK.match(sent)
    if mark is None:
        return ("text" if sent else "", sent)
    return ("heading" if mark["heading"] else "list", sent[mark.end() :].strip())


def _leads_nowhere(found: list[Block], at: int) -> bool:
    """A heading with nothing under it: the end, or another heading."""
    return found[at].kind == "heading" and (at + 1 == len(found) or found[at + 1].kind == "heading")
