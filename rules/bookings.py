"""Which times can be booked, what can still be changed, and when a reminder is due. Pure; `now` is an argument."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

BOOKED, CANCELLED = "booked", "cancelled"
"""FHIR AppointmentStatus, and what a step did; a step may have moved it as well."""
MOVED = "moved"
REASONS = ("better", "ill", "time", "ride", "cost", "elsewhere", "other")
"""Why somebody does not come, to choose from; `words.bookings` says them."""
DESK_REASONS = ("clinic", *REASONS)
"""The same for the front desk, which may have a reason of its own."""

MANY, OFTEN = "many", "often"
"""Why a time was not booked, whichever it was: as many stand already as patients may book, or much was changed today."""
MOST_STANDING, MOST_CHANGES = 6, 12
"""For one patient, without the front desk: how many may stand at once, and how often may be booked or moved in a day. The
clinic's settings `bookings.most_standing` and `bookings.most_changes` overrule."""
TAKEN, PAST, CLASH, OTHER = "taken", "past", "clash", "other"
"""Why a time was not booked: it is no longer free, it has begun, the patient has another appointment then, it is not one
of what was chosen."""
ANYBODY = "anybody"
OVER, LATE = "over", "late"
"""Why one was not changed: it is not there any more, or it begins too soon."""

AHEAD = timedelta(days=60)
"""How far ahead the times of a template are made, and what can be booked reaches."""
NEAR = timedelta(days=5 * 366)
"""How far from today the first and last day of the clinic's own hours, and the day of a closure, may be."""
LIMIT_HOURS = 24
"""Until so many hours before it, a patient may move or cancel; the clinic's setting `bookings.limit_hours` overrules."""
REMINDED_AT = time(10)


def person_key(who: str) -> str:
    """A person's name as it is compared: hours and feeds write it in their own letters and spaces."""
    return " ".join(who.split()).casefold()


@dataclass(frozen=True, slots=True)
class Closed:
    """When somebody sees nobody: they are away, or they see somebody else. `who` "" is everybody at that site."""

    site: UUID | None
    who: str
    starts_at: datetime
    ends_at: datetime

    def covers(self, site: UUID | None, who: str, starts_at: datetime, ends_at: datetime) -> bool:
        """Whether any part of a visit would lie in it; one that ends as it begins does not."""
        here = self.site == site and (not self.who or person_key(self.who) == person_key(who))
        return here and starts_at < self.ends_at and self.starts_at < ends_at


def is_closed(closures: Iterable[Closed], site: UUID | None, who: str, starts_at: datetime, ends_at: datetime) -> bool:
    return any(one.covers(site, who, starts_at, ends_at) for one in closures)


def may_change(starts_at: datetime, now: datetime, hours: int) -> bool:
    """Up to and with the last moment of the limit; never once it has begun."""
    return now < starts_at and now <= starts_at - timedelta(hours=hours)


def overlap(one: tuple[datetime, datetime], other: tuple[datetime, datetime]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


@dataclass(frozen=True, slots=True)
class Hours:
    """On one day, from and to on the clock of `zone`, cut into visits of `minutes`."""

    begins: str
    ends: str
    minutes: int
    zone: str


@dataclass(frozen=True, slots=True)
class Cut:
    """`wall` is YYYY-MM-DDTHH:MM on the clock of the site."""

    wall: str
    starts_at: datetime
    ends_at: datetime


def times_of(day: date, hours: Hours) -> Iterator[Cut]:
    """The visits that fit on this day, in order and never two at once. A wall time that the clock skips is none; one
    that it shows twice is the first of the two."""
    zone, length = ZoneInfo(hours.zone), timedelta(minutes=hours.minutes)
    wall = datetime.combine(day, time.fromisoformat(hours.begins))
    last = datetime.combine(day, time.fromisoformat(hours.ends)) - length
    free_from = datetime.min.replace(tzinfo=UTC)
    while hours.minutes > 0 and wall <= last:
        starts_at = instant(wall, zone)
        if starts_at is not None and starts_at >= free_from:
            free_from = starts_at + length
            yield Cut(wall_text(wall), starts_at, free_from)
        wall += length


def instant(wall: datetime, zone: ZoneInfo) -> datetime | None:
    """None for a wall time that the clock skips."""
    at = wall.replace(tzinfo=zone).astimezone(UTC)
    return at if at.astimezone(zone).replace(tzinfo=None) == wall else None


def wall_text(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M")


def days_of(weekday: int, first: date, last: date) -> Iterator[date]:
    """Every such day from the first to the last, both included. Days are counted before one is made, since the calendar
    ends."""
    ahead = (weekday - first.weekday()) % 7
    return (first + timedelta(days=after) for after in range(ahead, (last - first).days + 1, 7))


def is_near(day: date, today: date) -> bool:
    return abs(day - today) <= NEAR


@dataclass(frozen=True, slots=True)
class Week:
    """Hours that come back on one weekday, 0 for Monday, from the first day to the last."""

    weekday: int
    hours: Hours
    first_day: date
    last_day: date | None = None

    def cuts(self, after: date | None, until: date) -> Iterator[Cut]:
        """Of the days after `after`, which are made already, up to and with `until`."""
        first = max(self.first_day, after + timedelta(days=1)) if after else self.first_day
        last = min(until, self.last_day) if self.last_day else until
        return (cut for day in days_of(self.weekday, first, last) for cut in times_of(day, self.hours))

    def meets(self, other: Week) -> bool:
        """Whether both are on one day at one time, sooner or later."""
        first = max(self.first_day, other.first_day)
        last = min(self.last_day or date.max, other.last_day or date.max)
        on_one_day = self.weekday == other.weekday and any(days_of(self.weekday, first, min(last, first + timedelta(days=6))))
        return on_one_day and self.hours.begins < other.hours.ends and other.hours.begins < self.hours.ends

    def holds(self, starts_at: datetime, ends_at: datetime) -> bool:
        """Whether a visit at that time would lie in them, or a part of it."""
        begins, ends = (at.astimezone(ZoneInfo(self.hours.zone)) for at in (starts_at, ends_at))
        hours = Hours(f"{begins:%H:%M}", f"{ends:%H:%M}", 0, self.hours.zone)
        return self.meets(Week(begins.weekday(), hours, begins.date(), begins.date()))


def token_of(words: str) -> str:
    """What a choice is called in an address: no words of anybody's health, and the same again tomorrow."""
    return hashlib.sha256(words.strip().casefold().encode()).hexdigest()[:12]


def who_token(who: str, site: UUID | None) -> str:
    """A person at one site."""
    return token_of(f"{who}\n{site or ''}")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a form asks for: the ref of a time, and the tokens of what was chosen before it."""

    slot: str
    what: str
    who: str

    def fits(self, what: str, who: str, site: UUID | None) -> bool:
        """Whether a time of this kind is what the page before has shown."""
        return self.what == token_of(what) and self.who in (ANYBODY, who_token(who, site))


def reminder_at(starts_at: datetime, zone: str, now: datetime) -> datetime | None:
    """Ten in the morning of the day before, where the clinic is; None where that has passed."""
    local = starts_at.astimezone(ZoneInfo(zone))
    at = datetime.combine(local.date() - timedelta(days=1), REMINDED_AT, ZoneInfo(zone)).astimezone(UTC)
    return at if at > now else None


COMING = frozenset({"booked", "pending", "arrived", "checked-in"})
"""What the feed says of an appointment that takes place (FHIR AppointmentStatus)."""
OFF = frozenset({"cancelled", "noshow", "entered-in-error"})
"""What it says of one that does not take place after all."""
LOST = frozenset({"busy-unavailable", "entered-in-error"})
"""What a feed says of a slot in which nobody is seen (FHIR SlotStatus). It does not say that who booked it does not come."""


def read_sent(row: dict) -> dict:
    """A feed's appointment with `people`, their names as they are compared, and `slots` as (source, reference)."""
    participants, slots = ((json.loads(sent) if isinstance(sent, str) else sent) or [] for sent in (row["participants"], row["slots"]))
    people = {one["name"].casefold() for one in participants if one.get("name")}
    return row | {"people": people, "slots": {(row["source"], one) for one in slots}}


def times_of_sent(sent: dict) -> tuple[datetime, datetime]:
    """From when to when: a minute at least, where the feed does not say how long."""
    starts_at, minutes = sent["starts_at"], sent["minutes"] or 1
    return starts_at, max(sent["ends_at"] or starts_at + timedelta(minutes=minutes), starts_at + timedelta(minutes=1))


def same_appointment(booking: dict, slot: tuple[str, str] | None, sent: dict) -> bool:
    """Whether the feed's appointment is the one that was booked here: it names that slot; or it names none of that feed's,
    begins at that moment, and with that person. Anything less stays two. `slot` is source and reference."""
    if slot in sent["slots"]:
        return True
    if slot and any(source == slot[0] for source, _reference in sent["slots"]):
        return False
    return sent["starts_at"] == booking["starts_at"] and booking["who"].casefold() in sent["people"]


def off_of(booking: dict, slot: tuple[str, str] | None, sent: Sequence[dict]) -> list[dict]:
    """Those of a patient's appointments, as the feed sent them, that may call this booking off: they are the same one, and
    the clinic made them after it was booked here, since nothing of it was there before. Where one of them stands, none does."""
    same = [one for one in sent if same_appointment(booking, slot, one)]
    if any(one["status"] not in OFF for one in same):
        return []
    return [one for one in same if one["first_seen_at"] >= booking["made_at"]]


CLOCK = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*([ap])?\.?(?:m\.?)?", re.IGNORECASE)


def clock_of(typed: str) -> str | None:
    """HH:MM of a time as people type it: 9, 9:30, 9:30 am, 2 pm, 14.15; None of what is none."""
    found = CLOCK.fullmatch(typed.strip())
    if not found:
        return None
    hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "").lower()
    if half and not 1 <= hour <= 12:
        return None
    hour = hour % 12 + (12 if half == "p" else 0) if half else hour
    return f"{hour:02}:{minute:02}" if hour < 24 and minute < 60 else None
