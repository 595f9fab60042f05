"""Booking in steps, all of them in the address: what for, with whom, which time, and a last look before it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from access.booking import may_book
from access.grant import QueueGrant, RecordGrant
from access.house import House
from pages.address import Address
from pages.booking_times import FIVE, asked_for, free_of
from rules.bookings import AHEAD, ANYBODY, LIMIT_HOURS, Wanted, token_of, who_token
from rules.paging import Key, read_key
from tables import free_times
from tables.bookings import instructions_by_name
from tables.decisions import decided
from tables.free_times import NO_BOOKING, FreeTime, Offer
from words.bookings import how_long, name_of, short_time_there, time_there, until, with_whom
from words.gettext import _, ngettext

LETTERS = 40
ASK = "ask"
"""In the place of a person: who is seen shall be chosen again, though there is somebody to keep."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What an address holds: tokens of what and with whom, the ref of a time, the key of the last time that was seen."""

    what: str = ""
    who: str = ""
    slot: str = ""
    after: str = ""

    @property
    def query(self) -> dict[str, str]:
        return {"what": self.what, "with_": self.who}


def read_chosen(query: Mapping[str, str]) -> Chosen:
    what, who, slot, after = (query.get(name, "")[:LETTERS] for name in ("what", "with", "slot", "after"))
    return Chosen(what, who, slot, after)


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to choose: where it leads, its words, and what more is said of it."""

    href: str
    words: str
    more: str = ""


@dataclass(frozen=True, kw_only=True)
class Choosing:
    """`path` is where the steps stand below `at`; `moved` the words of the appointment that is moved, else "", and `own` its
    id; `step` how far one has come. `had` is the ref of the booking by which the time of the address is theirs already, else "". `time` is what would be booked; `older` the address of five more times, None where there are
    none. `earlier`: there may be free times before those that are shown."""

    at: Address
    path: tuple[str, ...]
    step: str
    chosen: Chosen
    offers: tuple[Offer, ...] = ()
    times: tuple[FreeTime, ...] = ()
    time: FreeTime | None = None
    older: str | None = None
    earlier: bool = False
    moved: str = ""
    own: UUID = NO_BOOKING
    had: str = ""
    limit_hours: int = LIMIT_HOURS
    before: str = ""
    now: datetime

    def link(self, *segments: str, **query: str | int | None) -> str:
        return self.at.link(*segments, **query)

    def here(self, **query: str | None) -> str:
        return self.link(*self.path, **query)

    @property
    def what(self) -> str:
        return name_of(self.offers[0].what) if self.offers and self.step not in ("what", "none") else ""

    @property
    def who(self) -> str:
        if self.step == "check":
            return self.time.offer.who
        if self.step != "time":
            return ""
        return _("Whoever is free first") if self.chosen.who == ANYBODY else self.offers[0].who

    @property
    def who_again(self) -> str:
        """Where to choose another person."""
        return self.here(what="" if self.moved else self.chosen.what, with_=ASK if self.moved else "")

    @property
    def who_changed(self) -> str:
        """What is changed there, after the word Change."""
        return _("with whom")

    @property
    def time_again(self) -> str:
        """Where to choose another of the times among which this one stood."""
        return self.here(**self.chosen.query, after=self.chosen.after)

    @property
    def gone(self) -> bool:
        """The address names a time that cannot be had any more, or never could."""
        return bool(self.chosen.slot) and self.step != "check"

    @property
    def choices(self) -> tuple[Choice, ...]:
        if self.step == "what":
            return self._whats
        return self._whos if self.step == "who" else self._times

    @property
    def _whats(self) -> tuple[Choice, ...]:
        names = sorted({one.what for one in self.offers}, key=lambda name: name_of(name).casefold())
        return tuple(Choice(self.here(what=token_of(name)), name_of(name)) for name in names)

    @property
    def _whos(self) -> tuple[Choice, ...]:
        many = len({one.site for one in self.offers}) > 1
        people = {(one.who, one.site): one for one in self.offers}
        first = Choice(self.here(what=self.chosen.what, with_=ANYBODY), _("Whoever is free first"))
        rest = [
            Choice(self.here(what=self.chosen.what, with_=who_token(one.who, one.site)), one.who, one.site_name if many else "")
            for one in sorted(people.values(), key=lambda one: (one.who.casefold(), one.site_name))
        ]
        return (first, *rest)

    @property
    def _times(self) -> tuple[Choice, ...]:
        return tuple(
            Choice(self.here(**self.chosen.query, after=self.chosen.after, slot=one.ref), time_there(one.starts_at, one.offer.zone), _of(one))
            for one in self.times
        )

    @property
    def where(self) -> str:
        offer = self.time.offer
        return ", ".join(dict.fromkeys(filter(None, (offer.place, offer.site_name))))

    @property
    def minutes(self) -> str:
        many = self.time.minutes
        return ngettext("%(count)s minute", "%(count)s minutes", many) if many > 0 else ""

    @property
    def changes(self) -> str:
        """Until when it can be changed here; what begins sooner than that cannot."""
        hours = timedelta(hours=self.limit_hours)
        return until(self.limit_hours) if self.now <= self.time.starts_at - hours else _("To change it later, call us: it begins soon.")

    @property
    def day_and_time(self) -> str:
        return time_there(self.time.starts_at, self.time.offer.zone)

    @property
    def button(self) -> str:
        return _("Move it to this time") if self.moved else _("Book this appointment")

    @property
    def other_way(self) -> str:
        """Where to ask for what cannot be booked."""
        return ""

    @property
    def times_from(self) -> str:
        """Over the times: with the first, since five others may have stood in the same place."""
        first = self.times[0]
        return _("Times from %(first)s", first=short_time_there(first.starts_at, first.offer.zone))


def _of(one: FreeTime) -> str:
    """With Dr. Lena Okafor. It takes 20 minutes."""
    return " ".join(filter(None, (with_whom(one.offer.who), how_long(one.minutes))))


async def time_words(house: House, ref: str) -> str:
    """The time of this ref, free or not; "" where there never was one."""
    one = await free_times.time_of(house.database, ref)
    return time_there(one.starts_at, one.offer.zone) if one else ""


async def steps(grant: RecordGrant | QueueGrant, blank: Choosing, since: datetime) -> Choosing:
    """The page for how far the choosing has come. What an address names and is not offered is asked again."""
    house, database, now = grant.house, grant.house.database, grant.house.clock()
    found = await may_book(grant, await free_times.offers(database, now, now + AHEAD))
    page = replace(blank, now=now, limit_hours=await decided(database, "bookings.limit_hours", LIMIT_HOURS))
    if not found:
        return page
    what = [one for one in found if token_of(one.what) == blank.chosen.what]
    if not what:
        return page if blank.moved else replace(page, step="what", offers=tuple(found))
    wanted = Wanted("", blank.chosen.what, blank.chosen.who)
    who = [one for one in what if wanted.fits(one.what, one.who, one.site)]
    if not who:
        return replace(page, step="who", offers=tuple(what))
    return await _times(house, replace(page, step="time", offers=tuple(who)), since)


async def _times(house: House, page: Choosing, since: datetime) -> Choosing:
    key = read_key(page.chosen.after)
    found, earlier = await free_of(house, page.offers, page.own, key, since), key is not None or since > house.clock()
    if not found:
        found, earlier = await free_of(house, page.offers, page.own, None, house.clock()), False
    shown = found[:FIVE]
    more = Key(shown[-1].starts_at, shown[-1].ref).text() if len(found) > FIVE else None
    older = page.here(**page.chosen.query, after=more) if more else None
    page = replace(page, times=tuple(shown), older=older, earlier=earlier, step="time" if shown else "none")
    time = await asked_for(house, page.offers, page.own, page.chosen.slot) if page.chosen.slot else None
    if time is None:
        return page
    before = (await instructions_by_name(house.database)).get(time.offer.what, "")
    return replace(page, time=time, step="check", before=before)
