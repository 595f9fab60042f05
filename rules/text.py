"""Plain text from what feeds write: FHIR narrative (XHTML) and notes.

Nothing of the markup survives, so nothing of it can do harm: list items begin with a dash, the cells of a table row
stand on one line, and blank lines part paragraphs, headings and rows. Scripts, styles and comments are dropped with
their content.

The reader below is our own because the standard library's takes minutes over a hostile text of this length; this
one looks at each character a fixed number of times.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from html import unescape
from itertools import pairwise, zip_longest

BLOCKS = frozenset(
    "p div section article header footer blockquote pre h1 h2 h3 h4 h5 h6 ul ol dl dt dd table caption tr hr".split()
)
DROPPED = frozenset("script style template iframe object embed svg math title head noscript".split())
VOID = frozenset("br hr img input meta link col wbr area base embed source track param".split())

# A narrative beyond this many characters is cut: nobody reads more, and a page must stay small.
MOST = 200_000

_SPACES = re.compile(r"[ \t\r\n\f\u00a0]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")
_NO_SIGN = re.compile(
    "[\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef\ufffe\uffff\U000f0000-\U0010ffff"
    + "".join(chr(plane << 16 | last) for plane in range(1, 15) for last in (0xFFFE, 0xFFFF)) + "]"
)
# The blocks of combining marks: Python's patterns know no class of them.
_MARKS = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_STACKED = re.compile(f"({_MARKS}{{6}}){_MARKS}+")
# An attribute's value holds no "<" in XHTML, so a tag that never ends is given up at the next one.
_TAG = re.compile(r"""<(/?)([A-Za-z][A-Za-z0-9:_-]*)(?:[^<>"']|"[^"<]*"|'[^'<]*')*+>""")
_LOOSE = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9:_-]*)[^<>]*>")
_MARKER = re.compile(r"- |[0-9]+\. ")


def narrative_text(div: object) -> str:
    """The text of `text.div`; '' where there is none."""
    if not isinstance(div, str):
        return ""
    reader = _Reader()
    for name, sign, text in _tokens(div[:MOST]):
        if not name:
            reader.write(text)
        elif sign == "/":
            reader.close(name)
        else:
            reader.open(name, empty=sign == "empty")
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


def readable(text: str) -> str:
    """As `clean`, and each sign that has no meaning of its own (private use, noncharacters, half a pair) becomes U+FFFD, so
    that nothing vanishes unseen. No letter keeps more than a few marks above and below it: no script stacks more, and
    hundreds of them cover the lines around."""
    text = _NO_SIGN.sub("\ufffd", clean(text))
    return text if text.isascii() else _STACKED.sub(r"\1", text)


def paragraphs(text: str) -> tuple[str, ...]:
    """The paragraphs of a plain text, parted by blank lines, for a template to print one by one."""
    return tuple(p.strip() for p in re.split(r"\n\s*\n", text) if p.strip())


def reflowed(text: str) -> str:
    """Lines as a printer laid them out, in paragraphs again: a line much shorter than the longest is the last of one."""
    lines = [line.strip() for line in text.splitlines()]
    full = max(map(len, lines), default=0) * 2 // 3
    return "\n".join(f"{line}\n" if len(line) < full else line for line in lines).strip()


def _decoded(raw: bytes, parameters: str) -> str:
    """UTF-8 unless the type names Latin-1; what is neither is read as Latin-1, so that nothing is lost."""
    if "8859-1" in parameters or "1252" in parameters:
        return raw.decode("cp1252", "replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def _tokens(text: str) -> Iterator[tuple[str, str, str]]:
    """(tag, "", "/" or "empty", "") for a tag; ("", "", text) for text, its entities resolved."""
    at = 0
    while at < len(text):
        start = text.find("<", at)
        if start != at:
            yield "", "", unescape(text[at : start if start >= 0 else len(text)])
        if start < 0:
            return
        tag = _TAG.match(text, start) or _LOOSE.match(text, start)
        if tag:
            at = tag.end()
            yield tag[2].lower(), tag[1] or ("empty" if text[at - 2] == "/" else ""), ""
        elif text.startswith("<![CDATA[", start):
            at = _after(text, "]]>", start)
            yield "", "", text[start + 9 : at].removesuffix("]]>")
        elif text[start + 1 : start + 2] in ("!", "?"):
            at = _after(text, "-->" if text.startswith("<!--", start) else ">", start)
        else:
            at = start + 1
            yield "", "", "<"


def _after(text: str, mark: str, start: int) -> int:
    """Where the text goes on behind the mark; what never ends takes the rest with it."""
    found = text.find(mark, start)
    return found + len(mark) if found >= 0 else len(text)


class _Reader:
    """Puts the words of a narrative on lines. `_line` holds the pieces of the line being written."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._line: list[str] = []
        self._dropped, self._depth = "", 0
        self._numbers: list[int | None] = []
        self._cells = 0
        self._in_cell = False

    def open(self, tag: str, empty: bool) -> None:
        if self._dropped or tag in DROPPED:
            self._drop(tag, empty or tag in VOID)
            return
        if tag in BLOCKS or tag in ("li", "br"):
            self._break()
        if tag in ("ul", "ol") and not empty:
            self._numbers.append(0 if tag == "ol" else None)
        elif tag == "li":
            self._line = [self._marker()]
        elif tag == "tr":
            self._cells, self._in_cell = 0, False
        elif tag in ("td", "th"):
            self._cell()

    def close(self, tag: str) -> None:
        if self._dropped:
            self._depth -= tag == self._dropped
            self._dropped = self._dropped if self._depth else ""
            return
        if tag in ("ul", "ol") and self._numbers:
            self._numbers.pop()
        if tag in ("td", "th", "tr", "table"):
            self._in_cell = False
        if tag in BLOCKS or tag == "li":
            self._break()

    def write(self, data: str) -> None:
        if self._dropped:
            return
        text = _SPACES.sub(" ", clean(data))
        if not self._line or self._line[-1].endswith(" "):
            text = text.lstrip()
        if text:
            self._line.append(text)

    def text(self) -> str:
        """Every line was meant as one, so a blank line keeps it from the next; dashed items stand together as a list."""
        lines = (line.strip() for line in (*self._lines, "".join(self._line)))
        kept = [line for line in lines if line not in ("", "-", ";")]
        together = (line.startswith("- ") and before.startswith("- ") for before, line in pairwise(kept))
        ends = ["\n" if listed else "\n\n" for listed in together]
        return "".join(line + end for line, end in zip_longest(kept, ends, fillvalue=""))

    def _drop(self, tag: str, empty: bool) -> None:
        """What is dropped ends with its own closing tag; a script does not hold another."""
        if not self._dropped and not empty:
            self._dropped, self._depth = tag, 1
        elif tag == self._dropped and not empty and tag not in ("script", "style"):
            self._depth += 1

    def _break(self) -> None:
        """A new line, but not between an item's dash and its text; inside a cell, a space."""
        if self._in_cell:
            self.write(" ")
        elif self._line and not (len(self._line) == 1 and _MARKER.fullmatch(self._line[0])):
            self._lines.append("".join(self._line))
            self._line = []

    def _marker(self) -> str:
        number = self._numbers[-1] if self._numbers else None
        if number is None:
            return "- "
        self._numbers[-1] = number + 1
        return f"{number + 1}. "

    def _cell(self) -> None:
        if self._cells and self._line:
            self._line[-1] = self._line[-1].rstrip()
            self._line.append("; ")
        self._cells += 1
        self._in_cell = True
