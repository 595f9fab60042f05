"""A form that did its work, and whose answer was lost, is sent again when the time was over: it is done once, and leads where
it led, in whichever session it comes. Every form that uses up a key is tried (`tests/test_sent_twice.py`)."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import pytest

from identity.parking import without_secrets
from identity.sessions import token_hash
from tests.support.client import Client, Seen
from tests.support.forms import Sending, fill
from tests.support.owners import signed_in
from tests.support.tills import house, portal, somebody, till  # noqa: F401 -- fixtures
from tests.test_sent_twice import ONCE, client_there, keys, same_place, state_of, there  # noqa: F401 -- fixtures
from tests.test_signed_in_again import over

OF_NOBODY = {
    "/register/account", "/register/send", "/staff/register/password", "/help/phishing", "/recover/username", "/recover/password",
    "/recover/everything", "/recover/code/password", "/recover/factor",
}  # fmt: skip
"""Sent by who is not signed in, or with a password alone: no session that keeps anything can have ended."""
SHOWN_ANEW = {"code", "credential"}
"""What proves something is never kept: it is asked for again."""
FORMS = sorted(set(ONCE) - OF_NOBODY)


@dataclass
class Again:
    """Somebody's browser, the form in it, and what became of it. `account` is theirs."""

    template: str
    client: Client
    sending: Sending
    house: object
    account: object
    kind: str

    @classmethod
    async def of(cls, template: str, there) -> Again:  # noqa: F811
        pressed = await ONCE[template](there)
        row = (await there.house.database.rows(
            "SELECT a.id, a.kind FROM session s JOIN account a ON a.id = s.account WHERE s.token = ?",
            token_hash(pressed.client.cookies["s"]),
        ))[0]  # fmt: skip
        return cls(template, pressed.client, pressed.sending, there.house, row["id"], row["kind"])

    async def send(self) -> Seen:
        return await self.client.send_again(self.sending)

    async def pressed_on(self, page: Seen) -> Seen:
        """The button of the form as it came back."""
        own = urlsplit(self.sending.url).path
        there = own if any((form.get("action") or "").partition("?")[0] == own for form in page.tree.all("form")) else "/check"
        return await self.client.send_again(fill(page.tree, page.url, there, {}))

    async def done(self) -> str:
        """Sends it, and gives where that led: an answer that she never got."""
        answer = await self.send()
        assert answer.status == 303, answer.main
        return answer.headers["location"]

    async def signs_in(self) -> None:
        async with self.house.database.transaction():
            token = await signed_in(self.house, self.account, self.kind, self.house.clock())
        self.client.cookies.clear()
        self.client.cookies.set("s", token)

    def leads_there(self, first: str, again: str) -> bool:
        return first == again or same_place(self.template, first, again)


def after_the_door(answer: Seen) -> dict[str, str]:
    assert answer.status == 303, answer.main
    parts = urlsplit(answer.headers["location"])
    assert parts.path in ("/sign-in", "/staff/sign-in"), parts.path
    return {name: values[0] for name, values in parse_qs(parts.query).items()}


@pytest.mark.in_turns
@pytest.mark.parametrize("template", FORMS)
async def test_what_was_done_and_is_sent_again_when_the_time_is_over_leads_through_the_door_to_what_it_did(template, there):  # noqa: F811
    form = await Again.of(template, there)
    first = await form.done()
    before = await state_of(form.house.database)
    await over(form.house)
    door = after_the_door(await form.send())
    assert door["ended"] == "sent" and form.leads_there(first, door["next"]), (first, door)
    assert "What you sent came in before that" in (await form.client.get(f"/sign-in?ended={door['ended']}")).main
    await form.signs_in()
    assert (await form.client.arrive(await form.client.get(door["next"]))).status == 200
    assert await state_of(form.house.database) == before


@pytest.mark.in_turns
@pytest.mark.parametrize("template", FORMS)
async def test_what_was_done_and_is_sent_again_after_signing_in_in_another_tab_leads_to_what_it_did(template, there):  # noqa: F811
    form = await Again.of(template, there)
    first = await form.done()
    before = await state_of(form.house.database)
    await over(form.house)
    await form.signs_in()
    assert form.leads_there(first, await form.done())
    assert await state_of(form.house.database) == before


@pytest.mark.in_turns
@pytest.mark.parametrize("template", FORMS)
async def test_a_form_that_came_back_in_two_tabs_is_done_once(template, there):  # noqa: F811
    """Sent twice when the time was over, it waits twice: both are still the same form."""
    form = await Again.of(template, there)
    used = await keys(form.house.database)
    await over(form.house)
    doors = [after_the_door(await form.send()) for _ in range(2)]
    assert await keys(form.house.database) == used, "nothing is sent by itself"
    if not without_secrets(form.sending.fields):
        assert {door["ended"] for door in doors} == {"yes"}
        return  # nothing was typed that could come back: the page is opened anew, and says how it stands by now
    assert {door["ended"] for door in doors} == {"kept"}
    await form.signs_in()
    tabs = [await form.client.arrive(await form.client.get(door["next"])) for door in doors]
    answers = [await form.pressed_on(tab) for tab in tabs]
    if SHOWN_ANEW & {name for name, value in form.sending.fields if value}:
        assert {one.status for one in answers} == {422} and await keys(form.house.database) == used
        return
    if {one.status for one in answers} == {200}:
        answers = [await form.pressed_on(look) for look in answers]  # the page before the last look came back
    assert [one.status for one in answers] == [303, 303], [one.text for one in answers]
    first, again = answers
    assert form.leads_there(first.headers["location"], again.headers["location"])
    assert await keys(form.house.database) == used + 1


async def test_other_words_in_a_form_that_was_done_are_kept_and_asked_about(there):  # noqa: F811
    form = await Again.of("/records/{record}/messages/new", there)
    first = await form.done()
    fields = tuple((name, "And may I run?" if name == "words" else value) for name, value in form.sending.fields)
    form.sending = Sending(form.sending.method, form.sending.url, fields, form.sending.files)
    await over(form.house)
    door = after_the_door(await form.send())
    assert door["ended"] == "kept"
    await form.signs_in()
    back = await form.client.get(door["next"])
    assert "And may I run?" in back.html
    asked = await form.client.send(back, "Send")
    assert asked.status == 422 and "already" in asked.h1.lower() + asked.main.lower() and "And may I run?" in asked.main
    assert first.partition("?")[0] in asked.html


async def test_a_form_that_was_done_leads_nobody_else_there(there):  # noqa: F811
    """Somebody else signs in at the same browser: the key is not theirs, and neither is what it did."""
    form = await Again.of("/records/{record}/messages/new", there)
    await form.done()
    await over(form.house)
    door = after_the_door(await form.send())
    thuy = await there.somebody("stranger")
    assert (await thuy.arrive(await thuy.get(door["next"]))).status == 404
