"""One report, and one test or panel that no report holds: what the page, its PDF and its text say."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from rules.quantities import Absent, Coded, Quantity, Ratio, Truth
from tables.base import new_ref
from tests.support.lab import Lab, before, said
from tests.support.pdf import Document, pdf_problems


def address(lab: Lab, row, form: str = "") -> str:
    return f"{lab.home}/results/{row.ref}{form}"


async def test_a_report_shows_each_test_with_value_range_and_meaning(lab, vera):
    tests = [
        await lab.test("HGB", "11.8", "g/dL", loinc="718-7", low="12.0", high="15.5"),
        await lab.test("WBC", "6.20", "10*3/uL", loinc="6690-2", low="4.0"),
    ]
    row = await lab.report("CBC panel", *tests, loinc="58410-2", performer="Riverbend Laboratory", conclusion="Low iron?\nSee again.")
    page = await vera.get(address(lab, row))
    assert page.h1 == "Blood count (CBC)"
    assert "The laboratory writes “CBC panel”" in page.main
    assert page.rows() == [
        ["Test", "Result", "Usual range", "What it means"],
        ["Hemoglobin: HGB", "11.8 g/dL", "12.0 to 15.5", "Below the usual range"],
        ["White blood cell count: WBC", "6.20 thousand/µL", "from 4.0", "In the usual range"],
    ]
    assert "2 tests. Below the usual range: Hemoglobin 11.8 g/dL." in page.main
    assert "<p>Low iron?<br>See again.</p>" in page.html
    assert "From Riverbend Laboratory" in page.main.replace("FromRiverbend", "From Riverbend")
    assert page.link("Hemoglobin") == f"{lab.home}/tests/{await lab.series_ref(tests[0])}"
    assert page.link("All test results") == f"{lab.home}/results"


async def test_without_ranges_there_is_no_column_and_no_judgement(lab, vera):
    row = await lab.report("Panel", await lab.test("Glucose", "301", "mg/dL", loinc="2345-7"), await lab.test("Urea", "1", "mg/dL"))
    page = await vera.get(address(lab, row))
    assert page.rows()[0] == ["Test", "Result"]
    assert "The laboratory sent no usual range with this, so nothing here is called high or low." in page.main


async def test_every_kind_of_value_is_shown(lab, vera):
    values = (said("No growth"), Coded("Detected"), Truth(False), Ratio(Quantity("1"), Quantity("128")),
              Absent("not-performed"), Quantity("5", "mg/dL", "mg/dL", "<"))  # fmt: skip
    row = await lab.report("Many", *[await lab.test(f"Test {n}", value) for n, value in enumerate(values)])
    shown = [cells[1] for cells in (await vera.get(address(lab, row))).rows()[1:]]
    assert shown == ["No growth", "Detected", "No", "1:128", "Not done", "less than 5 mg/dL"]


async def test_members_and_components_stand_under_their_panel(lab, vera):
    inner = await lab.panel("Cells", await lab.test("WBC", "6", "10*3/uL", loinc="6690-2"), await lab.test("RBC", "5", "10*6/uL", loinc="789-8"))
    row = await lab.report("Wide panel", await lab.test("Glucose", "92", "mg/dL", loinc="2345-7"), inner)
    page = await vera.get(address(lab, row))
    assert page.rows("1 test")[1][0].startswith("Blood sugar")
    assert [cells[0] for cells in page.rows("Cells: 2 tests")[1:]] == ["White blood cell count: WBC", "Red blood cell count: RBC"]


async def test_the_two_halves_of_a_pair_are_read_as_one(lab, vera):
    halves = [await lab.test("Systolic", "128", "mm[Hg]", loinc="8480-6", component=0),
              await lab.test("Diastolic", "76", "mm[Hg]", loinc="8462-4", component=1)]  # fmt: skip
    row = await lab.report("Measured", await lab.panel("BP", *halves, loinc="85354-9"))
    assert ["Blood pressure: BP", "128 over 76 mmHg"] in (await vera.get(address(lab, row))).rows()


async def test_a_correction_says_what_stood_there_before(lab, vera):
    earlier = before(Quantity("5.9", "mmol/L", "mmol/L"), lab.now - timedelta(days=4))
    test = await lab.test("K", "4.4", "mmol/L", low="3.5", high="5.1", corrected=True, status="corrected", previous=earlier)
    row = await lab.report("Salts", test)
    assert "It said 5.9 mmol/L before." in (await vera.get(address(lab, row))).main


async def test_a_corrected_report_without_a_corrected_test_says_so(lab, vera):
    row = await lab.report("Pathology", conclusion="Benign.", status="amended", corrected=True)
    assert "Corrected. The laboratory changed this report after it was first sent." in (await vera.get(address(lab, row))).main


@pytest.mark.parametrize(("status", "words"), [("preliminary", "Not final."), ("registered", "Waiting.")])
async def test_what_is_not_final_says_so_at_the_top(lab, vera, status, words):
    row = await lab.report("Pathology", conclusion="So far benign." if status == "preliminary" else None, status=status)
    page = await vera.get(address(lab, row))
    assert words in page.main
    assert page.main.index(words) < page.main.index("When, and from whom")


async def test_a_note_keeps_its_lines_and_says_nothing_twice(lab, vera):
    row = await lab.report("Letter", note="Skin of arm.\n\nBenign mole.\nSigned: N. Nowak")
    page = await vera.get(address(lab, row))
    assert "<p>Skin of arm.</p>" in page.html
    assert "<p>Benign mole.<br>Signed: N. Nowak</p>" in page.html
    assert page.main.count("Benign mole.") == 1


async def test_words_of_a_report_are_never_markup(lab, vera):
    row = await lab.report("<b>Bold</b>", await lab.test("<i>x</i>", said("<script>alert(1)</script>")), note="<img src=x>", conclusion="a & b")
    page = await vera.get(address(lab, row))
    assert "<script>alert" not in page.html and "<img" not in page.html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page.html


async def test_documents_that_came_with_it_are_named(lab, vera):
    sent = '[{"title":"Full report","type":"application/pdf"},{"title":"","type":"text/plain"}]'
    row = await lab.report("Letter", note="Words.", attachments=sent)
    page = await vera.get(address(lab, row))
    assert "Full report (PDF)" in page.main


async def test_a_lone_test_that_waits_has_a_page_of_its_own(lab, vera):
    row = await lab.test("B12", None, loinc="2132-9", status="registered", kind="blood")
    page = await vera.get(f"{lab.home}/results")
    page = await vera.follow(page, "Vitamin B12")
    assert page.url == address(lab, row)
    assert "Not back yet." in page.main
    assert "<table" not in page.html


async def test_a_lone_panel_has_a_page_of_its_own(lab, vera):
    await lab.panel("Urine strip", await lab.test("pH", "6", ""), await lab.test("Density", "1.02", ""))
    page = await vera.follow(await vera.get(f"{lab.home}/results"), "Urine strip")
    assert [cells[:2] for cells in page.rows("Urine strip: 2 tests")[1:]] == [["Density", "1.02"], ["pH", "6"]]


async def test_scans_are_not_found_here(lab, vera):
    assert (await vera.get(address(lab, await lab.report("X-ray", category="imaging", conclusion="Clear.")))).status == 404


async def test_what_may_not_be_seen_is_not_found_in_any_form(lab, vera, another_client):
    another_client.cookies.set("s", (await lab.person("Otto", "helper", ("results",))).cookie)
    held = await lab.report("Held", released_at=None, conclusion="x")
    withdrawn = await lab.report("Gone", withdrawn_at=lab.now, conclusion="x")
    sensitive = await lab.report("Sensitive", sensitive=True, conclusion="x")
    private = await lab.report("Private", conclusion="x")
    await lab.only_me(private)
    for form in ("", ".pdf", ".txt"):
        assert [(await vera.get(address(lab, row, form))).status for row in (held, withdrawn)] == [404, 404]
        assert [(await another_client.get(address(lab, row, form))).status for row in (sensitive, private)] == [404, 404]
    assert (await vera.get(address(lab, sensitive))).status == 200


async def test_a_hidden_test_is_left_out_of_a_report_and_not_counted(lab, vera, another_client):
    another_client.cookies.set("s", (await lab.person("Otto", "helper", ("results",))).cookie)
    hidden = await lab.test("HIV", said("Negative"), sensitive=True)
    row = await lab.report("Panel", await lab.test("A", "1", "g"), await lab.test("B", "2", "g"), hidden)
    assert len((await vera.get(address(lab, row))).rows()) == 4
    page = await another_client.get(address(lab, row))
    assert len(page.rows()) == 3 and "HIV" not in page.html and "2 tests" in page.main


async def test_another_record_does_not_open_it(lab, vera):
    other = await Lab.open(lab.house, lab.now, "Some One")
    row = await other.report("Theirs", conclusion="x")
    assert (await vera.get(f"{lab.home}/results/{row.ref}")).status == 404
    assert (await vera.get(f"{lab.home}/results/{new_ref()}")).status == 404
    assert (await vera.get(f"{lab.home}/results/{row.ref}.exe")).status == 404


async def test_page_pdf_and_text_say_the_same(lab, vera):
    tests = [await lab.test("HGB", "11.8", "g/dL", loinc="718-7", low="12.0", high="15.5"),
             await lab.test("PLT", "251", "10*3/uL", loinc="777-3", low="150", high="400")]  # fmt: skip
    row = await lab.report("CBC panel", *tests, loinc="58410-2", conclusion="Iron is low.", performer="Riverbend Laboratory")
    page, text = await vera.get(address(lab, row)), await vera.get(address(lab, row, ".txt"))
    for size in ("", "?print=18", "?print=24"):
        pdf = await vera.get(address(lab, row, ".pdf") + size)
        assert pdf_problems(pdf.content) == []
        # A large unit may break after its slash, where pdfinfo then puts a space.
        spoken = Document(pdf.content).spoken.replace("\N{NO-BREAK SPACE}", " ").replace("/ ", "/")
        for fact in ("Blood count (CBC)", "CBC panel", "Hemoglobin", "11.8 g/dL", "12.0 to 15.5", "Below the usual range",
                     "251 thousand/µL", "150 to 400", "Iron is low.", "Riverbend Laboratory"):  # fmt: skip
            assert fact in page.main and fact in spoken and fact in text.text, (size, fact, spoken)
    assert len(pdf.content) <= 40_000


async def test_looking_at_a_report_is_written_down(lab, vera):
    row = await lab.report("Letter", conclusion="x")
    await vera.get(address(lab, row))
    entries = await lab.house.database.rows("SELECT objects FROM audit_event WHERE subject = ?", lab.record.id)
    assert [one["objects"] for one in entries] == [f"DiagnosticReport:{row.id.hex[-12:][:8]}"]
