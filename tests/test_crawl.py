"""A crawl of the portal as one patient, and what everybody else gets of it: one address of each kind here."""

from __future__ import annotations

import pytest

from tests.prove.test_crawl import (
    ended_sessions_are_sent_to_sign_in,
    every_answer_is_right_and_get_changes_nothing,
    nothing_of_hers_is_changed,
    nothing_of_hers_is_told,
    ring_of,
)

EACH = {"sqlite": 2, "postgresql": 1}
"""How many of a kind: the rules are the same words on both, and the sweep asks every route on both."""


@pytest.fixture
async def ring(opened):
    opened.draws_nothing()  # the sweep looks at each document
    return await ring_of(opened.app, opened.house)


async def test_a_crawl_finds_right_answers_and_tells_nobody_else(ring, templates):
    crawl = await every_answer_is_right_and_get_changes_nothing(ring, EACH[templates.server.name])
    assert await nothing_of_hers_is_told(ring, crawl) > 100
    assert await nothing_of_hers_is_changed(ring, crawl) > 20
    assert await ended_sessions_are_sent_to_sign_in(ring, crawl) > 1


@pytest.fixture
async def one_ring(first_opened):
    first_opened.draws_nothing()
    return await ring_of(first_opened.app, first_opened.house)


async def test_the_crawl_notices_an_open_door_and_a_form_that_anybody_may_send(one_ring, monkeypatch):
    """Faults planted in the decision who may see a record, and in the check of a form's token."""
    from access import opening
    from handlers import form_layer
    from rules.access import Allowed

    crawl = await every_answer_is_right_and_get_changes_nothing(one_ring, 1)
    with monkeypatch.context() as planted:
        planted.setattr(opening, "decide", lambda *facts: Allowed("helper", frozenset({("results", "see"), ("home", "see")})))
        with pytest.raises(AssertionError, match="helper-revoked"):
            await nothing_of_hers_is_told(one_ring, crawl)
    with monkeypatch.context() as planted:
        planted.setattr(form_layer, "matches", lambda token, secret: True)
        with pytest.raises(AssertionError, match="her form in"):
            await nothing_of_hers_is_changed(one_ring, crawl)
