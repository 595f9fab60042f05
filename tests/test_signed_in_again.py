"""The time was over on the way: signed in again, everybody comes to the page that they were on, as they left it."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from litestar.exceptions import NotFoundException

from seeds.cast import fixed_id
from seeds.people import BY_HANDLE
from tables.sqlite import DatabaseBusy
from tests.support.forms import fill
from tests.support.html.tree import words
from tests.support.inviting import invite, offer
from tests.support.merging import another_chart, merge, shares_too
from tests.support.owners import cookie_of
from tests.sweep.walk import routes_of, values_for
from tests.test_bookings import last_look
from tests.test_bookings_changed import at_new_time, far

SIGNED_IN = ("account", "record", "bill", "staff")
HELPERS = "/records/{record}/leaving"


@pytest.fixture
async def maria(person):
    return await person("self")


async def over(house) -> None:
    """The time of everybody who is signed in."""
    await house.database.rows("UPDATE session SET last_seen_at = ?", house.clock() - timedelta(hours=2))


async def again(client, house, handle: str, answer):
    """Signed in as the same person, at the page to which the answer leads after that."""
    assert answer.status == 303, answer.status
    cookie = await cookie_of(house.database, handle, "", house.clock())
    client.cookies.set("s", cookie["value"])
    asked = parse_qs(urlsplit(answer.headers["location"]).query).get("next", ["/"])[0]
    return await client.arrive(await client.get(asked))


async def when_her_time_is_over(client, house, page, which, **answers):
    await over(house)
    return await again(client, house, "self", await client.send(page, which, **answers))


def who_sends(handler, template: str) -> list[str]:
    access = handler.opt["access"]
    if access.duties:
        return [one.handle for one in BY_HANDLE.values() if one.duty in access.duties]
    return ["helper-appointments"] if template == HELPERS else ["self"]


async def lands(client, house, handle: str, address: str):
    """On which page somebody is after signing in again, where the time was over as that form was sent."""
    here = await client.arrive(await client.get("/staff" if BY_HANDLE[handle].duty else "/account/preferences"))
    csrf = next(one.get("value") for one in here.tree.all("input") if one.get("name") == "csrf")
    await over(house)
    answer = await client.post(address, {"csrf": csrf, "form_key": "k", "next": "/account/preferences"})
    return await again(client, house, handle, answer)


ELSEWHERE = ("/invitations/", "/account/contact/{address}/confirm")
"""Of what only somebody else has at hand, or an address that waits for its code: in tests of their own."""


async def own_values(database) -> dict[str, str]:
    """What stands in addresses of one's own account."""
    found = {}
    for name, table in (("factor", "authenticator"), ("address", "account_address")):
        rows = await database.rows(f"SELECT ref FROM {table} WHERE account = ? AND ended_at IS NULL ORDER BY id", fixed_id("account", "self"))
        found[name] = rows[0]["ref"]
    return found


async def test_every_form_leads_to_a_page_that_is_there(opened, person, cast):
    """Of what only one duty has at hand, for one of them; an invitation is its receiver's, in a test of its own."""
    house, wrong, sent = opened.house, [], 0
    thuy = await person("stranger")
    await thuy.submit(await thuy.get("/account/not-me"), "/account/not-me")
    case = (await house.database.rows("SELECT ref FROM support_case"))[0]["ref"]
    values = {"session": "none", "case": case} | await own_values(house.database) | await values_for(house.database, cast["self"].record)
    templates = {route.path_format: route for route in opened.portal.routes}
    for walked in routes_of(opened.portal):
        handlers = {name: one for one in getattr(templates.get(walked.template), "route_handlers", []) for name in one.http_methods}
        handler = handlers.get("POST")
        if not handler or handler.opt["access"].kind not in SIGNED_IN or walked.template.startswith(ELSEWHERE):
            continue
        sent += 1
        pages = [await lands(await person(who), house, who, walked.address(values)) for who in who_sends(handler, walked.template)]
        if 200 not in {page.status for page in pages}:
            wrong.append((walked.template, [(page.url, page.status) for page in pages]))
    assert not wrong and sent > 35, "\n".join(map(str, wrong))


async def test_a_yes_to_an_invitation_leads_back_to_the_question(house, maria, person, cast):
    """The code that was given for it goes along, or it would be said not to work."""
    thuy = await person("stranger")
    question = await offer(thuy, await invite(maria, f"/records/{cast['self'].record}/sharing", house))
    for button in ("Yes, I will help", "No, thank you"):
        await over(house)
        back = await again(thuy, house, "stranger", await thuy.send(question, button))
        assert back.status == 200 and back.h1 == question.h1
        question = back


def said(page) -> list[str]:
    return [words(one) for one in page.tree.all("dd")]


async def test_a_last_look_comes_back_as_it_was(maria, cast, house):
    look = await last_look(maria, cast)
    back = await when_her_time_is_over(maria, house, look, "Book this appointment")
    assert back.h1 == look.h1 == "Check this before you book" and said(back) == said(look)
    assert "It is booked." in (await maria.submit(back, "Book this appointment")).main


async def test_the_last_look_at_a_move_comes_back_as_it_was(maria, cast, house):
    look = await at_new_time(maria, await far(maria, cast))
    back = await when_her_time_is_over(maria, house, look, "Move it to this time")
    assert back.h1 == "Move Flu shot: check this first"
    assert "It is moved." in (await maria.submit(back, "Move it to this time")).main


async def test_words_of_a_form_that_is_sent_elsewhere_come_back_where_it_stands(person, house, maria, cast):
    """The desk's reason for calling off is sent to an address that has no page."""
    from tests.test_bookings import booked

    ref = (await booked(maria, cast)).url.partition("?")[0].rpartition("/")[2]
    desk = await person("frontdesk")
    page = await desk.get(f"/staff/appointments/{ref}")
    await over(house)
    answer = await desk.send(page, f"/staff/appointments/{ref}/cancellation", reason="clinic", words="The doctor is ill")
    back = await again(desk, house, "frontdesk", answer)
    assert back.url.startswith(f"/staff/appointments/{ref}") and "The doctor is ill" in back.html


@pytest.mark.parametrize("press", [None, "Stay signed in"])
async def test_who_chose_a_file_hears_that_it_is_to_be_chosen_again(maria, cast, house, press):
    form = await maria.get(f"/records/{cast['self'].record}/messages/new")
    chosen = {"file": ("lab-letter.pdf", b"%PDF-1.7 not sent", "application/pdf")} if press is None else {}
    fields = fill(form.tree, form.url, "Send", {"topic": "health", "words": "Here it is"}, None).fields
    await over(house)
    if press is None:
        answer = await maria.post(form.url, dict(fields), files=chosen)
    else:
        answer = await maria.post("/stay", dict(fields) | {"next": form.url, "file": "lab-letter.pdf"})
    back = await again(maria, house, "self", answer)
    assert back.status == 200 and "Here it is" in back.html
    assert back.errors == ["Choose your file again: lab-letter.pdf"]


async def test_who_chose_no_file_hears_nothing_of_one(maria, cast, house):
    form = await maria.get(f"/records/{cast['self'].record}/messages/new")
    back = await when_her_time_is_over(maria, house, form, "Send", topic="health", words="Here it is")
    assert "Here it is" in back.html and back.errors == []


async def in_another_tab(client, house) -> None:
    cookie = await cookie_of(house.database, "self", "", house.clock())
    client.cookies.set("s", cookie["value"])


async def test_a_form_from_before_she_signed_in_again_is_not_sent_and_its_words_are_kept(maria, cast, house):
    form = await maria.get(f"/records/{cast['self'].record}/messages/new")
    await over(house)
    await in_another_tab(maria, house)
    answer = await maria.send(form, "Send", topic="health", words="May I swim?")
    assert answer.status == 403 and "You signed in again since you opened this form" in answer.main and "May I swim?" in answer.main
    again = await maria.follow(answer, "Open the form with what you typed")
    assert again.status == 200 and "May I swim?" in again.html
    assert (await maria.submit(again, "Send")).url.endswith("done=asked")


async def test_a_form_of_somebody_else_shows_none_of_its_words(maria, person, cast):
    stranger = await person("stranger")
    theirs = await stranger.get(f"/records/{cast['stranger'].record}/messages/new")
    answer = await maria.send(theirs, "Send", topic="health", words="Not hers")
    assert answer.status == 403 and "Not hers" not in answer.html and "You signed in again" not in answer.main


async def test_an_update_that_is_refused_brings_the_status_line_alone(maria, cast, house):
    form = await maria.get(f"/records/{cast['self'].record}/messages/new")
    csrf = next(one.get("value") for one in form.tree.all("input") if one.get("name") == "csrf")
    await in_another_tab(maria, house)
    answer = await maria.htmx("POST", f"/records/{cast['self'].record}/messages/draft", target="p#kept",
                              data={"csrf": csrf, "form_key": "k", "words": "May I swim?"})  # fmt: skip
    assert answer.status == 403 and not answer.is_whole and answer.headers["hx-reswap"] == "none"
    assert answer.said.startswith("You signed in again since you opened this form") and not answer.tree.all("h1")


@pytest.mark.parametrize("how", ["over", "in another tab", "shared"])
async def test_who_still_types_when_the_time_is_over_is_not_led_away_in_the_middle_of_a_word(how, maria, cast, house):
    """What she sends by hand is kept, or goes where it is known that it is not."""
    form = await maria.get(f"/records/{cast['self'].record}/messages/new")
    fields = dict(fill(form.tree, form.url, "Send", {"topic": "health", "words": "May I swi"}, "Keep as a draft").fields)
    await house.database.rows("UPDATE session SET shared = ?", how == "shared")
    await over(house)
    if how == "in another tab":
        await in_another_tab(maria, house)
    answer = await maria.htmx("POST", f"/records/{cast['self'].record}/messages/draft", target="p#kept", data=fields, headers={"HX-Unasked": "true"})
    assert answer.status == 403 and "hx-redirect" not in answer.headers and answer.headers["hx-reswap"] == "none"
    assert "What you typed is still on this page" in answer.said and ("Copy it" in answer.said) is (how == "shared")
    assert await house.database.rows("SELECT id FROM parked_form") == []


async def test_a_page_that_answers_a_form_leads_back_to_where_the_form_stood(maria, cast, house):
    """What is left to pay is worked out at an address that nobody can open."""
    bill = await maria.get((await values_for(house.database, cast["self"].record))["guarantor"].join(("/bills/", "")))
    pay = next(address for _, address in bill.links if "/statements/" in address) + "/payment"
    form = await maria.get(pay)
    answer = await maria.send(form, 0, press="Work out what is left", amount="10.00")
    assert answer.status == 200 and urlsplit(answer.url).path.endswith("/left")
    assert {one.get("value") for one in answer.tree.all("input") if one.get("name") == "next"} == {pay}
    larger = await maria.submit(answer, 0, press="Larger text")
    assert larger.h1 == form.h1 and 'value="10.00"' in larger.html
    stayed = await maria.submit(answer, 0, press="Stay signed in")
    assert stayed.status == 200 and 'value="10.00"' in stayed.html


async def thread_of(maria, cast):
    form = await maria.get(f"/records/{cast['self'].record}/messages/new")
    return await maria.submit(form, "Send", topic="health", words="May I swim?")


async def test_who_looks_for_an_answer_finds_it_with_what_they_have_typed(maria, person, cast):
    thread = await thread_of(maria, cast)
    clinician = await person("clinician")
    item = await clinician.follow(await clinician.get("/staff/requests"), "Message from Maria Delgado")
    await clinician.submit(await clinician.submit(item, "Take it"), "Send the answer", words="On Monday.")
    looked = await maria.submit(thread, "Send", press="Look for an answer", words="Half a reply")
    assert "Dr. Lena Okafor answered." in looked.main and "On Monday." in looked.main and "Half a reply" in looked.html
    again = await maria.submit(looked, "Send", press="Look for an answer", words="Half a reply, and more")
    assert "No new answer yet." in again.main and "Half a reply, and more" in again.html
    assert "Half a reply, and more" in (await maria.submit(again, "Send")).main


async def test_who_looks_for_an_answer_when_the_time_is_over_comes_back_to_what_they_typed(maria, cast, house):
    thread = await thread_of(maria, cast)
    fields = fill(thread.tree, thread.url, "Send", {"words": "Half a reply"}, "Look for an answer")
    await over(house)
    answer = await maria.send_again(fields)
    assert "ended=kept" in answer.headers["location"]
    back = await again(maria, house, "self", answer)
    assert back.h1 == thread.h1 and "Half a reply" in back.html and "No new answer yet." in back.main
    assert "Half a reply" in (await maria.submit(back, "Send")).main


async def test_who_chose_a_file_and_looks_for_an_answer_hears_that_it_is_to_be_chosen_again(maria, cast):
    thread = await thread_of(maria, cast)
    sending = fill(thread.tree, thread.url, "Send", {"words": "Here it is"}, "Look for an answer")
    looked = await maria.arrive(await maria.post(sending.url, dict(sending.fields) | {"file": "lab-letter.pdf"}))
    assert "Here it is" in looked.html and looked.errors == ["Choose your file again: lab-letter.pdf"]


async def test_a_form_sent_while_she_is_halfway_through_the_door_again_is_kept(maria, cast, house):
    """In another tab she gave her password; the code is still to come."""
    form = await maria.get(f"/records/{cast['self'].record}/messages/new")
    await over(house)
    other = await maria.get("/sign-in")
    await maria.submit(other, 0, username=cast["self"].username, password=cast["self"].password)
    answer = await maria.send(form, "Send", topic="health", words="May I swim?")
    assert answer.status == 303 and answer.headers["location"].startswith("/sign-in/code?"), answer.headers
    code = await maria.get(answer.headers["location"])
    back = await maria.submit(code, 0, code=cast["self"].code)
    assert "May I swim?" in back.html and back.h1 == form.h1
    assert (await maria.submit(back, "Send")).url.endswith("done=asked")


async def test_a_form_of_the_session_before_the_one_that_ended_is_kept(maria, cast, house):
    """Signed in again in another tab, and that time was over too."""
    form = await maria.get(f"/records/{cast['self'].record}/messages/new")
    await over(house)
    await in_another_tab(maria, house)
    await over(house)
    answer = await maria.send(form, "Send", topic="health", words="May I swim?")
    back = await again(maria, house, "self", answer)
    assert "May I swim?" in back.html


@pytest.mark.parametrize("change", ["end_reason = 'signed_out'", "end_reason = 'ended'", "shared = TRUE"])
async def test_of_a_session_that_was_left_or_shared_nothing_is_kept_after_the_next_one_ended(change, maria, cast, house):
    form = await maria.get(f"/records/{cast['self'].record}/messages/new")
    await house.database.rows(f"UPDATE session SET revoked_at = ?, {change}", house.clock())
    await in_another_tab(maria, house)
    await over(house)
    answer = await maria.send(form, "Send", topic="health", words="May I swim?")
    assert "kept" not in answer.headers["location"] and await house.database.rows("SELECT id FROM parked_form") == []


async def test_a_field_that_was_emptied_comes_back_empty(maria, house):
    await maria.submit(await maria.get("/account/preferences"), "/account/preferences", called="Mia")
    back = await when_her_time_is_over(maria, house, await maria.get("/account/preferences"), "/account/preferences", called="")
    assert back.url.count("kept=") == 1 and 'value="Mia"' not in back.html


async def test_words_about_a_chart_that_was_merged_meanwhile_come_back_in_the_one_that_is_left(maria, cast, house):
    """A browser follows the move with nothing in its hands."""
    form = await maria.get(f"/records/{cast['self'].record}/messages/new")
    old = fixed_id("record", "self")
    left = await another_chart(house.database, old, house.clock())
    await shares_too(house.database, old, left.id)
    await merge(house.database, old, left.id, house.clock())
    answer = await maria.send(form, "Send", topic="health", words="May I swim?")
    assert answer.status == 303 and answer.headers["location"].startswith(f"/records/{left.ref}/messages/new?kept=")
    back = await maria.arrive(answer)
    assert "May I swim?" in back.html
    assert "May I swim?" in (await maria.submit(back, "Send")).main


async def test_what_was_sent_where_the_portal_stumbles_or_finds_nothing_is_shown(maria, cast, house, monkeypatch):
    from acts import requests

    form = await maria.get(f"/records/{cast['self'].record}/messages/new")

    for failure, status in ((OSError, 500), (DatabaseBusy, 503), (NotFoundException, 404)):
        async def stumbles(*_rest, kind=failure):
            raise kind("out of order")

        monkeypatch.setattr(requests, "ask", stumbles)
        answer = await maria.send(form, "Send", topic="health", words="May I swim?")
        assert answer.status == status and "May I swim?" in answer.main, (status, answer.main)
    monkeypatch.undo()
    assert "May I swim?" in (await maria.submit(form, "Send", topic="health", words="May I swim?")).main
