"""Joseph Amadi, a neighbour who drives Maria to the clinic: he sees her appointments and nothing else."""

from seeds.cast import Helping, Person

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
)
