"""`R/appointments`: what is coming, what was asked for, what is over or was called off; and the next one, for the home page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from access.grant import RecordGrant
from access.visible import visible
from access.vocabulary import Action, Category
from pages.bookings import BOOKED_HERE, SENT, sent_for
from pages.listing import Entry, Listing, Source
from pages.pointed import with_reasons
from pages.sheet import Link
from pages.stored import Row, listed, when_in
from pages.written import blocks
from rules.bookings import COMING
from tables.appointments import Appointment
from tables.bookings import Booking
from words.bookings import name_of
from words.dates import clock, day_short, weekday, weekday_short, zone_words
from words.gettext import N_, _, reader, use
from words.names import list_of
from words.sentences import run, told

READS = ("id", "status", "starts_at", "participants", "label", "place", "instructions")
BOOKED = ("id", "slot", "label", "starts_at", "who", "place", "zone")
MOST = 40
"""So many of what the feed has next are asked whether they take place."""


@dataclass(frozen=True, slots=True)
class Coming:
    label: str
    starts_at: datetime
    people: tuple[str, ...]
    place: str
    instructions: str = ""
    zone: str = ""
    """Of the site, where it may be another than the clinic's."""

    @property
    def day(self) -> str:
        with use(reader().locale, self.zone):
            return weekday_short(self.starts_at)

    @property
    def time(self) -> str:
        """10:20 am Central time."""
        with use(reader().locale, self.zone):
            return _("%(clock)s %(zone)s", clock=clock(self.starts_at), zone=zone_words())

    @property
    def about(self) -> str:
        """Blood check. With Dr. Lena Okafor. Room 4."""
        who = _("With %(who)s.", who=list_of(self.people)) if self.people else ""
        return " ".join(filter(None, (f"{self.label}.", who, f"{self.place}." if self.place else "")))


async def next_appointment(grant: RecordGrant) -> Coming | None:
    """The first of what the feed has and of what was booked here; of one and the same, the one that was booked here."""
    soonest = "ORDER BY starts_at LIMIT"
    booked = await visible(grant, Booking).rows(BOOKED, "state = 'booked' AND starts_at > ?", grant.now, then=f"{soonest} 1")
    sent = await visible(grant, Appointment).rows(READS, "starts_at > ?", grant.now, then=f"{soonest} {MOST}")
    coming = [row for row in sent if row["status"] in COMING]
    found = [*(_booked(grant, row) for row in booked), *(_sent(grant, row) for row in coming[:1])]
    return min(found, key=lambda one: one.starts_at, default=None)


def _booked(grant: RecordGrant, row: Row) -> Coming:
    grant.showed("Booking", [row["id"]])
    people = (row["who"],) if row["who"] else ()
    return Coming(name_of(row["label"]), row["starts_at"], people, row["place"], zone=row["zone"])


def _sent(grant: RecordGrant, row: Row) -> Coming:
    grant.showed("Appointment", [row["id"]])
    people = tuple(dict.fromkeys(one["name"] for one in listed(row["participants"]) if one.get("name")))
    return Coming(row["label"], row["starts_at"], people, row["place"] or "", row["instructions"] or "")


STATES = {
    "proposed": ("wait", N_("Asked for")), "pending": ("wait", N_("Not confirmed yet")),
    "waitlist": ("wait", N_("On the waiting list")), "noshow": ("", N_("Not kept")),
}  # fmt: skip
"""FHIR AppointmentStatus where it is worth a word; that one was called off is said by the heading over it."""
COMES = frozenset({"booked", "pending"})
CALLED_OFF, ASKED = frozenset({"cancelled", "noshow"}), frozenset({"proposed", "waitlist"})


async def _with_time(grant: RecordGrant, rows: list[Row]) -> list[Row]:
    """Whether its time has come and gone: `over` is a matter of the clock, not of its status alone. What was booked here
    is said there, and left out here."""
    said = {row["id"] for row in (await sent_for(grant)).values()} if rows else set()
    return [
        row | {"over": row["status"] == "fulfilled" or bool(row["starts_at"]) and row["starts_at"] <= grant.now}
        for row in rows if row["id"] not in said
    ]


async def _with_more(grant: RecordGrant, rows: list[Row]) -> list[Row]:
    """Whether the viewer may ask for a change: what the clinic's own system made is moved there alone."""
    may_ask = not grant.preview and grant.may(Category.APPOINTMENTS, Action.ACT)
    return [row | {"may_ask": may_ask and row["status"] in COMES and (row["starts_at"] or grant.now) > grant.now}
            for row in await with_reasons(grant, rows)]  # fmt: skip


def _group(row: Row) -> str:
    if row["status"] in CALLED_OFF:
        return "off"
    if row["status"] in ASKED or row["starts_at"] is None:
        return "asked"
    return "past" if row["over"] else "coming"


def _place(row: Row) -> int:
    """Of what is coming, the next one first."""
    return int(row["starts_at"].timestamp()) if _group(row) == "coming" else 0


def _entry(row: Row) -> Entry:
    state = STATES.get(row["status"])
    people = dict.fromkeys(one["name"] for one in listed(row["participants"]) if one.get("name") not in (None, "", row["place"]))
    with_whom = _("With %(who)s.", who=list_of(list(people))) if people else ""
    called_off = told(_("Why"), row["cancel_reason"]) if row["status"] in CALLED_OFF else ""
    lines = (
        run(with_whom, told(_("Where"), row["place"])), run(told(_("For"), row["reason"]), called_off),
        told(_("Before you come"), row["instructions"]),
    )  # fmt: skip
    return Entry(
        title=row["label"] or _("Appointment"), tag=(state[0], _(state[1])) if state else None, said=_when(row),
        lines=tuple(filter(None, lines)), blocks=blocks(row["note"] or ""),
        links=_asks(row) if row["may_ask"] else (),
    )  # fmt: skip


def _asks(row: Row) -> tuple[Link, ...]:
    """To the form that is about this one already."""
    return (Link(("visit-requests", f"new?about={row['ref']}"), change_words(row)),)


def change_words(row: Row) -> str:
    what = name_of(row["label"])
    if row["starts_at"] is None:
        return _("Ask us to change %(what)s", what=what)
    return _("Ask us to change %(what)s on %(day)s", what=what, day=day_short(row["starts_at"]))


def _when(row: Row) -> str:
    """Friday, December 4, 2026, 10:20 am Central time."""
    at = row["starts_at"]
    if at is None:
        return told(_("Time asked for"), when_in(row, "wished"))
    return _("%(day)s, %(clock)s %(zone)s", day=weekday(at), clock=clock(at), zone=zone_words())


async def to_change(grant: RecordGrant, ref: str) -> tuple[str, str]:
    """What a form that asks to change this appointment is called, and how its words begin; both "" where there is none."""
    rows = await visible(grant, Appointment).rows(("id", "label", "status", "starts_at"), "ref = ?", ref) if ref else []
    if not rows or rows[0]["status"] not in COMES or rows[0]["starts_at"] is None:
        return "", ""
    grant.showed("Appointment", [rows[0]["id"]])
    return change_words(rows[0]), _("Please change %(what)s, %(when)s.", what=name_of(rows[0]["label"]), when=_when(rows[0]))


APPOINTMENTS = Listing(
    path="appointments", category=Category.APPOINTMENTS, title=N_("Appointments"),
    counts=(N_("%(count)s appointment."), N_("%(count)s appointments.")),
    none=N_("No appointments are written down here."),
    how=N_("Open one that was booked here to move it or call it off. For the others, ask us or call us."),
    does=Link(("appointments", "new"), N_("Book an appointment")),
    groups=(("coming", N_("Coming up")), ("asked", N_("Asked for")), ("past", N_("Over")), ("off", N_("Called off"))),
    sources=(
        BOOKED_HERE,
        Source(Appointment, ("ref", "label", "status", "starts_at", "participants", "place", "reason", "cancel_reason",
                             "instructions", "note", "wished"),
               _entry, group=_group, sorts=("id", "status", "starts_at"), by="starts_at", place=_place, sift=_with_time,
               more=_with_more),
    ),
)  # fmt: skip
