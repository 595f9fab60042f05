"""Joseph Amadi, a neighbour who drives Maria to the clinic: he sees her appointments and nothing else."""

from __future__ import annotations

from datetime import datetime

from seeds import laboratory as lab
from seeds.cast import Delivery, Helping, Person, Resource
from seeds.fhir import Chart, attached
from seeds.papers import letter, scan
from seeds.plans import coverage, goal


def feed(now: datetime) -> tuple[Delivery, ...]:
    chart = Chart(JOSEPH, now)
    sent: list[Resource] = [
        chart.patient(),
        chart.condition("cholesterol", 640, "13644009", "High cholesterol", visit="checkup"),
        chart.allergy("drugs", "409137002", "No known drug allergy", recordedDate=chart.date(640)),
        chart.visit("checkup", 640, "Yearly check-up", "Yearly check-up", found=(("cholesterol", "High cholesterol"),)),
        *chart.vitals("checkup", 640, 138, 86, "196", 70),
        *chart.panel(lab.LIPID_PANEL, 640, "242 188 41 163"),
        *chart.panel(lab.LIPID_PANEL, 260, "205 160 43 130"),
        goal(chart, "fats", 640, "Bring the cholesterol down", "improving",
             target=[{"measure": {"text": "LDL cholesterol"}, "detailString": "below 100 mg/dL"}]),
        coverage(chart, "work", "Prairie Care", "PC-22-90416", "Silver plan", "2018-07-01",
                 group=("Riverbend Transit", "RT-118")),
        chart.shot("td", 640, "113", "Td vaccine", lot="A122B1"),
        scan(chart, "neck", 255, "Ultrasound of the neck arteries", ("US", "Ultrasound"), (("Neck", "Both sides"),)),
        letter(chart, "diet", 255, ("69730-0", "Advice on food"),
               attached("Eating for your heart", "- Oats and beans every day\n- Fish twice a week\n- Less butter")),
        chart.medicine("atorvastatin", 640, "Atorvastatin 20 mg tablet", "1 tablet each evening"),
    ]
    return (Delivery(45, tuple(sent)),)


JOSEPH = Person(
    handle="helper-appointments",
    name="Joseph Amadi",
    given="Joseph",
    family="Amadi",
    username="joseph.amadi",
    password="old-blue-station-wagon",
    role="helper",
    birth="1971-06-30",
    sex="male",
    number="RB-10988",
    email="joseph.amadi@example.org",
    helps=(
        Helping(
            of="self",
            basis="helper",
            scopes=(("appointments", "see"), ("appointments", "act")),
            since_days=90,
            review_days=-275,
        ),
    ),
    feed=feed,
)
