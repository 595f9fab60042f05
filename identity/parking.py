"""What somebody typed when their time was over: kept sealed for an hour, for the same account and the same form.

Never an automatic send, never passwords or codes, nothing on a shared computer (DESIGN §3; WCAG 2.2.5).
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from access.house import House
from access.viewer import Viewer
from rules.cards import without_cards
from rules.text import readable
from tables.base import new_id, new_ref
from tables.sealing import MissingKey, Tampered

SECRETS = frozenset({"password", "password_again", "new_password", "code", "credential", "csrf", "form_key", "next", "look", "to", "step", "file"})
KEY = "form_key"
AT_MOST = 20
OLDER = (
    "DELETE FROM parked_form WHERE account = ? AND id NOT IN"
    " (SELECT id FROM parked_form WHERE account = ? ORDER BY ends_at DESC, id DESC LIMIT ?)"
)
RECORD_PAGE = re.compile(r"/(?:staff/)?records/([A-Za-z0-9_-]{1,64})(?:/|$)")
Fields = Sequence[tuple[str, str]]


def without_secrets(fields: Fields) -> list[tuple[str, str]]:
    """What of a form may be kept, or shown to whoever typed it. It is raw: no form has read it yet."""
    return [(name, value) for name, value in _harmless(fields) if value.strip()]


def _harmless(fields: Fields) -> list[tuple[str, str]]:
    """With what was left empty, or emptied."""
    return [(name, without_cards(readable(value))) for name, value in fields if name not in SECRETS]


async def park(house: House, viewer: Viewer, path: str, fields: Fields) -> str:
    """The ref under which the fields are kept, or "" when there is nothing that may be kept. The form's key is kept with
    them: what comes back is still the same form."""
    if viewer.shared or viewer.account is None or not without_secrets(fields):
        return ""
    row, ref = new_id(), new_ref()
    ends_at = viewer.now + timedelta(seconds=house.limits.parked)
    kept = [*_harmless(fields), *_key(fields)]
    sealed, record = house.keyring.seal(json.dumps(kept).encode(), row), await _record(house, path)
    async with house.database.transaction():
        await house.database.rows(
            "INSERT INTO parked_form (id, ref, account, session, path, record, sealed, ends_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            row, ref, viewer.account, viewer.session, path[:400], record, sealed, ends_at,
        )
        await house.database.rows(OLDER, viewer.account, viewer.account, AT_MOST)
    return ref


def _key(fields: Fields) -> list[tuple[str, str]]:
    return [(name, value) for name, value in fields if name == KEY and value]


async def kept(house: House, viewer: Viewer, path: str, ref: str) -> list[tuple[str, str]]:
    """The fields kept under `ref` for this account and this form; empty for anybody and anything else."""
    if viewer.level == "none":
        return []
    rows = await house.database.rows(
        "SELECT id, record, sealed FROM parked_form WHERE ref = ? AND account = ? AND path = ? AND ends_at > ?",
        ref, viewer.account, path, viewer.now,
    )
    if not rows or str(rows[0]["record"]) != str(await _record(house, path)):
        return []
    try:
        plain = house.keyring.open(bytes(rows[0]["sealed"]), UUID(str(rows[0]["id"])))
    except (MissingKey, Tampered):
        return []
    return [(name, value) for name, value in json.loads(plain)]


async def _record(house: House, path: str) -> UUID | None:
    """The record whose page this is: what was typed about one person never comes back in a form about another."""
    page = RECORD_PAGE.match(path)
    rows = await house.database.rows("SELECT id FROM record WHERE ref = ?", page[1]) if page else []
    return rows[0]["id"] if rows else None
