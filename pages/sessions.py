"""Where one is signed in: each browser, since when, and whether it is where the reader is now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from access.grant import AccountGrant
from access.visible import visible
from identity.places import places_of
from identity.sessions import AT_ONCE
from tables.accounts import Session


@dataclass(frozen=True, slots=True)
class Browser:
    """`near`: signed in over the internet connection that the reader uses now. Where that is, nobody here knows."""

    ref: str
    device: str
    since: datetime
    seen: datetime
    here: bool
    near: bool
    shared: bool


@dataclass(frozen=True, slots=True)
class SessionsPage:
    browsers: tuple[Browser, ...]
    now: datetime

    @property
    def others(self) -> int:
        return sum(not one.here for one in self.browsers)


async def sessions_page(grant: AccountGrant) -> SessionsPage:
    places = places_of(grant.house, grant.viewer.visitor.ip)
    return SessionsPage(tuple(_browser(grant, row, places) for row in await signed_in(grant)), grant.now)


async def signed_in(grant: AccountGrant) -> list[dict]:
    """Sessions that have not ended, the one in use first, then the newest."""
    rows = (
        await visible(grant, Session)
        .select()
        .where(Session.revoked_at.is_null() & (Session.ends_at > grant.now) & (Session.level == "full"))
        .order_by(Session.last_seen_at, ascending=False)
        .limit(AT_ONCE * 5)
    )
    awake = [row for row in rows if row["last_seen_at"] + timedelta(seconds=row["idle_seconds"]) > grant.now]
    return sorted(awake, key=lambda row: row["id"] != grant.viewer.session)[:AT_ONCE]


def _browser(grant: AccountGrant, row: dict, places: list[str]) -> Browser:
    return Browser(
        row["ref"], row["device"], row["created_at"], row["last_seen_at"], row["id"] == grant.viewer.session,
        row["place"] in places, row["shared"],
    )
