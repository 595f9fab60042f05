"""The staff's own door. Its second step is shared: `handlers.sign_in`."""

from __future__ import annotations

from litestar import Request, Response, get, post

from access.vocabulary import PRE_SESSION
from handlers.sign_in import STAFF, show_door, show_passkey_door, take_passkey, take_password


@get(STAFF.action, access=PRE_SESSION)
async def door(request: Request) -> Response:
    return await show_door(request, STAFF)


@post(STAFF.action, access=PRE_SESSION)
async def check_password(request: Request) -> Response:
    return await take_password(request, STAFF)


@get(STAFF.passkey, access=PRE_SESSION)
async def passkey(request: Request) -> Response:
    return await show_passkey_door(request, STAFF)


@post(STAFF.passkey, access=PRE_SESSION)
async def show_passkey(request: Request) -> Response:
    return await take_passkey(request, STAFF)
