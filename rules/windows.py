"""The newest part of something long, as much as one page and one paper bear."""

from __future__ import annotations

from collections.abc import Sequence


def window(lengths: Sequence[int], until: int, most: int, letters: int) -> tuple[int, int]:
    """From and up to which of them a page shows, the newest last: it ends before place `until` (0: at the end), and has at
    most so many of them and so many letters, but one at least."""
    end = until if 0 < until < len(lengths) else len(lengths)
    begin, left = end, letters
    while begin > 0 and end - begin < most and (begin == end or lengths[begin - 1] <= left):
        begin -= 1
        left -= lengths[begin]
    return begin, end
