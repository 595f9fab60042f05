"""Meera Patel, Dev's mother and guardian."""

from seeds.cast import Helping, Person

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
)
