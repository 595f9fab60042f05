"""Files that a feed sent: by content, as an attachment in a sandbox, for those who may see what they belong to; and
everything that a feed may send instead."""

from __future__ import annotations

import json
import socket
from datetime import datetime

import pytest

from files import sent as files_sent
from pdf import pool
from seeds.papers import pdf, png
from tables.documents import DocumentReference
from tables.feed import RawResource
from tables.imaging import Media
from tables.results import DiagnosticReport
from tests.support.lab import Lab
from tests.support.papers import binary, file, paper
from tests.support.pdf import Document

pytestmark = pytest.mark.in_turns

LETTER = pdf(("Dear Dr. Okafor,", "The heart is well (no change)."))
JPEG = b"\xff\xd8\xff\xe0" + b"x" * 40 + b"\xff\xd9"
CDA = (
    '<?xml version="1.0"?><ClinicalDocument xmlns="urn:hl7-org:v3"><recordTarget>4711</recordTarget><component>'
    "<structuredBody><component><section><title>Allergies</title><text><list><item>Penicillin: rash</item></list></text>"
    "</section></component></structuredBody></component></ClinicalDocument>"
)


def address(lab: Lab, row, place: int = 0) -> str:
    return f"{lab.home}/documents/{row.ref}/files/{place}"


@pytest.mark.parametrize(
    ("content", "kind", "name", "words"),
    [
        (LETTER, "application/pdf", "document.pdf", "PDF"), (png(), "image/png", "picture.png", "picture"),
        (JPEG, "image/jpeg", "picture.jpg", "picture"), ("Grüße".encode(), "text/plain; charset=utf-8", "text.txt", "text"),
    ],
)  # fmt: skip
async def test_a_file_is_saved_in_a_sandbox_under_a_name_of_its_kind(lab, vera, content, kind, name, words):
    row = await paper(lab, DocumentReference, "Letter", file(content, "application/octet-stream", title='A "b"\n../c.exe'))
    page = await vera.get(f"{lab.home}/documents/{row.ref}")
    got = await vera.follow(page, f'A "b" ../c.exe ({words}, 1 KB)')
    assert got.status == 200 and got.content == content and got.url == address(lab, row)
    assert got.headers["content-type"] == kind
    assert got.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert got.headers["content-security-policy"].endswith("; sandbox")
    assert got.headers["x-content-type-options"] == "nosniff" and got.headers["cache-control"] == "no-store"


async def test_a_page_of_ours_is_in_no_sandbox(lab, vera):
    assert "sandbox" not in (await vera.get(f"{lab.home}/documents")).headers["content-security-policy"]


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (file(b"MZ\x90\x00 a program", "application/pdf"), "Files of this kind cannot be opened here."),
        (file(b"%PDF-1.7 cut off", "application/pdf"), "Files of this kind cannot be opened here."),
        (file("!!! no base64 !!!"), "It came to us broken, so it cannot be opened."),
        (file("   "), "It came to us empty."), (file(b""), "It came to us empty."), ({"title": "Only a name"}, "It came to us empty."),
        (file(b"", url="https://elsewhere.example/letter.pdf"), "It is kept at the clinic."),
        (file(b"", url="Binary/never-came"), "It is kept at the clinic."),
        (file(b"", url="file:///etc/passwd"), "It is kept at the clinic."),
    ],
)  # fmt: skip
async def test_what_cannot_be_had_says_why_and_is_no_link(lab, vera, sent, words, monkeypatch):
    """And nobody is asked for it: this process opens no connection."""
    row = await paper(lab, DocumentReference, "Letter", sent)

    def never(*place):
        raise AssertionError(f"asked {place}")

    monkeypatch.setattr(socket.socket, "connect", never)
    page = await vera.get(f"{lab.home}/documents/{row.ref}")
    assert f"{words} Ask us for a copy." in page.main
    assert "/files/" not in page.html
    asked = await vera.get(address(lab, row))
    assert asked.status == 303 and asked.headers["location"] == f"{lab.home}/documents/{row.ref}"


async def test_thirty_megabytes_are_too_large_however_small_they_were_packed(lab, vera):
    row = await paper(lab, DocumentReference, "Letter", file(b"%PDF-1.4" + b"0" * 30_000_000 + b"%%EOF"), file(LETTER))
    page = await vera.get(f"{lab.home}/documents/{row.ref}")
    assert page.main.count("It is too large to open here. Ask us for a copy.") == 2


async def test_a_large_file_beside_a_small_one_leaves_the_small_one(lab, vera, monkeypatch):
    monkeypatch.setattr(files_sent, "LARGEST", 2_000)
    row = await paper(lab, DocumentReference, "Letter", file(b"%PDF-1.4" + b"0" * 3_000 + b"%%EOF"), file(LETTER, title="Small"))
    page = await vera.get(f"{lab.home}/documents/{row.ref}")
    assert "File 1. It is too large to open here." in page.main
    assert (await vera.follow(page, "Small (PDF, 1 KB)")).content == LETTER


async def test_the_version_that_counts_now_is_read(lab, vera):
    row = await paper(lab, DocumentReference, "Letter", file(b"first", "text/html"))
    await RawResource.update({RawResource.current: False}).where(RawResource.fhir_id == row.fhir_id)
    assert (await vera.get(address(lab, row))).status == 303


async def test_a_binary_of_the_same_source_is_followed_by_any_of_its_addresses(lab, vera):
    one = await binary(lab, LETTER)
    base = "https://ehr.example/fhir"
    row = await paper(
        lab, DocumentReference, "Letter", file(b"", url=f"Binary/{one}"), file(b"", url=f"{base}/Binary/{one}/_history/2"),
        file(b"", url=f"urn:uuid:{one}"), file(b"", url=f"https://other.example/fhir/Binary/{one}"),
        context={"base": base},
    )  # fmt: skip
    got = [await vera.get(address(lab, row, place)) for place in range(4)]
    assert [seen.status for seen in got] == [200, 200, 200, 303]
    assert all(seen.content == LETTER for seen in got[:3])


async def test_a_binary_under_the_protection_of_another_chart_is_not_given(lab, vera):
    strange = await binary(lab, LETTER, securityContext={"reference": "Patient/somebody-else"})
    row = await paper(lab, DocumentReference, "Letter", file(b"", url=f"Binary/{strange}"))
    assert "It is kept at the clinic." in (await vera.get(f"{lab.home}/documents/{row.ref}")).main
    assert (await vera.get(address(lab, row))).status == 303


@pytest.mark.parametrize(("guard", "status"), [
    ({"reference": "Patient/somebody-else"}, 303), ({"identifier": {"value": "4711"}}, 303), ("Patient/somebody-else", 303),
    ([{"reference": "Patient/somebody-else"}], 303), ({"reference": ["Patient/{patient}"]}, 303),
    ({"reference": "https://other.example/Patient/{patient}"}, 303), ({"reference": "ExPatient/{patient}"}, 303),
    ({"reference": "Patient/{patient}"}, 200), ({"reference": "https://ehr.example/r4/Patient/{patient}"}, 200), ({}, 200),
])  # fmt: skip
async def test_a_protection_that_is_not_surely_this_charts_keeps_a_file_back(lab, vera, guard, status):
    """Whatever shape it has: an identifier, a list, the same id on another server."""
    patient = (await lab.house.database.rows("SELECT fhir_id FROM record_source WHERE id = ?", lab.source))[0]["fhir_id"]
    sent = json.loads(json.dumps(guard).replace("{patient}", patient))
    guarded = await binary(lab, LETTER, context={"base": "https://ehr.example/r4"}, securityContext=sent)
    row = await paper(lab, DocumentReference, "Letter", file(b"", url=f"Binary/{guarded}"))
    assert (await vera.get(address(lab, row))).status == status


async def test_a_version_that_was_not_filed_lends_its_file_to_nobody(lab, vera):
    """A later version may name another patient, whom this feed has not sent yet: the row is still of the one before."""
    row = await paper(lab, DocumentReference, "Letter", file(b"<p>Of somebody else</p>", "text/html"), file(LETTER))
    await RawResource.update({RawResource.skipped: "its patient is not known in this source"}).where(RawResource.fhir_id == row.fhir_id)
    assert "somebody else" not in (await vera.get(f"{lab.home}/documents/{row.ref}")).main
    assert (await vera.get(address(lab, row, 1))).status == 303


async def test_a_labelled_file_is_for_the_patient_alone(lab, vera, another_client):
    one = await binary(lab, LETTER, meta={"security": [{"code": "PSY"}]})
    row = await paper(lab, DocumentReference, "Letter", file(b"", url=f"Binary/{one}"))
    assert (await vera.get(address(lab, row))).status == 200
    another_client.cookies.set("s", (await lab.person("Otto Lind", "helper", ("documents",))).cookie)
    assert (await another_client.get(address(lab, row))).status == 303
    assert "heart is well" not in (await another_client.get(f"{lab.home}/documents/{row.ref}")).main


async def test_a_file_is_for_those_who_may_see_what_it_belongs_to(lab, vera, another_client):
    kept = await paper(lab, DocumentReference, "Kept", file(LETTER))
    await lab.only_me(kept)
    labelled = await paper(lab, DocumentReference, "Labelled", file(LETTER), sensitive=True)
    held = await paper(lab, DocumentReference, "Held", file(LETTER), released_at=None)
    shared = await paper(lab, DocumentReference, "Shared", file(LETTER))
    assert [(await vera.get(address(lab, row))).status for row in (kept, labelled, held, shared)] == [200, 200, 404, 200]
    another_client.cookies.set("s", (await lab.person("Otto Lind", "helper", ("documents",))).cookie)
    got = [(await another_client.get(address(lab, row))).status for row in (kept, labelled, held, shared)]
    assert got == [404, 404, 404, 200]
    another_client.cookies.set("s", (await lab.person("Ida Lind", "helper", ("results",))).cookie)
    assert (await another_client.get(address(lab, shared))).status == 403


@pytest.mark.parametrize("place", ["1", "99", "100", "-1", "0.pdf", "a", "%2e%2e", "٣"])
async def test_another_place_is_not_found(lab, vera, place):
    row = await paper(lab, DocumentReference, "Letter", file(LETTER))
    assert (await vera.get(f"{lab.home}/documents/{row.ref}/files/{place}")).status == 404


async def test_who_saved_a_file_is_written_down(lab, vera):
    row = await paper(lab, DocumentReference, "Letter", file(LETTER))
    await vera.get(address(lab, row))
    rows = await lab.house.database.rows(
        "SELECT action, objects FROM audit_event WHERE subject = ? ORDER BY seq DESC LIMIT 1", lab.record.id
    )
    assert (rows[0]["action"], rows[0]["objects"]) == ("documents.see", f"DocumentReference:{row.id.hex[-12:-4]}")


async def test_results_and_pictures_have_their_files_too(lab, vera):
    report = await paper(lab, DiagnosticReport, "Letter", file(LETTER, title="Full report"), category="results")
    page = await vera.get(f"{lab.home}/results/{report.ref}")
    assert (await vera.follow(page, "Full report (PDF, 1 KB)")).content == LETTER
    scan = await paper(lab, DiagnosticReport, "X-ray", file(LETTER, title="Report"), category="imaging")
    assert (await vera.get(f"{lab.home}/results/{scan.ref}/files/0")).status == 404
    assert (await vera.get(f"{lab.home}/imaging/{scan.ref}/files/0")).content == LETTER
    picture = await paper(lab, Media, "Mole", file(png(), title="Mole"), status="completed")
    page = await vera.get(f"{lab.home}/imaging/{picture.ref}")
    assert (await vera.follow(page, "Mole (picture, 1 KB)")).content == png()


async def test_as_a_helper_would_see_it_the_links_stay_in_that_view(lab, vera):
    helper = await lab.person("Otto Lind", "helper", ("documents",))
    row = await paper(lab, DocumentReference, "Letter", file(LETTER, title="Scan"))
    page = await vera.get(f"{lab.home}/as/{helper.share}/documents/{row.ref}")
    got = await vera.follow(page, "Scan (PDF, 1 KB)")
    assert got.content == LETTER and f"/as/{helper.share}/" in got.url


async def test_the_words_of_a_pdf_stand_on_the_page_on_paper_and_in_the_text(lab, vera):
    row = await paper(lab, DocumentReference, "Letter", file(LETTER, title="Scan"))
    page = await vera.get(f"{lab.home}/documents/{row.ref}")
    text, sheet = await vera.get(f"{lab.home}/documents/{row.ref}.txt"), await vera.get(f"{lab.home}/documents/{row.ref}.pdf")
    for said in (page.main, text.text, Document(sheet.content).text):
        assert "Dear Dr. Okafor, The heart is well (no change)." in " ".join(said.split())


async def test_a_pdf_without_words_or_broken_says_so(lab, vera):
    broken = b"%PDF-1.4\n" + b"<<" * 5000 + b"\n%%EOF"
    row = await paper(lab, DocumentReference, "Letter", file(pdf(()), title="Blank"), file(broken, title="Broken"))
    page = await vera.get(f"{lab.home}/documents/{row.ref}")
    assert "What is in: Blank This file has no text that can be read out." in page.main
    assert "What is in: Broken The words in this file could not be read out here." in page.main


async def test_a_long_pdf_gives_its_first_part(lab, vera):
    row = await paper(lab, DocumentReference, "Letter", file(pdf([f"line {n} of many words" for n in range(2000)])))
    page = await vera.get(f"{lab.home}/documents/{row.ref}")
    assert "line 399 of many words" in page.main and "line 401" not in page.main
    assert "That is the first part. The file has the rest." in page.main


async def test_markup_is_read_and_never_handed_out(lab, vera):
    page = b"<!DOCTYPE html><h1>Plan</h1><p>Walk <b>daily</b>.</p><script>alert(1)</script>"
    row = await paper(lab, DocumentReference, "Letter", file(page, "text/plain2", title="Plan"), file(CDA.encode(), "text/xml"),
                      file(b"<?xml version='1.0'?><a b='c'/>", "text/xml", title="Nothing"))
    seen = await vera.get(f"{lab.home}/documents/{row.ref}")
    assert "What is in: Plan Plan Walk daily." in seen.main and "alert" not in seen.main
    assert "Allergies Penicillin: rash" in seen.main and "4711" not in seen.main
    assert seen.main.count("What it says stands on this page.") == 2
    assert "Nothing (web page, 1 KB). Files of this kind cannot be opened here." in seen.main
    assert [(await vera.get(address(lab, row, place))).status for place in range(3)] == [303, 303, 303]


async def test_a_page_that_calls_itself_a_picture_is_not_handed_out(lab, vera):
    row = await paper(lab, Media, "Photo", file(b"<html><script>alert(1)</script><p>Hello</p></html>", "image/png"), status="completed")
    assert (await vera.get(f"{lab.home}/imaging/{row.ref}/files/0")).status == 303


async def test_many_files_are_listed_up_to_a_bound(lab, vera):
    row = await paper(lab, DocumentReference, "Letter", *[file(b"word", "text/plain", title=f"Part {n}") for n in range(200)])
    page = await vera.get(f"{lab.home}/documents/{row.ref}")
    assert "Part 29" in page.main and "Part 30" not in page.main
    assert "There are more files. Ask us for a copy." in page.main


async def test_the_lines_of_a_printed_letter_are_paragraphs_again(lab, vera):
    lines = ("Dear Dr. Okafor,", "I saw Mrs. Lind for her yearly check of both eyes, and I found that both", "see well with glasses.",
             "There is nothing to treat now, as far as I can tell from what I have seen.", "Dr. Aiken")
    row = await paper(lab, DocumentReference, "Letter", file(pdf(lines)))
    page = await vera.get(f"{lab.home}/documents/{row.ref}")
    assert "<p>Dear Dr. Okafor,</p>" in page.html and "both see well with glasses.</p>" in page.html


async def test_a_pdf_that_takes_too_long_is_given_up_and_the_next_one_is_read(lab, vera, monkeypatch):
    row = await paper(lab, DocumentReference, "Letter", file(LETTER))
    monkeypatch.setattr(pool, "READING_SECONDS", 1e-6)
    assert "The words in this file could not be read out here." in (await vera.get(f"{lab.home}/documents/{row.ref}")).main
    monkeypatch.undo()
    assert "The heart is well" in (await vera.get(f"{lab.home}/documents/{row.ref}")).main
