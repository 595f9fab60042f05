"""How one signs in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from access.grant import AccountGrant
from access.visible import visible
from identity.codes import codes_left
from identity.recovery import UnderWay, under_way
from pages.sessions import signed_in
from tables.accounts import Authenticator, Password


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
    recovery: UnderWay | None
    now: datetime


@dataclass(frozen=True, slots=True)
class PasswordPage:
    """Nothing of a password can be shown."""


async def security_page(grant: AccountGrant) -> SecurityPage:
    passwords = await visible(grant, Password).select(Password.set_at)
    factors = await _factors(grant)
    sheets = [row for row in factors if row["kind"] == "codes"]
    left = await codes_left(grant.house, sheets[0]["id"]) if sheets else 0
    return SecurityPage(
        password_set=passwords[0]["set_at"],
        apps=tuple(App(row["created_at"], row["last_used_at"]) for row in factors if row["kind"] == "app"),
        sheet=Sheet(sheets[0]["created_at"], left) if sheets else None,
        browsers=len(await signed_in(grant)), recovery=await under_way(grant.house, grant.account, grant.now), now=grant.now,
    )


async def _factors(grant: AccountGrant) -> list[dict]:
    table = Authenticator
    return (
        await visible(grant, table)
        .select(table.id, table.kind, table.created_at, table.last_used_at)
        .where(table.ended_at.is_null() & table.confirmed_at.is_not_null())
        .order_by(table.created_at)
    )
