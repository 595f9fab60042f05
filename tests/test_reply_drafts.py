"""A reply that is not sent is kept below what it answers: for who wrote it alone, until it is sent."""

from __future__ import annotations

import asyncio
import contextvars

import pytest

from acts import requests
from tables.drafts import drop_draft
from tests.support.html.tree import words
from tests.test_requests import UNASKED, home, keys_of, taken, write
from tests.test_signed_in_again import again, over

KEEP = "Keep as a draft"


@pytest.fixture
async def maria(person):
    return await person("self")


@pytest.fixture
async def ana(person):
    """Who helps with all of it."""
    return await person("helper-full")


async def thread(client, cast):
    """What she wrote, at its own address."""
    return await client.get((await write(client, cast)).url.partition("?")[0])


async def a_visit(client, cast):
    page = await client.get(home(cast, "/visit-requests/new"))
    return await client.get((await client.submit(page, "Ask for this visit", words="Mornings")).url.partition("?")[0])


async def saved(client, page, text: str, told: bool = False, **asked):
    """As script saves it while somebody writes."""
    fields = keys_of(page) | {"words": text} | ({"told": "1"} if told else {})
    return await client.htmx("POST", f"{page.url}/draft", data=fields, target="p#kept", **asked)


async def answered(person, said: str = "Message from Maria Delgado"):
    clinician = await person("clinician")
    await clinician.submit(await taken(clinician, said), "Send the answer", words="Yes, you may.")


@pytest.mark.parametrize("begin", [thread, a_visit])
async def test_a_reply_that_is_kept_comes_back_below_what_it_answers_and_is_gone_when_it_is_sent(begin, maria, cast, demo_database):
    page = await begin(maria, cast)
    kept = await maria.submit(page, "Send", press=KEEP, words="And run?")
    assert [words(one) for one in kept.tree.elements if one.get("autofocus") is not None] == ["Draft saved. It is not sent yet."]
    back = await maria.get(page.url)
    assert "And run?" in back.html and "Kept as a draft on" in back.main
    assert not any(b"run" in bytes(row["sealed"]) for row in await demo_database.rows("SELECT sealed FROM draft"))
    assert "We have it." in (await maria.submit(back, "Send")).main
    assert await demo_database.rows("SELECT id FROM draft") == []
    assert "Kept as a draft on" not in (await maria.get(page.url)).main


async def test_what_is_kept_of_one_reply_stands_in_no_other_form(maria, cast):
    first = await thread(maria, cast)
    other = await maria.get((await write(maria, cast, "Quite another thing")).url.partition("?")[0])
    await maria.submit(first, "Send", press=KEEP, words="And run?")
    for address in (other.url, home(cast, "/messages/new")):
        assert "And run?" not in (await maria.get(address)).html
    await maria.submit(await maria.get(home(cast, "/messages/new")), "Send", press=KEEP, topic="bill", words="A new matter")
    assert "And run?" in (await maria.get(first.url)).html
    await maria.submit(await maria.get(home(cast, "/messages/new")), "Send")
    assert "And run?" in (await maria.get(first.url)).html


async def test_what_a_helper_keeps_is_their_own(maria, ana, cast, demo_database):
    page = await thread(maria, cast)
    await maria.submit(page, "Send", press=KEEP, words="From Maria")
    hers = await ana.get(page.url)
    assert "From Maria" not in hers.html
    await ana.submit(hers, "Send", press=KEEP, words="From Ana")
    assert "From Ana" in (await ana.get(page.url)).html and "From Ana" not in (await maria.get(page.url)).html
    await ana.submit(await ana.get(page.url), "Send")
    assert "From Maria" in (await maria.get(page.url)).html and len(await demo_database.rows("SELECT id FROM draft")) == 1


async def test_who_may_not_see_a_request_keeps_no_reply_to_it(maria, person, cast, demo_database):
    page, joseph = await thread(maria, cast), await person("helper-appointments")
    fields = keys_of(await joseph.get(home(cast, "/visit-requests/new"))) | {"words": "From Joseph"}
    for address in (f"{page.url}/draft", page.url.replace("/messages/", "/visit-requests/") + "/draft"):
        assert (await joseph.post(address, fields)).status in (403, 404)
    assert await demo_database.rows("SELECT id FROM draft") == []


async def test_while_somebody_writes_it_is_said_once_that_it_is_saved(maria, cast):
    page = await thread(maria, cast)
    first = await saved(maria, page, "And", **UNASKED)
    assert first.said == "Draft saved." and "Kept as a draft on" in first.text and not first.is_whole
    assert "status" not in (await saved(maria, page, "And run", told=True, **UNASKED)).tree.by_id
    assert (await saved(maria, page, "And run?", told=True)).said == "Draft saved."
    assert (await saved(maria, page, "")).said == "There is nothing to save yet."
    assert "Kept as a draft" not in (await maria.get(page.url)).main


async def test_a_page_where_a_reply_can_be_written_saves_by_itself(maria, cast):
    for begin in (thread, a_visit):
        page = await begin(maria, cast)
        assert any("htmx" in (script.get("src") or "") for script in page.tree.all("script"))
        wrong = await maria.submit(page, "Send", words="")
        assert wrong.status == 422 and any("htmx" in (script.get("src") or "") for script in wrong.tree.all("script"))


async def test_a_draft_that_comes_after_its_reply_was_sent_brings_nothing_back(maria, cast, demo_database):
    page = await thread(maria, cast)
    await maria.submit(page, "Send", words="Sent long ago")
    assert (await saved(maria, page, "Sent long ago", **UNASKED)).status == 204
    assert await demo_database.rows("SELECT id FROM draft") == []


async def test_a_draft_that_comes_while_its_reply_is_being_sent_brings_nothing_back(maria, cast, demo_database, monkeypatch):
    """Pressing Send leaves the field, which saves a draft: the two are on their way together."""
    page, late = await thread(maria, cast), []

    async def dropped(*of):
        await drop_draft(*of)
        late.append(asyncio.create_task(saved(maria, page, "Once"), context=contextvars.Context()))
        await asyncio.sleep(0.2)

    monkeypatch.setattr(requests, "drop_draft", dropped)
    assert "We have it." in (await maria.submit(page, "Send", words="Once")).main
    await late[0]
    assert await demo_database.rows("SELECT id FROM draft") == []


async def test_the_same_reply_sent_from_another_page_leaves_no_draft(maria, cast, demo_database):
    page = await thread(maria, cast)
    other = await maria.get(page.url)
    await maria.submit(page, "Send", words="And run?")
    await maria.submit(other, "Send", press=KEEP, words="And run?")
    assert "We have it once." in (await maria.submit(await maria.get(page.url), "Send")).main
    assert await demo_database.rows("SELECT id FROM draft") == []


async def test_an_answer_that_comes_while_a_draft_is_saved_is_still_new(maria, person, cast):
    page = await thread(maria, cast)
    await answered(person)
    await saved(maria, page, "And run?", **UNASKED)
    assert "New: Answered" in (await maria.get(home(cast, "/messages"))).main


async def test_looking_for_an_answer_without_script_keeps_the_draft_in_the_form(maria, cast):
    page = await thread(maria, cast)
    await maria.submit(page, "Send", press=KEEP, words="And run?")
    assert "And run?" in (await maria.submit(await maria.get(page.url), "Send", press="Look for an answer")).html


async def test_a_draft_of_what_cannot_be_sent_any_more_can_still_be_read(maria, person, cast):
    page = await a_visit(maria, cast)
    await maria.submit(page, "Send", press=KEEP, words="Or on Thursday")
    desk = await person("frontdesk")
    await desk.submit(await taken(desk, "Visit asked for from Maria Delgado"), "Send the answer", answer="call", words="")
    over_now = await maria.get(page.url)
    assert "It is not sent. Copy it if you need it." in over_now.main and "Or on Thursday" in over_now.main


async def test_a_reply_that_came_too_late_is_there_in_another_size_of_text(maria, person, cast):
    page = await a_visit(maria, cast)
    desk = await person("frontdesk")
    await desk.submit(await taken(desk, "Visit asked for from Maria Delgado"), "Send the answer", answer="call", words="")
    late = await maria.send(page, "Send", words="Or on Thursday")
    assert late.status == 422 and "so they were not sent" in late.main
    larger = await maria.submit(late, "Send", press="Larger text")
    assert "Or on Thursday" in larger.html and "so they were not sent" in larger.main


async def test_a_draft_of_a_reply_that_was_kept_too_late_comes_back_after_signing_in(maria, cast, house):
    page = await thread(maria, cast)
    await over(house)
    back = await again(maria, house, "self", await maria.send(page, "Send", press=KEEP, words="And run?"))
    assert back.status == 200 and back.h1 == page.h1 and "And run?" in back.html


# The clinic's answers


async def items(person):
    """One request that a clinician has taken, on their page."""
    clinician = await person("clinician")
    return clinician, await taken(clinician, "Message from Maria Delgado")


async def test_an_answer_that_is_kept_comes_back_to_who_began_it_and_is_gone_when_it_is_sent(maria, person, cast, demo_database):
    page = await thread(maria, cast)
    clinician, item = await items(person)
    kept = await clinician.submit(item, "Send the answer", press=KEEP, words="You may swim.")
    assert "Draft saved. It is not sent yet." in kept.main and "You may swim." in kept.html
    assert "You may swim" not in (await maria.get(page.url)).html
    again_there = await clinician.get(kept.url.partition("?")[0])
    assert "You may swim." in again_there.html and "Kept as a draft on" in again_there.main
    await clinician.submit(again_there, "Send the answer")
    assert "You may swim." in (await maria.get(page.url)).main and await demo_database.rows("SELECT id FROM draft") == []


async def test_a_chosen_answer_is_kept_with_its_words(maria, person, cast):
    await a_visit(maria, cast)
    desk = await person("frontdesk")
    item = await taken(desk, "Visit asked for from Maria Delgado")
    await desk.submit(item, "Send the answer", press=KEEP, answer="call", words="Ring after nine")
    back = await desk.get(item.url.partition("?")[0])
    ticked = [one.get("value") for one in back.tree.all("input") if one.get("name") == "answer" and "checked" in one.keys()]
    assert ticked == ["call"] and "Ring after nine" in back.html


async def test_an_answer_that_somebody_else_has_by_now_is_not_kept(maria, person, cast, demo_database):
    await thread(maria, cast)
    clinician, item = await items(person)
    await clinician.submit(item, "Give it back")
    late = await clinician.send(item, "Send the answer", press=KEEP, words="Too late")
    assert late.status == 422 and "It is not yours any more" in late.main and "Too late" in late.main
    assert (await saved(clinician, await clinician.get(item.url.partition("?")[0]), "Too late", **UNASKED)).said.startswith("It is not yours any more")
    assert await demo_database.rows("SELECT id FROM draft") == []


async def test_an_answer_is_saved_while_it_is_written(maria, person, cast):
    await thread(maria, cast)
    clinician, item = await items(person)
    assert any("htmx" in (script.get("src") or "") for script in item.tree.all("script"))
    here = await clinician.get(item.url.partition("?")[0])
    first = await saved(clinician, here, "You may", **UNASKED)
    assert first.said == "Draft saved." and "Kept as a draft on" in first.text
