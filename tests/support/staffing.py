"""The clinic's staff as an operator makes them, and as they set up their accounts, without the command line."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime

import pyotp

from access.grant import SystemGrant
from access.house import House
from access.opening import open_system
from access.vocabulary import Duty
from acts.staff import Code, add_staff
from tests.support.client import Client, Seen

PASSWORD = "five herons on a jetty"
STEP = 30


def operator(house: House) -> SystemGrant:
    """What one command of the operator holds."""
    return open_system(house, "staff", house.clock())


async def added(house: House, *duties: Duty, username: str = "rosa.marsh", sites=(None,)) -> Code:
    return await add_staff(operator(house), "Rosa Marsh", username, duties or (Duty.FRONT_DESK,), sites)


@dataclass
class App:
    """An authenticator app that shows each code once."""

    secret: str
    last: int = 0

    def code(self) -> str:
        self.last = max(self.last + 1, int(time.time()) // STEP)
        return pyotp.TOTP(self.secret).at(datetime.fromtimestamp(self.last * STEP))


def app_on(page: Seen) -> App:
    """The app that was given the key on this page."""
    shown = page.tree.within(page.tree.all("ol")[0], "strong")[0]
    return App("".join(shown.itertext()).replace(" ", ""))


async def at_password(client: Client, issued: Code) -> Seen:
    page = await client.get("/staff/register")
    return await client.submit(page, "/staff/register", username=issued.username, code=issued.code)


async def at_app(client: Client, issued: Code) -> Seen:
    return await client.submit(await at_password(client, issued), "/staff/register/password", password=PASSWORD)


async def enrolled(client: Client, issued: Code) -> tuple[Seen, App]:
    """The first page of their own, and their app."""
    page = await at_app(client, issued)
    app = app_on(page)
    return await client.submit(page, "/staff/register/authenticator", code=app.code()), app


async def signs_in(client: Client, username: str, app: App) -> Seen:
    page = await client.submit(await client.get("/staff/sign-in"), 0, username=username, password=PASSWORD)
    return await client.submit(page, 0, code=app.code())
