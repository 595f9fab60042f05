"""Every handler of the portal. The record router stands twice: as one's own, and as a helper would see it (GET only)."""

from __future__ import annotations

from litestar import Router
from litestar.handlers import HTTPRouteHandler

from handlers import (
    activity,
    allergies,
    appointments,
    bills,
    care_plan,
    care_team,
    conditions,
    contact,
    demo,
    documents,
    factors,
    help,
    imaging,
    insurance,
    invitations,
    leaving,
    links,
    medicines,
    offers,
    own_activity,
    payments,
    phones,
    preferences,
    procedures,
    public,
    records,
    recovery,
    registration,
    requests,
    results,
    security,
    sent_messages,
    sessions,
    sharing,
    sign_in,
    summary,
    vaccines,
    visits,
    vitals,
)
from handlers.staff import appointments as staff_appointments
from handlers.staff import billing, cases, codes, desk, enrolment, hours, letters, logins, queue, stuck
from handlers.staff import sign_in as staff_sign_in

NOUNS = (
    records, results, imaging, medicines, allergies, conditions, vaccines, vitals, visits, procedures, care_plan, care_team,
    documents, appointments, requests, summary, bills, insurance, sharing, invitations, leaving, activity,
)
RECORD: tuple[HTTPRouteHandler, ...] = tuple(route for noun in NOUNS for route in noun.ROUTES)
"""What stands below a record: each noun's own. The order of the index is that of `PLACES` (access/vocabulary.py)."""
ALONE: tuple[HTTPRouteHandler, ...] = (
    public.front, public.robots, public.healthz, public.readyz, public.static, records.records,
    help.help, help.phishing, help.report_phishing, help.accessibility, help.privacy, help.weight,
    sign_in.door, sign_in.check_password, sign_in.code, sign_in.give_code, sign_in.prove, sign_in.give_proof,
    sign_in.stay, sign_in.sign_out, sign_in.passkey, sign_in.show_passkey, staff_sign_in.door, staff_sign_in.check_password,
    staff_sign_in.passkey, staff_sign_in.show_passkey, *factors.ALONE,
    enrolment.register, enrolment.check_code, enrolment.password, enrolment.choose_password, enrolment.authenticator,
    enrolment.confirm_app,
    registration.register, registration.check_code, registration.send, registration.ask_for_code, registration.login, registration.make_login,
    registration.authenticator, registration.confirm_app, registration.codes, registration.codes_kept,
    security.security, security.password, security.change_password, security.codes, security.make_codes, security.codes_kept,
    sessions.sessions, sessions.end_session, sessions.end_others, preferences.preferences, preferences.change,
    *bills.ALONE, *links.ALONE, *contact.ALONE, *phones.ALONE, *recovery.ALONE, *offers.ALONE, *own_activity.ALONE, *sent_messages.ALONE,
    *letters.ALONE, *logins.ALONE, demo.outbox, *payments.ALONE, *billing.ALONE, *stuck.ALONE, *cases.ALONE,
    desk.home, desk.find, *codes.ALONE, queue.queue, queue.item, queue.file, queue.take, queue.take_over, queue.give_back, queue.answer, queue.draft,
    staff_appointments.day, staff_appointments.visit, staff_appointments.call_off, staff_appointments.new, staff_appointments.book,
    staff_appointments.other_time, staff_appointments.move,
    hours.hours, hours.open_hours, hours.ending, hours.end_hours, hours.closures, hours.close, hours.closure, hours.lift,
)


def _only_reading(handlers: tuple[HTTPRouteHandler, ...]) -> list[HTTPRouteHandler]:
    return [handler for handler in handlers if handler.http_methods <= {"GET", "HEAD"}]


ROUTES = [
    *ALONE,
    Router(path="/records/{record:str}", route_handlers=list(RECORD)),
    Router(path="/records/{record:str}/as/{share:str}", route_handlers=_only_reading(RECORD)),
]
