"""Behind the form layer and before the guard: a form that did its work leads where it led (DESIGN §3).

Whatever has become since of what it was about, nothing judges it again: by now there is often nothing left to do, and
whoever sent it only missed the answer.
"""

from __future__ import annotations

from litestar import Request
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from handlers.errors import already_sent, signed_out_meanwhile
from handlers.form_layer import Fields
from handlers.keys import what_it_did

REFUSALS = range(400, 500)


class Once(ASGIMiddleware):
    """Asks before the form is read, and once more before it is refused: a button that was pressed twice may be here
    twice at once, and the browser shows the answer to the second."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        fields: Fields | None = scope["state"].get("fields")
        if fields is None:
            await next_app(scope, receive, send)
        elif not await _led(scope, receive, send, fields):
            refusal = await _answered(scope, receive, send, next_app)
            if refusal and not await _led(scope, receive, send, fields):
                for message in refusal:
                    await send(message)


async def _led(scope: Scope, receive: Receive, send: Send, fields: Fields) -> bool:
    """Whether this form did its work before; if so it is answered. Other words in it, of somebody who must sign in again
    first, are kept like any others: they are asked about when they are sent."""
    request = Request(scope, receive, send)
    first = await what_it_did(request, fields)
    if first is None or (signed_out_meanwhile(request) and not first.same):
        return False
    response = await already_sent(request, first)
    await response.to_asgi_response(None, request)(scope, receive, send)
    return True


async def _answered(scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> list[Message]:
    """Sends the answer on, but for one that says that nothing was done: that is given back."""
    held: list[Message] = []

    async def hold(message: Message) -> None:
        if held or message.get("status") in REFUSALS:
            held.append(message)
        else:
            await send(message)

    await next_app(scope, receive, hold)
    return held
