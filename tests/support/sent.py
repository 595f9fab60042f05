"""What FHIR files say of each patient, read by a small reader of the tests' own: nothing here is shared with ehr/.

Numbers stay the text that stands in the file, so that 5.70 is not 5.7.
"""

from __future__ import annotations

import base64
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from words.tests import name_of

Resource = dict[str, Any]
UNSHOWN = frozenset({"entered-in-error", "unknown", ""})
NOTES = frozenset({"34133-9", "11506-3", "18842-5", "34117-2", "51847-2", "28570-0", "11488-4", "57133-1"})
"""LOINC of what a clinician writes of a visit: summaries, and notes of consultation, procedure and referral."""


def read(paths: Iterable[Path]) -> list[Resource]:
    """Every resource of these files, folders and bundles, in order; a document's entries too."""
    return [resource for _address, resource in addressed(paths)]


def addressed(paths: Iterable[Path]) -> list[tuple[str, Resource]]:
    """The same, each with the address under which its bundle lists it; "" where it came alone."""
    found: list[tuple[str, Resource]] = []
    for path in paths:
        files = sorted(path.rglob("*.json")) if path.is_dir() else [path]
        for file in files:
            _unpack(json.loads(file.read_text("utf-8"), parse_float=str, parse_int=str), "", found)
    return found


def _unpack(resource: Resource, address: str, found: list[tuple[str, Resource]]) -> None:
    if resource.get("resourceType") != "Bundle":
        found.append((address, resource))
        return
    for entry in resource.get("entry", []):
        if "resource" in entry:
            _unpack(entry["resource"], entry.get("fullUrl", ""), found)


def referred(reference: Any) -> str:
    """The id that a reference names: urn:uuid, relative or absolute."""
    text = reference.get("reference", "") if isinstance(reference, dict) else ""
    return text.removeprefix("urn:uuid:").rpartition("/")[2] or text


def references_in(value: Any) -> Iterator[str]:
    """Every reference in a resource, as sent."""
    if isinstance(value, dict):
        if isinstance(value.get("reference"), str):
            yield value["reference"]
        for one in value.values():
            yield from references_in(one)
    elif isinstance(value, list):
        for one in value:
            yield from references_in(one)


def called(resource: Resource) -> str:
    """The name of a person or a place."""
    name = resource.get("name") or ""
    if isinstance(name, str):
        return name
    best = sorted(name, key=lambda one: {"official": 0, "usual": 1}.get(one.get("use", ""), 2))[0]
    parts = [*best.get("prefix", []), *best.get("given", []), best.get("family", ""), *best.get("suffix", [])]
    return " ".join(filter(None, parts)) or best.get("text", "")


def words_of(concept: Any) -> str:
    """What a CodeableConcept says: its text, else the first display, else the first code."""
    concept = concept or {}
    codings = concept.get("coding", [])
    shown = [one["display"] for one in codings if one.get("display")] + [one["code"] for one in codings if one.get("code")]
    return concept.get("text") or (shown[0] if shown else "")


def codes_of(concept: Any) -> list[str]:
    return [one.get("code", "") for one in (concept or {}).get("coding", [])]


@dataclass
class PatientSent:
    """One patient of a feed, and everything that names them as its subject."""

    patient: Resource
    directory: dict[str, Resource] = field(default_factory=dict)
    """Everything that was sent, of whomever, by id: the people and places that others refer to."""
    by_type: dict[str, list[Resource]] = field(default_factory=lambda: defaultdict(list))
    address: str = ""
    """Under which a bundle lists the patient."""

    @property
    def id(self) -> str:
        return self.patient["id"]

    @property
    def birth(self) -> str:
        return self.patient.get("birthDate", "")

    @cached_property
    def name(self) -> Resource:
        ranked = {"official": 0, "usual": 1}
        return sorted(self.patient["name"], key=lambda one: ranked.get(one.get("use", ""), 2))[0]

    @property
    def family(self) -> str:
        return self.name.get("family", "")

    def find(self, reference: Any) -> Resource:
        """What a reference names, wherever it was sent; {} where nothing of that name was."""
        text = reference.get("reference", "") if isinstance(reference, dict) else reference
        text = "/".join(text.split("/_history/")[0].rsplit("/", 2)[-2:]).removeprefix("urn:uuid:")
        return self.directory.get(text, {})

    @property
    def labs(self) -> list[Resource]:
        return [one for one in self.by_type["Observation"] if is_laboratory(one)]

    @property
    def visits(self) -> list[Resource]:
        return self.by_type["Encounter"]

    @property
    def reports(self) -> list[Resource]:
        return self.by_type["DiagnosticReport"]


def is_laboratory(observation: Resource) -> bool:
    return any("laboratory" in codes_of(category) for category in observation.get("category", []))


def patients_in(paths: Iterable[Path]) -> list[PatientSent]:
    """Of what was sent twice, the last counts."""
    listed = addressed(paths)
    resources = [one for _address, one in listed]
    directory = {address.removeprefix("urn:uuid:"): one for address, one in listed if address.startswith("urn:uuid:")}
    directory |= {one["id"]: one for one in resources if "id" in one}
    directory |= {f"{one['resourceType']}/{one['id']}": one for one in resources if "id" in one}
    patients = {
        one["id"]: PatientSent(one, directory, address=address)
        for address, one in listed if one.get("resourceType") == "Patient"
    }  # fmt: skip
    newest = {(one.get("resourceType"), one.get("id") or number): one for number, one in enumerate(resources)}
    for one in newest.values():
        named = referred(one.get("subject") or one.get("patient") or one.get("beneficiary") or {})
        subject = directory.get(f"Patient/{named}") or directory.get(named, {})
        if subject.get("id") in patients and subject["resourceType"] == "Patient":
            patients[subject["id"]].by_type[one["resourceType"]].append(one)
    return list(patients.values())


def note_of(report: Resource) -> str:
    """The text of a report that came with it as a file of plain text."""
    texts = [
        base64.b64decode(form["data"]).decode("utf-8", "replace")
        for form in report.get("presentedForm", [])
        if form.get("data") and form.get("contentType", "").startswith("text/plain")
    ]
    return "\n".join(texts)


@dataclass(frozen=True)
class Trend:
    """A test taken on five days or more: its plain name, the newest report and visit, as lists call them."""

    name: str
    report: str
    visit: str
    newest: tuple[str, ...]


def longest_trend(one: PatientSent, least: int = 5) -> Trend:
    reports = sorted(one.reports, key=lambda report: report.get("effectiveDateTime", ""), reverse=True)
    in_report = {referred(member): report for report in reversed(reports) for member in report.get("result", [])}
    series: dict[tuple[str, str], list[Resource]] = defaultdict(list)
    for lab in one.labs:
        if "valueQuantity" in lab and lab["id"] in in_report:
            series[codes_of(lab["code"])[0], lab["valueQuantity"].get("code", "")].append(lab)
    longest = max(series.values(), key=lambda labs: len({lab["effectiveDateTime"] for lab in labs}))
    assert len({lab["effectiveDateTime"] for lab in longest}) >= least, f"no test of {one.family} was taken often"
    longest.sort(key=lambda lab: lab["effectiveDateTime"], reverse=True)
    report = in_report[longest[0]["id"]]
    visit = max(one.visits, key=lambda visit: visit["period"]["start"])
    return Trend(
        name=name_of(codes_of(longest[0]["code"]), words_of(longest[0]["code"])),
        report=name_of(codes_of(report["code"]), words_of(report["code"])),
        visit=visit_name(visit),
        newest=tuple(lab["valueQuantity"]["value"] for lab in longest[:least]),
    )


def visit_name(visit: Resource) -> str:
    """What it was for, else what kind of visit it was."""
    reasons = [words_of(reason) for reason in visit.get("reasonCode", [])]
    return ", ".join(filter(None, reasons)) or words_of(next(iter(visit.get("type", [])), {}))
