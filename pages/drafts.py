"""What somebody began to write in a form of this record."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from access.grant import RecordGrant
from access.predicates import is_one_of

FIND = "SELECT id, sealed, changed_at FROM draft WHERE account = ? AND {record} AND path = ? ORDER BY changed_at DESC LIMIT 1"


@dataclass(frozen=True, slots=True)
class Kept:
    fields: dict[str, str]
    at: datetime


async def draft_of(grant: RecordGrant, path: str) -> Kept | None:
    """Of the viewer alone: what is not sent yet is nobody else's, not even the patient's for whom it is written."""
    record = is_one_of("record", grant.charts)
    rows = await grant.house.database.rows(FIND.format(record=record.sql), grant.viewer.account, *record.values, path)
    if not rows:
        return None
    row = rows[0]
    return Kept(json.loads(grant.house.keyring.open(bytes(row["sealed"]), row["id"])), row["changed_at"])
