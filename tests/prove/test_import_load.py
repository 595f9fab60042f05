"""A big feed goes in fast and in flat memory, and pages stay quick meanwhile: `portal import` beside `portal serve`."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from bench.importing import (
    GOAL_MILLISECONDS,
    GOAL_PER_SECOND,
    Imported,
    count_of,
    feed_texts,
    import_while_asked,
    p95,
    repeat,
    served_demo,
)

RESOURCES = int(os.environ.get("PROVE_N") or 50_000)
FLAT = 1.25
"""Four times the files may take this much more memory, which is noise; four times would be growth."""


def imported_under_load(
    folder: Path, resources: int, texts: list[tuple[str, str]]
) -> list[tuple[Imported, list[float]]]:
    """A quarter of the feed, then all of it under other ids, each while a patient reads."""
    each = sum(count_of(text) for _, text in texts)
    times = max(1, -(-resources // each // 4))
    with served_demo(folder / "var") as portal:
        outcomes = []
        for name, copies, first in (("quarter", times, 0), ("whole", 4 * times, 10_000)):
            repeat(texts, folder / name, copies, first)
            outcomes.append(asyncio.run(import_while_asked(portal, folder / name, name)))
            imported, taken = outcomes[-1]
            assert imported.read == copies * each, "something was lost"
            print(f"{imported.read:,} resources, {imported.per_second:,} a second, {imported.peak:.0f} MiB,"
                  f" pages p95 {p95(taken):.0f} ms of {len(taken)}")  # fmt: skip
    return outcomes


def memory_is_flat(outcomes: list[tuple[Imported, list[float]]]) -> None:
    (quarter, _), (whole, _) = outcomes
    assert whole.files == 4 * quarter.files
    assert whole.peak < quarter.peak * FLAT, f"{quarter.peak:.0f} MiB grew to {whole.peak:.0f} MiB with four times the files"


def test_a_big_feed_goes_in_fast_and_pages_stay_quick(tmp_path):
    outcomes = imported_under_load(tmp_path, RESOURCES, feed_texts())
    memory_is_flat(outcomes)
    imported, taken = outcomes[-1]
    assert imported.read >= RESOURCES
    assert imported.per_second >= GOAL_PER_SECOND
    assert p95(taken) < GOAL_MILLISECONDS, "pages were slow while the import ran"
