"""What a file is, by its content and never by its name or by what a browser claims (SECURITY contract 18)."""

from __future__ import annotations

PDF, PNG, JPEG, TEXT = "application/pdf", "image/png", "image/jpeg", "text/plain"
ENDINGS = {PDF: "pdf", PNG: "png", JPEG: "jpg", TEXT: "txt"}
MARKUP = "text/html"
"""HTML and XML alike. It is read for its words and never handed out."""
ENDS_WITHIN = 1024
CONTROLS = frozenset(range(32)) - {9, 10, 12, 13}


def media_type(content: bytes) -> str | None:
    """One of the four kinds that are kept, or None."""
    if content.startswith(b"%PDF-1.") or content.startswith(b"%PDF-2."):
        return PDF if b"%%EOF" in content[-ENDS_WITHIN:] else None
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG if content[12:16] == b"IHDR" and b"IEND" in content[-16:] else None
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG if b"\xff\xd9" in content[-ENDS_WITHIN:] else None
    return TEXT if _is_text(content) else None


def _is_text(content: bytes) -> bool:
    """UTF-8 without control characters. Markup is text too, and is only ever handed out as an attachment."""
    if not content or CONTROLS & set(content):
        return False
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def is_markup(content: bytes) -> bool:
    begins = content[:ENDS_WITHIN].removeprefix(b"\xef\xbb\xbf").lstrip()
    return begins[:1] == b"<" and (begins[1:2] in (b"!", b"?") or begins[1:2].isalpha())


def file_name(ref: str, kind: str) -> str:
    """Made from the ref: titles are other people's words."""
    return f"{ref}.{ENDINGS[kind]}"
