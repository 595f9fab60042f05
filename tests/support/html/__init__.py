"""Reads a page as a browser would and says everything that is wrong with it. The test client asks this of every page."""

from __future__ import annotations

from collections.abc import Iterator

from tests.support.html import content, forms, frame, names
from tests.support.html.tree import Tree, fingerprint, read_fragment, read_page

__all__ = ["Tree", "fragment_problems", "page_problems", "read_fragment", "read_page"]

EVERYWHERE = (
    content.attributes, content.elements, content.nesting, content.lists, content.tables, content.headings,
    content.pictures, names.ids, names.controls, names.links_and_buttons, names.alike, names.groups, forms.forms, forms.errors,
)  # fmt: skip
WHOLE_PAGES = (
    frame.document, frame.heading, frame.landmarks, frame.skip_link, frame.status, frame.resources, names.references,
)  # fmt: skip


RIGHT: set[bytes] = set()
"""Fingerprints of pages that were right."""


def page_problems(html: str) -> list[str]:
    """One sentence for each fault of a whole page; empty when it is right."""
    alike = fingerprint(html)
    if alike in RIGHT:
        return []
    found = list(_told(read_page(html), (*WHOLE_PAGES, *EVERYWHERE)))
    if not found:
        RIGHT.add(alike)
    return found


def fragment_problems(html: str) -> list[str]:
    """The same for a piece of a page, whose labels and targets may stand outside it."""
    return list(_told(read_fragment(html), EVERYWHERE))


def _told(tree: Tree, rules: tuple) -> Iterator[str]:
    yield from tree.errors
    for rule in rules:
        yield from rule(tree)
