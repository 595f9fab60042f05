"""The words of a PDF that somebody else made. Runs in a worker process only, within its limits; pypdf is imported nowhere
else."""

from __future__ import annotations

from io import BytesIO
from itertools import islice

from pypdf import PdfReader

MOST_PAGES = 60


def words_of(content: bytes, most_words: int) -> str:
    """Line by line, pages parted by a blank line, up to so many words; '' where no page has any."""
    reader = PdfReader(BytesIO(content))
    parts: list[str] = []
    left = most_words
    for page in islice(reader.pages, MOST_PAGES):
        text = _first(page.extract_text(), left)
        parts.append(text)
        left -= len(text.split())
        if left <= 0:
            break
    return "\n\n".join(filter(None, parts))


def _first(text: str, most: int) -> str:
    """So many words of it, its lines kept."""
    kept: list[str] = []
    for line in text.splitlines():
        words = line.split()
        kept.append(" ".join(words[:most]))
        most -= len(words)
        if most <= 0:
            break
    return "\n".join(kept).strip()
