"""What only a demo shows: the messages it would have sent. Absent from a real installation."""

from __future__ import annotations

from litestar import Request, Response, get

from access.vocabulary import DEMO
from handlers.respond import render
from jobs.outbox import newest
from pages.demo import OutboxPage, sent_of

MOST = 50


@get("/demo/outbox", access=DEMO)
async def outbox(request: Request) -> Response:
    house = request.app.state.house
    page = OutboxPage(tuple(sent_of(one, house.origin) for one in await newest(house, MOST)))
    return await render(request, page, "demo/outbox.html")
