"""What real feeds send, field by field: each odd thing that FHIR.md describes, in resources of our own."""

import base64
import json
from datetime import UTC, datetime

import pytest

from ehr.money import minor_units
from ehr.projections import KINDS
from ehr.projections.documents import sections_of_text
from ehr.projections.patient import patient
from ehr.references import Reading
from ehr.rows import Feed, Unfit
from ehr.shapes import notes
from tables import ALL

FEED = Feed("America/Chicago", datetime(2026, 5, 12, tzinfo=UTC))
WHO = {"reference": "Patient/p1"}


def rows(fhir_type: str, **resource) -> list[dict]:
    resource = {"resourceType": fhir_type, "id": "x"} | resource
    return [row.values for row in KINDS[fhir_type].project(resource, Reading(resource), FEED).rows]


def row(fhir_type: str, **resource) -> dict:
    return rows(fhir_type, **resource)[0]


def told(values: dict, *names: str) -> tuple:
    return tuple(values[name] for name in names)


GLUCOSE = {"text": "Glucose"}


def test_every_kind_names_columns_that_its_tables_have():
    """A projection that fills a column which is not there would lose it without a word."""
    columns = {table._meta.tablename: {c._meta.db_column_name for c in table._meta.columns} for table in ALL}
    for fhir_type, kind in KINDS.items():
        assert set(kind.tables) <= columns.keys()
        for part in EVERYTHING.get(fhir_type, ({},)):
            resource = {"resourceType": fhir_type, "id": "x", "status": "active"} | part
            for made in KINDS[fhir_type].project(resource, Reading(resource), FEED).rows:
                assert made.values.keys() - {"show_status"} <= columns[made.table], fhir_type
                assert made.table in kind.tables


NAMED = {"code": GLUCOSE, "subject": WHO}
EVERYTHING = {
    "AllergyIntolerance": (NAMED,),
    "Condition": (NAMED,),
    "DiagnosticReport": (NAMED,),
    "Goal": ({"description": {"text": "Walk"}},),
    "Immunization": ({"vaccineCode": {"text": "MMR"}},),
    "Observation": (NAMED | {"component": [{"code": GLUCOSE}]},),
    "Procedure": (NAMED,),
    "DocumentReference": (
        {"type": {"coding": [{"code": "34133-9"}]}, "context": {"encounter": [{"reference": "Encounter/1"}]}},
    ),
    **dict.fromkeys(
        ("MedicationRequest", "MedicationStatement", "MedicationDispense", "MedicationAdministration"),
        ({"medicationCodeableConcept": {"text": "Aspirin"}},),
    ),
}


# Observations


@pytest.mark.parametrize(
    "value, number, unit, comparator",
    [
        ({"valueQuantity": {"value": "5.40", "unit": "mmol/L"}}, "5.40", "mmol/L", ""),
        ({"valueQuantity": {"value": "5", "comparator": "<", "unit": "mg/dL"}}, "5", "mg/dL", "<"),
        ({"valueQuantity": {"value": 7, "unit": "x10e3/uL"}}, "7", "x10e3/uL", ""),
        (
            {"valueQuantity": {"value": 7, "unit": "mmHg", "system": "http://unitsofmeasure.org", "code": "mm[Hg]"}},
            "7",
            "mm[Hg]",
            "",
        ),
        ({"valueInteger": 3}, "3", "", ""),
        ({"valueString": "5 mg/dL"}, None, "", ""),
        ({"valueQuantity": {"unit": "mg"}}, None, "mg", ""),
        ({"valueQuantity": {"value": "high", "unit": "mg"}}, None, "", ""),
        ({"valueQuantity": "5"}, None, "", ""),
        ({}, None, "", ""),
    ],
)
def test_a_number_is_kept_as_it_was_sent(value, number, unit, comparator):
    assert told(row("Observation", code=GLUCOSE, **value), "number", "unit", "comparator") == (number, unit, comparator)


@pytest.mark.parametrize(
    "value, kind",
    [
        ({"valueCodeableConcept": {"text": "Detected"}}, "coded"), ({"valueString": "a word"}, "text"),
        ({"valueBoolean": False}, "truth"), ({"valueRange": {"low": {"value": 1}}}, "range"),
        ({"valueRatio": {"numerator": {"value": 1}, "denominator": {"value": 128}}}, "ratio"),
        ({"valueSampledData": {"origin": {"value": 0}, "data": "1 2 3"}}, "samples"), ({"valueTime": "08:30:00"}, "time"),
        ({"valueDateTime": "2026-03"}, "moment"), ({"valuePeriod": {"start": "2026"}}, "period"),
        ({"dataAbsentReason": {"coding": [{"code": "not-performed"}]}}, "absent"),
    ],
)  # fmt: skip
def test_every_kind_of_value_is_kept(value, kind):
    assert json.loads(row("Observation", code=GLUCOSE, **value)["value"])["kind"] == kind


def test_the_reason_for_a_missing_value_is_kept():
    assert (
        row("Observation", code=GLUCOSE, dataAbsentReason={"coding": [{"code": "masked"}]})["absent_reason"] == "masked"
    )


@pytest.mark.parametrize(
    "sent, text, precision",
    [
        ({"effectiveDateTime": "2026-03-02T08:15:00-06:00"}, "2026-03-02T08:15:00-06:00", "instant"),
        ({"effectiveDateTime": "2026-03-02"}, "2026-03-02", "day"),
        ({"effectiveDateTime": "2026"}, "2026", "year"),
        ({"effectivePeriod": {"start": "2026-03-01", "end": "2026-03-02"}}, "2026-03-01/2026-03-02", "period"),
        ({"effectivePeriod": {"start": "2026-03-01"}}, "2026-03-01/", "period"),
        ({"effectiveInstant": "2026-03-02T08:15:00Z"}, "2026-03-02T08:15:00Z", "instant"),
        ({"effectiveTiming": {"event": ["2026-03-02"]}}, "2026-03-02", "day"),
        ({"issued": "2026-03-03T00:00:00Z"}, "2026-03-03T00:00:00Z", "instant"),
        ({"effectiveDateTime": "last week", "issued": "2026-03-03T00:00:00Z"}, "2026-03-03T00:00:00Z", "instant"),
        ({"effectiveDateTime": "2015-02-07T13:28:17.239+0200"}, "2015-02-07T13:28:17.239+0200", ""),
        ({"effectiveDateTime": ""}, "", ""),
        ({}, "", ""),
    ],
)
def test_a_time_is_as_exact_as_it_was_sent(sent, text, precision):
    assert told(row("Observation", code=GLUCOSE, **sent), "effective_text", "effective_precision") == (text, precision)


def test_a_day_is_a_day_of_the_clinic():
    made = row("Observation", code=GLUCOSE, effectiveDateTime="2026-03-02")
    assert made["effective_starts"] == datetime(2026, 3, 2, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    "sent, low, high, words, meaning",
    [
        ([{"low": {"value": "3.9"}, "high": {"value": "5.5"}}], "3.9", "5.5", None, "above"),
        ([{"high": {"value": "5.5"}}], None, "5.5", None, "above"),
        ([{"text": "< 5.5 fasting"}], None, None, "< 5.5 fasting", ""),
        ([{"text": ""}], None, None, None, ""),
        (
            [{"low": {"value": 1}, "type": {"text": "men"}}, {"low": {"value": 2}, "type": {"text": "women"}}],
            None,
            None,
            None,
            "",
        ),
        ("3-5", None, None, None, ""),
        ([], None, None, None, ""),
    ],
)
def test_high_and_low_are_said_only_with_one_range_in_numbers(sent, low, high, words, meaning):
    made = row("Observation", code=GLUCOSE, valueQuantity={"value": "7.5"}, referenceRange=sent)
    assert told(made, "range_low", "range_high", "range_text", "interpretation") == (low, high, words, meaning)


def test_the_laboratorys_own_word_comes_first():
    flag = [{"coding": [{"code": "HH"}]}]
    assert (
        row("Observation", code=GLUCOSE, valueQuantity={"value": 1}, interpretation=flag)["interpretation"]
        == "far_above"
    )


def test_an_observation_that_names_nothing_is_not_filed():
    for code in ({}, {"coding": []}, {"text": " "}, None, [[]]):
        with pytest.raises(Unfit):
            row("Observation", code=code)


@pytest.mark.parametrize(
    "category, code, found",
    [
        ("laboratory", "2345-7", "results"), ("vital-signs", "8867-4", "vitals"), ("vital-sign", "x", "vitals"),
        ("survey", "44249-1", "home"), ("social-history", "72166-2", "home"), ("imaging", "x", "results"),
        ("procedure", "x", "results"), (None, "8867-4", "vitals"), (None, "2345-7", "results"),
    ],
)  # fmt: skip
def test_where_a_test_is_shown(category, code, found):
    sent = [{"coding": [{"code": category}]}] if category else []
    coded = {"coding": [{"system": "http://loinc.org", "code": code, "display": "A test"}]}
    assert row("Observation", code=coded, category=sent)["category"] == found


def test_the_sample_is_known_from_the_code_or_from_the_words():
    plain = {"coding": [{"system": "http://loinc.org", "code": "2345-7", "display": "X"}]}
    assert row("Observation", code=plain)["kind"] == "blood"
    assert row("Observation", code={"text": "Protein, 24 h urine"})["kind"] == "urine"
    assert row("Observation", code={"text": "Something"})["kind"] == ""


# Reports and documents


def coded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def test_a_report_without_results_is_a_note():
    form = [{"contentType": "text/plain; charset=utf-8", "data": coded("# Plan\nRest.")}]
    made = row("DiagnosticReport", code={"text": "Progress note"}, presentedForm=form)
    assert told(made, "kind", "note", "test_count") == ("note", "# Plan\nRest.", 0)


def test_a_report_that_is_a_file_lists_it_and_keeps_the_file_in_the_raw():
    form = [{"contentType": "application/pdf", "data": "JVBERi0=", "title": "../../etc/passwd"}, {"url": "Binary/7"}]
    attachments = json.loads(row("DiagnosticReport", code=GLUCOSE, presentedForm=form)["attachments"])
    assert [(one["type"], one["inline"], one["url"], one["index"]) for one in attachments] == [
        ("application/pdf", True, "", 0), ("", False, "Binary/7", 1),
    ]  # fmt: skip
    assert "JVBERi0" not in json.dumps(attachments)


def test_scripts_in_a_narrative_or_in_html_are_gone():
    div = "<div xmlns='http://www.w3.org/1999/xhtml'><script>alert(1)</script><p onclick='x()'>Fine.</p></div>"
    assert row("DiagnosticReport", code=GLUCOSE, text={"div": div})["note"] == "Fine."
    html = [{"attachment": {"contentType": "text/html", "data": coded(div)}}]
    assert row("DocumentReference", type=GLUCOSE, content=html)["note"] == "Fine."


def test_an_imaging_report_is_imaging():
    made = row(
        "DiagnosticReport", code={"text": "Chest"}, category=[{"coding": [{"code": "LP29684-5"}]}], conclusion="Clear."
    )
    assert told(made, "category", "kind", "conclusion") == ("imaging", "imaging", "Clear.")


def test_a_document_of_a_visit_is_its_summary_in_sections():
    note = "2026-03-02\n\n# Chief Complaint\nCough.\n\n## Plan\nRest."
    made = rows(
        "DocumentReference", type={"coding": [{"system": "http://loinc.org", "code": "34117-2", "display": "History"}]},
        content=[{"attachment": {"contentType": "text/plain", "data": coded(note)}}],
        context={"encounter": [{"reference": "Encounter/e1"}]},
    )  # fmt: skip
    assert len(made) == 2
    assert json.loads(made[1]["sections"]) == [
        {"title": "", "text": "2026-03-02"}, {"title": "Chief Complaint", "text": "Cough."}, {"title": "Plan", "text": "Rest."},
    ]  # fmt: skip


def test_a_letter_that_belongs_to_no_visit_is_no_summary():
    assert len(rows("DocumentReference", type={"coding": [{"code": "34117-2"}]}, content=[])) == 1


def test_a_note_without_headings_is_one_section():
    assert sections_of_text("Just words.") == [{"title": "", "text": "Just words."}]
    assert sections_of_text("") == []


def test_a_composition_is_read_section_by_section():
    inner = {"title": "Inner", "text": {"div": "<div>Deep</div>"}}
    sent = [
        {"title": "Outer", "text": {"div": "<div><p>One</p><p>Two</p></div>"}, "section": [inner]},
        {"title": "Listed", "entry": [{"display": "A thing"}]},
    ]
    sections = json.loads(row("Composition", title="Summary", section=sent)["sections"])
    assert [(one["title"], one["text"]) for one in sections] == [
        ("Outer", "One\n\nTwo"),
        ("Inner", "Deep"),
        ("Listed", "A thing"),
    ]


# Medicines, problems, plans


@pytest.mark.parametrize(
    "dosage, words",
    [
        ({"text": "1 tablet at night"}, "1 tablet at night"),
        ({"patientInstruction": "With food"}, "With food"),
    ],
)
def test_a_dose_is_the_words_that_were_sent(dosage, words):
    made = row("MedicationRequest", medicationCodeableConcept=GLUCOSE, dosageInstruction=[dosage])
    assert json.loads(made["doses"])[0]["text"] == words


def test_a_dose_without_words_keeps_its_fields():
    dosage = {
        "timing": {"repeat": {"frequency": 2, "period": "1", "periodUnit": "d"}},
        "doseAndRate": [{"doseQuantity": {"value": "0.5", "unit": "mL"}}],
    }
    (dose,) = json.loads(
        row("MedicationRequest", medicationCodeableConcept=GLUCOSE, dosageInstruction=[dosage])["doses"]
    )
    assert (dose["amount"]["number"], dose["timing"]["frequency"]) == ("0.5", "2")


def test_an_administered_dose_is_kept():
    made = row(
        "MedicationAdministration", medicationCodeableConcept=GLUCOSE, dosage={"dose": {"value": 2, "unit": "mL"}}
    )
    assert json.loads(made["doses"])[0]["amount"]["number"] == "2"


def test_a_medicine_of_unknown_name_is_not_filed():
    with pytest.raises(Unfit):
        row("MedicationRequest", medicationCodeableConcept={})


@pytest.mark.parametrize("code, none_known", [("716186003", True), ("409137002", True), ("300913006", False)])
def test_no_known_allergy_is_no_allergy(code, none_known):
    made = row("AllergyIntolerance", code={"coding": [{"code": code, "display": "x"}]})
    assert made["none_known"] is none_known


def test_a_refuted_allergy_is_not_released_whatever_its_clinical_status():
    made = row(
        "AllergyIntolerance",
        code=GLUCOSE,
        clinicalStatus={"coding": [{"code": "active"}]},
        verificationStatus={"coding": [{"code": "refuted"}]},
    )
    assert told(made, "status", "show_status") == ("active", "refuted")


def test_release_three_shapes_are_read():
    made = row("AllergyIntolerance", code=GLUCOSE, clinicalStatus="active", verificationStatus="confirmed")
    assert told(made, "clinical_status", "verification") == ("active", "confirmed")
    assert row("Immunization", vaccineCode=GLUCOSE, notGiven=True, date="2020-01-02")["status"] == "not-done"
    asked = row("MedicationRequest", medicationCodeableConcept=GLUCOSE, requester={"agent": {"display": "Dr. Li"}})
    assert asked["requester"] == "Dr. Li"


@pytest.mark.parametrize(
    "onset, text, words",
    [
        ({"onsetDateTime": "2019-05"}, "2019-05", None), ({"onsetString": "as a child"}, "", "as a child"),
        ({"onsetAge": {"value": 34, "unit": "years"}}, "", "age:34 years"),
        ({"onsetRange": {"low": {"value": 30, "unit": "a"}, "high": {"value": 40, "unit": "a"}}}, "", "age:30–40 a"),
        ({"onsetPeriod": {"start": "2019", "end": "2020"}}, "2019/2020", None), ({"onsetDateTime": "ages ago"}, "ages ago", None),
    ],
)  # fmt: skip
def test_the_beginning_of_a_condition_in_every_form(onset, text, words):
    assert told(row("Condition", code=GLUCOSE, **onset), "onset_text", "onset_words") == (text, words)


def test_a_vaccine_that_was_not_given_says_why():
    made = row(
        "Immunization",
        status="not-done",
        vaccineCode={"text": "MMR"},
        statusReason={"text": "Not today"},
        occurrenceString="in spring",
    )
    assert told(made, "status", "not_done_reason", "occurrence_words") == ("not-done", "Not today", "in spring")


def test_a_plan_goes_by_its_title_else_by_words_of_its_category():
    code = {"coding": [{"code": "assess-plan"}]}
    assert row("CarePlan", title="My plan", category=[code])["label"] == "My plan"
    assert row("CarePlan", category=[code, {"text": "Fracture care"}])["label"] == "Fracture care"
    assert row("CarePlan", category=[code])["label"] == "assess-plan"


def test_a_goal_keeps_its_targets():
    target = {
        "measure": {"text": "Weight"},
        "detailRange": {"low": {"value": 70, "unit": "kg"}, "high": {"value": 80, "unit": "kg"}},
        "dueDate": "2026-12",
    }
    made = row("Goal", lifecycleStatus="active", description={"text": "Lose weight"}, target=[target])
    assert json.loads(made["targets"]) == [{"measure": "Weight", "text": "70–80 kg", "due": "2026-12"}]


@pytest.mark.parametrize(
    ("detail", "bound"),
    [
        ({"detailRange": {"low": {"value": 70, "unit": "kg"}}}, ">="), ({"detailRange": {"high": {"value": 70, "unit": "kg"}}}, "<="),
        ({"detailQuantity": {"value": 70, "unit": "kg", "comparator": "<"}}, "<"), ({"detailQuantity": {"value": 70, "unit": "kg"}}, None),
    ],
)  # fmt: skip
def test_a_target_that_is_a_bound_stays_one(detail, bound):
    made = json.loads(row("Goal", description={"text": "Lose weight"}, target=[detail])["targets"])
    assert made[0]["text"] == "70 kg" and made[0].get("bound") == bound


# Visits, appointments, messages


def test_a_visit_without_an_end_is_open():
    made = row("Encounter", **{"class": {"code": "AMB"}}, period={"start": "2026-03-02T08:00:00-06:00"})
    assert told(made, "effective_text", "class_code", "label") == ("2026-03-02T08:00:00-06:00/", "AMB", "AMB")


@pytest.mark.parametrize(
    "status",
    [
        "proposed",
        "pending",
        "booked",
        "arrived",
        "fulfilled",
        "cancelled",
        "noshow",
        "entered-in-error",
        "checked-in",
        "waitlist",
    ],
)
def test_an_appointment_of_each_status_needs_no_start(status):
    made = row(
        "Appointment",
        status=status,
        participant=[{"actor": WHO}, {"actor": {"reference": "Practitioner/1", "display": "Dr. Li"}}],
    )
    assert told(made, "status", "starts_at") == (status, None)
    assert [one["name"] for one in json.loads(made["participants"])] == ["Dr. Li"]


def test_a_message_keeps_its_thread_and_its_words():
    made = row(
        "Communication", sender=WHO, partOf=[{"reference": "Communication/a"}], inResponseTo=[{"reference": "Communication/b"}],
        payload=[{"contentString": "Hello"}, {"contentAttachment": {"contentType": "application/pdf", "url": "x"}}, {"contentString": "Bye"}],
    )  # fmt: skip
    assert told(made, "text", "part_of", "in_response_to", "from_patient") == (
        "Hello\n\nBye",
        "Communication/a",
        "Communication/b",
        True,
    )
    assert len(json.loads(made["attachments"])) == 1


# Money


@pytest.mark.parametrize(
    "value, currency, units",
    [
        ("40.22", "EUR", 4022), ("40.2", "EUR", 4020), (40, "USD", 4000), ("-12.50", "USD", -1250), ("1500", "JPY", 1500),
        ("1.234", "KWD", 1234), ("112.415", "USD", 11242), ("1e3", "USD", 100000),
    ],
)  # fmt: skip
def test_money_is_whole_minor_units(value, currency, units):
    assert minor_units({"total": {"value": value, "currency": currency}}, "total") == (units, currency)


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"total": {"value": "5"}},
        {"total": {"value": "x", "currency": "USD"}},
        {"total": {"value": "1e400", "currency": "USD"}},
        {"total": 5},
    ],
)
def test_what_is_no_money_is_none(sent):
    assert minor_units(sent, "total") == (None, "")


def test_a_negative_invoice_is_kept_negative():
    made = row(
        "Invoice", totalNet={"value": "-20.00", "currency": "USD"}, totalGross={"value": "-24.00", "currency": "USD"}
    )
    assert told(made, "net", "gross", "currency") == (-2000, -2400, "USD")


# People


@pytest.mark.parametrize(
    "sent, kept",
    [
        ({"deceasedBoolean": True}, "true"),
        ({"deceasedBoolean": False}, None),
        ({"deceasedDateTime": "2020"}, "2020"),
        ({}, None),
    ],
)
def test_death_is_kept_as_it_was_said(sent, kept):
    assert patient(sent, Reading(sent), FEED).values["deceased_text"] == kept


def test_a_patient_without_anything_is_still_a_patient():
    assert patient({}, Reading({}), FEED).values["name"] == ""


def test_the_current_phone_of_first_rank_is_taken():
    sent = {
        "telecom": [
            {"system": "phone", "value": "1", "use": "old"},
            {"system": "phone", "value": "2"},
            {"system": "phone", "value": "3", "rank": 1},
        ]
    }
    assert patient(sent, Reading(sent), FEED).values["phone"] == "3"


@pytest.mark.parametrize("fhir_type", sorted(KINDS))
@pytest.mark.parametrize(
    "odd",
    [
        None,
        7,
        True,
        "word",
        [],
        [None],
        [[]],
        [7, "x"],
        {},
        {"coding": 3},
        {"coding": [None, {"code": 7}]},
        {"value": []},
    ],
)
def test_no_odd_shape_raises_anything_but_unfit(fhir_type, odd):
    """Every field that a projection looks at, of a shape that it cannot expect."""
    looked_at: set[str] = set()

    class Watched(dict):
        def get(self, key, default=None):
            looked_at.add(key)
            return super().get(key, default)

    _try(
        fhir_type,
        Watched(resourceType=fhir_type, id="x", code=GLUCOSE, vaccineCode=GLUCOSE, medicationCodeableConcept=GLUCOSE),
    )
    for name in looked_at - {"resourceType"}:
        _try(fhir_type, {"resourceType": fhir_type, "id": "x", "code": GLUCOSE, "description": GLUCOSE} | {name: odd})


def _try(fhir_type: str, resource: dict) -> None:
    try:
        KINDS[fhir_type].project(resource, Reading(resource), FEED)
    except Unfit:
        pass


def test_a_note_of_ten_million_letters_is_cut():
    """Whoever reads it as plain text waits for every line of it to be broken."""
    assert len(notes({"note": [{"text": "x" * 10_000_000}]})) == 200_000


def test_of_a_list_without_end_a_page_of_things_is_filed():
    """A page of a hundred thousand members, targets or doses would be no page; the raw resource has them all."""
    team = {"resourceType": "CareTeam", "id": "t", "participant": [{"role": [{"text": f"r{n}"}]} for n in range(2000)]}
    medicine = {"resourceType": "MedicationRequest", "id": "m", "medicationCodeableConcept": {"text": "M"},
                "dosageInstruction": [{"text": f"d{n}"} for n in range(2000)]}  # fmt: skip
    for resource, column in ((team, "members"), (medicine, "doses")):
        [row] = KINDS[resource["resourceType"]].project(resource, Reading(resource), FEED).rows
        assert len(json.loads(row.values[column])) == 500
