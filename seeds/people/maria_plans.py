"""What Maria and her doctor agreed on, who helps with it, and who pays for it."""

from __future__ import annotations

from seeds.cast import Resource
from seeds.clinic import NAME
from seeds.fhir import LINDQVIST, Chart, labelled, quantity
from seeds.plans import care_plan, care_team, coverage, doing, goal

HYPERTENSION = ("hypertension", "High blood pressure")
ANEMIA = ("anemia", "Low iron (iron deficiency anemia)")
PNEUMONIA = ("pneumonia", "Pneumonia")


def before(chart: Chart) -> list[Resource]:
    """What was there before she felt tired: a plan that is done with, one that somebody filed here by mistake, one
    that is hers alone, and her insurance."""
    return [
        goal(chart, "lungs", 540, "Climb one flight of stairs without a stop", "achieved", status="completed"),
        care_team(chart, "lung-team", 540, "Pneumonia", {"Dr. Nils Lindqvist": "Doctor", "Sam Whitfield": "Nurse"},
                  status="inactive", until=495),
        care_plan(chart, "lung-plan", 540, "Getting over pneumonia", [
            doing("Rest", "completed", when="For two weeks"),
            doing("Azithromycin", "completed", when="1 tablet a day for 4 days"),
            doing("Second chest X-ray", "cancelled", NAME, note="You were well, so it was not needed."),
        ], status="completed", until=495, found=(PNEUMONIA,), goals=("lungs",), team="lung-team", who=LINDQVIST),
        goal(chart, "shot", 330, "Have the flu shot every fall", "achieved", target=[{"dueDate": chart.date(-120)}]),
        goal(chart, "smoke", 330, "Stop smoking", status="rejected"),
        mistaken(chart, "active"),
        care_plan(chart, "loss", 205, "After the loss of your brother",
                  [doing("Talk with the counselor", "in-progress", when="Every second week")], **labelled("PSY")),
        *_insurance(chart),
    ]  # fmt: skip


def mistaken(chart: Chart, status: str) -> Resource:
    """Somebody else's plan."""
    return care_plan(chart, "mistaken-plan", 60, "Care of a foot wound", [doing("Change the dressing", "in-progress")],
                     status=status)


def _insurance(chart: Chart) -> list[Resource]:
    return [
        coverage(chart, "senior", "National Senior Health Program", "4TN9-RB2-KL58", "Hospital and medical insurance",
                 "2023-03-01", order=1),
        coverage(chart, "supplement", "Evergreen Mutual", "EM 2207 4415 01", "Supplement", "2023-03-01", order=2,
                 plan=("Evergreen Plus G", "G")),
        coverage(chart, "employer", "County Schools Health Fund", "CSH-118274", "Health plan of an employer", "2009-09-01",
                 until="2023-02-28", plan=("Schools Choice", "SC-2"), group=("Riverbend School District", "70012")),
    ]  # fmt: skip


def now(chart: Chart) -> list[Resource]:
    """The plan of the visit at which her iron was found to be low."""
    due = {"dueDate": chart.date(-60)}
    iron = {"measure": {"text": "Ferritin"}, "detailRange": {"low": quantity("30", "ng/mL", "ng/mL")}, **due}
    pressure = {"measure": {"text": "Blood pressure"}, "detailString": "below 130 over 80", **due}
    return [
        goal(chart, "pressure", 38, "Keep your blood pressure down", "achieved", target=[pressure]),
        goal(chart, "iron", 38, "Fill up your iron", "improving", target=[iron],
             note=[{"text": "It rises slowly. That is as it should be."}]),
        goal(chart, "walk", 38, "Walk half an hour on most days", "in-progress"),
        care_team(chart, "team", 38, "Your team at Riverbend", {
            "Dr. Lena Okafor": "Family doctor", "Sam Whitfield": "Nurse", "Ines Moreau": "Dietitian",
            "Ana Delgado": "Daughter",
        }, reasonCode=[{"text": "Blood pressure and low iron"}], telecom=[{"system": "phone", "value": "(555) 555-0140"}]),
        care_plan(chart, "plan", 38, "Blood pressure and iron", [
            doing("Iron tablet (ferrous sulfate 325 mg)", "in-progress", "At home", "Each morning with food"),
            doing("Blood pressure reading", "in-progress", "At home", "Mondays and Thursdays before breakfast",
                  "Sit still for five minutes first, and write the numbers down."),
            doing("Blood test", "completed", "County Laboratory", "Five weeks after the first tablet"),
            doing("Talk about food that is rich in iron", "scheduled", NAME, "At your next visit", "With Ines Moreau."),
            {"reference": {"display": "Flu shot in the fall"}},
        ], found=(HYPERTENSION, ANEMIA), goals=("pressure", "iron", "walk"), team="team",
            description="To lose no more iron, to build it up again, and to keep your blood pressure where it is.",
            note=[{"text": "Ana reads the numbers to us by phone if you are away."}]),
        mistaken(chart, "entered-in-error"),
    ]  # fmt: skip
