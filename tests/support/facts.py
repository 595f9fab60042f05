"""Holds what pages say of a patient against what the feed sent: every value, unit, day and name, and nothing more.

Each check gives lines of what is wrong. What a page may say comes from the JSON alone, by a reader of the tests' own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.support.client import Client, Seen
from tests.support.html import read_page
from tests.support.html.tree import words
from tests.support.pdf import Document
from tests.support.sent import SUMMARIES, PatientSent, Resource, called, codes_of, is_laboratory, note_of, references_in, referred, words_of
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
            if resource.get("code"):
                self.numbers |= numbers_in(name_of(codes_of(resource["code"]), words_of(resource["code"])))
            self.numbers |= numbers_in(note_of(resource)) if resource.get("presentedForm") else set()
            for attachment in resource["content"] if resource["resourceType"] == "DocumentReference" else ():
                self.numbers |= numbers_in(note_of({"presentedForm": [attachment.get("attachment", {})]}))
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


@dataclass
class Chart:
    """One patient as sent, and their portal as seen by their own client."""

    sent: PatientSent
    client: Client
    root: str
    ids: dict[str, dict[str, str]]
    """By table: ref of a row → the FHIR id it came under."""
    series: dict[str, list[str]]
    """Ref of a test's history → the FHIR ids of its results."""
    papers: int = 1_000_000
    """Of how many pages of each kind the PDF is read too."""
    most: int = 1_000_000
    """How many pages of each kind are read; fewer than all leave out the question whether something is missing."""
    wrong: list[str] = field(default_factory=list)
    seen_labs: set[str] = field(default_factory=set)
    forms_read: list[Said] = field(default_factory=list)

    def expect(self, fact: str, text: str, where: str) -> None:
        if flat(fact) and flat(fact) not in flat(text):
            self.wrong.append(f"{where}: “{fact}” is missing")

    async def forms(self, address: str, number: int) -> list[Said]:
        """The page as HTML, as plain text, and as PDF."""
        html = await self.client.get(address)
        assert html.status == 200, f"{address}: {html.status}"
        text = await self.client.get(address + ".txt")
        found = [from_html(html), from_text(text.html)]
        if number < self.papers:
            paper = await self.client.get(address + ".pdf")
            assert paper.status == 200, f"{address}.pdf: {paper.status}"
            found.append(from_pdf(paper.content))
        self.forms_read += found
        return found

    async def check(self) -> list[str]:
        await self._reports()
        await self._histories()
        await self._visits()
        if self.most < 1_000_000:
            return self.wrong
        missing = [lab["id"] for lab in self.sent.labs if releasable(lab) and lab["id"] not in self.seen_labs]
        self.wrong += [f"the result {one} is on no page" for one in missing]
        return self.wrong

    def telling(self, canaries: Iterable[str]) -> list[str]:
        """Which of these words stand in anything that was ever sent to this patient."""
        sent = [seen.html for seen in self.client.seen if "pdf" not in seen.headers.get("content-type", "")]
        read = [*sent, *(one.text for one in self.forms_read)]
        return [word for word in canaries if any(word in text for text in read)]

    async def _reports(self) -> None:
        found = await self._listed("results", "results")
        for number, ref in enumerate([one for one in found if one in self.ids["lone"]][: self.most]):
            await self._lone(self.sent.find(f"Observation/{self.ids['lone'][ref]}"), ref, number)
        listed = [ref for ref in found if ref in self.ids["report"]]
        for number, ref in enumerate(listed[: self.most]):
            report = self.sent.find(f"DiagnosticReport/{self.ids['report'][ref]}")
            members = [one for one in self._members(report.get("result", [])) if shown(one)]
            for said in await self.forms(f"{self.root}/results/{ref}", number):
                self._report(report, members, said, f"report {report['id']} ({said.form})")
            self.seen_labs |= {one["id"] for one in members}
        wanted = {one["id"] for one in self.sent.reports if shown(one) and is_listed(one)}
        unlisted = wanted - {self.ids["report"].get(ref) for ref in listed} if self.most > len(wanted) else set()
        self.wrong += [f"report {one} is not in the list of results" for one in sorted(unlisted)]

    async def _lone(self, lab: Resource, ref: str, number: int) -> None:
        """A test that came in no report has a page of its own."""
        for page in await self.forms(f"{self.root}/results/{ref}", number):
            where = f"lone test {lab['id']} ({page.form})"
            self.expect(day_of(taken(lab)), page.text, where)
            self._value(lab, page, where)
            self._no_strangers(Allowed().of(lab, *self._around([lab]), self.sent.patient), page.text, where, 1)
        self.seen_labs.add(lab["id"])

    def _members(self, references: list[Resource], depth: int = 4) -> list[Resource]:
        """The tests of a report, and those of its panels."""
        found = [one for one in map(self.sent.find, references) if one and depth]
        return found + [inner for one in found for inner in self._members(one.get("hasMember", []), depth - 1)]

    def _around(self, resources: list[Resource]) -> list[Resource]:
        return [one for one in map(self.sent.find, references_in(resources)) if one]

    def _report(self, report: Resource, members: list[Resource], page: Said, where: str) -> None:
        text = page.text
        self.expect(day_of(taken(report)), text, where)
        for performer in report.get("performer", []):
            self._named(performer, text, where)
        for one in members:
            self._value(one, page, where)
        for line in lines_that_say(note_of(report)):
            self._line(line, text, where)
        if not any(one.get("referenceRange") or one.get("interpretation") for one in members):
            self._not_judged(text, report, members, where)
        allowed = Allowed().of(report, *members, *self._around([report, *members]), self.sent.patient)
        self._no_strangers(allowed, text, where, len(members))

    def _named(self, reference: Resource, text: str, where: str) -> None:
        """A person or place, as whoever referred to them called them, or as they are called themselves."""
        names = [reference.get("display", ""), called(self.sent.find(reference))]
        if any(names) and not any(flat(name) in flat(text) for name in names if name):
            self.wrong.append(f"{where}: neither {' nor '.join(filter(None, names))} is named")

    def _value(self, one: Resource, page: Said, where: str) -> None:
        """The laboratory's name and the value stand together."""
        for value in filter(None, said(one)):
            if not page.together(label_of(one), value):
                self.wrong.append(f"{where}: “{label_of(one)}” and “{value}” do not stand together")

    def _line(self, line: str, text: str, where: str) -> None:
        wanted = re.findall(r"\w+", line)
        if wanted and " ".join(wanted) not in " ".join(re.findall(r"\w+", text)):
            self.wrong.append(f"{where}: the line “{line}” is missing")

    def _not_judged(self, text: str, report: Resource, members: list[Resource], where: str) -> None:
        """No word of judgement where the laboratory sent no range; what it wrote itself is its own affair."""
        own = " ".join([note_of(report), report.get("conclusion", ""), *strings_in(members)]).lower()
        for found in JUDGED.finditer(OURS.sub("", flat(text))):
            if found.group(0).lower() not in own:
                self.wrong.append(f"{where}: says “{found.group(0)}” without a range")

    def _no_strangers(self, allowed: Allowed, text: str, where: str, *counts: int) -> None:
        strangers = allowed.strangers(text, *counts)
        if strangers:
            self.wrong.append(f"{where}: {sorted(strangers)} are not in the feed")

    async def _histories(self) -> None:
        for number, (ref, ids) in enumerate(list(self.series.items())[: self.most]):
            results = [one for one in (self.sent.find(f"Observation/{name}") for name in ids) if one and releasable(one)]
            if not results or not is_laboratory(results[0]):
                continue
            if len({test_of(one) for one in results}) > 1:
                self.wrong.append(f"history {ref}: two tests or two units in one line")
            for page in await self.forms(f"{self.root}/tests/{ref}", number):
                self._history(results, page, f"history of {label_of(results[0])} ({page.form})")
            self.seen_labs |= {one["id"] for one in results}

    def _history(self, results: list[Resource], page: Said, where: str) -> None:
        self.expect(label_of(results[0]), page.text, where)
        for one in results:
            value = one["valueQuantity"]["value"] if "valueQuantity" in one else said(one)[0]
            if not page.together(day_of(taken(one)), value):
                self.wrong.append(f"{where}: {day_of(taken(one))} and {value} do not stand together")
        if not any(one.get("referenceRange") or one.get("interpretation") for one in results):
            self._not_judged(page.text, {}, results, where)
        self._no_strangers(Allowed().of(*results, self.sent.patient), page.text, where, len(results))

    async def _visits(self) -> None:
        refs = await self._listed("visits", "visits")
        unlisted = {one["id"] for one in self.sent.visits if shown(one)} - {self.ids["visit"].get(ref) for ref in refs}
        self.wrong += [f"visit {one} is not in the list" for one in sorted(unlisted)]
        for number, ref in enumerate(refs[: self.most]):
            visit = self.sent.find(f"Encounter/{self.ids['visit'][ref]}")
            within = [one for kind in self.sent.by_type.values() for one in kind if visit_of(one) == visit["id"]]
            for page in await self.forms(f"{self.root}/visits/{ref}", number):
                self._visit(visit, within, page, f"visit {visit['id']} ({page.form})")

    def _visit(self, visit: Resource, within: list[Resource], page: Said, where: str) -> None:
        text = page.text
        self.expect(day_of(taken(visit)), text, where)
        for reason in visit.get("reasonCode", []):
            self.expect(words_of(reason), text, where)
        for participant in visit.get("participant", []):
            self._named(participant.get("individual") or {}, text, where)
        for one in within:
            if one["resourceType"] == "Observation" and releasable(one) and is_laboratory(one):
                self._value(one, page, where)
            if one["resourceType"] == "DiagnosticReport" and is_note(one) and shown(one):
                for line in lines_that_say(note_of(one)):
                    self._line(line, text, where)
        around = self._around([visit, *within])
        self._no_strangers(Allowed().of(visit, *within, *around, self.sent.patient), text, where, *range(len(within) + 1))

    async def _listed(self, address: str, noun: str) -> list[str]:
        """The refs of every row of a list, over all its pages."""
        page, refs = await self.client.get(f"{self.root}/{address}?since=all" if noun == "results" else f"{self.root}/{address}"), {}
        while True:
            for _, href in page.links:
                found = re.search(rf"/{noun}/([A-Za-z0-9_-]{{22}})$", href)
                if found:
                    refs.setdefault(found.group(1))
            onward = [href for text, href in page.links if text.startswith("Older")]
            if not onward:
                return list(refs)
            page = await self.client.get(onward[0])


def is_listed(report: Resource) -> bool:
    """Reports that stand among the test results: not those of scans, and not a clinician's note on a visit."""
    categories = {code for category in report.get("category", []) for code in codes_of(category)}
    return not categories & {"RAD", "LP29684-5"} and not is_note(report)


def lines_that_say(note: str) -> list[str]:
    """The lines of a note, but for a heading with nothing below it."""
    lines = [line.strip() for line in note.splitlines() if line.strip()]
    return [line for line, after in zip(lines, [*lines[1:], ""], strict=False) if not (line.startswith("#") and after[:1] in ("", "#"))]


def is_note(report: Resource) -> bool:
    return bool(report.get("encounter")) and not report.get("result") and bool(SUMMARIES & set(codes_of(report["code"])))


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
    return Said("txt", flat(text), tuple(flat(piece) for piece in re.split(r"\n\s*\n", text)))


def from_pdf(content: bytes) -> Said:
    text = flat(PRINTED.sub("", Document(content).spoken))
    return Said("pdf", text, tuple(text[at : at + NEAR] for at in range(0, len(text), NEAR // 4)))


def lines_of(problems: Iterable[str], most: int = 40) -> str:
    found = list(problems)
    return "\n".join([*found[:most], f"… {len(found)} in all"] if len(found) > most else found)
