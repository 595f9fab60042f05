"""The next appointment, as the clinic's calendar has it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from access.grant import RecordGrant
from access.visible import visible
from pages.stored import listed
from tables.appointments import Appointment
from words.dates import clock, weekday_short, zone_words
from words.gettext import _
from words.names import list_of

COMING = "status IN ('booked', 'pending', 'arrived', 'checked-in') AND starts_at > ?"
READS = ("id", "label", "starts_at", "participants", "place", "instructions")


@dataclass(frozen=True, slots=True)
class Coming:
    label: str
    starts_at: datetime
    people: tuple[str, ...]
    place: str
    instructions: str

    @property
    def day(self) -> str:
        return weekday_short(self.starts_at)

    @property
    def time(self) -> str:
        """10:20 am Central time."""
        return _("%(clock)s %(zone)s", clock=clock(self.starts_at), zone=zone_words())

    @property
    def about(self) -> str:
        """Blood check. With Dr. Lena Okafor. Room 4."""
        who = _("With %(who)s.", who=list_of(self.people)) if self.people else ""
        return " ".join(filter(None, (f"{self.label}.", who, f"{self.place}." if self.place else "")))


async def next_appointment(grant: RecordGrant) -> Coming | None:
    found = await visible(grant, Appointment).rows(READS, COMING, grant.now, then="ORDER BY starts_at LIMIT 1")
    if not found:
        return None
    row = found[0]
    grant.showed("Appointment", [row["id"]])
    people = tuple(dict.fromkeys(one["name"] for one in listed(row["participants"]) if one.get("name")))
    return Coming(row["label"], row["starts_at"], people, row["place"] or "", row["instructions"] or "")
