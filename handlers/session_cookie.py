"""The cookie of a session, and where to go after it was set (SECURITY contract 1)."""

from __future__ import annotations

import re

from litestar import Request, Response

DOORS = ("/sign-in", "/staff/sign-in", "/sign-out", "/register", "/staff/register", "/recover", "/account/prove")
OWN_PATH = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]{0,1000}\Z")


def signed_in(request: Request, response: Response, token: str) -> Response:
    """Until the browser is closed; the session's own ends are in its row. What stood for nobody goes."""
    secure = request.app.state.settings.secure
    response.set_cookie(cookie_name(secure, "s"), token, httponly=True, samesite="lax", secure=secure, path="/")
    return drop_cookie(request, response, "pre")


def signed_out(request: Request, response: Response) -> Response:
    """The size of the text somebody chose stays: it is not health data, and they may need it to sign in again."""
    return drop_cookie(request, forgetting(response), "s")


def forgetting(response: Response) -> Response:
    """The browser drops what it kept of our pages."""
    response.headers["clear-site-data"] = '"cache", "storage"'
    return response


def drop_cookie(request: Request, response: Response, name: str) -> Response:
    """With the flags it was set with: without them browsers keep a `__Host-` cookie."""
    secure = request.app.state.settings.secure
    response.set_cookie(cookie_name(secure, name), "", max_age=0, httponly=True, samesite="lax", secure=secure, path="/")
    return response


def cookie_name(secure: bool, name: str) -> str:
    """`__Host-` keeps a neighbour of ours (another host of the domain, or http) from planting one (ASVS 3.3.3)."""
    return f"__Host-{name}" if secure else name


def own_page(address: str | None, instead: str) -> str:
    """An address of ours that is no door, or `instead`: nobody is sent elsewhere, or in a circle."""
    address = address or ""
    path = address.partition("?")[0]
    is_door = any(path == door or path.startswith(door + "/") for door in DOORS)
    return address if OWN_PATH.match(address) and not is_door else instead
