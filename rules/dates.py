"""Clinical dates: the text a feed sent, how exact it is, and the first and last instant it may mean.

FHIR R4 `date`, `dateTime` and `instant` name a year, a month, a day or a moment. A year or a day has
no zone of its own, so its instants are those of the site. Nothing is made more exact than it was sent.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

Precision = Literal["year", "month", "day", "instant", "period"]

LAST_MOMENT = time(23, 59, 59, 999999)
DISTANT_PAST = datetime(1, 1, 1, tzinfo=UTC)
DISTANT_FUTURE = datetime(9999, 1, 1, tzinfo=UTC)

_SHAPE = re.compile(
    r"(?P<year>[0-9]{4})"
    r"(?:-(?P<month>[0-9]{2})"
    r"(?:-(?P<day>[0-9]{2})"
    r"(?:T(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})"
    r"(?::(?P<second>[0-9]{2})(?:\.(?P<fraction>[0-9]+))?)?"
    r"(?P<offset>Z|[+-][0-9]{2}:[0-9]{2})?"
    r")?)?)?"
)


@dataclass(frozen=True, slots=True)
class ClinicalDate:
    """`text` is kept as sent; `starts` and `ends` are UTC, both inclusive. A period's text is `start/end`."""

    text: str
    precision: Precision
    starts: datetime
    ends: datetime

    @property
    def is_open(self) -> bool:
        """True for a period of which only one side was sent."""
        return self.precision == "period" and (self.text.endswith("/") or self.text.startswith("/"))


def parse_clinical_date(text: object, zone: str | tzinfo) -> ClinicalDate | None:
    """None when the text is no date of the calendar. A clock time without an offset is read in the site's zone."""
    if not isinstance(text, str):
        return None
    found = _SHAPE.fullmatch(text)
    if found is None:
        return None
    try:
        return _moment(found, site_zone(zone)) if found["hour"] else _days(found, site_zone(zone))
    except (ValueError, OverflowError):
        return None


def period(start: object, end: object, zone: str | tzinfo) -> ClinicalDate | None:
    """A FHIR Period. A missing or impossible side leaves the other; an end before the start is dropped."""
    first, last = parse_clinical_date(start or None, zone), parse_clinical_date(end or None, zone)
    if first is None and last is None:
        return None
    if first is None:
        return ClinicalDate(f"/{last.text}", "period", last.starts, last.ends)
    if last is None or last.ends < first.starts:
        return ClinicalDate(f"{first.text}/", "period", first.starts, first.ends)
    if first.text == last.text:
        return first
    return ClinicalDate(f"{first.text}/{last.text}", "period", first.starts, max(first.ends, last.ends))


def period_sides(when: ClinicalDate, zone: str | tzinfo) -> tuple[ClinicalDate | None, ClinicalDate | None]:
    """The two sides of a period, each as exact as it was sent."""
    start, _, end = when.text.partition("/")
    return parse_clinical_date(start or None, zone), parse_clinical_date(end or None, zone)


def ordering(when: ClinicalDate | None) -> tuple[datetime, datetime]:
    """Sort key. What has no date sorts as oldest."""
    return (when.starts, when.ends) if when else (DISTANT_PAST, DISTANT_PAST)


def local_day(moment: datetime, zone: str | tzinfo) -> date:
    """The calendar day on which this moment falls at the site."""
    return moment.astimezone(site_zone(zone)).date()


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def site_zone(zone: str | tzinfo) -> tzinfo:
    return _zone(zone) if isinstance(zone, str) else zone


def _days(found: re.Match, zone: tzinfo) -> ClinicalDate:
    year, month, day = int(found["year"]), found["month"], found["day"]
    first = date(year, int(month or 1), int(day or 1))
    precision: Precision = "day" if day else "month" if month else "year"
    last = first if day else _last_of_month(year, int(month or 12))
    return ClinicalDate(
        found.string,
        precision,
        datetime.combine(first, time.min, zone).astimezone(UTC),
        # The later of two equal wall times, where the night of a clock change repeats an hour.
        datetime.combine(last, LAST_MOMENT, zone).replace(fold=1).astimezone(UTC),
    )


def _moment(found: re.Match, zone: tzinfo) -> ClinicalDate:
    second = int(found["second"] or 0)
    # R4 allows the leap second :60, which Python's clock does not know.
    leap = second == 60
    wall = datetime(
        int(found["year"]), int(found["month"]), int(found["day"]),
        int(found["hour"]), int(found["minute"]), 59 if leap else second,
        # Digits beyond microseconds stay in the text only.
        int(((found["fraction"] or "") + "000000")[:6]),
        _offset(found["offset"]) or zone,
    )  # fmt: skip
    moment = wall.astimezone(UTC) + timedelta(seconds=int(leap))
    return ClinicalDate(found.string, "instant", moment, moment)


def _offset(text: str | None) -> timezone | None:
    if text is None or text == "Z":
        return UTC if text else None
    hours, minutes = int(text[1:3]), int(text[4:6])
    if hours > 14 or minutes > 59:
        raise ValueError(f"no such offset: {text}")
    size = timedelta(hours=hours, minutes=minutes)
    return timezone(-size if text[0] == "-" else size)


def _last_of_month(year: int, month: int) -> date:
    if month == 12:
        return date(year, 12, 31)
    return date(year, month + 1, 1) - timedelta(days=1)
