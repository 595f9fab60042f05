"""What anybody may see: the front door, whether the portal lives, and the static files."""

from __future__ import annotations

from litestar import Request, Response, get
from litestar.exceptions import NotFoundException

from access.vocabulary import PUBLIC
from handlers.assets import asset_response
from handlers.respond import render
from pages.front import front_page


@get("/", access=PUBLIC)
async def front(request: Request) -> Response:
    return await render(request, await front_page(), "front/show.html")


@get("/robots.txt", access=PUBLIC)
async def robots(request: Request) -> Response:
    """Nothing here is for a search engine."""
    return Response(b"User-agent: *\nDisallow: /\n", media_type="text/plain")


@get("/healthz", access=PUBLIC)
async def healthz(request: Request) -> Response:
    """The process answers."""
    return Response(b"ok\n", media_type="text/plain")


@get("/readyz", access=PUBLIC)
async def readyz(request: Request) -> Response:
    """The database answers too; if it does not, the outermost wrapper says 503."""
    await request.app.state.house.database.rows("SELECT demo FROM installation")
    return Response(b"ready\n", media_type="text/plain")


@get(["/static/{name:str}", "/favicon.ico"], access=PUBLIC)
async def static(request: Request) -> Response:
    found = asset_response(request.app.state.assets, request.url.path, request.headers.get("accept-encoding", ""))
    if found is None:
        raise NotFoundException
    status, headers, body = found
    kind = dict(headers).get("content-type", "application/octet-stream")
    kept = {name: value for name, value in headers if name not in ("content-type", "content-length")}
    return Response(body, status_code=status, headers=kept, media_type=kind)
