"""Changing one's password. Whoever may know the old one is out: every other browser is signed out with it.

SECURITY contracts 1 (a new session row), 2 (which passwords are fit), 3 (every address is told) and 10 (limits).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from access.grant import AccountGrant, Changed
from acts.sign_in import Tried, count_failure, try_password
from identity import limits, passwords
from identity.sessions import end_all, open_session
from tables.queue import enqueue_notice
from tables.sending import Sending, use_key

ACTION = "account.change_password"
PERSON = (
    "SELECT a.username, a.username_key, COALESCE(r.name, a.name) AS name, r.email, r.birth_text FROM account a"
    " LEFT JOIN share s ON s.account = a.id AND s.basis = 'self' AND s.revoked_at IS NULL"
    " LEFT JOIN record r ON r.id = s.record WHERE a.id = ?"
)
"""A row for each chart of one's own; staff have none."""
KEEP = (
    "UPDATE password SET hash = ?, set_at = ?, failures = 0, stopped_until = NULL WHERE account = ? AND hash = ?"
    " RETURNING id"
)


@dataclass(frozen=True, slots=True)
class Opened:
    """It is changed. `token` is for the cookie of the session that took this one's place."""

    token: str


@dataclass(frozen=True, slots=True)
class Refused:
    """`reason`: a reason of `passwords.unfit`, same (as the present one), pair (the present one is wrong), again (only
    later)."""

    reason: str
    again_at: datetime | None = None


async def change_password(
    grant: AccountGrant, present: str, new: str, clinic_words: tuple[str, ...], sending: Sending, outcome: str
) -> Opened | Refused:
    """What is wrong with the new one is said first: it costs no try of the present one."""
    house = grant.house
    charts = await house.database.rows(PERSON, grant.account)
    reason = _unfit(charts, present, new, clinic_words)
    if reason:
        return Refused(reason)
    tried = await try_password(house, grant.viewer, grant.viewer.kind, charts[0]["username_key"], present)
    if tried.reason == "pair":
        await _wrong(grant, tried)
    if tried.reason:
        return Refused(tried.reason, tried.again_at)
    hashed = await passwords.hasher(house.limits).hash(new)
    return Opened(await _write(grant, tried, hashed, sending, outcome))


def _unfit(charts: list[dict], present: str, new: str, clinic_words: tuple[str, ...]) -> str:
    own = {word for chart in charts for word in passwords.own_words(chart["username"], chart, clinic_words)}
    same = passwords.typed(new) == passwords.typed(present)
    return passwords.unfit(new, own) or ("same" if same else "")


async def _wrong(grant: AccountGrant, tried: Tried) -> None:
    async with grant.acting(ACTION) as entry:
        await count_failure(grant.house, tried.known)
        entry.decision, entry.reason = "refused", tried.reason


async def _write(grant: AccountGrant, tried: Tried, hashed: str, sending: Sending, outcome: str) -> str:
    house, here, now = grant.house, grant.viewer.session, grant.now
    async with grant.acting(ACTION) as entry:
        await use_key(house.database, sending, outcome, now)
        if not await house.database.rows(KEEP, hashed, now, grant.account, tried.known["hash"]):
            raise Changed
        entry.showed("Session", await end_all(house, grant.account, here, now))
        token = await _open(grant)
        await limits.give_back(house, tried.asked, now)
        await enqueue_notice(house.database, "account.password_changed", grant.account, "Session", here, now)
    return token


async def _open(grant: AccountGrant) -> str:
    """In place of the one that has just ended. No factor was shown, so it is as freshly proven as that, and ends when that
    would have."""
    viewer = grant.viewer
    rows = await grant.house.database.rows("SELECT ends_at FROM session WHERE id = ?", viewer.session)
    return await open_session(
        grant.house, grant.account, viewer.kind, viewer.visitor, grant.now, level="full", shared=viewer.shared,
        proven_at=viewer.proven_at, ends_at=rows[0]["ends_at"],
    )
