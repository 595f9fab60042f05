"""Dates and times as people say them, in the site's zone, with no-break spaces where a line may not part them."""

import re
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton, format_time, get_timezone_name

from rules.dates import ClinicalDate, parse_clinical_date, period, period_sides, site_zone
from words.gettext import _, babel_locale, bracketed, reader

NBSP = "\u00a0"

AnyDate = date | datetime | ClinicalDate


def day(when: AnyDate) -> str:
    """May 8, 2026. A clinical date that names no day is said as exactly as it is known."""
    if isinstance(when, ClinicalDate):
        return clinical(when)
    return bracketed(_day(_local_date(when), babel_locale()))


def day_short(when: AnyDate) -> str:
    """May 8: for a day whose year stands near by. Of a clinical date without a day, all that is known."""
    if isinstance(when, ClinicalDate) and when.precision not in ("day", "instant"):
        return clinical(when)
    return bracketed(_skeleton("MMMMd", _local_date(when), babel_locale()))


def weekday(when: date | datetime) -> str:
    """Thursday, May 21, 2026."""
    return bracketed(_full(_local_date(when), babel_locale()))


def weekday_short(when: date | datetime) -> str:
    """Thursday, May 21."""
    name = format_date(_local_date(when), "EEEE", locale=babel_locale())
    return _("%(weekday)s, %(day)s", weekday=name, day=day_short(when))


def month(when: AnyDate) -> str:
    """May 2026. A clinical date that names only a year stays a year."""
    if isinstance(when, ClinicalDate) and when.precision == "year":
        return clinical(when)
    return bracketed(_skeleton("yMMMM", _local_date(when), babel_locale()))


def clock(when: datetime) -> str:
    """4:10 pm, on the site's clock."""
    return bracketed(_clock(when.astimezone(_zone()).time().replace(second=0, microsecond=0), babel_locale()))


def clock_text(text: str) -> str:
    """A FHIR time of day such as 08:00:00; what is none is shown as it came."""
    try:
        return bracketed(_clock(time.fromisoformat(text), babel_locale()))
    except ValueError:
        return text


def zone() -> str:
    """America/Chicago: the site's zone as machines name it."""
    return reader().zone


def zone_words() -> str:
    """Central time: the name of the site's zone."""
    return bracketed(_zone_words(reader().zone, babel_locale()))


def when(moment: datetime) -> str:
    """May 8, 2026 at 4:10 pm Central time."""
    return _moment_in_words(moment)


def _moment_in_words(moment: datetime) -> str:
    return _("%(day)s at %(clock)s %(zone)s", day=day(moment), clock=clock(moment), zone=zone_words())


def day_near(moment: datetime, now: datetime) -> str:
    """Today, yesterday and tomorrow by name, in the middle of a sentence; other days as a date."""
    today = now.astimezone(_zone()).date()
    near = {
        today: _("today"),
        today - timedelta(days=1): _("yesterday"),
        today + timedelta(days=1): _("tomorrow"),
    }
    return near.get(_local_date(moment)) or day(moment)


def clinical(when: ClinicalDate | None) -> str:
    """As exact as it was sent, and no more: 2026 · May 2026 · May 8, 2026 · May 8, 2026 to May 10, 2026."""
    if when is None:
        return _("date not known")
    if when.precision == "period":
        return _period(when)
    if when.precision == "year":
        return bracketed(when.text)
    if when.precision == "month":
        return bracketed(_skeleton("yMMMM", _local_date(when), babel_locale()))
    return bracketed(_day(_local_date(when), babel_locale()))


def clinical_span(when: ClinicalDate) -> str:
    """A period with its open side said: From May 8, 2026 · Until May 2026 · May 8, 2026 to May 10, 2026."""
    if not when.is_open:
        return clinical(when)
    return _("From %(day)s", day=clinical(when)) if when.text.endswith("/") else _("Until %(day)s", day=clinical(when))


def clinical_when(when: ClinicalDate | None) -> str:
    """With the clock time and zone where an instant was sent."""
    if when is None or when.precision != "instant":
        return clinical(when)
    return _moment_in_words(when.starts)


def clinical_text(text: str) -> str:
    """A date or a period as sent, said in words; what is neither is shown as it came."""
    first, slash, last = text.partition("/")
    parsed = period(first, last, _zone()) if slash else parse_clinical_date(text, reader().zone)
    return clinical_when(parsed) if parsed else text


def _period(whole: ClinicalDate) -> str:
    start, end = period_sides(whole, _zone())
    if start is None or end is None:
        return clinical(start or end)
    first, last = clinical(start), clinical(end)
    return first if first == last else _("%(first)s to %(last)s", first=first, last=last)


def _zone() -> ZoneInfo:
    return site_zone(reader().zone)


def _local_date(when: AnyDate) -> date:
    """A bare date has no zone, so that a birthday is the same day everywhere; an instant falls on the site's calendar."""
    if isinstance(when, ClinicalDate):
        if when.precision in ("day", "month", "year"):
            return date.fromisoformat(f"{when.text}-01-01"[:10])
        when = when.starts
    return when.astimezone(_zone()).date() if isinstance(when, datetime) else when


def _unbroken(text: str) -> str:
    """Babel's narrow spaces become plain ones; all but those after a comma then do not break."""
    return re.sub(r"(?<!,) ", NBSP, text.replace("\u202f", " "))


@lru_cache(maxsize=4096)
def _full(when: date, locale: str) -> str:
    return _unbroken(format_date(when, "full", locale=locale))


@lru_cache(maxsize=4096)
def _day(when: date, locale: str) -> str:
    return _unbroken(format_date(when, "long", locale=locale))


@lru_cache(maxsize=4096)
def _skeleton(skeleton: str, when: date, locale: str) -> str:
    return _unbroken(format_skeleton(skeleton, when, locale=locale))


@lru_cache(maxsize=2048)
def _clock(when: time, locale: str) -> str:
    text = format_time(when, "short", locale=locale).replace("\u202f", NBSP).replace(" ", NBSP)
    return text.replace("AM", "am").replace("PM", "pm") if locale.startswith("en") else text


@lru_cache(maxsize=256)
def _zone_words(zone: str, locale: str) -> str:
    if site_zone(zone).key == "UTC":
        return "UTC"  # CLDR names it after no region, and then says so
    name = get_timezone_name(site_zone(zone), width="long", zone_variant="generic", locale=locale)
    return name.replace(" Time", " time") if locale.startswith("en") else name
