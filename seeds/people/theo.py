"""Theo Brandt, a new patient of the clinic: he has a chart and no login, so that registering can be tried."""

from seeds.cast import Person

THEO = Person(
    handle="newcomer",
    name="Theo Brandt",
    given="Theo",
    family="Brandt",
    username="",
    password="",
    role="newcomer",
    birth="1990-11-02",
    sex="male",
    number="RB-14416",
    email="theo.brandt@example.org",
    address="8 Canal Street, Riverbend",
)
