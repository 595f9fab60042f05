"""Invoices of the demo's feed, with the charges behind them, as a clinic's billing system would send them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from seeds.cast import Resource
from seeds.fhir import CLINIC, Chart

CURRENCY = "USD"
PLAN = "Lakeside Health Plan"


def account(chart: Chart, slug: str, guarantor: str, name: str) -> Resource:
    """Who must pay for this person: `guarantor` is the handle of somebody else."""
    one = chart.about("Account", slug) | {"status": "active", "name": "Bills of the family"}
    one["subject"] = [one["subject"]]
    return one | {"guarantor": [{"party": {"reference": f"Patient/{guarantor}", "display": name}}]}


def invoice(
    chart: Chart, number: str, days: int, services: Sequence[tuple[str, int]], *, visit: str = "", insurer: int = 0,
    off: int = 0, status: str = "issued", payer: str = "", later: int = 12, **more,
) -> list[Resource]:
    """The charges of a day so many days ago, and the invoice that came `later` days after it. All sums are cents:
    `insurer` is what the plan paid, `off` what its contract took off. `payer` is the slug of an account."""
    charges = [_charge(chart, f"{number}-{place}", days, text, visit, **more) for place, (text, _sum) in enumerate(services, 1)]
    lines = [
        {"chargeItemReference": {"reference": f"ChargeItem/{charge['id']}", "display": text},
         "priceComponent": [{"type": "base", "amount": money(cents)}]}
        for charge, (text, cents) in zip(charges, services, strict=True)
    ]  # fmt: skip
    less = (("deduction", PLAN, insurer), ("discount", "Price agreed with your plan", off))
    lines[0]["priceComponent"] += [
        {"type": kind, "code": {"text": words}, "amount": money(cents)} for kind, words, cents in less if cents
    ]
    total = money(sum(cents for _text, cents in services) - insurer - off)
    one = chart.about("Invoice", f"bill-{number}") | {
        "status": status, "identifier": [{"value": number}], "date": chart.day(days - later, "16:00"), "issuer": CLINIC,
        "lineItem": lines, "totalNet": total, "totalGross": total, "paymentTerms": "Please pay within 30 days.",
    }  # fmt: skip
    return [*charges, one | ({"account": {"reference": f"Account/{chart.id(payer)}"}} if payer else {}) | more]


def paid_elsewhere(chart: Chart, number: str, days: int, cents: int) -> Resource:
    """The clinic's system took a payment itself: a check, or cash at the desk."""
    return {
        "resourceType": "PaymentNotice", "id": chart.id(f"paid-{number}"), "status": "active",
        "request": {"reference": f"Invoice/{chart.id(f'bill-{number}')}"}, "created": chart.day(days),
        "paymentDate": chart.date(days), "amount": money(cents), "recipient": CLINIC,
        "payment": {"display": "Check"}, "paymentStatus": {"coding": [{"code": "paid"}]},
    }  # fmt: skip


def _charge(chart: Chart, slug: str, days: int, text: str, visit: str, **more) -> Resource:
    one = chart.about("ChargeItem", f"charge-{slug}") | {
        "status": "billed", "code": {"text": text}, "occurrenceDateTime": chart.date(days), **more,
    }  # fmt: skip
    return one | ({"context": {"reference": f"Encounter/{chart.id(visit)}"}} if visit else {})


def money(cents: int) -> dict:
    return {"value": Decimal(cents).scaleb(-2), "currency": CURRENCY}
