"""What would have been sent, in the demo; and what the front desk prints for whoever has no e-mail."""

import asyncio
import re
from datetime import UTC, datetime, timedelta

import pytest

from pages.letters import address_lines
from tables.base import new_id, new_ref
from tables.queue import enqueue_notice
from tests.support.inviting import invite
from tests.support.pdf import Document, pdf_problems


@pytest.fixture
async def desk(person):
    return await person("frontdesk")


async def waiting(house):
    rows = await house.database.rows("SELECT state FROM outbox WHERE channel = 'print' ORDER BY made_at")
    return [row["state"] for row in rows]


async def told_rosa(house, event="account.password_changed"):
    rows = await house.database.rows("SELECT id FROM account WHERE username = 'rosa.lindgren'")
    async with house.database.transaction():
        await enqueue_notice(house.database, event, rows[0]["id"], "Account", rows[0]["id"], datetime.now(UTC))


async def test_the_demo_shows_what_would_have_been_sent_with_its_link(client, house):
    page = await client.follow(await client.get("/"), "Messages it would have sent")
    assert "Somebody asks for your help at Riverbend Family Clinic" in page.main and "luis.ortega@example.org" in page.main
    page = await client.follow(page, "Open the link of this message")
    assert page.h1 == "You are asked to help somebody" and page.status == 200


async def test_what_a_patient_just_did_is_there_too(person, client, cast, house):
    maria = await person("self")
    sent = await invite(maria, f"/records/{cast['self'].record}/sharing", house)
    page = await client.get("/demo/outbox")
    assert sent.link in page.html and sent.code not in page.html


async def test_a_real_installation_has_no_such_page(client, house, monkeypatch):
    from access import guard

    monkeypatch.setattr(guard, "_house", lambda connection: type("H", (), {"demo": False})())
    assert (await client.get("/demo/outbox")).status == 404


async def test_the_desk_sees_who_waits_since_when_and_no_more(desk):
    page = await desk.get("/staff/letters")
    assert "1 person waits for a letter" in page.main and "Rosa Lindgren" in page.main and "1 letter, since" in page.main
    assert ("Letters to print", "/staff/letters") in page.links


async def test_a_letter_fits_the_window_of_an_envelope(desk):
    page = await desk.follow(await desk.get("/staff/letters"), "Rosa Lindgren")
    assert "3 Ferry Street, Riverbend" in page.main and "One-time codes were made" in page.main
    paper = await desk.get(page.link("Open the letter for printing"))
    assert pdf_problems(paper.content) == []
    spoken = " ".join(Document(paper.content).spoken.split())
    assert "Rosa Lindgren 3 Ferry Street Riverbend" in spoken and "If it was not you, call us" in spoken.replace("\xa0", " ")
    for word, line in (("Rosa", 0), ("Ferry", 1), ("Riverbend", 2)):
        left, top, bottom = placed(paper.content, word)
        assert 20 < left < 127 and 50 < top < bottom < 77, (word, left, top, bottom)


def placed(content: bytes, word: str) -> tuple[float, float, float]:
    """Where the second of that word stands (the first is in the head of the page), in millimetres from left and top."""
    import subprocess
    import tempfile

    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(content)
        file.flush()
        boxes = subprocess.run(["pdftotext", "-bbox", "-l", "1", file.name, "-"], capture_output=True, text=True, check=True).stdout
    found = re.findall(rf'xMin="([\d.]+)" yMin="([\d.]+)" xMax="[\d.]+" yMax="([\d.]+)">{word}<', boxes)
    inside = [tuple(float(one) * 25.4 / 72 for one in box) for box in found]
    return next(box for box in inside if box[1] > 45)


async def test_printed_is_written_down_and_what_came_meanwhile_stays(desk, house):
    page = await desk.follow(await desk.get("/staff/letters"), "Rosa Lindgren")
    await told_rosa(house)
    done = await desk.submit(page, "It is printed")
    assert "written down as printed" in done.main and "1 letter, since" in done.main
    assert await waiting(house) == ["sent", "due"]
    rows = await house.database.rows("SELECT decision, shown FROM audit_event WHERE action = 'letters.print'")
    assert [(row["decision"], row["shown"]) for row in rows] == [("allowed", 1)]
    assert (await desk.submit(page, "It is printed")).url == "/staff/letters?done=printed", "pressed twice, done once"
    assert await waiting(house) == ["sent", "due"]


async def test_two_who_print_the_same_write_it_down_once(desk, house):
    pages = [await desk.get((await desk.get("/staff/letters")).link("Rosa Lindgren")) for _ in range(2)]
    await asyncio.gather(*(desk.send(page, "It is printed") for page in pages))
    assert await waiting(house) == ["sent"]
    assert "No letter waits" in (await desk.get("/staff/letters")).main


async def test_what_is_no_longer_theirs_is_not_printed(desk, house, cast):
    """Rosa's help ended long ago: a new result of Maria's is nothing for her, though a row for it waits."""
    rosa = await house.database.rows("SELECT id, ref FROM account WHERE username = 'rosa.lindgren'")
    result = await house.database.rows("SELECT id FROM diagnostic_report WHERE fhir_id = 'self-ferr-4'")
    async with house.database.transaction():
        await enqueue_notice(house.database, "record.new", rosa[0]["id"], "DiagnosticReport", result[0]["id"], datetime.now(UTC))
    page = await desk.get(f"/staff/letters/{rosa[0]['ref']}")
    assert "You have something new" not in page.main and "One-time codes were made" in page.main
    await desk.submit(page, "It is printed")
    assert await waiting(house) == ["sent", "dropped"]


async def test_people_of_another_site_are_another_desk_s(desk, house):
    other = new_id()
    async with house.database.transaction():
        await house.database.rows(
            "INSERT INTO clinic_site (id, ref, name, zone, phone, address, active) VALUES (?, ?, 'Hill', 'UTC', '', '', ?)",
            other, new_ref(), False,
        )
        await house.database.rows("UPDATE record SET site = ? WHERE name = 'Rosa Lindgren'", other)
    assert "No letter waits" in (await desk.get("/staff/letters")).main


async def test_letters_for_later_do_not_show(desk, house):
    async with house.database.transaction():
        await house.database.rows("UPDATE outbox SET run_at = ? WHERE channel = 'print'", datetime.now(UTC) + timedelta(days=1))
    assert "No letter waits" in (await desk.get("/staff/letters")).main


async def test_nobody_but_the_front_desk_has_letters(person, client):
    ref = (await (await person("frontdesk")).get("/staff/letters")).link("Rosa Lindgren")
    for who, status in (("clinician", 403), ("admin", 403), ("self", 404), ("helper-revoked", 404)):
        somebody = await person(who)
        assert [(await somebody.get(one)).status for one in ("/staff/letters", ref, f"{ref}.pdf")] == [status] * 3
    assert (await client.get(ref)).status == 303


def test_an_address_on_file_becomes_lines_of_an_envelope():
    assert address_lines("14 Orchard Lane, Riverbend") == ("14 Orchard Lane", "Riverbend")
    assert address_lines("Flat 2\n14 Orchard Lane\nRiverbend, IL 60000") == ("Flat 2", "14 Orchard Lane", "Riverbend, IL 60000")
    assert address_lines("") == () and len(address_lines("a\nb\nc\nd\ne")) == 4
