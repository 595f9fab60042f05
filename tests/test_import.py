"""What an import makes of a feed: counts, idempotence, statuses, corrections, and what stays hidden."""

import json
import zlib
from datetime import timedelta
from decimal import Decimal

import pytest

from tests.support.feeds import (
    Clinic,
    bundle,
    encounter,
    observation,
    outcome,
    patient,
    reasons,
    report,
)  # fmt: skip


def later(clinic: Clinic, **resource) -> dict:
    """An hour passes before the next delivery."""
    clinic.now += timedelta(hours=1)
    return resource


async def test_a_patient_and_a_test_become_a_chart_and_a_number(clinic):
    done = await clinic.sends(patient(), encounter(), observation(encounter={"reference": "Encounter/e1"}))
    assert done.as_json()["types"]["Observation"] == {
        "read": 1, "stored": 1, "unchanged": 0, "withdrawn": 0, "skipped": [],
    }  # fmt: skip
    record = await clinic.row("record")
    assert (record["name"], record["given"], record["birth_text"], record["sex"]) == (
        "Ana Reyes", "Ana", "1980-04-02", "female",
    )  # fmt: skip
    row = await clinic.row("observation")
    assert (row["number"], row["unit"], row["loinc"], row["category"]) == ("5.40", "mmol/L", "2345-7", "results")
    assert row["effective_text"] == "2026-03-02T08:15:00-06:00"
    assert row["released_at"] == clinic.now
    assert row["encounter"] == (await clinic.row("encounter"))["id"]
    series = await clinic.row("series")
    assert (row["series"], series["analyte"], series["unit"]) == (series["id"], "2345-7", "mmol/L")


async def test_read_is_the_sum_of_what_became_of_it(clinic):
    strange = {"resourceType": "Observation", "id": "o9", "status": "final", "subject": {"reference": "Patient/p1"}}
    done = await clinic.sends(
        patient(), observation(), observation("o2", status="entered-in-error"), strange,
        {"resourceType": "OperationOutcome", "issue": []}, {"resourceType": "Basic", "id": "b"},
        {"resourceType": "Observation", "status": "final"},
    )  # fmt: skip
    assert outcome(done, "Observation") == (4, 1, 0, 1, 2)
    assert outcome(done, "OperationOutcome") == (1, 0, 0, 0, 1)
    assert outcome(done, "Basic") == (1, 1, 0, 0, 0)
    assert done.read == 7
    assert all(one.read == one.stored + one.unchanged + one.withdrawn + len(one.skipped) for one in done.types)
    assert done.table()[-1] == ("All", 7, 3, 0, 1, 3)


async def test_importing_twice_changes_nothing(clinic):
    sent = (patient(), encounter(), observation(), report(), observation("o2", value="7"))
    await clinic.sends(*sent)
    before = await _everything(clinic)
    later(clinic)
    again = await clinic.sends(*sent)
    assert [row[2:] for row in again.table()[:-1]] == [(0, row[1], 0, 0) for row in again.table()[:-1]]
    assert await _everything(clinic) == before


async def _everything(clinic) -> dict:
    names = ("record", "record_source", "observation", "encounter", "diagnostic_report", "series", "raw_resource")
    return {name: await clinic.rows(name) for name in names}


async def test_a_changed_order_of_white_space_is_no_new_version(clinic, tmp_path):
    await clinic.sends(patient())
    pretty = tmp_path / "pretty.json"
    pretty.write_text(json.dumps(patient(), indent=4))
    assert outcome(await clinic.sends_file(pretty), "Patient") == (1, 0, 1, 0, 0)


async def test_every_version_is_kept_as_it_came(clinic):
    await clinic.sends(patient(), observation(value="5.40"))
    await clinic.sends(observation(value="5.60", status="corrected"))
    raws = await clinic.rows("raw_resource", fhir_type="Observation")
    assert [(bool(raw["current"]), b"5.40" in _body(raw), b"5.60" in _body(raw)) for raw in raws] == [
        (False, True, False), (True, False, True),
    ]  # fmt: skip


def _body(raw) -> bytes:
    import zlib

    return zlib.decompress(raw["body"])


async def test_a_correction_keeps_what_was_said_before(clinic):
    await clinic.sends(patient(), observation(value="5.40"))
    first = await clinic.row("observation")
    later(clinic)
    done = await clinic.sends(observation(value="5.60", status="corrected"))
    row = await clinic.row("observation")
    assert outcome(done, "Observation") == (1, 1, 0, 0, 0)
    assert (row["id"], row["ref"], row["first_seen_at"]) == (first["id"], first["ref"], first["first_seen_at"])
    assert (row["number"], bool(row["corrected"]), row["changed_at"]) == ("5.60", True, clinic.now)
    previous = json.loads(row["previous"])
    assert (previous["value"]["number"], previous["status"]) == ("5.40", "final")


async def test_a_final_value_that_changes_without_a_word_is_marked_as_corrected(clinic):
    await clinic.sends(patient(), observation(value="5.40"))
    await clinic.sends(observation(value="5.60"))
    assert bool((await clinic.row("observation"))["corrected"])


async def test_a_preliminary_value_that_becomes_final_is_no_correction(clinic):
    await clinic.sends(patient(), observation(value="5.4", status="preliminary"))
    await clinic.sends(observation(value="5.5"))
    assert not (await clinic.row("observation"))["corrected"]


async def test_what_was_entered_in_error_is_withdrawn_at_once_and_never_shown(clinic):
    await clinic.sends(patient(), observation(), report())
    later(clinic)
    done = await clinic.sends(observation(status="entered-in-error"), report(status="entered-in-error"))
    assert outcome(done, "Observation") == (1, 0, 0, 1, 0)
    for table in ("observation", "diagnostic_report"):
        row = await clinic.row(table)
        assert (row["withdrawn_at"], row["status"]) == (clinic.now, "entered-in-error")


async def test_what_was_never_right_makes_no_row(clinic):
    done = await clinic.sends(patient(), observation(status="entered-in-error"))
    assert outcome(done, "Observation") == (1, 0, 0, 1, 0)
    assert await clinic.rows("observation") == []


async def test_a_refuted_condition_is_withdrawn(clinic):
    code = {"coding": [{"code": "refuted"}]}
    condition = {
        "resourceType": "Condition",
        "id": "c1",
        "subject": {"reference": "Patient/p1"},
        "code": {"text": "Gout"},
    }
    await clinic.sends(patient(), condition)
    done = await clinic.sends(condition | {"verificationStatus": code})
    assert outcome(done, "Condition") == (1, 0, 0, 1, 0)
    assert (await clinic.row("condition"))["withdrawn_at"]


async def test_the_earlier_content_does_not_bring_back_what_was_withdrawn(clinic):
    await clinic.sends(patient(), observation())
    await clinic.sends(observation(status="entered-in-error"))
    done = await clinic.sends(observation())
    assert outcome(done, "Observation") == (1, 0, 1, 0, 0)
    assert (await clinic.row("observation"))["withdrawn_at"]


async def test_a_later_version_brings_it_back(clinic):
    await clinic.sends(patient(), observation(meta={"lastUpdated": "2026-03-01T00:00:00Z"}))
    await clinic.sends(observation(status="entered-in-error", meta={"lastUpdated": "2026-03-02T00:00:00Z"}))
    await clinic.sends(observation(value="6.1", meta={"lastUpdated": "2026-03-03T00:00:00Z"}))
    row = await clinic.row("observation")
    assert (row["withdrawn_at"], row["number"], row["released_at"]) == (None, "6.1", clinic.now)


async def test_an_older_version_that_arrives_late_is_kept_and_not_shown(clinic):
    await clinic.sends(patient(), observation(value="6.1", meta={"lastUpdated": "2026-03-03T00:00:00Z"}))
    done = await clinic.sends(observation(value="5.0", meta={"lastUpdated": "2026-03-01T00:00:00Z"}))
    assert outcome(done, "Observation") == (1, 1, 0, 0, 0)
    assert (await clinic.row("observation"))["number"] == "6.1"


async def test_a_source_without_versions_may_go_back_to_an_earlier_content(clinic):
    await clinic.sends(patient(), encounter(status="planned"))
    await clinic.sends(encounter(status="cancelled"))
    done = await clinic.sends(encounter(status="planned"))
    assert outcome(done, "Encounter") == (1, 1, 0, 0, 0)
    assert (await clinic.row("encounter"))["status"] == "planned"


async def test_two_versions_in_one_delivery_are_the_same_the_second_time(clinic):
    sent = (patient(), encounter(status="planned"), encounter(status="cancelled"))
    await clinic.sends(*sent)
    before = await _everything(clinic)
    done = await clinic.sends(*sent)
    assert outcome(done, "Encounter") == (2, 0, 2, 0, 0)
    assert await _everything(clinic) == before


async def test_of_versions_that_follow_each_other_in_one_delivery_one_alone_counts(clinic):
    """The next batch is prepared while the one before it is written; what both hold is not."""
    await clinic.sends(*({"resourceType": "Basic", "id": "b", "language": language} for language in ("en", "es", "vi")))
    rows = await clinic.rows("raw_resource", fhir_type="Basic")
    assert [b"vi" in _body(row) for row in rows if row["current"]] == [True] and len(rows) == 3


async def test_a_history_ends_with_its_newest_version_and_obeys_delete(clinic):
    history = {
        "resourceType": "Bundle", "type": "history",
        "entry": [
            {"fullUrl": "https://ehr/Observation/o2", "request": {"method": "DELETE", "url": "Observation/o2"}},
            {"resource": observation("o1", value="5.9"), "request": {"method": "PUT", "url": "Observation/o1"}},
            {"resource": observation("o2"), "request": {"method": "POST", "url": "Observation"}},
            {"resource": observation("o1", value="5.1"), "request": {"method": "POST", "url": "Observation"}},
        ],
    }  # fmt: skip
    await clinic.sends(patient())
    done = await clinic.sends(history)
    assert outcome(done, "Observation") == (4, 3, 0, 1, 0)
    assert (await clinic.row("observation", fhir_id="o1"))["number"] == "5.9"
    assert (await clinic.row("observation", fhir_id="o2"))["withdrawn_at"]
    assert outcome(await clinic.sends(history), "Observation") == (4, 0, 4, 0, 0)


@pytest.mark.parametrize("kind", ["transaction", "batch", "collection", "searchset", "document", "message"])
async def test_every_kind_of_bundle_is_read(clinic, kind):
    done = await clinic.sends(bundle(patient(), observation(), kind=kind))
    assert (outcome(done, "Patient"), outcome(done, "Observation")) == ((1, 1, 0, 0, 0), (1, 1, 0, 0, 0))


async def test_bundles_inside_bundles_are_taken_apart(clinic):
    done = await clinic.sends(bundle(bundle(patient()) | {"id": "inner"}, bundle(observation()) | {"id": "more"}))
    assert done.read == 2


async def test_an_entry_without_a_resource_is_counted(clinic):
    done = await clinic.sends(
        {"resourceType": "Bundle", "type": "batch", "entry": [{"response": {"status": "404"}}, {}]}
    )
    assert reasons(done, "Bundle") == ["an entry of a Bundle without a resource"] * 2


async def test_a_type_that_fhir_does_not_have_is_skipped_and_the_rest_is_kept(clinic):
    done = await clinic.sends(bundle(patient(), {"resourceType": "Horoscope", "id": "h"}, observation()))
    assert reasons(done, "Horoscope") == ["not a FHIR R4 resource type"]
    assert outcome(done, "Observation") == (1, 1, 0, 0, 0)


async def test_one_resource_of_a_wild_shape_costs_no_other(clinic):
    wild = observation("o2", code=[[[]]], component="none", referenceRange={"low": 3}, performer=7, note=[["x"]])
    done = await clinic.sends(bundle(patient(), wild, observation("o3", subject=[{"reference": {}}]), observation()))
    assert outcome(done, "Observation") == (3, 1, 0, 0, 2)


async def test_a_status_that_nobody_knows_is_kept_and_shown_to_nobody(clinic):
    await clinic.sends(patient(), observation(status="gorgeous"), observation("o2", status=None))
    assert [row["released_at"] for row in await clinic.rows("observation")] == [None, None]


async def test_preliminary_shows_and_registered_waits_for_its_value(clinic):
    await clinic.sends(patient(), observation(status="preliminary"), observation("o2", status="cancelled"))
    assert [bool(row["released_at"]) for row in await clinic.rows("observation")] == [True, True]


async def test_what_somebody_holds_back_stays_held_when_the_feed_sends_it_again(clinic):
    await clinic.sends(patient(), observation(value="5.0"))
    async with clinic.database.transaction():
        await clinic.database.rows("UPDATE observation SET released_at = NULL WHERE source = ?", clinic.source)
    await clinic.sends(observation(value="5.1"))
    assert (await clinic.row("observation"))["released_at"] is None


async def test_a_later_release_that_somebody_set_is_kept(clinic):
    await clinic.sends(patient(), observation(value="5.0"))
    friday = clinic.now + timedelta(days=3)
    async with clinic.database.transaction():
        await clinic.database.rows("UPDATE observation SET released_at = ? WHERE source = ?", friday, clinic.source)
    later(clinic)
    await clinic.sends(observation(value="5.1"))
    assert (await clinic.row("observation"))["released_at"] == friday


@pytest.mark.parametrize(
    "code, sensitive", [("R", True), ("PSY", True), ("HIV", True), ("ODD", True), ("N", False), ("HTEST", False)]
)
async def test_a_label_of_the_feed_makes_it_sensitive(clinic, code, sensitive):
    await clinic.sends(patient(), observation(meta={"security": [{"code": code}]}))
    assert bool((await clinic.row("observation"))["sensitive"]) is sensitive


async def test_a_document_may_carry_its_label_itself(clinic):
    letter = {"resourceType": "DocumentReference", "id": "d1", "status": "current", "subject": {"reference": "Patient/p1"}}
    await clinic.sends(patient(), letter | {"securityLabel": [{"coding": [{"code": "V"}]}]})
    assert (await clinic.row("document_reference"))["sensitive"]


async def test_components_are_rows_under_their_pair(clinic):
    pressure = observation(
        "bp", code={"coding": [{"system": "http://loinc.org", "code": "85354-9", "display": "Blood pressure"}]},
        valueQuantity=None, category=[{"coding": [{"code": "vital-signs"}]}],
        component=[_pressure("8480-6", 120), _pressure("8462-4", 80)],
    )  # fmt: skip
    await clinic.sends(patient(), pressure, report(results=("bp",)))
    rows = await clinic.rows("observation")
    whole = next(row for row in rows if row["component"] is None)
    parts = sorted((row for row in rows if row["component"] is not None), key=lambda row: row["component"])
    assert (whole["value"], bool(whole["panel"]), whole["category"]) == (None, True, "vitals")
    assert [(part["loinc"], part["number"], part["parent"]) for part in parts] == [
        ("8480-6", "120", whole["id"]), ("8462-4", "80", whole["id"]),
    ]  # fmt: skip
    assert len({part["series"] for part in parts}) == 2
    assert {row["report"] for row in rows} == {(await clinic.row("diagnostic_report"))["id"]}


def _pressure(code: str, value: int) -> dict:
    quantity = {"value": value, "unit": "mmHg", "code": "mm[Hg]", "system": "http://unitsofmeasure.org"}
    return {
        "code": {"coding": [{"system": "http://loinc.org", "code": code, "display": code}]},
        "valueQuantity": quantity,
    }


async def test_a_component_that_a_later_version_lacks_is_withdrawn(clinic):
    pressure = observation("bp", component=[_pressure("8480-6", 120), _pressure("8462-4", 80)])
    await clinic.sends(patient(), pressure)
    await clinic.sends(pressure | {"component": pressure["component"][:1], "status": "corrected"})
    gone = [row["component"] for row in await clinic.rows("observation") if row["withdrawn_at"]]
    assert gone == [1]


async def test_a_test_keeps_its_report_when_it_is_corrected(clinic):
    await clinic.sends(patient(), observation(), report())
    await clinic.sends(observation(value="9", status="corrected"))
    assert (await clinic.row("observation"))["report"] == (await clinic.row("diagnostic_report"))["id"]


async def test_a_report_lets_go_of_tests_it_no_longer_names(clinic):
    await clinic.sends(patient(), observation(), observation("o2"), report(results=("o1", "o2")))
    await clinic.sends(report(results=("o2",), status="corrected"))
    held = {row["fhir_id"]: bool(row["report"]) for row in await clinic.rows("observation")}
    assert held == {"o1": False, "o2": True}


async def test_two_units_of_one_test_are_two_series(clinic):
    other = {"value": Decimal("97"), "unit": "mg/dL", "code": "mg/dL"}
    await clinic.sends(patient(), observation(), observation("o2", valueQuantity=other), observation("o3"))
    assert sorted(row["unit"] for row in await clinic.rows("series")) == ["mg/dL", "mmol/L"]


async def test_a_test_without_loinc_is_followed_by_the_laboratorys_words(clinic):
    for number, words in enumerate(("Serum  Glucose", "serum glucose")):
        await clinic.sends(patient(), observation(f"o{number}", code={"text": words}))
    assert [row["analyte"] for row in await clinic.rows("series")] == ["serum glucose"]


async def test_answers_of_a_survey_are_no_results_and_make_no_series(clinic):
    await clinic.sends(patient(), observation(category=[{"coding": [{"code": "survey"}]}]))
    assert (await clinic.row("observation"))["category"] == "home"
    assert await clinic.rows("series") == []


async def test_a_character_that_postgresql_cannot_store_does_no_harm(clinic):
    await clinic.sends(patient(), observation(valueQuantity=None, valueString="a\x00b"))
    assert json.loads((await clinic.row("observation"))["value"])["text"] == "a\ufffdb"


async def test_what_would_turn_a_number_around_or_cannot_be_drawn_is_left_out(clinic):
    """U+202E in a label shows "5.1" as "1.5"; a bell character has no glyph, so no PDF could be made."""
    label, value = "Pot\u202eassium\u2066 \x07\x1b[2J\x7f\x85\ufeff", r"5.1 \u202e \\ \x08 kept"
    await clinic.sends(patient(), observation(code={"text": label}, valueQuantity=None, valueString=value))
    row = await clinic.row("observation")
    assert row["label"] == "Potassium [2J"
    assert json.loads(row["value"])["text"] == value
    kept = await clinic.row("raw_resource", fhir_type="Observation")
    assert "Pot\u202eassium" in json.loads(zlib.decompress(bytes(kept["body"])))["code"]["text"]


async def test_an_unshown_character_is_left_out_of_a_text_that_is_plain_otherwise(clinic):
    await clinic.sends(patient(), observation(code={"text": "Potas\x7fsium"}))
    assert (await clinic.row("observation"))["label"] == "Potassium"


async def test_texts_longer_than_their_column_are_cut(clinic):
    await clinic.sends(patient(gender="x" * 400), observation(status="final", effectiveDateTime="y" * 400))
    assert len((await clinic.row("observation"))["effective_text"]) == 64


async def test_an_identity_is_case_sensitive_and_may_be_long(clinic):
    long = "x_" * 65
    done = await clinic.sends(patient("A"), patient("a"), patient(long), patient("y" * 201))
    assert outcome(done, "Patient") == (4, 3, 0, 0, 1)


async def test_the_report_of_an_import_is_kept_with_its_run(clinic):
    await clinic.sends(patient(), observation())
    run = await clinic.row("import_run")
    assert (run["state"], json.loads(run["report"])["Observation"]) == ("done", [1, 1, 0, 0, 0])


async def test_every_chart_that_is_written_to_is_in_the_audit(clinic):
    await clinic.sends(patient(), patient("p2", name=[{"text": "Bo"}]), observation())
    events = await clinic.database.rows(
        "SELECT subject FROM audit_event WHERE action = 'system.import'"
        " AND chain = (SELECT chain FROM audit_event ORDER BY id DESC LIMIT 1) ORDER BY seq"
    )
    assert [event["subject"] for event in events][0] is None
    assert {event["subject"] for event in events[1:]} == {row["id"] for row in await clinic.rows("record")}
    assert len(events) == 3
