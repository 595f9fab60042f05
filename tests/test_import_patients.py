"""Charts: one for each new patient of a source, never guessed, merged and parted as the source says."""

import pytest

from tests.support.feeds import encounter, observation, outcome, patient, reasons

BO = {"name": [{"given": ["Bo"], "family": "Li"}], "birthDate": "1991-01-01"}


def replaced_by(other: str, **more) -> dict:
    return {"link": [{"type": "replaced-by", "other": {"reference": f"Patient/{other}"}}]} | more


async def test_the_same_name_and_birthday_are_two_charts(clinic):
    await clinic.sends(patient("p1"), patient("p2"))
    await clinic.sends(patient("p1"), source=clinic.named("other"))
    assert len(await clinic.rows("record")) == 3


async def test_staff_may_have_a_patient_filed_under_a_chart_that_is_there(clinic):
    await clinic.sends(patient("p1"))
    record = await clinic.row("record")
    await clinic.sends(
        patient("x9", name=[{"text": "A. Reyes"}]), source=clinic.named("laboratory"), link={"x9": record["id"]}
    )
    assert [row["record"] for row in await clinic.rows("record_source")] == [record["id"]] * 2


async def test_a_new_version_changes_the_chart(clinic):
    await clinic.sends(patient(telecom=[{"system": "phone", "value": "555-1"}]))
    await clinic.sends(patient(name=[{"given": ["Ana"], "family": "Lópezová"}], deceasedDateTime="2026-02-01"))
    record = await clinic.row("record")
    assert (record["family"], record["name_key"], record["phone"], record["deceased_text"]) == (
        "Lópezová", "ana lopezova", None, "2026-02-01",
    )  # fmt: skip


@pytest.mark.parametrize(
    "sent, kept",
    [("1980", "1980"), ("1980-04", "1980-04"), ("1980-04-02", "1980-04-02"), ("1980-13-45", ""), ("spring", "")],
)
async def test_a_birth_date_is_as_exact_as_it_was_sent(clinic, sent, kept):
    await clinic.sends(patient(birthDate=sent))
    assert (await clinic.row("record"))["birth_text"] == kept


async def test_the_official_name_that_still_holds_is_taken(clinic):
    names = [
        {"use": "old", "family": "Young", "given": ["Ana"]},
        {"use": "official", "family": "Past", "given": ["Ana"], "period": {"end": "2019"}},
        {"use": "usual", "family": "Usual", "given": ["Ana"]},
        {"use": "official", "family": "Reyes", "given": ["Ana", "María"], "prefix": ["Dr."]},
    ]
    await clinic.sends(patient(name=names))
    assert (await clinic.row("record"))["name"] == "Dr. Ana María Reyes"


async def test_two_clinics_may_both_count_from_one(clinic):
    number = {"identifier": [{"type": {"coding": [{"code": "MR"}]}, "value": "1"}]}
    await clinic.sends(patient("p1", **number), patient("p2", **number))
    await clinic.sends(patient("p1", **number), source=clinic.named("other"))
    assert sorted(str(row["number"]) for row in await clinic.rows("record")) == ["1", "None", "None"]


async def test_a_patient_that_was_replaced_is_merged_and_its_rows_stay_its_own(clinic):
    await clinic.sends(patient("p1"), patient("p2", **BO), observation())
    await clinic.sends(patient("p1", **replaced_by("p2")))
    old, new = await clinic.row("record", family="Reyes"), await clinic.row("record", family="Li")
    assert (old["state"], old["merged_into"], new["state"]) == ("merged", new["id"], "active")
    source = await clinic.row("record_source", fhir_id="p1")
    assert (source["record"], source["first_record"]) == (new["id"], old["id"])
    assert (await clinic.row("observation"))["patient"] == source["id"]


async def test_the_other_side_may_say_it(clinic):
    said = {"link": [{"type": "replaces", "other": {"reference": "Patient/p1"}}]}
    await clinic.sends(patient("p1"), patient("p2", **BO, **said))
    assert (await clinic.row("record", family="Reyes"))["state"] == "merged"


async def test_a_merge_waits_for_its_other_side(clinic):
    await clinic.sends(patient("p1", **replaced_by("p2")))
    assert (await clinic.row("record"))["state"] == "active"
    await clinic.sends(patient("p2", **BO))
    assert (await clinic.row("record", family="Reyes"))["state"] == "merged"


async def test_a_merge_that_is_no_longer_stated_is_taken_back_exactly(clinic):
    await clinic.sends(patient("p1"), patient("p2", **BO))
    before = await clinic.row("record_source", fhir_id="p1")
    await clinic.sends(patient("p1", **replaced_by("p2")))
    await clinic.sends(patient("p1", telecom=[]))
    after = await clinic.row("record_source", fhir_id="p1")
    assert (after["record"], after["merged_by"]) == (before["record"], None)
    assert {row["state"] for row in await clinic.rows("record")} == {"active"}


CHI = {"name": [{"family": "Chi", "given": ["Ana"]}], "birthDate": "1981-04-02"}


async def where(clinic, *families: str) -> list[str]:
    """The family name of the chart that each of these leads to, and of the chart that its source is filed under."""
    charts = {row["id"]: row for row in await clinic.rows("record")}
    found = []
    for family in families:
        chart = await clinic.row("record", family=family)
        (source,) = [row for row in await clinic.rows("record_source") if row["first_record"] == chart["id"]]
        found.append(f"{charts[chart['merged_into'] or chart['id']]['family']}, {charts[source['record']]['family']}")
    return found


async def test_a_chart_merged_into_one_that_is_merged_later_leads_to_the_one_that_is_left(clinic):
    await clinic.sends(patient("p1"), patient("p2", **BO), patient("p3", **CHI))
    await clinic.sends(patient("p1", **replaced_by("p2")))
    await clinic.sends(patient("p2", **BO, **replaced_by("p3")))
    assert await where(clinic, "Reyes", "Li", "Chi") == ["Chi, Chi"] * 3


@pytest.mark.parametrize("order", ["first", "last"])
async def test_a_step_of_a_chain_that_is_taken_back_takes_with_it_what_came_by_it(clinic, order):
    await clinic.sends(patient("p1"), patient("p2", **BO), patient("p3", **CHI))
    merges = [patient("p1", **replaced_by("p2")), patient("p2", **BO, **replaced_by("p3"))]
    for one in merges if order == "first" else reversed(merges):
        await clinic.sends(one)
    await clinic.sends(patient("p2", **BO, telecom=[]))
    assert await where(clinic, "Reyes", "Li", "Chi") == ["Li, Li", "Li, Li", "Chi, Chi"]
    await clinic.sends(patient("p1", telecom=[]))
    assert await where(clinic, "Reyes", "Li", "Chi") == ["Reyes, Reyes", "Li, Li", "Chi, Chi"]


async def test_a_circle_of_merges_leaves_one_chart(clinic):
    await clinic.sends(patient("p1", **replaced_by("p2")), patient("p2", **BO, **replaced_by("p1")))
    assert sorted(row["state"] for row in await clinic.rows("record")) == ["active", "merged"]


async def test_a_chart_that_staff_blocked_is_not_merged_into_an_open_one(clinic):
    await clinic.sends(patient("p1"), patient("p2", **BO))
    async with clinic.database.transaction():
        await clinic.database.rows(
            "UPDATE record SET state = 'blocked' WHERE id = ?", (await clinic.row("record", family="Reyes"))["id"]
        )
    await clinic.sends(patient("p1", **replaced_by("p2")))
    source = await clinic.row("record_source", fhir_id="p1")
    assert source["record"] == source["first_record"]


async def test_a_visit_and_a_test_of_merged_patients_are_linked(clinic):
    await clinic.sends(
        patient("p1", **replaced_by("p2")), patient("p2", **BO), encounter(subject={"reference": "Patient/p2"})
    )
    await clinic.sends(observation(encounter={"reference": "Encounter/e1"}))
    assert (await clinic.row("observation"))["encounter"]


async def test_one_id_for_two_people_files_nothing_more(clinic):
    """A wrong chart is worse than a missing result: somebody must look first."""
    await clinic.sends(patient(), observation())
    done = await clinic.sends(patient(**BO), observation("o2"))
    assert reasons(done, "Patient") == ["this id already belongs to somebody else in this source"]
    assert reasons(done, "Observation") == ["two different people have its patient's id in this source"]
    assert (await clinic.row("record"))["name"] == "Ana Reyes"
    again = await clinic.sends(patient(**BO))
    assert outcome(again, "Patient") == (1, 0, 0, 0, 1)


@pytest.mark.parametrize(
    "change",
    [
        {"birthDate": "1980-04-20"},
        {"name": [{"given": ["Ana"], "family": "Novák"}], "birthDate": "1981-04-02"},
        {"name": [{"text": "Zoe Young"}]},
        {"name": [{"text": "Zoe Young"}], "birthDate": "1980"},
    ],
)
async def test_a_corrected_name_or_birthday_is_still_the_same_person(clinic, change):
    await clinic.sends(patient())
    assert outcome(await clinic.sends(patient(**change)), "Patient") == (1, 1, 0, 0, 0)


async def test_a_patient_that_the_source_deleted_closes_the_chart(clinic):
    await clinic.sends(patient())
    gone = {
        "resourceType": "Bundle",
        "type": "history",
        "entry": [{"request": {"method": "DELETE", "url": "Patient/p1"}}],
    }
    assert outcome(await clinic.sends(gone), "Patient") == (1, 0, 0, 1, 0)
    assert (await clinic.row("record"))["state"] == "blocked"
    await clinic.sends(patient(gender="male"))
    assert (await clinic.row("record"))["state"] == "active"


async def test_relations_and_consents_propose_and_grant_nothing(clinic):
    helper = {
        "resourceType": "RelatedPerson",
        "id": "h1",
        "patient": {"reference": "Patient/p1"},
        "name": [{"text": "Jo Li"}],
    }
    agreed = {
        "resourceType": "Consent",
        "id": "k1",
        "status": "active",
        "patient": {"reference": "Patient/p1"},
        "provision": {"type": "permit"},
    }
    person = {"resourceType": "Person", "id": "n1", "link": [{"target": {"reference": "Patient/p1"}}]}
    done = await clinic.sends(patient(), helper, agreed, person)
    assert done.table()[-1] == ("All", 4, 4, 0, 0, 0)
    assert (await clinic.row("related_person"))["name"] == "Jo Li"
    assert await clinic.rows("share") == []
