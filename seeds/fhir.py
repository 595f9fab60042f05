"""Builds the FHIR R4 resources of the demo's feed, as a clinic's system would send them.

A `Chart` knows whose they are and which day is today; every id is made of the person's handle and a slug.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from html import escape
from zoneinfo import ZoneInfo

from seeds.cast import Person, Resource
from seeds.clinic import ADDRESS, NAME, ZONE
from seeds.laboratory import LOINC, UCUM, Panel, Test, interpretation

TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"
SNOMED = "http://snomed.info/sct"
OKAFOR = {"reference": "Practitioner/lena-okafor", "display": "Dr. Lena Okafor"}
LINDQVIST = {"reference": "Practitioner/nils-lindqvist", "display": "Dr. Nils Lindqvist"}
LABORATORY = {"reference": "Organization/county-laboratory", "display": "County Laboratory"}
CLINIC = {"reference": "Organization/riverbend", "display": NAME}
WEEKEND = 5


def directory() -> tuple[Resource, ...]:
    """Who and where: what all charts refer to."""
    return (
        {"resourceType": "Organization", "id": "riverbend", "name": NAME},
        {"resourceType": "Organization", "id": "county-laboratory", "name": "County Laboratory"},
        _practitioner("lena-okafor", "Lena", "Okafor"),
        _practitioner("nils-lindqvist", "Nils", "Lindqvist"),
        {"resourceType": "Location", "id": "riverbend", "status": "active", "name": f"{NAME}, {ADDRESS}"},
    )


def _practitioner(slug: str, given: str, family: str) -> Resource:
    return {
        "resourceType": "Practitioner",
        "id": slug,
        "name": [{"prefix": ["Dr."], "given": [given], "family": family, "text": f"Dr. {given} {family}"}],
    }


@dataclass(frozen=True, slots=True)
class Chart:
    person: Person
    today: datetime

    def day(self, days_ago: int, clock: str = "09:20") -> str:
        """A working day about so many days ago, at clinic time, with its offset. Negative days lie ahead."""
        hour, minute = map(int, clock.split(":"))
        day = self.today.astimezone(ZoneInfo(ZONE)).date() - timedelta(days=days_ago)
        day -= timedelta(days=max(0, day.weekday() - WEEKEND + 1))
        return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo(ZONE)).isoformat()

    def date(self, days_ago: int) -> str:
        return self.day(days_ago)[:10]

    def id(self, slug: str) -> str:
        return f"{self.person.handle}-{slug}"

    def about(self, kind: str, slug: str, subject: str = "subject") -> Resource:
        """The head of a resource of this person's."""
        who = {"reference": f"Patient/{self.person.handle}", "display": self.person.name}
        return {"resourceType": kind, "id": self.id(slug), subject: who}

    def patient(self) -> Resource:
        person = self.person
        telecom = [("phone", person.phone), ("email", person.email)]
        number = {
            "type": concept(f"{TERMINOLOGY}/v2-0203", "MR", "Medical record number"),
            "system": "urn:oid:2.16.840.1.113883.19.5", "value": person.number,
        }  # fmt: skip
        return {
            "resourceType": "Patient", "id": person.handle, "active": True, "identifier": [number],
            "name": [{"use": "official", "given": [person.given], "family": person.family}],
            "telecom": [{"system": system, "value": value} for system, value in telecom if value],
            "gender": person.sex, "birthDate": person.born(self.today),
            "address": [{"text": person.address}] if person.address else [{"text": "Riverbend"}],
        }  # fmt: skip

    def measured(self, test: Test, days: int, value: str = "", **more) -> Resource:
        """One test of the laboratory. Without a value it waits; `comparator="<"` makes it a bound."""
        status, comparator = more.pop("status", "final"), more.pop("comparator", "")
        one = self.about("Observation", f"{test.key}-{days}")
        one |= {
            "status": status, "category": [category("laboratory", "Laboratory")],
            "code": coded(LOINC, test.loinc, test.text), "effectiveDateTime": self.day(days),
            "issued": self.day(days, "15:30"), "performer": [LABORATORY],
        }  # fmt: skip
        if value:
            one["valueQuantity"] = quantity(value, test.unit, test.ucum, comparator)
            sign = interpretation(test, value)
            if sign and not comparator:
                one["interpretation"] = [concept(f"{TERMINOLOGY}/v3-ObservationInterpretation", sign, SIGNS[sign])]
        if test.low or test.high:
            one["referenceRange"] = [usual(test)]
        return one | more

    def said(self, slug: str, days: int, loinc: str, name: str, words: str, **more) -> Resource:
        """A result in words alone."""
        one = self.about("Observation", f"{slug}-{days}")
        one |= {
            "status": "final", "category": [category("laboratory", "Laboratory")], "code": coded(LOINC, loinc, name),
            "effectiveDateTime": self.day(days), "issued": self.day(days, "16:05"),
            "performer": [LABORATORY], "valueString": words,
        }  # fmt: skip
        return one | more

    def report(self, slug: str, days: int, loinc: str, name: str, tests: Sequence[Resource] = (), **more) -> Resource:
        one = self.about("DiagnosticReport", f"{slug}-{days}")
        one |= {
            "status": "final", "category": [coded(f"{TERMINOLOGY}/v2-0074", "LAB", "Laboratory")],
            "code": coded(LOINC, loinc, name), "effectiveDateTime": self.day(days),
            "issued": self.day(days, "15:30"), "performer": [LABORATORY],
        }  # fmt: skip
        if tests:
            one["result"] = [{"reference": f"Observation/{test['id']}"} for test in tests]
        return one | more

    def panel(self, panel: Panel, days: int, values: str, visit: str = "") -> list[Resource]:
        """A report with its tests; `values` in the panel's order, parted by spaces."""
        more = {"encounter": {"reference": f"Encounter/{self.id(visit)}"}} if visit else {}
        tests = [self.measured(test, days, value, **more) for test, value in zip(panel.tests, values.split(), strict=True)]
        return [*tests, self.report(panel.loinc, days, panel.loinc, panel.text, tests, **more)]

    def single(self, test: Test, days: int, value: str = "", **more) -> list[Resource]:
        """A report of one test."""
        status = more.get("status", "final")
        one = self.measured(test, days, value, **more)
        labels = {name: more[name] for name in ("meta", "encounter") if name in more}
        return [one, self.report(test.key, days, test.loinc, test.text, [one], status=status, **labels)]

    def vitals(self, visit: str, days: int, upper: int, lower: int, pounds: str, rate: int) -> list[Resource]:
        pressure = self._vital(visit, days, "bp", "85354-9", "Blood pressure")
        pressure["component"] = halves(upper, lower)
        weight = self._vital(visit, days, "weight", "29463-7", "Body weight")
        pulse = self._vital(visit, days, "pulse", "8867-4", "Heart rate")
        return [
            pressure,
            weight | {"valueQuantity": quantity(pounds, "lb", "[lb_av]")},
            pulse | {"valueQuantity": quantity(str(rate), "/min", "/min")},
        ]

    def _vital(self, visit: str, days: int, slug: str, loinc: str, name: str) -> Resource:
        return self.about("Observation", f"{slug}-{days}") | {
            "status": "final", "category": [category("vital-signs", "Vital signs")], "code": coded(LOINC, loinc, name),
            "effectiveDateTime": self.day(days, "09:05"), "encounter": {"reference": f"Encounter/{self.id(visit)}"},
        }  # fmt: skip

    def visit(self, slug: str, days: int, kind: str, reason: str, **more) -> Resource:
        """A visit of half an hour; `found` names the conditions it was about, `who` the doctor."""
        found, who = more.pop("found", ()), more.pop("who", OKAFOR)
        code, name = more.pop("how", ("AMB", "ambulatory"))
        one = self.about("Encounter", slug) | {
            "status": "finished", "class": {"system": f"{TERMINOLOGY}/v3-ActCode", "code": code, "display": name},
            "type": [{"text": kind}], "period": {"start": self.day(days, "09:00"), "end": self.day(days, "09:30")},
            "reasonCode": [{"text": reason}], "participant": [{"individual": who}],
            "location": [{"location": {"reference": "Location/riverbend", "display": NAME}}], "serviceProvider": CLINIC,
        }  # fmt: skip
        if found:
            one["diagnosis"] = [
                {"condition": {"reference": f"Condition/{self.id(condition)}", "display": words}} for condition, words in found
            ]
        return one | more

    def summary(self, visit: str, days: int, sections: dict[str, Sequence[str]], **more) -> Resource:
        """What the doctor wrote for the patient: each section a list of sentences."""
        one = self.about("Composition", f"{visit}-summary") | {
            "status": "final", "type": coded(LOINC, "34133-9", "Summary of episode note"),
            "encounter": {"reference": f"Encounter/{self.id(visit)}"}, "date": self.day(days, "16:40"),
            "author": [OKAFOR], "title": "Visit summary",
            "section": [{"title": title, "text": narrative(words)} for title, words in sections.items()],
        }  # fmt: skip
        return one | more

    def condition(self, slug: str, days: int, snomed: str, name: str, state: str = "active", **more) -> Resource:
        """`sure` is the verification, `kind` its category, `visit` where it was found."""
        sure, visit, kind = more.pop("sure", "confirmed"), more.pop("visit", ""), more.pop("kind", "problem-list-item")
        if visit:
            more["encounter"] = {"reference": f"Encounter/{self.id(visit)}"}
        return self.about("Condition", slug) | {
            "clinicalStatus": concept(f"{TERMINOLOGY}/condition-clinical", state, state.capitalize()),
            "verificationStatus": concept(f"{TERMINOLOGY}/condition-ver-status", sure, sure.capitalize()),
            "category": [concept(f"{TERMINOLOGY}/condition-category", kind, kind.replace("-", " ").capitalize())],
            "code": coded(SNOMED, snomed, name), "onsetDateTime": self.date(days), "recordedDate": self.date(days), **more,
        }  # fmt: skip

    def medicine(self, slug: str, days: int, name: str, dose: str, status: str = "active", visit: str = "") -> Resource:
        one = self.about("MedicationRequest", slug) | {
            "status": status, "intent": "order", "medicationCodeableConcept": {"text": name},
            "authoredOn": self.date(days), "requester": OKAFOR, "dosageInstruction": [{"text": dose}],
        }  # fmt: skip
        return one | ({"encounter": {"reference": f"Encounter/{self.id(visit)}"}} if visit else {})

    def allergy(self, slug: str, snomed: str, name: str, **more) -> Resource:
        """`reactions` are what happened and how severe it was; `state` and `sure` are the two statuses."""
        state, sure = more.pop("state", "active"), more.pop("sure", "confirmed")
        happened = [reaction(*one) for one in more.pop("reactions", ())]
        one = self.about("AllergyIntolerance", slug, "patient") | {
            "clinicalStatus": concept(f"{TERMINOLOGY}/allergyintolerance-clinical", state, state.capitalize()),
            "verificationStatus": concept(f"{TERMINOLOGY}/allergyintolerance-verification", sure, sure.capitalize()),
            "code": coded(SNOMED, snomed, name),
        }
        return one | ({"reaction": happened} if happened else {}) | more

    def vaccine(self, slug: str, days: int, cvx: str, name: str, **more) -> Resource:
        """`dose` is its place in the `series`; `lot` the batch; `refused` why it was not given."""
        lot, dose, series, refused = (more.pop(one, "") for one in ("lot", "dose", "series", "refused"))
        one = self.about("Immunization", slug, "patient") | {
            "status": "not-done" if refused else "completed", "occurrenceDateTime": self.date(days), "primarySource": True,
            "vaccineCode": coded("http://hl7.org/fhir/sid/cvx", cvx, name),
        }
        one |= {"lotNumber": lot} if lot else {}
        one |= {"statusReason": {"text": refused}} if refused else {}
        one |= {"protocolApplied": [{"doseNumberString": dose} | ({"series": series} if series else {})]} if dose else {}
        return one | more

    def shot(self, slug: str, days: int, cvx: str, name: str, **more) -> Resource:
        """A vaccine given here, into the left arm, by the nurse."""
        here = {"reference": "Location/riverbend", "display": NAME}
        arm = concept(f"{TERMINOLOGY}/v3-ActSite", "LA", "left arm")
        who = [{"actor": {"display": "Sam Whitfield"}}]
        return self.vaccine(slug, days, cvx, name, **{"performer": who, "location": here, "site": arm, **more})

    def appointment(self, slug: str, days: int, clock: str, what: str, status: str = "booked") -> Resource:
        start = self.day(days, clock)
        end = (datetime.fromisoformat(start) + timedelta(minutes=20)).isoformat()
        who = {"reference": f"Patient/{self.person.handle}", "display": self.person.name}
        return {
            "resourceType": "Appointment", "id": self.id(slug), "status": status, "description": what,
            "serviceType": [{"text": what}], "start": start, "end": end,
            "participant": [{"actor": actor, "status": "accepted"} for actor in (who, OKAFOR)],
        }  # fmt: skip


SIGNS = {"N": "Normal", "L": "Low", "H": "High"}


def quantity(value: str, unit: str, ucum: str, comparator: str = "") -> dict:
    """A number with the digits it was given: 5.40 stays 5.40."""
    sent = {"value": Decimal(value), "unit": unit, "system": UCUM, "code": ucum}
    return {"comparator": comparator, **sent} if comparator else sent


def age(years: int) -> dict:
    return {"value": years, "unit": "years", "system": UCUM, "code": "a"}


def halves(upper: int, lower: int) -> list[dict]:
    return [
        {"code": coded(LOINC, loinc, name), "valueQuantity": quantity(str(value), "mmHg", "mm[Hg]")}
        for loinc, name, value in (("8480-6", "Systolic", upper), ("8462-4", "Diastolic", lower))
    ]


def usual(test: Test) -> dict:
    sides = {"low": test.low, "high": test.high}
    found = {side: quantity(value, test.unit, test.ucum) for side, value in sides.items() if value}
    if len(found) == 2:
        return found
    return found | {"text": f"{test.low} or more" if test.low else f"{test.high} or less"}


def concept(system: str, code: str, display: str) -> dict:
    return {"coding": [{"system": system, "code": code, "display": display}]}


def coded(system: str, code: str, name: str) -> dict:
    return concept(system, code, name) | {"text": name}


def reaction(what: str, severity: str = "") -> dict:
    one = {"manifestation": [{"text": what}]}
    return one | {"severity": severity} if severity else one


def category(code: str, name: str) -> dict:
    return concept(f"{TERMINOLOGY}/observation-category", code, name)


def labelled(code: str) -> dict:
    """A confidentiality label of the feed, such as PSY or SEX: shown to nobody but the patient."""
    return {"meta": {"security": [{"system": f"{TERMINOLOGY}/v3-ActCode", "code": code}]}}


def narrative(words: Sequence[str]) -> dict:
    lines = "".join(f"<p>{escape(sentence)}</p>" for sentence in words)
    return {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{lines}</div>'}


def attached(title: str, words: str) -> dict:
    return {"contentType": "text/plain", "title": title, "data": base64.b64encode(words.encode()).decode()}
