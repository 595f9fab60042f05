"""The front desk's appointments: a day at one site, and one of them, with what was done and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from access.booking import OFF_THEN
from access.grant import QueueGrant
from access.visible import visible
from access.vocabulary import Purpose
from rules.bookings import BOOKED, LATE, LOST, OVER
from tables.bookings import PORTAL, Booking
from tables.records import left_of
from words.bookings import DID, TOLD, how_long, name_of, time_there, with_whom
from words.dates import clock, weekday, when
from words.gettext import N_, _, reader, use
from words.sentences import run, sentence, told

DAY = timedelta(days=1)
MOST = 300
SITES = "SELECT id, ref, name, zone FROM clinic_site WHERE active = ? ORDER BY name, id"
COLUMNS = (
    "booking.id, booking.ref, booking.record, booking.state, booking.label, booking.who, booking.place, booking.starts_at,"
    " booking.ends_at, booking.zone, booking.site, booking.by_staff, r.ref AS record_ref, r.name, r.birth_text, r.phone,"
    " CASE WHEN r.state = 'active' AND r.deceased_text IS NULL THEN 1 ELSE 0 END AS seen_here,"
    " f.source AS slot_source, f.status AS slot_status, f.withdrawn_at AS slot_gone,"
    f" CASE WHEN {OFF_THEN} THEN 1 ELSE 0 END AS off_then"
)
FROM = f"booking JOIN record r ON r.id = {left_of('booking.record')} JOIN slot f ON f.id = booking.slot"
ON_DAY = (
    f"SELECT {COLUMNS} FROM {FROM} WHERE {{seen}} AND booking.site = ? AND booking.starts_at >= ? AND booking.starts_at < ?"
    f" ORDER BY booking.starts_at, r.name_key, booking.id LIMIT {MOST}"
)
ONE = f"SELECT {COLUMNS} FROM {FROM} WHERE {{seen}} AND booking.ref = ?"
STEPS = (
    "SELECT s.id, s.at, s.did, s.by_staff, s.starts_at, s.reason, s.sealed, a.name FROM booking_step s"
    " LEFT JOIN account a ON a.id = s.author WHERE s.booking = ? ORDER BY s.at, s.id"
)


@dataclass(frozen=True, slots=True)
class Site:
    id: UUID
    ref: str
    name: str
    zone: str


async def sites_of(grant: QueueGrant) -> tuple[Site, ...]:
    """Those of this duty; a duty that names none is for all of them."""
    rows = await grant.house.database.rows(SITES, True)
    found = [Site(row["id"], row["ref"], row["name"], row["zone"] or "UTC") for row in rows]
    return tuple(site for site in found if grant.covers(site.id))


async def site_asked(grant: QueueGrant, query: Mapping[str, str]) -> tuple[Site | None, tuple[Site, ...]]:
    """The one of the address, else the first; None where the clinic has named no site yet."""
    sites = await sites_of(grant)
    asked = next((site for site in sites if site.ref == query.get("site")), None)
    return asked or next(iter(sites), None), sites


@dataclass(frozen=True, slots=True)
class Visit:
    """One appointment of a day: who, when, for what and with whom; and whether it is still to come."""

    row: dict[str, Any]
    ahead: bool = False

    @property
    def ref(self) -> str:
        return self.row["ref"]

    @property
    def time(self) -> str:
        with use(reader().locale, self.row["zone"]):
            return clock(self.row["starts_at"])

    @property
    def title(self) -> str:
        return _("%(time)s: %(name)s", time=self.time, name=self.row["name"])

    @property
    def stands(self) -> bool:
        return self.row["state"] == BOOKED

    @property
    def tag(self) -> tuple[str, str]:
        return ("ok", _("Booked")) if self.stands else ("", _("Called off"))

    @property
    def look(self) -> str:
        """What of the clinic's own system may mean that it does not take place, and is not enough to call it off."""
        if not (self.stands and self.ahead):
            return ""
        if self.row["off_then"]:
            return _("Look into this one: in the clinic’s own system something of theirs at this time was called off.")
        return _("Look into this one: in the clinic’s own system nobody can be seen at this time any more.") if self._slot_lost else ""

    @property
    def _slot_lost(self) -> bool:
        """Hours of ours that are over leave what is booked in them."""
        gone = self.row["slot_gone"] is not None or self.row["slot_status"] in LOST
        return gone and self.row["slot_source"] != PORTAL

    @property
    def born(self) -> str:
        return _("Born in %(year)s.", year=self.row["birth_text"][:4]) if self.row["birth_text"] else ""

    @property
    def lines(self) -> tuple[str, ...]:
        what = run(f"{name_of(self.row['label'])}.", with_whom(self.row["who"]), told(_("Where"), self.row["place"]))
        return tuple(filter(None, (what, run(self.born, told(_("Phone"), self.row["phone"])))))


@dataclass(frozen=True, slots=True)
class DayPage:
    site: Site | None
    sites: tuple[Site, ...]
    day: date
    visits: tuple[Visit, ...]

    @property
    def day_words(self) -> str:
        return weekday(self.day)

    @property
    def standing(self) -> tuple[Visit, ...]:
        return tuple(one for one in self.visits if one.stands)

    @property
    def off(self) -> tuple[Visit, ...]:
        return tuple(one for one in self.visits if not one.stands)

    def at(self, days: int = 0, site: Site | None = None) -> str:
        """Another day, or another site on the same day."""
        there = site or self.site
        return f"/staff/appointments?day={self.day + days * DAY}" + (f"&site={there.ref}" if there and len(self.sites) > 1 else "")


async def day_page(grant: QueueGrant, query: Mapping[str, str]) -> DayPage:
    site, sites = await site_asked(grant, query)
    grant.entry.action = "staff.appointments"
    day = _day(query.get("day", "")) or today_at(site, grant.now)
    if site is None:
        return DayPage(None, (), day, ())
    seen, (begin, end) = visible(grant, Booking).predicate, bounds(day, site.zone)
    rows = await grant.house.database.rows(ON_DAY.format(seen=seen.sql), *seen.values, site.id, begin, end)
    grant.showed("Booking", [row["id"] for row in rows])
    return DayPage(site, sites, day, tuple(Visit(row, row["starts_at"] > grant.now) for row in rows))


def today_at(site: Site | None, now: datetime) -> date:
    return now.astimezone(ZoneInfo(site.zone if site else "UTC")).date()


def bounds(day: date, zone: str) -> tuple[datetime, datetime]:
    """From midnight to midnight on the clock of the site."""
    begin, end = (datetime.combine(one, time(), ZoneInfo(zone)).astimezone(UTC) for one in (day, day + DAY))
    return begin, end


def _day(text: str) -> date | None:
    """None for what is no day, or one that has none before or after it."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1900 < day.year < 9000 else None


@dataclass(frozen=True, slots=True)
class VisitPage:
    visit: Visit
    steps: tuple[str, ...]
    site_ref: str = ""

    @property
    def row(self) -> dict[str, Any]:
        return self.visit.row

    @property
    def title(self) -> str:
        return _("%(what)s for %(name)s", what=name_of(self.row["label"]), name=self.row["name"])

    @property
    def when(self) -> str:
        return sentence(time_there(self.row["starts_at"], self.row["zone"]))

    @property
    def day_words(self) -> str:
        """The day from which one came."""
        with use(reader().locale, self.row["zone"]):
            return weekday(self.row["starts_at"])

    @property
    def day_href(self) -> str:
        day = self.row["starts_at"].astimezone(ZoneInfo(self.row["zone"] or "UTC")).date()
        return f"/staff/appointments?day={day}" + (f"&site={self.site_ref}" if self.site_ref else "")

    @property
    def minutes(self) -> str:
        return how_long(int((self.row["ends_at"] - self.row["starts_at"]).total_seconds() // 60))

    @property
    def may_cancel(self) -> bool:
        return self.visit.ahead and self.visit.stands

    @property
    def may_move(self) -> bool:
        """Nobody gets a new time who is not seen here any more."""
        return self.may_cancel and bool(self.row["seen_here"])

    @property
    def why_not(self) -> str:
        return LATE if self.visit.stands else OVER


async def visit_page(grant: QueueGrant, ref: str) -> VisitPage | None:
    seen = visible(grant, Booking).predicate
    rows = await grant.house.database.rows(ONE.format(seen=seen.sql), *seen.values, ref)
    if not rows:
        return None
    row, entry = rows[0], grant.entry
    entry.subject, entry.action, entry.purpose = row["record"], "appointments.see", Purpose.DESK.value
    grant.showed("Booking", [row["id"]])
    found = await grant.house.database.rows(STEPS, row["id"])
    site = next((site.ref for site in await sites_of(grant) if site.id == row["site"]), "")
    steps = tuple(_said(grant, step, row["zone"]) for step in found)
    return VisitPage(Visit(row, row["starts_at"] > grant.now), steps, site)


def _said(grant: QueueGrant, step: dict[str, Any], zone: str) -> str:
    words = grant.house.keyring.open(bytes(step["sealed"]), step["id"]).decode() if step["sealed"] else ""
    first = _("%(did)s on %(when)s by %(who)s.", did=_(DID[step["did"]]), when=when(step["at"]), who=step["name"] or _("the clinic’s own system"))
    why = told(_("Why"), _(TOLD[step["reason"]])) if step["reason"] in TOLD else ""
    return run(first, told(_("Time"), time_there(step["starts_at"], zone)), why, sentence(words))
