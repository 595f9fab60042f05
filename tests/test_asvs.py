"""Every requirement of ASVS 5.0 V6 and V7 has a test of its number and a line in docs/asvs.md; none is left out."""

from __future__ import annotations

import re

import pytest

from tests.support.asvs import ROOT, sections

HOW_MANY = {
    "6.1": 3, "6.2": 12, "6.3": 8, "6.4": 6, "6.5": 8, "6.6": 4, "6.7": 2, "6.8": 4,
    "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 3, "7.6": 2,
}  # fmt: skip
"""Requirements of each section of version 5.0.0."""
ALL = [f"{section}.{number}" for section, many in HOW_MANY.items() for number in range(1, many + 1)]
NAMED = re.compile(r"^(?:async )?def test_v(\d)_(\d)_(\d+)_", re.M)
ROW = re.compile(r"^\| (\d\.\d\.\d+) \| ([123]) \| (.+) \|$", re.M)


def named(text: str) -> list[str]:
    return [".".join(found) for found in NAMED.findall(text)]


def without(tests: list[str], rows: list[str]) -> list[str]:
    return [one for one in ALL if one not in tests] + [f"{one} has no line" for one in ALL if one not in rows]


def test_each_requirement_has_its_test_and_its_line():
    tests = [one for path in sorted((ROOT / "tests").glob("test_asvs_*.py")) for one in named(path.read_text("utf-8"))]
    rows = [number for number, _level, _how in ROW.findall(sections()["Requirement by requirement"])]
    assert without(tests, rows) == []
    assert sorted(set(tests)) == sorted(ALL) and rows == ALL, "none is made up, and the lines stand in their order"


def test_one_that_is_left_out_is_noticed():
    there = [one for one in ALL if one != "6.5.2"]
    assert without(there, ALL) == ["6.5.2"] and without(ALL, there) == ["6.5.2 has no line"]
    assert named("async def test_v6_5_2_x():\ndef test_v7_1_1_y():\ndef helper_v6_1_1_():\n") == ["6.5.2", "7.1.1"]


@pytest.mark.parametrize("number", ["6.3.3", "6.6.1"])
def test_where_level_3_asks_for_more_than_a_clinic_can_ask_of_its_patients_the_line_says_so(number):
    how = next(how for one, _level, how in ROW.findall(sections()["Requirement by requirement"]) if one == number)
    assert "level 3" in how
