"""A thread that somebody made very long stays a page that loads and a paper that is drawn: what is left out is said, and
every word of it is reached."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from pages.request import LETTERS, MOST
from tables.base import new_id
from tests.support.pdf import Document
from tests.sweep.test_sweep import WARM
from tests.test_requests import taken, write

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
async def maria(person):
    return await person("self")


async def lengthened(house, ref: str, many: int, words: str = "") -> None:
    """Such a thread comes together over days."""
    rows = await house.database.rows("SELECT s.* FROM request_step s JOIN request r ON r.id = s.request WHERE r.ref = ?", ref)
    columns = ", ".join(rows[0])
    async with house.database.transaction():
        for number in range(many):
            id = new_id()
            row = rows[0] | {"id": id, "did": "said", "at": rows[0]["at"] + timedelta(milliseconds=number + 1), "sealed": house.keyring.seal(f"Words {number}. {words}".encode(), id)}
            await house.database.rows(f"INSERT INTO request_step ({columns}) VALUES ({', '.join('?' * len(row))})", *row.values())


def numbers(said: str) -> list[int]:
    return [int(number) for number in re.findall(r"Words (\d+)\.", said)]


async def test_a_long_thread_is_shown_in_parts_and_each_of_them_is_reached(maria, cast, opened):
    sent = await write(maria, cast, "Words 999. The first")
    address = sent.url.partition("?")[0]
    await lengthened(opened.house, address.rpartition("/")[2], 2 * MOST + 5)
    page, found = await maria.get(address), []
    assert numbers(page.main) == list(range(MOST + 5, 2 * MOST + 5))
    assert f"{MOST + 6} entries were written before these. They are not on this page." in page.main
    while True:
        found = numbers(page.main) + found
        if not any(words == "The ones before" for words, _at in page.links):
            break
        page = await maria.follow(page, "The ones before")
        assert "They are not on this page." in page.main
    assert found == [999, *range(2 * MOST + 5)]
    assert "were written after these" in page.main
    newest = await maria.follow(page, "The newest ones")
    assert newest.url == address


async def test_a_thread_of_long_messages_is_no_heavier_than_any_page(person, opened, cast):
    """As heavy as English is, which repeats itself less than what other tests write."""
    prose = "".join((ROOT / name).read_text() for name in ("README.md", "docs/glossary.md", "docs/requests.md"))
    maria = await person("self")
    page = await write(maria, cast, prose[:4_900])
    for place in range(4_900, 19_600, 4_900):
        page = await maria.submit(page, "Send", words=prose[place:place + 4_900])
        assert prose[place + 4_400:place + 4_500].split()[1] in page.main and page.weight <= WARM, page.weight


async def test_its_paper_and_its_text_have_the_same_part_and_say_what_is_left_out(maria, cast, opened):
    sent = await write(maria, cast, "Words 999. The first")
    address = sent.url.partition("?")[0]
    await lengthened(opened.house, address.rpartition("/")[2], 120, ("e" + "\u0301\u0316\u0302\u0317\u0303\u0318") * 700)
    page = await maria.get(address)
    shown = numbers(page.main)
    assert 1 < len(shown) <= LETTERS // 4_900 + 1 and shown[-1] == 119
    text, paper = await maria.get(address + ".txt"), await maria.get(address + ".pdf")
    assert paper.status == 200
    for said in (" ".join(text.html.split()), " ".join(Document(paper.content).text.split())):
        assert numbers(said) == shown and "They are not on this page." in said
    before = await maria.follow(page, "The ones before")
    older = await maria.get(before.link("Plain text"))
    assert numbers(older.html) == numbers(before.main) != shown


async def test_whoever_answers_reaches_every_word_and_answers_all_of_it(maria, person, cast, opened):
    sent = await write(maria, cast, "Words 999. The first")
    await lengthened(opened.house, sent.url.partition("?")[0].rpartition("/")[2], MOST + 5)
    clinician = await person("clinician")
    item = await taken(clinician, "Message from Maria Delgado")
    before = await clinician.follow(item, "The ones before")
    assert sorted(numbers(before.main) + numbers(item.main)) == [*range(MOST + 5), 999]
    done = await clinician.submit(before, "Send the answer", words="All of it read.")
    assert "Your answer is sent." in done.main


@pytest.mark.parametrize("until", ["0", "-3", "1", "99999", "x", "1e9", "9" * 50])
async def test_any_part_can_be_asked_for(maria, cast, until):
    sent = await write(maria, cast, "Words 0.")
    assert numbers((await maria.get(sent.url.partition("?")[0] + f"?until={until}")).main) == [0]
