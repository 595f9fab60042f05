"""Rosa Lindgren helped Maria after an operation; that ended. Her own chart here is still empty. She has no e-mail: what
the portal has to tell her goes by post."""

from seeds.cast import Helping, Person

ROSA = Person(
    handle="helper-revoked",
    name="Rosa Lindgren",
    given="Rosa",
    family="Lindgren",
    username="rosa.lindgren",
    password="cardamom-buns-at-four",
    role="helper",
    birth="1944-08-19",
    sex="female",
    number="RB-12201",
    address="3 Ferry Street, Riverbend",
    helps=(
        Helping(
            of="self",
            basis="helper",
            scopes=(("results", "see"), ("visits", "see"), ("appointments", "see")),
            since_days=300,
            ended_days=30,
        ),
    ),
)
