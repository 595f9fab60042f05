"""Booking a time, moving it, calling it off: by the patient, by who helps, or by the front desk.

Whoever books holds the chart, the time and the person first, in this order, so that of many who want one time or one person
one has it, and no patient is booked twice at once; for one time the unique index says so as well.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from access.booking import had_by, may_book, sent_between, too_much
from access.grant import QueueGrant, RecordGrant
from access.visible import visible
from rules.bookings import (
    BOOKED, CANCELLED, CLASH, COMING, LATE, LIMIT_HOURS, MOVED, OTHER, OVER, PAST, TAKEN, Closed, Wanted, is_closed, may_change,
    overlap, person_key, read_sent, reminder_at, same_appointment, times_of_sent, token_of, wall_text, who_token,
)  # fmt: skip
from tables import free_times
from tables.base import new_id, new_ref
from tables.bookings import Booking, concerned, lock_person
from tables.database import Database
from tables.decisions import decided
from tables.free_times import DAY, NO_BOOKING, FreeTime
from tables.queue import enqueue, enqueue_notice
from tables.records import lock_record, one_person
from tables.sending import Sending, use_key

HOLD = "UPDATE slot SET status = status WHERE ref = ? RETURNING id"
INSERT = (
    "INSERT INTO booking (id, ref, record, slot, site, state, label, who, place, wall_text, zone, starts_at, ends_at, moves,"
    " asked_by, share, by_staff, made_at, changed_at) VALUES (?, ?, ?, ?, ?, 'booked', ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?)"
)
MOVE = (
    "UPDATE booking SET slot = ?, site = ?, label = ?, who = ?, place = ?, wall_text = ?, zone = ?, starts_at = ?, ends_at = ?,"
    " moves = moves + 1, changed_at = ? WHERE id = ? AND state = 'booked' AND starts_at = ? RETURNING id"
)
CANCEL = (
    "UPDATE booking SET state = 'cancelled', moves = moves + 1, changed_at = ? WHERE id = ? AND state = 'booked'"
    " AND starts_at = ? RETURNING id"
)
STEP = (
    "INSERT INTO booking_step (id, booking, at, author, share, by_staff, did, starts_at, reason, sealed)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
CLASHING = (
    f"SELECT id FROM booking WHERE record IN ({one_person('?')}) AND state = 'booked' AND starts_at < ? AND ends_at > ?"
    " AND id <> ?"
)
SLOTS = "SELECT source, fhir_id FROM slot WHERE id IN (?, ?)"
READS = ("id", "record", "slot", "label", "who", "starts_at", "state")
REMIND = "booking.remind"


class NotFree(Exception):
    """This time cannot be had; `reason` is one of rules.bookings, `starts_at` when it would have been."""

    def __init__(self, reason: str, starts_at: datetime | None = None):
        super().__init__(reason)
        self.reason, self.starts_at = reason, starts_at


class Had(Exception):
    """This time is theirs already, by the booking `ref`: whoever asks for it again missed the answer."""

    def __init__(self, ref: str):
        super().__init__(ref)
        self.ref = ref


class NotChanged(Exception):
    """It stays as it is: `over` where it is called off or moved already, `late` where it begins too soon."""

    def __init__(self, reason: str):
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Why:
    """Chosen, and in one's own words."""

    reason: str = ""
    words: str = ""


async def book(
    grant: RecordGrant | QueueGrant, record: UUID, wanted: Wanted, sending: Sending, outcome: Callable[[str], str]
) -> str:
    """The ref of the booking; `outcome` makes of it where the page leads. Raises NotFree, Had."""
    database, now, ref, id = grant.house.database, grant.house.clock(), new_ref(), new_id()
    async with grant.acting("booking.book") as entry:
        await lock_record(database, record)
        await use_key(database, sending, outcome(ref), now)
        await _not_had(grant, record, wanted.slot)
        await _not_too_much(grant, record, now, new=True)
        time = await _held(grant, wanted, now, NO_BOOKING)
        await _no_clash(grant, record, time)
        await database.rows(
            INSERT, id, ref, record, time.id, *_of(time), _author(grant), entry.behalf, _duty(grant), now, now
        )
        await _done(grant, id, BOOKED, time.starts_at, now)
        await tell(database, id, "booking.booked", now)
        await _remind(database, id, record, time, now)
        entry.subject = record
    return ref


async def move(grant: RecordGrant | QueueGrant, ref: str, wanted: Wanted, sending: Sending, outcome: str) -> bool:
    """To another time for the same thing, in one step: the old one is kept until the new one is sure. False where this grant has no such
    booking. Raises NotFree, Had, NotChanged."""
    database, now = grant.house.database, grant.house.clock()
    async with grant.acting("booking.move") as entry:
        row = await _standing(grant, ref)
        if row is None:
            return False
        await lock_record(database, row["record"])
        await use_key(database, sending, outcome, now)
        await _may_change(grant, row, now)
        await _not_had(grant, row["record"], wanted.slot)
        await _not_too_much(grant, row["record"], now, new=False)
        time = await _held(grant, replace(wanted, what=token_of(row["label"])), now, row["id"])
        await _no_clash(grant, row["record"], time, row)
        if not await database.rows(MOVE, time.id, *_of(time), now, row["id"], row["starts_at"]):
            raise NotChanged(OVER)
        await _done(grant, row["id"], MOVED, time.starts_at, now)
        await tell(database, row["id"], "booking.moved", now)
        await _remind(database, row["id"], row["record"], time, now)
        entry.subject = row["record"]
    return True


async def cancel(grant: RecordGrant | QueueGrant, ref: str, why: Why, sending: Sending, outcome: str) -> bool:
    """Calls it off, and the time is free again. False where this grant has no such booking. Raises NotChanged."""
    database, now = grant.house.database, grant.house.clock()
    async with grant.acting("booking.cancel") as entry:
        row = await _standing(grant, ref)
        if row is None:
            return False
        await use_key(database, sending, outcome, now)
        await _may_change(grant, row, now)
        if not await database.rows(CANCEL, now, row["id"], row["starts_at"]):
            raise NotChanged(OVER)
        await _done(grant, row["id"], CANCELLED, row["starts_at"], now, why)
        await tell(database, row["id"], "booking.cancelled", now)
        entry.subject = row["record"]
    return True


async def _not_had(grant: RecordGrant | QueueGrant, record: UUID, slot: str) -> None:
    """Asked before whether it is free, since nobody shall hear that what is their own was taken."""
    if ref := await had_by(grant, record, slot):
        raise Had(ref)


async def _not_too_much(grant: RecordGrant | QueueGrant, record: UUID, now: datetime, new: bool) -> None:
    """Times are for everybody, and each change writes letters."""
    if reason := await too_much(grant, record, now, new):
        raise NotFree(reason)


async def _held(grant: RecordGrant | QueueGrant, wanted: Wanted, now: datetime, own: UUID) -> FreeTime:
    """Nobody else books it, or the same person, until this transaction ends, and it is free as the clinic has it now.
    `own` is the booking that is moved there."""
    database = grant.house.database
    await database.rows(HOLD, wanted.slot)
    time = await free_times.time_of(database, wanted.slot)
    if time is None or not await _may_have(grant, wanted, time):
        raise NotFree(OTHER)
    if not time.free:
        raise NotFree(TAKEN, time.starts_at)
    if time.starts_at <= now:
        raise NotFree(PAST)
    await lock_person(database, who_token(person_key(time.offer.who), time.offer.site))
    closed = [Closed(**row) for row in await free_times.held_up(database, [time], own)]
    if is_closed(closed, time.offer.site, time.offer.who, time.starts_at, time.ends_at):
        raise NotFree(TAKEN, time.starts_at)
    return time


async def _may_have(grant: RecordGrant | QueueGrant, wanted: Wanted, time: FreeTime) -> bool:
    """It is one of what was chosen, and theirs to book."""
    [offer] = await may_book(grant, [time.offer]) or [None]
    return offer is not None and wanted.fits(offer.what, offer.who, offer.site)


async def _no_clash(grant: RecordGrant | QueueGrant, record: UUID, time: FreeTime, own: dict[str, Any] | None = None) -> None:
    """Neither with what was booked here nor with what the clinic's own system has of this patient; `own` is moved there."""
    id = own["id"] if own else NO_BOOKING
    if await grant.house.database.rows(CLASHING, record, time.ends_at, time.starts_at, id):
        raise NotFree(CLASH, time.starts_at)
    sent = [read_sent(row) for row in await sent_between(grant, record, time.starts_at - DAY, time.ends_at)]
    there = [row for row in sent if row["status"] in COMING and overlap(times_of_sent(row), (time.starts_at, time.ends_at))]
    if there and not (own and await _is_all_of(grant.house.database, own, time, there)):
        raise NotFree(CLASH, time.starts_at)


async def _is_all_of(database: Database, own: dict[str, Any], time: FreeTime, sent: Sequence[dict[str, Any]]) -> bool:
    """Whether all that the feed sent is the one that is moved, as it stands or as it will: feeds are late."""
    rows = await database.rows(SLOTS, own["slot"], time.id)
    slots = [(row["source"], f"Slot/{row['fhir_id']}") for row in rows]
    moved = {"starts_at": time.starts_at, "who": time.offer.who}
    return all(any(same_appointment(one, slot, row) for one in (own, moved) for slot in slots) for row in sent)


async def _standing(grant: RecordGrant | QueueGrant, ref: str) -> dict[str, Any] | None:
    rows = await visible(grant, Booking).rows(READS, "ref = ?", ref)
    return rows[0] if rows else None


async def _may_change(grant: RecordGrant | QueueGrant, row: dict[str, Any], now: datetime) -> None:
    """The clinic itself has no limit."""
    if row["state"] != BOOKED:
        raise NotChanged(OVER)
    hours = 0 if isinstance(grant, QueueGrant) else await decided(grant.house.database, "bookings.limit_hours", LIMIT_HOURS)
    if not may_change(row["starts_at"], now, hours):
        raise NotChanged(LATE)


def _of(time: FreeTime) -> tuple[Any, ...]:
    """From `site` to `ends_at`."""
    offer = time.offer
    wall = wall_text(time.starts_at.astimezone(ZoneInfo(offer.zone)))
    return offer.site, offer.what, offer.who, offer.place, wall, offer.zone, time.starts_at, time.ends_at


def _author(grant: RecordGrant | QueueGrant) -> UUID:
    return grant.viewer.account


def _duty(grant: RecordGrant | QueueGrant) -> str:
    return grant.duty.value if grant.duty else ""


async def _done(
    grant: RecordGrant | QueueGrant, booking: UUID, did: str, starts_at: datetime, now: datetime, why: Why = Why()
) -> None:
    """In the act's transaction; words are sealed to the id of their step."""
    id = new_id()
    sealed = grant.house.keyring.seal(why.words.encode(), id) if why.words else None
    await grant.house.database.rows(
        STEP, id, booking, now, _author(grant), grant.entry.behalf, _duty(grant), did, starts_at, why.reason, sealed
    )
    grant.entry.showed("Booking", [booking])


async def tell(database: Database, booking: UUID, event: str, now: datetime) -> None:
    """The patient, and who booked it for them."""
    for account in await concerned(database, booking):
        dedupe = f"{event}:{booking}:{now.timestamp():.3f}"
        await enqueue_notice(database, event, account, "Booking", booking, now, dedupe=dedupe)


async def _remind(database: Database, booking: UUID, record: UUID, time: FreeTime, now: datetime) -> None:
    """A job for the day before: whether it still stands at that time is asked then."""
    due = reminder_at(time.starts_at, time.offer.zone, now)
    if due:
        at = time.starts_at.isoformat()
        await enqueue(database, REMIND, {"booking": str(booking), "at": at}, now, record=record, run_at=due)
