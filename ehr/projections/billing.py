"""Invoice, Account, ChargeItem, PaymentNotice, ExplanationOfBenefit, Coverage."""

from __future__ import annotations

from ehr.money import minor_units
from ehr.projections.directory import pointed
from ehr.projections.medicines import amount
from ehr.references import Reading
from ehr.rows import Feed, Projection, Row, date_columns, instant, json_text, span, when
from ehr.shapes import concept, concepts, each, first_code, joined, notes, one, text, whole


def invoice(resource: dict, reading: Reading, feed: Feed) -> Projection:
    net, currency = minor_units(resource, "totalNet")
    gross, other = minor_units(resource, "totalGross")
    values = {
        "status": text(resource, "status"),
        "number": number_of(resource),
        "label": concept(resource, "type"),
        "net": net,
        "gross": gross if other == currency or net is None else None,
        "currency": currency or other,
        "lines": json_text([_line(sent, reading) for sent in each(resource, "lineItem")]),
        "parts": json_text([_part(sent) for sent in each(resource, "totalPriceComponent")]),
        "issuer": reading.display(one(resource, "issuer"), "Organization") or None,
        "recipient": reading.display(one(resource, "recipient"), "Patient") or None,
        "account_ref": pointed(reading, one(resource, "account"), "Account"),
        "cancelled_reason": text(resource, "cancelledReason") or None,
        "terms": text(resource, "paymentTerms") or None,
        "note": notes(resource),
    }
    day = when({"atDateTime": text(resource, "date")}, "at", feed)
    return Projection([Row("invoice", values | date_columns("effective", *day))])


def _line(sent: dict, reading: Reading) -> dict:
    parts = each(sent, "priceComponent")
    base = next((part for part in parts if text(part, "type") == "base"), parts[0] if parts else {})
    units, currency = minor_units(base, "amount")
    what = concept(sent, "chargeItemCodeableConcept") or reading.display(one(sent, "chargeItemReference"), "ChargeItem")
    return {
        "text": what, "amount": units, "currency": currency,
        "charge": pointed(reading, one(sent, "chargeItemReference"), "ChargeItem"), "parts": [_part(part) for part in parts],
    }  # fmt: skip


def _part(sent: dict) -> dict:
    """A price component: base, surcharge, deduction, discount, tax or informational."""
    units, currency = minor_units(sent, "amount")
    return {"kind": text(sent, "type"), "text": concept(sent, "code"), "amount": units, "currency": currency}


def number_of(resource: dict) -> str | None:
    return next(filter(None, (text(sent, "value") for sent in each(resource, "identifier"))), "") or None


def account(resource: dict, reading: Reading, feed: Feed) -> Projection:
    guarantors = [one(sent, "party") for sent in each(resource, "guarantor")]
    values = {
        "status": text(resource, "status"),
        "label": text(resource, "name") or concept(resource, "type"),
        "number": number_of(resource),
        "kind": concept(resource, "type") or None,
        "description": text(resource, "description") or None,
        "owner": reading.display(one(resource, "owner"), "Organization") or None,
        "guarantors": json_text(
            [
                {"name": reading.display(who, "Patient"), "ref": pointed(reading, who, "Patient") or ""}
                for who in guarantors
            ]
        ),
        "coverages": json_text(
            [
                {"ref": pointed(reading, one(sent, "coverage"), "Coverage") or "", "priority": whole(sent, "priority")}
                for sent in each(resource, "coverage")
            ]
        ),
        "part_of": pointed(reading, one(resource, "partOf"), "Account"),
    }
    period = span(one(resource, "servicePeriod") or one(resource, "active"), feed)
    return Projection([Row("billing_account", values | date_columns("effective", period))])


def charge_item(resource: dict, reading: Reading, feed: Feed) -> Projection:
    price, currency = minor_units(resource, "priceOverride")
    performers = (one(sent, "actor") or sent for sent in each(resource, "performer"))
    values = {
        "status": text(resource, "status"),
        "label": concept(resource, "code"),
        "fhir_code": first_code(resource, "code"),
        "quantity": amount(resource, "quantity"),
        "price": price,
        "currency": currency,
        "account_ref": pointed(reading, one(resource, "account"), "Account"),
        "encounter_ref": pointed(reading, one(resource, "context"), "Encounter"),
        "performer": joined(reading.display(actor, "Practitioner") for actor in performers),
        "reason": joined(concepts(resource, "reason")),
        "override_reason": text(resource, "overrideReason") or None,
        "note": notes(resource),
    }
    return Projection([Row("charge_item", values | date_columns("effective", *when(resource, "occurrence", feed)))])


def payment_notice(resource: dict, reading: Reading, feed: Feed) -> Projection:
    units, currency = minor_units(resource, "amount")
    values = {
        "status": text(resource, "status"),
        "name": reading.display(one(resource, "payee"), "Organization"),
        "amount": units,
        "currency": currency,
        "payment_status": first_code(resource, "paymentStatus"),
        "paid_text": text(resource, "paymentDate"),
        "created_text": text(resource, "created"),
        "request_ref": pointed(reading, one(resource, "request"), ""),
        "response_ref": pointed(reading, one(resource, "response"), ""),
        "recipient": reading.display(one(resource, "recipient"), "Organization") or None,
    }
    return Projection([Row("payment_notice", values)])


def explanation_of_benefit(resource: dict, reading: Reading, feed: Feed) -> Projection:
    payment, currency = minor_units(one(resource, "payment"), "amount")
    insurance = one(one(resource, "insurance"), "coverage")
    inside = reading.contained(insurance)
    values = {
        "status": text(resource, "status"),
        "label": concept(resource, "type"),
        "use": first_code(resource, "use"),
        "outcome": first_code(resource, "outcome"),
        "disposition": text(resource, "disposition") or None,
        "created_at": instant(text(resource, "created"), feed),
        "insurer": reading.display(one(resource, "insurer"), "Organization") or None,
        "provider": reading.display(one(resource, "provider"), "Practitioner") or None,
        "facility": reading.display(one(resource, "facility"), "Location") or None,
        "claim_ref": pointed(reading, one(resource, "claim"), "Claim"),
        "coverage": concept(inside, "type") or text(insurance, "display") or None,
        "coverage_ref": pointed(reading, insurance, "Coverage"),
        "payment": payment,
        "currency": currency,
        "totals": json_text([_amount(sent) for sent in each(resource, "total")]),
        "lines": json_text([_benefit_line(sent) for sent in each(resource, "item")]),
    }
    period = span(one(resource, "billablePeriod"), feed)
    return Projection([Row("explanation_of_benefit", values | date_columns("effective", period))])


def _benefit_line(sent: dict) -> dict:
    period = one(sent, "servicedPeriod")
    day = text(sent, "servicedDate") or "/".join(filter(None, (text(period, "start"), text(period, "end"))))
    return {
        "text": concept(sent, "productOrService") or concept(sent, "service"),
        "when": day,
        "amounts": [_amount(part) for part in each(sent, "adjudication") if "amount" in part],
    }


def _amount(sent: dict) -> dict:
    units, currency = minor_units(sent, "amount")
    return {
        "category": first_code(sent, "category"),
        "text": concept(sent, "category"),
        "amount": units,
        "currency": currency,
    }


def coverage(resource: dict, reading: Reading, feed: Feed) -> Projection:
    payer = joined(reading.display(sent, "Organization") for sent in each(resource, "payor"))
    classes = {first_code(sent, "type"): sent for sent in each(resource, "class")}
    plan, group = classes.get("plan", {}), classes.get("group", {})
    values = {
        "status": text(resource, "status"),
        "label": concept(resource, "type") or payer or "",
        "payer": payer,
        "member_number": text(resource, "subscriberId") or number_of(resource),
        "subscriber": reading.display(one(resource, "subscriber"), "Patient") or None,
        "relationship": concept(resource, "relationship") or None,
        "dependent": text(resource, "dependent") or None,
        "plan": text(plan, "name") or text(plan, "value") or None,
        "group_name": text(group, "name") or None,
        "group_number": text(group, "value") or None,
        "network": text(resource, "network") or None,
        "rank": whole(resource, "order"),
    }
    return Projection([Row("coverage", values | date_columns("effective", span(one(resource, "period"), feed)))])
