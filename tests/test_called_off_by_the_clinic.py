"""One that was booked here and called off in the clinic's own system: told apart from whatever resembles it, said, and done once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from access.opening import open_system
from ehr.importing import import_paths
from jobs import job
from jobs.kinds import KINDS, after_feed
from tests.support.feeds import Resource, written
from tests.test_bookings import at_times, home, times_on
from tests.test_bookings_changed import address_of, alone, at_new_time, far, house, row_of, sent_now
from tests.test_slots_of_a_feed import schedule, slot

__all__ = ["house"]

SOURCE, WHO = "riverbend", "Dr. Nils Lindqvist"


@pytest.fixture
async def maria(person):
    return await person("self")


@pytest.fixture
def feed(house, tmp_path):
    """`await feed(*resources)`: the clinic's feed comes, and what follows it is done."""
    came = iter(range(100))

    async def sends(*resources: Resource, source: str = SOURCE) -> None:
        house.clock.now = datetime.now(UTC)
        entries = [one if "request" in one else {"resource": one} for one in resources]
        file = written(tmp_path / f"feed{next(came)}.json", {"resourceType": "Bundle", "type": "history", "entry": entries})
        await import_paths(open_system(house, "import", house.clock()), [file], source, ended=partial(after_feed, house))
        while await job.turn(house, KINDS, "test"):
            pass
        assert await house.database.rows("SELECT id FROM job WHERE kind = 'feed.bookings' AND failure <> ''") == []

    return sends


def soon(days: int = 3) -> datetime:
    return datetime.now(UTC).replace(hour=17, minute=3, second=0, microsecond=0) + timedelta(days=days)


def appointment(starts_at: datetime, status: str = "booked", id: str = "a1", who: str = WHO, of: str = "self", slot: str = "", **more) -> Resource:
    """As the clinic's own system makes it of a booking; last changed now."""
    return {
        "resourceType": "Appointment", "id": id, "status": status, "serviceType": [{"text": "Eye check"}],
        "start": starts_at.isoformat(), "end": (starts_at + timedelta(minutes=30)).isoformat(),
        "slot": [{"reference": f"Slot/{slot}"}] if slot else [],
        "participant": [{"actor": {"reference": f"Patient/{of}"}, "status": "accepted"}, {"actor": {"display": who}, "status": "accepted"}],
        "meta": {"lastUpdated": datetime.now(UTC).isoformat()},
    } | more  # fmt: skip


async def booked_of_feed(client, cast, feed):
    """A time of the feed's, Slot/t1, booked here; Slot/t2 is free as well."""
    await feed(schedule(), slot("t1", soon()), slot("t2", soon(4)))
    page = await at_times(client, cast, "Eye check")
    return await client.submit(await client.follow(page, times_on(page)[0]), "Book this appointment")


async def told(database) -> list[str]:
    rows = await database.rows("SELECT a.username FROM outbox o JOIN account a ON a.id = o.account WHERE o.event = 'booking.cancelled'")
    return [row["username"] for row in rows]


async def steps_of(database, page) -> list[dict]:
    return await database.rows("SELECT * FROM booking_step WHERE booking = ? ORDER BY at, id", (await row_of(database, page))["id"])


async def stands(database, page) -> bool:
    """Whether it does, and nobody was told anything else."""
    return (await row_of(database, page))["state"] == "booked" and await told(database) == []


async def test_what_is_called_off_in_the_clinics_system_is_called_off_here_and_everybody_reads_it(maria, person, cast, feed, demo_database):
    first = await booked_of_feed(maria, cast, feed)
    await feed(appointment(soon(), slot="t1"))
    assert await stands(demo_database, first)
    listed = (await maria.get(home(cast, "/appointments"))).main.count("Eye check")
    await feed(appointment(soon(), "cancelled", slot="t1", cancelationReason={"text": "The doctor is ill"}))
    row, steps = await row_of(demo_database, first), await steps_of(demo_database, first)
    assert row["state"] == "cancelled" and [one["did"] for one in steps] == ["booked", "cancelled"] and steps[-1]["author"] is None
    page = await maria.get(address_of(first))
    assert page.main.index("The clinic called it off.") < page.main.index("With"), "before what may be skipped"
    assert "Called off on" in page.main and "by the clinic." in page.main and page.main.count("Why: The doctor is ill.") == 1
    assert "Move it" not in page.main and "METHOD:" in (await maria.get(f"{address_of(first)}.ics")).text
    off = (await maria.get(home(cast, "/appointments"))).main
    assert off.count("Eye check") == listed and "Called off" in off
    assert await told(demo_database) == [cast["self"].username]
    desk = await person("frontdesk")
    seen = await desk.get(f"/staff/appointments/{row['ref']}")
    assert "Called off on" in seen.main and "by the clinic’s own system." in seen.main
    assert "called an appointment off" in (await maria.get(home(cast, "/activity"))).main.lower()


async def test_the_same_feed_again_calls_off_nothing_twice(maria, cast, feed, demo_database):
    first = await booked_of_feed(maria, cast, feed)
    off = appointment(soon(), "cancelled", slot="t1")
    for _ in range(2):
        await feed(off)
    await feed(appointment(soon(), "cancelled", slot="t1", comment="Sent anew"))
    assert len(await steps_of(demo_database, first)) == 2 and await told(demo_database) == [cast["self"].username]


async def test_nobody_is_reminded_of_what_the_clinic_called_off(maria, cast, feed, house, demo_database):
    first = await booked_of_feed(maria, cast, feed)
    row = await alone(demo_database, first)
    await feed(appointment(soon(), slot="t1"))
    await feed(appointment(soon(), "cancelled", slot="t1"))
    assert (await row_of(demo_database, first))["state"] == "cancelled"
    house.clock.now = row["starts_at"] - timedelta(hours=12)
    assert [one for one in await sent_now(house) if "reminder" in one.subject] == []


@pytest.mark.parametrize("status", ["cancelled", "noshow", "entered-in-error"])
async def test_each_word_for_it_counts_and_what_was_never_dated_counts_once_it_stood(maria, cast, feed, demo_database, status):
    first = await booked_of_feed(maria, cast, feed)
    await feed(appointment(soon(), slot="t1", meta={}))
    assert await stands(demo_database, first)
    await feed(appointment(soon(), status, slot="t1", meta={}))
    assert (await row_of(demo_database, first))["state"] == "cancelled"


async def test_what_the_clinics_system_deletes_is_called_off(maria, cast, feed, demo_database):
    first = await booked_of_feed(maria, cast, feed)
    await feed(appointment(soon(), slot="t1"))
    await feed({"request": {"method": "DELETE", "url": "Appointment/a1"}})
    assert (await row_of(demo_database, first))["state"] == "cancelled"


async def test_a_time_of_our_own_hours_is_known_by_patient_moment_and_person(maria, cast, feed, demo_database):
    first = await far(maria, cast)
    row = await row_of(demo_database, first)
    await feed(appointment(row["starts_at"], "cancelled", who=row["who"]))
    assert (await row_of(demo_database, first))["state"] == "cancelled"


LIKE_IT = {
    "of another patient": {"of": "stranger", "slot": "t1"}, "in another slot": {"slot": "t2"}, "with another person": {"who": "Ada Rhys"},
    "at another time": {"starts_at": soon(5)},
    "called off before it was booked": {"slot": "t1", "meta": {"lastUpdated": (datetime.now(UTC) - timedelta(days=1)).isoformat()}},
    "never dated and never seen to stand": {"slot": "t1", "meta": {}},
    "proposed": {"slot": "t1", "status": "proposed"},
}  # fmt: skip


@pytest.mark.parametrize("like", LIKE_IT)
async def test_what_only_resembles_it_calls_nothing_off(maria, cast, feed, demo_database, like):
    first = await booked_of_feed(maria, cast, feed)
    await feed(appointment(**{"starts_at": soon(), "status": "cancelled"} | LIKE_IT[like]))
    assert await stands(demo_database, first)
    page = await maria.get(address_of(first))
    assert "The clinic called it off" not in page.main and "Move it" in page.main


async def test_another_feed_names_other_slots_and_knows_nobody_here(maria, cast, feed, demo_database):
    first = await booked_of_feed(maria, cast, feed)
    await feed({"resourceType": "Patient", "id": "self", "name": [{"text": "Maria Delgado"}]}, appointment(soon(), "cancelled", slot="t1"), source="elsewhere")
    assert await stands(demo_database, first)


async def test_the_one_that_was_called_off_before_this_very_time_was_booked_anew_calls_nothing_off(maria, cast, feed, demo_database):
    """Its feed says so again afterwards, with another date."""
    await feed(appointment(soon(), slot="t1"), appointment(soon(), "cancelled", slot="t1"))
    first = await booked_of_feed(maria, cast, feed)
    await feed(appointment(soon(), "cancelled", slot="t1", comment="Told to the patient"))
    assert await stands(demo_database, first)
    page = await maria.get(home(cast, "/appointments"))
    assert "Booked" in (await maria.get(address_of(first))).main and "Called off" in page.main


async def test_while_one_of_two_at_that_time_stands_it_is_not_called_off(maria, cast, feed, demo_database):
    first = await booked_of_feed(maria, cast, feed)
    await feed(appointment(soon(), slot="t1", id="a2"), appointment(soon(), "cancelled", slot="t1"))
    assert await stands(demo_database, first)
    await feed(appointment(soon(), "cancelled", slot="t1", id="a2"))
    assert (await row_of(demo_database, first))["state"] == "cancelled"


async def test_what_was_moved_here_is_not_called_off_with_the_time_that_it_left(maria, cast, feed, demo_database):
    first = await booked_of_feed(maria, cast, feed)
    await feed(appointment(soon(), slot="t1"))
    moved = await maria.submit(await at_new_time(maria, first, 0), "Move it to this time")
    await feed(appointment(soon(), "cancelled", slot="t1"))
    assert (await row_of(demo_database, moved))["moves"] == 1 and await stands(demo_database, first)


async def test_what_has_begun_is_left_and_nobody_is_written_to(maria, cast, feed, demo_database):
    first = await booked_of_feed(maria, cast, feed)
    at = datetime.now(UTC) - timedelta(minutes=5)
    await demo_database.rows("UPDATE booking SET starts_at = ?, ends_at = ? WHERE id = ?", at, at + timedelta(minutes=30), (await row_of(demo_database, first))["id"])
    await feed(appointment(at, "noshow", slot="t1"))
    assert await stands(demo_database, first)
    assert "The clinic called it off." in (await maria.get(address_of(first))).main


async def test_a_form_from_before_changes_nothing_and_says_so(maria, cast, feed, demo_database):
    first = await booked_of_feed(maria, cast, feed)
    form = await maria.follow(first, "Call it off")
    await feed(appointment(soon(), "cancelled", slot="t1"))
    assert "It was changed before this came." in (await maria.submit(form, "Call this appointment off", reason="ill")).main


LOOK = "Look into this one: in the clinic’s own system nobody can be seen at this time any more."


@pytest.mark.parametrize(("status", "said"), [("busy-unavailable", True), ("entered-in-error", True), ("busy", False), ("busy-tentative", False)])
async def test_of_a_slot_alone_the_desk_is_told_and_nothing_is_called_off(maria, person, cast, feed, demo_database, status, said):
    first = await booked_of_feed(maria, cast, feed)
    await feed(slot("t1", soon(), status=status, meta={"lastUpdated": datetime.now(UTC).isoformat()}))
    assert await stands(demo_database, first)
    desk, row = await person("frontdesk"), await row_of(demo_database, first)
    for page in (await desk.get(f"/staff/appointments?day={soon().date()}"), await desk.get(f"/staff/appointments/{row['ref']}")):
        assert "Maria Delgado" in page.main and (LOOK in page.main) == said


UNSURE = "Look into this one: in the clinic’s own system something of theirs at this time was called off."


@pytest.mark.parametrize(("like", "said"), [
    ("never dated and never seen to stand", True), ("of another patient", False), ("at another time", False), ("proposed", False),
])  # fmt: skip
async def test_what_was_called_off_then_and_may_be_another_is_for_the_desk_to_look_into(maria, person, cast, feed, demo_database, like, said):
    first = await booked_of_feed(maria, cast, feed)
    await feed(appointment(**{"starts_at": soon(), "status": "cancelled"} | LIKE_IT[like]))
    desk, row = await person("frontdesk"), await row_of(demo_database, first)
    for page in (await desk.get(f"/staff/appointments?day={soon().date()}"), await desk.get(f"/staff/appointments/{row['ref']}")):
        assert "Maria Delgado" in page.main and (UNSURE in page.main) == said


async def test_hours_of_ours_that_are_over_are_no_reason_to_look(maria, person, cast, demo_database):
    first = await far(maria, cast)
    row = await row_of(demo_database, first)
    await demo_database.rows("UPDATE slot SET withdrawn_at = ? WHERE id = ?", datetime.now(UTC), row["slot"])
    assert LOOK not in (await (await person("frontdesk")).get(f"/staff/appointments/{row['ref']}")).main
