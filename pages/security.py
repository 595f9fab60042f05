"""How one signs in, and where one is signed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from access.grant import AccountGrant
from access.visible import visible
from identity.codes import codes_left
from tables.accounts import Authenticator, Password, Session

NEWEST = 20


@dataclass(frozen=True, slots=True)
class App:
    added: datetime
    used: datetime | None


@dataclass(frozen=True, slots=True)
class Sheet:
    made: datetime
    left: int


@dataclass(frozen=True, slots=True)
class SecurityPage:
    password_set: datetime
    apps: tuple[App, ...]
    sheet: Sheet | None
    browsers: int
    now: datetime


@dataclass(frozen=True, slots=True)
class PasswordPage:
    """Nothing of a password can be shown."""


@dataclass(frozen=True, slots=True)
class Browser:
    ref: str
    device: str
    since: datetime
    seen: datetime
    here: bool
    shared: bool


@dataclass(frozen=True, slots=True)
class SessionsPage:
    browsers: tuple[Browser, ...]
    now: datetime


async def security_page(grant: AccountGrant) -> SecurityPage:
    passwords = await visible(grant, Password).select(Password.set_at)
    factors = await _factors(grant)
    sheets = [row for row in factors if row["kind"] == "codes"]
    left = await codes_left(grant.house, sheets[0]["id"]) if sheets else 0
    return SecurityPage(
        password_set=passwords[0]["set_at"],
        apps=tuple(App(row["created_at"], row["last_used_at"]) for row in factors if row["kind"] == "app"),
        sheet=Sheet(sheets[0]["created_at"], left) if sheets else None,
        browsers=len(await _signed_in(grant)), now=grant.now,
    )


async def _factors(grant: AccountGrant) -> list[dict]:
    table = Authenticator
    return (
        await visible(grant, table)
        .select(table.id, table.kind, table.created_at, table.last_used_at)
        .where(table.ended_at.is_null() & table.confirmed_at.is_not_null())
        .order_by(table.created_at)
    )


async def sessions_page(grant: AccountGrant) -> SessionsPage:
    rows = await _signed_in(grant)
    return SessionsPage(tuple(_browser(grant, row) for row in rows), grant.now)


async def _signed_in(grant: AccountGrant) -> list[dict]:
    """Sessions that have not ended, the one in use first, then the newest."""
    rows = (
        await visible(grant, Session)
        .select()
        .where(Session.revoked_at.is_null() & (Session.ends_at > grant.now) & (Session.level == "full"))
        .order_by(Session.last_seen_at, ascending=False)
        .limit(NEWEST * 5)
    )
    awake = [row for row in rows if row["last_seen_at"] + timedelta(seconds=row["idle_seconds"]) > grant.now]
    return sorted(awake, key=lambda row: row["id"] != grant.viewer.session)[:NEWEST]


def _browser(grant: AccountGrant, row: dict) -> Browser:
    return Browser(
        row["ref"], row["device"], row["created_at"], row["last_seen_at"], row["id"] == grant.viewer.session, row["shared"]
    )
