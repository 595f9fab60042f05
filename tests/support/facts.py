"""Holds what pages say of a patient against what the feed sent: every value, unit, day and name, and nothing more.

Each check gives lines of what is wrong. What a page may say comes from the JSON alone, by a reader of the tests' own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from tables.database import Database
from tests.support.client import Client
from tests.support.saying import (
    day_of,
    flat,
    from_html,
    from_pdf,
    from_text,
    is_listed,
    is_note,
    label_of,
    lines_that_say,
    releasable,
    said,
    shown,
    strings_in,
    taken,
    test_of,
    visit_of,
    Allowed,
    JUDGED,
    OURS,
    Said,
)
from tests.support.sent import PatientSent, Resource, called, is_laboratory, note_of, references_in, words_of


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
    database: Database
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
        for number, ref in enumerate([one for one in found if one in self.ids["observation"]][: self.most]):
            await self._lone(self.sent.find(f"Observation/{self.ids['observation'][ref]}"), ref, number)
        listed = [ref for ref in found if ref in self.ids["diagnostic_report"]]
        for number, ref in enumerate(listed[: self.most]):
            report = self.sent.find(f"DiagnosticReport/{self.ids['diagnostic_report'][ref]}")
            members = [one for one in self._members(report.get("result", [])) if shown(one)]
            for said in await self.forms(f"{self.root}/results/{ref}", number):
                self._report(report, members, said, f"report {report['id']} ({said.form})")
            self.seen_labs |= {one["id"] for one in members}
        wanted = {one["id"] for one in self.sent.reports if shown(one) and is_listed(one)}
        unlisted = wanted - {self.ids["diagnostic_report"].get(ref) for ref in listed} if self.most > len(wanted) else set()
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
        unlisted = {one["id"] for one in self.sent.visits if shown(one)} - {self.ids["encounter"].get(ref) for ref in refs}
        self.wrong += [f"visit {one} is not in the list" for one in sorted(unlisted)]
        for number, ref in enumerate(refs[: self.most]):
            visit = self.sent.find(f"Encounter/{self.ids['encounter'][ref]}")
            within = [one for kind in self.sent.by_type.values() for one in kind if self.sent.find(visit_of(one)) is visit]
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


def lines_of(problems: Iterable[str], most: int = 40) -> str:
    found = list(problems)
    return "\n".join([*found[:most], f"… {len(found)} in all"] if len(found) > most else found)
