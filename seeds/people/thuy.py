"""Thuy Pham, who knows none of the others: to Maria's record she is a stranger."""

from seeds.cast import Person

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
)
