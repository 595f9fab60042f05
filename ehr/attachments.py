"""Attachments as they are listed, and the plain text of those that are text. What is inline stays in the raw resource."""

from __future__ import annotations

from typing import Any

from ehr.shapes import one, text, whole
from rules.text import attachment_text, narrative_text

MOST_TEXT = 200_000
"""Characters of a note that are kept beside the row; the raw resource has the rest."""


def attachments_in(holders: list[dict], key: str = "") -> list[dict]:
    """The Attachment of each holder (`content[].attachment`), or the holders themselves."""
    return [one(holder, key) for holder in holders if one(holder, key)] if key else holders


def described(attachments: list[dict]) -> list[dict[str, Any]]:
    """For each attachment its place in the resource, what it claims to be, and where it is; `file` comes later."""
    return [
        {
            "title": text(sent, "title"),
            "type": text(sent, "contentType"),
            "size": whole(sent, "size"),
            "url": text(sent, "url"),
            "inline": bool(text(sent, "data")),
            "index": index,
            "file": None,
        }
        for index, sent in enumerate(attachments)
    ]


def plain_text(attachments: list[dict]) -> str | None:
    """The inline attachments that are plain text or HTML, in order, as text; None where there is none."""
    found = (_read(text(sent, "contentType"), text(sent, "data")) for sent in attachments)
    return "\n\n".join(filter(None, found))[:MOST_TEXT] or None


def _read(content_type: str, data: str) -> str | None:
    kind = content_type.lower().partition(";")
    if kind[0].strip() not in ("text/html", "application/xhtml+xml"):
        return attachment_text(content_type, data)
    # The same decoding, and then the markup is dropped.
    return narrative_text(attachment_text(f"text/plain;{kind[2]}", data))
