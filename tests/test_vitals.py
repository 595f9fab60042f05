"""Measurements: the newest of each, everything by day, and one of them over time."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from random import Random

from rules.quantities import Absent, Quantity
from tables.base import new_ref
from tables.results import Observation
from tables.visits import Encounter
from tests.support.lab import Lab, before
from tests.support.pdf import Document, pdf_problems
from tests.support.watching import watched_reads

VITAL = {"category": "vitals"}


async def weight(lab: Lab, pounds: str = "152", **columns) -> Observation:
    return await lab.test("Body weight", pounds, "[lb_av]", **{"loinc": "29463-7", **VITAL, **columns})


async def pressure(lab: Lab, upper: str = "128", lower: str = "76", unit: str = "mm[Hg]", **columns) -> Observation:
    """A blood pressure; both halves are components of one panel. An empty half was not sent."""
    columns = VITAL | columns
    sent = (("Systolic", upper, "8480-6"), ("Diastolic", lower, "8462-4"))
    halves = [await lab.test(name, value, unit, loinc=loinc, component=number, **columns)
              for number, (name, value, loinc) in enumerate(sent) if value]  # fmt: skip
    return await lab.panel("BP sitting", *halves, loinc="85354-9", **columns)


async def upper_ref(lab: Lab) -> str:
    rows = await Observation.select(Observation.series.ref.as_alias("ref")).where(
        (Observation.loinc == "8480-6") & (Observation.patient == lab.source)
    )
    return rows[0]["ref"]


# The list


async def test_the_newest_of_each_kind_stands_first_a_blood_pressure_as_one(lab, vera):
    await pressure(lab, days=40)
    await pressure(lab, "131", "80", days=2)
    await weight(lab, "158", days=300)
    page = await vera.get(f"{lab.home}/vitals")
    assert page.h1 == "Measurements"
    rows = page.rows("2 kinds of measurement")
    assert rows[0] == ["What", "Newest", "When"]
    assert [cells[:2] for cells in rows[1:]] == [["Weight: Body weight", "158 lb"], ["Blood pressure: BP sitting", "131 over 80 mmHg"]]
    assert page.link("Blood pressure") == f"{lab.home}/vitals/{await upper_ref(lab)}"
    assert "3 measurements." in page.main and "Find in this list" not in page.main


async def test_everything_stands_by_day_the_newest_day_first_and_what_has_no_date_last(lab, vera):
    await weight(lab, "151", sent="2025-03-02T09:05:00-06:00")
    await pressure(lab, "120", "70", sent="2025-03-02T09:06:00-06:00")
    await weight(lab, "149", sent="2026-01-05")
    await lab.put(Observation, "Body weight", status="final", effective="last spring", category="vitals", loinc="29463-7",
                  value={"kind": "quantity", "number": "140", "unit": "lb", "code": "[lb_av]"}, number="140", unit="[lb_av]")
    await lab.put(Observation, "Steps", status="final", category="vitals", value={"kind": "text", "text": "many"})
    page = await vera.get(f"{lab.home}/vitals")
    said = page.main[page.main.index("5 measurements."):]
    assert "January 5, 2026 Weight 149 lb." in said and "“Body weight”" not in said
    assert "March 2, 2025 Blood pressure 120 over 70 mmHg. “BP sitting”. At 9:06 am. Weight 151 lb. At 9:05 am." in said
    assert [said.index(day) for day in ("January 5, 2026", "March 2, 2025")] == sorted(said.index(day) for day in ("January 5, 2026", "March 2, 2025"))
    assert said.index("March 2") < said.index("last spring Weight 140 lb.") and "Date not known Steps many." in said


async def test_a_measurement_in_a_panel_of_another_list_stands_by_itself(lab, vera):
    await lab.panel("Check-up", await weight(lab, "151"), await lab.test("Iron", "60", "ug/dL"))
    assert "Weight 151 lb." in (await vera.get(f"{lab.home}/vitals")).main.replace("\u00a0", " ")


async def test_a_panel_is_read_as_a_group_and_its_members_are_not_counted_again(lab, vera):
    rate = await lab.test("Pulse", "72", "/min", loinc="8867-4", **VITAL)
    warm = await lab.test("Temp", "37.0", "Cel", loinc="8310-5", **VITAL)
    await lab.panel("Vital signs panel", rate, warm, loinc="85353-1", **VITAL)
    page = await vera.get(f"{lab.home}/vitals")
    assert "1 measurement." in page.main
    assert "Vital signs panel Heart rate: 72 per minute. Temperature: 37.0 °C." in page.main.replace("\u00a0", " ")
    assert ["Heart rate: Pulse", "72 per minute"] in [cells[:2] for cells in page.rows("2 kinds of measurement")]


async def test_oxygen_says_what_was_given_with_it(lab, vera):
    flow = await lab.test("Inhaled flow", "2", "L/min", loinc="3151-8", component=0, **VITAL)
    whole = await lab.test("SpO2", "95", "%", loinc="59408-5", panel=True, **VITAL)
    flow.parent = whole.id
    await flow.save()
    assert "95 %. Oxygen flow: 2 liters a minute." in (await vera.get(f"{lab.home}/vitals")).main.replace("\u00a0", " ")


async def test_a_missing_value_says_why_and_is_no_newest(lab, vera):
    await weight(lab, "150", days=90)
    await lab.test("Body weight", Absent("asked-declined"), loinc="29463-7", days=1, absent_reason="asked-declined", note="In a wheelchair.", **VITAL)
    page = await vera.get(f"{lab.home}/vitals")
    assert "Weight Asked, and not answered. In a wheelchair." in page.main
    assert page.rows("1 kind of measurement")[1][1] == "150 lb"


async def test_half_a_blood_pressure_is_said_as_the_half_it_is(lab, vera):
    await pressure(lab, "128", "")
    page = await vera.get(f"{lab.home}/vitals")
    assert "Blood pressure Upper blood pressure number: 128 mmHg." in page.main.replace("\u00a0", " ")
    assert "over" not in page.main.lower().replace("over time", "")


async def test_nothing_is_high_or_low_without_a_range_and_a_range_is_said_as_sent(lab, vera):
    await weight(lab, "412")
    await lab.test("Pulse", "104", "/min", loinc="8867-4", low="60", high="100", days=4, **VITAL)
    page = await vera.get(f"{lab.home}/vitals")
    assert page.main.count("bove the usual range") == 2, "in the table and in the list, of the pulse alone"
    assert "104 per minute. Above the usual range. Usual range: 60 to 100." in page.main.replace("\u00a0", " ")


async def test_bounds_odd_units_and_twins_stand_as_they_came(lab, vera):
    await lab.test("Temp", "<35", "Cel", loinc="8310-5", days=2, **VITAL)
    await weight(lab, "70", days=3)
    await lab.test("Body weight", Quantity(number="70", unit="furlongs"), loinc="29463-7", days=3, **VITAL)
    said = (await vera.get(f"{lab.home}/vitals")).main.replace("\u00a0", " ")
    assert "Temperature less than 35 °C." in said and "70 furlongs." in said and "70 lb." in said
    assert "3 measurements." in said


async def test_what_was_corrected_says_so_and_what_it_said_before(lab, vera):
    old = before(Quantity(number="251", unit="lb", code="[lb_av]"), lab.now)
    row = await weight(lab, "152", corrected=True, status="corrected", previous=old)
    page = await vera.get(f"{lab.home}/vitals")
    assert "Weight Corrected 152 lb. This was changed on" in page.main.replace("\u00a0", " ")
    assert "It said 251 lb before." in page.main.replace("\u00a0", " ")
    assert "aboratory" not in page.main + (await vera.get(f"{lab.home}/vitals/{await lab.series_ref(row)}")).main


async def test_words_find_the_plain_name_and_the_clinics(lab, vera):
    for days in range(30):
        await pressure(lab, days=days + 1)
    await weight(lab)
    for words in ("weight", "body w"):
        found = await vera.get(f"{lab.home}/vitals?q={words}")
        assert "1 measurement. Only those with" in found.main and "The newest of each" not in found.main
    assert "Which ones" not in (await vera.get(f"{lab.home}/vitals")).main


async def test_an_empty_list_says_so(lab, vera):
    page = await vera.get(f"{lab.home}/vitals")
    assert "No measurements are written down here." in page.main and "<table" not in page.html


async def test_a_thousand_measurements_stay_in_budget(lab, vera):
    chance = Random(7)
    for number in range(500):
        await pressure(lab, str(chance.randint(105, 160)), str(chance.randint(60, 99)), days=number + 1)
        await weight(lab, str(chance.randint(140, 160)), days=number + 1)
    page = await vera.get(f"{lab.home}/vitals")
    assert "1000 measurements" in page.main.replace(",", "") and page.weight <= 8000
    turned = await vera.htmx("GET", page.link("The next ones (975 more)"), target="div#listed")
    assert turned.weight <= 3000
    history = await vera.get(f"{lab.home}/vitals/{await upper_ref(lab)}?since=all")
    assert history.weight <= 8000 and "The newest 30 of 500 times it was measured" in history.main
    part = await vera.htmx("GET", f"{lab.home}/vitals/{await upper_ref(lab)}?since=all", target="div#history")
    assert part.weight <= 3000, part.weight


async def test_paper_and_text_say_what_the_page_says(lab, vera):
    await pressure(lab, "131", "80", note="After the stairs.")
    page, paper = await vera.get(f"{lab.home}/vitals"), await vera.get(f"{lab.home}/vitals.pdf?print=18")
    assert pdf_problems(paper.content) == []
    text = await vera.get(f"{lab.home}/vitals.txt")
    for fact in ("The newest of each", "131 over 80 mmHg", "After the stairs."):
        for said in (page.main, Document(paper.content).text, text.text):
            assert fact in " ".join(said.split())


# One of them over time


async def test_a_blood_pressure_is_one_history_with_both_lines_in_one_picture(lab, vera):
    for upper, lower, days in (("128", "76", 5), ("131", "79", 35), ("134", "82", 65)):
        await pressure(lab, upper, lower, days=days)
    page = await vera.get(f"{lab.home}/vitals/{await upper_ref(lab)}")
    said = page.main.replace("\u00a0", " ")
    assert page.h1 == "Blood pressure" and "The clinic writes “BP sitting”" in said
    assert "was 128 over 76 mmHg. Upper number: It has gone down each time since" in said
    assert "Lower number: It has gone down each time since" in said
    assert [cells[1] for cells in page.rows("Measured 3 times, newest first")][1:] == ["128 over 76 mmHg", "131 over 79 mmHg", "134 over 82 mmHg"]
    assert page.html.count('class="line"') == 1 and re.search(r'class="line" d="M[^M"]+M', page.html), "two lines in one path"
    assert "No usual range was sent with these, so nothing here is called high or low." in said
    assert page.link("All measurements") == f"{lab.home}/vitals"


async def test_the_other_half_leads_to_the_same_history(lab, vera):
    await pressure(lab)
    lower = await Observation.objects().where((Observation.loinc == "8462-4") & (Observation.patient == lab.source)).first()
    assert (await vera.get(f"{lab.home}/vitals/{await lab.series_ref(lower)}")).h1 == "Blood pressure"


async def test_a_half_that_came_alone_stands_in_the_table_under_its_own_name(lab, vera):
    await pressure(lab, days=9)
    await pressure(lab, "140", "", days=2)
    rows = (await vera.get(f"{lab.home}/vitals/{await upper_ref(lab)}")).rows("Measured 2 times")
    assert [cells[1] for cells in rows[1:]] == ["Upper blood pressure number: 140 mmHg", "128 over 76 mmHg"]


async def test_halves_without_any_pair_keep_a_history_of_their_own(lab, vera):
    await pressure(lab, "140", "")
    assert (await vera.get(f"{lab.home}/vitals/{await upper_ref(lab)}")).h1 == "Upper blood pressure number"


async def test_what_was_sent_of_a_half_stands_beside_the_pair(lab, vera):
    await pressure(lab, "150", "76", low="90", high="130")
    page = await vera.get(f"{lab.home}/vitals/{await upper_ref(lab)}")
    assert "Upper blood pressure number: Above the usual range." in page.main


async def test_two_units_of_weight_have_a_history_each_and_lead_to_each_other(lab, vera):
    pounds = await weight(lab, "152", days=2)
    kilograms = await lab.test("Body weight", "69", "kg", loinc="29463-7", days=9, **VITAL)
    page = await vera.get(f"{lab.home}/vitals/{await lab.series_ref(pounds)}")
    assert "69" not in page.rows()[1][1] and len(page.rows()) == 2
    assert page.link("kg") == f"{lab.home}/vitals/{await lab.series_ref(kilograms)}"


async def test_a_history_is_a_document_too(lab, vera):
    await pressure(lab, days=3)
    await pressure(lab, "131", "80", days=30)
    page = await vera.get(f"{lab.home}/vitals/{await upper_ref(lab)}")
    paper = await vera.get(page.link("PDF of this page"))
    assert pdf_problems(paper.content) == []
    text = (await vera.get(page.link("Plain text of this page"))).html
    for said in (Document(paper.content).text, text):
        assert "131 over 80 mmHg" in " ".join(said.split())
    assert max(map(len, text.splitlines())) <= 76 and "\n\n\n" not in text


async def test_a_visit_leads_to_the_histories_of_what_was_measured_for_who_may_see_them(lab, vera, another_client):
    visit = await lab.put(Encounter, "Check-up", status="finished", effective="2026-02-03")
    await pressure(lab, encounter=visit.id)
    address = f"{lab.home}/visits/{visit.ref}"
    page = await vera.get(address)
    assert page.link("Blood pressure") == f"{lab.home}/vitals/{await upper_ref(lab)}"
    another_client.cookies.set("s", (await lab.person("Otto", "helper", ("visits",))).cookie)
    assert "/vitals" not in (await another_client.get(address)).html


# Who may


async def test_a_share_of_results_opens_no_measurement_and_one_of_measurements_no_result(lab, client, another_client):
    pulse = await lab.test("Pulse", "70", "/min", loinc="8867-4", **VITAL)
    sugar = await lab.test("Glucose", "92", "mg/dL", loinc="2345-7")
    measured, tested = await lab.series_ref(pulse), await lab.series_ref(sugar)
    client.cookies.set("s", (await lab.person("Otto", "helper", ("results",))).cookie)
    another_client.cookies.set("s", (await lab.person("Olga", "helper", ("vitals",))).cookie)
    for form in ("", ".pdf", ".txt"):
        assert (await client.get(f"{lab.home}/tests/{measured}{form}")).status == 404
        assert (await client.get(f"{lab.home}/vitals/{measured}{form}")).status == 403
        assert (await another_client.get(f"{lab.home}/vitals/{tested}{form}")).status == 404
        assert (await another_client.get(f"{lab.home}/tests/{tested}{form}")).status == 403
    assert (await client.get(f"{lab.home}/tests/{tested}")).status == 200
    assert (await another_client.get(f"{lab.home}/vitals/{measured}")).status == 200


async def test_each_has_one_address_even_for_who_may_see_both(lab, vera):
    pulse = await lab.test("Pulse", "70", "/min", loinc="8867-4", **VITAL)
    assert (await vera.get(f"{lab.home}/tests/{await lab.series_ref(pulse)}")).status == 404
    assert (await vera.get(f"{lab.home}/vitals/{await lab.series_ref(pulse)}")).status == 200


async def test_what_is_hidden_held_or_withdrawn_is_in_no_row_and_no_count(lab, client):
    await lab.only_me(await weight(lab, "201"))
    await weight(lab, "202", sensitive=True)
    await weight(lab, "203", released_at=None)
    await weight(lab, "204", withdrawn_at=lab.now)
    await lab.only_me(await pressure(lab, "205", "99"))
    shown = await weight(lab, "150", days=60)
    client.cookies.set("s", (await lab.person("Otto", "helper", ("vitals",))).cookie)
    page, history = await client.get(f"{lab.home}/vitals"), await client.get(f"{lab.home}/vitals/{await lab.series_ref(shown)}")
    assert "1 measurement." in page.main and "Measured once" in history.main
    assert not re.search("20[1-5]( |\u00a0)", page.main + history.main)
    assert (await client.get(f"{lab.home}/vitals/{await upper_ref(lab)}")).status == 404


# Years of it


async def walked(vera, address: str, onward: str) -> tuple[list[str], str]:
    """What each page lists, from this address to the last one that this link leads to; and the address of that one."""
    pages = []
    while True:
        page = await vera.get(address)
        pages.append(page.main[page.main.index("measurements."):])
        further = next((href for text, href in page.links if text.startswith(onward)), "")
        if not further:
            return pages, address
        address = further


def numbers(said: str) -> list[str]:
    return re.findall(r"Weight (\d+)", said.replace("\u00a0", " "))


async def test_pages_of_days_hold_every_measurement_once_forward_and_back(lab, vera):
    moments = ("2026-01-05T08:00:00-06:00", "2025-03-02", "2024-11", "2024-01-05T08:00:00-06:00", "once", "")
    sent = [moments[min(n // 15, 5)] for n in range(85)]
    Random(3).shuffle(sent)
    for n, moment in enumerate(sent):
        named = {"sent": moment} if moment[:1] == "2" else {}
        row = await weight(lab, str(200 + n), **named)
        if not named:
            row.effective_starts = row.effective_ends = None
            row.effective_text = moment
            await row.save()
    down, last = await walked(vera, f"{lab.home}/vitals", "The next ones")
    assert len(down) == 4 and "This page shows 76 to 85." in down[-1]
    assert sorted(number for page in down for number in numbers(page)) == [str(200 + n) for n in range(85)]
    looked_for, _last = await walked(vera, f"{lab.home}/vitals?q=weight", "The next ones")
    up, _first = await walked(vera, last, "The ones before")
    assert [numbers(page) for page in down] == [numbers(page) for page in looked_for]
    assert [numbers(page) for page in up[::-1]] == [numbers(page) for page in down]


async def test_a_page_of_years_of_measurements_reads_no_more_rows_than_it_shows(lab, vera, monkeypatch):
    first = await weight(lab, "150")
    names = [column._meta.name for column in Observation._meta.columns if column._meta.name not in ("id", "ref", "fhir_id")]
    sent = [{name: getattr(first, name) for name in names} for _n in range(600)]
    for n, columns in enumerate(sent):
        columns["effective_starts"] = columns["effective_ends"] = first.effective_starts - timedelta(hours=n)
    await Observation.insert(*[Observation(**columns, fhir_id=new_ref()) for columns in sent])
    asked = watched_reads(monkeypatch)
    page = await vera.get(f"{lab.home}/vitals")
    assert "601 measurements." in page.main
    assert sum(one.many for one in asked) < 100
    asked.clear()
    await vera.get(page.link("The next ones"))
    assert sum(one.many for one in asked) < 150
