"""The shared Synthea feeds, repeated under other ids, for checks at size."""

from __future__ import annotations

import re
from pathlib import Path

_UUID = re.compile(rb"\b([0-9a-f]{8})((?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\b")
SPREAD = 2654435761
"""Knuth's multiplier: each copy's ids lie elsewhere, as real ones would."""


def repeat_feeds(feeds: Path, folder: Path, resources: int) -> Path:
    """Copies of the Synthea bundles until there are at least that many resources; each copy is other people."""
    files = sorted(feeds.glob("synthea-*/*.json"))
    made = copy = 0
    while made < resources:
        for file in files:
            text = file.read_bytes()
            made += text.count(b'"fullUrl"')
            target = folder / f"{copy:04d}" / file.name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(_renamed(text, copy) if copy else text)
        copy += 1
    return folder


def _renamed(text: bytes, copy: int) -> bytes:
    other = copy * SPREAD & 0xFFFFFFFF
    return _UUID.sub(lambda found: b"%08x" % (int(found[1], 16) ^ other) + found[2], text)
