"""What the clinic decided that is no sentence: the newest version of a name in `clinic_setting`."""

from __future__ import annotations

import json
from typing import Any

from tables.database import Database

NEWEST = "SELECT value FROM clinic_setting WHERE name = ? ORDER BY version DESC LIMIT 1"


async def decided(database: Database, name: str, otherwise: Any) -> Any:
    """`otherwise` where the clinic decided nothing of that name."""
    rows = await database.rows(NEWEST, name)
    return json.loads(rows[0]["value"]) if rows else otherwise
