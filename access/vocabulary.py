"""What a route may declare, what may be shared, and which table belongs to what. Nothing else in the portal says so.

The sharing form and the release policy are drawn from `CATEGORIES`, ways around and the activity page from `PLACES`.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from piccolo.table import Table

from tables import (
    allergies,
    appointments,
    bookings,
    care_plan,
    conditions,
    coverage,
    documents,
    imaging,
    medicines,
    messages,
    people,
    procedures,
    records,
    requests,
    results,
    sharing,
    statements,
    support,
    tasks,
    vaccines,
    visits,
    work,
)
from words.gettext import N_


class Category(StrEnum):
    HOME = "home"
    RESULTS = "results"
    IMAGING = "imaging"
    MEDICINES = "medicines"
    ALLERGIES = "allergies"
    CONDITIONS = "conditions"
    VACCINES = "vaccines"
    VITALS = "vitals"
    VISITS = "visits"
    CARE_PLAN = "care_plan"
    DOCUMENTS = "documents"
    APPOINTMENTS = "appointments"
    MESSAGES = "messages"
    BILLING = "billing"
    CONTROL = "control"
    """Sharing, privacy, release, activity, download: the patient's own, and a representative's."""


class Action(StrEnum):
    SEE = "see"
    ACT = "act"


class Duty(StrEnum):
    FRONT_DESK = "frontdesk"
    CLINICIAN = "clinician"
    BILLING = "billing"
    SUPPORT = "support"
    PRIVACY = "privacy"
    ADMINISTRATOR = "admin"


class Purpose(StrEnum):
    """Why a record is opened, after HL7 v3 PurposeOfUse."""

    SELF = "PATRQT"
    HELPING = "FAMRQT"
    CARE = "TREAT"
    DESK = "HOPERAT"
    PREVIEW = "PREVIEW"
    FEED = "RECORDMGT"
    EMERGENCY = "BTG"


CATEGORIES: dict[Category, str] = {
    Category.RESULTS: N_("Test results"),
    Category.IMAGING: N_("Scans and X-rays"),
    Category.MEDICINES: N_("Medicines"),
    Category.ALLERGIES: N_("Allergies"),
    Category.CONDITIONS: N_("Health conditions"),
    Category.VACCINES: N_("Vaccines"),
    Category.VITALS: N_("Measurements"),
    Category.VISITS: N_("Visits"),
    Category.CARE_PLAN: N_("Care plan"),
    Category.DOCUMENTS: N_("Letters and documents"),
    Category.APPOINTMENTS: N_("Appointments"),
    Category.MESSAGES: N_("Messages"),
    Category.BILLING: N_("Bills"),
    Category.CONTROL: N_("Who has looked"),
}
"""What may be shared, as a patient reads it. The home page comes with every share and is no choice."""


DOINGS: dict[Category, str] = {
    Category.APPOINTMENTS: N_("book and change appointments"), Category.MESSAGES: N_("write messages"),
    Category.MEDICINES: N_("ask for refills"), Category.BILLING: N_("pay bills"),
}  # fmt: skip
"""What acting means, for the categories in which there is something to do."""

MAY_BE_SHARED = tuple(category for category in CATEGORIES if category is not Category.CONTROL)
"""What a patient may let a helper see: all but who has looked, and who else helps."""

IN_TEXT = (
    Category.RESULTS, Category.IMAGING, Category.MEDICINES, Category.ALLERGIES, Category.CONDITIONS, Category.VACCINES,
    Category.VITALS, Category.CARE_PLAN,
)
"""What a clinic may write of in one running text, which cannot be shown in part."""


@dataclass(frozen=True, slots=True)
class Place:
    """A page of a record that ways around lead to: `path` below the record, its name, its group in the index."""

    path: str
    category: Category
    name: str
    group: str


HEALTH, DO, MONEY, WHO = "health", "do", "money", "who"

PLACES: tuple[Place, ...] = (
    Place("results", Category.RESULTS, N_("Test results"), HEALTH),
    Place("imaging", Category.IMAGING, N_("Scans and X-rays"), HEALTH),
    Place("medicines", Category.MEDICINES, N_("Medicines"), HEALTH),
    Place("allergies", Category.ALLERGIES, N_("Allergies"), HEALTH),
    Place("conditions", Category.CONDITIONS, N_("Health conditions"), HEALTH),
    Place("vaccines", Category.VACCINES, N_("Vaccines"), HEALTH),
    Place("vitals", Category.VITALS, N_("Measurements"), HEALTH),
    Place("visits", Category.VISITS, N_("Visits"), HEALTH),
    Place("procedures", Category.VISITS, N_("Procedures"), HEALTH),
    Place("care-plan", Category.CARE_PLAN, N_("Care plan"), HEALTH),
    Place("care-team", Category.CARE_PLAN, N_("Care team"), HEALTH),
    Place("documents", Category.DOCUMENTS, N_("Letters and documents"), HEALTH),
    Place("appointments", Category.APPOINTMENTS, N_("Appointments"), DO),
    Place("messages", Category.MESSAGES, N_("Messages"), DO),
    Place("refills", Category.MEDICINES, N_("Refills"), DO),
    Place("visit-requests", Category.APPOINTMENTS, N_("Visit requests"), DO),
    Place("requests", Category.HOME, N_("Requests"), DO),
    Place("summary", Category.HOME, N_("Health summary"), HEALTH),
    Place("emergency-card", Category.HOME, N_("Emergency card"), HEALTH),
    Place("bills", Category.BILLING, N_("Bills"), MONEY),
    Place("insurance", Category.BILLING, N_("Insurance on file"), MONEY),
    Place("sharing", Category.CONTROL, N_("People who help"), WHO),
    Place("activity", Category.CONTROL, N_("Who has looked"), WHO),
)
"""Every page that the index at the foot lists, in its order. A category may have several."""

TABLE_CATEGORY: dict[type[Table], Category | None] = {
    results.DiagnosticReport: None,
    results.Observation: None,
    results.Series: None,
    visits.Encounter: Category.VISITS,
    visits.Composition: Category.VISITS,
    procedures.Procedure: Category.VISITS,
    medicines.MedicationRequest: Category.MEDICINES,
    medicines.MedicationStatement: Category.MEDICINES,
    medicines.MedicationDispense: Category.MEDICINES,
    medicines.MedicationAdministration: Category.MEDICINES,
    allergies.AllergyIntolerance: Category.ALLERGIES,
    conditions.Condition: Category.CONDITIONS,
    vaccines.Immunization: Category.VACCINES,
    care_plan.CarePlan: Category.CARE_PLAN,
    care_plan.Goal: Category.CARE_PLAN,
    care_plan.CareTeam: Category.CARE_PLAN,
    imaging.ImagingStudy: Category.IMAGING,
    imaging.Media: Category.IMAGING,
    documents.DocumentReference: Category.DOCUMENTS,
    appointments.Appointment: Category.APPOINTMENTS,
    messages.Communication: Category.MESSAGES,
    tasks.Task: Category.MESSAGES,
    statements.Invoice: Category.BILLING,
    statements.BillingAccount: Category.BILLING,
    statements.ChargeItem: Category.BILLING,
    statements.ExplanationOfBenefit: Category.BILLING,
    coverage.Coverage: Category.BILLING,
    people.RelatedPerson: Category.CONTROL,
    people.Consent: Category.CONTROL,
}
"""Every clinical table. None: the row says so itself, in its column `category`."""

OWNED: dict[type[Table], Category | None] = {
    requests.Request: None,
    bookings.Booking: Category.APPOINTMENTS,
    records.Share: Category.CONTROL,
    sharing.Invitation: Category.CONTROL,
}
"""What the portal itself keeps of a record, in tables with a column `record`. None: the row says which category it is of."""

PARTS: dict[type[Table], tuple[type[Table], str]] = {
    requests.RequestStep: (requests.Request, "request"),
    bookings.BookingStep: (bookings.Booking, "booking"),
    records.ShareScope: (records.Share, "share"),
}
"""What is seen with the row of another table, which it names in that column."""


HANDLES_CASES = (Duty.SUPPORT, Duty.PRIVACY)
ANSWERS_REQUESTS = (Duty.CLINICIAN, Duty.FRONT_DESK, Duty.BILLING)
QUEUED: dict[type[Table], Collection[Duty]] = {
    requests.Request: frozenset(ANSWERS_REQUESTS),
    bookings.Booking: frozenset({Duty.FRONT_DESK}),
    bookings.SlotTemplate: frozenset({Duty.FRONT_DESK}),
    bookings.Closure: frozenset({Duty.FRONT_DESK}),
    work.Outbox: frozenset({Duty.FRONT_DESK}),
    support.SupportCase: frozenset(HANDLES_CASES),
}
"""What staff see as lists of who, what kind and since when. A table with a column `duty` shows each duty its own."""


@dataclass(frozen=True, slots=True)
class StaffPlace:
    """A page of the staff's side that the bar leads to, for whoever has one of these duties."""

    path: str
    name: str
    duties: Collection[Duty]


STAFF_HOME = "/staff"
FINDERS = frozenset({Duty.FRONT_DESK, Duty.SUPPORT})
"""Whose duty it is to find a patient by what is known of them; the others begin with their first page."""
STAFF_PLACES: tuple[StaffPlace, ...] = (
    StaffPlace(STAFF_HOME, N_("Find a patient"), FINDERS),
    StaffPlace("/staff/requests", N_("Requests"), frozenset(ANSWERS_REQUESTS)),
    StaffPlace("/staff/bills", N_("Bills"), frozenset({Duty.BILLING})),
    StaffPlace("/staff/appointments", N_("Appointments"), frozenset({Duty.FRONT_DESK})),
    StaffPlace("/staff/letters", N_("Letters to print"), frozenset({Duty.FRONT_DESK})),
    StaffPlace("/staff/cases", N_("Support cases"), frozenset(HANDLES_CASES)),
)


@dataclass(frozen=True, slots=True)
class Access:
    """What a route declares. `kind` is one of the words of DESIGN §2."""

    kind: str
    category: Category | None = None
    action: Action | None = None
    duties: tuple[Duty, ...] = ()
    purposes: tuple[str, ...] = ()
    """What a secret that opens this may be for."""
    page: str = ""
    """What the audit calls this page, where the category has several."""
    step_up: bool = False
    personal: bool = False
    """Of patients and who helps them: for the staff's accounts it is not there."""
    passive: bool = False
    """A route that polls does not count as the person being there."""


PUBLIC = Access("public")
PRE_SESSION = Access("pre_session")
HALF = Access("half")
ACCOUNT = Access("account")
PERSONAL = Access("account", personal=True)
SIGNED = Access("signed")
DEMO = Access("demo")


def account(*, step_up: bool = False) -> Access:
    return Access("account", step_up=step_up)


def record(category: Category, action: Action = Action.SEE, *, page: str = "", step_up: bool = False) -> Access:
    return Access("record", category, action, page=page, step_up=step_up)


def bill(action: Action = Action.SEE, *duties: Duty, passive: bool = False) -> Access:
    """A guarantor account: for who owes and who helps them with it, or for the duties that are named."""
    return Access("bill", Category.BILLING, action, duties, page="bills", passive=passive)


def staff(*duties: Duty, step_up: bool = False) -> Access:
    return Access("staff", duties=duties, step_up=step_up)


def capability(*purposes: str) -> Access:
    return Access("capability", purposes=purposes)
