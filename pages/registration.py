"""What the steps of registering say."""

from __future__ import annotations

from dataclasses import dataclass

from access.grant import AccountGrant
from access.house import House
from access.viewer import Viewer
from identity import authenticators, codes


@dataclass(frozen=True, slots=True)
class RegisterPage:
    """The first two steps: all they say is in the form."""


@dataclass(frozen=True, slots=True)
class AuthenticatorPage:
    setup: authenticators.Setup | None
    """None: the day to finish is over."""
    demo_code: str = ""


@dataclass(frozen=True, slots=True)
class CodesPage:
    codes: tuple[str, ...]
    """Empty when the sheet was put away, or a quarter of an hour is over."""
    clinic: str
    username: str


async def authenticator_page(house: House, viewer: Viewer, issuer: str) -> AuthenticatorPage:
    username = await _username(house, viewer.account)
    setup = await authenticators.app_setup(house, viewer.account, username, issuer)
    return AuthenticatorPage(setup, await authenticators.demo_code(house, viewer.account, viewer.now) if setup else "")


async def codes_page(grant: AccountGrant, clinic: str) -> CodesPage:
    shown = await codes.shown_sheet(grant.house, grant.account, grant.now)
    return CodesPage(shown, clinic, await _username(grant.house, grant.account))


async def _username(house: House, account) -> str:
    return (await house.database.rows("SELECT username FROM account WHERE id = ?", account))[0]["username"]
