"""Letters and documents: the list, one of them, and its files."""

from __future__ import annotations

from functools import partial

from litestar import Request, Response, get
from litestar.params import FromPath

from access.vocabulary import Category, record
from handlers.listing import list_routes, sheet
from handlers.refs import FORMS, parse_file, parse_ref
from handlers.respond import attached, drawn_for
from pages.document import document_file, document_page
from pages.documents import DOCUMENTS

ACCESS = record(Category.DOCUMENTS)


@get("/documents/{document:str}", access=ACCESS)
async def document(request: Request, document: FromPath[str]) -> Response:
    asked = parse_ref(document, FORMS)
    page = await document_page(request.state.grant, asked.ref, partial(request.app.state.pdf.read, owner=drawn_for(request)))
    return await sheet(request, page, asked.form, "document")


@get("/documents/{document:str}/files/{file:str}", access=ACCESS)
async def file(request: Request, document: FromPath[str], file: FromPath[str]) -> Response:
    return attached(request, await document_file(request.state.grant, *parse_file(document, file)))


ROUTES = (*list_routes(DOCUMENTS), document, file)
