"""The cast's sign-ins, for the screen and for scripts."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pyotp

from seeds.cast import Person
from seeds.people import CAST
from terminal import CommandFailed, table

KNOWN = "These passwords are known to everybody. The demo is served to this computer only."


def cast_json(people: Sequence[Person] = CAST) -> str:
    """For scripts. `record` is the ref of the person's own chart, null for who has none here."""
    return json.dumps(
        [
            {
                "handle": person.handle,
                "name": person.name,
                "username": person.username,
                "password": person.password,
                "totp_secret": person.totp_secret,
                "role": person.role,
                "record": person.record_ref,
            }
            for person in people
        ],
        indent=2,
    )


def sign_ins(people: Sequence[Person] = CAST) -> str:
    """For reading: who is who and how each signs in."""
    headings = ("who", "user name", "password", "key for the authenticator app")
    patients = [(_who(p), p.username, p.password, _in_fours(p.totp_secret)) for p in people if not p.duty]
    staff = [(_who(p), p.username, p.password, _in_fours(p.totp_secret)) for p in people if p.duty]
    return "\n".join(
        (
            "The demo clinic's people. Patients and their helpers sign in at /sign-in:",
            "",
            table(headings, patients),
            "",
            "The clinic's staff sign in at /staff/sign-in:",
            "",
            table(headings, staff),
            "",
            "Each also needs the code of an authenticator app. The page that asks for it shows it, for this is a demo;"
            " `bin/portal demo --code USERNAME` prints it; or add the key to an app of yours.",
            KNOWN,
        )
    )


def _who(person: Person) -> str:
    return f"{person.name} ({person.handle})"


def _in_fours(text: str) -> str:
    return " ".join(text[n : n + 4] for n in range(0, len(text), 4))


def current_code(username: str) -> str:
    """What the person's authenticator app shows at this moment."""
    for person in CAST:
        if username.casefold() in (person.username, person.handle):
            return pyotp.TOTP(person.totp_secret).now()
    raise CommandFailed(f"Nobody in the demo is called {username}. They are: {', '.join(p.username for p in CAST)}.")
