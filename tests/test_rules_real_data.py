"""Every date, value, range, dose, name and narrative of the shared FHIR data goes through the rules and the words."""

import json
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest

from rules.dates import parse_clinical_date
from rules.doses import dose_of, doses_from_json, doses_to_json
from rules.names import person_name
from rules.quantities import Quantity, from_json, series_unit, to_json, value_of
from rules.results import Meaning, meaning, ranges_from_json, ranges_of, ranges_to_json, shown_state
from rules.text import narrative_text
from rules.trends import Point, trend
from words.charts import trend_chart
from words.dates import clinical, clinical_when
from words.doses import dose
from words.gettext import use
from words.results import usual_range
from words.tests import name_of
from words.trends import lede
from words.values import value

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "fhir"
ZONE = "America/Chicago"

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data/fhir is not on this machine")

DATE_FIELDS = frozenset(
    """
    birthDate effectiveDateTime issued recordedDate onsetDateTime authoredOn occurrenceDateTime start end sent created
    date performedDateTime started deceasedDateTime abatementDateTime startDate dueDate assertedDate
    """.split()
)


@lru_cache(maxsize=1)
def objects() -> tuple[dict, ...]:
    """Every object of every file, inner ones too; numbers as the text they were written in."""
    files = sorted(DATA.rglob("*.json"))
    return tuple(found for file in files for found in _walk(json.loads(file.read_text("utf-8"), parse_float=str)))


def _walk(node: object) -> Iterator[dict]:
    if isinstance(node, dict):
        yield node
    inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    for child in inner:
        yield from _walk(child)


def resources(kind: str) -> list[dict]:
    return [found for found in objects() if found.get("resourceType") == kind]


@pytest.fixture(autouse=True)
def in_chicago():
    with use("en", ZONE):
        yield


def test_every_date_is_understood_and_said():
    sent = {found[field] for found in objects() for field in DATE_FIELDS & set(found) if isinstance(found[field], str)}
    assert len(sent) > 1500
    dates = [parse_clinical_date(text, ZONE) for text in sent]
    assert [text for text, parsed in zip(sent, dates, strict=True) if parsed is None] == []
    assert all(parsed.text in sent and clinical(parsed) and clinical_when(parsed) for parsed in dates)


def test_every_value_survives_storage_and_has_words():
    holders = [part for found in resources("Observation") for part in (found, *found.get("component", ()))]
    read = [(part, value_of(part)) for part in holders]
    valued = [(part, of) for part, of in read if of is not None]
    assert len(valued) > 2500
    for part, of in valued:
        assert from_json(to_json(of)) == of
        assert value(of)
        if isinstance(of, Quantity):
            assert of.number == str(part["valueQuantity"]["value"])
            assert of.number in value(of)


def test_only_observations_without_a_value_have_none():
    for part in resources("Observation"):
        has_one = any(key.startswith("value") or key == "dataAbsentReason" for key in part)
        assert (value_of(part) is not None) is has_one, part.get("id")


def test_no_high_or_low_without_a_range_or_a_word_of_the_laboratory():
    for found in resources("Observation"):
        ranges = ranges_of(found.get("referenceRange"))
        assert ranges_from_json(ranges_to_json(ranges)) == ranges
        said = meaning(value_of(found), found.get("interpretation"), ranges)
        if not found.get("referenceRange") and not found.get("interpretation"):
            assert said is Meaning.NONE
        assert usual_range(ranges) or not ranges
        assert shown_state(found.get("status", ""))


def test_every_series_makes_a_trend_of_one_unit_with_a_sentence_and_a_chart():
    series: dict[tuple, list[Point]] = {}
    for found in resources("Observation"):
        of, on = value_of(found), parse_clinical_date(found.get("effectiveDateTime"), ZONE)
        if isinstance(of, Quantity) and on:
            code = found["code"]["coding"][0].get("code") if found["code"].get("coding") else found["code"].get("text")
            key = json.dumps(found.get("subject", {})), code, series_unit(of)
            series.setdefault(key, []).append(Point(on, of))
    assert sum(len(points) >= 5 for points in series.values()) > 100
    for (_, code, unit), points in series.items():
        said = trend(tuple(points))
        assert (said.count, said.unit, said.other_units) == (len(points), unit, ())
        assert said.newest.value.number in lede(said, name_of((code,), "Test"))
        assert trend_chart(said, "Test").values


def test_every_dose_name_and_narrative_is_read():
    for found in objects():
        for sent in found.get("dosageInstruction") or ():
            built = dose_of(sent)
            assert doses_from_json(doses_to_json((built,))) == (built,)
            assert dose(built)
        if isinstance(found.get("div"), str):
            text = narrative_text(found["div"])
            assert "<" not in text.replace("<=", "").replace("< ", "") or "&lt;" in found["div"]
    for patient in resources("Patient"):
        assert person_name(patient.get("name"), parse_clinical_date("2026-05-12T00:00:00Z", ZONE).starts).full
