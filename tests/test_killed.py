"""`kill -9` at random moments under load, a few times; `make prove` does it fifty times."""

from __future__ import annotations

from functools import partial

import pytest

from tests.support.load import killed_rounds, nothing_is_missing
from tests.support.load_paying import every_payment_is_settled

ROUNDS = 3


@pytest.fixture
def settings(demo_url, make_settings):
    return make_settings(demo_url)


async def test_nothing_acknowledged_is_missing_after_a_kill(settings):
    people = await killed_rounds(settings, ROUNDS, partial(nothing_is_missing, settings))
    await every_payment_is_settled(settings)
    for kind in ("views", "written", "messages", "bookings", "payments"):
        assert any(getattr(busy, kind) for busy in people), f"there was work to lose: {kind}"


async def test_a_page_that_was_not_written_down_would_be_noticed(first_templates, make_settings):
    """Planted: somebody was told of one page and one change more than there were."""
    with first_templates.copy(first_templates.demo()) as address:
        await _what_is_missing_is_noticed(make_settings(address))


async def _what_is_missing_is_noticed(settings):
    people = await killed_rounds(settings, 1, partial(nothing_is_missing, settings))
    people[0].views += 1000
    with pytest.raises(AssertionError, match="are in the audit"):
        await nothing_is_missing(settings, people)
    people[0].views, people[0].written = 0, people[0].tried + 1
    with pytest.raises(AssertionError, match="was told of change"):
        await nothing_is_missing(settings, people)
    people[0].written, people[0].messages["Message 99"] = 0, "A" * 22
    with pytest.raises(AssertionError, match="was told that these are there"):
        await nothing_is_missing(settings, people)
    people[0].messages.pop("Message 99")
    people[0].bookings["A" * 22] = "B" * 22
    with pytest.raises(AssertionError, match="was told that these are booked"):
        await nothing_is_missing(settings, people)
    people[0].bookings.clear()
    people[0].payments.append("A" * 22)
    with pytest.raises(AssertionError, match="payment that was acknowledged is missing"):
        await nothing_is_missing(settings, people)
