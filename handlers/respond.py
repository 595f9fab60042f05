"""The few answers a handler gives: a page or one block of it, a document, a plain text, a 303, a 422."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from jinja2_fragments import render_block
from litestar import Request, Response
from litestar.exceptions import NotFoundException

from access.grant import BillGrant, RecordGrant
from forms.base import Form
from handlers.frame import ErrorItem, Notice, frame_for, in_query, text_size
from handlers.session_cookie import cookie_name
from pages.address import RecordPage
from pages.attachments import File

HTML, TEXT = "text/html", "text/plain"
IN_ADDRESS = "/?&=%#:+,;@!$'()*~[]"


class UnauditedPage(RuntimeError):
    """A page of a record was about to be shown without a grant, so without an entry of who looked."""


def is_htmx(request: Request) -> bool:
    return (b"hx-request", b"true") in request.scope["headers"]


def unasked(request: Request) -> bool:
    """Whether nobody pressed: the page asks by the clock, or while somebody types, and our script says so."""
    return request.headers.get("hx-unasked") == "true"


async def render(
    request: Request, page: Any, template: str, *, block: str = "", form: Form | None = None, status: int = 200,
    notice: Notice | None = None, htmx: bool = False, script: str = "",
) -> Response:
    """The whole page, or the block of that name when htmx asked for an update. `htmx`: the page has hx-* in it. `script`: it has
    a form that needs that file of ours."""
    _check_audited(request, page)
    environment = request.app.state.views
    errors = tuple(ErrorItem(f"#{field}", text) for field, text in (form.problems if form else ()))
    frame = await frame_for(request, notice=notice, errors=errors, htmx=bool(block) or htmx, script=script)
    context = {"page": page, "frame": frame, "form": form}
    if block and is_htmx(request):
        content = render_block(environment, template, block, **context)
    else:
        content = environment.get_template(template).render(context)
    response = Response(content.encode(), media_type=HTML, status_code=status)
    return _with_cookies(request, response)


def nothing_new(request: Request, words: str) -> Response:
    """To an update of htmx that has nothing to bring: what a person asked for is answered in the status line; a page that
    asks again by itself stays silent."""
    if unasked(request):
        return _with_cookies(request, Response(b"", status_code=204))
    return status_alone(request, words)


def status_alone(request: Request, words: str, status: int = 200) -> Response:
    """To an update of htmx: the page stays as it is, and its status line says why."""
    line = request.app.state.views.globals["status_line"](words)
    return _with_cookies(request, Response(line.encode(), media_type=HTML, status_code=status, headers={"HX-Reswap": "none"}))


def _check_audited(request: Request, page: Any) -> None:
    if isinstance(page, RecordPage) and not isinstance(request.state.get("grant"), RecordGrant | BillGrant):
        raise UnauditedPage(type(page).__name__)


def _with_cookies(request: Request, response: Response) -> Response:
    settings = request.app.state.settings
    fresh = request.scope["state"].get("new_pre")
    flags = {"httponly": True, "samesite": "lax", "secure": settings.secure, "path": "/"}
    if fresh:
        response.set_cookie(cookie_name(settings.secure, "pre"), fresh, **flags)
    asked = in_query(request, "text")
    if asked in ("normal", "large"):
        response.set_cookie(cookie_name(settings.secure, "text"), asked, max_age=31_536_000, **flags)
    return response


def see_other(request: Request, address: str) -> Response:
    """303 to an address of ours; for htmx a 204 that tells it to go there. Whatever was asked for, the address cannot
    end the header or name another host."""
    address = "/" + quote(address, safe=IN_ADDRESS).lstrip("/")
    if is_htmx(request):
        return _with_cookies(request, Response(b"", status_code=204, headers={"HX-Redirect": address}))
    return _with_cookies(request, Response(b"", status_code=303, headers={"location": address}, media_type=TEXT))


def lets_leave_for(request: Request, origin: str) -> None:
    """The form of this page ends at another origin: browsers hold it to that (CSP form-action)."""
    request.scope["state"]["form_to"] = origin


def leave_for(request: Request, address: str, origin: str) -> Response:
    """303 to a page of somebody else's, at that origin and nowhere else."""
    if not address.startswith(f"{origin}/") or not address.isascii() or not address.isprintable():
        raise ValueError("the processor's page is not where its pages are")
    return _with_cookies(request, Response(b"", status_code=303, headers={"location": address}, media_type=TEXT))


async def invalid(request: Request, page: Any, template: str, form: Form, htmx: bool = False, script: str = "") -> Response:
    """422: the same page, what was typed, and a summary of what to mend."""
    return await render(request, page, template, form=form, status=422, htmx=htmx, script=script)


async def document(request: Request, page: Any, template: str, name: str) -> Response:
    """The page as PDF/UA, from the same frozen object as the screen. `?print=18` or `24` is large print."""
    _check_audited(request, page)
    large = request.query_params.get("print")
    large = int(large) if large in ("18", "24") else None
    if large is None and text_size(request, request.state.viewer) == "large" and "print" not in request.query_params:
        large = 18
    frame = await frame_for(request, notice=None, errors=(), htmx=False)
    html = request.app.state.views.get_template(template).render({"page": page, "frame": frame, "form": None})
    body = await request.app.state.pdf.render(html, large=large, lang=frame.locale, owner=drawn_for(request))
    headers = {"content-disposition": f'inline; filename="{name}.pdf"'}
    return Response(body, media_type="application/pdf", headers=headers)


def drawn_for(request: Request) -> str:
    """Whose turn it is in the pool of workers: each account's, and each address's of whoever has none."""
    viewer = request.state.viewer
    return str(viewer.account or viewer.visitor.ip)


async def plain_text(request: Request, page: Any, template: str) -> Response:
    """The page as plain text, for a braille display, a text browser, or a mail to oneself."""
    _check_audited(request, page)
    frame = await frame_for(request, notice=None, errors=(), htmx=False)
    text = request.app.state.text_views.get_template(template).render({"page": page, "frame": frame})
    return Response(text.encode(), media_type=TEXT)


async def in_form(
    request: Request, page: Any, form: str, template: str, name: str, *, block: str = ""
) -> Response:
    """The page, its PDF or its plain text, as `form` says ("", pdf, txt); the templates of the other two stand beside
    that of the page. `name` is what the PDF is called when it is kept. None is not found."""
    if page is None:
        raise NotFoundException
    beside = template.removesuffix(".html")
    if form == "txt":
        return await plain_text(request, page, f"{beside}.txt")
    if form == "pdf":
        return await document(request, page, f"{beside}.pdf.html", name)
    return await render(request, page, template, block=block)


def attached(request: Request, file: File | None) -> Response:
    """A file that somebody else made: it is saved, never shown as a page of ours. What cannot be given leads back to
    where the reason stands; None is not found."""
    if file is None:
        raise NotFoundException
    if not file.kind:
        return see_other(request, file.up)
    headers = {"content-disposition": f'attachment; filename="{file.name}"', "content-security-policy": "sandbox"}
    return Response(file.content, media_type=file.kind, headers=headers)
