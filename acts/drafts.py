"""Keeps what somebody began to write. It acts on nobody else, so writing it again is no second act."""

from __future__ import annotations

import json

from access.grant import RecordGrant
from tables.base import new_id
from tables.drafts import drop_draft
from tables.sending import Sending, not_sent

KEEP = (
    "INSERT INTO draft (id, account, record, path, sealed, changed_at) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
)
Fields = dict[str, str]


async def keep_draft(grant: RecordGrant, path: str, fields: Fields, form: Sending) -> None:
    """The newest words alone are kept; none at all are no draft. `form` is the sending that would end it: a draft that was
    held up on the line until its form had come brings nothing back. Raises AlreadySent."""
    house, id = grant.house, new_id()
    sealed = house.keyring.seal(json.dumps(fields).encode(), id)
    async with grant.acting("draft.keep"):
        await not_sent(house.database, form, house.clock())
        await drop_draft(house.database, grant.viewer.account, grant.record, path)
        if any(value.strip() for value in fields.values()):
            now = house.clock()
            await house.database.rows(KEEP, id, grant.viewer.account, grant.record, path, sealed, now)
