"""The words of a document in markup: an HTML page, or a clinical document in HL7's XML (C-CDA).

Of the latter only its sections are read, as they were written for people; its head is for machines.
"""

from __future__ import annotations

import re

from rules.text import MOST, narrative_text

BODY = re.compile(r"<(?:[\w-]+:)?structuredBody\b")
OWN = re.compile(r"<(/?)(?:[\w-]+:)?(item|list|paragraph|content|caption)\b")
"""Elements of HL7's narrative block, which say the same as others of HTML."""
AS_HTML = {"item": "li", "list": "ul", "paragraph": "p", "content": "span", "caption": "p"}
PARTS = ("title", "text")


def markup_text(sent: str) -> str:
    """In lines; titles of sections begin with `#`. '' where there are no words for people."""
    if "ClinicalDocument" not in sent[:4000]:
        return narrative_text(sent)
    body = BODY.search(sent)
    return "\n\n".join(_sections(sent[body.start() :][:MOST])) if body else ""


def _sections(body: str) -> list[str]:
    found: list[str] = []
    at = 0
    while part := _next(body, at):
        name, inner, at = part
        words = narrative_text(OWN.sub(lambda own: f"<{own[1]}{AS_HTML[own[2]]}", inner))
        if words:
            found.append(f"# {' '.join(words.split())}" if name == "title" else words)
    return found


def _next(body: str, at: int) -> tuple[str, str, int] | None:
    """The next title or text: its name, what it holds, and where the body goes on. What never ends is the last."""
    starts = [(start, name) for name in PARTS if (start := body.find(f"<{name}", at)) >= 0]
    if not starts:
        return None
    start, name = min(starts)
    opened = body.find(">", start)
    if opened < 0:
        return None
    if body[opened - 1] == "/":
        return name, "", opened + 1
    closed = body.find(f"</{name}>", opened)
    end = len(body) if closed < 0 else closed
    return name, body[opened + 1 : end], end + (0 if closed < 0 else len(name) + 3)
