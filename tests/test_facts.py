"""What pages say is what the feed sent: one patient here, all of them in `make prove`."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from handlers import respond
from pages.care_plan import CarePlanPage
from pages.listing import Group
from tests.prove.test_facts import SYNTHEA, the_pages_say_what_the_feed_said
from tests.support.canaries import CANARIES, TABLES
from tests.support.charts import import_charts, open_charts
from tests.support.record_walk import RecordWalk
from tests.support.vital_walk import VitalWalk
from words import dates


@pytest.fixture(scope="module")
def migrated(first_templates):
    """Made before a test has a loop of its own."""
    return first_templates.migrated()


async def test_the_pages_of_a_patient_say_what_the_feed_said(first_templates, migrated, make_settings, shared_fhir):
    with first_templates.copy(migrated) as address:
        await the_pages_say_what_the_feed_said(address, make_settings(address), shared_fhir / SYNTHEA, ["a10-Leon.json"], papers=1)


@pytest.fixture(scope="module")
def imported(first_templates, shared_fhir):
    with first_templates.copy(first_templates.migrated()) as address:
        import_charts(address, shared_fhir / SYNTHEA, ["a10-Leon.json"])
        yield address


@pytest.fixture
def address(first_templates, imported):
    with first_templates.copy(imported) as copied:
        yield copied


@pytest.fixture
async def chart(address, make_settings, shared_fhir):
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
    for kind, table in TABLES.items():
        assert {f"{kind}-{chart.sent.id}-{name}" for name in ("later", "held")} <= set(chart.ids[table].values())


def plant_in_lists(planted, change) -> None:
    """What `change` makes of the entries of each group, on the screen and in documents."""
    right = Group.entries.fget
    planted.setattr(Group, "entries", property(lambda group: tuple(change(right(group)))))


def plant_in_papers(planted) -> None:
    """The PDF of a plan lacks its parts."""
    whole = respond.document

    async def without_parts(request, *rest):
        with pytest.MonkeyPatch.context() as inside:
            inside.setattr(CarePlanPage, "parts", ())
            return await whole(request, *rest)

    planted.setattr(respond, "document", without_parts)


LIST_FAULTS = {
    "a line lost": (lambda found: [replace(one, said="") for one in found], "no entry says"),
    "a line of another": (
        lambda found: [replace(one, said=other.said) for one, other in zip(found, reversed(found), strict=True)], "with the rest"
    ),
    "an entry lost": (lambda found: found[1:] or found, "no entry says"),
    "an entry twice": (lambda found: [*found, found[0]], "entries of"),
    "an entry of another": (lambda found: [*found, replace(found[0], title="Kamille")], " Kamille "),
    "a number of ours": (lambda found: [replace(one, soft="As 31337 others.") for one in found], "are not in the feed"),
}  # fmt: skip


async def test_a_wrong_fact_in_the_record_is_noticed(chart, monkeypatch):
    assert await RecordWalk(chart).check("medicines", "allergies") == []
    for fault, (change, told) in LIST_FAULTS.items():
        with monkeypatch.context() as planted:
            plant_in_lists(planted, change)
            assert any(told in line for line in await again(chart, "medicines")), fault
    with monkeypatch.context() as planted:
        right = dates._local_date
        planted.setattr(dates, "_local_date", lambda when: right(when) + timedelta(days=1))
        assert any("no entry says" in line for line in await again(chart, "medicines"))
    chart.papers = 1
    assert await again(chart, "care-plan") == []
    with monkeypatch.context() as planted:
        plant_in_papers(planted)
        lost = await again(chart, "care-plan")
        assert lost and all("(pdf)" in line for line in lost)
    chart.papers = 0
    async with chart.database.transaction():
        await chart.database.rows("UPDATE allergy_intolerance SET withdrawn_at = NULL WHERE fhir_id LIKE '%-later'")
    assert any("is called" in line and "Kanarie" in line for line in await again(chart, "allergies"))
    assert "Kanarie" in chart.telling(CANARIES)


async def test_a_wrong_reading_of_a_vital_sign_is_noticed(chart, monkeypatch):
    assert await VitalWalk(chart).check() == []
    with monkeypatch.context() as planted:
        plant("a number rounded", planted)
        assert any("do not stand together" in line for line in await VitalWalk(chart).check())
    chart.wrong, right = [], dates._local_date
    monkeypatch.setattr(dates, "_local_date", lambda when: right(when) + timedelta(days=1))
    assert any("do not stand together" in line for line in await VitalWalk(chart).check())


async def again(chart, *only: str) -> list[str]:
    chart.wrong = []
    return await RecordWalk(chart).check(*only)
