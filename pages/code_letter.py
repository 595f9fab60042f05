"""A letter with a code on it, for the hand or the post: the same words on the screen and on paper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import segno

from access.grant import QueueGrant
from access.visible import visible
from identity.activation import Shown, still_works
from identity.codes import ACTIVATION, FACTOR_CODE, RECOVERY, read_letter
from tables.records import Record
from words.dates import day
from words.gettext import N_, _


@dataclass(frozen=True, slots=True)
class Words:
    """`path` is where the code is typed. Each step may name the `address` of that page."""

    path: str
    heading: str
    lede: str
    steps: tuple[str, str, str]


WORDS: dict[str, Words] = {
    ACTIVATION: Words(
        "/register", N_("Your way into the portal of %(clinic)s"), N_("%(name)s, this is your code:"),
        (
            N_("On a phone or computer go to %(address)s. The picture leads there too."), N_("Enter the code and your birth date."),
            N_("Choose a user name and a password, and set up an authenticator app."),
        ),
    ),
    RECOVERY: Words(
        "/recover/code", N_("Back into your account at %(clinic)s"), N_("%(name)s, this is your code:"),
        (
            N_("On a phone or computer go to %(address)s"), N_("Enter the code and your birth date."),
            N_("Choose a new password, and set up an authenticator app."),
        ),
    ),
    FACTOR_CODE: Words(
        "/sign-in", N_("Back into your account at %(clinic)s"), N_("%(name)s, this is your code:"),
        (
            N_("On a phone or computer go to %(address)s and sign in with your user name and password."),
            N_("Where we ask for a code, choose “I have lost my app and my sheet”, and enter this code there."),
            N_("Set up an authenticator app."),
        ),
    ),
}  # fmt: skip
"""What a letter says, by the purpose of its code."""


@dataclass(frozen=True, slots=True)
class CodeLetterPage:
    """`lines` are the address on file, or none. `letter` is the code under seal, for the address of the PDF; `at` that of this
    page and `up` of the one before it."""

    shown: Shown
    name: str
    lines: tuple[str, ...]
    today: datetime
    origin: str
    at: str
    letter: str
    up: tuple[str, str]
    opens: datetime | None = None
    """Before this moment it does not work."""

    @property
    def code(self) -> str:
        return self.shown.code

    @property
    def pdf(self) -> str:
        return f"{self.at}.pdf?letter={self.letter}"

    @property
    def large(self) -> str:
        return f"{self.pdf}&print=18"

    @property
    def largest(self) -> str:
        return f"{self.pdf}&print=24"

    @property
    def address(self) -> str:
        return f"{self.origin}{WORDS[self.shown.purpose].path}"

    @property
    def lede(self) -> str:
        return _(WORDS[self.shown.purpose].lede, name=self.name)

    @property
    def steps(self) -> list[str]:
        return [_(one, address=self.address) for one in WORDS[self.shown.purpose].steps]

    @property
    def spelled(self) -> str:
        """Sign by sign, for whoever hears it: 7 K 3 Q, M 2 X H."""
        return " ".join(self.shown.code.replace("-", ",")).replace(" ,", ",")

    @property
    def until(self) -> str:
        return day(self.shown.ends_at)

    def heading(self, clinic: str) -> str:
        return _(WORDS[self.shown.purpose].heading, clinic=clinic)

    @property
    def qr_words(self) -> str:
        return _("A picture for the camera of a phone. It leads to %(address)s", address=self.address)

    @property
    def qr(self) -> str:
        """For the screen, where the words stand around it."""
        return self._picture(scale=4)

    @property
    def titled_qr(self) -> str:
        """For paper, where a picture carries its own words."""
        return self._picture(scale=1, unit="mm", title=self.qr_words)

    def _picture(self, **options: Any) -> str:
        """Inline SVG with explicit colours, of the page's address alone: a code in an address would stay in histories and logs,
        and one that a camera reads as text is looked up on the web by some of them."""
        return segno.make(self.address, error="m", micro=False).svg_inline(dark="#000", light="#fff", **options)


async def handed_over(grant: QueueGrant, ref: str, letter: str) -> CodeLetterPage | None:
    """The letter of a code that this member of staff just made at the desk; None where it was not, or ended meanwhile."""
    rows = await visible(grant, Record).rows(("id", "name", "address"), "ref = ?", ref)
    shown = await just_made(grant, ref, letter)
    if not rows or shown is None:
        return None
    grant.entry.subject, grant.entry.action = rows[0]["id"], "code.see"
    return CodeLetterPage(
        shown, rows[0]["name"], address_lines(rows[0]["address"] or ""), grant.now, grant.house.origin,
        f"/staff/records/{ref}/code", letter, ("/staff", N_("Find a patient")),
    )


async def just_made(grant: QueueGrant, ref: str, letter: str) -> Shown | None:
    return await still_works(grant.house, read_letter(grant.house, grant.account, ref, letter, grant.now), grant.now)


def address_lines(address: str) -> tuple[str, ...]:
    """14 Orchard Lane, Riverbend → two lines; what has lines keeps them. At most four: a window is no larger."""
    lines = address.splitlines() if "\n" in address else address.split(",", 1)
    return tuple(line.strip() for line in lines if line.strip())[:4]
