"""HTML in, a mended PDF/UA-1 out. Runs in a worker process only; WeasyPrint is imported nowhere else."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files

from weasyprint import CSS, HTML, Document
from weasyprint.formatting_structure.boxes import TextBox
from weasyprint.logger import LOGGER
from weasyprint.text.fonts import FontConfiguration

from pdf.markup import Faulty, link_names, prepare
from pdf.mending import mend
from pdf.offline import OfflineFetcher
from pdf.tagging import noting

# What WeasyPrint writes into its log, by the beginning of the message, and the code we give it. All of it fails the
# document: a page that lacks a picture or a rule of style does not say what the screen says. So does one that lacks a
# glyph, unless it has a line to say so.
NO_GLYPH = ".notdef glyph"
REASONS = (
    (NO_GLYPH, "glyph"),
    ("Image ", "alt"),
    ("Failed to load font", "font"),
    ("Font-face", "font"),
    ("Failed to load", "resource"),
    ("Relative URI", "resource"),
    ("Failed to render SVG", "picture"),
    ("No anchor", "link"),
    ("Missing required", "lang"),
    ("This row has more columns", "table"),
)

BROKEN_WORDS = "*{overflow-wrap:anywhere!important;white-space:normal!important}"


BOX, MARK = "\u25a1", "?"
"""What stands for a sign that no font of this host has, and what stands for that."""
TRIES = 3
LINE = "<p data-lacking>"
"""Begins the line that says that boxes stand for some signs; it is left out where none does."""


class Lacking(Faulty):
    """Code points that no font of this host has."""

    def __init__(self, signs: frozenset[int]) -> None:
        super().__init__("glyph", " ".join(f"{chr(sign)} (U+{sign:04X})" for sign in sorted(signs)))
        self.signs = signs


class Press:
    """The fonts and the stylesheet are read once and serve every document of this process."""

    def __init__(self, origin: str | None) -> None:
        self.origin = origin
        self.fetcher = OfflineFetcher()
        self.fonts = FontConfiguration()
        self.lacking: set[int] = set()
        with _loud():
            style = files("pdf").joinpath("document.css").read_text()
            self.style = CSS(string=style, font_config=self.fonts, url_fetcher=self.fetcher)
            self.broken_words = CSS(string=BROKEN_WORDS)

    def draw(self, text: str, *, large: int | None, lang: str) -> bytes:
        """One document; `Faulty` says why not. What no font has is only found by drawing, and then drawn as a box: one
        sign that somebody wrote must not take the document away from somebody else."""
        for _again in range(TRIES):
            try:
                return self._drawn(text, large=large, lang=lang)
            except Lacking as found:
                if found.signs <= self.lacking or LINE not in text:
                    raise
                self.lacking |= found.signs
        raise Faulty("glyph", "boxes are lacking too")

    def _drawn(self, text: str, *, large: int | None, lang: str) -> bytes:
        boxed = self._boxed(text)
        self.fetcher.refused.clear()
        with _loud(), noting() as notes:
            html = HTML(string=boxed, base_url=self.origin, url_fetcher=self.fetcher)
            prepare(html.etree_element, large=large, lang=lang, lacking=boxed != text)
            names = link_names(html.etree_element, self.origin)
            drawn = self._laid_out(html).write_pdf(pdf_variant="pdf/ua-1")
        if self.fetcher.refused:
            raise Faulty("resource", self.fetcher.refused[0])
        return mend(drawn, notes, names)

    def _boxed(self, text: str) -> str:
        """Where there is a line to say so."""
        box = MARK if ord(BOX) in self.lacking else BOX
        return text.translate(dict.fromkeys(self.lacking, box)) if self.lacking and LINE in text else text

    def _laid_out(self, html: HTML) -> Document:
        """A word too long for its column would run off the paper; then words may break anywhere."""
        for styles in ([self.style], [self.style, self.broken_words]):
            document = html.render(font_config=self.fonts, stylesheets=styles, pdf_variant="pdf/ua-1")
            if not _runs_off(document):
                return document
        raise Faulty("overflow", "something is wider than the paper")


class _Listening(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@contextmanager
def _loud() -> Iterator[None]:
    """Turns WeasyPrint's warnings into a refusal."""
    listening = _Listening()
    LOGGER.addHandler(listening)
    try:
        yield
    finally:
        LOGGER.removeHandler(listening)
    if listening.records:
        faults = [record for record in listening.records if not str(record.msg).startswith(NO_GLYPH)]
        if not faults:
            raise Lacking(frozenset(record.args[1] for record in listening.records))
        first = faults[0]
        raise Faulty(_reason(str(first.msg)), first.getMessage())


def _runs_off(document: Document) -> bool:
    for page in document.pages:
        box = page._page_box
        edge = box.content_box_x() + box.width + 1  # a pixel of grace for rounding
        if any(text.position_x + text.width > edge for text in box.descendants() if isinstance(text, TextBox)):
            return True
    return False


def _reason(message: str) -> str:
    return next((reason for beginning, reason in REASONS if message.startswith(beginning)), "style")
