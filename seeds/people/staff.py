"""The people who work at Riverbend: one for each duty, each with a staff sign-in."""

from seeds.cast import Person

OKAFOR = Person(
    handle="clinician", name="Dr. Lena Okafor", given="Lena", family="Okafor", username="lena.okafor",
    password="stethoscope-and-chalk", role="clinician", duty="clinician", email="lena.okafor@riverbend.example",
)  # fmt: skip
KIM = Person(
    handle="frontdesk", name="Grace Kim", given="Grace", family="Kim", username="grace.kim",
    password="nine-yellow-pencils", role="frontdesk", duty="frontdesk", email="grace.kim@riverbend.example",
)  # fmt: skip
RAMAN = Person(
    handle="billing", name="Priya Raman", given="Priya", family="Raman", username="priya.raman",
    password="ledger-with-green-ink", role="billing", duty="billing", email="priya.raman@riverbend.example",
)  # fmt: skip
BECKER = Person(
    handle="support", name="Tom Becker", given="Tom", family="Becker", username="tom.becker",
    password="patience-is-a-bicycle", role="support", duty="support", email="tom.becker@riverbend.example",
)  # fmt: skip
MARSH = Person(
    handle="privacy", name="Helen Marsh", given="Helen", family="Marsh", username="helen.marsh",
    password="two-locks-one-window", role="privacy", duty="privacy", email="helen.marsh@riverbend.example",
)  # fmt: skip
OSEI = Person(
    handle="admin", name="Victor Osei", given="Victor", family="Osei", username="victor.osei",
    password="keys-under-the-clock", role="admin", duty="admin", email="victor.osei@riverbend.example",
)  # fmt: skip

STAFF = (OKAFOR, KIM, RAMAN, BECKER, MARSH, OSEI)
