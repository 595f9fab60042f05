"""A file that is too large costs nobody their words: the form comes back with them, and says how large a file may be."""

from __future__ import annotations

import asyncio
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from handlers import form_layer
from handlers.uploads import NotAForm, parse_beginning
from tests.support.arriving import when_her_time_runs_out
from tests.support.forms import fill
from tests.support.signing_in import sign_in
from tests.test_requests import PDF, home, taken, write

TOO_LARGE = "This file is too large, so nothing was sent. Choose one of 5 MB at most, or send your words without it"
KIND = "multipart/form-data; boundary=b"


@pytest.fixture
async def maria(person):
    return await person("self")


def too_large() -> tuple[str, bytes, str]:
    return ("x.pdf", PDF + b"\0" * 6_000_000, "application/pdf")


async def sent_with(client, page, which: str, file: tuple[str, bytes, str], *, said: bool = True, piece: int = 1 << 16, **answers):
    """As a browser sends it, in pieces and in the order of the page: what stands after the file comes after it."""
    sending = fill(page.tree, page.url, which, answers | {"file": file})
    before = [(name, value) for name, value in sending.fields if name != "next"]
    parts = [*((name, (None, value)) for name, value in before), ("file", file), ("next", (None, page.url))]
    whole = httpx.Request("POST", "http://x", files=parts)
    body = whole.read()

    async def pieces():
        for begin in range(0, len(body), piece):
            yield body[begin : begin + piece]

    headers = {"content-type": whole.headers["content-type"]} | ({"content-length": str(len(body))} if said else {})
    return await client.request("POST", sending.url, content=pieces(), headers=headers)


@pytest.mark.parametrize("said", [True, False], ids=["its size is said beforehand", "its size is not said"])
async def test_a_file_that_is_too_large_costs_no_words_and_the_form_says_how_large_it_may_be(maria, cast, said):
    page = await maria.get(home(cast, "/messages/new"))
    answer = await sent_with(maria, page, "Send", too_large(), said=said, topic="bill", words="Über 5 MB")
    assert answer.status == 422 and answer.errors == [TOO_LARGE] and answer.h1 == page.h1
    fields = dict(fill(answer.tree, answer.url, "Send", {}).fields)
    assert (fields["topic"], fields["words"]) == ("bill", "Über 5 MB")
    assert "We have it." in (await maria.submit(answer, "Send")).main


async def test_a_file_that_is_too_large_with_a_reply_and_with_an_answer_costs_no_words(maria, person, cast):
    page = await maria.get((await write(maria, cast)).url.partition("?")[0])
    reply = await sent_with(maria, page, "Send", too_large(), words="Here is the picture")
    assert reply.status == 422 and reply.errors == [TOO_LARGE] and "Here is the picture" in reply.html
    clinician = await person("clinician")
    item = await taken(clinician, "Message from Maria Delgado")
    answer = await sent_with(clinician, item, "Send the answer", too_large(), words="Here is the sheet")
    assert answer.status == 422 and answer.errors == [TOO_LARGE] and "Here is the sheet" in answer.html
    assert "Your answer is sent." in (await clinician.submit(answer, "Send the answer")).main


async def test_what_was_typed_with_too_large_a_file_when_the_time_was_over_waits_as_well(maria, cast, demo_database):
    page = await maria.get(home(cast, "/messages/new"))
    await when_her_time_runs_out(demo_database)
    answer = await sent_with(maria, page, "Send", too_large(), topic="bill", words="A whole letter")
    assert answer.status == 303 and "ended=kept" in answer.headers["location"]
    back = parse_qs(urlsplit(answer.headers["location"]).query)["next"][0]
    async with demo_database.transaction():
        await demo_database.rows("UPDATE authenticator SET last_step = 0")
    await sign_in(maria, cast["self"])
    filled = await maria.get(back)
    assert "A whole letter" in filled.html and filled.errors == ["Choose your file again: x.pdf"]


async def test_a_form_of_somebody_else_with_too_large_a_file_is_refused_as_any_other(maria, person, cast):
    page = await (await person("helper-full")).get(home(cast, "/messages/new"))
    answer = await sent_with(maria, page, "Send", too_large(), topic="bill", words="Not mine")
    assert answer.status == 403 and "Not mine" not in answer.html


async def test_words_that_are_themselves_more_than_can_be_read_are_refused_in_words(maria, cast):
    page = await maria.get(home(cast, "/messages/new"))
    both = await sent_with(maria, page, "Send", too_large(), topic="bill", words="a" * 70_000)
    alone = await maria.send(page, "Send", press="Keep as a draft", topic="bill", words="a" * 70_000)
    for answer in (both, alone):
        assert answer.status == 413 and "Nothing was sent, and no draft was kept. Go back one page." in answer.main


async def test_of_too_large_a_file_no_more_is_read_than_words_can_have(maria, cast, monkeypatch):
    read = []
    up_to = form_layer._up_to

    async def watched(receive, limit):
        body, whole = await up_to(receive, limit)
        read.append(len(body))
        return body, whole

    monkeypatch.setattr(form_layer, "_up_to", watched)
    page = await maria.get(home(cast, "/messages/new"))
    await sent_with(maria, page, "Send", too_large(), piece=10_000, topic="bill", words="Long")
    assert read == [pytest.approx(65_536, abs=10_000)]


async def test_many_large_files_of_one_account_at_once_fill_no_memory_and_cost_no_words(maria, cast):
    """Whoever sends hundreds and never ends them leaves room for everybody else; small ones are taken all the same."""
    page, here, ends = await maria.get(home(cast, "/messages/new")), [], asyncio.Event()

    async def held():
        yield b"--b\r\n" + b"a" * 100_000
        here.append(True)
        await ends.wait()

    headers = {"content-type": KIND}
    waiting = [asyncio.create_task(maria.request("POST", page.url, content=held(), headers=headers)) for _ in range(form_layer.AT_ONCE)]
    while len(here) < form_layer.AT_ONCE:
        await asyncio.sleep(0.01)
    large = ("x.pdf", PDF + b"\0" * 100_000, "application/pdf")
    refused = await sent_with(maria, page, "Send", large, topic="bill", words="Long and dear")
    assert refused.errors == ["We cannot take files right now. Send it without the file, or try again later"]
    assert "Long and dear" in refused.html
    ends.set()
    assert {seen.status for seen in await asyncio.gather(*waiting)} == {400}
    assert "We cannot take files" not in (await sent_with(maria, page, "Send", large, topic="bill", words="Long and dear")).main


def part(head: str, content: bytes) -> bytes:
    return f"--b\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + content + b"\r\n"


def test_the_beginning_of_a_form_is_its_whole_fields_and_the_name_of_the_file_that_comes():
    body = part('name="words"', "Grüße".encode()) + part('name="none"; filename=""', b"") + part('name="file"; filename="a.pdf"', b"%PDF")
    pairs, files = parse_beginning(KIND, body)
    assert pairs == [("words", "Grüße")] and (files["file"].name, files["file"].content, files["file"].too_large) == ("a.pdf", b"", True)


@pytest.mark.parametrize("body", [
    b"", b"nothing", part('name="words"', b"never ends")[:-2], part('name="words"', b"and no file"), part('name="words"', b"\xff") + part('name="f"; filename="a"', b""),
    b"".join(part(f'name="a{n}"', b"") for n in range(100)) + part('name="f"; filename="a"', b""),
])  # fmt: skip
def test_a_beginning_without_a_file_or_with_odd_fields_is_no_form(body):
    with pytest.raises(NotAForm):
        parse_beginning(KIND, body)
