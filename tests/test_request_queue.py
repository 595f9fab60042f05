"""The staff's side of a request: what an answer was written to, and whose a request is when people come and go."""

from __future__ import annotations

import asyncio

import pytest

from seeds.cast import fixed_id
from tests.support.owners import colleague_of

pytestmark = pytest.mark.in_turns

SAID = "Message from Maria Delgado"
MORE = "I am allergic to it, I forgot"


@pytest.fixture
async def maria(person):
    return await person("self")


@pytest.fixture
async def okafor(person):
    return await person("clinician")


@pytest.fixture
async def message(maria, cast):
    """The page of a message that waits for the care team."""
    page = await maria.get(f"/records/{cast['self'].record}/messages/new")
    return await maria.submit(page, "Send", topic="medicine", words="May I take ibuprofen?")


async def item_of(staff):
    return await staff.get([address for words, address in (await staff.get("/staff/requests")).links if words.startswith(SAID)][-1])


async def taken(staff):
    return await staff.submit(await item_of(staff), "Take it")


# An answer is to what was read


async def test_an_answer_to_less_than_was_said_is_not_sent_and_shows_what_came(maria, okafor, message):
    item = await taken(okafor)
    await maria.submit(await maria.get(message.url), "Send", words=MORE)
    late = await okafor.send(item, "Send the answer", words="Yes, take 400 mg.")
    assert late.status == 422 and "They wrote more after you opened this" in late.main
    assert MORE in late.main and "Yes, take 400 mg." in late.html
    assert "400 mg" not in (await maria.get(message.url)).html


async def test_an_answer_is_sent_once_what_came_was_shown(maria, okafor, message):
    item = await taken(okafor)
    await maria.submit(await maria.get(message.url), "Send", words=MORE)
    late = await okafor.send(item, "Send the answer", words="Yes, take 400 mg.")
    done = await okafor.submit(late, "Send the answer", words="No, take none of it.")
    assert "Your answer is sent." in done.main
    assert "No, take none of it." in (await maria.get(message.url)).main


async def test_an_answer_with_a_mistake_in_it_hears_of_what_came_too(maria, okafor, message):
    item = await taken(okafor)
    await maria.submit(await maria.get(message.url), "Send", words=MORE)
    empty = await okafor.send(item, "Send the answer", words="")
    assert "Write an answer" in empty.main and "They wrote more after you opened this" in empty.main and MORE in empty.main


async def test_an_answer_that_comes_too_late_gives_its_words_back(okafor, message):
    item = await taken(okafor)
    await okafor.submit(item, "Give it back")
    late = await okafor.send(item, "Send the answer", words="Yes, take 400 mg.")
    assert late.status == 422 and "Nothing was sent" in late.main and "They wrote more" not in late.main
    assert "Yes, take 400 mg." in late.main


async def test_a_form_that_does_not_say_what_was_read_sends_nothing(okafor, message):
    item = await taken(okafor)
    assert (await okafor.send(item, "Send the answer", words="Yes", seen=None)).status == 422


async def test_words_that_come_in_the_same_moment_as_the_answer_are_never_closed_unread(maria, okafor, message):
    """Whichever comes first: either the answer waits for them to be read, or they ask anew."""
    item, thread = await taken(okafor), await maria.get(message.url)
    said, answered = await asyncio.gather(
        maria.send(thread, "Send", words=MORE), okafor.send(item, "Send the answer", words="Yes, take 400 mg.")
    )
    if answered.status == 422:
        assert said.status == 303 and MORE in answered.main
    else:
        assert said.status == 422 or "Waiting for us" in (await maria.get(message.url)).main


# Whose it is when people come and go


@pytest.fixture
async def brandt(opened, client):
    """A colleague of Dr. Okafor's."""
    client.cookies.set("s", await colleague_of(opened.house, "clinician", "Dr. Tom Brandt", opened.house.clock()))
    return client


def mine(page) -> bool:
    return "May I take ibuprofen?" in page.main


async def test_a_colleague_takes_over_what_somebody_else_has_and_reads_it(okafor, brandt, message):
    item = await taken(okafor)
    theirs = await brandt.get(item.url.partition("?")[0])
    assert not mine(theirs) and "Taken by Dr. Lena Okafor." in theirs.main
    over = await brandt.submit(theirs, "Take over from Dr. Lena Okafor")
    assert mine(over) and "You have it now." in over.main
    assert "Your answer is sent." in (await brandt.submit(over, "Send the answer", words="Yes")).main


async def test_whoever_had_it_hears_who_took_it_over_and_reads_it_no_more(okafor, brandt, message):
    item = await taken(okafor)
    await brandt.submit(await brandt.get(item.url.partition("?")[0]), "Take over from Dr. Lena Okafor")
    for page in (await okafor.get(item.url.partition("?")[0]), await okafor.get("/staff/requests")):
        assert "Dr. Tom Brandt took it over from you on" in page.main and not mine(page)
    late = await okafor.send(item, "Send the answer", words="Yes, take 400 mg.")
    assert late.status == 422 and "took it over from you" in late.main and "Yes, take 400 mg." in late.main


async def test_who_takes_it_back_is_told_no_more_that_they_lost_it(okafor, brandt, message):
    item = await taken(okafor)
    address = item.url.partition("?")[0]
    await brandt.submit(await brandt.get(address), "Take over from Dr. Lena Okafor")
    back = await okafor.submit(await okafor.get(address), "Take over from Dr. Tom Brandt")
    assert mine(back) and "took it over from you" not in back.main
    assert "Dr. Lena Okafor took it over from you" in (await brandt.get(address)).main


async def test_a_taking_over_is_from_who_stands_on_the_button(okafor, brandt, opened, another_client, message):
    item = await taken(okafor)
    third = another_client
    third.cookies.set("s", await colleague_of(opened.house, "clinician", "Dr. Ida Moss", opened.house.clock()))
    pages = [await one.get(item.url.partition("?")[0]) for one in (brandt, third)]
    assert mine(await brandt.submit(pages[0], "Take over from Dr. Lena Okafor"))
    late = await third.submit(pages[1], "Take over from Dr. Lena Okafor")
    assert "Somebody else was faster" in late.main and not mine(late)


async def test_a_taking_over_is_written_down(okafor, brandt, maria, cast, message, demo_database):
    item = await taken(okafor)
    await brandt.submit(await brandt.get(item.url.partition("?")[0]), "Take over from Dr. Lena Okafor")
    [entry] = await demo_database.rows(
        "SELECT a.name, e.subject FROM audit_event e JOIN account a ON a.id = e.actor WHERE e.action = 'request.take_over'"
    )
    assert entry["name"] == "Dr. Tom Brandt" and entry["subject"] is not None
    assert "took over a request to answer it" in (await maria.get(f"/records/{cast['self'].record}/activity")).main.lower()


@pytest.mark.parametrize("leaves", [
    "UPDATE account SET state = 'disabled' WHERE id = ?",
    "UPDATE staff_duty SET ended_at = started_at WHERE account = ?",
    "UPDATE staff_duty SET duty = 'billing' WHERE account = ?",
])  # fmt: skip
async def test_what_somebody_had_who_has_left_is_free(okafor, brandt, message, demo_database, leaves):
    item = await taken(okafor)
    await demo_database.rows(leaves, fixed_id("account", "clinician"))
    queue = (await brandt.get("/staff/requests")).main
    assert "Taken by Dr. Lena Okafor" not in queue
    free = await brandt.get(item.url.partition("?")[0])
    assert "Nobody has taken it" in free.main and "Take over" not in free.main
    assert mine(await brandt.submit(free, "Take it"))


async def test_what_somebody_had_who_works_at_another_site_now_is_free(okafor, brandt, message, demo_database):
    item = await taken(okafor)
    elsewhere = fixed_id("site", "elsewhere")
    await demo_database.rows(
        "INSERT INTO clinic_site (id, ref, name, zone, phone, address, active) VALUES (?, ?, 'Elsewhere', 'UTC', '', '', ?)",
        elsewhere, "e" * 22, True,
    )
    await demo_database.rows("UPDATE request SET site = (SELECT id FROM clinic_site WHERE id <> ?)", elsewhere)
    await demo_database.rows("UPDATE staff_duty SET site = ? WHERE account = ?", elsewhere, fixed_id("account", "clinician"))
    assert "Nobody has taken it" in (await brandt.get(item.url.partition("?")[0])).main


async def test_of_two_who_take_what_somebody_left_one_has_it(okafor, brandt, opened, another_client, message, demo_database):
    item = await taken(okafor)
    await demo_database.rows("UPDATE account SET state = 'disabled' WHERE id = ?", fixed_id("account", "clinician"))
    another_client.cookies.set("s", await colleague_of(opened.house, "clinician", "Dr. Ida Moss", opened.house.clock()))
    both = [(one, await one.get(item.url.partition("?")[0])) for one in (brandt, another_client)]
    answers = await asyncio.gather(*(one.send(page, "Take it") for one, page in both))
    assert sorted(one.headers["location"].partition("done=")[2] for one in answers) == ["late", "taken"]


async def test_no_other_duty_takes_it_over(okafor, person, message):
    item = await taken(okafor)
    for handle in ("frontdesk", "billing"):
        other = await person(handle)
        assert (await other.get(item.url.partition("?")[0])).status == 404
