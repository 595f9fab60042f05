"""Text browsers know no `formaction`: a button that keeps a draft or looks for an answer sends nothing to anybody there either."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urljoin

import pytest

from tests.support.forms import fill, find_form
from tests.support.templates import all_templates
from tests.test_requests import PDF, home, taken, write

KEEP, LOOK, STAY = "Keep as a draft", "Look for an answer", "Stay signed in"


def as_w3m(page, which: str, press: str, **answers):
    """What w3m and Lynx send when that button is pressed: all of it, to the form's own address and in its own coding."""
    form = find_form(page.tree, which)
    sending = replace(fill(page.tree, page.url, which, answers, press), url=urljoin(page.url, form.get("action")))
    return replace(sending, files=(("file", answers.get("file", ("", b"", "text/plain"))),)) if form.get("enctype") else sending


@pytest.fixture
def opened(first_opened):
    return first_opened


@pytest.fixture
def cast(live_cast):
    return live_cast


async def steps(database) -> int:
    return (await database.rows("SELECT COUNT(*) AS n FROM request_step"))[0]["n"]


def test_every_button_that_sends_its_form_elsewhere_says_so_in_its_name_too():
    goes = [(name, line) for name, text in all_templates().items() for line in text.split("<button")[1:] if "formaction=" in line.split("</button")[0]]
    assert len(goes) > 4
    by_form = [name for name, line in goes if 'form="typed"' not in line and 'name="to"' not in line and 'name="look"' not in line]
    assert by_form == []


@pytest.mark.parametrize("press", [KEEP, LOOK, STAY])
async def test_half_a_reply_is_not_sent_by_a_button_beside_it(press, person, opened, cast):
    maria, database = await person("self"), opened.house.database
    page = await maria.get((await write(maria, cast)).url.partition("?")[0])
    before = await steps(database)
    answer = await maria.send_again(as_w3m(page, "Send", press, words="Half a thou", file=("x.pdf", PDF, "application/pdf")))
    assert answer.status == 303 and await steps(database) == before
    back = await maria.arrive(answer)
    assert back.h1 == page.h1 and "Half a thou" in back.html and "We have it." not in back.main
    assert ("Draft saved." in back.main) is (press == KEEP) and ("Choose your file again: x.pdf" in back.html) is (press != KEEP)
    assert "We have it." in (await maria.arrive(await maria.send_again(as_w3m(back, "Send", "Send", words="Half a thought")))).main


async def test_nobody_is_invited_by_the_button_that_changes_something(person, opened, cast):
    maria, database = await person("self"), opened.house.database
    form = await maria.get(home(cast, "/sharing/invitations"))
    asked = await maria.submit(form, "Go on", name="Thuy", email="thuy@example.org", sees=["medicines"])
    before = await database.rows("SELECT COUNT(*) AS n FROM invitation")
    for press in ("Change something", STAY):
        again = await maria.arrive(await maria.send_again(as_w3m(asked, "Send the invitation", press)))
        assert again.status == 200 and await database.rows("SELECT COUNT(*) AS n FROM invitation") == before
    assert again.h1 == asked.h1


async def test_what_a_button_names_is_judged_like_any_other_form_there(person, cast):
    maria, stranger = await person("self"), await person("stranger")
    page = await maria.get((await write(maria, cast)).url.partition("?")[0])
    theirs = await stranger.get(f"/records/{cast['stranger'].record}/messages/new")
    for there, status in ((f"{page.url}/draft", 404), ("/nowhere", 404), ("//example.org/stay", 422), ("//[", 422), ("/stay/", 303), ("", 422)):
        sending = as_w3m(theirs, "Send", KEEP, words="")
        fields = [(name, there if name == "to" else value) for name, value in sending.fields]
        assert (await stranger.send_again(replace(sending, fields=tuple(fields)))).status == status, there


async def test_half_an_answer_of_the_clinic_is_kept_and_not_sent(person, cast, opened):
    maria, lena = await person("self"), await person("clinician")
    await write(maria, cast)
    page = await taken(lena, "Message from Maria Delgado")
    before = await steps(opened.house.database)
    kept = await lena.arrive(await lena.send_again(as_w3m(page, "Send the answer", KEEP, words="Yes, but")))
    assert "Draft saved." in kept.main and await steps(opened.house.database) == before


async def test_what_such_a_button_sends_is_short_enough_to_be_heard(person, cast):
    maria = await person("self")
    page = await maria.get((await write(maria, cast)).url.partition("?")[0])
    assert sorted(one.get("value") for one in page.tree.all("button") if one.get("name") == "to") == ["/stay", "draft"]


async def test_a_draft_of_more_than_can_be_sent_is_kept_whole(person, cast):
    maria = await person("self")
    page = await maria.get((await write(maria, cast)).url.partition("?")[0])
    back = await maria.arrive(await maria.send_again(as_w3m(page, "Send", KEEP, words="letter " * 900 + "the end")))
    assert "Draft saved." in back.main and "the end</textarea>" in back.html
    assert (await maria.send(back, "Send")).errors == ["Use 5,000 letters at most"]
