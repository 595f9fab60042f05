"""What is true of an invitation and of a share: how long each lasts, and what may be given."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Scopes = frozenset[tuple[str, str]]

INVITATION_FOR = timedelta(days=14)
MOST_FAILURES = 10
"""Wrong codes in a row after which an invitation must be made anew: of 2^40 codes, ten are nothing."""
REVIEW_AFTER = timedelta(days=365)
"""When a share without an end is asked about."""
LONGEST = timedelta(days=3660)
PENDING, STOPPED, EXPIRED = "pending", "stopped", "expired"


def scopes_chosen(sees: Iterable[str], does: Iterable[str]) -> Scopes:
    """(category, action) of what was ticked: whoever may act in a part sees that part."""
    does = set(does)
    return frozenset({(one, "see") for one in {*sees, *does}} | {(one, "act") for one in does})


def parts(scopes: Scopes, action: str) -> frozenset[str]:
    """The categories in which this action is given."""
    return frozenset(category for category, given in scopes if given == action)


def not_offered(chosen: Iterable[str], offered: Collection[str]) -> list[str]:
    return sorted(set(chosen) - set(offered))


def end_problem(last: date, today: date) -> str:
    """`past`, `far`, or "" for a last day that will do. Today will do: it ends at midnight."""
    if last < today:
        return "past"
    return "far" if last - today > LONGEST else ""


def end_of(last: date, zone: str) -> datetime:
    """The midnight, at the clinic, after the last day."""
    return datetime.combine(last + timedelta(days=1), time(), ZoneInfo(zone)).astimezone(UTC)


def last_moment(ends_at: datetime) -> datetime:
    """A moment of the last day: the end itself is midnight, and so the next day."""
    return ends_at - timedelta(microseconds=1)


def review_of(ends_at: datetime | None, now: datetime) -> datetime | None:
    """When its owner is asked whether it is still right; what has an end needs no asking."""
    return None if ends_at else now + REVIEW_AFTER


def state_of(state: str, ends_at: datetime, failures: int, now: datetime) -> str:
    """How an invitation stands: what was stored, or, while nobody has answered, expired or stopped."""
    if state != PENDING:
        return state
    if ends_at <= now:
        return EXPIRED
    return STOPPED if failures >= MOST_FAILURES else PENDING
