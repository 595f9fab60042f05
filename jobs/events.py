"""What the portal writes to people about, and who decides, at the very moment of sending, that it still concerns them.

An outbox row holds no words. Those here are fixed (SECURITY contract 17): no health data, no department, no link that
signs in or does something by being opened.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from access.bills import open_bill
from access.grant import BillGrant, RecordGrant, SystemGrant
from access.house import House
from access.opening import open_for
from access.viewer import Viewer, Visitor
from access.visible import visible
from access.vocabulary import Access, Action, Category, bill
from jobs import contact, recovery, registration, sharing
from tables.bookings import Booking
from tables.records import left_of
from tables.requests import Request
from tables.results import DiagnosticReport, Observation
from tables.visits import Composition, Encounter

Still = Callable[[SystemGrant, dict], Awaitable[bool]]
"""Asks again whether the row's object is the recipient's to know of."""
Facts = Callable[[House, dict], Awaitable[dict]]


@dataclass(frozen=True, slots=True)
class Event:
    """`facts` reads what the words say beside the clinic's name: `at`, a moment, and the `zone` that it is told in; or the
    link of an invitation. `covered` reads the same for whoever looks at the message again, without what is secret in it."""

    template: str
    still: Still
    facts: Facts | None = None
    covered: Facts | None = None
    after: Callable[[House, dict], Awaitable[None]] | None = None
    """What is done when it is sent."""


async def account_stands(system: SystemGrant, row: dict) -> bool:
    """What happened to an account is told to its owner whatever state it is in now."""
    return row["account"] is not None


async def item_is_visible(system: SystemGrant, row: dict) -> bool:
    """Opens the recipient's own grant, as a request of theirs would."""
    table, house = CLINICAL.get(row["object_kind"]), system.house
    found = await house.database.rows(RECORD_OF.format(table=table._meta.tablename), UUID(row["object"])) if table else []
    state = await house.database.rows("SELECT state, kind FROM account WHERE id = ?", row["account"])
    if not found or not state or state[0]["state"] != "active":
        return False
    access = Access("record", CATEGORY[table], Action.SEE)
    grant = await open_for(system, row["account"], state[0]["kind"], found[0]["ref"], access)
    return isinstance(grant, RecordGrant) and await visible(grant, table).exists().where(table.id == UUID(row["object"]))


async def request_is_visible(system: SystemGrant, row: dict) -> bool:
    """The same for what the portal itself keeps of a record."""
    house, id = system.house, UUID(row["object"])
    found = await house.database.rows(
        f"SELECT r.ref, q.category FROM request q JOIN record r ON r.id = {left_of('q.record')} WHERE q.id = ?", id
    )
    state = await house.database.rows("SELECT state, kind FROM account WHERE id = ?", row["account"])
    if not found or not state or state[0]["state"] != "active":
        return False
    access = Access("record", Category(found[0]["category"]), Action.SEE)
    grant = await open_for(system, row["account"], state[0]["kind"], found[0]["ref"], access)
    return isinstance(grant, RecordGrant) and await visible(grant, Request).exists().where(Request.id == id)


async def bill_is_theirs(system: SystemGrant, row: dict) -> bool:
    """Whether the account that a statement or a payment belongs to opens for them."""
    house, now = system.house, system.house.clock()
    found = await house.database.rows(GUARANTOR_OF[row["object_kind"]], UUID(row["object"]))
    state = await house.database.rows("SELECT state, kind FROM account WHERE id = ?", row["account"])
    if not found or not state or state[0]["state"] != "active":
        return False
    viewer = Viewer(Visitor("", system.part), now, "full", row["account"], kind=state[0]["kind"])
    return isinstance(await open_bill(house, viewer, found[0]["ref"], bill()), BillGrant)


GUARANTOR_OF = {
    kind: f"SELECT g.ref FROM {table} t JOIN guarantor_account g ON g.id = t.guarantor WHERE t.id = ?"
    for kind, table in (("Statement", "statement"), ("Payment", "payment"))
}


async def booking_is_visible(system: SystemGrant, row: dict) -> bool:
    house, id = system.house, UUID(row["object"])
    found = await house.database.rows(
        f"SELECT r.ref FROM booking b JOIN record r ON r.id = {left_of('b.record')} WHERE b.id = ?", id
    )
    state = await house.database.rows("SELECT state, kind FROM account WHERE id = ?", row["account"])
    if not found or not state or state[0]["state"] != "active":
        return False
    access = Access("record", Category.APPOINTMENTS, Action.SEE)
    grant = await open_for(system, row["account"], state[0]["kind"], found[0]["ref"], access)
    return isinstance(grant, RecordGrant) and await visible(grant, Booking).exists().where(Booking.id == id)


async def booking_is_ahead(system: SystemGrant, row: dict) -> bool:
    """What was called off, moved away from the next day, or has begun is nothing to remind of."""
    now = system.house.clock()
    rows = await system.house.database.rows(
        "SELECT id FROM booking WHERE id = ? AND state = 'booked' AND starts_at > ? AND starts_at < ?",
        UUID(row["object"]), now, now + REMINDED_AT_MOST,
    )
    return bool(rows) and await booking_is_visible(system, row)


async def booking_time(house: House, row: dict) -> dict:
    rows = await house.database.rows("SELECT starts_at AS at, zone FROM booking WHERE id = ?", UUID(row["object"]))
    return dict(rows[0])


REMINDED_AT_MOST = timedelta(hours=40)
"""A reminder is for tomorrow: no more than from its morning to the end of the next day, and a change of clocks."""
RECORD_OF = (
    "SELECT r.ref FROM {table} c JOIN record_source s ON s.id = c.patient JOIN record r ON r.id = s.record WHERE c.id = ?"
)
CATEGORY = {
    DiagnosticReport: Category.HOME,
    Observation: Category.HOME,
    Encounter: Category.VISITS,
    Composition: Category.VISITS,
}
"""Results carry their category in the row, so `visible` decides; home is what every grant may see."""
CLINICAL = {table.__name__: table for table in CATEGORY}

EVENTS: dict[str, Event] = {
    "registration.letter": Event("registration_letter", registration.is_wanted),
    "registration.code": Event("registration_code", registration.is_good, registration.code_of, after=registration.forget),
    "record.new": Event("something_new", item_is_visible),
    "request.answered": Event("something_new", request_is_visible),
    "booking.booked": Event("booking_booked", booking_is_visible),
    "booking.moved": Event("booking_moved", booking_is_visible),
    "booking.cancelled": Event("booking_cancelled", booking_is_visible),
    "booking.reminder": Event("booking_reminder", booking_is_ahead, booking_time),
    "account.registered": Event("registered", account_stands),
    "account.password_changed": Event("password_changed", account_stands),
    "account.factor_added": Event("factor_added", account_stands),
    "account.factor_ended": Event("factor_ended", account_stands),
    "account.factor_stopped": Event("factor_stopped", account_stands),
    "account.new_device": Event("new_device", account_stands),
    "account.told_not_me": Event("told_not_me", account_stands),
    "account.unlocked": Event("unlocked", account_stands),
    "account.case_closed": Event("case_closed", account_stands),
    "account.factor_copied": Event("factor_copied", account_stands),
    "account.codes_made": Event("codes_made", account_stands),
    "account.address_code": Event("address_code", contact.code_waits, contact.code_of, covered=contact.code_covered),
    "account.factor_code": Event("factor_code", contact.code_waits, contact.code_of, covered=contact.code_covered),
    "account.address_added": Event("address_added", account_stands, contact.stop_link, covered=contact.link_covered),
    "account.address_ended": Event("address_ended", account_stands, contact.stop_link, covered=contact.link_covered),
    "account.address_stopped": Event("address_stopped", account_stands),
    "account.username_asked": Event("username_asked", recovery.has_names, recovery.names_of, covered=recovery.names_covered),
    "account.reset_asked": Event("reset_asked", recovery.still_open, recovery.link_of, covered=recovery.link_covered),
    "account.letter_asked": Event("letter_asked", recovery.still_open, recovery.link_of, covered=recovery.link_covered),
    "account.recovery_started": Event("recovery_started", account_stands, recovery.stop_link, covered=recovery.stop_covered),
    "account.recovery_code": Event("recovery_code", recovery.still_open, recovery.code_of, covered=recovery.code_covered),
    "account.recovery_letter": Event("recovery_letter", recovery.may_print),
    "account.factor_letter": Event("recovery_letter", recovery.may_print),
    "account.recovery_stopped": Event("recovery_stopped", account_stands),
    "account.password_reset": Event("password_reset", account_stands),
    "account.sessions_ended": Event("sessions_ended", account_stands),
    "account.frozen": Event("frozen", account_stands),
    "account.unfrozen": Event("unfrozen", account_stands),
    "account.recovered": Event("recovered", account_stands),
    "statement.new": Event("statement_new", bill_is_theirs),
    "payment.received": Event("payment_received", bill_is_theirs),
    "payment.returned": Event("payment_returned", bill_is_theirs),
    "share.invited": Event("invited", sharing.waits, sharing.link_of, covered=sharing.link_covered),
    "share.accepted": Event("invitation_accepted", sharing.concerns),
    "share.declined": Event("invitation_declined", sharing.concerns),
    "share.changed": Event("sharing_changed", sharing.concerns, sharing.who_reads),
    "share.review": Event("sharing_review", sharing.concerns),
    "share.ended": Event("sharing_ended", sharing.concerns, sharing.who_reads),
}
