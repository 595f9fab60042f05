"""The health summary and the emergency card: what is true now, one page each, and never a gap that reads as “none”."""

from __future__ import annotations

from datetime import datetime

import pytest

from tables.allergies import AllergyIntolerance
from tables.medicines import MedicationRequest
from tests.support.lab import Lab
from tests.support.pdf import Document, pdf_problems

PAGES = ("summary", "emergency-card")


async def fill(lab: Lab, medicines: int = 1) -> None:
    await lab.put(AllergyIntolerance, "Penicillin", clinical_status="active", verification="confirmed",
                  reactions=[{"text": "Rash", "severity": "severe", "substance": ""}])
    for number in range(medicines):
        await lab.put(MedicationRequest, f"Medicine {number}", effective="2026-01-01")
    await lab.put(MedicationRequest, "Old one", status="stopped")


@pytest.mark.parametrize("path", PAGES)
async def test_it_says_what_is_true_now_in_the_words_of_the_lists(path, lab, vera):
    await fill(lab)
    page = await vera.get(f"{lab.home}/{path}")
    assert "Penicillin: What happens: Rash (severe)." in page.main
    assert "Medicine 0" in page.main and "Old one" not in page.main


@pytest.mark.parametrize("path", PAGES)
async def test_of_an_empty_record_it_says_what_is_not_known(path, lab, vera):
    page = await vera.get(f"{lab.home}/{path}")
    assert "No allergies are written down here. That does not mean that there are none." in page.main
    assert "No medicines are written down here." in page.main


@pytest.mark.parametrize("path", PAGES)
async def test_where_nothing_counts_any_more_it_says_none_now(path, lab, vera):
    await lab.put(MedicationRequest, "Old one", status="stopped")
    assert "Medicines None now." in (await vera.get(f"{lab.home}/{path}")).main


@pytest.mark.parametrize("path", PAGES)
async def test_a_helper_reads_their_part_and_that_something_is_missing(path, lab, client):
    await fill(lab)
    client.cookies.set("s", (await lab.person("Otto Lind", "helper", ("medicines",))).cookie)
    page = await client.get(f"{lab.home}/{path}")
    assert "Medicine 0" in page.main and "Penicillin" not in page.main
    assert "Not everything is here. Not shared with you: Allergies" in page.main


@pytest.mark.parametrize("path", PAGES)
async def test_however_much_there_is_the_paper_is_one_page_and_says_how_many_more(path, lab, vera):
    await fill(lab, 60)
    paper = await vera.get(f"{lab.home}/{path}.pdf")
    document = Document(paper.content)
    assert pdf_problems(paper.content) == []
    assert document.pages == 1
    assert "more in the portal." in document.text
    assert "Old one" not in (await vera.get(f"{lab.home}/{path}.txt")).html
