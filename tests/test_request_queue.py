"""The staff's side of a request: what an answer was written to, and whose a request is when people come and go."""

from __future__ import annotations

import asyncio

import pytest

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
