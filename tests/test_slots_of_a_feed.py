"""Schedule and Slot as a feed sends them, and what of them can be booked."""

from __future__ import annotations

from datetime import timedelta

import pytest

from rules.bookings import AHEAD, who_token
from tables import free_times
from tables.base import new_id, new_ref

SERVICE = [{"text": "Eye check"}]


def schedule(id: str = "s1", **more) -> dict:
    return {
        "resourceType": "Schedule", "id": id, "active": True, "serviceType": SERVICE,
        "actor": [{"reference": "Practitioner/1", "display": "Dr. Nils Lindqvist"}, {"reference": "Location/1", "display": "Eye room"}],
        **more,
    }  # fmt: skip


def slot(id: str, start, minutes: int = 30, status: str = "free", of: str = "s1", **more) -> dict:
    times = {"start": start.isoformat(), "end": (start + timedelta(minutes=minutes)).isoformat()}
    return {"resourceType": "Slot", "id": id, "schedule": {"reference": f"Schedule/{of}"}, "status": status, **times, **more}


async def offered(clinic) -> list:
    """What is offered of this clinic's own source."""
    found = await free_times.offers(clinic.database, clinic.now, clinic.now + AHEAD)
    mine = {row["id"] for row in await clinic.rows("schedule")}
    return [one for one in found if one.schedule in mine]


async def starts(clinic) -> list:
    found = await offered(clinic)
    rows = await free_times.times(clinic.database, [one.schedule for one in found], clinic.now, clinic.now + AHEAD, 20)
    return [row.starts_at for row in rows]


async def test_a_free_slot_of_a_schedule_is_offered_with_what_for_and_with_whom(clinic):
    at = clinic.now + timedelta(days=2)
    await clinic.sends(schedule(), slot("a", at))
    [offer] = await offered(clinic)
    assert (offer.what, offer.who, offer.place) == ("Eye check", "Dr. Nils Lindqvist", "Eye room")
    assert await starts(clinic) == [at]


@pytest.mark.parametrize(("status", "days"), [("busy", 2), ("busy-unavailable", 2), ("busy-tentative", 2), ("entered-in-error", 2), ("free", -1), ("free", 90)])
async def test_what_is_not_free_or_not_in_the_next_weeks_is_not_offered(clinic, status, days):
    await clinic.sends(schedule(), slot("a", clinic.now + timedelta(days=days), status=status))
    assert await offered(clinic) == []


async def test_a_schedule_that_is_not_active_offers_nothing(clinic):
    await clinic.sends(schedule(active=False), slot("a", clinic.now + timedelta(days=2)))
    assert await offered(clinic) == []


async def test_a_slot_without_its_schedule_offers_nothing(clinic):
    await clinic.sends(slot("a", clinic.now + timedelta(days=2), of="nowhere"))
    assert await offered(clinic) == []


async def test_times_come_in_order_over_many_weeks(clinic):
    wanted = [clinic.now + timedelta(days=days) for days in (1, 9, 20, 40, 59)]
    await clinic.sends(schedule(), *(slot(f"a{n}", at) for n, at in enumerate(reversed(wanted))))
    assert await starts(clinic) == wanted


async def test_a_slot_without_an_end_and_a_schedule_without_a_service_take_what_there_is(clinic):
    bare = slot("a", clinic.now + timedelta(days=2), serviceType=[{"text": "Walk-in"}])
    del bare["end"]
    await clinic.sends(schedule(serviceType=[], actor=[]), bare)
    [offer] = await offered(clinic)
    assert offer.what == "Walk-in" and offer.who == ""


async def test_what_the_feed_takes_is_no_longer_offered(clinic):
    at = clinic.now + timedelta(days=2)
    await clinic.sends(schedule(), slot("a", at))
    later = {"meta": {"lastUpdated": (clinic.now + timedelta(minutes=1)).isoformat(), "versionId": "2"}}
    await clinic.sends(slot("a", at, status="busy", **later))
    assert await offered(clinic) == []


async def test_a_site_is_found_by_the_name_of_its_location(clinic):
    id = new_id()
    async with clinic.database.transaction():
        await clinic.database.rows(
            "INSERT INTO clinic_site (id, ref, name, zone, phone, active) VALUES (?, ?, 'Hill Clinic', 'America/Denver', '', ?)",
            id, new_ref(), True,
        )
    try:
        await clinic.sends(
            schedule(actor=[{"reference": "Practitioner/1", "display": "Dr. Nils Lindqvist"}, {"reference": "Location/2", "display": "Hill Clinic"}]),
            slot("a", clinic.now + timedelta(days=2)),
        )
        [offer] = await offered(clinic)
        assert (offer.site, offer.zone, offer.place) == (id, "America/Denver", "")
        assert who_token(offer.who, offer.site) != who_token(offer.who, None)
    finally:
        async with clinic.database.transaction():
            await clinic.database.rows("DELETE FROM clinic_site WHERE id = ?", id)
