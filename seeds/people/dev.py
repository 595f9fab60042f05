"""Dev Patel, 15: has his own sign-in, and one thing that his mother does not see."""

from seeds.cast import Person, years_old

DEV = Person(
    handle="teen",
    name="Dev Patel",
    given="Dev",
    family="Patel",
    username="dev.patel",
    password="three-goals-before-lunch",
    role="patient",
    birth=years_old(15, "02-10"),
    sex="male",
    number="RB-13077",
    email="dev.patel@example.org",
)
