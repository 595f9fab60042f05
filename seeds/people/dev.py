"""Dev Patel, 15: has his own sign-in, and one thing that his mother does not see."""

from __future__ import annotations

from datetime import datetime

from seeds import laboratory as lab
from seeds.cast import Delivery, Person, Resource, years_old
from seeds.fhir import LINDQVIST, Chart, age, attached, labelled
from seeds.measures import grown
from seeds.papers import inline, letter, pdf, radiology
from seeds.people.dev_bills import bills
from seeds.plans import care_plan, coverage, doing, goal


def feed(now: datetime) -> tuple[Delivery, ...]:
    chart = Chart(DEV, now)
    strep = chart.said("strep", 150, "78012-2", "Strep A, throat swab", "Negative")
    screen = chart.said("screen", 60, "44261-6", "Mood questions (PHQ-9)", "6 of 27", **labelled("PSY"))
    sent: list[Resource] = [
        chart.patient(),
        chart.condition("asthma", 1000, "195967001", "Asthma", severity={"text": "Mild"},
                        note=[{"text": "Comes with sport and with pollen in spring."}]),
        chart.condition("sleep", 60, "193462001", "Trouble sleeping", visit="private", kind="encounter-diagnosis",
                        **labelled("PSY")),
        chart.allergy("peanut", "91935009", "Peanut", type="allergy", category=["food"], criticality="high",
                      reactions=[("Hives", "mild"), ("Trouble breathing", "severe")], onsetAge=age(3),
                      recordedDate=chart.date(1000), note=[{"text": "Carries two epinephrine pens."}]),
        chart.allergy("pollen", "418689008", "Grass pollen", type="allergy", category=["environment"], criticality="low",
                      reactions=[("Runny nose",), ("Itchy eyes",)], recordedDate=chart.date(365)),
        chart.medicine("albuterol", 1000, "Albuterol inhaler 90 mcg", "2 puffs when you wheeze or before sport"),
        chart.visit("sports", 365, "Sports physical", "Form for the school's soccer team"),
        chart.appointment("asthma-check", -15, "15:40", "Asthma check"),
        *chart.vitals("sports", 365, 112, 68, "121", 72),
        *grown(chart, 1830, "54.5", "71"), *grown(chart, 1460, "56.5", "78"), *grown(chart, 1100, "59", "89"),
        *grown(chart, 735, "62.5", "104"), *grown(chart, 370, "65.5", "120.5"),
        *grown(chart, 61, "67.5", "129", **labelled("PSY")),
        chart.visit("throat", 150, "Visit for an illness", "Sore throat", who=LINDQVIST),
        strep, chart.report("strep", 150, "78012-2", "Strep A, throat swab", [strep],
                     presentedForm=[attached("Test card", "Quick test of the throat: negative.")]),
        *_papers(chart),
        *chart.panel(lab.BLOOD_COUNT, 365, "13.9 41.5 4.90 7.4 280 84.8"),
        chart.visit("private", 60, "Counseling", "Trouble sleeping", **labelled("PSY")),
        screen,
        chart.report("screen", 60, "44261-6", "Mood questions (PHQ-9)", [screen], **labelled("PSY")),
        goal(chart, "sleep", 365, "Sleep through the night without a cough", "improving"),
        care_plan(chart, "asthma-plan", 365, "Asthma plan", [
            doing("Albuterol inhaler", "in-progress", when="15 minutes before sport"),
            doing("Peak flow", "in-progress", "At home", "When you cough or wheeze"),
        ], found=(("asthma", "Asthma"),), goals=("sleep",)),
        coverage(chart, "family", "Lakeside Health Plan", "LHP 9917 3304", "Family plan", "2019-01-01",
                 holder="Meera Patel", relation="child", dependent="03", group=("Lakeside Design Office", "L-5520")),
        *_vaccines(chart), *bills(chart),
    ]
    return (Delivery(45, tuple(sent)),)


# CVX code, name, and how old he was at each dose, in months.
CHILDHOOD = (
    ("45", "Hepatitis B vaccine", (0, 2, 6)), ("20", "DTaP vaccine", (2, 4, 6, 15, 50)),
    ("49", "Hib vaccine", (2, 4, 12)), ("133", "Pneumococcal vaccine (PCV13)", (2, 4, 6, 12)),
    ("10", "Polio vaccine (IPV)", (2, 4, 6, 50)), ("119", "Rotavirus vaccine", (2, 4)),
    ("03", "MMR vaccine", (12, 50)), ("21", "Chickenpox vaccine", (12, 50)), ("83", "Hepatitis A vaccine", (12, 18)),
)  # fmt: skip


def _vaccines(chart: Chart) -> list[Resource]:
    """What another clinic gave to the small child, told by his mother from its booklet, and what was given here."""
    born = (chart.today - datetime.fromisoformat(f"{DEV.born(chart.today)}T12:00:00+00:00")).days
    early = [
        chart.vaccine(f"vaccine-{cvx}-{dose}", born - 30 * months - 3, cvx, name, dose=str(dose), primarySource=False)
        for cvx, name, ages in CHILDHOOD
        for dose, months in enumerate(ages, 1)
    ]
    return [
        *early,
        chart.shot("tdap", 1200, "115", "Tdap vaccine", lot="C5602CA"),
        chart.shot("hpv", 365, "165", "HPV vaccine", dose="1 of 2", lot="W039482"),
        chart.shot("hpv-2", 150, "165", "HPV vaccine", dose="2 of 2", lot="X018853"),
        chart.shot("meningitis", 1200, "203", "Meningococcal ACWY vaccine", dose="1"),
    ]


def _papers(chart: Chart) -> list[Resource]:
    return [
        radiology(chart, "wrist", 210, "24941-7", "X-ray of the left wrist", conclusion="Nothing is broken.",
                  presentedForm=[attached("X-ray report", "Left wrist, two views. No break. Soft tissue a little swollen.")]),
        letter(chart, "team", 365, ("64297-5", "School form"),
               inline("application/pdf", "Form for the soccer team", pdf(("Sports form", "Dev Patel may play soccer."))),
               description="Form for the soccer team"),
    ]


DEV = Person(
    handle="teen",
    name="Dev Patel",
    given="Dev",
    family="Patel",
    username="dev.patel",
    password="three-goals-before-lunch",
    role="patient",
    birth=years_old(15, "02-10"),
    sex="male",
    number="RB-13077",
    email="dev.patel@example.org",
    feed=feed,
)
