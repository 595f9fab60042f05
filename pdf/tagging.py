"""Notes taken while WeasyPrint 70 builds the structure tree.

It keeps neither the language of a part, nor the scope of a heading, nor which part is the continuation of which on
the next page. Its tree builder is handed the boxes that know, so we stand beside it and note, per PDF object, which
HTML element it was made from. `mending` does the rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from weasyprint.pdf import tags as weasyprint_tags


@dataclass(frozen=True, slots=True)
class Source:
    """The HTML element that an element of the structure tree was made from."""

    element: int  # one number per HTML element, within one document
    tag: str
    lang: str
    scope: str
    page: int


@dataclass(slots=True)
class Notes:
    """By PDF object number. Valid until the file is written anew."""

    sources: dict[int, Source] = field(default_factory=dict)

    def of(self, element: Any) -> Source | None:
        """The source of an element of the structure tree as pikepdf reads it."""
        return self.sources.get(element.objgen[0])


@contextmanager
def noting() -> Iterator[Notes]:
    """Takes notes of every tree built inside this block. One document at a time: a worker has one thread that draws."""
    notes, build = Notes(), weasyprint_tags._build_box_tree

    def build_and_note(box: Any, parent: Any, pdf: Any, page: int, *rest: Any) -> Iterator[Any]:
        for element in build(box, parent, pdf, page, *rest):
            _note(notes, element, box, page)
            yield element

    weasyprint_tags._build_box_tree = build_and_note
    try:
        yield notes
    finally:
        weasyprint_tags._build_box_tree = build


def _note(notes: Notes, element: Any, box: Any, page: int) -> None:
    box = getattr(box, "_box", box)  # an absolutely placed box stands behind a placeholder
    made_from = getattr(box, "element", None)
    # The boxes of html and body yield their children's elements, which have been noted by then.
    if made_from is None or element.number in notes.sources:
        return
    notes.sources[element.number] = Source(
        element=id(made_from),
        tag=box.element_tag,
        lang=made_from.get("lang", ""),
        scope=made_from.get("scope", ""),
        page=page,
    )
