"""An import makes some hundred objects for each resource and drops them a batch later, none of them in circles: looking
for circles among them, and each time among all that the program has loaded, takes a tenth of its time and finds nothing."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

MANY = 200_000
"""New objects between two looks: those of some batches. What does make circles stays few, so memory stays flat."""


@contextmanager
def collecting_seldom() -> Iterator[None]:
    """Leaves what is there already out of every look, and looks at what is new seldom."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(MANY, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
