"""Another size of text is asked for at the foot of each page, and costs nobody what they have typed or chosen there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import parse_qs, urlsplit

import pytest

from identity.parking import SECRETS
from tests.support.client import Client, Seen
from tests.support.forms import fill, find_form
from tests.support.templates import all_templates
from tests.support.tills import house, portal, somebody, till  # noqa: F401 -- fixtures
from tests.test_bookings import last_look
from tests.test_payments import statement
from tests.test_sent_twice import NEEDS_NO_KEY, ONCE, Pressed, There, client_there, there  # noqa: F401 -- fixtures

LARGER, SMALLER = "Larger text", "Smaller text"
TYPED_ANEW = SECRETS - {"next", "step"} | {"next"}
"""Passwords, codes and files are never given back; `next` is where the form leads when it comes back."""
OF_NOBODY_YET = {
    "/register/account", "/register/send", "/staff/register/password", "/help/phishing", "/recover/username", "/recover/password",
    "/recover/everything", "/recover/code/password", "/recover/factor",
}  # fmt: skip
"""Whose words are typed before somebody is signed in, for whom they could be kept."""
NOTHING_TYPED = {"/staff/letters/{account}/code", "/account/apps/new"}
"""A button alone, and what is begun again where its step is lost: what is wrong with it is no words of theirs."""
SENT_BY_SCRIPT = {"/account/passkeys/new", "/account/keys/new"}
"""The button is pressed in the browser's own window; the name beside it is offered again."""
LOOKS: dict[str, Callable[[There], Awaitable[Pressed]]] = {}
"""Forms that only look: what was found, worked out or is to be checked stands on a page that answers a POST."""


def looks(template: str):
    def keep(reach):
        LOOKS[template] = reach
        return reach

    return keep


@looks("/staff")
async def _(there: There) -> Pressed:
    desk = await there.somebody("frontdesk")
    found = await desk.submit(await desk.get("/staff"), "Find", born_month="3", born_day="4", born_year="1958", name="Delg")
    return Pressed(desk, found, "Find")


@looks("/staff/bills")
async def _(there: There) -> Pressed:
    priya = await there.somebody("billing")
    found = await priya.submit(await priya.get("/staff/bills"), "Find", born_month="3", born_day="4", born_year="1958", name="Delg")
    return Pressed(priya, found, "Find")


async def _paying(there: There) -> tuple[Client, Seen]:
    maria = await there.somebody("self")
    return maria, await maria.follow(await statement(maria), "Pay by card")


@looks("/bills/{guarantor}/statements/{statement}/payment")
async def _(there: There) -> Pressed:
    return Pressed(*await _paying(there), "Go on", {"amount": "10.00"})


@looks("/bills/{guarantor}/statements/{statement}/payment/left")
async def _(there: There) -> Pressed:
    maria, form = await _paying(there)
    return Pressed(maria, await maria.submit(form, "Go on", press="Work out what is left", amount="10.00"), "Go on")


@looks("/records/{record}/sharing/{helper}/terms/check")
async def _(there: There) -> Pressed:
    maria = await there.somebody("self")
    page = await maria.follow(await maria.get(there.record("/sharing")), "Joseph Amadi")
    return Pressed(maria, await maria.follow(page, "Change what they see or do"), "Go on", {"sees": ["medicines"], "does": []})


@looks("/records/{record}/sharing/invitations/check")
async def _(there: There) -> Pressed:
    maria = await there.somebody("self")
    form = await maria.get(there.record("/sharing/invitations"))
    return Pressed(maria, form, "Go on", {"name": "Thuy", "email": "thuy@example.org", "sees": ["medicines"]})


FORMS = {template: reach for template, reach in (ONCE | LOOKS).items() if template not in OF_NOBODY_YET | SENT_BY_SCRIPT}


def test_every_form_that_only_looks_is_among_them():
    assert set(LOOKS) == NEEDS_NO_KEY["only looks"]


def test_every_form_whose_words_come_back_is_sent_from_the_foot_of_its_page_too():
    forms = {name: text for name, text in all_templates().items() if "stay_button(frame" in text and not name.startswith("ui/")}
    assert len(forms) > 15
    assert [name for name, text in forms.items() if '<form id="typed"' not in text.partition("stay_button(frame")[0]] == []


def stands(page: Seen, which: str | int, answers: dict) -> list[tuple[str, str]]:
    """What the form would send, but for what is another each time."""
    sending = fill(page.tree, page.url, which, answers)
    return sorted((name, value) for name, value in sending.fields if name not in TYPED_ANEW and value)


def is_large(page: Seen) -> bool:
    return page.tree.all("html")[0].get("data-text") == "large"


def offered(page: Seen) -> list[str]:
    """How another size can be asked for."""
    said = [*page.links, *((" ".join(one.itertext()), "") for one in page.tree.all("button"))]
    return [words for words, _ in said if words in (LARGER, SMALLER)]


async def in_another_size(client: Client, page: Seen, which: str | int, answers: dict) -> Seen:
    """The page that one comes to, which must be the same with the same in it."""
    [said] = offered(page)
    before, large = stands(page, which, answers), is_large(page)
    if "typed" in page.tree.by_id:
        beside = find_form(page.tree, which).get("id") != "typed"
        back = await client.submit(page, "typed", press=said, **({} if beside else answers))
    else:
        back = await client.follow(page, said)
    assert back.status == 200 and back.h1 == page.h1 and is_large(back) is not large
    assert stands(back, which, {}) == before or not before, "what is empty may be filled in anew"
    return back


async def refused(pressed: Pressed) -> Seen | None:
    """The page that says what to mend, where leaving out one thing is no form that can be taken."""
    for name in dict.fromkeys(name for name, value in pressed.sending.fields if value and name not in TYPED_ANEW):
        sent = pressed.sending
        if sent.files:
            return None
        answer = await pressed.client.post(sent.url, dict((one, value) for one, value in sent.fields if one != name))
        if answer.status in (303, 422):
            return answer if answer.status == 422 else None
    return None


@pytest.mark.in_turns
@pytest.mark.parametrize("template", sorted(FORMS))
async def test_what_stands_in_a_form_is_there_in_another_size_of_text(template, there):  # noqa: F811
    """As it was opened and filled in; and where it was sent and something is to be mended."""
    pressed = await FORMS[template](there)
    back = await in_another_size(pressed.client, pressed.page, pressed.which, pressed.answers)
    assert is_large(back) and offered(await pressed.client.get("/help")) == [SMALLER], "the choice is kept"
    wrong = await refused(Pressed(pressed.client, back, pressed.which))
    if wrong is not None and template not in NOTHING_TYPED:
        await in_another_size(pressed.client, wrong, "typed", {})


async def test_words_that_are_refused_come_back_in_another_size_of_text(there):  # noqa: F811
    maria = await there.somebody("self")
    page = await maria.get(there.record("/messages/new"))
    wrong = await maria.send(page, "Send", words="May I swim?")
    assert wrong.status == 422
    back = await in_another_size(maria, wrong, "Send", {"topic": "health", "words": "May I swim again?"})
    assert "May I swim again?" in back.html


async def test_a_time_that_was_just_taken_keeps_what_was_chosen_in_another_size_of_text(there):  # noqa: F811
    maria = await there.somebody("self")
    look = await last_look(maria, there.cast)
    [slot] = [value for name, value in stands(look, "Book this appointment", {}) if name == "slot"]
    await there.house.database.rows("UPDATE slot SET status = 'busy' WHERE ref = ?", slot)
    gone = await maria.send(look, "Book this appointment")
    larger = await maria.follow(gone, LARGER)
    assert gone.status == 409 and is_large(larger) and larger.h1 == gone.h1
    assert [words for words, _ in gone.links if words.startswith("Change")] == [words for words, _ in larger.links if words.startswith("Change")]


async def test_a_page_that_only_shows_what_was_typed_offers_no_other_size(there):  # noqa: F811
    """No address could show it again."""
    maria = await there.somebody("self")
    page = await maria.get(there.record("/messages/new"))
    await maria.send(page, "Send", topic="health", words="May I swim?")
    other = await maria.send(page, "Send", topic="health", words="Quite other words")
    assert other.status == 422 and "Quite other words" in other.main and offered(other) == []


async def test_on_a_shared_computer_a_form_offers_no_other_size_and_other_pages_do(there):  # noqa: F811
    """Nothing that is typed there is kept, so it could not come back."""
    maria = await there.somebody("self")
    await there.house.database.rows("UPDATE session SET shared = ?", True)
    assert offered(await maria.get(there.record("/messages/new"))) == []
    assert offered(await maria.get(there.record("/messages"))) == [LARGER]
    assert "On a shared computer, choose it before you open a form." in (await maria.get("/help")).main


async def test_a_list_that_was_narrowed_stays_so_in_another_size_of_text(there):  # noqa: F811
    maria = await there.somebody("self")
    page = await maria.get(there.record("/medicines?q=ferrous&text=normal"))
    larger = await maria.follow(page, LARGER)
    assert is_large(larger) and larger.main == page.main and parse_qs(urlsplit(larger.url).query)["q"] == ["ferrous"]


async def test_a_wrong_code_and_another_size_of_text_still_lead_to_where_one_was_going(there):  # noqa: F811
    maria = await there.somebody("self")
    door = await maria.get("/account/prove?next=/account/codes")
    wrong = await maria.send(door, "Go on", code="000000")
    assert wrong.status == 422
    larger = await maria.follow(wrong, LARGER)
    assert is_large(larger) and dict(fill(larger.tree, larger.url, "Go on", {}).fields)["next"] == "/account/codes"
