"""Scans and X-rays: reports, studies and pictures in one list, and a page for each."""

from __future__ import annotations

import re
from datetime import datetime

import pytest

from tables.imaging import ImagingStudy, Media
from tests.support.lab import Lab
from tests.support.pdf import Document, pdf_problems
from tests.support.visiting import visit

pytestmark = pytest.mark.in_turns


async def report(lab: Lab, label: str = "Chest X-ray", *tests, **columns):
    return await lab.report(label, *tests, **{"category": "imaging", "kind": "imaging", **columns})


async def test_all_three_kinds_stand_in_one_list_newest_first(lab, vera):
    await report(lab, "Report of 2020", sent="2020-01-01", conclusion="Clear.")
    await lab.put(ImagingStudy, "Study of 2022", effective="2022-01-01", status="available")
    await lab.put(Media, "Photo of 2021", effective="2021-01-01", status="completed")
    await lab.report("Blood count", sent="2023-01-01")
    page = await vera.get(f"{lab.home}/imaging")
    assert re.findall(r"\w+ of 20\d\d", page.main) == ["Study of 2022", "Photo of 2021", "Report of 2020"]
    assert "3 scans, pictures and reports." in page.main and "Blood count" not in page.main


async def test_no_scans_say_so(lab, vera):
    assert "No scans or X-rays are written down here." in (await vera.get(f"{lab.home}/imaging")).main


async def test_a_report_begins_with_what_was_found(lab, vera):
    await report(lab, conclusion="No sign of pneumonia. " + "Long words follow here. " * 20, performer="Dr. Ray", sent="2026-02-01")
    page = await vera.get(f"{lab.home}/imaging")
    assert "Chest X-ray No sign of pneumonia. Long words" in page.main and "…" in page.main
    assert "From Dr. Ray. February 1, 2026" in page.main


@pytest.mark.parametrize(
    ("columns", "tag", "remark"),
    [
        ({"status": "preliminary", "conclusion": "Clear."}, "Not final", "This is not final. The clinic may still add to it or change it."),
        ({"status": "registered"}, "Waiting", "The report has not come yet."),
        ({"status": "amended", "conclusion": "Clear."}, "Corrected", "This report was changed after it was first sent."),
        ({"corrected": True, "conclusion": "Clear."}, "Corrected", "This report was changed after it was first sent."),
        ({"status": "cancelled"}, "Not done", ""),
    ],
)
async def test_a_state_that_matters_is_said_in_words(lab, vera, columns, tag, remark):
    row = await report(lab, **columns)
    assert f"Chest X-ray {tag}" in (await vera.get(f"{lab.home}/imaging")).main
    assert remark in (await vera.get(f"{lab.home}/imaging/{row.ref}")).main


async def test_a_report_that_is_final_has_no_tag(lab, vera):
    row = await report(lab, conclusion="Clear.")
    assert 'class="tag' not in (await vera.get(f"{lab.home}/imaging/{row.ref}")).html


async def test_a_report_in_its_own_words_on_screen_paper_and_as_text(lab, vera):
    row = await report(lab, conclusion="Clear.", note="# Lungs\nNo shadow.\n\n# Heart\nNormal size.", performer="Dr. Ray")
    page = await vera.get(f"{lab.home}/imaging/{row.ref}")
    paper, text = await vera.get(f"{lab.home}/imaging/{row.ref}.pdf"), await vera.get(f"{lab.home}/imaging/{row.ref}.txt")
    assert pdf_problems(paper.content) == []
    for said in (page.main, text.text, Document(paper.content).text):
        for words in ("What was found", "Clear.", "No shadow.", "Normal size.", "Dr. Ray"):
            assert words in " ".join(said.split())


async def measured(lab: Lab):
    """A report whose values are all it says: two of one panel, one alone, one of another category, one labelled."""
    hip = [await lab.test("T-score", "-1.62", "T-Score", category="imaging", low="-1", high="1"),
           await lab.test("Density", "0.734", "g/cm2", category="imaging")]  # fmt: skip
    tests = [
        await lab.panel("Left hip", *hip, category="imaging"), await lab.test("Spine", "0.9", "g/cm2", category="imaging"),
        await lab.test("Calcium", "9.4", "mg/dL"), await lab.test("Secret", "7.7", "g/cm2", category="imaging", sensitive=True),
    ]
    return await report(lab, "Bone density", *tests, status="preliminary")


async def test_the_values_of_a_report_stand_on_its_page_each_panel_under_its_name(lab, vera):
    row = await measured(lab)
    page = await vera.get(f"{lab.home}/imaging/{row.ref}")
    paper, text = await vera.get(f"{lab.home}/imaging/{row.ref}.pdf"), await vera.get(f"{lab.home}/imaging/{row.ref}.txt")
    assert pdf_problems(paper.content) == []
    for said in (page.main, text.text, Document(paper.content).text):
        for words in ("Results", "Left hip", "T-score", "1.62", "0.734 g/cm²", "Spine", "0.9 g/cm²", "Calcium", "This is not final."):
            assert words in " ".join(said.replace("\u00a0", " ").split()), words
    assert page.main.count("usual range") == 1
    assert "Below the usual range" in page.main.partition("T-score")[2]
    assert "Not final" in (await vera.get(f"{lab.home}/imaging")).main


async def test_a_helper_reads_of_a_report_what_is_theirs_to_see(lab, client):
    row = await measured(lab)
    helper = await lab.person("Hal Ott", "helper", ("imaging",))
    client.cookies.set("s", helper.cookie)
    page = await client.get(f"{lab.home}/imaging/{row.ref}")
    assert "0.734" in page.main
    assert "Calcium" not in page.main and "Secret" not in page.main


async def test_a_study_says_what_of_which_part_why_and_how_many(lab, vera):
    series = [{"modality": "DX", "body_site": "Chest", "description": "From the front", "pictures": 1},
              {"modality": "DX", "body_site": "Chest", "description": "", "pictures": 3}]
    row = await lab.put(ImagingStudy, "Chest X-ray", status="available", effective="2026-02-01", modality="DX", body_site="Chest",
                        reason="Cough", referrer="Dr. Okafor", place="Riverbend", series_count=2, picture_count=4, series=series)
    page = await vera.get(f"{lab.home}/imaging/{row.ref}")
    told = {"Kind": "X-ray", "Part of the body": "Chest", "Why": "Cough", "Asked for by": "Dr. Okafor", "Where": "Riverbend",
            "Series": "2", "Pictures": "4"}
    assert all(f"<dt>{term}</dt><dd>{words}</dd>" in page.html for term, words in told.items())
    assert "The pictures themselves are kept at the clinic." in page.main
    assert [cells[0] for cells in page.rows("2 series")[1:]] == ["From the front", "Series 2"]


async def test_a_picture_says_who_took_it_and_with_what(lab, vera):
    row = await lab.put(Media, "Mole", status="completed", body_site="Left arm", operator="Dr. Ray", device="Camera", modality="XC",
                        reason="To compare", note="4 mm.")
    page = await vera.get(f"{lab.home}/imaging/{row.ref}")
    told = {"Kind": "Photo", "Part of the body": "Left arm", "Taken by": "Dr. Ray", "Taken with": "Camera", "Why": "To compare"}
    assert all(f"<dt>{term}</dt><dd>{words}</dd>" in page.html for term, words in told.items())
    assert "4 mm." in page.main


async def test_what_has_no_name_is_still_something(lab, vera):
    await lab.put(ImagingStudy, "", status="available")
    await lab.put(Media, "", status="in-progress", modality="US")
    page = await vera.get(f"{lab.home}/imaging")
    assert "Pictures" in page.main and "Ultrasound Going on now" in page.main


async def test_another_ref_a_blood_test_and_a_stranger_find_nothing(lab, vera, another_client):
    blood, scan = await lab.report("Blood count"), await report(lab)
    for ref in (blood.ref, "A" * 22, "../x"):
        assert (await vera.get(f"{lab.home}/imaging/{ref}")).status == 404
    another_client.cookies.set("s", (await lab.person("Otto Lind", "helper", ("results",))).cookie)
    assert (await another_client.get(f"{lab.home}/imaging/{scan.ref}")).status == 403


async def test_what_is_not_for_a_helper_is_not_listed(lab, client):
    await report(lab, "Labelled", sensitive=True)
    await lab.only_me(await lab.put(Media, "Kept", status="completed"))
    await lab.put(ImagingStudy, "Held", status="available", released_at=None)
    await report(lab, "Shared")
    client.cookies.set("s", (await lab.person("Otto Lind", "helper", ("imaging",))).cookie)
    page = await client.get(f"{lab.home}/imaging")
    assert "1 scan, picture or report." in page.main and not re.search("Labelled|Kept|Held", page.main)


async def test_a_visit_and_its_scan_lead_to_each_other(lab, vera):
    seen = await visit(lab, days=5)
    row = await report(lab, conclusion="Clear.", encounter=seen.id)
    page = await vera.get(f"{lab.home}/visits/{seen.ref}")
    page = await vera.follow(page, "Chest X-ray")
    assert page.url == f"{lab.home}/imaging/{row.ref}"
    assert page.link("The visit of") == f"{lab.home}/visits/{seen.ref}"


async def test_hostile_words_are_only_words(lab, vera):
    bad = "<script>alert(1)</script>" + "B" * 300
    row = await report(lab, bad, conclusion=bad, note=bad, performer=bad)
    study = await lab.put(ImagingStudy, bad, status=bad[:40], modality=bad, series=[{"description": bad}] * 3, picture_count=-3)
    for at in ("imaging", f"imaging/{row.ref}", f"imaging/{study.ref}"):
        assert "<script>alert" not in (await vera.get(f"{lab.home}/{at}")).html
    assert (await vera.get(f"{lab.home}/imaging/{study.ref}.pdf")).status == 200


async def test_of_many_series_the_page_shows_the_first(lab, vera):
    row = await lab.put(ImagingStudy, "CT", status="available", series=[{"description": "Slice"}] * 500, series_count=500)
    page = await vera.get(f"{lab.home}/imaging/{row.ref}")
    assert page.main.count("Slice") == 40 and "The first 40 of them are shown." in page.main


async def test_a_note_of_a_visit_has_no_page_to_lead_to(lab, vera):
    seen = await visit(lab, days=5)
    note = await lab.report("Progress note", category="visits", note="Well.", encounter=seen.id)
    page = await vera.get(f"{lab.home}/visits/{seen.ref}")
    assert "Well." in page.main and note.ref not in page.html
