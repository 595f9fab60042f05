"""Who may see which address, written down by hand from DESIGN §2 and the story of the cast, not from access/.

A route that is not here fails the sweep: whoever adds a page says here who it is for. `A` stands for anybody.
"""

from __future__ import annotations

PATIENTS = {"self", "helper-full", "helper-appointments", "helper-revoked", "stranger", "teen", "guardian"}
STAFF = {"clinician", "frontdesk", "billing", "support", "privacy", "admin"}
NOBODY = "nobody"
EVERYONE = PATIENTS | STAFF

# The parts of a record that each helper was given. What is one's own is whole.
HEALTH = {"results", "imaging", "medicines", "allergies", "conditions", "vaccines", "vitals", "visits", "care_plan",
          "documents", "appointments", "messages", "billing"}
HELPS: dict[tuple[str, str], set[str]] = {
    ("helper-full", "self"): HEALTH,
    ("helper-appointments", "self"): {"appointments"},
    ("guardian", "teen"): {"appointments", "vaccines", "billing"},
}
DOES: dict[tuple[str, str], set[str]] = {
    ("helper-full", "self"): HEALTH,
    ("helper-appointments", "self"): {"appointments"},
    ("guardian", "teen"): {"appointments", "billing"},
}
"""What they may do for the patient too; it is written "part act" below."""

# "anybody", "next step" (not found until the step before it is done), "their answer" (of somebody who is none of the cast), "helping" (whoever helps), "account", "personal" (patients and who helps them), "half", "demo", "staff:duty,duty" (and " unknown:duty": whose queue it is not in),
# "bill" (who owes, and who helps them with it), or the part of the record it belongs to.
ROUTES: dict[str, str] = {
    "/": "anybody",
    "/healthz": "anybody",
    "/readyz": "anybody",
    "/robots.txt": "anybody",
    "/static/{name}": "anybody",
    "/favicon.ico": "anybody",
    "/help": "anybody",
    "/help/phishing": "anybody",
    "/about/accessibility": "anybody",
    "/about/privacy": "anybody",
    "/about/weight": "anybody",
    "/sign-in": "anybody",
    "/sign-in/passkey": "anybody",
    "/sign-in/code": "half",
    "/sign-out": "anybody",
    "/stay": "account",
    "/register": "anybody",
    "/register/send": "anybody",
    "/register/account": "next step",
    "/register/authenticator": "half",
    "/register/codes": "personal",
    "/recover": "anybody",
    "/recover/username": "anybody",
    "/recover/password": "anybody",
    "/recover/everything": "anybody",
    "/recover/factor": "half",
    "/recover/factor/code": "half",
    "/recover/factor/authenticator": "half",
    "/recover/code": "anybody",
    "/recover/code/password": "next step",
    "/recover/code/authenticator": "next step",
    "/account/recovery/end": "account",
    "/staff/records/{record}/login": "staff:frontdesk,support",
    "/staff/records/{record}/login/recovery": "staff:frontdesk,support",
    "/staff/records/{record}/login/recovery.pdf": "staff:frontdesk,support",
    "/staff/records/{record}/login/recovery/end": "staff:frontdesk,support",
    "/staff/records/{record}/login/sessions/end": "staff:frontdesk,support",
    "/staff/records/{record}/login/freeze": "staff:frontdesk,support",
    "/staff/records/{record}/login/freeze/end": "staff:frontdesk,support",
    "/demo/outbox": "anybody",
    "/staff/letters": "staff:frontdesk",
    "/staff/letters/{account}": "staff:frontdesk",
    "/staff/letters/{account}/code": "staff:frontdesk",
    "/staff/letters/{account}/paper": "staff:nobody unknown:frontdesk",  # before its code was made
    "/staff/letters/{account}/paper.pdf": "staff:nobody unknown:frontdesk",
    "/staff/letters/{account}/printing": "staff:frontdesk",
    "/records": "personal",
    "/invitations": "personal",
    "/invitations/{invitation}": "their answer",
    "/invitations/{invitation}/acceptance": "their answer",
    "/invitations/{invitation}/refusal": "their answer",
    "/c/{capability}": "anybody",
    "/bills": "personal",
    "/bills/{guarantor}": "bill",
    "/bills/{guarantor}/statements": "bill",
    "/bills/{guarantor}/statements/{statement}": "bill",
    "/bills/{guarantor}/statements/{statement}/payment": "bill",
    "/bills/{guarantor}/statements/{statement}/payment/left": "bill",
    "/bills/{guarantor}/statements/{statement}/payment/confirm": "bill",
    "/bills/{guarantor}/statements/{statement}/slip": "bill",
    "/bills/{guarantor}/payments": "bill",
    "/bills/{guarantor}/payments/{payment}": "bill",
    "/bills/{guarantor}/payments/{payment}/state": "bill",
    "/bills/{guarantor}/payments/{payment}/session": "bill",
    "/bills/{guarantor}/payments/{payment}/cancellation": "bill",
    "/hooks/payments": "anybody",
    "/account/security": "account",
    "/account/prove": "account",
    "/account/preferences": "account",
    "/account/sessions": "account",
    "/account/sessions/{session}/end": "account",
    "/account/sessions/others/end": "account",
    "/account/password": "account",
    "/account/phones/new": "personal",
    "/sign-in/code/message": "half",
    "/account/prove/message": "account",
    "/account/contact": "account",
    "/account/contact/new": "account",
    "/account/contact/phone": "account",
    "/account/contact/stopped": "anybody",
    "/account/contact/{address}/confirm": "their answer",
    "/account/contact/{address}/code": "their answer",
    "/account/contact/{address}/removal": "their answer",
    "/account/passkeys/new": "account",
    "/account/keys/new": "account",
    "/account/apps/new": "account",
    "/account/factors/{factor}": "account",
    "/account/factors/{factor}/end": "account",
    "/account/codes": "account",
    "/account/activity": "account",
    "/account/not-me": "account",
    "/account/messages-we-sent": "account",
    "/staff/cases": "staff:support,privacy",
    "/staff/cases/{case}": "staff:support,privacy",
    "/staff/cases/{case}/assignment": "staff:support,privacy",
    "/staff/cases/{case}/notes": "staff:support,privacy",
    "/staff/cases/{case}/closing": "staff:support,privacy",
    "/staff/cases/{case}/unlocking": "staff:support,privacy",
    "/account/codes/kept": "account",
    "/staff/register": "anybody",
    "/staff/register/password": "next step",
    "/staff/register/authenticator": "half",
    "/staff/sign-in": "anybody",
    "/staff/sign-in/passkey": "anybody",
    "/staff/sign-in/code": "half",
    "/staff": "staff:clinician,frontdesk,billing,support,privacy,admin",
    "/staff/bills": "staff:billing",
    "/staff/bills/stuck": "staff:billing",
    "/staff/bills/{guarantor}": "staff:billing",
    "/staff/bills/{guarantor}/statements/{statement}": "staff:billing",
    "/staff/bills/{guarantor}/payments/{payment}": "staff:billing",
    "/staff/bills/{guarantor}/payments/{payment}/decision": "staff:billing",
    "/staff/bills/{guarantor}/payments/{payment}/refusals": "staff:billing",
    "/staff/records/{record}/code": "staff:frontdesk",
    "/staff/records/{record}/code.pdf": "staff:frontdesk",
    "/staff/records/{record}/code/posting": "staff:frontdesk",
    "/staff/records/{record}/code/withdrawal": "staff:frontdesk",
    "/staff/records/{record}/code/desk-only": "staff:frontdesk",
    "/staff/records/{record}/code/any-way": "staff:frontdesk",
    "/staff/requests": "staff:clinician,frontdesk,billing",
    "/staff/requests/{item}": "staff:frontdesk unknown:clinician,billing",
    "/staff/requests/{item}/files/{file}": "staff:nobody unknown:clinician,frontdesk,billing",  # before somebody has taken it
    "/staff/requests/{item}/assignment": "staff:frontdesk unknown:clinician,billing",
    "/staff/requests/{item}/takeover": "staff:frontdesk unknown:clinician,billing",
    "/staff/requests/{item}/return": "staff:frontdesk unknown:clinician,billing",
    "/staff/requests/{item}/draft": "staff:nobody unknown:clinician,frontdesk,billing",  # before somebody has taken it
    "/staff/appointments": "staff:frontdesk",
    "/staff/appointments/{booking}": "staff:frontdesk",
    "/staff/appointments/{booking}/time": "staff:frontdesk",
    "/staff/appointments/{booking}/cancellation": "staff:frontdesk",
    "/staff/records/{record}/appointments/new": "staff:frontdesk",
    "/staff/hours": "staff:frontdesk",
    "/staff/hours/{hours}/end": "staff:frontdesk",
    "/staff/closures": "staff:frontdesk",
    "/staff/closures/{closure}": "staff:frontdesk",
    "/staff/closures/{closure}/end": "staff:frontdesk",
    "/records/{record}": "home",
    "/records/{record}/results": "results",
    "/records/{record}/results/{report}": "results",
    "/records/{record}/results/{report}/files/{file}": "results",
    "/records/{record}/tests/{series}": "results",
    "/records/{record}/imaging": "imaging",
    "/records/{record}/imaging/{image}": "imaging",
    "/records/{record}/imaging/{image}/files/{file}": "imaging",
    "/records/{record}/medicines": "medicines",
    "/records/{record}/allergies": "allergies",
    "/records/{record}/conditions": "conditions",
    "/records/{record}/vaccines": "vaccines",
    "/records/{record}/vitals": "vitals",
    "/records/{record}/vitals/{measure}": "vitals",
    "/records/{record}/visits": "visits",
    "/records/{record}/visits/{visit}": "visits",
    "/records/{record}/procedures": "visits",
    "/records/{record}/care-plan": "care_plan",
    "/records/{record}/care-plan/{care_plan}": "care_plan",
    "/records/{record}/care-team": "care_plan",
    "/records/{record}/documents": "documents",
    "/records/{record}/documents/{document}": "documents",
    "/records/{record}/documents/{document}/files/{file}": "documents",
    "/records/{record}/appointments": "appointments",
    "/records/{record}/appointments/new": "appointments act",
    "/records/{record}/appointments/{appointment}": "appointments",
    "/records/{record}/appointments/{appointment}/time": "appointments act",
    "/records/{record}/appointments/{appointment}/cancellation": "appointments act",
    "/records/{record}/messages": "messages",
    "/records/{record}/messages/new": "messages act",
    "/records/{record}/messages/draft": "messages act",
    "/records/{record}/messages/{message}": "messages",
    "/records/{record}/messages/{message}/reply": "messages",
    "/records/{record}/messages/{message}/draft": "messages act",
    "/records/{record}/messages/{message}/files/{file}": "messages",
    "/records/{record}/messages/{message}/answers": "messages",
    "/records/{record}/refills": "medicines",
    "/records/{record}/refills/new": "medicines act",
    "/records/{record}/refills/draft": "medicines act",
    "/records/{record}/refills/{refill}": "medicines",
    "/records/{record}/refills/{refill}/reply": "medicines",
    "/records/{record}/refills/{refill}/draft": "medicines act",
    "/records/{record}/refills/{refill}/files/{file}": "medicines",
    "/records/{record}/refills/{refill}/cancellation": "medicines act",
    "/records/{record}/visit-requests": "appointments",
    "/records/{record}/visit-requests/new": "appointments act",
    "/records/{record}/visit-requests/draft": "appointments act",
    "/records/{record}/visit-requests/{visit_request}": "appointments",
    "/records/{record}/visit-requests/{visit_request}/reply": "appointments",
    "/records/{record}/visit-requests/{visit_request}/draft": "appointments act",
    "/records/{record}/visit-requests/{visit_request}/files/{file}": "appointments",
    "/records/{record}/visit-requests/{visit_request}/cancellation": "appointments act",
    "/records/{record}/requests": "home",
    "/records/{record}/summary": "home",
    "/records/{record}/emergency-card": "home",
    "/records/{record}/bills": "billing",
    "/records/{record}/insurance": "billing",
    "/records/{record}/leaving": "helping",
    "/records/{record}/sharing": "control",
    "/records/{record}/sharing/{helper}": "control",
    "/records/{record}/sharing/{helper}/ending": "control",
    "/records/{record}/sharing/{helper}/terms": "control",
    "/records/{record}/sharing/{helper}/terms/check": "control",
    "/records/{record}/sharing/invitations": "control",
    "/records/{record}/sharing/invitations/check": "control",
    "/records/{record}/sharing/invitations/{invitation}": "control",
    "/records/{record}/sharing/invitations/{invitation}/renewal": "control",
    "/records/{record}/sharing/invitations/{invitation}/withdrawal": "control",
    "/records/{record}/activity": "control",
}


SAID_ELSEWHERE = {"/records/{record}/sharing/{helper}", "/records/{record}/sharing/invitations/{invitation}"}
"""Pages of one thing that the document of their list says whole."""
OF_A_CODE = {
    "/staff/letters/{account}/paper.pdf", "/staff/records/{record}/code.pdf", "/staff/records/{record}/login/recovery.pdf",
}
"""There for a quarter of an hour, for who has made the code: `tests/test_code_letters.py` holds these documents to the same."""


def rule_for(template: str) -> str | None:
    """The rule of a route; documents (.pdf, .txt) and the preview mount follow their page."""
    if template in ROUTES:
        return ROUTES[template]
    plain = template.replace("/as/{share}", "")
    for ending in (".pdf", ".txt"):
        plain = plain.removesuffix(ending)
    return ROUTES.get(plain)


def outcome(rule: str, who: str, record: str, fresh: bool = True) -> str:
    """What `who` gets of a page with this rule, on the record of `record`: seen, sign-in, refused or unknown."""
    if rule in ("anybody", "next step"):
        return "seen" if rule == "anybody" else "unknown"
    if who == NOBODY or rule == "half":
        return "sign-in"
    if rule == "personal":
        return "unknown" if who in STAFF else "seen"
    if rule in ("account", "their answer"):
        return "seen" if rule == "account" else "unknown"
    if rule == "helping":
        return "unknown" if who == record else _record("home", who, record)
    if rule == "bill":
        return "seen" if _record("billing", who, record) == "seen" else "unknown"
    if rule.startswith("staff:"):
        seen, _, unknown = rule.removeprefix("staff:").partition(" unknown:")
        return "unknown" if who in unknown.split(",") else _staff(set(seen.split(",")), who)
    return _record(rule, who, record)


def _staff(duties: set[str], who: str) -> str:
    if who in PATIENTS:
        return "unknown"
    return "seen" if who in duties else "refused"


def _record(part: str, who: str, record: str) -> str:
    if who == record:
        return "seen"
    part, _, acts = part.partition(" ")
    given = (DOES if acts else HELPS).get((who, record))
    if given is None:
        return "unknown"
    return "seen" if part == "home" or part in given else "refused"
