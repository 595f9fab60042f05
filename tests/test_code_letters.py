"""Codes on paper: the letter that the desk hands over, the one that goes by post, and what ends when another is made."""

import asyncio
import io
import re
from datetime import UTC, datetime, timedelta

import pikepdf
import pytest

from identity.activation import write_code
from tables.base import new_id, new_ref
from tests.support.client import client_of
from tests.support.logins import PASSWORD, a_record, house_on
from tests.support.pdf import Document, pdf_problems
from tests.test_registration_pages import app_of

pytestmark = pytest.mark.in_turns

BORN = {"born_month": "3", "born_day": "9", "born_year": "1984"}
CODE = re.compile(r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}\b")


async def nora_in(house, address="3 Mill Lane, Riverbend", **more):
    now = datetime.now(UTC)
    chart = await a_record(house_on(house.database, now), now, name="Nora Quist", number="MRN-77", **more)
    await house.database.rows("UPDATE record SET address = ? WHERE id = ?", address, chart.id)
    return chart


@pytest.fixture
async def nora(house):
    """A patient of the demo clinic who has no login yet."""
    return await nora_in(house)


@pytest.fixture
async def desk(person):
    return await person("frontdesk")


async def posted(desk, nora):
    """The page of the letter that waits for her."""
    await desk.submit(await desk.get(f"/staff/records/{nora.ref}/code"), "Send a letter by post")
    return await desk.follow(await desk.get("/staff/letters"), "Nora Quist")


async def opened_letter(desk, page):
    page = await desk.submit(page, "/code")
    return page, CODE.search(page.main).group()


async def forced(somebody, path, **fields):
    """A form that no page offered."""
    csrf = re.search(r'name="csrf" value="([^"]+)"', (await somebody.get("/help")).html).group(1)
    return await somebody.post(path, {"csrf": csrf, **fields})


async def works(app, code):
    """Whether a stranger's browser gets to the second step with it."""
    async with client_of(app) as somebody:
        return await works_here(somebody, code)


async def works_here(somebody, code):
    page = await somebody.submit(await somebody.get("/register"), 0, code=code, **BORN)
    return page.h1.startswith("Step 2 of 4")


async def standing(house):
    rows = await house.database.rows(
        "SELECT channel, hash, issued_at, ends_at FROM capability WHERE purpose = 'activation' AND revoked_at IS NULL ORDER BY id"
    )
    return rows


async def made(desk, nora):
    return await desk.submit(await desk.get(f"/staff/records/{nora.ref}/code"), "Make a code")


@pytest.mark.in_turns
@pytest.mark.parametrize(("link", "sheets"), [("Letter as PDF", 1), ("Letter in large print", 2), ("Letter in very large print", 3)])
async def test_the_desk_s_letter_says_on_paper_what_the_screen_says(desk, nora, link, sheets):
    page = await made(desk, nora)
    paper = await desk.get(page.link(link))
    document = Document(paper.content)
    spoken = document.spoken.replace("\xa0", " ")
    code = CODE.search(page.main).group()
    assert pdf_problems(paper.content) == [] and len(paper.content) < 40_000
    assert spoken.count(code) == 1 and " ".join(code).replace(" - ", ", ") in spoken
    for words in ("Nora Quist, this is your code:", "Enter the code and your birth date.", "http://localhost:8000/register", "The code works once, until"):
        assert words.replace(" ", "") in spoken.replace(" ", "") and words in page.main, words
    assert "Nora Quist 3 Mill Lane Riverbend" in spoken and document.tags.count("LI") >= 3 and document.pages == sheets
    assert 'stroke="#000"' in page.html and 'fill="#fff"' in page.html, "the same in the dark"
    assert pictures(paper.content) == ["A picture for the camera of a phone. It leads to http://localhost:8000/register"]


def pictures(content: bytes) -> list[str]:
    """What each picture of a document is said to show."""
    with pikepdf.open(io.BytesIO(content)) as opened:
        return [str(one.Alt) for one in opened.objects if isinstance(one, pikepdf.Dictionary) and one.get("/S") == "/Figure"]



# By post


async def test_a_posted_code_is_made_when_its_letter_is_opened_and_works_for_three_weeks(app, desk, nora, house):
    page = await posted(desk, nora)
    assert await standing(house) == [] and "3 Mill Lane, Riverbend" in page.main and "The code is made when you open" in page.main
    letter, code = await opened_letter(desk, page)
    (one,) = await standing(house)
    assert one["channel"] == "post" and one["ends_at"] - one["issued_at"] == timedelta(days=21)
    paper = await desk.get(letter.link("Letter as PDF"))
    assert pdf_problems(paper.content) == [] and code in Document(paper.content).spoken
    assert "Nora Quist 3 Mill Lane Riverbend" in Document(paper.content).spoken and await works(app, code)


async def test_the_letter_waits_until_it_is_said_to_be_printed(desk, nora, house):
    page = await posted(desk, nora)
    assert "It is printed" not in page.html
    await opened_letter(desk, page)
    page = await desk.follow(await desk.get("/staff/letters"), "Nora Quist")
    done = await desk.submit(page, "It is printed")
    assert "written down as printed" in done.main and "Nora Quist" not in done.main
    assert "By post, printed on" in (await desk.get(f"/staff/records/{nora.ref}/code")).main


async def test_a_letter_printed_again_has_another_code_and_the_one_before_is_dead(app, desk, nora, house):
    page = await posted(desk, nora)
    first, before = await opened_letter(desk, page)
    again = await desk.follow(await desk.get("/staff/letters"), "Nora Quist")
    assert "the one before stops working" in again.main
    _page, code = await opened_letter(desk, again)
    assert before != code and not await works(app, before) and await works(app, code)
    assert (await desk.get(first.url)).status == 404 and (await desk.get(first.link("Letter as PDF"))).status == 404
    rows = await house.database.rows("SELECT action, subject FROM audit_event WHERE action LIKE 'code.%print' ORDER BY id")
    assert [row["action"] for row in rows] == ["code.print", "code.reprint"] and {row["subject"] for row in rows} == {nora.id}


async def test_of_two_who_open_it_at_once_one_has_a_code_that_works(app, desk, nora, house):
    page = await posted(desk, nora)
    pages = [page, *[await desk.get(page.url) for _ in range(3)]]
    answers = await asyncio.gather(*(desk.send(one, "/code") for one in pages))
    assert all(one.status == 303 for one in answers) and len(await standing(house)) == 1
    rows = await house.database.rows("SELECT action FROM audit_event WHERE action LIKE 'code.%print'")
    assert sorted(row["action"] for row in rows) == ["code.print"] + ["code.reprint"] * 3


async def test_a_letter_is_opened_five_times_a_day(desk, nora, house):
    page = await posted(desk, nora)
    for _ in range(5):
        await opened_letter(desk, await desk.get(page.url))
    refused = await desk.submit(await desk.get(page.url), "/code")
    assert refused.status == 422 and "five times today" in refused.main and len(await standing(house)) == 1


async def test_without_an_address_on_file_nothing_can_be_posted(desk, house):
    nora = await nora_in(house, address="")
    page = await desk.get(f"/staff/records/{nora.ref}/code")
    assert "There is no address on file" in page.main and "/posting" not in page.html
    refused = await forced(desk, f"/staff/records/{nora.ref}/code/posting")
    assert refused.status == 422 and await house.database.rows("SELECT id FROM outbox WHERE record = ?", nora.id) == []


async def test_nothing_is_posted_to_the_house_of_somebody_younger_than_18(desk, house):
    nora = await nora_in(house, born=f"{datetime.now(UTC).year - 15}-01-01")
    page = await desk.get(f"/staff/records/{nora.ref}/code")
    assert "younger than 18" in page.main and "/posting" not in page.html and "Make a code" in page.html
    assert (await forced(desk, f"/staff/records/{nora.ref}/code/posting")).status == 422


async def test_a_letter_asked_for_twice_waits_once(desk, nora, house):
    await posted(desk, nora)
    await posted(desk, nora)
    assert len(await house.database.rows("SELECT id FROM outbox WHERE record = ?", nora.id)) == 1
    assert "A letter waits to be printed" in (await desk.get(f"/staff/records/{nora.ref}/code")).main


@pytest.mark.parametrize("change", ["state = 'blocked'", "deceased_text = '2026-05-01'"])
async def test_the_letter_of_a_chart_that_was_closed_since_gets_no_code_and_goes_off_the_list(desk, nora, house, change):
    page = await posted(desk, nora)
    await house.database.rows(f"UPDATE record SET {change} WHERE id = ?", nora.id)
    refused = await desk.submit(page, "/code")
    assert refused.status == 422 and "No code can be made any more" in refused.main and await standing(house) == []
    await desk.submit(refused, "Take it off the list")
    assert "Nora Quist" not in (await desk.get("/staff/letters")).main
    assert (await house.database.rows("SELECT state FROM outbox WHERE record = ?", nora.id))[0]["state"] == "dropped"


async def test_letters_of_another_site_are_not_there(desk, nora, house):
    page = await posted(desk, nora)
    other = new_id()
    async with house.database.transaction():
        await house.database.rows(
            "INSERT INTO clinic_site (id, ref, name, zone, phone, address, active) VALUES (?, ?, 'Hill', 'UTC', '', '', ?)",
            other, new_ref(), False,
        )
        await house.database.rows("UPDATE record SET site = ? WHERE id = ?", other, nora.id)
    assert "Nora Quist" not in (await desk.get("/staff/letters")).main
    at = f"/staff/records/{nora.ref}"
    assert [(await desk.get(one)).status for one in (page.url, f"{at}/code", f"{at}/code.pdf")] == [404] * 3
    for path in ("code/posting", "code/withdrawal", "code/desk-only", "code/any-way"):
        assert (await forced(desk, f"{at}/{path}")).status in (404, 422), path
    assert (await desk.send(page, "/code")).status == 303 and await standing(house) == []


# Taken back, and by hand alone


async def test_codes_are_listed_with_their_way_and_taken_back_together(app, desk, nora, house):
    _page, by_post = await opened_letter(desk, await posted(desk, nora))
    at = f"/staff/records/{nora.ref}/code"
    assert re.search(r"By post, printed on .* by Grace Kim. It works until", (await desk.get(at)).main)
    by_hand = CODE.search((await made(desk, nora)).main).group()
    page = await desk.get(at)
    assert "Handed over, made on" in page.main and "By post, printed on" not in page.main, "a code in the hand ends the others"
    assert not await works(app, by_post) and await works(app, by_hand)
    page = await desk.submit(page, "Take all codes back")
    assert "All codes are taken back" in page.main and "No login, and no code." in page.main and not await works(app, by_hand)
    rows = await house.database.rows("SELECT subject FROM audit_event WHERE action = 'code.withdraw'")
    assert [row["subject"] for row in rows] == [nora.id]


async def test_taking_back_ends_a_login_that_was_begun_and_a_letter_that_waits(client, desk, nora, house):
    await posted(desk, nora)
    code = CODE.search((await made(desk, nora)).main).group()
    assert "Nora Quist" not in (await desk.get("/staff/letters")).main, "whoever holds a code needs no letter"
    page = await client.submit(await client.get("/register"), 0, code=code, **BORN)
    page = await client.submit(page, 0, username="nora", password=PASSWORD)
    assert page.url == "/register/authenticator"
    seen = await desk.get(f"/staff/records/{nora.ref}/code")
    assert "A login was begun, and is not finished." in seen.main
    await desk.submit(seen, "Take all codes back")
    rows = await house.database.rows("SELECT state, username_key FROM account WHERE username = 'nora'")
    assert rows[0]["state"] == "disabled" and rows[0]["username_key"] != "nora"


async def test_by_hand_alone_ends_what_was_posted_and_offers_no_post(app, desk, nora, house):
    letter, code = await opened_letter(desk, await posted(desk, nora))
    page = await desk.submit(await desk.get(f"/staff/records/{nora.ref}/code"), "Only hand codes over at the desk")
    assert "codes are handed over at the desk alone" in page.main and "/posting" not in page.html
    assert not await works(app, code) and (await desk.get(letter.url)).status == 404
    waiting = await desk.follow(await desk.get("/staff/letters"), "Nora Quist")
    assert "No code can be made any more" in waiting.main and "Take it off the list" not in waiting.main
    page = await desk.submit(await desk.get(f"/staff/records/{nora.ref}/code"), "Allow post and email again")
    assert "Codes may go by post and email again." in page.main and "Send a letter by post" in page.html
    rows = await house.database.rows("SELECT action FROM audit_event WHERE action IN ('code.keep', 'code.free') ORDER BY id")
    assert [row["action"] for row in rows] == ["code.keep", "code.free"]


async def test_what_was_said_of_a_chart_holds_for_the_one_that_it_was_merged_into(desk, nora, house):
    now = datetime.now(UTC)
    old = await a_record(house_on(house.database, now), now, name="N. Quist", number="MRN-76", state="merged")
    await house.database.rows("UPDATE record SET desk_only = ?, merged_into = ? WHERE id = ?", True, nora.id, old.id)
    page = await desk.get(f"/staff/records/{nora.ref}/code")
    assert "Allow post and email again" in page.html and "/posting" not in page.html
    assert (await forced(desk, f"/staff/records/{nora.ref}/code/posting")).status == 422
    page = await desk.submit(page, "Allow post and email again")
    assert "Send a letter by post" in page.html


async def test_once_a_login_is_made_no_other_code_of_that_chart_works_ever_again(client, desk, nora, house):
    """Also if that login ends one day."""
    letter, posted_code = await opened_letter(desk, await posted(desk, nora))
    by_hand, now = house_on(house.database, datetime.now(UTC)), datetime.now(UTC)
    async with house.database.transaction():
        await write_code(by_hand, nora.id, "AAAA-BBBB-CCCC-DDDD", "email", None, now)
    page = await client.submit(await client.get("/register"), 0, code="AAAA-BBBB-CCCC-DDDD", **BORN)
    page = await client.submit(page, 0, username="nora", password=PASSWORD)
    page = await client.submit(page, 0, code=app_of(page).now())
    assert page.url == "/register/codes" and [row["channel"] for row in await standing(house)] == ["email"], "the one that was used"
    rows = await house.database.rows("SELECT state FROM outbox WHERE record = ?", nora.id)
    assert [row["state"] for row in rows] == ["dropped"] and (await desk.get(letter.url)).status == 404
    await house.database.rows("UPDATE share SET revoked_at = ? WHERE record = ?", now, nora.id)
    assert posted_code and not await works_here(client, posted_code)


async def test_of_taking_back_and_making_a_login_at_one_moment_one_happens(app, client, desk, nora, house):
    code = CODE.search((await made(desk, nora)).main).group()
    page = await client.submit(await client.get("/register"), 0, code=code, **BORN)
    seen = await desk.get(f"/staff/records/{nora.ref}/code")
    login, _back = await asyncio.gather(client.send(page, 0, username="nora", password=PASSWORD), desk.send(seen, "/withdrawal"))
    rows = await house.database.rows("SELECT state FROM account WHERE username = 'nora'")
    assert login.status in (303, 404) and [row["state"] for row in rows] in ([], ["disabled"])
    assert await standing(house) == [] and not await works(app, code)


async def test_a_posted_code_used_by_two_at_once_makes_one_login(app, desk, nora, house):
    _letter, code = await opened_letter(desk, await posted(desk, nora))
    async with client_of(app) as one, client_of(app) as other:
        pages = [await somebody.submit(await somebody.get("/register"), 0, code=code, **BORN) for somebody in (one, other)]
        answers = await asyncio.gather(
            one.send(pages[0], 0, username="nora.one", password=PASSWORD), other.send(pages[1], 0, username="nora.two", password=PASSWORD)
        )
    assert sorted(answer.status for answer in answers) == [303, 404]
    assert len(await house.database.rows("SELECT id FROM account WHERE username LIKE 'nora.%'")) == 1


async def test_nobody_but_the_front_desk_does_any_of_this(person, desk, nora):
    page = await posted(desk, nora)
    at = f"/staff/records/{nora.ref}"
    for who in ("clinician", "billing"):
        somebody = await person(who)
        for path in (f"{at}/code/posting", f"{at}/code/withdrawal", f"{at}/code/desk-only", f"{page.url}/code"):
            assert (await forced(somebody, path)).status == 403, (who, path)
