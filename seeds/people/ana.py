"""Ana Delgado, Maria's daughter: helps her with everything but what is Maria's own to decide."""

from seeds.cast import Helping, Person

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
)
