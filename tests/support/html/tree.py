"""A parsed page and the questions its rules ask: which elements, inside what, saying what."""

from __future__ import annotations

import copy
import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from operator import itemgetter
from xml.etree.ElementTree import Element

import html5lib

ONE_TIME = re.compile(r'(?<=name="csrf" value=")[^"]*|(?<=name="form_key" value=")[^"]*')
MOST_KNOWN = 500
KNOWN: dict[bytes, Element] = {}
"""Pages read before, by their fingerprints. The same page comes by often, and reading it is much of what a test does."""
SVG = "{http://www.w3.org/2000/svg}"
BUILDER = html5lib.getTreeBuilder("etree")


@dataclass(frozen=True)
class Tree:
    """Elements are named as written; those of SVG as `svg:title`."""

    root: Element
    errors: tuple[str, ...]
    whole: bool

    @cached_property
    def parents(self) -> dict[Element, Element]:
        return {child: parent for parent in self.root.iter() for child in parent}

    @cached_property
    def elements(self) -> tuple[Element, ...]:
        return tuple(e for e in self.root.iter() if isinstance(e.tag, str))

    @cached_property
    def _by_tag(self) -> dict[str, list[tuple[int, Element]]]:
        """Each with its place in the page."""
        found: dict[str, list[tuple[int, Element]]] = {}
        for place, element in enumerate(self.elements):
            found.setdefault(tag(element), []).append((place, element))
        return found

    @cached_property
    def by_id(self) -> dict[str, Element]:
        return {e.get("id"): e for e in reversed(self.elements) if e.get("id")}

    def all(self, *tags: str) -> list[Element]:
        found = [one for tag in tags for one in self._by_tag.get(tag, ())]
        return [e for _, e in (sorted(found, key=itemgetter(0)) if len(tags) > 1 else found)]

    def within(self, outer: Element, *tags: str) -> list[Element]:
        return [e for e in outer.iter() if e is not outer and isinstance(e.tag, str) and tag(e) in tags]

    def above(self, element: Element) -> Iterator[Element]:
        """Parent, grandparent … up to the root."""
        while element in self.parents:
            element = self.parents[element]
            yield element

    def is_inside(self, element: Element, *tags: str) -> bool:
        return any(tag(e) in tags for e in self.above(element))

    def name(self, element: Element) -> str:
        """What a screen reader says an element is called: its label, else its words."""
        for source in (element.get("aria-labelledby") or "").split():
            if source in self.by_id and words(self.by_id[source]):
                return words(self.by_id[source])
        return (element.get("aria-label") or "").strip() or words(element)


def tag(element: Element) -> str:
    name = element.tag
    if name.startswith(SVG):
        return "svg:" + name[len(SVG) :] if name != SVG + "svg" else "svg"
    return name


def words(element: Element) -> str:
    """The text inside, alternatives of pictures included, white space (no-break too) as single spaces."""
    return " ".join("".join(_pieces(element)).split())


def _pieces(element: Element) -> Iterator[str]:
    if not isinstance(element.tag, str):  # a comment
        return
    if element.tag == "img":
        yield element.get("alt") or ""
    yield element.text or ""
    for child in element:
        yield from _pieces(child)
        yield child.tail or ""


def shown(element: Element) -> str:
    """An element as a reader of a failed test would find it in the source."""
    marks = "".join(f" {name}={element.get(name)!r}" for name in ("id", "name", "href", "class") if element.get(name))
    said = words(element)[:40]
    return f"<{tag(element)}{marks}>" + (f" “{said}”" if said else "")


def classes(element: Element) -> frozenset[str]:
    return frozenset((element.get("class") or "").split())


@functools.lru_cache(4)  # whoever inspects a page and whoever reads it then read the same one
def read_page(html: str) -> Tree:
    alike = fingerprint(html)
    if alike in KNOWN:
        return Tree(_again(KNOWN[alike], html), (), True)
    parser = html5lib.HTMLParser(tree=BUILDER, namespaceHTMLElements=False)
    root, faults = parser.parse(html), tuple(_faults(parser, html))
    if not faults and len(_one_time_fields(root)) == len(ONE_TIME.findall(html)):
        KNOWN[alike] = root
        if len(KNOWN) > MOST_KNOWN:
            del KNOWN[next(iter(KNOWN))]
    return Tree(root, faults, True)


def fingerprint(html: str) -> bytes:
    """The same for two pages that differ in their one-time values alone."""
    return blake2b(ONE_TIME.sub("", html).encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _again(root: Element, html: str) -> Element:
    """A page that was read before, with the one-time values of this one."""
    again, values = copy.deepcopy(root), ONE_TIME.findall(html)
    for field, value in zip(_one_time_fields(again), values, strict=True):
        field.set("value", value)
    return again


def _one_time_fields(root: Element) -> list[Element]:
    return [field for field in root.iter("input") if field.get("name") in ("csrf", "form_key")]


@functools.lru_cache(4)
def read_fragment(html: str) -> Tree:
    """A piece of a page: rows are read inside a table, all else inside a `div`."""
    first = re.match(r"\s*<(tr|td|th|tbody|thead|caption|li|option)\b", html)
    around = {"tr": "tbody", "td": "tr", "th": "tr", "tbody": "table", "thead": "table", "caption": "table",
              "li": "ul", "option": "select"}  # fmt: skip
    parser = html5lib.HTMLParser(tree=BUILDER, namespaceHTMLElements=False)
    root = parser.parseFragment(html, container=around[first[1]] if first else "div")
    if first:
        root.tag = around[first[1]]
    return Tree(root, tuple(_faults(parser, html)), False)


def _faults(parser: html5lib.HTMLParser, html: str) -> Iterator[str]:
    lines = html.splitlines()
    for (line, column), code, data in parser.errors:
        where = lines[line - 1][max(0, column - 40) : column + 10].strip() if line <= len(lines) else ""
        yield f"HTML, line {line}: {code} {data or ''} near “{where}”"
