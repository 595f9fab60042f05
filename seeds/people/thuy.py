"""Thuy Pham, who knows none of the others: to Maria's record she is a stranger."""

from __future__ import annotations

from datetime import datetime

from seeds import laboratory as lab
from seeds.cast import Delivery, Person, Resource
from seeds.fhir import LINDQVIST, Chart, attached
from seeds.plans import coverage


def feed(now: datetime) -> tuple[Delivery, ...]:
    chart = Chart(THUY, now)
    culture = chart.said("culture", 88, "630-4", "Urine culture", "Escherichia coli, more than 100,000 per mL")
    swab = chart.said("covid", 300, "94500-6", "SARS-CoV-2 RNA, nose swab", "Not detected")
    sent: list[Resource] = [
        chart.patient(),
        chart.allergy("none", "716186003", "No known allergy", recordedDate=chart.date(88)),
        chart.condition("infection", 88, "68566005", "Urinary tract infection", "resolved",
                        visit="burning", kind="encounter-diagnosis", abatementDateTime=chart.date(78)),
        chart.visit("burning", 88, "Visit for an illness", "Burning when passing water",
                    found=(("infection", "Urinary tract infection"),), who=LINDQVIST),
        *chart.vitals("burning", 88, 112, 70, "118", 80),
        culture,
        chart.report("culture", 88, "630-4", "Urine culture", [culture]),
        swab,
        chart.report("covid", 300, "94500-6", "SARS-CoV-2 RNA, nose swab", [swab],
                     presentedForm=[attached("Paper for travel", "Thuy Pham was tested before travel. Not detected.")]),
        chart.shot("flu", 300, "140", "Influenza vaccine", lot="UK551AA"),
        chart.vaccine("mmr", 300, "03", "MMR vaccine", occurrenceDateTime="1995", primarySource=False),
        *chart.panel(lab.BLOOD_COUNT, 300, "12.9 38.4 4.40 7.1 268 87.3"),
        chart.medicine("nitrofurantoin", 88, "Nitrofurantoin 100 mg capsule", "1 capsule twice a day for 5 days",
                       "completed"),
        coverage(chart, "market", "Prairie Care", "PC-40-11873", "Bronze plan", "2025-01-01"),
        coverage(chart, "old", "Lakeside Health Plan", "LHP 5510 2297", "Family plan", "2014-02-01", status="cancelled",
                 holder="Minh Pham", relation="child"),
    ]  # fmt: skip
    return (Delivery(45, tuple(sent)),)


THUY = Person(
    handle="stranger",
    name="Thuy Pham",
    given="Thuy",
    family="Pham",
    username="thuy.pham",
    password="lanterns-over-quiet-water",
    role="patient",
    birth="1990-02-11",
    sex="female",
    number="RB-11540",
    email="thuy.pham@example.org",
    feed=feed,
)
