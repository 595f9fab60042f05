"""Letters and documents: what each is, from whom, what it says, and which of two counts."""

from __future__ import annotations

import re
from datetime import datetime

from tables.audit import AuditEvent
from tables.documents import DocumentReference
from tests.support.lab import Lab
from tests.support.pdf import Document, pdf_problems
from tests.support.visiting import visit


async def put(lab: Lab, label: str = "Consult note", **columns):
    return await lab.put(DocumentReference, label, **{"status": "current", **columns})


async def test_no_documents_say_so(lab, vera):
    assert "No letters or documents are here." in (await vera.get(f"{lab.home}/documents")).main


async def test_the_list_says_what_it_is_from_whom_and_when(lab, vera):
    await put(lab, title="Letter about your heart", author="Dr. Roth", organization="Heart clinic", effective="2026-02-01",
              attachments=[{"title": "a"}, {"title": "b"}])
    await put(lab, "Referral", effective="2025-11")
    page = await vera.get(f"{lab.home}/documents")
    assert "Letter about your heart Consult note. From Dr. Roth, Heart clinic. 2 files. February 1, 2026" in page.main
    assert page.main.index("Referral November 2025") > page.main.index("Letter about your heart")


async def test_what_is_not_final_replaced_or_corrected_says_so_in_words(lab, vera):
    draft = await put(lab, title="Draft", doc_status="preliminary")
    old = await put(lab, title="Old", status="superseded", doc_status="final")
    fixed = await put(lab, title="Fixed", doc_status="amended")
    page = await vera.get(f"{lab.home}/documents")
    for words in ("Draft Not final", "Old Replaced by a newer one", "Fixed Corrected"):
        assert words in page.main
    assert "This is not final. Whoever wrote it may still change it." in (await vera.get(f"{lab.home}/documents/{draft.ref}")).main
    assert "Do not go by it any more." in (await vera.get(f"{lab.home}/documents/{old.ref}")).main
    assert "This was changed after it was first sent." in (await vera.get(f"{lab.home}/documents/{fixed.ref}")).main


async def test_the_newer_and_the_older_lead_to_each_other(lab, vera):
    old = await put(lab, title="Will", status="superseded", effective="2020")
    new = await put(lab, title="New will", effective="2026", replaces=[{"ref": f"DocumentReference/{old.fhir_id}", "code": "replaces"}])
    await put(lab, title="Note", replaces=[{"ref": f"DocumentReference/{old.fhir_id}", "code": "appends"}])
    page = await vera.get(f"{lab.home}/documents/{old.ref}")
    page = await vera.follow(page, "The newer one: New will, 2026")
    assert page.url == f"{lab.home}/documents/{new.ref}"
    assert page.link("Replaces: Will, 2020") == f"{lab.home}/documents/{old.ref}"


async def test_a_replaced_one_that_may_not_be_seen_is_not_named(lab, client):
    old = await put(lab, title="Hidden will", sensitive=True)
    new = await put(lab, title="New will", replaces=[{"ref": f"DocumentReference/{old.fhir_id}", "code": "replaces"}])
    client.cookies.set("s", (await lab.person("Otto Lind", "helper", ("documents",))).cookie)
    assert "Hidden" not in (await client.get(f"{lab.home}/documents/{new.ref}")).html
    assert (await client.get(f"{lab.home}/documents/{old.ref}")).status == 404


async def test_a_document_says_its_facts_and_its_text_on_screen_paper_and_as_text(lab, vera):
    row = await put(lab, title="Letter", author="Dr. Roth", organization="Heart clinic", category="Letters", about="2026-01",
                    effective="2026-02-01", note="# Findings\n- All well.\n- No change.\n\nGoodbye.")
    page = await vera.get(f"{lab.home}/documents/{row.ref}")
    told = {"Date": "February 1, 2026", "About the time": "January 2026", "Kind": "Consult note", "Filed under": "Letters",
            "From": "Dr. Roth", "Kept by": "Heart clinic"}
    assert all(f"<dt>{term}</dt><dd>{words}</dd>" in page.html.replace("\u00a0", " ") for term, words in told.items())
    assert "<h3>Findings</h3>" in page.html and "<li>All well.</li>" in page.html
    paper, text = await vera.get(f"{lab.home}/documents/{row.ref}.pdf"), await vera.get(f"{lab.home}/documents/{row.ref}.txt")
    assert pdf_problems(paper.content) == []
    for said in (text.text, Document(paper.content).text):
        for words in ("Dr. Roth", "All well.", "Goodbye.", "Heart clinic"):
            assert words in " ".join(said.split())
    assert "\n\nFindings\n\n- All well.\n- No change.\n\nGoodbye.\n" in text.html, "a line of braille ends anywhere; a paragraph must not"


async def test_a_document_with_nothing_in_it_says_where_to_ask(lab, vera):
    row = await put(lab, "", attachments=None)
    assert "A document without a name" in (await vera.get(f"{lab.home}/documents")).main
    page = await vera.get(f"{lab.home}/documents/{row.ref}")
    assert "We have no text and no file of this document here. Ask us for a copy." in page.main


async def test_words_are_looked_for_in_titles_and_authors(lab, vera):
    for number in range(30):
        await put(lab, "Note", title=f"Paper {number:02}", author="Dr. Roth" if number == 7 else "Dr. Okafor")
    assert "1 document." in (await vera.get(f"{lab.home}/documents?q=paper+12")).main
    assert "Paper 07" in (await vera.get(f"{lab.home}/documents?q=roth")).main


async def test_a_visit_is_linked_for_those_who_may_see_visits(lab, vera, another_client):
    seen = await visit(lab, days=5)
    row = await put(lab, title="Letter", encounter=seen.id)
    page = await vera.get(f"{lab.home}/documents/{row.ref}")
    assert page.link("The visit of") == f"{lab.home}/visits/{seen.ref}"
    another_client.cookies.set("s", (await lab.person("Otto Lind", "helper", ("documents",))).cookie)
    assert "/visits/" not in (await another_client.get(f"{lab.home}/documents/{row.ref}")).html


async def test_the_audit_names_the_visit_and_the_other_documents_that_a_page_tells_of(lab, vera):
    old, seen = await put(lab, title="Will"), await visit(lab, days=5)
    row = await put(lab, title="New will", encounter=seen.id, replaces=[{"ref": f"DocumentReference/{old.fhir_id}"}])
    await vera.get(f"{lab.home}/documents/{row.ref}")
    entry = await AuditEvent.select(AuditEvent.shown, AuditEvent.objects).order_by(AuditEvent.id, ascending=False).first()
    assert entry["shown"] == 3 and "Encounter:" in entry["objects"]


async def test_hostile_words_are_only_words(lab, vera):
    bad = "<script>alert(1)</script>" + "A" * 300
    row = await put(lab, bad, title=bad, author="<img src=x>", note="<b>x</b>\n" * 50, category='" onload="x')
    for at in ("documents", f"documents/{row.ref}"):
        page = await vera.get(f"{lab.home}/{at}")
        assert "<script>alert" not in page.html and "<img" not in page.html and "<b>x" not in page.html
    assert (await vera.get(f"{lab.home}/documents/{row.ref}.pdf")).status == 200


async def test_a_thousand_documents_stay_in_budget(lab, vera):
    rows = [await put(lab, title=f"Paper {number:04}", effective=f"20{number % 20:02}-03-01") for number in range(1000)]
    page = await vera.get(f"{lab.home}/documents")
    assert page.weight <= 8000 and len(re.findall(r"Paper \d{4}", page.main)) == 25
    assert (await vera.get(f"{lab.home}/documents/{rows[0].ref}")).status == 200
