"""A form with a file in it: multipart/form-data (RFC 7578), read whole, within limits, by what it says it is."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from io import BytesIO

from multipart import (
    MultipartError, MultipartParser, MultipartPart, MultipartSegment, PushMultipartParser, parse_options_header,
)  # fmt: skip

MULTIPART = "multipart/form-data"
PARTS = 40
UTF_8 = ("utf8", "usascii", "ascii")
"""What a part may say of its coding, without hyphens: pages of ours are UTF-8, so browsers send that, and ASCII is part of it."""


class NotAForm(ValueError):
    """The body is no such form, or is cut off in the middle."""


@dataclass(frozen=True, slots=True)
class Upload:
    """What a browser sent for one file. Its name is only shown to whoever sent it. Of one that is `too_large`, or came
    while many others of theirs did (`busy`), nothing is here."""

    name: str
    content: bytes
    too_large: bool = False
    busy: bool = False

    @property
    def digest(self) -> str:
        """Stands for the file among the fields of its form."""
        return hashlib.sha256(self.content).hexdigest() if self.content else ""


Pairs = list[tuple[str, str]]


def parse_upload(content_type: str, body: bytes) -> tuple[Pairs, dict[str, Upload]]:
    """The fields, each file with its digest among them, and the files that were chosen."""
    boundary = _boundary(content_type)
    try:
        whole = MultipartParser(
            BytesIO(body), boundary, len(body), strict=True, part_limit=PARTS, spool_limit=len(body) + 1,
            memory_limit=len(body) + 1, partsize_limit=len(body) + 1,
        )
        return _read(list(whole))
    except (MultipartError, ValueError) as error:
        raise NotAForm(str(error)) from error


def parse_beginning(content_type: str, body: bytes) -> tuple[Pairs, dict[str, Upload]]:
    """Of a form that is too large: the fields that are whole and stand before its file, and what that file is called. Raises
    NotAForm where no file has begun, so that it is the words that are too many."""
    pairs, words, part = [], bytearray(), None
    try:
        for event in PushMultipartParser(_boundary(content_type), max_segment_count=PARTS, strict=True).parse(body):
            if isinstance(event, MultipartSegment):
                part, words = event, bytearray()
                if part.filename:
                    return pairs, {part.name: Upload(part.filename[:200], b"", too_large=True)}
            elif event is not None:
                words += event
            elif part.filename is None:
                pairs.append((part.name, _decoded(part.charset, bytes(words))))
    except (MultipartError, ValueError) as error:
        raise NotAForm(str(error)) from error
    raise NotAForm("no file")


def _boundary(content_type: str) -> str:
    kind, options = parse_options_header(content_type)
    if kind != MULTIPART or not options.get("boundary"):
        raise NotAForm(kind)
    return options["boundary"]


def _read(parts: list[MultipartPart]) -> tuple[Pairs, dict[str, Upload]]:
    pairs, files = [], {}
    for part in parts:
        if part.filename is None:
            pairs.append((part.name, _decoded(part.charset, part.raw)))
            continue
        upload = Upload(part.filename[:200], part.raw)
        pairs.append((part.name, upload.digest))
        if upload.content:
            files[part.name] = upload
    return pairs, files


def _decoded(charset: str | None, raw: bytes) -> str:
    """Raises NotAForm, and UnicodeDecodeError, for what is not UTF-8. What the part calls itself chooses no decoder."""
    if (charset or "utf-8").lower().replace("-", "") not in UTF_8:
        raise NotAForm("charset")
    return raw.decode("utf-8")
