"""The appointments that were booked here: their part of the list, one of them, and its calendar file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from access.grant import RecordGrant
from access.visible import one_of, visible
from access.vocabulary import Action, Category
from pages.address import Address
from pages.listing import Entry, Source
from pages.requests import names_of
from pages.sheet import Facts, Link, Part, Sheet, lines_part, said_facts
from pages.stored import Row
from rules.bookings import BOOKED, LIMIT_HOURS, OFF, may_change, off_of, read_sent, same_appointment
from rules.calendars import Event, calendar_file
from tables.appointments import Appointment
from tables.bookings import Booking, BookingStep, instructions_by_name, slots_named
from tables.decisions import decided
from words.bookings import DID, TOLD, day_there, name_of, time_there, until, with_whom
from words.dates import when
from words.gettext import N_, _
from words.sentences import run, sentence, told

READS = ("state", "starts_at", "ends_at", "zone", "label", "who", "place", "site", "asked_by", "share", "by_staff")
SENT = ("id", "source", "status", "starts_at", "participants", "slots", "cancel_reason", "first_seen_at")
STATES = {"coming": ("ok", N_("Booked")), "past": ("", N_("Over")), "off": ("", N_("Called off"))}


async def sent_for(grant: RecordGrant) -> dict[UUID, Row]:
    """By the id of a booking: the feed's appointment that is the same one, if it has brought it by now."""
    booked = await visible(grant, Booking).rows(("id", "slot", "starts_at", "who", "state", "made_at"))
    sent = [read_sent(row) for row in await visible(grant, Appointment).rows(SENT)] if booked else []
    slots = {row["slot"] for row in booked} if any(row["slots"] for row in sent) else set()
    return _paired(booked, sent, await slots_named(grant.house.database, slots), grant.now)


def _paired(booked: Sequence[Row], sent: Sequence[Row], named: dict[UUID, tuple[str, str]], now: datetime) -> dict[UUID, Row]:
    """One each at most, what stands before what was called off. One that is still to come is called off here before it is
    shown so (`acts.called_off`): until then somebody waits for them."""
    found: dict[UUID, Row] = {}
    left = list(sent)
    for booking in sorted(booked, key=lambda row: row["state"] != BOOKED):
        slot, state = named.get(booking["slot"]), booking["state"]
        off = off_of(booking, slot, left) if state != BOOKED or booking["starts_at"] <= now else []
        standing = [row for row in left if row["status"] not in OFF and same_appointment(booking, slot, row)]
        same = next(iter([*(standing if state == BOOKED else ()), *off]), None)
        if same is not None:
            found[booking["id"]] = same
            left = [row for row in left if row is not same]
    return found


async def with_state(grant: RecordGrant, rows: list[Row]) -> list[Row]:
    """`stands` as of now: coming, past or off, whether the portal or the feed says so."""
    sent = await sent_for(grant) if rows else {}
    return [row | {"stands": _stands(row, sent.get(row["id"]), grant.now), "sent": sent.get(row["id"])} for row in rows]


def _stands(row: Row, sent: Row | None, now: datetime) -> str:
    if row["state"] != BOOKED or (sent and sent["status"] in OFF):
        return "off"
    over = row["starts_at"] <= now or bool(sent and sent["status"] == "fulfilled")
    return "past" if over else "coming"


async def with_people(grant: RecordGrant, rows: list[Row]) -> list[Row]:
    """Who booked it, where it is, and what to do before it."""
    names = await names_of(grant, {row["asked_by"] for row in rows})
    ids = {row["site"] for row in rows if row["site"]}
    sites = await grant.house.database.rows(f"SELECT id, name, address, phone FROM clinic_site WHERE {one_of('id', ids)}", *ids)
    known = {row["id"]: row for row in sites}
    before = await instructions_by_name(grant.house.database)
    return [
        row | {"asker": _asker(grant, row, names), "at": known.get(row["site"]), "before": before.get(row["label"], "")} for row in rows
    ]


def _asker(grant: RecordGrant, row: Row, names: dict[UUID, str]) -> str:
    if row["by_staff"]:
        return _("Booked by our front desk.")
    if row["asked_by"] == grant.viewer.account or not names.get(row["asked_by"]):
        return ""
    for_you = grant.own and row["share"]
    return (_("Booked by %(who)s for you.") if for_you else _("Booked by %(who)s.")) % {"who": names[row["asked_by"]]}


def where(row: Row) -> str:
    site = row["at"]["name"] if row["at"] else ""
    return ", ".join(dict.fromkeys(filter(None, (row["place"], site))))


def _entry(row: Row) -> Entry:
    """Its day stands in its title: somebody may come for the same thing twice. That one was called off, its heading says."""
    title = _("%(what)s, %(day)s", what=name_of(row["label"]), day=day_there(row["starts_at"], row["zone"]))
    return Entry(
        title=title, at=("appointments", row["ref"]),
        said=time_there(row["starts_at"], row["zone"]), lines=tuple(filter(None, (run(with_whom(row["who"]), told(_("Where"), where(row))), told(_("Before you come"), row["before"])))),
        soft=row["asker"],
    )  # fmt: skip


def _place(row: Row) -> int:
    """Of what is coming, the next one first."""
    return int(row["starts_at"].timestamp()) if row["stands"] == "coming" else 0


BOOKED_HERE = Source(
    Booking, READS, _entry, group=lambda row: row["stands"], sorts=("id", "state", "starts_at"), by="starts_at", place=_place,
    sift=with_state, more=with_people, name=lambda row: name_of(row["label"]),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    row: Row
    who: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingPage(Sheet):
    """`may_change`: this viewer, now. `late`: they may act, but it begins too soon."""

    row: Row
    steps: tuple[Step, ...]
    may_change: bool
    late: bool
    limit_hours: int

    @property
    def title(self) -> str:
        return name_of(self.row["label"])

    @property
    def up(self) -> Link:
        return Link(("appointments",), _("Appointments"))

    @property
    def tag(self) -> tuple[str, str]:
        kind, words = STATES[self.row["stands"]]
        return kind, _(words)

    @property
    def lede(self) -> str:
        return sentence(time_there(self.row["starts_at"], self.row["zone"]))

    @property
    def facts(self) -> Facts:
        at, minutes = self.row["at"] or {}, _minutes(self.row)
        before = self.row["before"] if self.row["stands"] != "off" else ""
        return said_facts(
            (_("With"), self.row["who"]), (_("Where"), where(self.row)), (_("Address"), at.get("address")),
            (_("Phone"), at.get("phone")), (_("How long"), _("%(count)s minutes", count=minutes) if minutes else ""), (_("Before you come"), before),
        )  # fmt: skip

    @property
    def by_clinic(self) -> str:
        """Said beside the time where nobody of the patient's chose what became of it. What the front desk called off because
        the patient asked for it has another reason than the clinic's."""
        last = next((step.row for step in reversed(self.steps) if step.row["did"] != BOOKED), None)
        if self.row["stands"] == "off":
            theirs = self._unsaid or (last and (last["author"] is None or last["reason"] == "clinic"))
            return _("The clinic called it off.") if theirs else ""
        return _("The clinic moved it to this time.") if last and last["by_staff"] else ""

    @property
    def _unsaid(self) -> bool:
        """Whether it is off by the clinic's own system alone, and no step here says so."""
        return self.row["stands"] == "off" and self.row["state"] == BOOKED and all(step.row["author"] for step in self.steps)

    @property
    def until(self) -> str:
        return until(self.limit_hours) if self.may_change else ""

    @property
    def parts(self) -> tuple[Part, ...]:
        sent = self.row["sent"] if self.row["stands"] == "off" else None
        why = told(_("Why"), sent["cancel_reason"]) if sent else ""
        lines = [run(_said(step, self.row["zone"]), "" if step.row["author"] else why) for step in self.steps]
        return lines_part(_("What was done"), [*lines, *([run(_("The clinic called it off."), why)] if self._unsaid else [])])


def _minutes(row: Row) -> int:
    return int((row["ends_at"] - row["starts_at"]).total_seconds() // 60)


def _said(step: Step, zone: str) -> str:
    """Moved on May 12, 2026, 9:05 am Central time by Ana Delgado, to Friday, … Why: too ill to come."""
    row, did = step.row, _(DID[step.row["did"]])
    at, who = when(row["at"]), step.who
    first = _("%(did)s on %(when)s by %(who)s.", did=did, when=at, who=who) if who else _("%(did)s on %(when)s.", did=did, when=at)
    time = told(_("Time"), time_there(row["starts_at"], zone))
    why = told(_("Why"), _(TOLD[row["reason"]])) if row["reason"] in TOLD else ""
    return run(first, time, why, sentence(step.words))


async def booking_page(grant: RecordGrant, ref: str) -> BookingPage | None:
    rows = await visible(grant, Booking).rows(("id", "ref", *READS), "ref = ?", ref)
    if not rows:
        return None
    [row] = await with_people(grant, await with_state(grant, rows))
    hours = await decided(grant.house.database, "bookings.limit_hours", LIMIT_HOURS)
    may_act = not grant.preview and grant.may(Category.APPOINTMENTS, Action.ACT) and row["stands"] == "coming"
    in_time = may_change(row["starts_at"], grant.now, hours)
    grant.showed("Booking", [row["id"]])
    return BookingPage(
        at=Address.of(grant), here=("appointments", ref), row=row, steps=await _steps(grant, row["id"]),
        may_change=may_act and in_time, late=may_act and not in_time, limit_hours=hours,
    )  # fmt: skip


async def _steps(grant: RecordGrant, booking: UUID) -> tuple[Step, ...]:
    names = ("id", "at", "author", "by_staff", "did", "starts_at", "reason", "sealed")
    rows = await visible(grant, BookingStep).rows(names, "booking = ?", booking, then="ORDER BY at, id")
    known = await names_of(grant, {row["author"] for row in rows} - {None})
    return tuple(Step(row=row, who=_who(grant, row, known), words=_opened(grant, row)) for row in rows)


def _who(grant: RecordGrant, row: Row, known: dict[UUID, str]) -> str:
    if row["by_staff"]:
        return _("our front desk")
    if row["author"] is None:
        return _("the clinic")
    return _("you") if row["author"] == grant.viewer.account else known.get(row["author"], "")


def _opened(grant: RecordGrant, row: dict[str, Any]) -> str:
    return grant.house.keyring.open(bytes(row["sealed"]), row["id"]).decode() if row["sealed"] else ""


async def booking_calendar(grant: RecordGrant, ref: str, clinic: str) -> str | None:
    """The calendar file of one: where and when, and not a word of what for or with whom."""
    names = ("id", "state", "moves", "changed_at", *READS)
    rows = await visible(grant, Booking).rows(tuple(dict.fromkeys(names)), "ref = ?", ref)
    if not rows:
        return None
    [row] = await with_people(grant, await with_state(grant, rows))
    grant.showed("Booking", [row["id"]])
    site = row["at"] or {"name": "", "address": ""}
    return calendar_file(Event(
        uid=f"{ref}@{urlsplit(grant.house.origin).hostname}", sequence=row["moves"], made_at=row["changed_at"],
        starts_at=row["starts_at"], ends_at=row["ends_at"], summary=_("Appointment at %(clinic)s", clinic=clinic),
        place=", ".join(filter(None, (site["name"], site["address"]))),
        description=time_there(row["starts_at"], row["zone"]), cancelled=row["stands"] == "off",
    ))  # fmt: skip
