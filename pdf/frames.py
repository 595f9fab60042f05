"""How pool and worker talk over pipes: a message is its length in four bytes, then that many bytes.

A request is a line of JSON, then the HTML to draw, the PDF to read or to make anew, or such a picture. An answer is the PDF
itself, words or a picture behind a mark, or JSON that says why there is none.
"""

from __future__ import annotations

import json
import struct

LENGTH = struct.Struct(">I")
READY = b"{}"
WORDS, PICTURE = b"words:", b"picture:"


def framed(message: bytes) -> bytes:
    return LENGTH.pack(len(message)) + message


def request(html: str, **options: object) -> bytes:
    return json.dumps(options).encode() + b"\n" + html.encode()


def to_read(content: bytes, most_words: int) -> bytes:
    return json.dumps({"most_words": most_words}).encode() + b"\n" + content


def to_make_anew(content: bytes) -> bytes:
    return json.dumps({"picture": True}).encode() + b"\n" + content


def to_clean(content: bytes) -> bytes:
    return json.dumps({"clean": True}).encode() + b"\n" + content


def picture(content: bytes) -> bytes:
    return PICTURE + content


def picture_in(answer: bytes) -> bytes | None:
    return answer.removeprefix(PICTURE) if answer.startswith(PICTURE) else None


def read(text: str) -> bytes:
    return WORDS + text.encode("utf-8", "replace")


def refusal(reason: str, detail: str = "") -> bytes:
    return json.dumps({"reason": reason, "detail": detail}).encode()


def is_document(answer: bytes) -> bool:
    return answer.startswith(b"%PDF-")


def words_in(answer: bytes) -> str | None:
    return answer.removeprefix(WORDS).decode() if answer.startswith(WORDS) else None


def reason(answer: bytes) -> str:
    """Why there is neither a document nor words nor a picture; '' where there is."""
    return "" if is_document(answer) or answer.startswith((WORDS, PICTURE)) else str(json.loads(answer)["reason"])
