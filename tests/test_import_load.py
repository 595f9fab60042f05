"""An import beside a serving portal: nothing lost, flat memory, pages that answer. The figures are held in `make prove`."""

from __future__ import annotations

import pytest

from bench.importing import Imported, feed_texts, p95, under_other_ids
from tests.prove.test_import_load import imported_under_load, memory_is_flat

SLOW_MILLISECONDS = 3000
"""A machine that runs tests beside this one is slow; a page that waits for the whole import is slower."""


def test_pages_answer_while_a_feed_goes_in_and_memory_stays_flat(tmp_path):
    outcomes = imported_under_load(tmp_path, 1000, feed_texts()[-1:])
    memory_is_flat(outcomes)
    _, taken = outcomes[-1]
    assert len(taken) > 3 and p95(taken) < SLOW_MILLISECONDS


def test_memory_that_grows_with_the_feed_would_be_noticed():
    with pytest.raises(AssertionError, match="grew"):
        memory_is_flat([(Imported(10, 1, 1.0, 10, 80.0), [1.0]), (Imported(40, 4, 4.0, 10, 240.0), [1.0])])


def test_the_same_feed_under_other_ids_keeps_what_refers_to_what():
    one = "01234567-89ab-cdef-0123-456789abcdef"
    text = f'{{"id": "{one}", "subject": "urn:uuid:{one}", "value": 12.5}}'
    first, second = under_other_ids(text, 1), under_other_ids(text, 2)
    assert first != second and one not in first + second
    assert first.count(first[8:44]) == 2 and '"value": 12.5' in first
