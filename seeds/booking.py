"""What can be booked at Riverbend in the next weeks, and what the cast has booked, moved and called off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from access.house import House
from acts.bookings import REMIND
from acts.hours import DAY, keep_making, make_for
from rules.bookings import BOOKED, CANCELLED, MOVED, reminder_at, wall_text
from seeds.cast import Person, fixed_id, fixed_ref
from seeds.clinic import SITE, ZONE
from tables.bookings import PORTAL
from tables.hours import Weekly, add_template, standing_templates
from tables.queue import enqueue

OKAFOR, ABBOTT = "Dr. Lena Okafor", "Ruth Abbott, nurse"
TYPES = (
    ("Check-up", 20, True, "Write a list of all that you take"), ("Blood check", 10, True, "Drink some water"),
    ("Flu shot", 10, True, ""), ("Small procedure", 40, False, ""),
)
"""Name, minutes, whether people book it themselves, what to do before."""
HOURS = (
    *(("Check-up", OKAFOR, "Room 4", day, "09:00", "11:40", 20) for day in (0, 1, 3, 4)),
    ("Small procedure", OKAFOR, "Room 2", 2, "13:00", "15:40", 40),
    *(("Blood check", ABBOTT, "Laboratory", day, "08:00", "09:30", 10) for day in range(5)),
    *(("Flu shot", ABBOTT, "Room 1", day, "14:00", "15:30", 10) for day in (1, 3)),
)


@dataclass(frozen=True, slots=True)
class Booked:
    """The first time for it so many `days` from the planting on, at `clock` or later. `steps`: what was done, by whom,
    hours ago, and why."""

    slug: str
    of: str
    what: str
    who: str
    place: str
    days: int
    clock: str
    minutes: int
    steps: tuple[tuple[str, str, int, str, str], ...]
    """(did, handle, hours ago, reason, words)."""


STORY = (
    Booked("checkup", "self", "Check-up", OKAFOR, "Room 4", 16, "09:40", 20, ((BOOKED, "self", 50, "", ""),)),
    Booked("shot", "self", "Flu shot", ABBOTT, "Room 1", 30, "14:30", 10, (
        (BOOKED, "helper-appointments", 40, "", ""), (MOVED, "helper-appointments", 20, "", ""),
    )),
    Booked("ill", "self", "Check-up", OKAFOR, "Room 4", 5, "10:20", 20, (
        (BOOKED, "self", 120, "", ""), (CANCELLED, "self", 30, "ride", "Joseph’s car is being mended that week."),
    )),
    Booked("spring", "self", "Blood check", ABBOTT, "Laboratory", -70, "08:10", 10, ((BOOKED, "self", 2000, "", ""),)),
    Booked("neighbour", "helper-appointments", "Blood check", ABBOTT, "Laboratory", 1, "08:00", 10, ((BOOKED, "helper-appointments", 70, "", ""),)),
    Booked("river", "stranger", "Check-up", OKAFOR, "Room 4", 2, "09:20", 20, ((BOOKED, "stranger", 90, "", ""),)),
    Booked("school", "teen", "Check-up", OKAFOR, "Room 4", 12, "11:00", 20, ((BOOKED, "guardian", 46, "", ""),)),
)  # fmt: skip


async def plant_hours(house: House, now: datetime) -> None:
    """In the caller's transaction. A second planting changes nothing."""
    database = house.database
    for name, minutes, online, before in TYPES:
        await database.rows(
            "INSERT INTO clinic_visit_type (id, ref, name, minutes, online, instructions) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT DO NOTHING",
            fixed_id("visit type", name), fixed_ref("visit type", name), name, minutes, online, before or None,
        )
    for what, who, place, weekday, begins, ends, minutes in HOURS:
        slug = f"{what} {weekday}"
        weekly = Weekly(SITE, what, who, place, weekday, begins, ends, minutes, f"{now:%Y-%m-%d}")
        await add_template(database, fixed_id("template", slug), fixed_ref("template", slug), weekly, None, now)
    for template in await standing_templates(database):
        await make_for(database, template, now)
    await keep_making(database, now + DAY, now)
    await _close_new_year(house, now)


async def _close_new_year(house: House, now: datetime) -> None:
    """The first of January that comes, all day."""
    day = datetime(now.astimezone(ZoneInfo(ZONE)).year + 1, 1, 1, tzinfo=ZoneInfo(ZONE))
    await house.database.rows(
        "INSERT INTO clinic_closure (id, ref, site, who, starts_at, ends_at, made_at) VALUES (?, ?, ?, '', ?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        fixed_id("closure", "new year"), fixed_ref("closure", "new year"), SITE, day.astimezone(UTC),
        (day + DAY).astimezone(UTC), now,
    )


async def plant_booked(house: House, people: Sequence[Person], now: datetime) -> None:
    """In the caller's transaction."""
    handles = {person.handle for person in people}
    for one in STORY:
        if {one.of, *(by for _did, by, *_rest in one.steps)} <= handles:
            await _plant(house, one, now)


async def _plant(house: House, one: Booked, now: datetime) -> None:
    id, (did, by, *_rest) = fixed_id("booking", one.slug), one.steps[0]
    slot, starts_at, ends_at = await _slot(house, one, now)
    state = CANCELLED if one.steps[-1][0] == CANCELLED else BOOKED
    made, changed = (now - timedelta(hours=step[2]) for step in (one.steps[0], one.steps[-1]))
    wall = wall_text(starts_at.astimezone(ZoneInfo(ZONE)))
    await house.database.rows(
        "INSERT INTO booking (id, ref, record, slot, site, state, label, who, place, wall_text, zone, starts_at, ends_at, moves,"
        " asked_by, share, by_staff, made_at, changed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', ?, ?)"
        " ON CONFLICT DO NOTHING",
        id, fixed_ref("booking", one.slug), fixed_id("record", one.of), slot, SITE, state,
        one.what, one.who, one.place, wall, ZONE, starts_at, ends_at, len(one.steps) - 1, fixed_id("account", by),
        _share(by, one), made, changed,
    )
    for number, step in enumerate(one.steps):
        await _plant_step(house, one, number, step, starts_at, now)
    due = reminder_at(starts_at, ZONE, now)
    if due and state == BOOKED:
        arguments = {"booking": str(id), "at": starts_at.isoformat()}
        await enqueue(house.database, REMIND, arguments, now, record=fixed_id("record", one.of), run_at=due, dedupe=f"{REMIND}:{one.slug}")


async def _plant_step(house: House, one: Booked, number: int, step: tuple, starts_at: datetime, now: datetime) -> None:
    did, by, hours, reason, words = step
    id = fixed_id("booking step", f"{one.slug} {number}")
    before = starts_at - timedelta(days=7) if number + 1 < len(one.steps) and one.steps[-1][0] == MOVED else starts_at
    await house.database.rows(
        "INSERT INTO booking_step (id, booking, at, author, share, by_staff, did, starts_at, reason, sealed)"
        " VALUES (?, ?, ?, ?, ?, '', ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        id, fixed_id("booking", one.slug), now - timedelta(hours=hours), fixed_id("account", by), _share(by, one), did, before,
        reason, house.keyring.seal(words.encode(), id) if words else None,
    )


async def _slot(house: House, one: Booked, now: datetime) -> tuple[UUID, datetime, datetime]:
    """A free one of the weekly hours; for what lies behind, one of its own."""
    day = now.astimezone(ZoneInfo(ZONE)).date() + timedelta(days=one.days)
    at = datetime.combine(day, time.fromisoformat(one.clock), ZoneInfo(ZONE)).astimezone(UTC)
    rows = await house.database.rows(
        "SELECT s.id, s.starts_at, s.ends_at FROM slot s WHERE s.source = ? AND s.name = ? AND s.starts_at >= ? AND NOT EXISTS"
        " (SELECT 1 FROM booking b WHERE b.slot = s.id) ORDER BY s.starts_at LIMIT 1", PORTAL, one.what, max(at, now),
    )
    if one.days > 0:
        return rows[0]["id"], rows[0]["starts_at"], rows[0]["ends_at"]
    id, ends_at = fixed_id("slot", one.slug), at + timedelta(minutes=one.minutes)
    await house.database.rows(
        "INSERT INTO slot (id, ref, source, fhir_type, fhir_id, status, first_seen_at, changed_at, name, schedule_ref, starts_at,"
        " ends_at) VALUES (?, ?, ?, 'Slot', ?, 'busy', ?, ?, ?, '', ?, ?) ON CONFLICT DO NOTHING",
        id, fixed_ref("slot", one.slug), PORTAL, f"booked-{one.slug}", now, now, one.what, at, ends_at,
    )
    return id, at, ends_at


def _share(by: str, one: Booked) -> UUID | None:
    return None if by == one.of else fixed_id("share", f"{by} {one.of}")
