"""The steps of booking at the front desk: a time for a patient, or another time for an appointment that stands."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from access.booking import had_by
from access.grant import QueueGrant
from access.visible import visible
from access.vocabulary import Purpose
from pages.address import Address
from pages.booking import Choosing, Chosen, steps
from rules.bookings import token_of, who_token
from tables.bookings import Booking
from tables.records import Record, left_of
from words.bookings import name_of, time_there
from words.gettext import N_, _

STEPS = {
    "what": N_("What is it for?"), "who": N_("With whom?"), "time": N_("Choose a time."), "check": N_("Check this before you book."),
    "none": N_("No times to book."),
}  # fmt: skip
STEPS_OF_MOVING = {
    "who": N_("Move %(what)s for %(name)s: with whom?"), "time": N_("Move %(what)s for %(name)s: choose a new time"),
    "check": N_("Move %(what)s for %(name)s: check this first"), "none": N_("Move %(what)s for %(name)s: no times to book"),
}  # fmt: skip
TO_MOVE = (
    "SELECT booking.id, booking.record, booking.label, booking.who, booking.site, booking.starts_at, booking.zone, r.name FROM booking"
    f" JOIN record r ON r.id = {left_of('booking.record')} WHERE {{seen}} AND booking.ref = ? AND booking.state = 'booked'"
    " AND r.state = 'active' AND r.deceased_text IS NULL"
)


@dataclass(frozen=True, kw_only=True)
class DeskBookPage(Choosing):
    """The same steps, for a patient; `name` is whose, `label` what the appointment that is moved is for. The clinic also books
    what patients do not."""

    name: str
    record: UUID
    label: str = ""

    @property
    def title(self) -> str:
        if self.moved:
            return _(STEPS_OF_MOVING[self.step], what=self.label, name=self.name)
        return _("%(step)s For %(name)s", step=_(STEPS[self.step]), name=self.name)

    @property
    def stays(self) -> str:
        return _("You move this one: %(one)s. It stays %(given)s’s until the new time is sure.", one=self.moved, given=self.name)

    @property
    def changes(self) -> str:
        """The limit is not theirs."""
        return ""

    @property
    def up(self) -> tuple[str, str]:
        """Where one came from, and its words."""
        return (self.link(self.path[0]), _("Appointment")) if self.moved else ("/staff/appointments", _("Appointments"))


async def desk_book_page(grant: QueueGrant, record_ref: str, chosen: Chosen, since: datetime | None = None) -> DeskBookPage | None:
    """None where there is no such patient, or none that is seen here any more."""
    rows = await visible(grant, Record).rows(("id", "name", "state", "deceased_text"), "ref = ?", record_ref)
    if not rows or rows[0]["state"] != "active" or rows[0]["deceased_text"] is not None:
        return None
    row = rows[0]
    _looks_at(grant, row["id"])
    blank = DeskBookPage(
        at=Address(f"/staff/records/{record_ref}"), path=("appointments", "new"), step="none", chosen=chosen, name=row["name"],
        record=row["id"], now=grant.now, had=await had_by(grant, row["id"], chosen.slot),
    )  # fmt: skip
    return await steps(grant, blank, since or grant.now)


async def desk_move_page(grant: QueueGrant, ref: str, chosen: Chosen, since: datetime | None = None) -> DeskBookPage | None:
    """For what it was booked and with the same person unless another is chosen, at the sites of this desk; None where none
    stands there, or the patient is not seen here any more."""
    seen = visible(grant, Booking).predicate
    rows = await grant.house.database.rows(TO_MOVE.format(seen=seen.sql), *seen.values, ref)
    if not rows:
        return None
    row, label = rows[0], name_of(rows[0]["label"])
    _looks_at(grant, row["record"])
    who = chosen.who or who_token(row["who"], row["site"])
    blank = DeskBookPage(
        at=Address("/staff/appointments"), path=(ref, "time"), step="none", name=row["name"], record=row["record"], label=label,
        own=row["id"], moved=f"{label}, {time_there(row['starts_at'], row['zone'])}", now=grant.now,
        chosen=replace(chosen, what=token_of(row["label"]), who=who), had=await had_by(grant, row["record"], chosen.slot),
    )  # fmt: skip
    return await steps(grant, blank, since or grant.now)


def _looks_at(grant: QueueGrant, record: UUID) -> None:
    grant.entry.subject, grant.entry.action, grant.entry.purpose = record, "appointments.see", Purpose.DESK.value
