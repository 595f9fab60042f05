"""Ana Delgado, Maria's daughter: helps her with everything but what is Maria's own to decide."""

from __future__ import annotations

from datetime import datetime

from seeds import laboratory as lab
from seeds.cast import Delivery, Helping, Person, Resource
from seeds.fhir import Chart


def feed(now: datetime) -> tuple[Delivery, ...]:
    chart = Chart(ANA, now)
    visit: list[Resource] = [
        chart.visit("checkup", 410, "Yearly check-up", "Yearly check-up"),
        *chart.vitals("checkup", 410, 118, 74, "141", 68),
    ]
    tests = [
        *chart.panel(lab.BLOOD_COUNT, 780, "13.6 40.7 4.55 5.8 241 89.5"),
        *chart.panel(lab.BLOOD_COUNT, 410, "13.4 40.1 4.51 6.2 236 88.9"),
        *chart.panel(lab.LIPID_PANEL, 410, "182 96 61 102"),
        chart.vaccine("flu", 395, "150", "Influenza vaccine"),
    ]
    return (Delivery(45, (chart.patient(), *visit, *tests)),)


EVERYTHING = ("results", "imaging", "medicines", "allergies", "conditions", "vaccines", "vitals", "visits", "care_plan",
              "documents", "appointments", "messages", "billing")  # fmt: skip

ANA = Person(
    handle="helper-full",
    name="Ana Delgado",
    given="Ana",
    family="Delgado",
    username="ana.delgado",
    password="plum-jam-on-sundays",
    role="helper",
    birth="1986-10-21",
    sex="female",
    number="RB-11893",
    email="ana.delgado@example.org",
    helps=(
        Helping(
            of="self",
            basis="helper",
            scopes=tuple((category, action) for category in EVERYTHING for action in ("see", "act")),
            since_days=120,
            review_days=-245,
        ),
    ),
    feed=feed,
)
