"""What was sent to an account can be read again, word for word, but for what would let somebody in."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jobs import outbox
from jobs.events import EVENTS
from notices import Letter
from rules.addresses import half_hidden
from seeds.cast import fixed_id
from tables.queue import enqueue_notice
from tests.support.contact import LINK, NEW, added, code_to, typed

pytestmark = pytest.mark.in_turns

PAGE, MARIA = "/account/messages-we-sent", fixed_id("account", "self")
SAY_THE_SAME = {"booking.reminder", "share.changed", "share.ended"}
"""Events whose words have nothing to cover."""
NO_ACCOUNT = {"registration.code"}
"""Letters to people who have no account yet."""


@pytest.fixture
async def maria(person):
    return await person("self")


class Post:
    """Where everything arrives."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []

    async def send(self, letter: Letter) -> None:
        self.letters.append(letter)

    async def close(self) -> None:
        pass


async def sent(house) -> list[Letter]:
    post = Post()
    while await outbox.turn(house, {"email": post, "sms": post}, "a test"):
        pass
    return post.letters


def quoted(page) -> list[list[str]]:
    return [[" ".join(line.text.split()) for line in one.iter("p")] for one in page.tree.all("blockquote")]


def lines(letter: Letter) -> list[str]:
    return [" ".join(line.split()) for line in letter.text.splitlines() if line.strip()]


async def test_the_words_are_those_that_were_sent(maria, house):
    for event in ("account.password_changed", "account.new_device", "account.told_not_me", "account.case_closed", "account.codes_made"):
        await enqueue_notice(house.database, event, MARIA, "Account", MARIA, house.clock())
    letters = await sent(house)
    page = await maria.get(PAGE)
    assert len(letters) == 5 and sorted(map(lines, letters)) == sorted(quoted(page))
    assert {letter.subject for letter in letters} <= {" ".join(one.text.split()) for one in page.tree.all("h2")}
    assert "By email to ma…@example.org" in page.main and "maria.delgado@example.org" not in page.main


async def test_a_code_and_a_link_that_acts_are_covered_and_all_else_is_the_same(maria, house):
    await typed(maria)
    code = await code_to(house)
    letters = await sent(house)
    page = await maria.get(PAGE)
    assert code not in page.html and [one.replace(code, "(not shown here)") for one in lines(letters[0])] in quoted(page)
    await added(maria, house, NEW)
    letters = await sent(house)
    link = LINK.search(letters[-1].text)
    page = await maria.get(PAGE)
    assert link[1] not in page.html
    assert [one.replace(link[1], "/c/(not shown here)") for one in lines(letters[-1])] in quoted(page)


def test_every_event_with_something_secret_has_a_covered_form():
    bare = {name for name, event in EVENTS.items() if event.facts and not event.covered}
    assert bare - NO_ACCOUNT == SAY_THE_SAME


async def test_what_waits_or_failed_says_so_and_what_was_dropped_or_is_for_later_is_not_there(maria, house):
    now = house.clock()
    for event in ("account.password_changed", "account.codes_made", "account.registered"):
        await enqueue_notice(house.database, event, MARIA, "Account", MARIA, now)
    await enqueue_notice(house.database, "account.recovered", MARIA, "Account", MARIA, now, run_at=now + timedelta(days=2))
    await house.database.rows("UPDATE outbox SET state = 'failed', sent_at = ? WHERE event = 'account.codes_made'", now)
    await house.database.rows("UPDATE outbox SET state = 'dropped', sent_at = ? WHERE event = 'account.registered'", now)
    page = await maria.get(PAGE)
    said = sorted("".join(one.itertext()) for one in page.tree.all("h2") if "signed out at" not in one.text and one.get("id") != "all-h")
    assert said == ["A message from us Waits to be sent", "One-time codes were made Could not be delivered"]


async def test_nobody_reads_what_was_sent_to_another(maria, person, house):
    await enqueue_notice(house.database, "account.password_changed", MARIA, "Account", MARIA, house.clock())
    await sent(house)
    thuy = await person("stranger")
    assert quoted(await thuy.get(PAGE)) == [] and len(quoted(await maria.get(PAGE))) == 1


async def test_the_list_goes_on_page_by_page(maria, house):
    now = house.clock()
    for n in range(23):
        await enqueue_notice(
            house.database, "account.password_changed", MARIA, "Account", MARIA, now - timedelta(minutes=n // 4), dedupe=f"n {n}"
        )
    await house.database.rows("UPDATE outbox SET state = 'sent', sent_at = made_at WHERE event = 'account.password_changed'")
    page = await maria.get(PAGE)
    seen = len(quoted(page))
    while any(words == "Older" for words, _ in page.links):
        page = await maria.follow(page, "Older")
        seen += len(quoted(page))
    assert seen == 23


@pytest.mark.parametrize(("kind", "value", "shown"), [
    ("email", "maria.delgado@example.org", "ma…@example.org"), ("email", "al@b.example", "a…@b.example"),
    ("sms", "+15552017788", "…7788"), ("print", "", ""),
])  # fmt: skip
def test_its_owner_knows_an_address_that_is_half_hidden(kind, value, shown):
    assert half_hidden(kind, value) == shown
