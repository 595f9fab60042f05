"""Help, and what the portal says of itself: for anybody, signed in or not."""

from __future__ import annotations

from litestar import Request, Response, get

from access.vocabulary import PUBLIC
from handlers.respond import render
from pages.accessibility import accessibility_page
from pages.help import help_page
from pages.weight import weight_page


@get("/help", access=PUBLIC)
async def help(request: Request) -> Response:
    return await render(request, help_page(request.app.state.house.limits), "help/show.html")


@get("/help/phishing", access=PUBLIC)
async def phishing(request: Request) -> Response:
    return await render(request, help_page(request.app.state.house.limits), "help/phishing.html")


@get("/about/accessibility", access=PUBLIC)
async def accessibility(request: Request) -> Response:
    return await render(request, accessibility_page(), "about/accessibility.html")


@get("/about/privacy", access=PUBLIC)
async def privacy(request: Request) -> Response:
    return await render(request, help_page(request.app.state.house.limits), "about/privacy.html")


@get("/about/weight", access=PUBLIC)
async def weight(request: Request) -> Response:
    return await render(request, weight_page(), "about/weight.html")
