"""A PDF that somebody sent, made anew without what does something when it is opened or clicked. Runs in a worker process
only, within its limits."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

from pikepdf import Array, Dictionary, ObjectStreamMode, Object, PasswordError, Pdf, PdfError, Stream

from pdf.markup import Faulty

MOST_OBJECTS = 200_000
DOING = (
    "/OpenAction", "/AA", "/JavaScript", "/JS", "/EmbeddedFiles", "/EF", "/AF", "/XFA", "/RichMediaContent", "/RichMediaSettings", "/Collection",
    "/Renditions",
)  # fmt: skip
"""Keys that start something, or carry another file in this one, wherever they stand (ISO 32000-2, 7.11.4, 12.6, 12.7.8, 13)."""
HARMLESS = ("/GoTo", "/Named")
ADDRESSES = ("http:", "https:", "mailto:", "tel:")
"""Actions that lead somewhere when somebody clicks, as do such addresses; every other kind is taken out."""
SHOWN = ("/RichMedia", "/Movie", "/Sound", "/Screen", "/3D", "/FileAttachment")
"""Kinds of annotation that play or carry a file."""
ACTIONS = ("/A", "/Next", "/PA")


def cleaned(content: bytes) -> bytes:
    """The same pages. `Faulty`: `encrypted` where there is a password, `unread` where it is no PDF with pages."""
    try:
        with Pdf.open(BytesIO(content)) as pdf:
            if pdf.is_encrypted:
                raise Faulty("encrypted")
            if not len(pdf.pages) or len(pdf.objects) > MOST_OBJECTS:
                raise Faulty("unread")
            for part in _dictionaries(pdf):
                _take_out(part)
            out = BytesIO()
            # What nothing leads to any more is not written; neither are earlier versions of the file.
            pdf.save(out, object_stream_mode=ObjectStreamMode.generate, deterministic_id=True)
    except PasswordError:
        raise Faulty("encrypted") from None
    except PdfError:
        raise Faulty("unread") from None
    return out.getvalue()


def _dictionaries(pdf: Pdf) -> Iterator[Object]:
    """Every one of the file, however deep it stands in another."""
    waiting = [*pdf.objects, pdf.trailer]
    while waiting:
        part = waiting.pop()
        if isinstance(part, (Dictionary, Stream)):
            yield part
            waiting += [value for value in (part[key] for key in part.keys()) if _stands_here(value)]
        elif isinstance(part, Array):
            waiting += [value for value in part if _stands_here(value)]


def _stands_here(value: object) -> bool:
    """What is only named here is one of the file's own objects."""
    return isinstance(value, (Dictionary, Array)) and not value.is_indirect


def _take_out(part: Object) -> None:
    for key in DOING:
        if key in part:
            del part[key]
    for key in ACTIONS:
        if key in part and _does_something(part[key]):
            del part[key]
    if "/Annots" in part and isinstance(part["/Annots"], Array):
        part["/Annots"] = Array([one for one in part["/Annots"] if str(_of(one, "/Subtype")) not in SHOWN])


def _does_something(action: object) -> bool:
    """An array is a list of actions, each looked at by itself when its turn comes; here all of it goes."""
    if isinstance(action, Array):
        return any(_does_something(one) for one in action)
    if not isinstance(action, Dictionary) or "/S" not in action:
        return False  # what else is called so, such as the attributes of a heading in the structure
    kind = str(action["/S"])
    return kind not in HARMLESS and not (kind == "/URI" and str(_of(action, "/URI")).lower().startswith(ADDRESSES))


def _of(one: object, key: str) -> object:
    return one.get(key) if isinstance(one, Dictionary) else None
