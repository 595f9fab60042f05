"""Every kind of job and what does it. A job decides access anew when it runs, and may run twice."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

from access.house import House
from jobs.job import Job
from jobs.news import FEED, RECORD, feed_news, record_news

Kind = Callable[[House, Job, datetime], Awaitable[None]]

KINDS: dict[str, Kind] = {FEED: feed_news, RECORD: record_news}
