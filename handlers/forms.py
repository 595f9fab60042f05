"""From a request to a filled form. The same form object goes back into the page when something in it is wrong."""

from __future__ import annotations

from typing import TypeVar

from litestar import Request

from forms.base import Form
from handlers.form_layer import FILE_WAS, Fields
from handlers.keys import sending_of
from identity.parking import kept
from words.gettext import N_, Later

AGAIN = N_("Choose your file again: %(name)s")
F = TypeVar("F", bound=Form)


def read_form(request: Request, kind: type[F], **choices) -> F:
    """The form as it was sent, with the `Sending` that its act needs."""
    fields: Fields = request.state.fields
    form = kind(fields, **choices)
    form.sending = sending_of(request, fields)
    return form


async def open_form(request: Request, kind: type[F], **defaults) -> F:
    """An empty form, or the one this account had typed before its session ended (`?kept=`)."""
    ref = request.query_params.get("kept", "")
    pairs = []
    if ref:
        pairs = await kept(request.app.state.house, request.state.viewer, request.url.path, ref)
    form = kind(Fields(tuple(pairs)) if pairs else None, **defaults)
    form.came_back = frozenset(name for name, _ in pairs)
    for name, value in pairs:
        if name == FILE_WAS and "file" in form:
            form.fail("file", Later(AGAIN, name=value))
    return form
