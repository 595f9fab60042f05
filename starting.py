"""Opening and closing an installation, and every reason not to: used by the portal, the operator's commands and tests."""

from __future__ import annotations

import dataclasses
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from litestar import Litestar
from litestar.handlers.base import BaseRouteHandler

from access.audit import AuditWriter
from access.house import House
from notices import Sender, senders_for
from payments import practice
from payments.checkout import Processor
from settings import LOCAL_HOSTS, Settings, SettingsError
from tables.database import Database
from tables.migrate import pending
from tables.sealing import Keyring


def make_house(settings: Settings) -> House:
    """Everything but open connections."""
    database = Database(settings.database_url)
    return House(
        database=database, audit=AuditWriter(database, settings.audit_key, settings.heads_file),
        keyring=Keyring(settings.keys), limits=settings.limits, origin=settings.origin,
    )


async def open_house(settings: Settings, house: House) -> House:
    """Opens the database and checks it against the settings. Raises SettingsError or SchemaError with one clear line."""
    check_file(settings)
    await house.database.open()
    try:
        missing = await pending(house.database)
        if missing:
            raise SettingsError("The database is older than this release. Run: portal migrate")
        demo = await is_demo(house.database)
        check_origin(settings, demo)
    except BaseException:
        await house.database.close()
        raise
    return dataclasses.replace(house, demo=demo, phones=demo or settings.gateway is not None)


def make_processor(settings: Settings, demo: bool) -> Processor | None:
    """Stripe, where the clinic has it; in a demo the one to practise with; else nobody, and pages say how else to pay."""
    if settings.stripe_key:
        return Processor(settings.stripe_key, settings.stripe_hook_secret, settings.stripe_pages, settings.stripe_api)
    if demo:
        return Processor(practice.SECRET, settings.practice_hook_secret, settings.practice_origin, settings.practice_origin)
    return None


def make_senders(settings: Settings, demo: bool) -> dict[str, Sender]:
    """By channel. Raises WrongAddress."""
    return senders_for(demo, settings.smtp_url, settings.mail_from, settings.gateway)


async def close_house(house: House) -> None:
    await house.audit.close_chain(house.clock())
    await house.database.close()


async def is_demo(database: Database) -> bool:
    rows = await database.rows("SELECT demo FROM installation")
    if not rows:
        raise SettingsError("The database is empty. Run: portal migrate")
    return bool(rows[0]["demo"])


def check_origin(settings: Settings, demo: bool) -> None:
    local = any(settings.host.split(":")[0] == host for host in LOCAL_HOSTS)
    if demo and not local:
        raise SettingsError("This is a demo database, with passwords that everybody knows: it is only for this computer.")
    if not settings.secure and not demo and not settings.development:
        raise SettingsError("PORTAL_ORIGIN must begin with https:// (http is for the demo, or PORTAL_DEVELOPMENT=yes).")
    if settings.debug and not local:
        raise SettingsError("PORTAL_DEBUG is only for this computer.")


def check_file(settings: Settings) -> None:
    """A SQLite file that others may read is not opened, and one that is missing is not made in passing."""
    if settings.database_url.startswith("sqlite:///"):
        path = Path(settings.database_url.removeprefix("sqlite:///"))
        if not path.is_file():
            raise SettingsError(f"There is no database at {path}. `portal migrate` makes one; `portal demo` makes the demo.")
        if stat.S_IMODE(os.stat(path).st_mode) & 0o077:
            raise SettingsError(f"{path} can be read by others than its owner. Run: chmod 600 {path}")


def walk(portal: Litestar) -> Iterator[tuple[str, BaseRouteHandler]]:
    """Every route and its handler; generated OPTIONS handlers apart, which answer nothing of ours."""
    for route in portal.routes:
        handlers = getattr(route, "route_handlers", None) or [route.route_handler]
        for handler in handlers:
            if "OPTIONS" not in getattr(handler, "http_methods", ()):
                yield route.path, handler
