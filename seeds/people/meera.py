"""Meera Patel, Dev's mother and guardian."""

from __future__ import annotations

from datetime import datetime

from seeds import laboratory as lab
from seeds.cast import Delivery, Helping, Person, Resource
from seeds.fhir import Chart


def feed(now: datetime) -> tuple[Delivery, ...]:
    chart = Chart(MEERA, now)
    sent: list[Resource] = [
        chart.patient(),
        chart.visit("checkup", 500, "Yearly check-up", "Yearly check-up"),
        *chart.vitals("checkup", 500, 121, 77, "136", 70),
        *chart.single(lab.TSH, 500, "5.60"),
        *chart.single(lab.TSH, 410, "3.90"),
    ]
    return (Delivery(45, tuple(sent)),)


SEES = ("results", "imaging", "medicines", "allergies", "conditions", "vaccines", "vitals", "visits", "care_plan",
        "documents")  # fmt: skip
DOES = ("appointments", "messages", "billing")

MEERA = Person(
    handle="guardian",
    name="Meera Patel",
    given="Meera",
    family="Patel",
    username="meera.patel",
    password="rain-on-a-tin-roof",
    role="guardian",
    birth="1979-12-03",
    sex="female",
    number="RB-13078",
    email="meera.patel@example.org",
    helps=(
        Helping(
            of="teen",
            basis="guardian",
            scopes=(*((one, "see") for one in SEES + DOES), *((one, "act") for one in DOES)),
            since_days=380,
            review_days=-180,
        ),
    ),
    feed=feed,
)
