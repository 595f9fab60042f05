"""How pool and worker talk over pipes: a message is its length in four bytes, then that many bytes.

A request is a line of JSON, then the HTML. An answer is the PDF itself, or JSON that says why there is none.
"""

from __future__ import annotations

import json
import struct

LENGTH = struct.Struct(">I")
READY = b"{}"


def framed(message: bytes) -> bytes:
    return LENGTH.pack(len(message)) + message


def request(html: str, **options: object) -> bytes:
    return json.dumps(options).encode() + b"\n" + html.encode()


def refusal(reason: str, detail: str = "") -> bytes:
    return json.dumps({"reason": reason, "detail": detail}).encode()


def is_document(answer: bytes) -> bool:
    return answer.startswith(b"%PDF-")
