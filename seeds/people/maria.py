"""Maria Delgado, 68: three years of blood tests, low iron that gets better, blood sugar to watch."""

from seeds.cast import Person

MARIA = Person(
    handle="self",
    name="Maria Delgado",
    given="Maria",
    family="Delgado",
    username="maria.delgado",
    password="seven-slow-otters",
    role="patient",
    birth="1958-03-04",
    sex="female",
    number="RB-10417",
    email="maria.delgado@example.org",
    phone="(555) 555-0110",
    address="14 Orchard Lane, Riverbend",
)
