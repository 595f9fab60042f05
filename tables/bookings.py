"""What can be booked beside what the feed offers, and who has booked it (FHIR Appointment, as the portal makes them).

A time that can be booked is a row of `slot`, from the feed or made here ahead of time; a booking owns one such row.
"""

from collections.abc import Collection
from uuid import UUID

from piccolo.columns import Boolean, Bytea, Integer
from piccolo.table import Table

from tables.accounts import Account
from tables.appointments import Slot
from tables.base import code, key, moment, new_id, ref, to, words
from tables.clinic import ClinicSite
from tables.database import Database
from tables.records import Record, Share, left_of

PORTAL = "portal"
"""The `source` of schedules and slots that the clinic makes here."""


class VisitType(Table, tablename="clinic_visit_type"):
    """What people may come for, by the name that feeds and templates give it. `online`: whether they may book it
    themselves; what is not in this table they may."""

    id = key()
    ref = ref()
    name = words(null=False)
    minutes = Integer(default=20, null=False)
    online = Boolean(default=True, null=False)
    instructions = words()


class SlotTemplate(Table, tablename="slot_template"):
    """Hours that come back each week: from `begins` to `ends` on the clock of the site, cut into visits of so many
    minutes. Its times are rows of `slot` up to and with `made_until`; its Schedule has its ref for an id."""

    id = key()
    ref = ref()
    site = to(ClinicSite)
    what = words(null=False)
    who = words(null=False)
    place = words()
    weekday = Integer(default=0, null=False)
    """0 is Monday."""
    begins = code(5)
    ends = code(5)
    """HH:MM."""
    minutes = Integer(default=20, null=False)
    first_day = code(10)
    last_day = code(10)
    """YYYY-MM-DD; "" where it goes on until it is ended."""
    made_until = code(10)
    ended_at = moment()
    made_by = to(Account, null=True)
    made_at = moment(null=False)


class Closure(Table, tablename="clinic_closure"):
    """Nothing is booked between these moments, with this person or with nobody at all there (`who` "")."""

    id = key()
    ref = ref()
    site = to(ClinicSite, index=True)
    who = words(null=False)
    starts_at = moment(null=False)
    ends_at = moment(null=False)
    lifted_at = moment()
    made_by = to(Account, null=True)
    made_at = moment(null=False)


class Booking(Table, tablename="booking"):
    """One appointment that was booked here. `state` is a FHIR AppointmentStatus: booked or cancelled. When it is moved
    the row stays, so that its address and its place in a calendar do."""

    id = key()
    ref = ref()
    record = to(Record)
    slot = to(Slot)
    site = to(ClinicSite, null=True)
    state = code(16)
    label = words(null=False)
    """What for."""
    who = words(null=False)
    place = words(null=False)
    wall_text = code(16)
    """YYYY-MM-DDTHH:MM on the clock of the site; `starts_at` is derived from it and `zone`."""
    zone = code(64)
    starts_at = moment(null=False)
    ends_at = moment(null=False)
    moves = Integer(default=0, null=False)
    """How often it was changed: the SEQUENCE of its calendar file."""
    asked_by = to(Account)
    share = to(Share, null=True)
    """The share by which somebody else booked it for the patient."""
    by_staff = code(24)
    """The duty in which a member of staff booked it; "" for patients and those who help them."""
    made_at = moment(null=False)
    changed_at = moment(null=False)


class BookingStep(Table, tablename="booking_step"):
    """One thing done with it, never changed afterwards. `did`: booked, moved, cancelled; `starts_at` is the time that it
    had from then on, or until then when it was called off; `sealed` are words about why, bound to the step's id."""

    id = key()
    booking = to(Booking, index=True)
    at = moment(null=False)
    author = to(Account, null=True)
    """None where the clinic called it off in its own system."""
    share = to(Share, null=True)
    by_staff = code(24)
    did = code(16)
    starts_at = moment(null=False)
    reason = code(24)
    sealed = Bytea(null=True, default=None)


class BookedPerson(Table, tablename="booked_person"):
    """Whose times have been booked at a site, by the token of both: who books with them holds this row, so that two who
    want one person in different hours do not miss each other."""

    id = key()
    person = code(12)
    locks = Integer(default=0, null=False)


LOCK_PERSON = (
    "INSERT INTO booked_person (id, person, locks) VALUES (?, ?, 1) ON CONFLICT (person) DO UPDATE SET locks = booked_person.locks + 1"
)
CONCERNED = (
    "SELECT b.asked_by AS account FROM booking b JOIN account a ON a.id = b.asked_by AND a.kind = 'personal' WHERE b.id = ?"
    f" UNION SELECT s.account FROM booking b JOIN share s ON s.record = {left_of('b.record')} WHERE b.id = ?"
    " AND s.basis IN ('self', 'guardian', 'representative') AND s.revoked_at IS NULL"
)


async def lock_person(database: Database, person: str) -> None:
    """In a transaction, before it is asked whether this person is free: who comes at the same moment waits."""
    await database.rows(LOCK_PERSON, new_id(), person)


async def concerned(database: Database, booking: UUID) -> list[UUID]:
    """The accounts that hear of it: the patient's own, of who takes care of them, and of who booked it for them. Whether it
    is still theirs to know is asked as each letter is sent."""
    return [row["account"] for row in await database.rows(CONCERNED, booking, booking)]


async def slots_named(database: Database, slots: Collection[UUID]) -> dict[UUID, tuple[str, str]]:
    """By the id of a slot: its source, and how an appointment of that source names it."""
    if not slots:
        return {}
    rows = await database.rows(f"SELECT id, source, fhir_id FROM slot WHERE id IN ({', '.join('?' * len(slots))})", *slots)
    return {row["id"]: (row["source"], f"Slot/{row['fhir_id']}") for row in rows}


async def instructions_by_name(database: Database) -> dict[str, str]:
    """What to do before a visit, by its name, as far as the clinic says anything of it."""
    rows = await database.rows("SELECT name, instructions FROM clinic_visit_type WHERE instructions IS NOT NULL")
    return {row["name"]: row["instructions"] for row in rows}


TABLES = (VisitType, SlotTemplate, Closure, Booking, BookingStep, BookedPerson)
CONSTRAINTS = (
    "CREATE UNIQUE INDEX clinic_visit_type_name ON clinic_visit_type (name)",
    "CREATE INDEX slot_template_site ON slot_template (site, ended_at)",
    "CREATE INDEX clinic_closure_times ON clinic_closure (ends_at, starts_at)",
    "CREATE UNIQUE INDEX booking_slot ON booking (slot) WHERE state = 'booked'",
    "CREATE INDEX booking_list ON booking (record, starts_at)",
    "CREATE INDEX booking_day ON booking (site, starts_at)",
    "CREATE UNIQUE INDEX booked_person_once ON booked_person (person)",
)
