"""Scans, X-rays and pictures: the list, one of them, and its files."""

from __future__ import annotations

from functools import partial

from litestar import Request, Response, get
from litestar.params import FromPath

from access.vocabulary import Category, record
from handlers.listing import list_routes, sheet
from handlers.refs import FORMS, parse_file, parse_ref
from handlers.respond import attached, drawn_for
from pages.image import image_file, image_page
from pages.imaging import IMAGING

ACCESS = record(Category.IMAGING)


@get("/imaging/{image:str}", access=ACCESS)
async def image(request: Request, image: FromPath[str]) -> Response:
    asked = parse_ref(image, FORMS)
    page = await image_page(request.state.grant, asked.ref, partial(request.app.state.pdf.read, owner=drawn_for(request)))
    return await sheet(request, page, asked.form, "scan")


@get("/imaging/{image:str}/files/{file:str}", access=ACCESS)
async def file(request: Request, image: FromPath[str], file: FromPath[str]) -> Response:
    return attached(request, await image_file(request.state.grant, *parse_file(image, file)))


ROUTES = (*list_routes(IMAGING), image, file)
