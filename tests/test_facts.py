"""What pages say is what the feed sent: one patient here, all of them in `make prove`."""

from __future__ import annotations

import pytest

from tests.prove.test_facts import SYNTHEA, the_pages_say_what_the_feed_said
from tests.support.charts import CANARIES, open_charts


async def test_the_pages_of_a_patient_say_what_the_feed_said(database_url, make_settings, shared_fhir):
    await the_pages_say_what_the_feed_said(
        database_url, make_settings(database_url), shared_fhir / SYNTHEA, ["a10-Leon.json"], papers=2
    )


@pytest.fixture
async def chart(first_templates, make_settings, shared_fhir):
    with first_templates.copy(first_templates.migrated()) as address:
        async with open_charts(address, make_settings(address), shared_fhir / SYNTHEA, ["a10-Leon.json"], 0) as (one,):
            one.most = 4
            yield one


FAULTS = {
    "a number rounded": "do not stand together",
    "a unit lost": "do not stand together",
    "a word of judgement": "without a range",
    "a number of ours": "are not in the feed",
}


async def test_a_wrong_fact_on_a_page_is_noticed(chart, monkeypatch):
    assert await chart.check() == []
    for fault, told in FAULTS.items():
        chart.wrong = []
        with monkeypatch.context() as planted:
            plant(fault, planted)
            assert any(told in line for line in await chart.check()), fault


def plant(fault: str, planted) -> None:
    """In the words of the pages."""
    from pages import findings
    from words import numbers

    right = numbers.with_unit
    if fault == "a number rounded":
        planted.setattr(numbers, "with_unit", lambda number, unit: right(number[:-1], unit))
    elif fault == "a unit lost":
        planted.setattr(numbers, "with_unit", lambda number, unit: number)
    elif fault == "a word of judgement":
        planted.setattr(findings.Finding, "meant", property(lambda one: "above the usual range"))
    else:
        planted.setattr(findings.Finding, "meant", property(lambda one: "about 31337 of 31338 people"))


async def test_what_was_withdrawn_or_is_held_would_be_noticed(chart):
    """The canaries are in the database, and a word that is on a page is found there."""
    assert chart.telling(["Sign out", *CANARIES]) == []
    await chart.client.get(chart.root)
    assert chart.telling(["Sign out", *CANARIES]) == ["Sign out"]
    assert {f"r-{chart.sent.id}-{name}" for name in ("later", "held")} <= set(chart.ids["report"].values())
