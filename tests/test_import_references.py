"""Every way in which one resource names another, and every order in which they arrive."""

import itertools

import pytest

from ehr.reading import Folder
from ehr.references import Reading, Target
from tests.support.feeds import bundle, encounter, observation, outcome, patient, reasons, report

ANA = "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0"


def reading(base: str = "", **addresses: tuple[str, str]) -> Reading:
    return Reading({"contained": [{"resourceType": "Patient", "id": "in"}]}, base, Folder(addresses))


@pytest.mark.parametrize(
    "sent, target",
    [
        ({"reference": "Patient/p1"}, Target("Patient", "p1")),
        ({"reference": "Patient/p1/_history/4"}, Target("Patient", "p1")),
        ({"reference": "Patient/p_1:x|2"}, Target("Patient", "p_1:x")),
        ({"reference": "https://ehr.example/r4/Patient/p1"}, Target("Patient", "p1")),
        ({"reference": "https://ehr.example/r4/Patient/p1/_history/2"}, Target("Patient", "p1")),
        ({"reference": "https://other.example/r4/Patient/p1"}, None),
        ({"reference": ANA}, Target("Patient", ANA.removeprefix("urn:uuid:"))),
        ({"reference": "urn:oid:1.2.3"}, Target("Patient", "1.2.3")),
        ({"reference": "Patient?identifier=urn:mrn|77"}, Target("Patient", "?urn:mrn|77")),
        ({"reference": "Patient?identifier=77"}, Target("Patient", "?|77")),
        ({"reference": "Patient?name=Ana"}, None),
        ({"reference": "Patient?identifier=a|1&active=true"}, None),
        ({"identifier": {"system": "urn:mrn", "value": "77"}}, Target("Patient", "?urn:mrn|77")),
        ({"type": "Group", "identifier": {"value": "77"}}, Target("Group", "?|77")),
        ({"reference": "#in"}, None),
        ({"display": "Ana"}, None),
        ({"reference": "Horoscope/1"}, None),
        ({"reference": "Patient/"}, None),
        ({"reference": 7}, None),
        ({"reference": {}}, None),
        ({}, None),
    ],
)
def test_a_reference_is_followed_only_where_it_surely_points(sent, target):
    assert reading(base="https://ehr.example/r4").target(sent, "Patient") == target


def test_a_bundle_knows_its_own_addresses():
    known = Reading({}, "", Folder({ANA: ("Patient", "p7"), "https://x/Patient/1": ("Patient", "1")}))
    assert known.target({"reference": ANA}, "Patient") == Target("Patient", "p7")
    assert known.target({"reference": "https://x/Patient/1"}, "Patient") == Target("Patient", "1")
    assert known.urns == {ANA: ("Patient", "p7")}


def test_words_come_from_the_reference_or_from_inside():
    resource = {
        "contained": [{"resourceType": "Practitioner", "id": "dr", "name": [{"prefix": ["Dr."], "family": "Okafor"}]}]
    }
    inside = Reading(resource)
    assert inside.display({"reference": "#dr"}) == "Dr. Okafor"
    assert inside.display({"reference": "#dr", "display": "Lena Okafor"}) == "Lena Okafor"
    assert inside.display({"reference": "#nobody"}) == ""
    assert inside.display({"reference": "Practitioner/1"}, "Practitioner") == ""
    assert inside.unnamed == {Target("Practitioner", "1")}


SUBJECTS = {
    "relative": {"reference": "Patient/p1"},
    "versioned": {"reference": "Patient/p1/_history/3"},
    "conditional": {"reference": "Patient?identifier=urn:mrn|77"},
    "logical": {"type": "Patient", "identifier": {"system": "urn:mrn", "value": "77"}},
}


@pytest.mark.parametrize("kind", SUBJECTS)
async def test_a_patient_may_be_named_in_every_way(clinic, kind):
    who = patient(identifier=[{"system": "urn:mrn", "value": "77"}])
    done = await clinic.sends(who, observation(subject=SUBJECTS[kind]))
    assert outcome(done, "Observation") == (1, 1, 0, 0, 0)


async def test_a_transaction_names_its_patient_by_urn(clinic):
    sent = bundle(patient("server-id"), observation(subject={"reference": ANA}), kind="transaction")
    sent["entry"][0]["fullUrl"] = ANA
    assert outcome(await clinic.sends(sent), "Observation") == (1, 1, 0, 0, 0)


async def test_a_posted_resource_without_an_id_goes_by_its_urn(clinic):
    who = {name: value for name, value in patient().items() if name != "id"}
    sent = {
        "resourceType": "Bundle", "type": "transaction",
        "entry": [{"fullUrl": ANA, "resource": who}, {"resource": observation(subject={"reference": ANA})}],
    }  # fmt: skip
    assert outcome(await clinic.sends(sent), "Observation") == (1, 1, 0, 0, 0)
    assert (await clinic.row("record_source"))["fhir_id"] == ANA.removeprefix("urn:uuid:")


async def test_absolute_addresses_are_followed_on_the_bundles_own_server(clinic):
    server = "https://ehr.example/r4"
    inside = observation(subject={"reference": f"{server}/Patient/p1"})
    outside = observation("o2", subject={"reference": "https://other.example/r4/Patient/p1"})
    done = await clinic.sends(bundle(patient(), inside, outside, base=server))
    assert reasons(done, "Observation") == ["its patient is on another server"]
    assert (await clinic.row("observation"))["fhir_id"] == "o1"


async def test_an_ndjson_of_one_server_may_use_absolute_addresses(clinic):
    await clinic.sends(patient(), encounter())
    far = {"reference": "https://ehr.example/r4/Patient/p1"}
    done = await clinic.sends(observation(subject=far), observation("o2", subject=far))
    assert outcome(done, "Observation") == (2, 2, 0, 0, 0)


async def test_an_ndjson_that_speaks_of_two_servers_is_not_guessed_at(clinic):
    await clinic.sends(patient())
    one, two = ({"reference": f"https://{name}.example/r4/Patient/p1"} for name in ("a", "b"))
    done = await clinic.sends(observation(subject=one), observation("o2", subject=two))
    assert reasons(done, "Observation") == ["its patient is on another server"] * 2


@pytest.mark.parametrize(
    "subject, reason",
    [
        (None, "it names no patient"),
        ({"display": "Ana"}, "it names its patient in words only"),
        ({"reference": "#p"}, "its subject is only contained in it (missing)"),
        ({"reference": "Group/1"}, "it is about a Group, not about a patient"),
        ({"reference": "Patient/nobody"}, "its patient is not known in this source"),
        ({"reference": "???"}, "its patient's reference cannot be read"),
    ],
)
async def test_what_names_no_patient_is_left_out_with_the_reason(clinic, subject, reason):
    done = await clinic.sends(patient(), observation(subject=subject))
    assert reasons(done, "Observation") == [reason]
    assert len(await clinic.rows("raw_resource", fhir_type="Observation")) == 1


async def test_an_identifier_that_two_patients_share_names_neither(clinic):
    same = [{"system": "urn:mrn", "value": "77"}]
    done = await clinic.sends(
        patient(identifier=same), patient("p2", name=[{"text": "Bo"}], identifier=same),
        observation(subject={"reference": "Patient?identifier=urn:mrn|77"}),
    )  # fmt: skip
    assert reasons(done, "Observation") == ["its patient is not known in this source"]


PIECES = (patient(), encounter(), observation(encounter={"reference": "Encounter/e1"}), report())


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
async def test_pieces_that_arrive_in_any_order_are_joined(clinic, order):
    """Each in a delivery of its own: the last one completes what waited."""
    for number in order:
        await clinic.sends(PIECES[number])
    visit, done = await clinic.row("encounter"), await clinic.row("diagnostic_report")
    row = await clinic.row("observation")
    assert (row["encounter"], row["report"]) == (visit["id"], done["id"])
    assert await clinic.rows("waiting_link") == []


async def test_the_order_within_a_delivery_does_not_matter(clinic):
    done = await clinic.sends(*reversed(PIECES))
    assert [row[1:] for row in done.table()[:-1]] == [(1, 1, 0, 0, 0)] * 4
    assert (await clinic.row("observation"))["report"]


async def test_members_of_a_panel_are_joined_in_any_order(clinic):
    panel = observation(
        "panel", valueQuantity=None, hasMember=[{"reference": "Observation/o1"}, {"reference": "Observation/o2"}]
    )
    await clinic.sends(panel, observation(), patient())
    await clinic.sends(observation("o2"))
    whole = await clinic.row("observation", fhir_id="panel")
    assert [row["parent"] for row in await clinic.rows("observation") if row["fhir_id"] != "panel"] == [whole["id"]] * 2
    assert bool(whole["panel"])


async def test_a_panel_that_names_itself_is_not_its_own_parent(clinic):
    await clinic.sends(patient(), observation(hasMember=[{"reference": "Observation/o1"}]))
    assert (await clinic.row("observation"))["parent"] is None


async def test_a_visit_of_another_patient_is_not_linked(clinic):
    other = patient("p2", name=[{"text": "Bo Li"}])
    await clinic.sends(
        patient(),
        other,
        encounter(subject={"reference": "Patient/p2"}),
        observation(encounter={"reference": "Encounter/e1"}),
    )
    assert (await clinic.row("observation"))["encounter"] is None


async def test_a_report_cannot_claim_another_patients_test(clinic):
    await clinic.sends(
        patient(), patient("p2", name=[{"text": "Bo Li"}]), observation(subject={"reference": "Patient/p2"}), report()
    )
    assert (await clinic.row("observation"))["report"] is None


PRACTITIONER = {
    "resourceType": "Practitioner",
    "id": "d1",
    "name": [{"prefix": ["Dr."], "given": ["Lena"], "family": "Okafor"}],
}
SEEN_BY = encounter(participant=[{"individual": {"reference": "Practitioner/d1"}}])


@pytest.mark.parametrize("late", [False, True])
async def test_a_name_is_found_where_the_reference_has_none(clinic, late):
    await clinic.sends(patient(), SEEN_BY, *(() if late else (PRACTITIONER,)))
    if late:
        assert (await clinic.row("encounter"))["participants"] is None
        done = await clinic.sends(PRACTITIONER)
        assert done.late == 1
    assert "Dr. Lena Okafor" in (await clinic.row("encounter"))["participants"]


GOUT = {"resourceType": "Condition", "id": "c1", "subject": {"reference": "Patient/p1"}, "code": {"text": "Gout"}}
PILLS = {
    "resourceType": "MedicationRequest", "id": "m1", "status": "active", "subject": {"reference": "Patient/p1"},
    "medicationCodeableConcept": {"text": "Allopurinol"}, "reasonReference": [{"reference": "Condition/c1"}],
}  # fmt: skip


async def test_words_borrowed_from_what_is_withdrawn_go_with_it(clinic):
    await clinic.sends(patient(), GOUT, PILLS)
    assert (await clinic.row("medication_request"))["reason"] == "Gout"
    await clinic.sends(GOUT | {"verificationStatus": {"coding": [{"code": "entered-in-error"}]}})
    assert (await clinic.row("medication_request"))["reason"] is None


async def test_words_of_another_patient_are_not_borrowed(clinic):
    other = patient("p2", name=[{"text": "Bo Li"}])
    await clinic.sends(patient(), other, GOUT, PILLS | {"subject": {"reference": "Patient/p2"}})
    assert (await clinic.row("medication_request"))["reason"] is None


@pytest.mark.parametrize(
    "medicine, label",
    [
        ({"medicationCodeableConcept": {"text": "Aspirin 81 mg"}}, "Aspirin 81 mg"),
        ({"medicationReference": {"reference": "#in"}}, "Aspirin inside"),
        ({"medicationReference": {"reference": "Medication/med1"}}, "Aspirin elsewhere"),
        ({"medicationReference": {"reference": "Medication/med1", "display": "Aspirin as said"}}, "Aspirin as said"),
        ({"medicationReference": {"display": "Aspirin in words"}}, "Aspirin in words"),
    ],
)
async def test_a_medicine_is_text_contained_or_by_reference(clinic, medicine, label):
    inside = [{"resourceType": "Medication", "id": "in", "code": {"text": "Aspirin inside"}}]
    pills = {name: value for name, value in PILLS.items() if name != "medicationCodeableConcept"} | {
        "contained": inside
    }
    elsewhere = {"resourceType": "Medication", "id": "med1", "code": {"coding": [{"display": "Aspirin elsewhere"}]}}
    await clinic.sends(patient(), pills | medicine, elsewhere)
    assert (await clinic.row("medication_request"))["label"] == label


async def test_a_feed_without_a_name_goes_by_its_server(clinic):
    """Two servers may both have a patient of one id, and they are two people."""
    id = clinic.source.split()[1]
    bo = patient(id, name=[{"text": "Bo Li"}], birthDate="1990")
    await clinic.sends(bundle(patient(id), base="https://one.example/r4"), source="")
    await clinic.sends(bundle(bo, base="https://two.example/r4"), source="")
    await clinic.sends(patient(id), source="")
    rows = await clinic.database.rows("SELECT source, record FROM record_source WHERE fhir_id = ? ORDER BY source", id)
    assert [row["source"] for row in rows] == ["import", "one.example/r4", "two.example/r4"]
    assert len({row["record"] for row in rows}) == 3
