"""What every list of the record does alike: order, headings, count, filter, pages, documents; with medicines."""

from __future__ import annotations

import re
from datetime import datetime

from access.vocabulary import HEALTH, PLACES
from pages import listing_query
from seeds.people import BY_HANDLE
from tables.medicines import MedicationRequest
from tests.support.lab import Lab
from tests.support.pdf import Document, pdf_problems

LISTS = tuple(place.path for place in PLACES if place.group == HEALTH)


async def many(lab: Lab, count: int) -> None:
    for number in range(count):
        await lab.put(MedicationRequest, f"Medicine {number:04}", effective=f"20{number % 20:02}-03-01")


async def test_an_empty_list_says_so_and_offers_no_documents(lab, vera):
    page = await vera.get(f"{lab.home}/medicines")
    assert page.h1 == "Medicines"
    assert "No medicines are written down here." in page.main
    assert "PDF" not in page.main


async def test_the_newest_stands_first_under_its_heading_and_what_has_no_date_last(lab, vera):
    await lab.put(MedicationRequest, "Old now", effective="2019")
    await lab.put(MedicationRequest, "Undated now")
    await lab.put(MedicationRequest, "Newest now", effective="2026-02-01")
    await lab.put(MedicationRequest, "Gone", effective="2026-03-01", status="stopped")
    page = await vera.get(f"{lab.home}/medicines")
    assert re.findall(r"(?<!refill of )(?:Newest now|Old now|Undated now|Gone)", page.main) == ["Newest now", "Old now", "Undated now", "Gone"]
    assert "4 medicines. Now: 3. Before: 1." in page.main
    assert page.main.index("Before Gone") > page.main.index("Undated now")


async def test_pages_follow_each_other_and_back(lab, vera):
    await many(lab, 60)
    first = await vera.get(f"{lab.home}/medicines")
    second = await vera.follow(first, "The next ones (35 more)")
    third = await vera.follow(second, "The next ones (10 more)")
    shown = [re.findall(r"(?<!refill of )Medicine \d{4}", page.main) for page in (first, second, third)]
    assert [len(one) for one in shown] == [25, 25, 10] and len(set(sum(shown, []))) == 60
    assert "This page shows 51 to 60." in third.main
    assert (await vera.follow(third, "The ones before")).main == second.main
    assert (await vera.follow(second, "The ones before")).main == first.main


async def test_a_list_says_the_same_whether_its_rows_are_read_at_once_or_in_two_steps(person, monkeypatch):
    owner, root = await person("self"), f"/records/{BY_HANDLE['self'].record_ref}"
    for path in LISTS:
        at_once = await owner.get(f"{root}/{path}")
        with monkeypatch.context() as planted:
            planted.setattr(listing_query, "AT_ONCE", 0)
            assert (await owner.get(f"{root}/{path}")).main == at_once.main, path


async def test_a_page_that_begins_after_something_withdrawn_is_the_first_page(lab, vera):
    await many(lab, 30)
    first = await vera.get(f"{lab.home}/medicines")
    assert (await vera.get(f"{lab.home}/medicines?after={'A' * 22}")).main == first.main
    assert (await vera.get(f"{lab.home}/medicines?after=../x")).main == first.main


async def test_words_and_headings_narrow_the_list_and_the_count_says_so(lab, vera):
    await many(lab, 30)
    await lab.put(MedicationRequest, "Zinc oxide", status="stopped")
    found = await vera.submit(await vera.get(f"{lab.home}/medicines"), "Show", q="zinc")
    assert "1 medicine. Only those with “zinc” in the name." in found.main
    before = await vera.get(f"{lab.home}/medicines?show=before")
    assert "1 medicine. Only these: Before." in before.main and "Medicine 0001" not in before.main
    nothing = await vera.get(f"{lab.home}/medicines?q=nothing+of+that+name")
    assert "Nothing here fits." in nothing.main
    assert "31 medicines" in (await vera.follow(nothing, "Show all of them")).main


async def test_htmx_gets_the_list_alone_and_says_the_count_unless_a_page_was_turned(lab, vera):
    await many(lab, 30)
    found = await vera.htmx("GET", f"{lab.home}/medicines?q=0003", target="div#listed")
    assert found.said == "1 medicine. Only those with “0003” in the name."
    assert "<h1" not in found.html and found.weight <= 3000
    second = await vera.follow(await vera.get(f"{lab.home}/medicines"), "The next ones")
    for turned in (second.url, second.link("The ones before")):
        assert "status" not in (await vera.htmx("GET", turned, target="div#listed")).tree.by_id


async def test_a_thousand_entries_stay_in_budget_and_a_document_says_what_it_leaves_out(lab, vera):
    await many(lab, 1000)
    page = await vera.get(f"{lab.home}/medicines")
    assert "1,000 medicines" in page.main or "1000 medicines" in page.main
    assert page.weight <= 8000
    text = await vera.get(f"{lab.home}/medicines.txt")
    assert "A document holds 200 entries at most." in " ".join(text.html.split())
    assert len(re.findall(r"Medicine \d{4}", text.html)) == 200


async def test_the_document_and_the_text_say_what_the_page_says(lab, vera):
    await lab.put(MedicationRequest, "Lisinopril 10 mg", effective="2026-02-01", requester="Dr. Lena Okafor", note="With water.")
    page = await vera.get(f"{lab.home}/medicines")
    paper = await vera.get(f"{lab.home}/medicines.pdf")
    assert pdf_problems(paper.content) == []
    text = await vera.get(f"{lab.home}/medicines.txt")
    for fact in ("Lisinopril 10 mg", "Ordered on February 1, 2026 by Dr. Lena Okafor.", "With water."):
        for said in (page.main, Document(paper.content).text, text.text):
            assert fact in " ".join(said.split())


async def test_what_was_only_meant_for_the_owner_is_not_listed_or_counted_for_a_helper(lab, client):
    kept = await lab.put(MedicationRequest, "Kept to herself")
    await lab.put(MedicationRequest, "Labelled", sensitive=True)
    await lab.put(MedicationRequest, "Not out yet", released_at=None)
    await lab.put(MedicationRequest, "Shared")
    await lab.only_me(kept)
    client.cookies.set("s", (await lab.person("Otto Lind", "helper", ("medicines",))).cookie)
    page = await client.get(f"{lab.home}/medicines")
    assert "1 medicine." in page.main and "Shared" in page.main
    assert not re.search("Kept|Labelled|Not out", page.main)
