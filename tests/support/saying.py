"""How a page, its plain text and its PDF put what was sent: in the tests' own words and units, from the JSON alone."""

from __future__ import annotations

import base64
import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.support.client import Seen
from tests.support.html import read_page
from tests.support.html.tree import words
from tests.support.pdf import Document
from tests.support.sent import NOTES, Resource, codes_of, referred, words_of
from words.tests import name_of

UNITS = {
    "mm[Hg]": "mmHg", "Cel": "°C", "[degF]": "°F", "kg/m2": "kg/m²", "g/cm2": "g/cm²", "10*3/uL": "thousand/µL",
    "10*6/uL": "million/µL", "/min": "per minute", "{score}": "", "(score)": "", "{INR}": "", "{T-score}": "", "1": "",
    "mL/min/{1.73_m2}": "mL/min/1.73 m²", "ug/mL": "µg/mL", "ug/L": "µg/L", "/a": "a year", "min/d": "minutes a day",
    "d/wk": "days a week", "L/min": "liters a minute", "s": "seconds",
}  # fmt: skip
COMPARED = {"<": "less than {}", "<=": "{} or less", ">": "more than {}", ">=": "{} or more"}
JUDGED = re.compile(r"\b(above|below|outside|within|in) (the |its |your )?(usual )?range\b|\btoo (high|low)\b|\b(very )?(high|low)\b")
OURS = re.compile(
    r"The laboratory sent no usual range with (this|these), so nothing here is called high or low\."
    r"|This shows how high your blood sugar has been"
)
"""Sentences of ours with such a word that judge nothing."""
PRINTED = re.compile(r"Printed\s+on\s.*?\sfrom\s+the\s+portal\s+of\s[^.]*\.(\s+Questions:\s[^.]*\.)?", re.S)
NEAR = 300
"""Letters within which a PDF, read aloud, comes from the name of a test to its value."""
NUMBER = re.compile(r"(?<![\w.])\d[\d,]*(?:\.\d+)?")
NOT_SHOWN = frozenset({"entered-in-error", "unknown", "", None})


def flat(text: str) -> str:
    """White space, of whatever kind, as single spaces."""
    return " ".join(text.split())


def said(observation: Resource) -> list[str]:
    """The value in words, as a page may put it; more than one where an abbreviation is as good. Empty: not compared."""
    for kind, value in observation.items():
        if kind == "valueQuantity":
            return [_quantity(value)]
        if kind == "valueCodeableConcept":
            return [flat(words_of(value))]
        if kind == "valueString":
            return [flat(value)]
        if kind == "valueBoolean":
            return ["Yes" if value else "No"]
    return []


def _quantity(value: Resource) -> str:
    code, sent = value.get("code", ""), value.get("unit", "")
    unit = UNITS[code] if code in UNITS else UNITS.get(sent, sent or code)
    if unit == "seconds" and value.get("value") == "1":
        unit = "second"
    text = flat(f"{value.get('value', '')} {unit}")
    return COMPARED.get(value.get("comparator", ""), "{}").format(text)


def day_of(sent: str) -> str:
    """January 27, 2021, on the calendar of a clinic that keeps UTC; as much as was sent."""
    if len(sent) == 4:
        return sent
    if len(sent) == 7:
        return f"{datetime.fromisoformat(sent + '-01'):%B %Y}"
    try:
        moment = datetime.fromisoformat(sent.replace("Z", "+00:00"))
    except ValueError:
        return ""  # nothing was sent, or no date
    moment = moment.astimezone(UTC) if moment.tzinfo else moment
    return f"{moment:%B} {moment.day}, {moment.year}"


def taken(resource: Resource) -> str:
    period = resource.get("effectivePeriod") or resource.get("period") or {}
    return resource.get("effectiveDateTime") or resource.get("effectiveInstant") or period.get("start") or resource.get("issued", "")


def label_of(resource: Resource) -> str:
    return flat(words_of(resource.get("code")))


def test_of(observation: Resource) -> tuple[str, str]:
    """What may stand in one line: the same code, or the same words where no code was sent, in the same unit."""
    return (codes_of(observation["code"]) or [label_of(observation)])[0], said(observation)[0].partition(" ")[2]


def strings_in(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for one in value.values():
            yield from strings_in(one)
    elif isinstance(value, list):
        for one in value:
            yield from strings_in(one)
    elif isinstance(value, str):
        yield value


def numbers_in(text: str) -> set[str]:
    return {number.strip(",") for number in NUMBER.findall(text)}


def attached(value: Any) -> Iterator[str]:
    """What every file that came within a resource says, pictures apart."""
    if isinstance(value, dict) and isinstance(value.get("data"), str) and not value.get("contentType", "").startswith("image"):
        sent = base64.b64decode(value["data"])
        with contextlib.suppress(ValueError):  # a PDF that was cut says nothing
            yield Document(sent).text if sent.startswith(b"%PDF") else sent.decode("utf-8", "replace")
    for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from attached(one)


@dataclass(frozen=True)
class Said:
    """What one form of a page says: all its words, and the pieces that belong together (rows, terms, paragraphs)."""

    form: str
    text: str
    pieces: tuple[str, ...]

    def together(self, label: str, value: str) -> bool:
        return any(label in piece and value in piece for piece in self.pieces)


@dataclass
class Allowed:
    """The numbers that a page about these resources may hold."""

    numbers: set[str] = field(default_factory=set)

    def of(self, *resources: Resource) -> Allowed:
        for resource in resources:
            for text in strings_in(resource):
                self.numbers |= numbers_in(text)
                if re.match(r"\d{4}(-\d\d)?(-\d\d)?(T|$)", text):
                    self.numbers |= _parts(text)
            if resource["resourceType"].startswith("Medication"):  # every 6.0 hours is every 6 hours
                self.numbers |= {one.removesuffix(".0") for one in numbers_in(" ".join(strings_in(resource)))}
            if isinstance(resource.get("code"), dict):
                self.numbers |= numbers_in(name_of(codes_of(resource["code"]), words_of(resource["code"])))
            for text in attached(resource):
                self.numbers |= numbers_in(text)
        return self

    def strangers(self, text: str, *counts: int) -> set[str]:
        """Numbers of a text that are neither of these resources nor a count of what is on the page."""
        return numbers_in(text) - self.numbers - {str(count) for count in counts} - {f"{count:,}" for count in counts}


def _parts(sent: str) -> set[str]:
    """The figures with which a day and a clock time are said."""
    parts = numbers_in(day_of(sent))
    if "T" in sent and day_of(sent):
        moment = datetime.fromisoformat(sent.replace("Z", "+00:00"))
        moment = moment.astimezone(UTC) if moment.tzinfo else moment
        parts |= {str(moment.hour % 12 or 12), f"{moment.minute:02}", str(moment.minute)}
    return parts


def shown(resource: Resource) -> bool:
    return resource.get("status") not in NOT_SHOWN


def is_listed(report: Resource) -> bool:
    """Reports that stand among the test results: not those of scans, and not a clinician's note on a visit."""
    categories = {code for category in report.get("category", []) for code in codes_of(category)}
    return not categories & {"RAD", "LP29684-5"} and not is_note(report)


def lines_that_say(note: str) -> list[str]:
    """The lines of a note, but for a heading with nothing below it."""
    lines = [line.strip() for line in note.splitlines() if line.strip()]
    return [line for line, after in zip(lines, [*lines[1:], ""], strict=False) if not (line.startswith("#") and after[:1] in ("", "#"))]


def is_note(report: Resource) -> bool:
    return bool(report.get("encounter")) and not report.get("result") and bool(NOTES & set(codes_of(report["code"])))


def releasable(observation: Resource) -> bool:
    return shown(observation) and bool(said(observation))


def visit_of(resource: Resource) -> str:
    """The id of the visit at which something was done or written; documents name it in their context."""
    context = resource.get("context")
    documents = context.get("encounter", []) if isinstance(context, dict) else []
    return referred(resource.get("encounter") or next(iter(documents if isinstance(documents, list) else [documents]), {}))


def from_html(page: Seen) -> Said:
    """<main> without what stands around every page: the time-out, the way back, the documents, the line on paper."""
    tree = read_page(re.sub(r"</(t[dh]|d[td]|li|text|title|desc)>", r" </\1>", page.html))
    text = words(tree.all("main")[0])
    for part in tree.elements:
        around = {"timeout", "paper", "back", "docs"} & set((part.get("class") or "").split())
        if tree.is_inside(part, "main") and around:
            text = text.replace(words(part), " ")
    rows = [words(row) for row in tree.all("tr")] + [words(lede) for lede in tree.all("p")]
    terms = [f"{words(term)} {words(told)}" for term, told in zip(tree.all("dt"), tree.all("dd"), strict=False)]
    return Said("html", flat(text), (*map(flat, rows), *map(flat, terms)))


def from_text(sent: str) -> Said:
    text = PRINTED.sub("", sent)
    return Said("txt", flat(text), tuple(_under_headings(text)))


def _under_headings(text: str) -> Iterator[str]:
    """Each block after its heading."""
    heading = ""
    for block in map(flat, re.split(r"\n\s*\n", text)):
        heading = block if block.startswith("== ") else heading
        yield f"{heading} {block}"


def from_pdf(content: bytes, *tags: str) -> Said:
    """Cut into elements of these kinds; without any, into rows, and into what is said within a breath."""
    document = Document(content)
    text = _whole(flat(PRINTED.sub("", document.heard)))
    breaths = (text[at : at + NEAR] for at in range(0, len(text), NEAR // 4))
    pieces = tuple(map(_whole, document.pieces(*(tags or ("TR",)))))
    return Said("pdf", text, pieces if tags else (*pieces, *breaths))


def _whole(text: str) -> str:
    """A long unit may go on in the next line after its stroke."""
    return re.sub(r"(?<=\S)/ (?=\S)", "/", text)
