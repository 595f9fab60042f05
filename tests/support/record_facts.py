"""What must stand of each resource on the pages of a record, by FHIR type: said from the JSON alone."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.support.record_words import Fact, concepts, day, days, facts, named, notes, quantity, shown
from tests.support.saying import flat, label_of, lines_that_say, releasable, said, taken
from tests.support.sent import PatientSent, Resource, codes_of, note_of, words_of

NONE_KNOWN = ("No known allerg", "no known allerg")
OFTEN = {"1": ("1", "once", "Once", "one", "every", "each", "a day"), "2": ("2", "twice", "Twice", "two"), "3": ("3", "three")}


@dataclass(frozen=True)
class Kind:
    """One FHIR type: `at` is its list below the record. `listed` stands together in one entry of it, `whole` on a page
    of its own, whose table is `sheet`. `groups` are facts of that page that stand near each other. `alone`: each has
    an entry to itself."""

    type: str
    at: str
    listed: Callable[[PatientSent, Resource], list[Fact]]
    is_it: Callable[[Resource], bool] = lambda one: True
    sheet: str = ""
    whole: Callable[[PatientSent, Resource], list[Fact]] | None = None
    groups: Callable[[PatientSent, Resource], list[list[Fact]]] = lambda sent, one: []
    lines: Callable[[Resource], list[str]] = lambda one: []
    alone: bool = True


# Medicines


def medicine(sent: PatientSent, one: Resource) -> Fact:
    reference = one.get("medicationReference", {})
    inside = {f"#{held['id']}": held for held in one.get("contained", [])}
    found = inside.get(reference.get("reference")) or sent.find(reference)
    return (words_of(one.get("medicationCodeableConcept")), reference.get("display", ""), words_of(found.get("code")))


def dose(one: Resource) -> list[Fact]:
    """The words of a dose; where there are none, its figures."""
    told: list[Fact] = []
    for each in one.get("dosageInstruction") or one.get("dosage") or ():
        words = each.get("text") or each.get("patientInstruction")
        if words:
            told.append((words,))
            continue
        repeat = each.get("timing", {}).get("repeat", {})
        told += [_figure(repeat[key]) for key in ("frequency", "period") if key in repeat]
        told += [_figure(rate["doseQuantity"]["value"]) for rate in each.get("doseAndRate", []) if "doseQuantity" in rate]
        told += concepts(each.get("additionalInstruction", []))
    return told


def _figure(number: str) -> Fact:
    short = number.removesuffix(".0")
    return (number, *OFTEN.get(short, (short,)))


def request(sent: PatientSent, one: Resource) -> list[Fact]:
    asked = one.get("dispenseRequest", {})
    return facts(
        medicine(sent, one), day(one.get("authoredOn")), *dose(one), named(sent, one.get("requester")),
        *concepts(one.get("reasonCode", [])), *[named(sent, why) for why in one.get("reasonReference", [])],
        quantity(asked.get("quantity")), asked.get("numberOfRepeatsAllowed"), *notes(one),
    )  # fmt: skip


def statement(sent: PatientSent, one: Resource) -> list[Fact]:
    return facts(
        medicine(sent, one), *days(one, "effective"), *dose(one), *concepts(one.get("reasonCode", [])), *notes(one)
    )


def dispense(sent: PatientSent, one: Resource) -> list[Fact]:
    """The last time it was filled stands with what was prescribed."""
    orders = [sent.find(order) for order in one.get("authorizingPrescription", [])]
    name = next((medicine(sent, order) for order in orders if order), medicine(sent, one))
    return facts(name, day(one.get("whenHandedOver")))


# Allergies, conditions, vaccines, procedures


def allergy(sent: PatientSent, one: Resource) -> list[Fact]:
    reactions = one.get("reaction", [])
    shown_as = [fact for reaction in reactions for fact in concepts(reaction.get("manifestation", []))]
    hard = [(reaction["severity"], reaction["severity"].capitalize()) for reaction in reactions if "severity" in reaction]
    onset = days(one, "onset") if any(key.startswith("onset") for key in one) else [day(one.get("recordedDate"))]
    name = NONE_KNOWN if "716186003" in codes_of(one.get("code")) else ()
    return facts((words_of(one.get("code")), *name), *onset, *shown_as, *hard, *notes(one))


def condition(sent: PatientSent, one: Resource) -> list[Fact]:
    began = days(one, "onset") if any(key.startswith("onset") for key in one) else [day(one.get("recordedDate"))]
    return facts(words_of(one.get("code")), *began, *days(one, "abatement"), *concepts(one.get("bodySite", [])), *notes(one))


def vaccine(sent: PatientSent, one: Resource) -> list[Fact]:
    protocol = one.get("protocolApplied", [])
    numbers = [each.get("doseNumberPositiveInt") or each.get("doseNumberString") for each in protocol]
    return facts(
        words_of(one.get("vaccineCode")), *days(one, "occurrence"), one.get("lotNumber"), *numbers,
        *[named(sent, who.get("actor")) for who in one.get("performer", [])], named(sent, one.get("location")),
        words_of(one.get("statusReason")), *notes(one),
    )  # fmt: skip


def procedure(sent: PatientSent, one: Resource) -> list[Fact]:
    return facts(
        words_of(one.get("code")), days(one, "performed")[0] or days(one, "performed")[1],
        *[named(sent, who.get("actor")) for who in one.get("performer", [])], named(sent, one.get("location")),
        *concepts(one.get("reasonCode", [])), *[named(sent, why) for why in one.get("reasonReference", [])],
        *concepts(one.get("bodySite", [])), words_of(one.get("outcome")), *notes(one),
    )  # fmt: skip


# Scans


def scan(one: Resource) -> Fact:
    series = one.get("series", [])
    kinds = [each.get("modality", {}) for each in series] + one.get("modality", [])
    codes = [words_of(code) for code in one.get("procedureCode", [])]
    return (one.get("description", ""), *codes, *([] if any(codes) else [kind.get("display", "") for kind in kinds]))


def study_listed(sent: PatientSent, one: Resource) -> list[Fact]:
    return facts(scan(one), day(one.get("started")))


def study(sent: PatientSent, one: Resource) -> list[Fact]:
    series = one.get("series", [])
    coded = [each[key].get("display") for each in series for key in ("modality", "bodySite") if key in each]
    return facts(
        scan(one), day(one.get("started")), *coded, *[each.get("description") for each in series],
        named(sent, one.get("location")), named(sent, one.get("referrer")),
        *[named(sent, who) for who in one.get("interpreter", [])], *concepts(one.get("reasonCode", [])), *notes(one),
    )  # fmt: skip


def picture(sent: PatientSent, one: Resource) -> list[Fact]:
    made = one.get("createdDateTime") or one.get("createdPeriod", {}).get("start") or one.get("issued")
    names = [words_of(one.get(key)) for key in ("modality", "view", "type")]
    return facts((one.get("content", {}).get("title", ""), *names), day(made))


def report_listed(sent: PatientSent, one: Resource) -> list[Fact]:
    return facts(words_of(one.get("code")), day(taken(one)))


def report(sent: PatientSent, one: Resource) -> list[Fact]:
    concluded = one.get("conclusion", "").splitlines()
    return facts(*report_listed(sent, one), *[named(sent, who) for who in one.get("performer", [])], *concluded)


def report_values(sent: PatientSent, one: Resource) -> list[list[Fact]]:
    found = [test for test in map(sent.find, one.get("result", [])) if test and releasable(test)]
    return [facts(label_of(test), tuple(said(test))) for test in found]


def report_lines(one: Resource) -> list[str]:
    return lines_that_say(note_of(one))


def is_scan(report: Resource) -> bool:
    return any({"RAD", "LP29684-5"} & set(codes_of(category)) for category in report.get("category", []))


# Documents


def letter_listed(sent: PatientSent, one: Resource) -> list[Fact]:
    return facts(words_of(one.get("type")), day(one.get("date")), *[named(sent, who) for who in one.get("author", [])])


def letter(sent: PatientSent, one: Resource) -> list[Fact]:
    return facts(*letter_listed(sent, one), *one.get("description", "").splitlines(), named(sent, one.get("custodian")))


def letter_lines(one: Resource) -> list[str]:
    forms = [content.get("attachment", {}) for content in one.get("content", [])]
    return lines_that_say(note_of({"presentedForm": forms}))


# Care


def plan_name(one: Resource) -> Fact:
    """Its title, else the words of its category: a code alone is no word."""
    words = [category.get("text") or next((c["display"] for c in category.get("coding", []) if c.get("display")), "")
             for category in one.get("category", [])]  # fmt: skip
    return (one["title"],) if one.get("title") else tuple(filter(None, words))


def plan_listed(sent: PatientSent, one: Resource) -> list[Fact]:
    return facts(plan_name(one), day(one.get("period", {}).get("start")))


def plan(sent: PatientSent, one: Resource) -> list[Fact]:
    period = one.get("period", {})
    return facts(
        plan_name(one), day(period.get("start")), day(period.get("end")), *one.get("description", "").splitlines(),
        *[named(sent, why) for why in one.get("addresses", [])], named(sent, one.get("author")),
        *[named(sent, who) for who in one.get("contributor", [])], *notes(one),
    )  # fmt: skip


def plan_groups(sent: PatientSent, one: Resource) -> list[list[Fact]]:
    """Each activity with its place, each goal with its targets, each of the team with their role."""
    details = [activity.get("detail", {}) for activity in one.get("activity", [])]
    done = [facts(words_of(each.get("code")), each.get("description"), named(sent, each.get("location"))) for each in details]
    goals = [goal(sent, aim) for aim in map(sent.find, one.get("goal", [])) if aim and shown(aim)]
    teams = [team for team in map(sent.find, one.get("careTeam", [])) if team and shown(team)]
    return [*done, *goals, *(member for team in teams for member in team_members(sent, team))]


def plan_lines(one: Resource) -> list[str]:
    """What was written in words, where it says more than the fields do."""
    told = one.get("text", {})
    return list(_lines_of(told.get("div", ""))) if told.get("status") == "additional" else []


def _lines_of(div: str) -> Iterator[str]:
    for line in re.split(r"</?(?:p|li|ol|ul|h\d|tr|td|th|div|table|thead|tbody|br)\b[^>]*>", div):
        words = flat(html.unescape(re.sub(r"<[^>]+>", "", line)))
        if re.search(r"\w", words):
            yield words


def goal(sent: PatientSent, one: Resource) -> list[Fact]:
    targets = one.get("target", [])
    return facts(
        words_of(one.get("description")), *[day(target.get("dueDate")) for target in targets],
        *[quantity(target.get("detailQuantity")) for target in targets],
        *[target.get("detailString") for target in targets], *notes(one),
    )  # fmt: skip


def team_members(sent: PatientSent, one: Resource) -> list[list[Fact]]:
    members = []
    for each in one.get("participant", []):
        roles = [fact for fact in concepts(each.get("role", [])) if fact[0] not in ("unknown", "")]
        if named(sent, each.get("member")):
            members.append(facts(named(sent, each.get("member")), *roles))
    return members


def team(sent: PatientSent, one: Resource) -> list[Fact]:
    return facts(one.get("name"), *[fact for member in team_members(sent, one) for fact in member])


# Insurance


def coverage(sent: PatientSent, one: Resource) -> list[Fact]:
    numbers = [each.get("value") for each in one.get("identifier", []) if "MB" in codes_of(each.get("type"))]
    classes = [(each.get("name") or each.get("value"),) for each in one.get("class", [])]
    period = one.get("period", {})
    return facts(
        *[named(sent, payer) for payer in one.get("payor", [])], words_of(one.get("type")),
        (one.get("subscriberId", ""), *numbers), *classes, day(period.get("start")), day(period.get("end")),
    )  # fmt: skip


FACTS: tuple[Kind, ...] = (
    Kind("MedicationRequest", "medicines", request),
    Kind("MedicationStatement", "medicines", statement),
    Kind("MedicationDispense", "medicines", dispense, alone=False),
    Kind("AllergyIntolerance", "allergies", allergy),
    Kind("Condition", "conditions", condition, alone=False),
    Kind("Immunization", "vaccines", vaccine, alone=False),
    Kind("Procedure", "procedures", procedure),
    Kind("ImagingStudy", "imaging", study_listed, sheet="imaging_study", whole=study, alone=False),
    Kind("Media", "imaging", picture, sheet="media", alone=False),
    Kind("DiagnosticReport", "imaging", report_listed, is_scan, "diagnostic_report", report, report_values, report_lines, False),
    Kind("DocumentReference", "documents", letter_listed, sheet="document_reference", whole=letter, lines=letter_lines),
    Kind("CarePlan", "care-plan", plan_listed, sheet="care_plan", whole=plan, groups=plan_groups, lines=plan_lines, alone=False),
    Kind("Goal", "care-plan", goal, alone=False),
    Kind("CareTeam", "care-team", team, alone=False),
    Kind("Coverage", "insurance", coverage),
)
