"""While a feed goes in the garbage collector looks seldom, and afterwards as before."""

import gc

import pytest

from ehr.collecting import MANY, collecting_seldom


def test_the_collector_looks_as_before_once_the_import_is_over_or_has_failed():
    before, frozen = gc.get_threshold(), gc.get_freeze_count()
    with pytest.raises(RuntimeError), collecting_seldom():
        assert gc.get_threshold() == (MANY, *before[1:]) and gc.get_freeze_count() > frozen
        raise RuntimeError
    assert gc.get_threshold() == before and gc.get_freeze_count() == frozen
