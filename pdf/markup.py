"""What is set and checked in a document's HTML before it is drawn.

The PDF/UA checks cannot see all of this afterwards: a picture without words, a heading that was skipped, a name of
a link that says nothing.
"""

from __future__ import annotations

from importlib.resources import files
from urllib.parse import unquote, urljoin
from xml.etree.ElementTree import Element, SubElement

from weasyprint.urls import iri_to_uri

SVG = "{http://www.w3.org/2000/svg}"
XLINK_HREF = "{http://www.w3.org/1999/xlink}href"
# A chart 360 units wide fills the paper before its letters of 15 units are 24 points high.
CHART_TEXT = {24: "svg{font-size:17px}"}
HEADINGS = {f"h{level}": level for level in range(1, 7)}


class Faulty(Exception):
    """A fault in the document: a reason code, and for whoever writes templates a detail that may quote it."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail


def prepare(root: Element, *, large: int | None, lang: str, lacking: bool = False) -> None:
    """Checks the document and gives its root the language and the size of print that were asked for. `lacking`: a box
    stands for some of its signs, and the document's own line that says so stays."""
    root.set("lang", lang)
    if large:
        root.set("data-print", str(large))
    _keep_line(root, lacking)
    _check_head(root)
    _check_headings(root)
    _check_tables(root)
    _check_lists(root)
    for picture in root.iter(f"{SVG}svg"):
        _dress(picture, large)


def link_names(root: Element, origin: str | None) -> dict[str, str]:
    """What each link's own words are, by whole address: a reader says them instead of the address."""
    names: dict[str, str] = {}
    for link in root.iter("a"):
        name = " ".join("".join(link.itertext()).split())
        href = link.get("href", "").strip()
        if not name:
            raise Faulty("link", f"a link to {href!r} has no words")
        target = unquote(href[1:]) if href.startswith("#") else iri_to_uri(urljoin(origin or "", href))
        names.setdefault(target, name)
    return names


def _keep_line(root: Element, lacking: bool) -> None:
    for parent in [] if lacking else root.findall(".//p[@data-lacking]/.."):
        for line in parent.findall("p[@data-lacking]"):
            parent.remove(line)


def _check_head(root: Element) -> None:
    title = root.find("head/title")
    if title is None or not (title.text or "").strip():
        raise Faulty("title", "the document has no title")


def _check_headings(root: Element) -> None:
    levels = [HEADINGS[element.tag] for element in root.iter() if element.tag in HEADINGS]
    if levels.count(1) != 1:
        raise Faulty("heading", f"{levels.count(1)} first headings, not one")
    for before, level in zip([0, *levels], levels):
        if level > before + 1:
            raise Faulty("heading", f"h{level} follows h{before}")


def _check_tables(root: Element) -> None:
    for table in root.iter("table"):
        caption = table.find("caption")
        if caption is None or not "".join(caption.itertext()).strip():
            raise Faulty("table", "a table has no caption")
        if any(heading.get("scope") not in ("col", "row", "colgroup", "rowgroup") for heading in table.iter("th")):
            raise Faulty("table", "a heading of a table has no scope")
        if table.find("thead/tr/th") is None:
            raise Faulty("table", "a table has no headings of columns")


def _check_lists(root: Element) -> None:
    # WeasyPrint 70 tags `<dl><div>` so that PDF/UA fails, and nobody would hear which term a value belongs to.
    for element in root.iter("dl"):
        if any(child.tag not in ("dt", "dd") for child in element):
            raise Faulty("list", "only dt and dd stand directly in a dl")


def _dress(picture: Element, large: int | None) -> None:
    """Stylesheets of the document do not reach into an inline SVG, and only its `<title>` becomes its words."""
    title, description = picture.find(f"{SVG}title"), picture.find(f"{SVG}desc")
    words = " ".join("".join(part.itertext()) for part in (title, description) if part is not None).strip()
    if title is None or not words:
        raise Faulty("alt", "a picture has no title")
    if description is not None:
        stop = "" if (title.text or "").rstrip().endswith((".", "!", "?")) else "."
        words = f"{(title.text or '').strip()}{stop} {(description.text or '').strip()}"
    title.text = words
    for used in picture.iter(f"{SVG}use"):
        if not (used.get("href") or used.get(XLINK_HREF) or "").startswith("#"):
            # WeasyPrint does not fetch these, and draws nothing in their place without a word.
            raise Faulty("resource", "a picture uses something from outside")
    style = SubElement(picture, f"{SVG}style")
    style.text = files("pdf").joinpath("chart.css").read_text() + CHART_TEXT.get(large, "")
