"""The cast, in the order in which the demo prints it."""

from seeds.cast import Person
from seeds.people.ana import ANA
from seeds.people.dev import DEV
from seeds.people.joseph import JOSEPH
from seeds.people.maria import MARIA
from seeds.people.meera import MEERA
from seeds.people.rosa import ROSA
from seeds.people.staff import STAFF
from seeds.people.thuy import THUY

CAST: tuple[Person, ...] = (MARIA, ANA, JOSEPH, ROSA, THUY, DEV, MEERA, *STAFF)
BY_HANDLE: dict[str, Person] = {person.handle: person for person in CAST}
