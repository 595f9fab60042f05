"""How far back a page looks: one, three or five years, or everything."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Period(StrEnum):
    """The codes stand in addresses; ALL is `all` there."""

    ONE_YEAR = "1y"
    THREE_YEARS = "3y"
    FIVE_YEARS = "5y"
    ALL = "all"


YEARS = {Period.ONE_YEAR: 1, Period.THREE_YEARS: 3, Period.FIVE_YEARS: 5}

# Below this a trend says little, so a longer period is chosen where one has more.
ENOUGH = 5


@dataclass(frozen=True, slots=True)
class Choice:
    """One period to choose, with what it holds."""

    period: Period
    count: int
    current: bool


def read_period(text: str | None, otherwise: Period) -> Period:
    """What an address asked for; what it cannot mean is the default."""
    return Period(text) if text in set(Period) else otherwise


def begins(period: Period, now: datetime) -> datetime | None:
    """The first instant the period shows; None for everything. February 29 counts back to 28."""
    if period is Period.ALL:
        return None
    year = now.year - YEARS[period]
    leap_day = (now.month, now.day) == (2, 29)
    return now.replace(year=year, day=28) if leap_day else now.replace(year=year)


def best_period(starts: tuple[datetime, ...], now: datetime, enough: int = ENOUGH) -> Period:
    """The shortest period that holds enough points, else everything."""
    for period in YEARS:
        if _count(starts, period, now) >= enough:
            return period
    return Period.ALL


def choices(starts: tuple[datetime, ...], current: Period, now: datetime) -> tuple[Choice, ...]:
    """The periods worth offering: each shows more than the one before it. The current one stays."""
    offered: list[Choice] = []
    for period in Period:
        count = _count(starts, period, now)
        more = count > (offered[-1].count if offered else 0)
        if more or period is current:
            offered.append(Choice(period, count, period is current))
    return tuple(offered)


def _count(starts: tuple[datetime, ...], period: Period, now: datetime) -> int:
    first = begins(period, now)
    return sum(first is None or start >= first for start in starts)
