"""Who opened what in the weeks before the demo begins: the start of the story that "who has looked" tells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from access.audit import Entry
from access.vocabulary import Category, Purpose
from seeds.cast import Person, fixed_id

OWN = (
    ("self", 33, Category.VISITS), ("self", 33, Category.RESULTS), ("self", 2, Category.RESULTS),
    ("stranger", 80, Category.RESULTS), ("teen", 58, Category.VISITS), ("helper-full", 400, Category.RESULTS),
)  # fmt: skip
HELPING = (
    ("helper-full", "self", 31, Category.RESULTS), ("helper-full", "self", 30, Category.VISITS),
    ("helper-full", "self", 1, Category.RESULTS), ("helper-revoked", "self", 200, Category.RESULTS),
    ("helper-appointments", "self", 40, Category.HOME), ("guardian", "teen", 140, Category.APPOINTMENTS),
)  # fmt: skip


def looks(people: Sequence[Person], now: datetime) -> Iterator[Entry]:
    """Entries as the portal would have written them, for those of these people who looked."""
    handles = {person.handle for person in people}
    for number, (handle, days, category) in enumerate(OWN):
        if handle in handles:
            yield _look(handle, handle, category, now - timedelta(days=days, minutes=7 * number), Purpose.SELF)
    for number, (handle, of, days, category) in enumerate(HELPING):
        if {handle, of} <= handles:
            look = _look(handle, of, category, now - timedelta(days=days, minutes=11 * number), Purpose.HELPING)
            look.behalf = fixed_id("share", f"{handle} {of}")
            yield look


def _look(handle: str, of: str, category: Category, at: datetime, purpose: Purpose) -> Entry:
    return Entry(
        at, f"{category.value}.see", fixed_id("account", handle), subject=fixed_id("record", of), purpose=purpose.value
    )
