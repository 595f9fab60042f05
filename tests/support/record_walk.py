"""Walks the lists and sheets of a record, in every form, and holds them against the facts of `record_facts`."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.support.client import Client, Seen
from tests.support.facts import Chart
from tests.support.html import read_page
from tests.support.html.tree import classes, words
from tests.support.record_facts import FACTS, Kind, medicine
from tests.support.record_words import Fact, shown
from tests.support.saying import NEAR, Allowed, Said, flat, from_html, from_pdf, from_text
from tests.support.sent import Resource

DOCUMENT = 200
"""The most entries of one document."""
SIZE = re.compile(r"\b[\d.,]+ [KM]B\b")
ALSO = {"medicines": "MedicationAdministration"}
"""What may stand in a list beside what must."""


def says(text: str, fact: Fact) -> bool:
    """Any of these words, not within another word or number."""
    return any(
        words in text and re.search(rf"(?<!\w)(?<!\d[.,]){re.escape(words)}(?!\w|[.,]\d)", text) for words in fact
    )


def says_all(text: str, found: Iterable[Fact]) -> bool:
    return all(says(text, fact) for fact in found)


def near(text: str, group: list[Fact]) -> bool:
    """All of them around one place where the first stands."""
    room = NEAR + sum(max(map(len, fact)) for fact in group)
    places = (found.start() for name in group[0] for found in re.finditer(re.escape(name), text))
    return any(says_all(text[max(0, at - room) : at + room], group) for at in places)


async def turned(client: Client, page: Seen) -> list[Seen]:
    """A list over all its pages."""
    pages = [page]
    while onward := [href for said, href in pages[-1].links if said.startswith("The next ones")]:
        pages.append(await client.get(onward[0]))
    return pages


def entries_in_html(page: Seen) -> tuple[str, ...]:
    """Each after the heading under which it stands."""
    tree = read_page(re.sub(r"</(t[dh]|d[td]|li|p|h\d)>", r" </\1>", page.html))
    lists = [one for one in tree.all("ul") if "rows" in classes(one)]
    return tuple(
        flat(f"{tree.name(rows) if rows.get('aria-labelledby') else ''} {words(item)}")
        for rows in lists for item in rows if item.tag == "li"
    )  # fmt: skip


@dataclass
class RecordWalk:
    """One chart's record, beside its results, histories and visits: what is wrong with it, in lines."""

    chart: Chart
    missing: list[str] = field(default_factory=list)
    """The places of which there is no page yet."""
    seen: Counter[str] = field(default_factory=Counter)
    """How many resources of each type were held against their pages."""

    async def check(self, *only: str) -> list[str]:
        """All of it, or these lists alone."""
        places: dict[str, list[Kind]] = defaultdict(list)
        for kind in FACTS:
            places[kind.at].append(kind)
        for at in only or places:
            await self._place(at, places[at])
        return self.chart.wrong

    def _wrong(self, where: str, told: str) -> None:
        self.chart.wrong.append(f"{where}: {told}")

    def _most(self, at: str) -> int:
        """Of how many things a list leads to pages."""
        return max((len(self.shown_of(kind)) for kind in FACTS if kind.at == at and kind.sheet), default=0)

    def shown_of(self, kind: Kind) -> list[Resource]:
        return [one for one in self.chart.sent.by_type[kind.type] if shown(one) and kind.is_it(one)]

    async def _place(self, at: str, kinds: list[Kind]) -> None:
        first = await self.chart.client.get(f"{self.chart.root}/{at}")
        if first.status == 404:
            self.missing.append(at)
            return
        assert first.status == 200, f"{first.url}: {first.status}"
        pages = await turned(self.chart.client, first)
        links = {href for page in pages for _words, href in page.links}
        lists = await self._lists(at, pages)
        sheets = [await self._sheets(at, kind, links) for kind in kinds if kind.sheet]
        read = [page for told in sheets for page in told]
        for listed in lists:
            self._listed(at, kinds, listed, [page for page in read if page.form == listed.form])
        self._counted(at, kinds, pages, lists[0])

    async def _lists(self, at: str, pages: list[Seen]) -> list[Said]:
        """The list as it stands on the screen, page after page, as text, and as PDF."""
        entries = tuple(entry for page in pages for entry in entries_in_html(page))
        lists = [Said("html", " ".join(from_html(page).text for page in pages), entries)]
        if not entries:
            return lists
        text = await self.chart.client.get(f"{self.chart.root}/{at}.txt")
        lists.append(from_text(text.html))
        if self.chart.papers:
            paper = await self.chart.client.get(f"{self.chart.root}/{at}.pdf")
            assert paper.status == 200, f"{paper.url}: {paper.status}"
            lists.append(from_pdf(paper.content, "LI", "TR"))
        self.chart.forms_read += lists
        return lists

    def _listed(self, at: str, kinds: list[Kind], listed: Said, sheets: list[Said]) -> None:
        around: list[Resource] = []
        for kind in kinds:
            found = self.shown_of(kind)
            around += [*found, *self.chart._around(found)]
            for one in found[: DOCUMENT if listed.form != "html" else None]:
                self._entry(kind, one, listed, sheets)
                self.seen[kind.type] += listed.form == "html"
            if kind.alone:
                self._each_its_own(kind, found, listed)
        strangers = Allowed().of(*around, *self.chart._around(around), self.chart.sent.patient)
        self.chart._no_strangers(strangers, listed.text, f"list of {at} ({listed.form})", *range(len(around) + 1))

    def _entry(self, kind: Kind, one: Resource, listed: Said, sheets: list[Said]) -> None:
        wanted = kind.listed(self.chart.sent, one)
        if any(says_all(piece, wanted) for piece in listed.pieces):
            return
        if not kind.alone and any(near(page.text, wanted) for page in sheets):
            return
        if not kind.alone and not kind.whole and sheets and listed.form == "pdf" and self.chart.papers < self._most(kind.at):
            return  # it may stand on a page that was not read as PDF
        best = max(listed.pieces, key=lambda piece: sum(says(piece, fact) for fact in wanted), default="")
        lost = [" or ".join(fact) for fact in wanted if not says(best, fact)]
        self._wrong(f"{kind.type} {one['id']} in {kind.at} ({listed.form})", f"no entry says {lost} with the rest")

    def _each_its_own(self, kind: Kind, found: list[Resource], listed: Said) -> None:
        """What was sent twice stands there twice."""
        alike = Counter(tuple(kind.listed(self.chart.sent, one)) for one in found)
        for wanted, many in alike.items():
            there = sum(says_all(piece, wanted) for piece in listed.pieces)
            if 0 < there < many:
                self._wrong(f"{kind.type} in {kind.at} ({listed.form})", f"{there} entries of {many} say {wanted[0][0]}")

    def _counted(self, at: str, kinds: list[Kind], pages: list[Seen], listed: Said) -> None:
        """No entry is of something else; and the page counts its entries, or what they tell of."""
        sent = self.chart.sent
        also = [medicine(sent, one) for one in sent.by_type[ALSO.get(at, "")] if shown(one)]
        wanted = [kind.listed(sent, one) for kind in kinds for one in self.shown_of(kind)]
        names = [facts[0] if facts else () for facts in wanted] + also
        names += [("No known allerg",)] if at == "allergies" else []
        strange = [entry for entry in listed.pieces if not any(says(entry, tuple(filter(None, name))) for name in names)]
        for entry in strange[sum(not name for name in names) :]:
            self._wrong(f"list of {at}", f"nothing that was sent is called “{entry[:80]}”")
        if len(listed.pieces) > len(names):
            self._wrong(f"list of {at}", f"{len(listed.pieces)} entries of {len(names)} things")
        told = [words(one) for one in pages[0].tree.all("p") if one.get("id") == "count"]
        number = re.match(r"(\d[\d,]*) ", told[0]) if told else None
        if number and int(number[1].replace(",", "")) not in (len(listed.pieces), len(names)):
            self._wrong(f"list of {at}", f"says “{told[0][:60]}” of {len(listed.pieces)}")

    async def _sheets(self, at: str, kind: Kind, links: set[str]) -> list[Said]:
        """The page of each, in every form."""
        refs = {name: ref for ref, name in self.chart.ids[kind.sheet].items()}
        read: list[Said] = []
        for number, one in enumerate(self.shown_of(kind)[: self.chart.most]):
            address = f"{self.chart.root}/{at}/{refs.get(one['id'])}"
            if address not in links:
                if kind.whole:
                    self._wrong(f"{kind.type} {one['id']} in {at}", "no link leads to its page")
                continue
            forms = await self.chart.forms(address, number)
            for page in forms:
                self._sheet(kind, one, page)
            read += forms
        return read

    def _sheet(self, kind: Kind, one: Resource, page: Said) -> None:
        sent, where = self.chart.sent, f"{kind.type} {one['id']} on its page ({page.form})"
        for fact in (kind.whole or kind.listed)(sent, one):
            if not says(page.text, fact):
                self._wrong(where, f"“{' or '.join(fact)}” is missing")
        for group in kind.groups(sent, one):
            if group and not near(page.text, group):
                self._wrong(where, f"{[' or '.join(fact) for fact in group]} do not stand together")
        for line in kind.lines(one):
            self.chart._line(line, page.text, where)
        around = [one, *self.chart._around([one])]
        allowed = Allowed().of(*around, *self.chart._around(around), sent.patient)
        counts = range(max(len(kind.groups(sent, one)), len(kind.lines(one)), 1) + 1)
        self.chart._no_strangers(allowed, SIZE.sub("", page.text), where, *counts)
