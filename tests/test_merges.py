"""Two charts of one person, merged by the feed: what the portal itself keeps of the old one is the other's from then on.
Messages and appointments of the demo's Maria."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from access.opening import open_record
from access.vocabulary import Action, Category, record
from acts.requests import AlreadyOpen, ask
from rules.requests import Asking
from seeds.cast import fixed_id
from tables.records import Record
from tables.sending import Sending
from tests.support.logins import signed_in
from tests.support.merging import another_chart, merge, part, shares_too
from tests.test_bookings import at_times, times_on
from tests.test_bookings_changed import alone, at_new_time, far, house, row_of, sent_now  # noqa: F401
from tests.test_requests import taken, write
from tests.test_staff_appointments import day_of


@pytest.fixture
async def maria(person):
    return await person("self")


class Moved:
    """Maria's chart and the empty one that hers is merged into."""

    def __init__(self, database, left: Record):
        self.database, self.left, self.old = database, left, fixed_id("record", "self")

    @property
    def home(self) -> str:
        return f"/records/{self.left.ref}"

    async def merge(self) -> None:
        await merge(self.database, self.old, self.left.id, datetime.now(UTC))

    async def part(self) -> None:
        await part(self.database, self.old, datetime.now(UTC))


@pytest.fixture
async def moved(demo_database, cast):
    old = fixed_id("record", "self")
    left = await another_chart(demo_database, old, datetime.now(UTC))
    await shares_too(demo_database, old, left.id)
    return Moved(demo_database, left)


def at_new_address(moved, page) -> str:
    """The same page below the chart that is left."""
    return moved.home + "/" + page.url.partition("?")[0].split("/", 3)[3]


async def test_messages_and_appointments_are_there_after_a_merge_and_back_after_it_was_wrong(maria, cast, moved):
    sent, visit = await write(maria, cast, "May I swim?"), await far(maria, cast)
    await moved.merge()
    assert "May I swim?" in (await maria.get(at_new_address(moved, sent))).main
    assert "Flu shot" in (await maria.get(at_new_address(moved, visit))).main
    assert "Flu shot" in (await maria.get(f"{moved.home}/appointments")).main
    await moved.part()
    assert "May I swim?" in (await maria.get(sent.url)).main and "Flu shot" in (await maria.get(visit.url)).main
    assert (await maria.get(at_new_address(moved, sent))).status == 404


async def test_a_message_of_a_merged_chart_is_taken_opened_and_answered(maria, person, cast, moved, demo_database):
    sent = await write(maria, cast, "May I swim?")
    await moved.merge()
    clinician = await person("clinician")
    item = await taken(clinician, "Message from Maria Delgado")
    assert "May I swim?" in item.main
    done = await clinician.submit(item, "Send the answer", words="Yes, from Monday on.")
    assert "Your answer is sent." in done.main
    assert "Yes, from Monday on." in (await maria.get(at_new_address(moved, sent))).main
    told = await demo_database.rows("SELECT account FROM outbox WHERE event = 'request.answered'")
    assert fixed_id("account", "self") in [row["account"] for row in told]


async def test_what_is_asked_after_the_merge_belongs_to_the_chart_that_is_left(maria, cast, moved, demo_database):
    await moved.merge()
    page = await maria.get(f"{moved.home}/messages/new")
    await maria.submit(page, "Send", topic="health", words="And run?")
    rows = await demo_database.rows("SELECT record FROM request WHERE kind = 'message' ORDER BY asked_at DESC, id DESC LIMIT 1")
    assert rows[0]["record"] == moved.left.id


async def test_a_refill_that_waits_is_not_asked_for_again_in_the_chart_that_is_left(maria, cast, moved, house, demo_database):  # noqa: F811
    await demo_database.rows("UPDATE request SET state = 'cancelled' WHERE kind = 'refill'")
    page = await maria.follow(await maria.get(f"/records/{cast['self'].record}/medicines"), "Ask for a refill")
    ref = next(one.get("value") for one in page.tree.all("input") if one.get("name") == "subject")
    await maria.submit(page, "Ask for this refill", subject=ref, words="")
    await moved.merge()
    waits = (await demo_database.rows("SELECT * FROM request WHERE kind = 'refill' AND state = 'requested'"))[0]
    viewer = await signed_in(house, fixed_id("account", "self"), "personal", house.clock())
    grant = await open_record(house, viewer, moved.left.ref, record(Category.MEDICINES, Action.ACT))
    asking = Asking("refill", "refill", "", waits["subject_kind"], waits["subject"], waits["label"])
    with pytest.raises(AlreadyOpen) as refused:
        await ask(grant, asking, Sending(b"k" * 32, "self", "refills", b"b" * 32), "refills")
    assert refused.value.ref == waits["ref"]


async def test_a_draft_of_the_old_chart_is_found_in_the_one_that_is_left_and_sent_once(maria, cast, moved, demo_database):
    page = await maria.get(f"/records/{cast['self'].record}/messages/new")
    await maria.send(page, "Send", press="Keep as a draft", topic="bill", words="Half a thought")
    await moved.merge()
    page = await maria.get(f"{moved.home}/messages/new")
    assert "Half a thought" in page.html
    await maria.submit(page, "Send", topic="bill", words="A whole one")
    assert await demo_database.rows("SELECT id FROM draft") == []


async def test_two_appointments_at_one_time_clash_across_a_merge(maria, cast, moved, demo_database):
    page = await at_times(maria, cast)
    for _ in range(3):
        page = await maria.follow(page, "Five more times")
    words = times_on(page)[-1]
    visit = await maria.submit(await maria.follow(page, words), "Book this appointment")
    await moved.merge()
    row = await row_of(demo_database, visit)
    left = f"{moved.home}/appointments"
    again = await maria.follow(await maria.get(left), "Book an appointment")
    again = await maria.follow(await maria.follow(again, "Check-up"), "Whoever is free first")
    await demo_database.rows("UPDATE booking SET starts_at = ?, ends_at = ? WHERE id = ?",
                             row["starts_at"] - timedelta(days=300), row["ends_at"] + timedelta(days=300), row["id"])  # fmt: skip
    refused = await maria.submit(await maria.follow(again, times_on(again)[0]), "Book this appointment")
    assert "It is booked." not in refused.main
    assert len(await demo_database.rows("SELECT id FROM booking WHERE record IN (?, ?) AND state = 'booked' AND made_at >= ?",
                                        moved.old, moved.left.id, row["made_at"])) == 1  # fmt: skip


async def test_an_appointment_of_a_merged_chart_is_moved_and_reminded_of(maria, cast, moved, house, demo_database):  # noqa: F811
    visit = await far(maria, cast)
    await moved.merge()
    there = await maria.submit(await at_new_time(maria, await maria.get(at_new_address(moved, visit))), "Move it to this time")
    row = await alone(demo_database, there)
    assert row["moves"] == 1
    await sent_now(house)
    house.clock.now = row["starts_at"] - timedelta(hours=12)
    assert [one.to for one in await sent_now(house) if "reminder" in one.subject] == ["maria.delgado@example.org"]


async def test_the_front_desk_sees_the_appointment_under_the_chart_that_is_left(maria, person, cast, moved, demo_database):
    row = await row_of(demo_database, await far(maria, cast))
    await moved.merge()
    page = await day_of(await person("frontdesk"), row)
    assert "Maria Delgado Ruiz" in page.main
