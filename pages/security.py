"""How one signs in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from access.grant import AccountGrant
from access.visible import visible
from identity.recovery import UnderWay, under_way
from pages.factors import Factor, own_factors
from pages.sessions import signed_in
from tables.accounts import Password


@dataclass(frozen=True, slots=True)
class SecurityPage:
    password_set: datetime
    factors: tuple[Factor, ...]
    browsers: int
    recovery: UnderWay | None
    now: datetime
    phones: bool
    """Codes can go to phones."""

    @property
    def has_sheet(self) -> bool:
        return any(one.kind == "codes" for one in self.factors)

    @property
    def lacks_passkey(self) -> bool:
        return not any(one.kind == "passkey" for one in self.factors)


@dataclass(frozen=True, slots=True)
class PasswordPage:
    """Nothing of a password can be shown."""


async def security_page(grant: AccountGrant) -> SecurityPage:
    passwords = await visible(grant, Password).select(Password.set_at)
    return SecurityPage(
        passwords[0]["set_at"], await own_factors(grant), len(await signed_in(grant)),
        await under_way(grant.house, grant.account, grant.now), grant.now, grant.house.phones,
    )
