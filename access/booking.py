"""Which of the clinic's times a grant may book for a patient, how many, and what of their appointments it may ask about for
that."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from access.grant import QueueGrant, RecordGrant
from access.predicates import Predicate
from access.visible import Visible, visible
from rules.bookings import MANY, MOST_CHANGES, MOST_STANDING, OFF, OFTEN
from tables import free_times
from tables.appointments import Appointment
from tables.bookings import Booking
from tables.decisions import decided
from tables.free_times import DAY, Offer
from tables.records import one_person

ASKED = ("source", "status", "starts_at", "ends_at", "minutes", "participants", "slots")
"""When and with whom: nothing of what for."""
HAD = f"state = 'booked' AND slot IN (SELECT f.id FROM slot f WHERE f.ref = ?) AND record IN ({one_person('?')})"
THEIRS = f"appointment.patient IN (SELECT s.id FROM record_source s WHERE s.record IN ({one_person('?')})) AND appointment.withdrawn_at IS NULL"

SAID_OFF = ", ".join(f"'{status}'" for status in sorted(OFF))
OFF_THEN = (
    "EXISTS (SELECT 1 FROM appointment p JOIN record_source s ON s.id = p.patient WHERE s.record IN ("
    f"{one_person('booking.record')}) AND p.starts_at = booking.starts_at AND p.status IN ({SAID_OFF})"
    " AND p.first_seen_at >= booking.made_at)"
)
"""For the front desk alone: the feed has brought something of the same patient's at that very moment, since it was booked here,
that does not take place. Whether it is the booking itself `acts.called_off` decides."""
STANDING = (
    f"SELECT COUNT(*) AS n FROM booking WHERE record IN ({one_person('?')}) AND state = 'booked' AND by_staff = '' AND starts_at > ?"
)
CHANGES = (
    "SELECT COUNT(*) AS n FROM booking_step s JOIN booking b ON b.id = s.booking"
    f" WHERE b.record IN ({one_person('?')}) AND s.by_staff = '' AND s.did <> 'cancelled' AND s.at > ?"
)


async def may_book(grant: RecordGrant | QueueGrant, offers: Sequence[Offer]) -> list[Offer]:
    """Those of them that this grant books: the front desk whatever its own sites offer; patients, and who helps them, at
    every site, but for visits that the clinic alone books."""
    if isinstance(grant, QueueGrant):
        return [one for one in offers if grant.covers(one.site)]
    hidden = await free_times.offline(grant.house.database)
    return [one for one in offers if one.what not in hidden]


async def had_by(grant: RecordGrant | QueueGrant, record: UUID, slot: str) -> str:
    """The ref of the booking by which the time of this ref is the patient's already, where this grant sees it; else ""."""
    rows = await visible(grant, Booking).rows(("ref",), HAD, slot, record) if slot else []
    return rows[0]["ref"] if rows else ""


async def sent_between(
    grant: RecordGrant | QueueGrant, record: UUID, since: datetime, until: datetime
) -> list[dict[str, Any]]:
    """Those of the feed that begin between these moments. A patient or a helper is asked to keep clear of what they can
    see, so that nobody learns of an appointment by being refused; the front desk, which decides over appointments, of all."""
    seen = visible(grant, Appointment)
    if isinstance(grant, QueueGrant):
        seen = Visible(Appointment, Predicate(THEIRS, (record,)), grant.house.database)
    return await seen.rows(ASKED, "starts_at > ? AND starts_at < ?", since, until)


async def too_much(grant: RecordGrant | QueueGrant, record: UUID, now: datetime, new: bool) -> str:
    """MANY or OFTEN where this patient may book no further time, or for `new` false move none; "" where they may. To call off
    is always possible, and the desk has no limit."""
    if isinstance(grant, QueueGrant):
        return ""
    database = grant.house.database
    most = await decided(database, "bookings.most_standing", MOST_STANDING)
    if new and (await database.rows(STANDING, record, now))[0]["n"] >= most:
        return MANY
    most = await decided(database, "bookings.most_changes", MOST_CHANGES)
    return OFTEN if (await database.rows(CHANGES, record, now - DAY))[0]["n"] >= most else ""
