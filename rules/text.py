"""Plain text from what feeds write: FHIR narrative (XHTML) and notes.

Nothing of the markup survives, so nothing of it can do harm: paragraphs become lines, list items begin with
a dash, the cells of a table row stand on one line. Scripts, styles and comments are dropped with their content.
"""

import base64
import binascii
import re
from html.parser import HTMLParser

BLOCKS = frozenset(
    "p div section article header footer blockquote pre h1 h2 h3 h4 h5 h6 ul ol dl dt dd table caption tr hr".split()
)
DROPPED = frozenset("script style template iframe object embed svg math title head noscript".split())
VOID = frozenset("br hr img input meta link col wbr area base embed source track param".split())

# A narrative beyond this many characters is cut: nobody reads more, and a page must stay small.
MOST = 200_000

_SPACES = re.compile(r"[ \t\r\n\f\u00a0]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")
_MARKER = re.compile(r"-|[0-9]+\.|;+")


def narrative_text(div: object) -> str:
    """The text of `text.div`; '' where there is none."""
    if not isinstance(div, str):
        return ""
    reader = _Reader()
    reader.feed(div[:MOST])
    reader.close()
    return reader.text()


def note_text(text: object) -> str:
    """Plain text or markdown as sent, without control characters, its lines kept and blank ones made single."""
    if not isinstance(text, str):
        return ""
    lines = [line.rstrip() for line in clean(text[:MOST]).splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def attachment_text(content_type: object, data: object) -> str | None:
    """A `text/plain` attachment's inline base64 data, decoded; None for another type or data that is not base64."""
    if not isinstance(content_type, str) or not isinstance(data, str):
        return None
    kind, _, parameters = content_type.lower().partition(";")
    if kind.strip() != "text/plain":
        return None
    try:
        raw = base64.b64decode("".join(data.split()), validate=True)
    except (binascii.Error, ValueError):
        return None
    return note_text(_decoded(raw, parameters))


def clean(text: str) -> str:
    """Without control characters and without those that turn the direction of what follows."""
    return _CONTROL.sub("", text)


def paragraphs(text: str) -> tuple[str, ...]:
    """The paragraphs of a plain text, parted by blank lines, for a template to print one by one."""
    return tuple(p.strip() for p in re.split(r"\n\s*\n", text) if p.strip())


def _decoded(raw: bytes, parameters: str) -> str:
    """UTF-8 unless the type names Latin-1; what is neither is read as Latin-1, so that nothing is lost."""
    if "8859-1" in parameters or "1252" in parameters:
        return raw.decode("cp1252", "replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[str] = [""]
        self._dropping: list[str] = []
        self._numbers: list[int | None] = []
        self._cells = 0
        self._in_cell = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._dropping or tag in DROPPED:
            if tag not in VOID:
                self._dropping.append(tag)
            return
        if tag in BLOCKS or tag in ("li", "br"):
            self._break()
        if tag in ("ul", "ol"):
            self._numbers.append(0 if tag == "ol" else None)
        elif tag == "li":
            self._item()
        elif tag == "tr":
            self._cells, self._in_cell = 0, False
        elif tag in ("td", "th"):
            self._cell()

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not self._dropping and (tag in BLOCKS or tag == "br"):
            self._break()

    def handle_endtag(self, tag: str) -> None:
        if self._dropping:
            if tag in self._dropping:
                del self._dropping[self._dropping.index(tag) :]
            return
        if tag in ("ul", "ol") and self._numbers:
            self._numbers.pop()
        if tag in ("td", "th", "tr", "table"):
            self._in_cell = False
        if tag in BLOCKS or tag == "li":
            self._break()

    def handle_data(self, data: str) -> None:
        if self._dropping:
            return
        text = _SPACES.sub(" ", clean(data))
        line = self._lines[-1]
        self._lines[-1] = line + (text.lstrip() if not line or line.endswith(" ") else text)

    def text(self) -> str:
        lines = (line.strip() for line in self._lines)
        return "\n".join(line for line in lines if line not in ("", "-", ";"))

    def _break(self) -> None:
        """A new line, but not between an item's dash and its text; inside a cell, a space."""
        line = self._lines[-1]
        if self._in_cell:
            self._lines[-1] = f"{line.rstrip()} "
        elif line.strip() and not _MARKER.fullmatch(line.strip()):
            self._lines.append("")

    def _item(self) -> None:
        number = self._numbers[-1] if self._numbers else None
        if number is None:
            self._lines[-1] = "- "
            return
        self._numbers[-1] = number + 1
        self._lines[-1] = f"{number + 1}. "

    def _cell(self) -> None:
        if self._cells and self._lines[-1].strip():
            self._lines[-1] = self._lines[-1].rstrip() + "; "
        self._cells += 1
        self._in_cell = True
