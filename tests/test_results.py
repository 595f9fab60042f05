"""The list of results: what stands on it, in which order, in which words, for whom, and in its documents."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from rules.quantities import Quantity
from tests.support.lab import Lab, before, house_here, said


@pytest.fixture
async def lab(app, demo_url) -> Lab:
    now = datetime.now(UTC)
    return await Lab.open(house_here(demo_url, now), now)


@pytest.fixture
async def vera(lab, client):
    """Vera's own browser."""
    client.cookies.set("s", (await lab.person("Vera Lind")).cookie)
    return client


async def test_an_empty_record_says_so(lab, vera):
    page = await vera.get(f"{lab.home}/results")
    assert page.h1 == "Test results"
    assert "There are no test results yet." in page.main


async def test_a_lone_test_says_value_meaning_and_day(lab, vera):
    await lab.test("HGB", "12.3", "g/dL", loinc="718-7", low="12.0", high="15.5")
    page = await vera.get(f"{lab.home}/results")
    assert "1 result from the last year, newest first. 1 new." in page.main
    assert "Hemoglobin New 12.3 g/dL. In the usual range. Blood, taken" in page.main


async def test_a_report_counts_its_tests_and_names_those_outside_the_range(lab, vera):
    tests = [
        await lab.test("HGB", "11.8", "g/dL", loinc="718-7", low="12.0", high="15.5"),
        await lab.test("WBC", "6.2", "10*3/uL", loinc="6690-2", low="4", high="11"),
    ]
    await lab.report("CBC", *tests, loinc="58410-2")
    page = await vera.get(f"{lab.home}/results")
    assert "Blood count (CBC) New 2 tests. Below the usual range: Hemoglobin 11.8 g/dL. Blood, taken" in page.main
    assert "1 result from the last year" in page.main
