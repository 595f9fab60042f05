"""A message that was not ours, told to us by anybody: signed in or not. Its text is sealed, and nothing of it is ever a link."""

from __future__ import annotations

from access.audit import Entry
from access.house import House
from access.viewer import Viewer
from identity import limits
from rules.support import OPEN, PHISHING, TOLD
from tables.base import new_id, new_ref
from tables.sending import Sending, use_key

CASE = (
    "INSERT INTO support_case (id, ref, kind, account, state, outcome, pointed_action, opened_at, changed_at)"
    " VALUES (?, ?, ?, ?, ?, '', '', ?, ?)"
)
TEXT = "INSERT INTO support_note (id, support_case, at, author, did, came_as, sealed) VALUES (?, ?, ?, ?, ?, ?, ?)"
HOUR = 3600


async def report(house: House, viewer: Viewer, came_as: str, words: str, sending: Sending, outcome: str) -> None:
    """Raises `limits.Full`: so many from one place in an hour, and so many from everywhere."""
    now, account = viewer.now, viewer.account if viewer.level == "full" else None
    async with house.audit.transaction() as entries:
        await use_key(house.database, sending, outcome, now)
        await limits.spend(house, _limits(viewer), now)
        case, note = new_id(), new_id()
        await house.database.rows(CASE, case, new_ref(), PHISHING, account, OPEN, now, now)
        sealed = house.keyring.seal(words.encode(), note)
        await house.database.rows(TEXT, note, case, now, account, TOLD, came_as, sealed)
        entry = Entry(now, "account.phishing", account, subject=account, reason=viewer.visitor.reason)
        entry.showed("SupportCase", [case])
        entries.append(entry)


def _limits(viewer: Viewer) -> tuple[limits.Limit, ...]:
    """Whoever is signed in has tries of their own; all others share those of their place."""
    if viewer.level == "full":
        return (limits.Limit(f"phishing:account:{viewer.account}", 10, HOUR),)
    return (limits.Limit(f"phishing:ip:{viewer.visitor.ip}", 5, HOUR), limits.Limit("phishing:all", 200, HOUR))
