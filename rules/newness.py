"""When a result counts as new: not before it could be seen, and not for ever."""

from datetime import datetime, timedelta

from rules.dates import ClinicalDate

NEW_FOR = timedelta(days=14)
"""Two weeks from the moment it could first be seen."""

NEWS = timedelta(days=92)
"""A history that comes in all at once is not news: what is older than about three months is never new."""


def is_new(released_at: datetime | None, taken: ClinicalDate | None, now: datetime) -> bool:
    """`taken` is when it was observed. What has no date is judged by its release alone."""
    if released_at is None or not now - NEW_FOR < released_at <= now:
        return False
    return taken is None or taken.ends > now - NEWS
