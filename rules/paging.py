"""Pages by key: the next page begins after the last row shown, so new rows never shift what a reader has seen.

The key of a row is (first instant, ref), newest first; it stands in the address as one word. The primary
key of a row never does.
"""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Generic, TypeVar

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
PAGE = 25

Row = TypeVar("Row")

_KEY = re.compile(r"([A-Za-z0-9_-]{11})([A-Za-z0-9_-]{22})")


@dataclass(frozen=True, slots=True, order=True)
class Key:
    starts: datetime
    ref: str

    def text(self) -> str:
        """33 letters: the microseconds since 1970 in 11, then the ref."""
        micros = (self.starts - EPOCH) // MICROSECOND
        return base64.urlsafe_b64encode(micros.to_bytes(8, "big", signed=True)).decode().rstrip("=") + self.ref


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """`rows` of one page; `after` is the key for the next, '' on the last."""

    rows: tuple[Row, ...]
    after: str


def read_key(text: str | None) -> Key | None:
    """The key an address holds, or None: then the first page is shown."""
    found = _KEY.fullmatch(text or "")
    if found is None:
        return None
    micros = int.from_bytes(base64.urlsafe_b64decode(found[1] + "="), "big", signed=True)
    try:
        return Key(EPOCH + micros * MICROSECOND, found[2])
    except OverflowError:
        return None


def page_of(rows: Sequence[Row], keys: Sequence[Key], size: int = PAGE) -> Page[Row]:
    """From up to `size + 1` rows read: the page, and the key of its last row where there was one more."""
    more = len(rows) > size
    return Page(tuple(rows[:size]), keys[size - 1].text() if more else "")
