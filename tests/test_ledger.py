"""The ledger: every transaction adds up to nothing, nothing in it is ever changed, and invoices become statements in it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access.opening import open_system
from acts.statements import file_invoices
from rules.invoices import Bill, Paid, lines_of, settled_elsewhere
from rules.ledger import ADJUSTMENT, CHARGE, INSURANCE, KINDS, OWED, PAYMENT, REFUND, SETTLED, balance, entries_of
from tables.ledger import On, Posting, Unbalanced, post
from tests.support.billing import component, filed, invoice, owed, unbalanced
from tests.support.feeds import encounter, patient
from tests.support.world import a_house

CENTS = st.integers(-10**12, 10**12)
MOVES = st.lists(st.tuples(st.sampled_from(sorted(KINDS)), CENTS), max_size=40)


@given(MOVES)
def test_whatever_happens_in_whatever_order_the_books_add_up_to_nothing(moves):
    books: dict[str, int] = {}
    for kind, amount in moves:
        for book, moved in entries_of(kind, amount):
            books[book] = books.get(book, 0) + moved
    assert sum(books.values()) == 0 and books.get(OWED, 0) == balance(moves)


@given(MOVES)
def test_what_was_written_and_taken_back_leaves_nothing(moves):
    assert balance([*moves, *((kind, -amount) for kind, amount in moves)]) == 0


PART = st.builds(
    lambda kind, amount, currency: {"kind": kind, "amount": amount, "currency": currency, "text": ""},
    st.sampled_from(["base", "surcharge", "tax", "deduction", "discount", "informational", "odd"]),
    st.none() | CENTS, st.sampled_from(["USD", "EUR", ""]),
)
LINE = st.builds(lambda parts: {"text": "A service", "parts": parts}, st.lists(PART, max_size=4))


@given(st.none() | CENTS, st.lists(LINE, max_size=5), st.lists(PART, max_size=3))
def test_a_statement_ends_with_the_total_of_its_invoice_whatever_its_lines_say(total, lines, parts):
    made = lines_of(Bill("issued", "", "USD", total, lines, parts))
    if total is not None:
        assert balance((line.kind, line.amount) for line in made) == total
    assert len({(line.kind, line.place) for line in made}) == len(made), "each line has a place of its own"


def test_what_lessens_a_price_lessens_it_whichever_sign_it_was_sent_with():
    lines = [{"text": "X-ray", "parts": [
        {"kind": "base", "amount": 9000, "currency": "USD"}, {"kind": "deduction", "amount": -6000, "currency": "USD"},
        {"kind": "discount", "amount": 1000, "currency": "USD"},
    ]}]  # fmt: skip
    made = lines_of(Bill("issued", "", "USD", 2000, lines))
    assert [(line.kind, line.amount) for line in made] == [(CHARGE, 9000), (INSURANCE, 6000), (ADJUSTMENT, 1000)]


@pytest.mark.parametrize("status", ["draft", "cancelled", "entered-in-error", ""])
def test_a_bill_that_is_not_out_or_was_called_off_says_nothing(status):
    assert lines_of(Bill(status, "Check-up", "USD", 4000, [], paid=[Paid(4000, "2026-01-02")])) == ()


def test_what_is_balanced_without_payments_was_settled_elsewhere():
    assert settled_elsewhere("balanced", 4000) == 4000 and settled_elsewhere("issued", 4000) == 0
    assert settled_elsewhere("balanced", -500) == 0, "who paid too much is not charged for it"


# In the database


async def an_entry(clinic, entries, dedupe="x"):
    await filed(clinic, patient(), invoice("b1", ("Check-up", [component("base", 4000)]), total=4000))
    row = await one_statement(clinic)
    async with clinic.database.transaction():
        return await post(
            clinic.database,
            Posting(row["guarantor"], row["id"], PAYMENT, entries, "USD", On.at(clinic.now), f"{clinic.source} {dedupe}"), clinic.now,
        )  # fmt: skip


async def one_statement(clinic) -> dict:
    rows = await clinic.database.rows(
        "SELECT t.* FROM statement t JOIN invoice i ON i.id = t.invoice WHERE i.source = ?", clinic.source
    )
    assert len(rows) == 1
    return rows[0]


async def owed_here(clinic) -> int:
    return await owed(clinic.database, "i.source = ?", clinic.source)


async def test_entries_that_do_not_balance_are_refused(clinic):
    with pytest.raises(Unbalanced):
        await an_entry(clinic, (("owed", -100), ("paid", 99)))
    assert await owed_here(clinic) == 4000


async def test_the_same_happening_is_written_once(clinic):
    assert await an_entry(clinic, entries_of(PAYMENT, 1000)) is True
    assert await an_entry(clinic, entries_of(PAYMENT, 1000)) is False
    assert await owed_here(clinic) == 3000 and await unbalanced(clinic.database) == []


@pytest.mark.parametrize("table", ["ledger_transaction", "ledger_entry"])
async def test_the_database_refuses_to_change_or_take_away_a_row(clinic, table):
    await an_entry(clinic, entries_of(PAYMENT, 1000))
    for statement in (f"UPDATE {table} SET currency = 'EUR'", f"DELETE FROM {table}"):
        with pytest.raises(Exception, match="only ever added|never changed"):
            await clinic.database.rows(statement)


PARTS = [component("base", 20_000), component("deduction", 15_000, "Lakeside"), component("discount", 1000, "Contract")]


async def test_an_invoice_becomes_a_statement_of_what_it_says_and_once(clinic):
    sent = patient(), encounter(), invoice("b1", ("Check-up", PARTS), total=4000)
    for _again in range(3):
        await filed(clinic, *sent)
    statement = await one_statement(clinic)
    rows = await clinic.database.rows("SELECT kind FROM ledger_transaction WHERE statement = ? ORDER BY kind", statement["id"])
    assert [row["kind"] for row in rows] == [ADJUSTMENT, CHARGE, INSURANCE] and statement["number"] == "N-b1"
    assert await owed_here(clinic) == 4000 and await unbalanced(clinic.database) == []


async def test_what_its_system_changes_is_written_as_the_difference(clinic):
    await filed(clinic, patient(), invoice("b1", ("Check-up", PARTS), total=4000))
    cheaper = [component("base", 18_000), *PARTS[1:]]
    await filed(clinic, invoice("b1", ("Check-up", cheaper), total=2000))
    statement = await one_statement(clinic)
    rows = await clinic.database.rows(
        "SELECT e.amount FROM ledger_transaction t JOIN ledger_entry e ON e.posting = t.id AND e.book = 'owed'"
        " WHERE t.statement = ? AND t.kind = 'charge' ORDER BY t.recorded_at, t.id", statement["id"],
    )
    assert sorted(row["amount"] for row in rows) == [-2000, 20_000] and await owed_here(clinic) == 2000


@pytest.mark.parametrize("status", ["cancelled", "entered-in-error"])
async def test_what_its_system_takes_back_is_reversed_and_never_deleted(clinic, status):
    await filed(clinic, patient(), invoice("b1", ("Check-up", PARTS), total=4000))
    await filed(clinic, invoice("b1", ("Check-up", PARTS), total=4000, status=status))
    statement = await one_statement(clinic)
    rows = await clinic.database.rows("SELECT id FROM ledger_transaction WHERE statement = ?", statement["id"])
    assert len(rows) == 6 and await owed_here(clinic) == 0 and statement["withdrawn_at"] is not None


async def test_what_was_taken_back_may_come_again(clinic):
    bill = invoice("b1", ("Check-up", PARTS), total=4000)
    for one in (bill, bill | {"status": "cancelled"}, bill):
        await filed(clinic, patient(), one)
    assert await owed_here(clinic) == 4000 and (await one_statement(clinic))["withdrawn_at"] is None


async def test_a_payment_that_the_clinic_took_itself_is_told_by_its_notice(clinic):
    notice = {
        "resourceType": "PaymentNotice", "id": "n1", "status": "active", "request": {"reference": "Invoice/b1"},
        "created": "2026-05-03", "paymentDate": "2026-05-02", "amount": {"value": "15.00", "currency": "USD"},
    }  # fmt: skip
    await filed(clinic, patient(), invoice("b1", ("Check-up", PARTS), total=4000))
    await filed(clinic, notice)
    assert await owed_here(clinic) == 2500
    await filed(clinic, notice | {"status": "cancelled"})
    assert await owed_here(clinic) == 4000 and await unbalanced(clinic.database) == []


async def test_a_balanced_invoice_owes_nothing_whoever_was_paid(clinic):
    await filed(clinic, patient(), invoice("b1", ("Check-up", PARTS), total=4000, status="balanced"))
    assert await owed_here(clinic) == 0
    await filed(clinic, invoice("b1", ("Check-up", PARTS), total=4000, status="issued"))
    assert await owed_here(clinic) == 4000


async def test_an_explanation_of_benefit_is_no_bill(clinic):
    eob = {
        "resourceType": "ExplanationOfBenefit", "id": "x1", "status": "active", "patient": {"reference": "Patient/p1"},
        "use": "claim", "outcome": "complete", "payment": {"amount": {"value": 90, "currency": "USD"}},
    }  # fmt: skip
    await filed(clinic, patient(), eob)
    assert await clinic.database.rows(
        "SELECT t.id FROM statement t JOIN record_source s ON s.record = t.record WHERE s.source = ?", clinic.source
    ) == []


async def test_who_must_pay_is_whom_the_account_names_where_they_are_a_patient_here(clinic):
    account = {
        "resourceType": "Account", "id": "a1", "status": "active", "subject": [{"reference": "Patient/p1"}],
        "guarantor": [{"party": {"reference": "Patient/p2"}}],
    }  # fmt: skip
    mother = patient("p2", name=[{"given": ["Rosa"], "family": "Reyes"}], birthDate="1955-01-01")
    bill = invoice("b1", ("Check-up", PARTS), total=4000, account={"reference": "Account/a1"})
    await filed(clinic, patient(), mother, account, bill)
    rows = await clinic.database.rows(
        "SELECT h.given AS holder, r.given AS patient FROM statement t JOIN guarantor_account g ON g.id = t.guarantor"
        " JOIN record h ON h.id = g.holder JOIN record r ON r.id = t.record JOIN invoice i ON i.id = t.invoice WHERE i.source = ?",
        clinic.source,
    )
    assert rows == [{"holder": "Rosa", "patient": "Ana"}]


async def test_a_credit_and_a_bill_in_money_without_cents_add_up_too(clinic):
    yen = {"totalGross": {"value": 1200, "currency": "JPY"}}
    await filed(clinic, patient(), invoice("b1", total=-500), invoice("b2") | yen)
    assert await owed_here(clinic) == 700 and await unbalanced(clinic.database) == []


def test_kinds_that_pay_and_pay_back_undo_each_other():
    assert balance([(PAYMENT, 700), (REFUND, 700)]) == 0 and balance([(SETTLED, 5)]) == -5


# What the clinic's system says later of a bill that is filed already

PRIVATE = {"meta": {"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}]}}
CHARGED = {
    "resourceType": "ChargeItem", "id": "c1", "status": "billable", "subject": {"reference": "Patient/p1"},
    "code": {"text": "Check-up"}, "context": {"reference": "Encounter/e1"},
}  # fmt: skip


def a_bill(**more):
    one = invoice("b1", ("Check-up", PARTS), total=4000, **more)
    one["lineItem"][0] = {"chargeItemReference": {"reference": "ChargeItem/c1"}, "priceComponent": PARTS}
    return one


async def filed_later(clinic, *sent) -> dict:
    """The one statement, after what came an hour later alone was filed."""
    clinic.now += timedelta(hours=1)
    await clinic.sends(*sent)
    house = a_house(clinic.database, clinic.now)
    await file_invoices(open_system(house, "bills", clinic.now), clinic.now)
    bill = await clinic.row("invoice")
    return (await clinic.database.rows("SELECT * FROM statement WHERE invoice = ?", bill["id"]))[0]


@pytest.mark.parametrize("what", ["invoice", "visit", "charge"])
async def test_a_label_that_comes_later_or_goes_is_kept_with_the_statement(clinic, what):
    one = {"invoice": a_bill(), "visit": encounter(), "charge": CHARGED}[what]
    await filed(clinic, patient(), encounter(), CHARGED, a_bill())
    assert (await filed_later(clinic, one | PRIVATE))["sensitive"]
    assert not (await filed_later(clinic, one))["sensitive"]


async def test_what_a_bill_says_of_itself_later_is_what_the_statement_says(clinic):
    await filed(clinic, patient(), encounter(), CHARGED, a_bill())
    said = await filed_later(clinic, a_bill(identifier=[{"value": "N-2"}], date="2026-05-03"))
    assert (said["number"], said["issued_text"]) == ("N-2", "2026-05-03")


async def test_a_visit_that_comes_after_its_bill_is_found_and_kept_when_the_bill_names_it_no_more(clinic):
    await filed(clinic, patient(), CHARGED, a_bill())
    late = await filed_later(clinic, encounter(**PRIVATE))
    assert late["encounter"] == (await clinic.row("encounter"))["id"] and late["sensitive"]
    again = await filed_later(clinic, invoice("b1", ("Check-up", PARTS), total=4000))
    assert again["encounter"] == late["encounter"]
