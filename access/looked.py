"""Whether the viewer has read something: the audit says when they looked, so nothing else has to remember it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from access.audit import micros, short_id
from access.grant import RecordGrant
from access.predicates import is_one_of

LOOKS = (
    "SELECT at, objects FROM audit_event WHERE actor = ? AND at >= ? AND {subject} AND objects LIKE '{whole}:%;{part}:%'"
)
"""Looks at one request are in an index of their own, which has these very words: of all the looks of years they are few."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


async def read_since(grant: RecordGrant, whole: str, part: str, since: dict[UUID, datetime]) -> set[UUID]:
    """Which of these rows this viewer has opened after the moment given for each. A page of one shows first the row, of
    the kind `whole`, and then what stands in it, of the kind `part`."""
    if not since:
        return set()
    subject = is_one_of("subject", grant.charts)
    looks = await grant.house.database.rows(
        LOOKS.format(whole=whole, part=part, subject=subject.sql), grant.viewer.account, micros(min(since.values())), *subject.values,
    )
    return {id for id, changed in since.items() if _opened(looks, f"{whole}:{short_id(id)};", changed)}


def _opened(looks: Iterable[dict], begins: str, changed: datetime) -> bool:
    return any(look["objects"].startswith(begins) and EPOCH + timedelta(microseconds=look["at"]) >= changed for look in looks)
