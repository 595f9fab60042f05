"""Bills: whose there are, one account of them, one statement; and the page of a record that leads to them."""

from __future__ import annotations

from litestar import Request, Response, get
from litestar.params import FromPath

from access.vocabulary import PERSONAL, Category, bill, record
from handlers.listing import sheet
from handlers.refs import FORMS, form_of, parse_ref
from handlers.respond import in_form, render
from pages.bills import account_page, bills_page, record_bills
from pages.statement import statement_page


@get("/bills", access=record(Category.BILLING, page="bills"))
async def of_record(request: Request) -> Response:
    return await render(request, await record_bills(request.state.grant), "bills/record.html")


@get("/bills", access=PERSONAL)
async def bills(request: Request) -> Response:
    return await render(request, await bills_page(request.state.grant), "bills/index.html")


@get(["/bills/{guarantor:str}", "/bills/{guarantor:str}/statements"], access=bill())
async def account(request: Request, guarantor: FromPath[str]) -> Response:
    return await render(request, await account_page(request.state.grant), "sheet/show.html")


@get(["/bills/{guarantor:str}/statements.pdf", "/bills/{guarantor:str}/statements.txt"], access=bill())
async def account_documents(request: Request, guarantor: FromPath[str]) -> Response:
    page = await account_page(request.state.grant)
    return await in_form(request, page, form_of(request.url.path), "sheet/show.html", "bills")


@get("/bills/{guarantor:str}/statements/{statement:str}", access=bill())
async def statement(request: Request, guarantor: FromPath[str], statement: FromPath[str]) -> Response:
    asked = parse_ref(statement, FORMS)
    page = await statement_page(request.state.grant, asked.ref, request.app.state.processor is not None)
    if page and not asked.form:
        return await render(request, page, "bills/statement.html")
    return await sheet(request, page, asked.form, "statement")


ROUTES = (of_record,)
ALONE = (bills, account, account_documents, statement)
