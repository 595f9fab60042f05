"""The list of visits: which, in which order, in which words, for whom, page by page, and as documents."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from tests.support.pdf import Document, pdf_problems
from tests.support.visiting import summary, visit


async def helping(lab, browser, *scopes: str):
    browser.cookies.set("s", (await lab.person("Otto Lind", "helper", scopes)).cookie)
    return browser


async def test_an_empty_record_says_so(lab, vera):
    page = await vera.get(f"{lab.home}/visits")
    assert "There are no visits here yet." in page.main
    assert "Take these with you" not in page.main


async def test_a_visit_says_what_for_when_with_whom_and_where(lab, vera):
    await visit(lab, "Office visit", why=("Felt tired",), who=("Dr. Lena Okafor", "Sam Whitfield"), place="Room 4",
                sent=("2026-04-03T09:00:00-05:00", "2026-04-03T09:30:00-05:00"))
    page = await vera.get(f"{lab.home}/visits")
    assert "1 visit." in page.main
    assert "Felt tired April 3, 2026. Office visit. With Dr. Lena Okafor and Sam Whitfield. Room 4" in page.main


async def test_the_newest_visit_comes_first_under_its_year(lab, vera):
    for day in ("2024-02-01", "2026-03-01", "2026-01-05"):
        await visit(lab, f"Visit of {day}", sent=(day, day))
    page = await vera.get(f"{lab.home}/visits")
    found = re.findall(r"Visit of (\S+)", page.main)
    assert found == ["2026-03-01", "2026-01-05", "2024-02-01"]
    assert page.main.index("2026 Visit of 2026-03-01") < page.main.index("2024 Visit of 2024-02-01")


async def test_what_is_planned_cancelled_or_open_is_said(lab, vera):
    await visit(lab, "Planned one", status="planned", sent=("2030-01-02", "2030-01-02"))
    await visit(lab, "Cancelled one", status="cancelled")
    await visit(lab, "Stay", status="in-progress", sent=("2026-05-01T08:00:00Z", ""))
    page = await vera.get(f"{lab.home}/visits")
    assert "Planned one Planned" in page.main
    assert "Cancelled one Called off" in page.main
    assert "Stay Going on now Since May 1, 2026." in page.main


async def test_a_visit_without_end_or_date_stands_all_the_same(lab, vera):
    await visit(lab, "No end", sent=("2026-02-02", ""))
    await visit(lab, "No date", sent=("", ""))
    page = await vera.get(f"{lab.home}/visits")
    assert "No end February 2, 2026." in page.main
    assert "Date not known No date Date not known." in page.main
    assert page.main.index("No end") < page.main.index("No date")


async def test_a_written_summary_is_announced(lab, vera):
    one = await visit(lab, "With summary")
    await visit(lab, "Without summary")
    await summary(lab, one, {"What to do next": "Rest."})
    page = await vera.get(f"{lab.home}/visits")
    assert len(re.findall("Has a written summary", page.main)) == 1
    assert "With summary" in page.main.split("Has a written summary")[0].splitlines()[-1]


async def test_pages_hold_25_and_every_visit_stands_on_exactly_one(lab, vera):
    for number in range(55):
        await visit(lab, f"Visit {number:02}", days=3 + number * 20)
    page = await vera.get(f"{lab.home}/visits")
    assert "55 visits, newest first. This page shows 1 to 25." in page.main
    seen, sizes = [], []
    while True:
        names = re.findall(r"Visit (\d\d)", page.main)
        seen += names
        sizes.append(len(names))
        if "Older visits" not in page.main:
            break
        page = await vera.get(page.link("Older visits"))
    assert sizes == [25, 25, 5]
    assert seen == [f"{number:02}" for number in range(55)]
    page = await vera.follow(page, "Newer visits")
    assert "This page shows 26 to 50." in page.main
    page = await vera.follow(page, "Newer visits")
    assert "This page shows 1 to 25." in page.main and "Newer visits" not in page.main


async def test_a_long_list_can_be_cut_to_one_year(lab, vera):
    for number in range(30):
        await visit(lab, f"Visit {number:02}", sent=(f"{2026 if number < 10 else 2024}-01-{number % 10 + 1:02}", ""))
    page = await vera.get(f"{lab.home}/visits")
    page = await vera.follow(page, "2024")
    assert "20 visits in 2024, newest first." in page.main
    assert len(re.findall(r"Visit \d\d", page.main)) == 20
    assert (await vera.get(page.link("All years"))).url == f"{lab.home}/visits"
    assert "There are no visits in 1999." in (await vera.get(f"{lab.home}/visits?year=1999")).main


async def test_a_short_list_offers_no_years(lab, vera):
    await visit(lab)
    assert "All years" not in (await vera.get(f"{lab.home}/visits?year=20x6")).main


async def test_what_is_withdrawn_or_not_released_is_neither_shown_nor_counted(lab, vera):
    await visit(lab, "Shown")
    await visit(lab, "Withdrawn", withdrawn_at=lab.now)
    await visit(lab, "Held", released_at=None)
    await visit(lab, "Later", released_at=lab.now + timedelta(hours=1))
    page = await vera.get(f"{lab.home}/visits")
    assert "1 visit." in page.main
    assert not re.search("Withdrawn|Held|Later", page.main)


async def test_a_helper_does_not_see_what_is_sensitive_or_marked_only_me(lab, vera, another_client):
    await visit(lab, "Shared")
    await visit(lab, "Sensitive", sensitive=True)
    await lab.only_me(await visit(lab, "Private"))
    assert "3 visits" in (await vera.get(f"{lab.home}/visits")).main
    page = await (await helping(lab, another_client, "visits")).get(f"{lab.home}/visits")
    assert "1 visit." in page.main and page.h1 == "Vera Lind’s record: Visits"
    assert not re.search("Sensitive|Private", page.main)


async def test_a_helper_without_visits_is_told_so_and_a_stranger_nothing(lab, another_client, person):
    await visit(lab)
    assert (await (await helping(lab, another_client, "results")).get(f"{lab.home}/visits")).status == 403
    assert (await (await person("stranger")).get(f"{lab.home}/visits")).status == 404


async def test_what_was_shown_is_written_down(lab, vera):
    one = await visit(lab)
    await vera.get(f"{lab.home}/visits")
    rows = await lab.house.database.rows(
        "SELECT objects, shown FROM audit_event WHERE subject = ? AND action = 'visits.see'", lab.record.id
    )
    assert [row["shown"] for row in rows] == [1]
    assert rows[0]["objects"] == f"Encounter:{str(one.id).replace('-', '')[-12:][:8]}"


async def test_the_list_is_the_same_on_paper_and_as_text(lab, vera):
    for number in range(28):
        await visit(lab, f"Visit {number:02}", days=3 + number, who=("Dr. Lena Okafor",))
    text = await vera.get(f"{lab.home}/visits.txt")
    assert re.findall(r"Visit (\d\d)", text.html) == [f"{number:02}" for number in range(28)]
    assert max(map(len, text.html.splitlines())) <= 76
    paper = await vera.get(f"{lab.home}/visits.pdf")
    assert pdf_problems(paper.content) == []
    assert re.findall(r"Visit (\d\d)", Document(paper.content).text) == [f"{number:02}" for number in range(28)]


async def test_the_cast_reads_its_own_visits(person, cast):
    maria = await person("self")
    page = await maria.get(f"/records/{cast['self'].record}/visits")
    assert "newest first" in page.main and page.weight <= 8_000
    rosa = await person("helper-revoked")
    assert "There are no visits here yet." in (await rosa.get(f"/records/{cast['helper-revoked'].record}/visits")).main
