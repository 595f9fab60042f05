"""Walks the vital signs of a record: each reading stands with its day in a history, the newest of each in the list."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.support.client import Seen
from tests.support.facts import Chart
from tests.support.html import read_page
from tests.support.html.tree import words
from tests.support.record_walk import says, says_all, turned
from tests.support.record_words import Fact, day, facts, shown
from tests.support.saying import Allowed, Said, flat, from_html, from_pdf, from_text, said, taken
from tests.support.sent import Resource, codes_of, words_of
from words.tests import name_of

PRESSURE = ("8480-6", "8462-4")
LOINC = frozenset({"85354-9", "8867-4", "9279-1", "8310-5", "8302-2", "29463-7", "39156-5", "2708-6", "59408-5"})


@dataclass(frozen=True)
class Reading:
    """What was measured, by any of its names; the day; the figures, for blood pressure both."""

    names: Fact
    day: Fact
    figures: tuple[Fact, ...]

    @property
    def facts(self) -> list[Fact]:
        return facts(self.names, self.day, *self.figures)


def is_vital(one: Resource) -> bool:
    sent = {code for category in one.get("category", []) for code in codes_of(category)}
    return bool(sent & {"vital-signs", "vital-sign"}) or (not sent and bool(LOINC & set(codes_of(one.get("code")))))


def readings(one: Resource) -> Iterator[Reading]:
    when, parts = day(taken(one)), {}
    for part in one.get("component", []):
        parts |= {code: part for code in codes_of(part.get("code"))}
    pressure = [_figure(parts[code]) for code in PRESSURE if code in parts]
    if len(pressure) == 2 and all(pressure):
        yield Reading(_names(one), when, tuple(pressure))
    for part in one.get("component", []):
        if _figure(part) and not (len(pressure) == 2 and set(PRESSURE) & set(codes_of(part.get("code")))):
            yield Reading((*_names(part), *_names(one)), when, (_figure(part),))
    if _figure(one):
        yield Reading(_names(one), when, (_figure(one),))


def _names(one: Resource) -> Fact:
    label = words_of(one.get("code"))
    return (flat(label), name_of(codes_of(one.get("code")), label))


def _figure(one: Resource) -> Fact:
    value = one.get("valueQuantity", {}).get("value")
    return (value,) if value else tuple(said(one))


def under_headings(page: Seen) -> Iterator[str]:
    """Every row, item, fact and paragraph of a page, after its heading."""
    tree, heading = read_page(re.sub(r"</(t[dh]|d[td]|li|p|h\d)>", r" </\1>", page.html)), ""
    for part in tree.elements:
        if tree.is_inside(part, "main") and part.tag in ("h2", "tr", "li", "p", "dd"):
            heading = words(part) if part.tag == "h2" else heading
            yield flat(f"{heading} {words(part)}")


@dataclass
class VitalWalk:
    chart: Chart
    missing: list[str] = field(default_factory=list)
    seen: int = 0
    """How many readings were held against the pages."""

    async def check(self) -> list[str]:
        first = await self.chart.client.get(f"{self.chart.root}/vitals")
        if first.status == 404:
            self.missing.append("vitals")
            return self.chart.wrong
        assert first.status == 200, f"{first.url}: {first.status}"
        vitals = [one for one in self.chart.sent.by_type["Observation"] if is_vital(one) and shown(one)]
        pages = await turned(self.chart.client, first)
        histories = await self._histories(pages)
        for listed in await self._forms("vitals", pages, 0):
            there = [page for page in histories if page.form == listed.form]
            if listed.form != "pdf" or len(there) == len(histories) / 3:
                self._each(vitals, listed, there)
            self._newest(vitals, listed)
        return self.chart.wrong

    async def _histories(self, pages: list[Seen]) -> list[Said]:
        links = [href for page in pages for _words, href in page.links if re.search(r"/vitals/[A-Za-z0-9_-]{22}$", href)]
        found: list[Said] = []
        for number, address in enumerate(dict.fromkeys(links)):
            first = await self.chart.client.get(address)
            assert first.status == 200, f"{address}: {first.status}"
            found += await self._forms(address.removeprefix(f"{self.chart.root}/"), await turned(self.chart.client, first), number)
        return found

    async def _forms(self, path: str, pages: list[Seen], number: int) -> list[Said]:
        """A page, over all its turns, as HTML, text and PDF, cut into rows, items and paragraphs."""
        html = [from_html(page) for page in pages]
        pieces = tuple(piece for page in pages for piece in under_headings(page))
        forms = [Said("html", " ".join(one.text for one in html), pieces)]
        text = await self.chart.client.get(f"{self.chart.root}/{path}.txt")
        forms.append(from_text(text.html))
        if number < self.chart.papers:
            paper = await self.chart.client.get(f"{self.chart.root}/{path}.pdf")
            assert paper.status == 200, f"{paper.url}: {paper.status}"
            forms.append(from_pdf(paper.content, "LI", "TR", "P"))
        self.chart.forms_read += forms
        return forms

    def _each(self, vitals: list[Resource], listed: Said, histories: list[Said]) -> None:
        for one in vitals:
            for reading in readings(one):
                self.seen += listed.form == "html"
                wanted = facts(reading.day, *reading.figures)
                of_it = [page for page in (listed, *histories) if says(page.text, reading.names)]
                if not any(says_all(piece, wanted) for page in of_it for piece in page.pieces):
                    self._wrong(one, listed.form, f"{_told(wanted)} do not stand together in a history of {reading.names[0]}")
        allowed = Allowed().of(*vitals, *self.chart._around(vitals), self.chart.sent.patient)
        # Of one that has components, each may be a kind of its own.
        most = len(vitals) + sum(len(one.get("component", [])) for one in vitals)
        for page in (listed, *histories):
            self.chart._no_strangers(allowed, page.text, f"vitals ({page.form}) “{page.text[:30]}”", *range(most + 1))

    def _newest(self, vitals: list[Resource], listed: Said) -> None:
        """In the list, the last of each."""
        by_name: dict[str, list[tuple[Resource, Reading]]] = defaultdict(list)
        for one in vitals:
            for reading in readings(one):
                by_name[reading.names[-1]].append((one, reading))
        for name, found in by_name.items():
            last = max(taken(one) for one, _reading in found)
            newest = [reading.facts for one, reading in found if taken(one) == last]
            if not any(says_all(piece, wanted) for piece in listed.pieces for wanted in newest):
                self._wrong(found[-1][0], listed.form, f"the newest of {name}, {_told(newest[0])}, is not in the list of vitals")

    def _wrong(self, one: Resource, form: str, told: str) -> None:
        self.chart.wrong.append(f"Observation {one['id']} ({form}): {told}")


def _told(wanted: list[Fact]) -> list[str]:
    return [fact[0] for fact in wanted]
