"""`/about/weight`: how many bytes a page may have, and how many each had when they were last measured."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from access.vocabulary import PLACES
from rules.dates import ClinicalDate, parse_clinical_date
from words.gettext import N_, _

MEASURED = Path(__file__).with_name("weight.json")
"""{"measured": "2026-05-12", "pages": [{"address": "/records/{record}", "bytes": 4321}]}, written by the budget's test."""

BUDGET = (
    (N_("The first page, with its style and headers"), 14_600),
    (N_("Any page after that"), 8_000),
    (N_("The middle one of all pages"), 4_500),
    (N_("The whole first visit, with scripts"), 30_000),
    (N_("An update of a part of a page"), 3_000),
    (N_("All styles"), 4_500),
    (N_("Our own scripts"), 3_000),
    (N_("A document of one page"), 40_000),
    (N_("Signing in, the newest result and its document"), 60_000),
)

NAMES = {
    "/": N_("Front page"), "/about/accessibility": N_("Accessibility"), "/about/privacy": N_("Privacy"),
    "/about/weight": N_("What a page weighs"), "/account/codes": N_("One-time codes"),
    "/account/activity": N_("What was done with your account"), "/account/not-me": N_("This wasn’t me"),
    "/account/messages-we-sent": N_("Messages we sent you"),
    "/account/preferences": N_("Your name and text size"), "/account/prove": N_("Show again that it is you"),
    "/account/password": N_("Change your password"), "/account/security": N_("Sign-in and security"), "/account/sessions": N_("Where you are signed in"),
    "/account/passkeys/new": N_("Add a passkey"), "/account/keys/new": N_("Add a security key"),
    "/account/apps/new": N_("Add an authenticator app"), "/account/factors/{factor}": N_("One way to sign in"),
    "/account/factors/{factor}/end": N_("Take away a way to sign in"), "/sign-in/passkey": N_("Sign in with a passkey"),
    "/staff/sign-in/passkey": N_("Sign in with a passkey, for staff"),
    "/help": N_("Help"), "/help/phishing": N_("How to know that a message is from us"), "/records": N_("Records"),
    "/records/{record}": N_("Home of a record"), "/register": N_("Register"), "/register/send": N_("Have a code sent to you"), "/recover": N_("You cannot sign in"), "/recover/username": N_("I forgot my user name"),
    "/recover/password": N_("I forgot my password"), "/recover/everything": N_("I have lost everything"),
    "/recover/code": N_("Get back into your account"), "/sign-in": N_("Sign in"),
    "/staff/sign-in": N_("Sign in for staff"), "/staff/register": N_("Set up a staff account"), "/bills": N_("Bills"), "/bills/{guarantor}": N_("Bills of one account"),
    "/bills/{guarantor}/payments": N_("Payments and receipts"), "/bills/{guarantor}/payments/{payment}": N_("One payment"),
    "/bills/{guarantor}/statements": N_("All statements"), "/bills/{guarantor}/statements/{statement}": N_("One statement"),
    "/bills/{guarantor}/statements/{statement}/payment": N_("How much to pay"),
    "/bills/{guarantor}/statements/{statement}/slip": N_("A slip to pay with"), "/c/{capability}": N_("The link of an invitation"),
    "/demo/outbox": N_("Messages of the demo"), "/invitations": N_("An invitation"),
    "/records/{record}/leaving": N_("Stop helping"),
}  # fmt: skip
"""What people call the pages: an address is a row of slashes and braces to whoever hears it."""
RECORD = "/records/{record}/"
AT = {"tests": "results"}
"""Pages whose address begins with another word than the list they belong to."""


@dataclass(frozen=True, slots=True)
class Weight:
    address: str
    bytes: int

    @property
    def name(self) -> str:
        if self.address in NAMES or not self.address.startswith(RECORD):
            return _(NAMES.get(self.address, self.address))
        path, _slash, more = self.address.removeprefix(RECORD).partition("/")
        name = next((_(place.name) for place in PLACES if place.path == AT.get(path, path)), self.address)
        return _("One page of: %(list)s", list=name) if more else name


@dataclass(frozen=True, slots=True)
class WeightPage:
    """`measured` None: nobody has measured this release yet."""

    measured: ClinicalDate | None
    pages: tuple[Weight, ...]

    def budget(self) -> list[tuple[str, int]]:
        return [(_(words), most) for words, most in BUDGET]


@cache
def weight_page(file: Path = MEASURED) -> WeightPage:
    """The file comes with a release and does not change while the portal runs."""
    if not file.is_file():
        return WeightPage(None, ())
    sent = json.loads(file.read_text())
    pages = tuple(Weight(one["address"], one["bytes"]) for one in sent["pages"])
    return WeightPage(parse_clinical_date(sent["measured"], "UTC"), tuple(sorted(pages, key=lambda one: one.address)))
