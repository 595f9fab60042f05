"""What the clinic decided that is no sentence: the newest version of a name in `clinic_setting`."""

from __future__ import annotations

import json
from typing import Any

from tables.database import Database

NEWEST = "SELECT value FROM clinic_setting WHERE name = ? ORDER BY version DESC LIMIT 1"


async def decided(database: Database, name: str, otherwise: Any) -> Any:
    """`otherwise` where the clinic decided nothing of that name. SQLite gives a lone number back as one."""
    rows = await database.rows(NEWEST, name)
    if not rows:
        return otherwise
    value = rows[0]["value"]
    return json.loads(value) if isinstance(value, str) else value
