"""Runs before every handler and every dependency: reads what the route declares, opens the grant, or refuses.

A route that declares nothing stops the portal from starting (`check_routes`); there is no list of exempt paths.
"""

from __future__ import annotations

from collections.abc import Iterable

from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler

from access.audit import Entry
from access.bills import open_bill, open_bill_at_work
from access.house import House
from access.opening import Denied, open_account, open_link, open_queue, open_record
from access.viewer import Viewer
from access.vocabulary import Access
from tables.sending import secret_hash


class UndeclaredAccess(Exception):
    """A route says nothing of who may use it."""


class Refused(Exception):
    """The guard's no, with why; `handlers.errors` words it."""

    def __init__(self, denied: Denied):
        super().__init__(denied.reason)
        self.denied = denied


def check_routes(handlers: Iterable[tuple[str, BaseRouteHandler]]) -> None:
    """Raises UndeclaredAccess with every route that declares no access, or an unknown kind of it."""
    silent = sorted(
        path for path, handler in handlers
        if not isinstance(handler.opt.get("access"), Access) or handler.opt["access"].kind not in OPENERS
    )
    if silent:
        raise UndeclaredAccess(f"These routes declare no access: {', '.join(silent)}")


async def guard(connection: ASGIConnection, handler: BaseRouteHandler) -> None:
    access: Access = handler.opt["access"]
    outcome = await OPENERS[access.kind](connection, access)
    if isinstance(outcome, Denied):
        raise Refused(outcome)
    connection.scope["state"]["grant"] = outcome


def _viewer(connection: ASGIConnection) -> Viewer:
    return connection.scope["state"]["viewer"]


def _house(connection: ASGIConnection) -> House:
    return connection.app.state.house


async def _nobody(connection: ASGIConnection, access: Access) -> None:
    return None


async def _half(connection: ASGIConnection, access: Access) -> Denied | None:
    return None if _viewer(connection).level == "half" else Denied("sign_in")


async def _account(connection: ASGIConnection, access: Access):
    viewer = _viewer(connection)
    refusal = _unproven(viewer) or _stale(connection, access)
    if not refusal and access.personal and viewer.is_staff:
        return Denied("stranger")
    return refusal or open_account(_house(connection), viewer, changing=access.step_up)


async def _record(connection: ASGIConnection, access: Access):
    viewer = _viewer(connection)
    refusal = _unproven(viewer)
    if refusal:
        return refusal
    parameters = connection.scope["path_params"]
    share = parameters.get("share")
    return await open_record(
        _house(connection), viewer, _ref(parameters["record"]), access, share_ref=_ref(share) if share else ""
    )


def _ref(segment: str) -> str:
    """What cannot be a ref becomes one that nothing has, so that it takes the same path; PostgreSQL refuses some signs."""
    return segment if segment.isascii() and segment.isprintable() and len(segment) <= 64 else "-"


async def _staff(connection: ASGIConnection, access: Access):
    viewer = _viewer(connection)
    if viewer.level != "full" or not viewer.is_staff:
        return Denied("staff_sign_in") if viewer.level != "full" else Denied("stranger")
    held = [duty for duty in access.duties if duty in viewer.duties]
    if not held:
        return Denied("duty")
    return _stale(connection, access) or await open_queue(_house(connection), viewer, *held, changing=access.step_up)


async def _bill(connection: ASGIConnection, access: Access):
    """One's own account or that of somebody one helps; for staff, one of their sites."""
    viewer, guarantor = _viewer(connection), _ref(connection.scope["path_params"]["guarantor"])
    if access.duties:
        queue = await _staff(connection, access)
        return queue if isinstance(queue, Denied) else await open_bill_at_work(queue, guarantor, access)
    return _unproven(viewer) or await open_bill(_house(connection), viewer, guarantor, access)


async def _capability(connection: ASGIConnection, access: Access):
    """Whoever has the secret, signed in or not; what has ended and what never was are one answer."""
    secret = connection.scope["path_params"].get("capability", "")
    grant = await open_link(_house(connection), _viewer(connection), access.purposes, secret_hash(secret))
    return grant or Denied("gone")


async def _demo(connection: ASGIConnection, access: Access) -> Denied | None:
    return None if _house(connection).demo else Denied("stranger")


def _unproven(viewer: Viewer) -> Denied | None:
    if viewer.level == "half":
        return Denied("half")
    return None if viewer.level == "full" else Denied("sign_in")


def _stale(connection: ASGIConnection, access: Access) -> Denied | None:
    viewer = _viewer(connection)
    lacking = viewer.lacks(access, _house(connection).limits.step_up)
    return Denied(lacking, _tried(viewer) if lacking == "locked" else None) if lacking else None


def _tried(viewer: Viewer) -> Entry:
    """The owner reads of it."""
    return Entry(viewer.now, "account.change", viewer.account, subject=viewer.account, decision="refused", reason="locked")


OPENERS = {
    "public": _nobody, "pre_session": _nobody, "signed": _nobody, "half": _half, "account": _account,
    "record": _record, "staff": _staff, "demo": _demo, "bill": _bill, "capability": _capability,
}
