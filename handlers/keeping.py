"""The file that came with a form, made ready to be kept before the act begins: by its content, and made anew."""

from __future__ import annotations

from litestar import Request

from access.grant import RecordGrant
from files.kinds import JPEG, PDF, PNG, media_type
from files.store import NotKept, Prepared, prepare
from forms.base import Form
from handlers.respond import drawn_for
from pdf import PdfRefused
from words.gettext import N_, Later

FIELD = "file"
WHY = {
    "kind": N_("Choose a PDF, a PNG or a JPEG picture. This file is none of these"),
    "large": N_("This file is too large, so nothing was sent. Choose one of 5 MB at most, or send your words without it"),
    "unread": N_("This file cannot be opened. Choose another one"),
    "encrypted": N_("This PDF has a password or a lock. Save it without one, and choose it again"),
    "busy": N_("We cannot take files right now. Send it without the file, or try again later"),
}


async def file_of(request: Request, grant: RecordGrant, form: Form) -> Prepared | None:
    """None where no file was chosen; of one that cannot be kept, the form says why. Browsers forget a chosen file."""
    upload = request.state.fields.files.get(FIELD) if FIELD in form else None
    if upload is None:
        return None
    try:
        if upload.busy or upload.too_large:
            raise NotKept("busy" if upload.busy else "large")
        content = await _cleaned(request, upload.content)
        return prepare(grant.house.keyring, content, record=grant.record, largest=grant.house.limits.upload_bytes)
    except NotKept as refused:
        form.fail(FIELD, Later(WHY[refused.reason]))
    except PdfRefused as refused:
        form.fail(FIELD, Later(WHY.get(str(refused), WHY["busy"])))
    return None


async def _cleaned(request: Request, content: bytes) -> bytes:
    """Raises NotKept and PdfRefused."""
    kind = media_type(content)
    if kind not in (PDF, PNG, JPEG):
        raise NotKept("kind")
    pool, owner = request.app.state.pdf, drawn_for(request)
    return await (pool.clean(content, owner) if kind == PDF else pool.picture(content, owner))
