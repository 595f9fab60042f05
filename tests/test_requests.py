"""Asking the clinic: messages, refills and visits, by the patient and who helps, with the staff's answer."""

from __future__ import annotations

import asyncio
import io
import random
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from pikepdf import Pdf
from PIL import Image

from access.visible import ASKED_ABOUT
from seeds.papers import pdf
from tests.support.arriving import when_her_time_runs_out
from tests.support.html.tree import words
from tests.support.signing_in import sign_in

from tests.support.watching import watched_reads

pytestmark = pytest.mark.in_turns

PDF = pdf(["A letter"])


@pytest.fixture
async def maria(person):
    return await person("self")


UNASKED = {"headers": {"HX-Unasked": "true"}}
"""What our script sends with an update that nobody pressed for."""


def keys_of(page) -> dict[str, str]:
    """What the form for words carries with it."""
    return {field.get("name"): field.get("value") for field in page.tree.all("input") if field.get("name") in ("csrf", "form_key")}


def words_of(seen, id: str) -> str:
    return words(seen.tree.by_id[id])


def home(cast, path: str = "") -> str:
    return f"/records/{cast['self'].record}{path}"


async def write(client, cast, words: str = "May I swim?", topic: str = "health"):
    page = await client.get(home(cast, "/messages/new"))
    return await client.submit(page, "Send", topic=topic, words=words)


async def taken(staff, said: str):
    """The newest item of the queue whose title begins so, after it was taken."""
    queue = await staff.get("/staff/requests")
    item = await staff.get([address for words, address in queue.links if words.startswith(said)][-1])
    return await staff.submit(item, "Take it")


async def test_a_message_says_who_reads_it_and_how_soon_before_it_is_written(maria, cast):
    page = await maria.get(home(cast, "/messages/new"))
    assert "Your health. Your care team reads it. You get an answer within 2 working days." in page.main
    assert "A bill. Our billing office reads it. You get an answer within 3 working days." in page.main


async def test_a_message_is_answered_by_the_team_it_was_for_and_the_patient_reads_it(maria, person, cast):
    sent = await write(maria, cast, "May I swim?")
    assert "We have it." in sent.main and "May I swim?" in sent.main and "Waiting for us" in sent.main
    assert "Sent on" in (await maria.get(home(cast, "/messages"))).main
    clinician = await person("clinician")
    item = await taken(clinician, "Message from Maria Delgado")
    assert "May I swim?" in item.main
    done = await clinician.submit(item, "Send the answer", words="Yes, from Monday on.")
    assert "Your answer is sent." in done.main
    answered = await maria.get(sent.url)
    assert "Yes, from Monday on." in answered.main and "Answered" in answered.main and "Care team: Dr. Lena Okafor" in answered.main


async def test_what_is_written_again_waits_for_somebody_anew(maria, person, cast):
    sent = await write(maria, cast)
    clinician = await person("clinician")
    await clinician.submit(await taken(clinician, "Message from Maria Delgado"), "Send the answer", words="Yes.")
    again = await maria.submit(await maria.get(sent.url), "Send", words="And run?")
    assert "Waiting for us" in again.main
    assert "And run?" in (await taken(clinician, "Message from Maria Delgado")).main


async def test_the_same_message_sent_twice_is_there_once(maria, cast):
    page = await maria.get(home(cast, "/messages/new"))
    answers = [await maria.send(page, "Send", topic="health", words="Only once") for _ in range(2)]
    assert answers[0].headers["location"] == answers[1].headers["location"]
    listed = await maria.get(home(cast, "/messages"))
    assert len([link for link in listed.links if link[0] == "Message: Your health"]) == 1


async def test_twenty_sendings_of_one_form_at_once_make_one_message(maria, cast):
    page = await maria.get(home(cast, "/messages/new"))
    answers = await asyncio.gather(*(maria.send(page, "Send", topic="other", words="All at once") for _ in range(20)))
    assert len({one.headers["location"] for one in answers}) == 1


@pytest.mark.parametrize(("path", "button", "more"), [
    ("messages", "Send", {"topic": "health"}), ("visit-requests", "Ask for this visit", {}),
])  # fmt: skip
async def test_the_same_words_from_a_page_that_was_opened_anew_are_there_once(maria, cast, demo_database, path, button, more):
    """Back brings the words with another key; so does a second tab. What she took back she may ask for again."""
    first, second = [await maria.get(home(cast, f"/{path}/new")) for _ in range(2)]
    sent = await maria.submit(first, button, words="Only once", **more)
    await maria.htmx("POST", home(cast, f"/{path}/draft"), data=keys_of(second) | more | {"words": "Only once"}, **UNASKED)
    again = await maria.submit(second, button, words="Only once", **more)
    assert again.url.partition("?")[0] == sent.url.partition("?")[0] and "You sent this already, on " in again.main
    assert await demo_database.rows("SELECT id FROM draft") == []
    other = await maria.submit(await maria.get(second.url), button, words="Something else", **more)
    assert "You sent this already" not in other.main and other.url.partition("?")[0] != sent.url.partition("?")[0]


async def test_the_same_words_with_a_file_that_was_forgotten_or_to_somebody_else_are_sent(maria, cast):
    page = await maria.get(home(cast, "/messages/new"))
    await maria.submit(page, "Send", topic="health", words="Here it is")
    for answers in ({"topic": "bill"}, {"topic": "health", "file": ("a.pdf", PDF, "application/pdf")}):
        page = await maria.get(home(cast, "/messages/new"))
        assert "We have it." in (await maria.submit(page, "Send", words="Here it is", **answers)).main


async def test_a_visit_that_was_taken_back_may_be_asked_for_again_in_the_same_words(maria, cast):
    page = await maria.get(home(cast, "/visit-requests/new"))
    sent = await maria.submit(page, "Ask for this visit", words="Mornings, please")
    await maria.submit(sent, "Take this back")
    page = await maria.get(home(cast, "/visit-requests/new"))
    assert "We have it." in (await maria.submit(page, "Ask for this visit", words="Mornings, please")).main


async def test_a_reply_sent_from_two_pages_is_there_once_until_somebody_answers(maria, person, cast):
    sent = await write(maria, cast)
    first, second, third = [await maria.get(sent.url) for _ in range(3)]
    await maria.submit(first, "Send", words="Thank you")
    again = await maria.submit(second, "Send", words="Thank you")
    assert "You sent this already, on " in again.main and again.main.count("Thank you") == 1
    clinician = await person("clinician")
    await clinician.submit(await taken(clinician, "Message from Maria Delgado"), "Send the answer", words="Yes.")
    assert "We have it." in (await maria.submit(third, "Send", words="Thank you")).main


async def test_the_same_message_sent_at_once_from_two_pages_is_there_once(maria, cast):
    pages = [await maria.get(home(cast, "/messages/new")) for _ in range(4)]
    answers = await asyncio.gather(*(maria.send(page, "Send", topic="other", words="All at once") for page in pages))
    assert len({one.headers["location"].partition("?")[0] for one in answers}) == 1


@pytest.mark.parametrize(("fields", "said"), [
    ({"words": ""}, "Write what you want to tell us"), ({"topic": "secrets"}, "Choose what it is about"),
    ({"words": "x" * 5001}, "Use 5,000 letters at most"),
])  # fmt: skip
async def test_what_is_missing_is_said_and_what_was_typed_stays(maria, cast, fields, said):
    page = await maria.get(home(cast, "/messages/new"))
    answer = await maria.send(page, "Send", **({"topic": "health", "words": "Kept words"} | fields))
    assert answer.status == 422 and said in answer.main
    assert ("Kept words" in answer.html) == ("words" not in fields)


async def test_a_card_number_is_covered_before_it_is_stored(maria, cast):
    sent = await write(maria, cast, "Take 4111 1111 1111 1111, please. My record is 4111 1111 1111 1112.")
    assert "**** **** **** 1111, please" in sent.main and "4111 1111 1111 1112" in sent.main


async def test_nobody_at_the_clinic_reads_a_message_before_they_have_taken_it(maria, person, cast):
    await write(maria, cast, "Only for my team")
    clinician = await person("clinician")
    queue = await clinician.get("/staff/requests")
    item = await clinician.follow(queue, "Message from Maria Delgado")
    assert "Only for my team" not in queue.html and "Only for my team" not in item.html


async def test_the_queue_says_once_when_something_was_asked(maria, person, cast):
    await maria.submit(await maria.get(home(cast, "/messages/new")), "Send", topic="health", words="My knee hurts")
    queue = await (await person("clinician")).get("/staff/requests")
    assert "Message from Maria Delgado, " in queue.main and "Asked on" not in queue.main and "Due on" in queue.main


async def test_other_duties_never_see_what_is_not_theirs(maria, person, cast):
    await write(maria, cast, "Only for my team")
    clinician = await person("clinician")
    address = (await clinician.follow(await clinician.get("/staff/requests"), "Message from Maria Delgado")).url
    for handle in ("frontdesk", "billing"):
        other = await person(handle)
        assert (await other.get(address)).status == 404
        assert "Your health" not in (await other.get("/staff/requests")).main


async def test_of_two_who_take_the_same_one_has_it(app, cast, maria, person):
    await write(maria, cast)
    clinician = await person("clinician")
    item = await clinician.follow(await clinician.get("/staff/requests"), "Message from Maria Delgado")
    both = [await clinician.get(item.url), await clinician.get(item.url)]
    answers = await asyncio.gather(*(clinician.send(page, "Take it") for page in both))
    assert sorted(one.headers["location"].partition("done=")[2] for one in answers) == ["late", "taken"]


async def test_an_answer_to_what_was_given_back_is_not_sent(maria, person, cast):
    await write(maria, cast)
    clinician = await person("clinician")
    item = await taken(clinician, "Message from Maria Delgado")
    await clinician.submit(item, "Give it back")
    late = await clinician.submit(item, "Send the answer", words="Too late")
    assert "Nothing was sent" in late.main
    assert "Too late" not in (await maria.get(home(cast, "/messages"))).html


async def test_a_refill_is_asked_for_from_the_list_of_medicines_and_once(maria, person, cast):
    page = await maria.follow(await maria.get(home(cast, "/medicines")), "Ask for a refill")
    medicine = page.tree.all("input")
    refs = [one.get("value") for one in medicine if one.get("name") == "subject"]
    stale = await maria.get(page.url)
    sent = await maria.submit(page, "Ask for this refill", subject=refs[0], words="")
    assert "Waiting for us" in sent.main
    again = await maria.send(stale, "Ask for this refill", subject=refs[0], words="")
    assert again.status == 422 and "Choose a medicine" in again.main
    clinician = await person("clinician")
    queue = await clinician.get("/staff/requests")
    item = await clinician.follow(queue, "Refill from Maria Delgado")
    if "Take it" in item.main:
        item = await clinician.submit(item, "Take it")
    assert "Send the answer" in item.main


async def test_each_medicine_says_that_a_refill_can_be_asked_for_or_how_the_one_that_was_stands(maria, person, cast):
    listed = await maria.get(home(cast, "/medicines"))
    name = next(said for said, _address in listed.links if said.startswith("Ask for a refill of ")).removeprefix("Ask for a refill of ")
    page = await maria.follow(listed, f"Ask for a refill of {name}")
    [picked] = [one for one in page.tree.all("input") if one.get("name") == "subject" and one.get("checked") is not None]
    sent = await maria.submit(page, "Ask for this refill")
    listed = await maria.get(home(cast, "/medicines"))
    assert f"Ask for a refill of {name}" not in listed.main
    assert (await maria.follow(listed, "Refill: waiting for us")).h1 == sent.h1 and name in sent.h1
    await taken(await person("clinician"), "Refill from Maria Delgado")
    text = (await maria.get(home(cast, "/medicines.txt"))).text
    assert "Refill: we are working on it" in text and "Ask for a refill" not in text, "plain text leads nowhere"
    form = await maria.get(home(cast, "/refills/new"))
    assert picked.get("value") not in form.html
    assert (await maria.follow(form, f"A refill of {name} was asked for already")).h1 == sent.h1


async def test_a_request_can_be_taken_back_until_it_is_answered(maria, person, cast):
    page = await maria.get(home(cast, "/visit-requests/new"))
    sent = await maria.submit(page, "Ask for this visit", words="Mornings, please")
    stale = await maria.get(sent.url)
    desk = await person("frontdesk")
    await desk.submit(await taken(desk, "Visit asked for from Maria Delgado"), "Send the answer", answer="call", words="")
    late = await maria.submit(stale, "Take this back")
    assert "It was answered before you took it back" in late.main and "Please call us" in late.main
    other = await maria.submit(await maria.get(page.url), "Ask for this visit", words="Another")
    assert "You took it back" in (await maria.submit(other, "Take this back")).main


async def test_a_helper_asks_in_their_own_name_for_somebody_else(person, cast):
    ana = await person("helper-full")
    await write(ana, cast, "She sleeps badly")
    maria = await person("self")
    listed = await maria.get(home(cast, "/messages"))
    assert "by Ana Delgado" in listed.main
    looked = await maria.get(home(cast, "/activity"))
    assert "wrote a message" in looked.main.lower()


async def test_a_helper_for_appointments_finds_no_message_and_no_refill(person, cast):
    joseph = await person("helper-appointments")
    assert (await joseph.get(home(cast, "/messages"))).status == 403
    assert (await joseph.get(home(cast, "/refills/new"))).status == 403
    everything = (await joseph.get(home(cast, "/requests"))).main
    assert "Message" not in everything and "Refill" not in everything and "Visit asked for" in everything


async def test_a_helper_whose_part_was_ended_while_writing_writes_nothing(person, cast, app, demo_database):
    ana = await person("helper-full")
    page = await ana.get(home(cast, "/messages/new"))
    await demo_database.rows(
        "UPDATE share SET revoked_at = ? WHERE account = (SELECT id FROM account WHERE username = ?)",
        datetime.now(UTC), cast["helper-full"].username,
    )
    answer = await ana.send(page, "Send", topic="health", words="Do not lose this")
    assert answer.status in (403, 404)
    maria = await person("self")
    assert "Do not lose this" not in (await maria.get(home(cast, "/messages"))).html


async def test_another_patient_finds_nothing_at_these_addresses(maria, person, cast):
    sent = await write(maria, cast)
    stranger = await person("stranger")
    for address in (sent.url.partition("?")[0], home(cast, "/messages"), home(cast, "/requests")):
        assert (await stranger.get(address)).status == 404
    own = f"/records/{cast['stranger'].record}/messages/{sent.url.rpartition('/')[2].partition('?')[0]}"
    assert (await stranger.get(own)).status == 404


async def test_a_message_of_one_kind_is_no_refill(maria, cast):
    sent = await write(maria, cast)
    ref = sent.url.rpartition("/")[2].partition("?")[0]
    assert (await maria.get(home(cast, f"/refills/{ref}"))).status == 404


async def test_an_answer_is_told_to_who_asked_and_to_the_patient_without_a_word_of_it(person, cast, demo_database):
    ana = await person("helper-full")
    await write(ana, cast, "She sleeps badly")
    clinician = await person("clinician")
    await clinician.submit(await taken(clinician, "Message from Maria Delgado"), "Send the answer", words="Come in on Friday")
    rows = await demo_database.rows("SELECT a.username FROM outbox o JOIN account a ON a.id = o.account WHERE o.event = 'request.answered'")
    assert {row["username"] for row in rows} == {cast["self"].username, cast["helper-full"].username}


async def test_words_are_sealed_where_they_are_kept(maria, cast, demo_database):
    await write(maria, cast, "Unmistakable words")
    rows = await demo_database.rows("SELECT sealed FROM request_step WHERE sealed IS NOT NULL")
    assert rows and not any(b"Unmistakable" in bytes(row["sealed"]) for row in rows)


# Files


def a_picture(kind: str = "JPEG", size=(60, 40), place: bool = True) -> bytes:
    """With a place in it, as a phone writes one."""
    out = io.BytesIO()
    exif = Image.Exif()
    exif.get_ifd(0x8825)[1] = "N"
    exif[0x010F] = "Phone of Maria"
    Image.new("RGB", size, "red").save(out, kind, **({"exif": exif} if place else {}))
    return out.getvalue()


async def send_file(client, cast, content: bytes, name: str = "photo.jpg", kind: str = "image/jpeg"):
    page = await client.get(home(cast, "/messages/new"))
    return await client.submit(page, "Send", topic="health", words="See the picture", file=(name, content, kind))


async def test_a_picture_is_kept_without_the_place_where_it_was_taken(maria, cast):
    sent = await send_file(maria, cast, a_picture())
    file = await maria.get(sent.link("File: picture"))
    assert file.headers["content-type"] == "image/jpeg" and "attachment" in file.headers["content-disposition"]
    assert b"Phone of Maria" not in file.content and not Image.open(io.BytesIO(file.content)).getexif()


async def test_a_file_is_read_by_the_team_that_answers_and_by_nobody_else(maria, person, cast):
    sent = await send_file(maria, cast, PDF, "letter.pdf", "application/pdf")
    address = sent.link("File: PDF")
    clinician = await person("clinician")
    queue = await clinician.get("/staff/requests")
    item = await clinician.get([address for words, address in queue.links if words.startswith("Message from Maria")][-1])
    assert (await clinician.get(item.url + "/files/0")).status == 404
    item = await clinician.submit(item, "Take it")
    with Pdf.open(io.BytesIO((await clinician.get(item.link("File: PDF"))).content)) as read:
        assert b"A letter" in read.pages[0].Contents.read_bytes()
    stranger = await person("stranger")
    assert (await stranger.get(address)).status == 404
    joseph = await person("helper-appointments")
    assert (await joseph.get(address)).status == 403


@pytest.mark.parametrize(("content", "said"), [
    (b"MZ" + b"\0" * 200, "Choose a PDF, a PNG or a JPEG picture"), (b"<script>alert(1)</script>", "Choose a PDF"),
    (b"\xff\xd8\xff" + b"no picture at all" * 9 + b"\xff\xd9", "This file cannot be opened"),
])  # fmt: skip
async def test_a_file_that_lies_about_what_it_is_is_refused_and_the_words_stay(maria, cast, content, said):
    page = await maria.get(home(cast, "/messages/new"))
    answer = await maria.send(page, "Send", topic="health", words="Still here", file=("x.jpg", content, "image/jpeg"))
    assert answer.status == 422 and said in answer.main and "Still here" in answer.html
    assert "Still here" not in (await maria.get(home(cast, "/messages"))).html


async def test_a_picture_that_would_fill_the_memory_is_refused(maria, cast):
    out = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(out, "PNG")
    page = await maria.get(home(cast, "/messages/new"))
    answer = await maria.send(page, "Send", topic="health", words="Bomb", file=("x.png", out.getvalue(), "image/png"))
    assert answer.status == 422 and "This file cannot be opened" in answer.main


async def test_nobody_sends_a_file_before_they_are_signed_in(client, cast):
    answer = await client.request("POST", home(cast, "/messages/new"), data={"words": "x"}, files=[("file", ("x.pdf", PDF, "application/pdf"))])
    assert answer.status in (303, 415) and "Location" not in answer.main


async def test_the_same_file_sent_twice_is_kept_once(maria, cast, demo_database):
    before = (await demo_database.rows("SELECT COUNT(*) AS n FROM stored_file"))[0]["n"]
    page = await maria.get(home(cast, "/messages/new"))
    sending = {"topic": "health", "words": "Once", "file": ("a.pdf", PDF, "application/pdf")}
    first, again = [await maria.send(page, "Send", **sending) for _ in range(2)]
    assert first.headers["location"] == again.headers["location"]
    other = await maria.send(page, "Send", **sending | {"file": ("a.pdf", PDF + b"\n%%EOF", "application/pdf")})
    assert other.status == 422
    assert (await demo_database.rows("SELECT COUNT(*) AS n FROM stored_file"))[0]["n"] == before + 1


# What is new


async def test_an_answer_is_new_until_it_was_opened_by_that_person(maria, person, cast):
    sent = await write(maria, cast)
    clinician = await person("clinician")
    await clinician.submit(await taken(clinician, "Message from Maria Delgado"), "Send the answer", words="Yes.")
    ana = await person("helper-full")
    assert "Message: Your health" in (await maria.get(home(cast))).main.partition("new answer")[2]
    assert "New: Answered" in (await maria.get(home(cast, "/messages"))).main
    await maria.get(sent.url)
    assert "New: Answered" not in (await maria.get(home(cast, "/messages"))).main.partition("Answered or taken back")[0]
    assert "New: Answered" in (await ana.get(home(cast, "/messages"))).main


async def test_whether_an_answer_was_read_is_found_without_reading_every_look(maria, person, cast, monkeypatch, demo_database):
    await write(maria, cast)
    clinician = await person("clinician")
    await clinician.submit(await taken(clinician, "Message from Maria Delgado"), "Send the answer", words="Yes.")
    asked = watched_reads(monkeypatch)
    await maria.get(home(cast))
    [looks] = [one for one in asked if "FROM audit_event" in one.sql]
    plan = await looks.plan(demo_database)
    assert not plan or "INDEX audit_event_requests (actor=? AND subject=? AND at>?)" in plan


async def test_a_helper_for_appointments_hears_of_no_answer_of_another_kind(maria, person, cast):
    await write(maria, cast)
    clinician = await person("clinician")
    await clinician.submit(await taken(clinician, "Message from Maria Delgado"), "Send the answer", words="Yes.")
    joseph = await person("helper-appointments")
    assert "answer" not in (await joseph.get(home(cast))).main.lower()


# Drafts, and what comes while somebody reads


async def test_words_that_are_not_sent_are_kept_for_who_wrote_them_alone(maria, person, cast, demo_database):
    page = await maria.get(home(cast, "/messages/new"))
    kept = await maria.submit(page, "Send", press="Keep as a draft", topic="bill", words="Half a thought")
    assert "Kept as a draft on" in kept.main and "Half a thought" in kept.html
    ana = await person("helper-full")
    assert "Half a thought" not in (await ana.get(home(cast, "/messages/new"))).html
    assert not any(b"Half" in bytes(row["sealed"]) for row in await demo_database.rows("SELECT sealed FROM draft"))
    await maria.submit(await maria.get(page.url), "Send", topic="bill", words="A whole thought")
    assert "thought" not in (await maria.get(page.url)).html


async def test_a_draft_is_said_to_be_saved_each_time_for_the_button_and_once_while_she_writes(maria, cast):
    page = await maria.get(home(cast, "/messages/new"))
    sent = keys_of(page) | {"topic": "bill", "words": "Half"}

    async def saved(more: dict, **asked):
        return await maria.htmx("POST", home(cast, "/messages/draft"), data=sent | more, target="p#kept", **asked)

    first = await saved({}, **UNASKED)
    assert first.said == "Draft saved." and "Kept as a draft on" in first.text
    told = {field.get("name"): field.get("value") for field in first.tree.all("input")}
    assert "status" not in (await saved(told, **UNASKED)).tree.by_id
    assert (await saved(told)).said == "Draft saved." and (await saved(told)).said == "Draft saved."
    assert (await saved(told | {"words": "", "topic": ""})).said == "There is nothing to save yet."


async def test_without_script_a_saved_draft_is_said_and_the_list_tells_that_it_waits(maria, cast):
    page = await maria.get(home(cast, "/messages/new"))
    assert "not sent yet" not in (await maria.get(home(cast, "/messages"))).main
    kept = await maria.submit(page, "Send", press="Keep as a draft", topic="bill", words="Half a thought")
    assert [words(one) for one in kept.tree.elements if one.get("autofocus") is not None] == ["Draft saved. It is not sent yet."]
    listed = await maria.get(home(cast, "/messages"))
    assert "Your draft of" in listed.main and "is not sent yet." in listed.main
    assert "Half a thought" in (await maria.follow(listed, "Go on with your draft")).html
    assert "Your draft of" not in (await maria.get(home(cast, "/refills"))).main


async def test_a_form_with_something_to_mend_still_keeps_drafts(maria, cast):
    page = await maria.get(home(cast, "/messages/new"))
    wrong = await maria.submit(page, "Send", topic="bill", words="")
    assert wrong.status == 422 and any("htmx" in (script.get("src") or "") for script in wrong.tree.all("script"))


async def test_a_draft_that_comes_after_its_form_was_sent_brings_nothing_back(maria, cast, demo_database):
    """Pressing Send leaves the field, which saves a draft; on a bad line that arrives last. A new form keeps drafts again."""
    page = await maria.get(home(cast, "/messages/new"))
    late = keys_of(page) | {"topic": "bill", "words": "Sent long ago"}
    await maria.submit(page, "Send", topic="bill", words="Sent long ago")
    assert (await maria.htmx("POST", home(cast, "/messages/draft"), data=late, target="p#kept", **UNASKED)).status == 204
    assert await demo_database.rows("SELECT id FROM draft") == []
    pressed = await maria.submit(page, "Send", press="Keep as a draft", topic="bill", words="And something new")
    assert pressed.status == 422 and "And something new" in pressed.main
    opened = await maria.get(page.url)
    assert "Sent long ago" not in opened.html
    assert "Kept as a draft" in (await maria.submit(opened, "Send", press="Keep as a draft", topic="bill", words="New")).main


async def test_an_empty_draft_is_no_draft(maria, cast, demo_database):
    page = await maria.get(home(cast, "/visit-requests/new"))
    for words in ("Knee", ""):
        page = await maria.submit(page, "Ask for this visit", press="Keep as a draft", words=words)
    assert "Kept as a draft" not in page.main and await demo_database.rows("SELECT id FROM draft") == []


def news_of(page) -> str:
    """Where the page asks what has come since."""
    return next(one.get("value") for one in page.tree.all("button") if one.get("name") == "look")


async def test_an_answer_comes_into_the_page_that_is_being_read(maria, person, cast):
    sent = await write(maria, cast)
    address = news_of(await maria.get(sent.url))
    assert (await maria.htmx("GET", address, **UNASKED)).status == 204
    clinician = await person("clinician")
    await clinician.submit(await taken(clinician, "Message from Maria Delgado"), "Send the answer", words="On Monday.")
    came = await maria.htmx("GET", address, target="div#thread")
    assert "On Monday." in came.html and came.said == "Dr. Lena Okafor answered." and not came.is_whole
    assert words_of(came, "state") == "Answered", "the top of the page no longer says that she waits"
    whole = await maria.get(address)
    assert "On Monday." in whole.main and "Dr. Lena Okafor answered." in whole.main


async def test_a_page_that_asks_by_itself_after_its_time_is_not_led_away_from_half_a_reply(maria, cast, demo_database):
    """What she has typed would be gone; the page's own watch sends it to be kept. Who presses is led to sign-in."""
    address = news_of(await maria.get((await write(maria, cast)).url))
    await when_her_time_runs_out(demo_database)
    by_itself = await maria.htmx("GET", address, **UNASKED)
    assert by_itself.status == 204 and "hx-redirect" not in by_itself.headers
    pressed = await maria.htmx("GET", address)
    assert pressed.status == 204 and pressed.headers["hx-redirect"].startswith("/sign-in?")


async def test_of_a_long_talk_only_what_came_is_sent_again(maria, person, cast):
    """An update is small on a thin line, and what is being read stays as it is."""
    letters = random.Random(7)
    sent = await write(maria, cast)
    for _ in range(6):
        said = " ".join("".join(letters.choices("abcdefghijklmnopqrstuvwxyz", k=6)) for _ in range(280))
        sent = await maria.submit(await maria.get(sent.url.partition("?")[0]), "Send", words=said)
    address = news_of(await maria.get(sent.url.partition("?")[0]))
    clinician = await person("clinician")
    await clinician.submit(await taken(clinician, "Message from Maria Delgado"), "Send the answer", words="On Monday.")
    came = await maria.htmx("GET", address, target="div#thread")
    assert "On Monday." in came.html and said[:60] not in came.html and came.weight < 1500
    assert came.tree.by_id["seen"].get("value") == "8"
    late = await maria.htmx("GET", address.replace("seen=7", "seen=1"), target="div#thread")
    assert "1 entry was written before these." in late.html, "what stands on the page already is not said to be missing"


async def test_what_came_is_said_once_and_asking_again_brings_nothing(maria, person, cast):
    sent = await write(maria, cast)
    clinician = await person("clinician")
    await clinician.submit(await taken(clinician, "Message from Maria Delgado"), "Send the answer", words="On Monday.")
    came = await maria.htmx("GET", f"{sent.url.partition('?')[0]}/answers?seen=1", target="div#thread")
    seen = came.tree.all("input")[0].get("value")
    again = f"{sent.url.partition('?')[0]}/answers?seen={seen}"
    assert (await maria.htmx("GET", again, **UNASKED)).status == 204
    pressed = await maria.htmx("GET", again)
    assert pressed.text == "No new answer yet." and pressed.headers["hx-reswap"] == "none"
    assert "No new answer yet." in (await maria.get(again)).main, "without script it is a notice"


# Too late, and out of time


async def test_words_that_come_after_the_answer_are_not_sent_and_stay_where_they_were_typed(maria, person, cast):
    page = await maria.get(home(cast, "/visit-requests/new"))
    stale = await maria.submit(page, "Ask for this visit", words="Mornings, please")
    desk = await person("frontdesk")
    await desk.submit(await taken(desk, "Visit asked for from Maria Delgado"), "Send the answer", answer="call", words="")
    late = await maria.send(stale, "Send", words="Or on Thursday")
    assert late.status == 422 and "so they were not sent" in late.main and "Or on Thursday" in late.html
    assert "Or on Thursday" not in (await maria.get(stale.url)).html


async def test_an_answer_to_what_was_taken_back_meanwhile_is_not_sent(maria, person, cast):
    page = await maria.get(home(cast, "/visit-requests/new"))
    sent = await maria.submit(page, "Ask for this visit", words="Mornings, please")
    desk = await person("frontdesk")
    item = await taken(desk, "Visit asked for from Maria Delgado")
    await maria.submit(await maria.get(sent.url), "Take this back")
    late = await desk.send(item, "Send the answer", answer="call", words="Kept words")
    assert late.status in (303, 403, 422) and "Kept words" not in (await maria.get(sent.url)).html


async def test_a_draft_that_was_kept_too_late_comes_back_after_signing_in(maria, cast, demo_database):
    page = await maria.get(home(cast, "/messages/new"))
    async with demo_database.transaction():
        await demo_database.rows("UPDATE session SET ends_at = ?", datetime.now(UTC) - timedelta(seconds=1))
    answer = await maria.send(page, "Send", press="Keep as a draft", topic="bill", words="Half a thought")
    assert answer.status == 303 and "/sign-in" in answer.headers["location"]
    back = parse_qs(urlsplit(answer.headers["location"]).query)["next"][0]
    async with demo_database.transaction():
        await demo_database.rows("UPDATE authenticator SET last_step = 0")
    await sign_in(maria, cast["self"])
    assert "Half a thought" in (await maria.get(back)).html


async def test_what_a_helper_may_see_of_requests_is_found_among_the_medicines_of_that_person(demo_database, cast, now):
    """However many patients there are: the plan begins with the patient, and reads no table of medicines whole."""
    if not demo_database.is_sqlite:
        pytest.skip("the plan is read on SQLite")
    holder = ASKED_ABOUT.format(patients="held.patient IN ('a', 'b')")
    plan = await demo_database.rows(f"SELECT * FROM request WHERE NOT EXISTS ({holder})".replace("SELECT *", "EXPLAIN QUERY PLAN SELECT *", 1))
    assert not any(row["detail"].startswith("SCAN held") for row in plan), [row["detail"] for row in plan]


async def test_a_message_sent_when_the_time_was_over_waits_to_be_sent_and_its_file_is_not_kept(maria, cast, demo_database):
    page = await maria.get(home(cast, "/messages/new"))
    async with demo_database.transaction():
        await demo_database.rows("UPDATE session SET ends_at = ?", datetime.now(UTC) - timedelta(seconds=1))
    answer = await maria.send(page, "Send", topic="bill", words="A whole letter", file=("a.pdf", PDF, "application/pdf"))
    assert answer.status == 303 and "ended=kept" in answer.headers["location"]
    back = parse_qs(urlsplit(answer.headers["location"]).query)["next"][0]
    async with demo_database.transaction():
        await demo_database.rows("UPDATE authenticator SET last_step = 0")
    await sign_in(maria, cast["self"])
    filled = await maria.get(back)
    assert "A whole letter" in filled.html
    assert "We have it." in (await maria.submit(filled, "Send")).main


async def test_a_reply_sent_when_the_time_was_over_waits_below_its_message(maria, cast, demo_database):
    page = await maria.get((await write(maria, cast)).url)
    await when_her_time_runs_out(demo_database)
    answer = await maria.send(page, "Send", words="A whole reply")
    back = parse_qs(urlsplit(answer.headers["location"]).query)["next"][0]
    async with demo_database.transaction():
        await demo_database.rows("UPDATE authenticator SET last_step = 0")
    await sign_in(maria, cast["self"])
    filled = await maria.get(back)
    assert "A whole reply" in filled.html and filled.h1 == page.h1
    assert "A whole reply" in (await maria.submit(filled, "Send")).main


async def test_a_stranger_without_a_session_sends_no_file(client, cast):
    answer = await client.request("POST", home(cast, "/messages/new"), data={"words": "x"}, files=[("file", ("x.pdf", PDF, "application/pdf"))])
    assert answer.status == 415


async def test_who_stays_signed_in_while_writing_a_message_keeps_the_words(maria, cast):
    page = await maria.get(home(cast, "/messages/new"))
    stayed = await maria.submit(page, "Send", press="Stay signed in", topic="health", words="A long letter")
    assert stayed.status == 200 and "A long letter" in stayed.html
