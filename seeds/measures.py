"""What is measured on the body outside a visit: at home before breakfast, or as a child grows."""

from __future__ import annotations

from decimal import Decimal

from seeds.cast import Resource
from seeds.fhir import Chart, category, coded, halves, quantity
from seeds.laboratory import LOINC


def pressure(chart: Chart, days: int, upper: int, lower: int, **more) -> Resource:
    return at_home(chart, "bp", days, "85354-9", "Blood pressure, home cuff") | {"component": halves(upper, lower)} | more


def weighed(chart: Chart, days: int, pounds: str, **more) -> Resource:
    one = at_home(chart, "weight", days, "29463-7", "Body weight")
    return one | {"valueQuantity": quantity(pounds, "lb", "[lb_av]")} | more


def at_home(chart: Chart, slug: str, days: int, loinc: str, name: str) -> Resource:
    """Measured by the patient."""
    who = {"performer": [{"display": chart.person.name}]}
    return _vital(chart, f"home-{slug}-{days}", chart.day(days, "07:15"), loinc, name) | who


def grown(chart: Chart, days: int, inches: str, pounds: str, **more) -> list[Resource]:
    """Height, weight and body mass index of somebody who grows."""
    mass = f"{Decimal(pounds) * 703 / Decimal(inches) ** 2:.1f}"
    sent = (("height", "8302-2", "Body height", quantity(inches, "in", "[in_i]")),
            ("grown-weight", "29463-7", "Body weight", quantity(pounds, "lb", "[lb_av]")),
            ("bmi", "39156-5", "BMI", quantity(mass, "kg/m2", "kg/m2")))  # fmt: skip
    at = chart.day(days, "09:05")
    return [
        _vital(chart, f"{slug}-{days}", at, loinc, name) | {"valueQuantity": value} | more for slug, loinc, name, value in sent
    ]


def _vital(chart: Chart, slug: str, at: str, loinc: str, name: str) -> Resource:
    return chart.about("Observation", slug) | {
        "status": "final", "category": [category("vital-signs", "Vital signs")], "code": coded(LOINC, loinc, name),
        "effectiveDateTime": at,
    }  # fmt: skip
