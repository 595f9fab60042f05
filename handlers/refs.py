"""A `ref` in an address: `abc`; where a page is a document too, with the form it was asked in, `abc.pdf`, `abc.txt`. Any
other dot is not found: what is posted has no form, and no page answers in another than was asked for."""

from __future__ import annotations

import re
from dataclasses import dataclass

from litestar import Request
from litestar.exceptions import NotFoundException

FORMS = ("pdf", "txt")
REF = re.compile(r"[A-Za-z0-9_-]{22}\Z")
PLACE = re.compile(r"[0-9]{1,3}\Z")


@dataclass(frozen=True, slots=True)
class Ref:
    ref: str
    form: str


def parse_ref(segment: str, forms: tuple[str, ...] = ()) -> Ref:
    """`forms` are those that this address has."""
    ref, dot, form = segment.partition(".")
    if not REF.match(ref) or (dot and form not in forms):
        raise NotFoundException
    return Ref(ref, form)


def form_of(path: str) -> str:
    """`pdf`, `txt` or "" for a list's own address."""
    form = path.rpartition(".")[2]
    return form if form in FORMS else ""


def parse_file(segment: str, place: str) -> tuple[str, int]:
    """The ref of something of the record, and the place of one of its files, from 0."""
    if not REF.match(segment) or not PLACE.match(place):
        raise NotFoundException
    return segment, int(place)


def until_of(request: Request) -> int:
    """Before which of its entries a long page ends; 0 is after the newest."""
    return number_of(request.query_params.get("until", ""))


def number_of(text: str) -> int:
    """0 for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
