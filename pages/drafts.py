"""What somebody began to write in a form of this record."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from access.grant import RecordGrant

FIND = "SELECT id, sealed, changed_at FROM draft WHERE account = ? AND record = ? AND path = ?"


@dataclass(frozen=True, slots=True)
class Kept:
    fields: dict[str, str]
    at: datetime


async def draft_of(grant: RecordGrant, path: str) -> Kept | None:
    """Of the viewer alone: what is not sent yet is nobody else's, not even the patient's for whom it is written."""
    rows = await grant.house.database.rows(FIND, grant.viewer.account, grant.record, path)
    if not rows:
        return None
    row = rows[0]
    return Kept(json.loads(grant.house.keyring.open(bytes(row["sealed"]), row["id"])), row["changed_at"])
