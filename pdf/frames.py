"""How pool and worker talk over pipes: a message is its length in four bytes, then that many bytes.

A request is a line of JSON, then the HTML to draw or the PDF to read. An answer is the PDF itself, the words that were
read behind a mark, or JSON that says why there is neither.
"""

from __future__ import annotations

import json
import struct

LENGTH = struct.Struct(">I")
READY = b"{}"
WORDS = b"words:"


def framed(message: bytes) -> bytes:
    return LENGTH.pack(len(message)) + message


def request(html: str, **options: object) -> bytes:
    return json.dumps(options).encode() + b"\n" + html.encode()


def to_read(content: bytes, most_words: int) -> bytes:
    return json.dumps({"most_words": most_words}).encode() + b"\n" + content


def read(text: str) -> bytes:
    return WORDS + text.encode("utf-8", "replace")


def refusal(reason: str, detail: str = "") -> bytes:
    return json.dumps({"reason": reason, "detail": detail}).encode()


def is_document(answer: bytes) -> bool:
    return answer.startswith(b"%PDF-")


def words_in(answer: bytes) -> str | None:
    return answer.removeprefix(WORDS).decode() if answer.startswith(WORDS) else None


def reason(answer: bytes) -> str:
    """Why there is neither a document nor words; '' where there is."""
    return "" if is_document(answer) or answer.startswith(WORDS) else str(json.loads(answer)["reason"])
