"""The front desk's pages of the clinic's own times: weekly hours, and closures with whom to call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from access.grant import QueueGrant
from access.visible import visible
from forms.hours import DAYS
from pages.day import COLUMNS, FROM, Site, Visit, bounds, site_asked, today_at
from rules.bookings import AHEAD, Closed, Hours, Week, clock_of, person_key
from tables import free_times
from tables.bookings import Booking, Closure, SlotTemplate
from tables.free_times import FreeTime
from tables.hours import Weekly
from words.bookings import how_long, time_there, with_whom
from words.dates import clock, clock_text, day, when
from words.gettext import _, ngettext, reader, use
from words.sentences import run, sentence, told

HOURS = ("ref", "what", "who", "place", "weekday", "begins", "ends", "minutes", "first_day", "last_day")
MOST = 500
"""So many times of feeds are looked at."""
CLOSURES = ("id", "ref", "site", "who", "starts_at", "ends_at")
WITHIN = (
    f"SELECT {COLUMNS} FROM {FROM} WHERE {{seen}} AND booking.state = 'booked' AND booking.site = ? AND booking.starts_at < ?"
    " AND booking.ends_at > ? ORDER BY booking.starts_at, booking.id LIMIT 300"
)
BOOKED_IN = (
    "SELECT booking.starts_at, COUNT(*) OVER () AS n FROM booking JOIN slot f ON f.id = booking.slot WHERE {seen}"
    " AND booking.state = 'booked' AND f.source = 'portal' AND f.schedule_ref = ? AND booking.starts_at > ?"
    " ORDER BY booking.starts_at DESC LIMIT 1"
)


@dataclass(frozen=True, slots=True)
class Standing:
    """Hours that come back each week."""

    row: dict[str, Any]

    @property
    def ref(self) -> str:
        return self.row["ref"]

    @property
    def title(self) -> str:
        row = self.row
        return _("%(day)s, %(from)s to %(to)s: %(what)s", day=_(DAYS[row["weekday"]]), **{
            "from": clock_text(row["begins"]), "to": clock_text(row["ends"]), "what": row["what"],
        })  # fmt: skip

    @property
    def lines(self) -> tuple[str, ...]:
        row = self.row
        since = _("From %(day)s on.", day=day(date.fromisoformat(row["first_day"])))
        until = _("Until %(day)s.", day=day(date.fromisoformat(row["last_day"]))) if row["last_day"] else ""
        return (run(with_whom(row["who"]), told(_("Where"), row["place"]), how_long(row["minutes"])), run(since, until))


@dataclass(frozen=True, slots=True)
class HoursPage:
    site: Site | None
    sites: tuple[Site, ...]
    today: date
    hours: tuple[Standing, ...] = ()
    fed: tuple[FreeTime, ...] = ()
    """The next times that feeds offer here."""

    def lies_over(self, weekly: Sequence[Weekly]) -> bool:
        """Whether somebody would have other hours at some of these times."""
        theirs = [Weekly(self.site.id, *(one.row[name] for name in HOURS[1:])) for one in self.hours]
        return any(self._meet(one, other) for one in weekly for other in theirs) or any(
            person_key(one.who) == person_key(time.offer.who) and self._week(one).holds(time.starts_at, time.ends_at)
            for one in weekly for time in self.fed
        )

    def _meet(self, one: Weekly, other: Weekly) -> bool:
        return person_key(one.who) == person_key(other.who) and self._week(one).meets(self._week(other))

    def _week(self, one: Weekly) -> Week:
        """Of what lies behind nothing is said."""
        first, last = (date.fromisoformat(day) if day else None for day in (one.first_day, one.last_day))
        return Week(one.weekday, Hours(one.begins, one.ends, one.minutes, self.site.zone), max(first, self.today), last)

    def weekly(self, form) -> list[Weekly]:
        """What a valid form asks for: one for each weekday."""
        first, last = form.day_of("first"), form.day_of("last")
        begins, ends = clock_of(form.begins.data), clock_of(form.ends.data)
        return [
            Weekly(self.site.id, form.what.data, form.who.data, form.place.data or "", int(one), begins, ends,
                   int(form.minutes.data), first.isoformat(), last.isoformat() if last else "")
            for one in sorted(set(form.days.data))
        ]  # fmt: skip


async def hours_page(grant: QueueGrant, query: Mapping[str, str]) -> HoursPage:
    site, sites = await site_asked(grant, query)
    rows = await visible(grant, SlotTemplate).rows(
        HOURS, "ended_at IS NULL AND site = ?", site.id if site else None, then="ORDER BY weekday, begins, what, id"
    )
    grant.entry.action = "staff.hours"
    return HoursPage(site, sites, today_at(site, grant.now), tuple(Standing(row) for row in rows), await _fed(grant, site))


async def _fed(grant: QueueGrant, site: Site | None) -> tuple[FreeTime, ...]:
    database, until = grant.house.database, grant.now + AHEAD
    offered = await free_times.offers(database, grant.now, until)
    schedules = [one.schedule for one in offered if one.fed and site and one.site == site.id]
    return tuple(await free_times.times(database, schedules, grant.now, until, MOST))


@dataclass(frozen=True, slots=True)
class EndingPage:
    """Before hours are ended: how many appointments are booked in them, and when the last one is."""

    one: Standing
    booked: int
    last: datetime | None
    zone: str

    @property
    def standing(self) -> str:
        if not self.booked:
            return _("No appointment is booked in them.")
        return ngettext(
            "%(count)s appointment is booked in them and stands: %(last)s.",
            "%(count)s appointments are booked in them and stand. The last one: %(last)s.", self.booked,
            last=time_there(self.last, self.zone),
        )


async def ending_page(grant: QueueGrant, ref: str) -> EndingPage | None:
    """None where this duty has no such hours, or they are over."""
    rows = await visible(grant, SlotTemplate).rows((*HOURS, "site"), "ended_at IS NULL AND ref = ?", ref)
    if not rows:
        return None
    seen = visible(grant, Booking).predicate
    found = await grant.house.database.rows(BOOKED_IN.format(seen=seen.sql), *seen.values, f"Schedule/{ref}", grant.now)
    sites = await grant.house.database.rows("SELECT zone FROM clinic_site WHERE id = ?", rows[0]["site"])
    grant.entry.action = "staff.hours"
    count, last = (found[0]["n"], found[0]["starts_at"]) if found else (0, None)
    return EndingPage(Standing(rows[0]), count, last, sites[0]["zone"] or "UTC")


@dataclass(frozen=True, slots=True)
class Shut:
    row: dict[str, Any]
    zone: str

    @property
    def ref(self) -> str:
        return self.row["ref"]

    @property
    def title(self) -> str:
        who = self.row["who"]
        return _("%(who)s is away: %(when)s", who=who, when=self.when) if who else _("Closed for everybody: %(when)s", when=self.when)

    @property
    def when(self) -> str:
        """All day December 1, 2026, where it is the whole of one; else from and to, on the clock of the site."""
        begins, ends = (self.row[name].astimezone(ZoneInfo(self.zone)) for name in ("starts_at", "ends_at"))
        with use(reader().locale, self.zone):
            if bounds(begins.date(), self.zone) == (begins.astimezone(UTC), ends.astimezone(UTC)):
                return _("all day %(day)s", day=day(begins))
            if begins.date() == ends.date():
                return _("%(day)s, %(from)s to %(to)s", day=day(begins), **{"from": clock(begins), "to": clock(ends)})
            return _("%(begins)s to %(ends)s", begins=when(begins), ends=when(ends))


@dataclass(frozen=True, slots=True)
class ClosuresPage:
    site: Site | None
    sites: tuple[Site, ...]
    today: date
    people: tuple[str, ...]
    closures: tuple[Shut, ...]

    def closed(self, form) -> Closed:
        """What a valid form asks for; without times it is the whole day."""
        on, zone = form.day_of("day"), ZoneInfo(self.site.zone)
        begin, end = bounds(on, self.site.zone)
        if form.begins.data:
            begin, end = (
                datetime.combine(on, time.fromisoformat(clock_of(one.data)), zone).astimezone(UTC) for one in (form.begins, form.ends)
            )
        return Closed(self.site.id, form.who.data, begin, end)


async def closures_page(grant: QueueGrant, query: Mapping[str, str]) -> ClosuresPage:
    site, sites = await site_asked(grant, query)
    rows = await visible(grant, Closure).rows(
        CLOSURES, "lifted_at IS NULL AND ends_at > ? AND site = ?", grant.now, site.id if site else None,
        then="ORDER BY starts_at, id",
    )
    grant.entry.action = "staff.closures"
    zone = site.zone if site else "UTC"
    return ClosuresPage(site, sites, today_at(site, grant.now), await _people(grant, site), tuple(Shut(row, zone) for row in rows))


async def _people(grant: QueueGrant, site: Site | None) -> tuple[str, ...]:
    """Who has times here."""
    standing = await visible(grant, SlotTemplate).rows(("who",), "ended_at IS NULL AND site = ?", site.id if site else None)
    offered = await free_times.offers(grant.house.database, grant.now, grant.now + AHEAD)
    names = {row["who"] for row in standing} | {one.who for one in offered if site and one.site == site.id}
    return tuple(sorted(names - {""}, key=str.casefold))


@dataclass(frozen=True, slots=True)
class ClosurePage:
    """`visits` are booked in it, and still to be called."""

    shut: Shut
    lifted: bool
    visits: tuple[Visit, ...]

    @property
    def to_do(self) -> str:
        if not self.visits:
            return _("No appointments to move.")
        return ngettext(
            "%(count)s appointment lies in it. Call them.", "%(count)s appointments lie in it. Call them.", len(self.visits)
        )


async def closure_page(grant: QueueGrant, ref: str) -> ClosurePage | None:
    rows = await visible(grant, Closure).rows((*CLOSURES, "lifted_at"), "ref = ?", ref)
    if not rows:
        return None
    row, seen = rows[0], visible(grant, Booking).predicate
    zones = await grant.house.database.rows("SELECT zone FROM clinic_site WHERE id = ?", row["site"])
    found = await grant.house.database.rows(WITHIN.format(seen=seen.sql), *seen.values, row["site"], row["ends_at"], row["starts_at"])
    within = [one for one in found if row["who"] in ("", one["who"])]
    grant.entry.action = "staff.closures"
    grant.showed("Booking", [one["id"] for one in within])
    shut = Shut(row, zones[0]["zone"] or "UTC")
    return ClosurePage(shut, row["lifted_at"] is not None, tuple(Visit(one) for one in within))
