"""One person cannot use up what is everybody's: so many messages, replies and files a day, and every page of the queue is
reached."""

from __future__ import annotations

import asyncio
import io
import re

import pytest
from PIL import Image

from acts.requests import ASKS, FILES, SAYS
from pages.queue import PAGE
from tables.base import new_id
from tests.test_requests import home, write

KEPT = (
    "SELECT COUNT(*) AS n FROM stored_file f JOIN request_step s ON s.file = f.id JOIN account a ON a.id = s.author"
    " WHERE a.username = ?"
)


@pytest.fixture
async def maria(person):
    return await person("self")


def picture() -> tuple[str, bytes, str]:
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "PNG")
    return ("a.png", out.getvalue(), "image/png")


async def test_so_many_messages_a_day_and_what_was_typed_over_that_is_kept(maria, person, cast, demo_database):
    for number in range(ASKS):
        assert (await write(maria, cast, f"Number {number}")).status == 200
    refused = await write(maria, cast, "One more word")
    assert refused.status == 422 and "One more word" in refused.html
    assert refused.errors == [line for line in refused.errors if re.search(r"You asked us 20 things today.*Call us", line)] != []
    rows = await demo_database.rows("SELECT COUNT(*) AS n FROM request WHERE asked_by = (SELECT id FROM account WHERE username = ?)", cast["self"].username)
    assert rows[0]["n"] >= ASKS
    helper = await person("teen")
    page = await helper.get(f"/records/{cast['teen'].record}/messages/new")
    assert "We have it." in (await helper.submit(page, "Send", topic="other", words="Mine comes through")).main


async def test_messages_at_once_are_no_more_than_one_after_the_other(maria, cast):
    pages = [await maria.get(home(cast, "/messages/new")) for _ in range(ASKS + 5)]
    answers = await asyncio.gather(*(maria.send(page, "Send", topic="other", words=f"At once {n}") for n, page in enumerate(pages)))
    assert sorted(one.status for one in answers) == [303] * ASKS + [422] * 5


async def test_the_same_form_sent_again_counts_once(maria, cast):
    page = await maria.get(home(cast, "/messages/new"))
    answers = [await maria.send(page, "Send", topic="other", words="Again") for _ in range(ASKS + 5)]
    assert {one.status for one in answers} == {303} and (await write(maria, cast, "Another")).status == 200


async def test_so_many_replies_a_day_and_what_was_typed_over_that_is_kept(maria, cast):
    sent = await write(maria, cast)
    page = await maria.get(sent.url)
    keys = [page] + [await maria.get(sent.url) for _ in range(SAYS)]
    answers = [await maria.send(one, "Send", words=f"And {n}") for n, one in enumerate(keys)]
    assert [one.status for one in answers] == [303] * SAYS + [422]
    assert "You wrote 40 times more today" in answers[-1].main and f"And {SAYS}" in answers[-1].html


async def test_so_many_files_a_day_and_the_words_go_without_one(maria, cast, demo_database):
    sent, before = await write(maria, cast), (await demo_database.rows(KEPT, cast["self"].username))[0]["n"]
    for number in range(FILES):
        assert (await maria.send(await maria.get(sent.url), "Send", words=str(number), file=picture())).status == 303
    page = await maria.get(home(cast, "/messages/new"))
    refused = await maria.send(page, "Send", topic="health", words="With a file", file=picture())
    assert refused.status == 422 and "With a file" in refused.html and "You sent 10 files today" in refused.main
    assert (await demo_database.rows(KEPT, cast["self"].username))[0]["n"] == before + FILES
    assert (await maria.send(refused, "Send", topic="health", words="With a file")).status == 303


async def test_every_request_of_the_queue_is_reached_the_longest_waiting_first(maria, person, cast, demo_database):
    clinician = await person("clinician")
    await write(maria, cast, "The first")
    before = int(re.search(r"(\d+) requests? waits? for", (await clinician.get("/staff/requests")).main)[1])
    rows = await demo_database.rows("SELECT * FROM request ORDER BY id DESC LIMIT 1")
    columns = ", ".join(rows[0])
    for number in range(2 * PAGE + 1):
        row = rows[0] | {"id": new_id(), "ref": f"more{number:018}", "subject": str(number), "due_at": rows[0]["due_at"]}
        marks = ", ".join("?" * len(row))
        await demo_database.rows(f"INSERT INTO request ({columns}) VALUES ({marks})", *row.values())
    page, seen, pages = await clinician.get("/staff/requests"), [], 0
    assert f"{before + 2 * PAGE + 1} requests wait for an answer." in page.main
    while True:
        here = [at for _words, at in page.links if re.fullmatch(r"/staff/requests/[\w-]{22}", at)]
        seen, pages = seen + here, pages + 1
        assert len(here) <= PAGE
        if not any(words.startswith("The next ones") for words, _at in page.links):
            break
        page = await clinician.follow(page, "The next ones")
    assert len(seen) == len(set(seen)) == before + 2 * PAGE + 1 and pages >= 3
    assert "/staff/requests" in [at for words, at in page.links if words == "The first ones"]
    assert (await clinician.get("/staff/requests?after=nonsense")).status == 200
