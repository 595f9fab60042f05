"""Appointments that are booked here, in words: their time where they are, why they are called off, how they stand."""

from __future__ import annotations

from datetime import datetime

from rules.bookings import BOOKED, CANCELLED, MOVED
from words.dates import clock, day_short, weekday, weekday_short, zone_words
from words.gettext import N_, _, ngettext, reader, use

REASONS = {
    "better": N_("I do not need it any more"), "ill": N_("I am too ill to come"), "time": N_("The time is not good"),
    "ride": N_("I have no way to get there"), "cost": N_("It costs too much"), "elsewhere": N_("I go somewhere else"),
    "other": N_("Another reason"),
}  # fmt: skip
"""As the one who calls it off reads them."""
TOLD = {
    "clinic": N_("The clinic cannot keep this time"), "better": N_("It is not needed any more"), "ill": N_("Too ill to come"), "time": N_("The time is not good"),
    "ride": N_("No way to get there"), "cost": N_("It costs too much"), "elsewhere": N_("Goes somewhere else"),
    "other": N_("Another reason"),
}  # fmt: skip
"""The same, as everybody reads them afterwards."""
DID = {BOOKED: N_("Booked"), MOVED: N_("Moved"), CANCELLED: N_("Called off")}
UNNAMED = N_("Appointment")


def time_there(at: datetime, zone: str) -> str:
    """Friday, December 4, 2026, 10:20 am Central time: on the clock of the place where it is."""
    with use(reader().locale, zone):
        return _("%(day)s, %(clock)s %(zone)s", day=weekday(at), clock=clock(at), zone=zone_words())


def day_there(at: datetime, zone: str) -> str:
    """December 4, on the calendar of the place where it is."""
    with use(reader().locale, zone):
        return day_short(at)


def short_time_there(at: datetime, zone: str) -> str:
    """Friday, December 4, 10:20 am: where the whole of it stands right below."""
    with use(reader().locale, zone):
        return _("%(day)s, %(clock)s", day=weekday_short(at), clock=clock(at))


def name_of(label: str) -> str:
    return label or _(UNNAMED)


def with_whom(who: str) -> str:
    return _("With %(who)s.", who=who) if who else ""


def how_long(minutes: int) -> str:
    return ngettext("It takes %(count)s minute.", "It takes %(count)s minutes.", minutes) if minutes > 0 else ""


def until(hours: int) -> str:
    """Until when it can be changed here."""
    return ngettext(
        "You can move it or call it off here until %(count)s hour before.",
        "You can move it or call it off here until %(count)s hours before.", hours,
    )  # fmt: skip
