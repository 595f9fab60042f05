"""Bills as the feed has them, and what insurers did about them. Money is minor units with its currency."""

from piccolo.columns import JSON, BigInt
from piccolo.table import Table

from tables.base import code, moment, words
from tables.clinical import Clinical, clinical_constraints
from tables.people import Directory


class Invoice(Clinical, Table, tablename="invoice"):
    number = words()
    label = words(null=False)
    effective_text = code(64)
    effective_precision = code(8)
    effective_starts = moment()
    effective_ends = moment()
    """Its date."""
    net = BigInt(null=True, default=None)
    gross = BigInt(null=True, default=None)
    currency = code(3)
    lines = JSON(null=True, default=None)
    """List of {"text", "amount", "currency", "charge", "parts"}; `amount` is the base price in minor units, `charge` is
    `ChargeItem/id`, `parts` is a list of {"kind", "text", "amount", "currency"}: every price component."""
    parts = JSON(null=True, default=None)
    """The components of the total, as those of a line."""
    issuer = words()
    recipient = words()
    account_ref = words()
    cancelled_reason = words()
    terms = words()
    note = words()


class BillingAccount(Clinical, Table, tablename="billing_account"):
    """FHIR Account: who owes for what. (`account` is a login.)"""

    label = words(null=False)
    number = words()
    kind = words()
    description = words()
    owner = words()
    effective_text = code(64)
    effective_precision = code(8)
    effective_starts = moment()
    effective_ends = moment()
    guarantors = JSON(null=True, default=None)
    """List of {"name", "ref"}."""
    coverages = JSON(null=True, default=None)
    """List of {"ref", "priority"}."""
    part_of = words()


class ChargeItem(Clinical, Table, tablename="charge_item"):
    label = words(null=False)
    fhir_code = code(64)
    quantity = words()
    price = BigInt(null=True, default=None)
    currency = code(3)
    effective_text = code(64)
    effective_precision = code(8)
    effective_starts = moment()
    effective_ends = moment()
    account_ref = words()
    encounter_ref = words()
    performer = words()
    reason = words()
    override_reason = words()
    note = words()


class PaymentNotice(Directory, Table, tablename="payment_notice"):
    """Names no patient: `request_ref` says what was paid. `name` is the payee's."""

    amount = BigInt(null=True, default=None)
    currency = code(3)
    payment_status = code(32)
    paid_text = code(64)
    created_text = code(64)
    request_ref = words()
    response_ref = words()
    recipient = words()


class ExplanationOfBenefit(Clinical, Table, tablename="explanation_of_benefit"):
    """What the insurer did. It is not a bill, and it is never added to a Claim."""

    label = words(null=False)
    """Its kind, as sent."""
    use = code(32)
    outcome = code(32)
    disposition = words()
    effective_text = code(64)
    effective_precision = code(8)
    effective_starts = moment()
    effective_ends = moment()
    """The time billed for."""
    created_at = moment()
    insurer = words()
    provider = words()
    facility = words()
    claim_ref = words()
    coverage = words()
    """The plan's words, where it is only contained."""
    coverage_ref = words()
    payment = BigInt(null=True, default=None)
    currency = code(3)
    totals = JSON(null=True, default=None)
    """List of {"category", "text", "amount", "currency"}."""
    lines = JSON(null=True, default=None)
    """List of {"text", "when", "amounts": [{"category", "text", "amount", "currency"}]}."""


TABLES = (Invoice, BillingAccount, ChargeItem, PaymentNotice, ExplanationOfBenefit)
CONSTRAINTS = (
    *(line for table in TABLES for line in clinical_constraints(table._meta.tablename)),
    "CREATE INDEX invoice_list ON invoice (patient, effective_starts)",
    "CREATE INDEX explanation_of_benefit_list ON explanation_of_benefit (patient, effective_starts)",
)
