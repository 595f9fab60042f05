"""A form that is sent again, because the answer to it was lost, does nothing more and leads where it led (DESIGN §3).

Every unsafe route stands here: with a form of its own that is really sent twice, or among those that need no key.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

import pytest

import tables
from access.vocabulary import TABLE_CATEGORY
from tests.support.client import Client, Seen
from tests.support.contact import HOME as CONTACT
from tests.support.contact import code_to, phone_confirmed, removal, typed
from tests.support.forms import Sending, fill
from tests.support.inviting import confirm, invite, offer
from tests.support.logins import a_record, house_on
from tests.support.owners import colleague_of
from tests.support.portals import a_portal
from tests.support.recovering import desk_code, half
from tests.support.soft_key import SoftKey, asked_of
from tests.support.staffing import added, at_password
from tests.support.tills import house, portal, somebody, till  # noqa: F401 -- fixtures
from tests.sweep.walk import routes_of
from tests.test_billing_desk import desk_statement
from tests.test_bookings import booked, last_look, times_on
from tests.test_bookings_changed import at_new_time, far
from tests.test_letters import told_rosa
from tests.test_payments import chosen
from tests.test_registration_pages import BORN, LETTER, PASSWORD, at_login
from tests.test_staff_appointments import HOURS
from tests.test_stuck import decided, odd, refused_page

NEEDS_NO_KEY = {
    "proves who somebody is, and changes nothing else": {
        "/sign-in", "/sign-in/code", "/staff/sign-in", "/staff/sign-in/code", "/account/prove", "/register",
        "/sign-in/passkey", "/staff/sign-in/passkey",
        "/register/authenticator", "/staff/register", "/staff/register/authenticator", "/c/{capability}",
        "/invitations/{invitation}", "/recover/factor/code", "/recover/factor/authenticator", "/recover/code",
        "/recover/code/authenticator",
    },
    "is done already when it is asked for again": {
        "/stay", "/sign-out", "/register/codes", "/account/codes/kept", "/account/sessions/{session}/end",
        "/account/sessions/others/end",
        "/bills/{guarantor}/payments/{payment}/session", "/records/{record}/messages/draft",
        "/records/{record}/refills/draft", "/records/{record}/visit-requests/draft",
        "/records/{record}/messages/{message}/draft", "/records/{record}/refills/{refill}/draft",
        "/records/{record}/visit-requests/{visit_request}/draft", "/staff/requests/{item}/draft",
    },
    "is answered by the code that was just sent": {"/sign-in/code/message", "/account/prove/message"},
    "only looks": {
        "/staff", "/staff/bills", "/bills/{guarantor}/statements/{statement}/payment",
        "/bills/{guarantor}/statements/{statement}/payment/left", "/records/{record}/sharing/{helper}/terms/check",
        "/records/{record}/sharing/invitations/check",
    },
    "is the processor's, whose messages have names of their own": {"/hooks/payments"},
}  # fmt: skip
NOTICED_BY_THE_PAGE = {"/staff/bills/{guarantor}/payments/{payment}"}
"""Whether money is back already is known only after the act: the page says it, whichever way one comes to it."""
TO_THE_PROCESSOR = {"/bills/{guarantor}/statements/{statement}/payment/confirm"}
"""Leads out of the portal; sent again, it leads to the payment, which knows the way there."""
THROUGH_THE_DOOR = {"/account/password"}
"""Ends the session in which it was sent. The cookie of the next comes with the answer; whoever lost that signs in again first."""
APP_SHOWS = re.compile(r"\b\d{3} \d{3}\b")
MOVES_BY_ITSELF = ("audit_event", "audit_chain", "job", "rate_bucket", "session")


@dataclass
class There:
    """A portal with the demo's people, for one form."""

    somebody: Callable[[str], Awaitable[Client]]
    cast: dict
    house: object
    client: Client
    till: object

    def record(self, path: str = "", who: str = "self") -> str:
        return f"/records/{self.cast[who].record}{path}"


@dataclass
class Pressed:
    """A filled form, and whose browser it is in."""

    client: Client
    page: Seen
    which: str | int
    answers: dict = field(default_factory=dict)

    @property
    def sending(self) -> Sending:
        return fill(self.page.tree, self.page.url, self.which, self.answers)


ONCE: dict[str, Callable[[There], Awaitable[Pressed]]] = {}


def once(template: str):
    def keep(reach: Callable[[There], Awaitable[Pressed]]):
        ONCE[template] = reach
        return reach

    return keep


@pytest.fixture
async def there(somebody, cast, house, client_there, till):  # noqa: F811 -- fixtures
    return There(somebody, cast, house, client_there, till)


@pytest.fixture
async def client_there(portal):  # noqa: F811
    from tests.support.client import client_of

    async with client_of(portal[1]) as nobody:
        yield nobody


# One's own account


@once("/register/account")
async def _(there: There) -> Pressed:
    now = there.house.clock()
    nora = await a_record(house_on(there.house.database, now), now, name="Nora Quist", number="MRN-77")
    desk = await there.somebody("frontdesk")
    page = await desk.submit(await desk.get(f"/staff/records/{nora.ref}/code"), "Make a code")
    page = await at_login(there.client, LETTER.search(page.main).group())
    return Pressed(there.client, page, 0, {"username": "nora", "password": PASSWORD})


@once("/staff/register/password")
async def _(there: There) -> Pressed:
    page = await at_password(there.client, await added(there.house))
    return Pressed(there.client, page, 0, {"password": PASSWORD})


@once("/recover/username")
async def _(there: There) -> Pressed:
    return Pressed(there.client, await there.client.get("/recover/username"), 0, {"email": "maria@example.org"})


@once("/recover/password")
async def _(there: There) -> Pressed:
    return Pressed(there.client, await there.client.get("/recover/password"), 0, {"username": "maria"})


@once("/recover/everything")
async def _(there: There) -> Pressed:
    return Pressed(there.client, await there.client.get("/recover/everything"), 0, {"username": "maria"})


@once("/recover/factor")
async def _(there: There) -> Pressed:
    page = await half(there.client, there.cast["self"].username, there.cast["self"].password)
    return Pressed(there.client, await there.client.follow(page, "I have lost my app and my sheet"), 0, {"way": "factor"})


@once("/recover/code/password")
async def _(there: There) -> Pressed:
    await there.house.database.rows("UPDATE record SET birth_text = '1984-03-09' WHERE ref = ?", there.cast["self"].record)
    code = await desk_code(await there.somebody("frontdesk"), there.cast["self"].record)
    await there.house.database.rows("UPDATE recovery SET opens_at = started_at")
    typed = {"code": code, "born_month": "3", "born_day": "9", "born_year": "1984"}
    page = await there.client.submit(await there.client.get("/recover/code"), 0, **typed)
    return Pressed(there.client, page, 0, {"new_password": PASSWORD})


@once("/account/recovery/end")
async def _(there: There) -> Pressed:
    await desk_code(await there.somebody("frontdesk"), there.cast["self"].record)
    maria = await there.somebody("self")
    return Pressed(maria, await maria.get("/account/security"), "Stop it")


async def _login(there: There, path: str = ""):
    desk = await there.somebody("frontdesk")
    return desk, await desk.get(f"/staff/records/{there.cast['self'].record}/login{path}")


@once("/staff/records/{record}/login/recovery")
async def _(there: There) -> Pressed:
    return Pressed(*await _login(there, "/recovery"), 0, {"proof": "passport"})


@once("/staff/records/{record}/login/recovery/end")
async def _(there: There) -> Pressed:
    await desk_code(await there.somebody("frontdesk"), there.cast["self"].record)
    return Pressed(*await _login(there), "Stop the recovery that is under way")


@once("/staff/records/{record}/login/sessions/end")
async def _(there: There) -> Pressed:
    return Pressed(*await _login(there), "Sign out all their browsers")


@once("/staff/records/{record}/login/freeze")
async def _(there: There) -> Pressed:
    return Pressed(*await _login(there, "/freeze"), 0, {"reason": "asked"})


@once("/staff/records/{record}/login/freeze/end")
async def _(there: There) -> Pressed:
    desk, page = await _login(there, "/freeze")
    return Pressed(desk, await desk.submit(page, 0, reason="asked"), "Open the account again")


@once("/account/codes")
async def _(there: There) -> Pressed:
    maria = await there.somebody("self")
    return Pressed(maria, await maria.get("/account/codes"), "/account/codes")


@once("/account/password")
async def _(there: There) -> Pressed:
    maria = await there.somebody("self")
    typed = {"password": there.cast["self"].password, "new_password": PASSWORD}
    return Pressed(maria, await maria.get("/account/password"), "/account/password", typed)


@once("/account/not-me")
async def _(there: There) -> Pressed:
    maria = await there.somebody("self")
    return Pressed(maria, await maria.get("/account/not-me"), "/account/not-me")


@once("/help/phishing")
async def _(there: There) -> Pressed:
    return Pressed(there.client, await there.client.get("/help/phishing"), "/help/phishing", {"came_as": "sms", "words": "Pay now"})


async def a_case(there: There, button: str = "", **typed: str) -> tuple[Client, Seen]:
    """One that waits at the support team, and its page there; with a button, after it was pressed."""
    maria, tom = await there.somebody("self"), await there.somebody("support")
    await maria.submit(await maria.get("/account/not-me"), "/account/not-me")
    page = await tom.follow(await tom.get("/staff/cases"), "This wasn’t me: Maria")
    return tom, await tom.submit(page, button, **typed) if button else page


@once("/staff/cases/{case}/assignment")
async def _(there: There) -> Pressed:
    return Pressed(*await a_case(there), "Take it")


@once("/staff/cases/{case}/notes")
async def _(there: There) -> Pressed:
    return Pressed(*await a_case(there, "Take it"), "Keep the note", {"words": "She is at home."})


@once("/staff/cases/{case}/closing")
async def _(there: There) -> Pressed:
    tom, page = await a_case(there, "Take it")
    return Pressed(tom, await tom.follow(page, "Close this case"), "Close the case", {"outcome": "safe"})


@once("/staff/cases/{case}/unlocking")
async def _(there: There) -> Pressed:
    return Pressed(*await a_case(there), "Let them change things again")
async def with_another_app(there: There) -> tuple[Client, Seen]:
    """On the page of her sign-in, with two apps there."""
    maria = await there.somebody("self")
    page = await maria.get("/account/apps/new")
    return maria, await maria.submit(page, "Add it", name="Tablet", code=APP_SHOWS.search(page.main).group())


@once("/account/apps/new")
async def _(there: There) -> Pressed:
    maria = await there.somebody("self")
    page = await maria.get("/account/apps/new")
    return Pressed(maria, page, "Add it", {"code": APP_SHOWS.search(page.main).group()})


@once("/account/passkeys/new")
async def _(there: There) -> Pressed:
    maria = await there.somebody("self")
    page = await maria.get("/account/passkeys/new")
    return Pressed(maria, page, "Add a passkey", {"credential": SoftKey().make(asked_of(page))})


@once("/account/keys/new")
async def _(there: There) -> Pressed:
    maria = await there.somebody("self")
    page = await maria.get("/account/keys/new")
    return Pressed(maria, page, "Add a security key", {"credential": SoftKey().make(asked_of(page))})


@once("/account/factors/{factor}")
async def _(there: There) -> Pressed:
    maria, page = await with_another_app(there)
    return Pressed(maria, await maria.follow(page, "Change Authenticator app: Tablet"), "Keep this name", {"name": "Old tablet"})


@once("/account/factors/{factor}/end")
async def _(there: There) -> Pressed:
    maria, page = await with_another_app(there)
    page = await maria.follow(await maria.follow(page, "Change Authenticator app: Tablet"), "Take it away")
    return Pressed(maria, page, "Take it away")


@once("/account/preferences")
async def _(there: There) -> Pressed:
    maria = await there.somebody("self")
    return Pressed(maria, await maria.get("/account/preferences"), "/account/preferences", {"called": "Mia"})


@once("/account/contact/new")
async def _(there: There) -> Pressed:
    maria = await there.somebody("self")
    return Pressed(maria, await maria.get(f"{CONTACT}/new"), "Send me a code", {"email": "maria.two@example.org"})


@once("/account/contact/phone")
async def _(there: There) -> Pressed:
    maria = await there.somebody("self")
    return Pressed(maria, await maria.get(f"{CONTACT}/phone"), "Send me a code", {"phone": "(555) 201-7788"})


@once("/account/contact/{address}/confirm")
async def _(there: There) -> Pressed:
    maria = await there.somebody("self")
    return Pressed(maria, await typed(maria), "Confirm", {"code": await code_to(there.house)})


@once("/account/contact/{address}/code")
async def _(there: There) -> Pressed:
    maria = await there.somebody("self")
    return Pressed(maria, await typed(maria), "Send a new code")


@once("/account/contact/{address}/removal")
async def _(there: There) -> Pressed:
    maria = await there.somebody("self")
    return Pressed(maria, await removal(maria, "maria.delgado@example.org"), "Take it away", {"paper": "y"})


@once("/account/phones/new")
async def _(there: There) -> Pressed:
    maria = await there.somebody("self")
    await phone_confirmed(maria, there.house)
    return Pressed(maria, await maria.get("/account/phones/new"), "Let me sign in with these codes", {"name": "My phone"})


# Helping


@once("/invitations/{invitation}/acceptance")
async def _(there: There) -> Pressed:
    maria, thuy = await there.somebody("self"), await there.somebody("stranger")
    return Pressed(thuy, await offer(thuy, await invite(maria, there.record("/sharing"), there.house)), "Yes, I will help")


@once("/invitations/{invitation}/refusal")
async def _(there: There) -> Pressed:
    maria, thuy = await there.somebody("self"), await there.somebody("stranger")
    return Pressed(thuy, await offer(thuy, await invite(maria, there.record("/sharing"), there.house)), "No, thank you")


@once("/records/{record}/sharing/invitations")
async def _(there: There) -> Pressed:
    maria = await there.somebody("self")
    return Pressed(maria, await confirm(maria, there.record("/sharing")), "Send the invitation")


@once("/records/{record}/sharing/invitations/{invitation}/renewal")
async def _(there: There) -> Pressed:
    maria = await there.somebody("self")
    sent = await invite(maria, there.record("/sharing"), there.house)
    return Pressed(maria, await maria.get(sent.page.url.partition("?")[0]), "Send a new link and code")


@once("/records/{record}/sharing/invitations/{invitation}/withdrawal")
async def _(there: There) -> Pressed:
    maria = await there.somebody("self")
    sent = await invite(maria, there.record("/sharing"), there.house)
    return Pressed(maria, await maria.get(sent.page.url), "Take the invitation back")


async def _joseph(there: There, link: str):
    maria = await there.somebody("self")
    return maria, await maria.follow(await maria.follow(await maria.get(there.record("/sharing")), "Joseph Amadi"), link)


@once("/records/{record}/sharing/{helper}/ending")
async def _(there: There) -> Pressed:
    return Pressed(*await _joseph(there, "End this help"), "/ending")


@once("/records/{record}/sharing/{helper}/terms")
async def _(there: There) -> Pressed:
    maria, page = await _joseph(there, "Change what they see or do")
    return Pressed(maria, await maria.submit(page, 0, sees=["medicines"], does=[]), "Make this change")


@once("/records/{record}/leaving")
async def _(there: There) -> Pressed:
    joseph = await there.somebody("helper-appointments")
    return Pressed(joseph, await joseph.follow(await joseph.get("/records"), "Stop helping Maria Delgado"), "Stop helping now")


# Asking


async def _asking(there: There, path: str):
    maria = await there.somebody("self")
    return maria, await maria.get(there.record(f"/{path}/new"))


async def _message(there: There):
    return await _submitted(await _asking(there, "messages"), "Send", topic="health", words="May I swim?")


async def _submitted(where: tuple[Client, Seen], which: str, **answers) -> tuple[Client, Seen]:
    client, page = where
    return client, await client.submit(page, which, **answers)


async def _refill(there: There):
    client, page = await _asking(there, "refills")
    medicine = next(one.get("value") for one in page.tree.all("input") if one.get("name") == "subject")
    return client, page, "Ask for this refill", {"subject": medicine, "words": ""}


@once("/records/{record}/messages/new")
async def _(there: There) -> Pressed:
    return Pressed(*await _asking(there, "messages"), "Send", {"topic": "health", "words": "May I swim?"})


@once("/records/{record}/messages/{message}/reply")
async def _(there: There) -> Pressed:
    return Pressed(*await _message(there), "Send", {"words": "And run?"})


@once("/records/{record}/refills/new")
async def _(there: There) -> Pressed:
    return Pressed(*await _refill(there))


@once("/records/{record}/refills/{refill}/reply")
async def _(there: There) -> Pressed:
    client, page, which, answers = await _refill(there)
    return Pressed(*await _submitted((client, page), which, **answers), "Send", {"words": "The large box, please"})


@once("/records/{record}/refills/{refill}/cancellation")
async def _(there: There) -> Pressed:
    client, page, which, answers = await _refill(there)
    return Pressed(*await _submitted((client, page), which, **answers), "Take this back")


@once("/records/{record}/visit-requests/new")
async def _(there: There) -> Pressed:
    return Pressed(*await _asking(there, "visit-requests"), "Ask for this visit", {"words": "Mornings"})


@once("/records/{record}/visit-requests/{visit_request}/reply")
async def _(there: There) -> Pressed:
    asked = await _submitted(await _asking(there, "visit-requests"), "Ask for this visit", words="Mornings")
    return Pressed(*asked, "Send", {"words": "Or on Thursday"})


@once("/records/{record}/visit-requests/{visit_request}/cancellation")
async def _(there: There) -> Pressed:
    asked = await _submitted(await _asking(there, "visit-requests"), "Ask for this visit", words="Mornings")
    return Pressed(*asked, "Take this back")


# Answering


async def _item(there: There):
    await _message(there)
    staff = await there.somebody("clinician")
    return staff, await staff.follow(await staff.get("/staff/requests"), "Message from Maria Delgado")


@once("/staff/requests/{item}/assignment")
async def _(there: There) -> Pressed:
    return Pressed(*await _item(there), "Take it")


@once("/staff/requests/{item}/takeover")
async def _(there: There) -> Pressed:
    _okafor, item = await _submitted(await _item(there), "Take it")
    now = there.house.clock()
    there.client.cookies.set("s", await colleague_of(there.house, "clinician", "Dr. Tom Brandt", now))
    return Pressed(there.client, await there.client.get(item.url.partition("?")[0]), "Take over from Dr. Lena Okafor")


@once("/staff/requests/{item}/return")
async def _(there: There) -> Pressed:
    return Pressed(*await _submitted(await _item(there), "Take it"), "Give it back")


@once("/staff/requests/{item}")
async def _(there: There) -> Pressed:
    return Pressed(*await _submitted(await _item(there), "Take it"), "Send the answer", {"words": "Yes."})


# Appointments


@once("/records/{record}/appointments/new")
async def _(there: There) -> Pressed:
    maria = await there.somebody("self")
    return Pressed(maria, await last_look(maria, there.cast), "Book this appointment")


@once("/records/{record}/appointments/{appointment}/time")
async def _(there: There) -> Pressed:
    maria = await there.somebody("self")
    return Pressed(maria, await at_new_time(maria, await far(maria, there.cast)), "Move it to this time")


@once("/records/{record}/appointments/{appointment}/cancellation")
async def _(there: There) -> Pressed:
    maria = await there.somebody("self")
    page = await maria.follow(await far(maria, there.cast), "Call it off")
    return Pressed(maria, page, "Call this appointment off", {"reason": "time", "words": ""})


@once("/staff/records/{record}/appointments/new")
async def _(there: There) -> Pressed:
    desk = await there.somebody("frontdesk")
    page = await desk.follow(await desk.get(f"/staff{there.record('/appointments/new')}"), "Small procedure")
    times = await desk.follow(page, "Whoever is free first")
    return Pressed(desk, await desk.follow(times, times_on(times)[0]), "Book this appointment")


@once("/staff/appointments/{booking}/time")
async def _(there: There) -> Pressed:
    maria, desk = await there.somebody("self"), await there.somebody("frontdesk")
    ref = (await far(maria, there.cast)).url.partition("?")[0].rpartition("/")[2]
    return Pressed(desk, await at_new_time(desk, await desk.get(f"/staff/appointments/{ref}")), "Move it to this time")


@once("/staff/appointments/{booking}/cancellation")
async def _(there: There) -> Pressed:
    maria, desk = await there.somebody("self"), await there.somebody("frontdesk")
    ref = (await booked(maria, there.cast)).url.partition("?")[0].rpartition("/")[2]
    return Pressed(desk, await desk.get(f"/staff/appointments/{ref}"), "Call this appointment off", {"reason": "clinic"})


async def _hours(there: There):
    desk = await there.somebody("frontdesk")
    return desk, await desk.get("/staff/hours")


@once("/staff/hours")
async def _(there: There) -> Pressed:
    return Pressed(*await _hours(there), "Open these hours", dict(HOURS))


@once("/staff/hours/{hours}/end")
async def _(there: There) -> Pressed:
    desk, page = await _hours(there)
    return Pressed(desk, await desk.follow(page, "End them"), "/end")


async def _closures(there: There):
    desk = await there.somebody("frontdesk")
    return desk, await desk.get("/staff/closures"), "Close it", {"day_month": "1", "day_day": "5", "day_year": "2030"}


@once("/staff/closures")
async def _(there: There) -> Pressed:
    return Pressed(*await _closures(there))


@once("/staff/closures/{closure}/end")
async def _(there: There) -> Pressed:
    desk, page, which, answers = await _closures(there)
    return Pressed(desk, await desk.submit(page, which, **answers), "End this closure")


# The desk


@once("/staff/records/{record}/code")
async def _(there: There) -> Pressed:
    now, desk = there.house.clock(), await there.somebody("frontdesk")
    nora = await a_record(house_on(there.house.database, now), now, name="Nora Quist", number="MRN-77")
    return Pressed(desk, await desk.get(f"/staff/records/{nora.ref}/code"), "Make a code")


async def at_code(there: There, desk_only: bool = False) -> tuple:
    now, desk = there.house.clock(), await there.somebody("frontdesk")
    nora = await a_record(house_on(there.house.database, now), now, name="Nora Quist", number="MRN-77")
    await there.house.database.rows(
        "UPDATE record SET address = '3 Mill Lane, Riverbend', desk_only = ? WHERE id = ?", desk_only, nora.id
    )
    return desk, await desk.get(f"/staff/records/{nora.ref}/code")


@once("/staff/records/{record}/code/posting")
async def _(there: There) -> Pressed:
    return Pressed(*await at_code(there), "Send a letter by post")


@once("/staff/records/{record}/code/withdrawal")
async def _(there: There) -> Pressed:
    desk, page = await at_code(there)
    await desk.submit(page, "Make a code")
    return Pressed(desk, await desk.get(page.url), "Take all codes back")


@once("/staff/records/{record}/code/desk-only")
async def _(there: There) -> Pressed:
    return Pressed(*await at_code(there), "Only hand codes over at the desk")


@once("/staff/records/{record}/code/any-way")
async def _(there: There) -> Pressed:
    return Pressed(*await at_code(there, desk_only=True), "Allow post and email again")


@once("/staff/letters/{account}/code")
async def _(there: There) -> Pressed:
    desk, page = await at_code(there)
    await desk.submit(page, "Send a letter by post")
    return Pressed(desk, await desk.follow(await desk.get("/staff/letters"), "Nora Quist"), "Make the code and open the letter")


@once("/register/send")
async def _(there: There) -> Pressed:
    page = await there.client.get("/register/send")
    return Pressed(there.client, page, 0, {"name": "Nora Quist", "number": "MRN-77", **BORN})


@once("/staff/letters/{account}/printing")
async def _(there: There) -> Pressed:
    desk = await there.somebody("frontdesk")
    await told_rosa(there.house)
    return Pressed(desk, await desk.follow(await desk.get("/staff/letters"), "Rosa Lindgren"), "It is printed")


# Money


@once("/bills/{guarantor}/statements/{statement}/payment/confirm")
async def _(there: There) -> Pressed:
    maria = await there.somebody("self")
    return Pressed(maria, await chosen(maria), "Go to the card page")


@once("/bills/{guarantor}/payments/{payment}/cancellation")
async def _(there: There) -> Pressed:
    maria = await there.somebody("self")
    page = await chosen(maria)
    await maria.send(page, "Go to the card page")
    payment = await maria.arrive(await maria.send(page, "Go to the card page"))
    return Pressed(maria, payment, "/cancellation")


async def _whole(there: There):
    priya = await there.somebody("billing")
    page = await priya.submit(await desk_statement(priya), "Go on", amount="42.60", method="cash")
    return priya, page, "Post this payment"


@once("/staff/bills/{guarantor}/statements/{statement}")
async def _(there: There) -> Pressed:
    return Pressed(*await _whole(there))


@once("/staff/bills/{guarantor}/payments/{payment}")
async def _(there: There) -> Pressed:
    priya, page, which = await _whole(there)
    page = await priya.follow(await priya.submit(page, which), "Payment")
    return Pressed(priya, await priya.submit(page, "Go on", amount="42.60", reason="twice"), "Pay it back")


@once("/staff/bills/{guarantor}/payments/{payment}/decision")
async def _(there: There) -> Pressed:
    priya, page = await odd(there.somebody, there.till, "more")
    return Pressed(priya, await decided(priya, page, "post"), "Post it")


@once("/staff/bills/{guarantor}/payments/{payment}/refusals")
async def _(there: There) -> Pressed:
    return Pressed(*await refused_page(there.somebody, there.till), "I have seen to it")


# The tests


def unsafe_routes() -> set[str]:
    with a_portal() as portal:  # noqa: F811
        return {route.template for route in routes_of(portal) if route.methods - {"GET"}}


def test_every_form_is_sent_twice_here_or_needs_no_key():
    plain = set().union(*NEEDS_NO_KEY.values())
    assert unsafe_routes() == set(ONCE) | plain and not set(ONCE) & plain


async def state_of(database) -> dict[str, list]:
    """All that is the portal's own, but for what a look writes down and what the worker does meanwhile."""
    found = {}
    for table in tables.ALL:
        name = table._meta.tablename
        if name == "outbox":
            found[name] = await database.rows("SELECT event, account, object FROM outbox")
        elif name == "slot_template":  # the worker makes its times and writes down until when
            found[name] = await database.rows("SELECT id, what, who, weekday, begins, ends, ended_at FROM slot_template")
        elif name not in MOVES_BY_ITSELF and table not in TABLE_CATEGORY:
            found[name] = await database.rows(f'SELECT * FROM "{name}"')
    return {name: sorted(repr(sorted(row.items(), key=str)) for row in rows) for name, rows in found.items()}


async def sessions(database) -> int:
    return (await database.rows("SELECT COUNT(*) AS n FROM session"))[0]["n"]


async def keys(database) -> int:
    return (await database.rows("SELECT COUNT(*) AS n FROM used_key"))[0]["n"]


def is_of(template: str, url: str) -> bool:
    return bool(re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), urlsplit(url).path))


def same_place(template: str, first: str, again: str) -> bool:
    if template in TO_THE_PROCESSOR:
        return urlsplit(first).netloc != "" and "/payments/" in again
    if template in THROUGH_THE_DOOR and urlsplit(again).path == "/sign-in":
        return parse_qs(urlsplit(again).query) == {"next": [first], "ended": ["done"]}
    if template in NOTICED_BY_THE_PAGE:
        return first.partition("?")[0] == again.partition("?")[0]
    return first == again


@pytest.mark.in_turns
@pytest.mark.parametrize("template", sorted(ONCE))
async def test_a_form_that_is_sent_again_does_it_once_and_leads_to_the_same_place(template, there):
    """Pressed three times at once, as a browser does that gives up its first request; then once more, as if no answer
    had come, and no cookie with it."""
    pressed, database = await ONCE[template](there), there.house.database
    client, sending, cookies = pressed.client, pressed.sending, dict(pressed.client.cookies)
    assert is_of(template, sending.url)
    used = await keys(database)
    answers = await asyncio.gather(*(client.send_again(sending) for _ in range(3)))
    assert await keys(database) == used + 1, "it uses up its key"
    done, open_now = await state_of(database), await sessions(database)
    client.cookies.clear()
    client.cookies.update(cookies)
    answers.append(await client.send_again(sending))
    assert [one.status for one in answers] == [303] * 4, [one.main for one in answers if one.status != 303]
    first, *others = sorted((one.headers["location"] for one in answers), key=lambda address: address.startswith("/"))
    assert all(first == other or same_place(template, first, other) for other in others), [first, *others]
    assert await state_of(database) == done and await sessions(database) == open_now


async def test_a_key_is_known_for_the_person_who_used_it_alone(somebody):  # noqa: F811
    maria, thuy = await somebody("self"), await somebody("stranger")
    theirs = [await one.get("/account/preferences") for one in (maria, thuy)]
    key = next(one.get("value") for one in theirs[0].tree.all("input") if one.get("name") == "form_key")
    await maria.submit(theirs[0], "/account/preferences", called="Mia")
    await thuy.submit(theirs[1], "/account/preferences", called="Tee", form_key=key)
    assert next(one for one in (await thuy.get("/account/preferences")).tree.all("input") if one.get("name") == "called").get("value") == "Tee"
