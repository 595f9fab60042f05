"""All of the public synthetic feeds that developers have beside the repository: nothing lost, no number changed."""

import json
import zlib
from collections import Counter
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from ehr.reading import check_files, read_file
from rules.quantities import from_json
from tables.database import Database
from tests.support.databases import portal
from tests.support.feeds import imported

FEEDS = Path(__file__).resolve().parents[2] / "shared" / "data" / "fhir"
pytestmark = pytest.mark.skipif(not FEEDS.is_dir(), reason="the shared feeds are not on this machine")

decode = msgspec.json.Decoder(float_hook=str).decode


@pytest.fixture(scope="module")
def sent() -> list[dict]:
    """Every resource of the feeds, numbers with a point as text."""
    return [decode(entry.body) for file in check_files([FEEDS]) for entry in read_file(file)]


@pytest.fixture
async def filled(templates, now):
    """A database with all of the feeds: one for the run, which these tests only read."""
    made = "feeds" in templates.made
    if not made:
        templates.made["feeds"] = templates.server.create("feeds")
        portal(["migrate"], templates.made["feeds"])
    database = await Database(templates.made["feeds"]).open()
    if not made:
        await imported(database, [FEEDS], "", now, zone="America/Chicago")
    yield database
    await database.close()


async def test_everything_is_accounted_for_and_a_second_time_changes_nothing(database, sent, now):
    first = await imported(database, [FEEDS], "", now, zone="America/Chicago")
    assert {one.fhir_type: one.read for one in first.types} == Counter(r["resourceType"] for r in sent)
    for one in first.types:
        assert one.read == one.stored + one.unchanged + one.withdrawn + len(one.skipped)
        assert all(skip.reason for skip in one.skipped)
    assert sum(len(one.skipped) for one in first.types) == 19
    raws = await database.rows("SELECT COUNT(*) AS n FROM raw_resource")
    again = await imported(database, [FEEDS], "", now, zone="America/Chicago")
    assert again.table()[-1][2] == 0
    assert [one.skipped for one in again.types] == [one.skipped for one in first.types]
    assert await database.rows("SELECT COUNT(*) AS n FROM raw_resource") == raws


async def test_every_value_unit_and_date_of_every_test_is_the_feeds_own(filled, sent):
    """Each row against its raw JSON, read here by other code than the import's."""
    parts = [
        part for resource in sent for part in resource.get("component", []) if resource["resourceType"] == "Observation"
    ]
    rows = await filled.rows(
        "SELECT o.*, r.body FROM observation o JOIN raw_resource r ON r.source = o.source"
        " AND r.fhir_type = o.fhir_type AND r.fhir_id = o.fhir_id"
    )
    assert len(rows) == 2467 + len(parts)
    for row in rows:
        resource = decode(zlib.decompress(row["body"]))
        holder = resource if row["component"] is None else resource["component"][row["component"]]
        assert _told(row) == _asked(holder), row["fhir_id"]
        assert row["effective_text"] == _when(resource), row["fhir_id"]
        assert (row["range_text"] or row["range_low"] or row["range_high"] or "") == "" or holder["referenceRange"]
        if not holder.get("interpretation") and not holder.get("referenceRange"):
            assert row["interpretation"] == ""


def _told(row: dict) -> tuple:
    return (row["number"], row["unit"], row["comparator"], row["label"])


def _asked(holder: dict) -> tuple:
    quantity = holder.get("valueQuantity", {})
    number = quantity.get("value", holder.get("valueInteger"))
    code = holder["code"]
    codings = code.get("coding", [])
    label = code.get("text") or next(filter(None, (c.get("display") for c in codings)), "") or codings[0]["code"]
    unit = (quantity.get("code") if quantity.get("system") == "http://unitsofmeasure.org" else "") or quantity.get(
        "unit", ""
    )
    return (None if number is None else str(number), unit, quantity.get("comparator", ""), label.strip())


def _when(resource: dict) -> str:
    period = resource.get("effectivePeriod")
    if period:
        return period["start"] if period["start"] == period.get("end") else f"{period['start']}/{period.get('end', '')}"
    return resource.get("effectiveDateTime") or resource.get("issued", "")


async def test_every_value_of_another_kind_is_kept(filled, sent):
    """As many of each kind as the feeds have."""
    kinds = Counter()
    for row in await filled.rows("SELECT value FROM observation WHERE value IS NOT NULL"):
        value = row["value"]
        kinds[type(from_json(value if isinstance(value, str) else json.dumps(value))).__name__] += 1
    holders = [h for r in sent if r["resourceType"] == "Observation" for h in (r, *r.get("component", []))]
    assert kinds["Quantity"] == sum("valueQuantity" in h for h in holders)
    assert kinds["Coded"] == sum("valueCodeableConcept" in h for h in holders)
    assert kinds["Text"] == sum("valueString" in h for h in holders)
    assert kinds["Truth"] == sum("valueBoolean" in h for h in holders)


async def test_every_test_of_a_report_is_under_its_report(filled, sent):
    wanted = Counter(r["id"] for r in sent if r["resourceType"] == "DiagnosticReport" for _ in r.get("result", []))
    rows = await filled.rows(
        "SELECT d.fhir_id, COUNT(*) AS n FROM diagnostic_report d JOIN observation o ON o.report = d.id"
        " WHERE o.component IS NULL GROUP BY d.fhir_id"
    )
    assert {row["fhir_id"]: row["n"] for row in rows} == wanted


async def test_every_row_is_its_own_patients(filled):
    """By the reference in the raw JSON; a transaction's urn is what its entry's fullUrl says."""
    ids = _ids_by_address()
    for table in ("observation", "encounter", "condition", "immunization", "medication_request", "diagnostic_report"):
        rows = await filled.rows(
            f"SELECT t.fhir_id, s.fhir_id AS whose, r.body FROM {table} t JOIN record_source s ON s.id = t.patient"
            " JOIN raw_resource r ON r.source = t.source AND r.fhir_type = t.fhir_type AND r.fhir_id = t.fhir_id"
        )
        assert rows
        for row in rows:
            resource = decode(zlib.decompress(row["body"]))
            reference = (resource.get("subject") or resource["patient"])["reference"]
            assert ids.get(reference, reference.rsplit("/", 1)[-1]) == row["whose"], table


def _ids_by_address() -> dict[str, str]:
    bundles = (json.loads(path.read_bytes()) for path in FEEDS.rglob("*.json"))
    entries = (entry for one in bundles for entry in one.get("entry", []))
    return {e["fullUrl"]: e["resource"].get("id", "") for e in entries if e.get("fullUrl", "").startswith("urn:")}


async def test_links_never_cross_charts(filled):
    crossed = (
        "SELECT COUNT(*) AS n FROM observation o JOIN {0} x ON x.id = o.{1} JOIN record_source a ON a.id = o.patient"
        " JOIN record_source b ON b.id = x.patient WHERE a.record <> b.record"
    )
    for table, column in (
        ("encounter", "encounter"),
        ("diagnostic_report", "report"),
        ("observation", "parent"),
        ("series", "series"),
    ):
        assert (await filled.rows(crossed.format(table, column)))[0]["n"] == 0


async def test_money_of_every_explanation_is_the_feeds_own(filled):
    rows = await filled.rows(
        "SELECT t.payment, t.currency, t.totals, r.body FROM explanation_of_benefit t JOIN raw_resource r"
        " ON r.source = t.source AND r.fhir_type = t.fhir_type AND r.fhir_id = t.fhir_id"
    )
    assert len(rows) == 276
    for row in rows:
        resource = decode(zlib.decompress(row["body"]))
        paid = resource.get("payment", {}).get("amount")
        assert row["payment"] == (round(Decimal(str(paid["value"])) * 100) if paid else None)
        totals = json.loads(row["totals"]) if isinstance(row["totals"], str) else row["totals"]
        assert [t["amount"] for t in totals] == [
            round(Decimal(str(t["amount"]["value"])) * 100) for t in resource["total"]
        ]


async def test_nothing_is_low_or_high_without_a_range_or_a_word_of_the_laboratory(filled):
    rows = await filled.rows(
        "SELECT COUNT(*) AS n FROM observation WHERE interpretation <> '' AND ranges IS NULL AND range_text IS NULL"
        " AND source = 'import'"
    )
    assert rows[0]["n"] == 0


async def test_the_two_people_with_the_id_example_have_a_chart_each(filled):
    rows = await filled.rows(
        "SELECT s.source, r.name FROM record_source s JOIN record r ON r.id = s.record WHERE s.fhir_id = 'example' ORDER BY 1"
    )
    assert [(row["source"], row["name"]) for row in rows] == [
        ("hl7.org/fhir/us/core", "Amy V. Baxter PharmD"), ("import", "Peter James Chalmers"),
    ]  # fmt: skip


async def test_as_one_source_those_two_are_not_mixed(database, now):
    done = await imported(
        database, [FEEDS / "hl7-r4-spec-examples", FEEDS / "us-core-examples"], "all", now, zone="UTC"
    )
    assert [one.reason for t in done.types for one in t.skipped if t.fhir_type == "Patient"] == [
        "this id already belongs to somebody else in this source"
    ]
    rows = await database.rows(
        "SELECT COUNT(*) AS n FROM observation o JOIN record_source s ON s.id = o.patient WHERE s.fhir_id = 'example'"
    )
    assert rows[0]["n"] == 0
