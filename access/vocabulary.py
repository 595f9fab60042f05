"""What a route may declare, what may be shared, and which table belongs to what. Nothing else in the portal says so.

Navigation, the sharing form, the release policy and the activity page are drawn from `CATEGORIES`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from piccolo.table import Table

from tables import (
    allergies,
    appointments,
    care_plan,
    conditions,
    coverage,
    documents,
    imaging,
    medicines,
    messages,
    people,
    procedures,
    results,
    statements,
    tasks,
    vaccines,
    visits,
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


@dataclass(frozen=True, slots=True)
class Words:
    """One category as a patient reads it: its name, its address under the record, and its group in the index."""

    category: Category
    name: str
    path: str
    group: str
    ready: bool = False
    """Whether its page exists yet; navigation leaves out what does not."""


HEALTH, DO, WHO = "health", "do", "who"

CATEGORIES: tuple[Words, ...] = (
    Words(Category.RESULTS, N_("Test results"), "results", HEALTH, ready=True),
    Words(Category.IMAGING, N_("Scans and X-rays"), "imaging", HEALTH),
    Words(Category.MEDICINES, N_("Medicines"), "medicines", HEALTH),
    Words(Category.ALLERGIES, N_("Allergies"), "allergies", HEALTH),
    Words(Category.CONDITIONS, N_("Health conditions"), "conditions", HEALTH),
    Words(Category.VACCINES, N_("Vaccines"), "vaccines", HEALTH),
    Words(Category.VITALS, N_("Measurements"), "vitals", HEALTH),
    Words(Category.VISITS, N_("Visits"), "visits", HEALTH, ready=True),
    Words(Category.CARE_PLAN, N_("Care plan"), "care-plan", HEALTH),
    Words(Category.DOCUMENTS, N_("Letters and documents"), "documents", HEALTH),
    Words(Category.APPOINTMENTS, N_("Appointments"), "appointments", DO),
    Words(Category.MESSAGES, N_("Messages"), "messages", DO),
    Words(Category.BILLING, N_("Bills"), "bills", DO),
    Words(Category.CONTROL, N_("Who has looked"), "activity", WHO, ready=True),
)

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


@dataclass(frozen=True, slots=True)
class Access:
    """What a route declares. `kind` is one of the words of DESIGN §2."""

    kind: str
    category: Category | None = None
    action: Action | None = None
    duties: tuple[Duty, ...] = ()
    purpose: str = ""
    step_up: bool = False
    passive: bool = False
    """A route that polls does not count as the person being there."""


PUBLIC = Access("public")
PRE_SESSION = Access("pre_session")
HALF = Access("half")
ACCOUNT = Access("account")
SIGNED = Access("signed")
DEMO = Access("demo")


def account(*, step_up: bool = False) -> Access:
    return Access("account", step_up=step_up)


def record(category: Category, action: Action = Action.SEE, *, step_up: bool = False) -> Access:
    return Access("record", category, action, step_up=step_up)


def bill(action: Action) -> Access:
    return Access("bill", action=action)


def staff(*duties: Duty) -> Access:
    return Access("staff", duties=duties)


def capability(purpose: str) -> Access:
    return Access("capability", purpose=purpose)
