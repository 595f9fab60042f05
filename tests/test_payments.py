"""Paying by card: what is written down first, what the processor says, and that nothing is ever paid twice or too much."""

from __future__ import annotations

import asyncio
import json
import stat
import time
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

import acts.payments
from jobs.doctor import _ledger
from jobs.job import Job
from jobs.payments import ask_what_nobody_asks, check_payment
from payments import Unreachable, practice
from payments.notebook import Notebook
from rules.ledger import ADJUSTMENT, entries_of
from seeds.cast import fixed_id
from tables.ledger import On, Posting, post
from tests.support.html.tree import words
from tests.support.billing import owed, unbalanced
from tests.support.paying import signed, tell
from tests.support.pdf import Document, pdf_problems
from tests.support.tills import house, portal, somebody, till  # noqa: F401 -- fixtures

OPEN, LEFT = "1510", 4260


async def statement(client, number: str = OPEN, whose: str = "Your bills"):
    page = await client.follow(await client.get("/bills"), whose)
    return await client.follow(page, f"Statement {number}")


async def chosen(client, amount: str = "42.60", **where):
    """The page that asks whether it is right."""
    page = await client.follow(await statement(client, **where), "Pay by card")
    return await client.submit(page, "Go on", amount=amount)


async def begun(client, amount: str = "42.60", **where) -> str:
    """The address of the processor's page."""
    answer = await client.send(await chosen(client, amount, **where), "Go to the card page")
    assert answer.status == 303, answer.main
    return answer.headers["location"]


async def left(house, number: str = OPEN) -> int:
    return await owed(house.database, "t.number = ?", number)


async def states(house) -> list[str]:
    rows = await house.database.rows("SELECT state FROM payment WHERE method = 'card' AND session IS NOT NULL ORDER BY made_at, id")
    return [row["state"] for row in rows]


async def test_a_statement_is_paid_whole(somebody, till, house):
    maria = await somebody("self")
    page = await begun(maria)
    assert page.startswith(till.origin) and await left(house) == LEFT
    back = await till.at(page, "pay")
    seen = await maria.get(back)
    assert "We are checking with the card company." in seen.main and await left(house) == LEFT, "coming back pays nothing"
    assert await till.delivers(maria) == [200]
    assert await left(house) == 0 and await unbalanced(house.database) == []
    seen = await maria.get(back)
    assert seen.h1 == "Receipt: Payment of $42.60" and "We have your payment. Thank you." in seen.main
    assert focused(seen) == "Paid. We have your payment of $42.60."


def focused(seen) -> str:
    """What a screen reader reads first when the page has come."""
    return " ".join(words(one) for one in seen.tree.elements if one.get("autofocus") is not None)


UNASKED = {"headers": {"HX-Unasked": "true"}}


async def test_a_page_that_checks_by_itself_says_so_once_and_ends_with_what_became_of_it(somebody, till):
    maria = await somebody("self")
    page = await begun(maria)
    seen = await maria.get(await till.at(page, "pay", "never"))
    address = seen.link("Check again")
    assert "Check again" not in words(seen.tree.by_id["told"]), "what an update replaces does not hold the link"
    first = await maria.htmx("GET", address, target="div#told", **UNASKED)
    assert first.text == "Still checking." and [one.get("name") for one in first.tree.all("input")] == ["told"]
    assert (await maria.htmx("GET", f"{address}&told=1", **UNASKED)).status == 204
    pressed = await maria.htmx("GET", f"{address}&told=1")
    assert pressed.text == "Still checking." and pressed.headers["hx-reswap"] == "none"
    plain = await maria.follow(seen, "Check again")
    assert focused(plain) == "Still checking." and "hx-trigger" in plain.html
    body = till.event(page.rpartition("/")[2])
    await tell(maria, body, signed(body))
    over = await maria.htmx("GET", f"{address}&told=1", **UNASKED)
    assert over.status == 204 and over.headers["hx-redirect"].endswith("?back=over")
    assert focused(await maria.get(over.headers["hx-redirect"])) == "Paid. We have your payment of $42.60."


async def test_of_a_payment_that_was_stopped_on_the_way_asking_again_says_that_none_came(somebody, till):
    maria = await somebody("self")
    seen = await maria.get(await till.at(await begun(maria), "stop"))
    assert "Kept for you until" in seen.main and "2026 at" in seen.main, "with its day"
    assert (await maria.htmx("GET", seen.link("Check again"))).text == "The card company has no payment yet."
    plain = await maria.follow(seen, "Check again")
    assert focused(plain) == "The card company has no payment yet." and "We are checking" not in plain.main
    assert "hx-trigger" not in plain.html and plain.link("Check again")


async def test_a_part_is_paid_and_the_rest_is_left(somebody, till, house):
    maria = await somebody("self")
    page = await chosen(maria, "$20")
    assert "You pay$20.00" in page.main and "Left to pay afterwards$22.60" in page.main
    address = (await maria.send(page, "Go to the card page")).headers["location"]
    await till.at(address, "pay")
    await till.delivers(maria)
    page = await statement(maria)
    assert "$22.60 is left to pay." in page.main and "Paid so far: $20.00." in page.main
    assert page.rows("From the charges")[-2][0].startswith("Payment of $20.00 on ")


@pytest.mark.parametrize("typed, said", [
    ("", "Enter an amount, such as 42.60"), ("-5", "Enter an amount above 0"), ("−5", "Enter an amount above 0"),
    ("0", "Enter an amount above 0"), ("0.00", "Enter an amount above 0"), ("42.61", "Enter $42.60 or less"),
    ("99999999999999999999", "Enter a smaller amount"), ("10.005", "Enter no more figures after the point than in 42.60"),
    ("10,50", "Enter an amount in figures, such as 42.60"), ("ten", "Enter an amount in figures, such as 42.60"),
    ("1e3", "Enter an amount in figures, such as 42.60"), ("0.20", "Enter $0.50 or more"),
    ("42.59", "Enter $42.60 to pay all of it, or $42.10 or less. The rest would be too small to pay by card"), ("٤٢", "Enter an amount in figures, such as 42.60"),
    ("NaN", "Enter an amount in figures, such as 42.60"), ("9" * 4000, "Enter a smaller amount"),
])  # fmt: skip
async def test_an_amount_that_cannot_be_is_said_in_words_and_kept(somebody, typed, said):
    maria = await somebody("self")
    page = await chosen(maria, typed)
    assert page.status == 422 and page.errors == [said]
    assert page.tree.by_id["amount"].get("value") == typed


@pytest.mark.parametrize("typed", ["42.60", "$42.60", " 42.6 ", "0042.60", "42.600"])
async def test_an_amount_may_be_written_as_on_a_bill(somebody, typed):
    assert "You pay$42.60" in (await chosen(await somebody("self"), typed)).main


async def owes(house, cents: int) -> None:
    """Of the open statement, no more than that."""
    rows = await house.database.rows("SELECT id, guarantor, currency FROM statement WHERE number = ?", OPEN)
    less = Posting(rows[0]["guarantor"], rows[0]["id"], ADJUSTMENT, entries_of(ADJUSTMENT, LEFT - cents), rows[0]["currency"],
                   On.at(house.clock()), f"less:{cents}")  # fmt: skip
    async with house.database.transaction():
        await post(house.database, less, house.clock())


@pytest.mark.parametrize("amount, said", [
    ("4230", "Enter $42.60 to pay all of it, or $42.10 or less. The rest would be too small to pay by card"),
    ("20", "Enter $0.50 or more"), ("4300", "$42.60 can be paid now. Somebody else may be paying the rest."),
])  # fmt: skip
async def test_what_a_card_cannot_pay_is_refused_on_confirming_too(somebody, house, amount, said):
    maria = await somebody("self")
    page = await chosen(maria, "10")
    asked = await maria.get(page.url.partition("?")[0] + f"?amount={amount}")
    assert asked.status == 303 and asked.headers["location"].endswith("/payment"), "nobody is asked to confirm it"
    seen = await maria.post(page.url.partition("?")[0], keys_of(page) | {"amount": amount})
    assert seen.status == 422 and seen.errors == [said]
    assert not await house.database.rows("SELECT id FROM payment WHERE state = 'made'")


async def test_of_less_than_a_dollar_all_or_nothing_is_paid(somebody, till, house):
    await owes(house, 80)
    maria = await somebody("self")
    page = await chosen(maria, "0.50")
    assert page.errors == ["Enter $0.80 to pay all of it. The rest would be too small to pay by card"]
    await till.at(await begun(maria, "0.80"), "pay")
    await till.delivers(maria)
    assert await left(house) == 0


async def test_less_than_a_card_can_pay_is_paid_in_other_ways(somebody, house):
    await owes(house, 20)
    maria = await somebody("self")
    page = await statement(maria)
    assert "$0.20 is left to pay." in page.main and "Pay by card" not in page.main
    seen = await maria.get(f"{page.url}/payment")
    assert "Less than $0.50 cannot be paid by card." in seen.main and "Pay by phone, by post or at the desk" in seen.main


async def test_what_is_left_is_worked_out_by_htmx_and_by_a_button(somebody):
    maria = await somebody("self")
    page = await maria.follow(await statement(maria), "Pay by card")
    whole = await maria.submit(page, "Go on", press="Work out what is left", amount="12.60")
    assert focused(whole) == "Left to pay afterwards: $30.00." and whole.tree.by_id["amount"].get("value") == "12.60"
    assert whole.main.count("Left to pay afterwards") == 1
    update = await maria.htmx("POST", f"{page.url}/left", data=keys_of(page) | {"amount": "2.60"}, target="div#sum")
    assert update.said == words(update.tree.by_id["left"]) == "Left to pay afterwards: $40.00." and not update.is_whole


async def test_an_amount_that_cannot_be_is_said_by_the_update_and_marked_where_it_was_typed(somebody):
    maria = await somebody("self")
    page = await maria.follow(await statement(maria), "Pay by card")
    update = await maria.htmx("POST", f"{page.url}/left", data=keys_of(page) | {"amount": "500"}, target="div#sum")
    field = update.tree.by_id["amount"]
    assert update.said == "Error: Enter $42.60 or less." and field.get("aria-invalid") == "true"
    assert "amount-err" in field.get("aria-describedby") and words(update.tree.by_id["left"]) == ""
    whole = await maria.submit(page, "Go on", amount="500")
    assert whole.main.count("Enter $42.60 or less") == 2, "in the summary and beside the field, and nowhere else"


def keys_of(page) -> dict:
    main = [field for field in page.tree.all("input") if field.get("name") in ("csrf", "form_key")]
    return {field.get("name"): field.get("value") for field in main[-2:]}


# The processor


async def test_only_the_page_that_leads_there_lets_a_form_end_at_the_processor(somebody, till):
    maria = await somebody("self")
    confirm = await chosen(maria)
    assert confirm.title.startswith("Is this right? Pay $42.60 – ")
    assert f"form-action 'self' {till.origin};" in confirm.headers["content-security-policy"]
    page = await statement(maria)
    assert till.origin not in page.headers["content-security-policy"]


async def test_the_processor_is_told_the_sum_and_nothing_of_who_or_what_for(somebody, till):
    page = await begun(await somebody("self"))
    known = str(till.practice.notes.get(page.rpartition("/")[2]))
    for private in ("Maria", "Delgado", "1510", "Ferritin", "example.org"):
        assert private not in known
    assert "Riverbend Family Clinic" in known and "4260" in known


async def test_declined_stopped_and_paid_after_all(somebody, till, house):
    maria = await somebody("self")
    page = await begun(maria)
    assert await till.at(page, "decline") == "" and await till.delivers(maria) == []
    stopped = await maria.get(await till.at(page, "stop"))
    assert "We have not heard of a payment yet." in stopped.main and await left(house) == LEFT
    again = await maria.send(stopped, "Go to the card page")
    assert again.headers["location"] == page, "the page it had already"
    await till.at(page, "pay")
    await till.delivers(maria)
    assert await left(house) == 0


async def test_a_payment_that_was_begun_can_be_stopped(somebody, till, house):
    maria = await somebody("self")
    page = await begun(maria)
    back = await maria.get(await till.at(page, "stop"))
    over = await maria.submit(back, "Stop this payment")
    assert "The payment was stopped. Nothing was taken." in over.main and "This payment was not made." in over.main
    assert await states(house) == ["cancelled"] and "Pay by card" in (await statement(maria)).main
    assert await till.at(page, "pay") == "", "its page is closed"
    await till.delivers(maria)
    assert await left(house) == LEFT


async def test_who_stops_what_was_paid_a_moment_ago_has_paid(somebody, till, house):
    maria = await somebody("self")
    page = await begun(maria)
    back = await maria.get(await till.at(page, "stop"))
    await till.at(page, "pay", "never")
    seen = await maria.submit(back, "Stop this payment")
    assert seen.h1.startswith("Receipt") and await left(house) == 0


@pytest.fixture
def held(portal, monkeypatch):
    """The processor has made its page, and its answer is on the way until a test lets it go: (made, go)."""
    made, go = asyncio.Event(), asyncio.Event()
    real = portal[0].state.processor.begin

    async def slow(self, asked):
        checkout = await real(asked)
        made.set()
        await go.wait()
        return checkout

    monkeypatch.setattr(type(portal[0].state.processor), "begin", slow)
    return made, go


async def stopped_in_a_second_tab(maria, held):
    """"Go to the card page" is pressed, and the payment stopped elsewhere before the page comes: that press's answer."""
    made, go = held
    pressed = asyncio.create_task(maria.send(await chosen(maria), "Go to the card page"))
    await made.wait()
    history = await maria.follow(await maria.follow(await statement(maria), "Payments and receipts"), "$42.60")
    seen = await maria.submit(history, "Stop this payment")
    assert "The payment was stopped. Nothing was taken." in seen.main
    go.set()
    return await pressed


async def test_who_stops_a_payment_before_its_page_came_is_not_sent_to_it(somebody, till, house, held):
    maria = await somebody("self")
    answer = await stopped_in_a_second_tab(maria, held)
    assert answer.status == 303 and "/payments/" in answer.headers["location"], "the payment's own page, which says so"
    assert "This payment was not made." in (await maria.arrive(answer)).main
    assert await states(house) == ["cancelled"], "and what the processor calls it is known"
    session = till.practice.notes.sessions()[-1]["id"]
    assert till.practice.session(session)["status"] == "expired", "its page is closed"


async def test_a_page_that_could_not_be_closed_is_asked_about_until_it_is(somebody, till, house, portal, held, monkeypatch):
    maria, processor = await somebody("self"), portal[0].state.processor

    async def away(self, session):
        raise Unreachable

    with monkeypatch.context() as patched:
        patched.setattr(type(processor), "call_off", away)
        answer = await stopped_in_a_second_tab(maria, held)
        assert answer.headers["location"].endswith("?back=away") and await states(house) == ["cancelled"]
    session = till.practice.notes.sessions()[-1]["id"]
    assert await run_checks(house, processor) == 1 and till.practice.session(session)["status"] == "expired"
    assert await run_checks(house, processor) == 0, "that it is gone is known now"


@pytest.mark.parametrize("state", ["cancelled", "expired"])
async def test_money_that_came_for_what_was_given_up_is_found_by_asking(somebody, till, house, portal, state):
    maria = await somebody("self")
    await till.at(await begun(maria), "pay", "never")
    async with house.database.transaction():
        await house.database.rows("UPDATE payment SET state = ? WHERE state = 'sent'", state)
    assert await run_checks(house, portal[0].state.processor) == 1
    assert await states(house) == ["paid"] and await left(house) == 0


async def test_a_page_that_comes_while_stopping_is_decided_is_closed_too(somebody, till, house, portal, held, monkeypatch):
    """Whoever stops it saw no page yet; when that is written down, there is one."""
    maria, (made, go) = await somebody("self"), held
    pressed = asyncio.create_task(maria.send(await chosen(maria), "Go to the card page"))
    await made.wait()
    history = await maria.follow(await maria.follow(await statement(maria), "Payments and receipts"), "$42.60")
    real = acts.payments._theirs

    async def slow(grant, ref):
        row = await real(grant, ref)
        go.set()
        await pressed
        return row

    monkeypatch.setattr(acts.payments, "_theirs", slow)
    await maria.submit(history, "Stop this payment")
    assert await till.at((await pressed).headers["location"], "pay") == "", "its page is closed"
    assert await states(house) == ["expired"] and await left(house) == LEFT


async def test_of_two_pages_for_one_payment_one_is_kept_and_the_other_closed(somebody, till, house, portal, held, monkeypatch):
    """The processor forgot the key between two presses."""
    maria, (made, go) = await somebody("self"), held
    pressed = asyncio.create_task(maria.send(await chosen(maria), "Go to the card page"))
    await made.wait()
    first = till.practice.notes.sessions()[-1]["id"]
    second = f"{first}_second"
    async with house.database.transaction():
        await house.database.rows("UPDATE payment SET session = ?, state = 'sent' WHERE state = 'made'", second)
    other = till.practice.notes.add(till.practice.notes.get(first) | {"id": second, "url": f"{till.origin}/pay/{second}"})
    go.set()
    assert (await pressed).headers["location"] == other["url"]
    assert till.practice.session(first)["status"] == "expired" and till.practice.session(second)["status"] == "open"
    gone = till.event(first, "checkout.session.expired")
    assert (await tell(maria, gone, signed(gone))).content == b"known" and await states(house) == ["sent"]


# Its messages


@pytest.mark.parametrize("ways", ["twice", "now"])
async def test_a_message_that_comes_again_pays_once(somebody, till, house, ways):
    maria = await somebody("self")
    await till.at(await begun(maria), "pay", ways)
    await till.delivers(maria)
    body, signature = till.heard[-1]
    answers = await asyncio.gather(*(tell(maria, body, signature) for _ in range(8)))
    assert {seen.status for seen in answers} == {200}
    assert await left(house) == 0 and await unbalanced(house.database) == []
    notices = await house.database.rows("SELECT id FROM outbox WHERE event = 'payment.received'")
    assert len(notices) == 1


@pytest.mark.parametrize("forged", ["", "t=1,v1=00", "nonsense", "unknown key", "in the source", "too old", "changed"])
async def test_a_message_that_the_processor_did_not_sign_changes_nothing(somebody, till, house, forged):
    maria = await somebody("self")
    session = (await begun(maria)).rpartition("/")[2]
    body = till.event(session, status="complete", payment_status="paid")
    signature = {
        "unknown key": signed(body, "whsec_other"), "in the source": signed(body, "whsec_practice"),
        "too old": signed(body, at=1_700_000_000), "changed": signed("{}"),
    }  # fmt: skip
    seen = await tell(maria, body, signature.get(forged, forged))
    assert seen.status == 400 and await left(house) == LEFT


@pytest.mark.parametrize("kind, changed, answer", [
    ("customer.created", {}, b"not ours"), ("payout.paid", {"id": "po_1"}, b"not ours"),
    ("checkout.session.completed", {"id": "cs_other", "client_reference_id": None}, b"not ours"),
])  # fmt: skip
async def test_what_is_none_of_ours_is_answered_and_left_alone(somebody, till, house, kind, changed, answer):
    maria = await somebody("self")
    body = till.event((await begun(maria)).rpartition("/")[2], kind, payment_status="paid", **changed)
    seen = await tell(maria, body, signed(body))
    assert seen.status == 200 and seen.content == answer and await left(house) == LEFT


def test_what_the_practice_processor_knows_is_for_its_owner_alone(tmp_path):
    fresh, older = tmp_path / "fresh", tmp_path / "older"
    older.touch(0o644)
    for file in (fresh, older):
        Notebook(str(file)).close()
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


TYPE = '{"type": "checkout.session.completed"'


@pytest.mark.parametrize("body", [
    "[]", "{}", "null", "7", '"paid"', TYPE + "}", TYPE + ', "data": []}', TYPE + ', "data": {"object": null}}', TYPE + ', "data": {"object": {}}}',
    '{"type": ["checkout.session.completed"]}', "[" * 100_000, "not json",
    *(TYPE + ', "data": {"object": {"id": "cs_1", "payment_status": "paid", "status": "complete", %s}}}' % more for more in (
        '"amount_total": "1"', '"amount_total": 1e400', '"amount_total": 99999999999999999999', '"amount_total": true',
        '"currency": 7', '"currency": "dollars"', '"client_reference_id": []', '"id": {}', '"payment_intent": {"id": "pi"}',
        '"url": 1', '"status": []', '"id": "a\\u0000b"',
    )),
])  # fmt: skip
async def test_a_signed_message_that_cannot_be_read_is_answered_and_does_not_come_again(somebody, house, body):
    seen = await tell(await somebody("self"), body, signed(body))
    assert seen.status == 200 and seen.content == b"not ours"
    assert await left(house) == LEFT


@pytest.mark.parametrize("seconds, status", [(-301, 400), (-290, 200), (290, 200), (320, 400), (86_400, 400)])
async def test_a_message_is_taken_only_near_the_moment_it_says_it_was_signed(somebody, till, house, seconds, status):
    maria = await somebody("self")
    body = till.event((await begun(maria)).rpartition("/")[2], status="complete", payment_status="paid")
    assert (await tell(maria, body, signed(body, at=int(time.time()) + seconds))).status == status
    assert await left(house) == (0 if status == 200 else LEFT)


@pytest.mark.parametrize("amount, currency", [(999_999_999, "usd"), (4261, "usd"), (4259, "usd"), (0, "usd"), (-100_000, "usd"), (4260, "jpy")])
async def test_another_sum_than_was_asked_for_is_held_for_a_person_and_never_booked(somebody, till, house, portal, amount, currency):
    maria = await somebody("self")
    page = await begun(maria)
    back = await till.at(page, "pay", "never")
    body = till.event(page.rpartition("/")[2], amount_total=amount, currency=currency)
    assert (await tell(maria, body, signed(body))).status == 200
    assert await left(house) == LEFT and await states(house) == ["sent"] and await unbalanced(house.database) == []
    assert "names another sum than was asked for. It does not count for the bill yet." in (await maria.get(back)).main
    assert "1 are held" in await told_by_doctor(house, portal)
    billing = await somebody("billing")
    seen = await billing.get(back.partition("?")[0].partition("8000")[2].replace("/bills/", "/staff/bills/"))
    assert "Sum that the card company names" in seen.main and "It does not count for the bill yet." in seen.main
    true = till.event(page.rpartition("/")[2])
    await tell(maria, true, signed(true))
    assert await left(house) == 0 and "held" not in await told_by_doctor(house, portal)


async def told_by_doctor(house, portal) -> str:
    return " ".join([one.words async for one in _ledger(house, portal[0].state.settings)])


@pytest.mark.parametrize("planted", ["refused", "ended", "away", "over"])
async def test_no_link_says_of_a_payment_that_nothing_was_taken(somebody, till, planted):
    maria = await somebody("self")
    back = await till.at(await begun(maria), "pay", "never")
    seen = await maria.get(f"{back.partition('?')[0]}?back={planted}")
    assert "Nothing was taken" not in seen.main and "was not made" not in seen.main


async def test_messages_in_any_order_come_to_one_truth(somebody, till, house):
    maria = await somebody("self")
    page = await begun(maria)
    session = page.rpartition("/")[2]
    await till.at(page, "pay", "never")
    paid = till.event(session)
    gone = till.event(session, "checkout.session.expired", status="expired", payment_status="unpaid")
    unsure = till.event(session, status="complete", payment_status="unpaid")
    for body in (unsure, gone, paid, gone, unsure, paid):
        assert (await tell(maria, body, signed(body))).status == 200
    assert await states(house) == ["paid"] and await left(house) == 0


async def test_a_message_before_the_return_and_one_after_three_days_are_the_same(somebody, till, house):
    maria = await somebody("self")
    page = await begun(maria)
    back = await till.at(page, "pay", "never")
    async with house.database.transaction():
        await house.database.rows("UPDATE payment SET made_at = ?, ends_at = ?, state = 'expired' WHERE state = 'sent'",
                                  house.clock() - timedelta(days=3), house.clock() - timedelta(days=2))  # fmt: skip
    body = till.event(page.rpartition("/")[2])
    assert (await tell(maria, body, signed(body))).content == b"known"
    assert (await maria.get(back)).h1 == "Receipt: Payment of $42.60" and await left(house) == 0


async def test_what_the_processor_took_too_much_of_all_the_same_is_said_and_owed_back(somebody, till, house):
    maria, ana = await somebody("self"), await somebody("helper-full")
    first = await begun(maria)
    async with house.database.transaction():
        await house.database.rows("UPDATE payment SET state = 'expired' WHERE state = 'sent'")
    second = await begun(ana, whose="Bills of Maria Delgado")
    for page in (first, second):
        await till.at(page, "pay")
    await till.delivers(maria)
    assert await left(house) == -LEFT
    assert "$42.60 more was paid than was owed. We will pay it back." in (await statement(maria)).main


# At the same moment, and again


async def test_of_fifty_who_pay_one_statement_at_once_one_does(somebody, till, house):
    maria = await somebody("self")
    pages = await asyncio.gather(*(chosen(maria) for _ in range(50)))
    answers = await asyncio.gather(*(maria.send(page, "Go to the card page") for page in pages))
    gone = [seen for seen in answers if seen.status == 303]
    kept = [seen for seen in answers if seen.status == 422]
    assert len(gone) == 1 and len(kept) == 49
    assert all("Somebody is paying this right now." in seen.main for seen in kept)
    await till.at(gone[0].headers["location"], "pay", "twice")
    await till.delivers(maria)
    assert await left(house) == 0 and await unbalanced(house.database) == []


async def test_fifty_who_pay_a_tenth_each_never_pay_more_than_is_owed(somebody, till, house):
    maria = await somebody("self")
    pages = await asyncio.gather(*(chosen(maria, "4.26") for _ in range(50)))
    answers = await asyncio.gather(*(maria.send(page, "Go to the card page") for page in pages))
    gone = [seen.headers["location"] for seen in answers if seen.status == 303]
    assert len(gone) == 10
    for page in gone:
        await till.at(page, "pay")
    while await till.delivers(maria):
        pass
    assert await left(house) == 0


async def test_the_same_press_again_leads_to_the_same_payment(somebody, till, house):
    maria = await somebody("self")
    page = await chosen(maria)
    first = await maria.send(page, "Go to the card page")
    again = await maria.arrive(await maria.send(page, "Go to the card page"))
    assert "This payment is not made yet." in again.main and len(await states(house)) == 1
    assert (await maria.send(again, "Go to the card page")).headers["location"] == first.headers["location"]


async def test_a_stale_page_says_that_somebody_paid_meanwhile(somebody, till, house):
    maria, ana = await somebody("self"), await somebody("helper-full")
    stale = await chosen(ana, whose="Bills of Maria Delgado")
    await till.at(await begun(maria), "pay")
    await till.delivers(maria)
    seen = await ana.send(stale, "Go to the card page")
    assert seen.status == 422 and "Somebody paid this just now. Nothing is left to pay." in seen.main


# Cut off, away, asked


async def run_checks(house, processor, kind: str = "payment.check", work=check_payment) -> int:
    """The reconciler, at every time it planned for itself."""
    rows = await house.database.rows("SELECT * FROM job WHERE kind = ? AND state = 'due'", kind)
    for row in rows:
        await work(processor, house, Job(row["id"], kind, json.loads(row["arguments"]), None, None, 1), house.clock())
        async with house.database.transaction():
            await house.database.rows("UPDATE job SET state = 'done' WHERE id = ?", row["id"])
    return len(rows)


async def test_the_reconciler_settles_what_no_message_told(somebody, till, house, portal):
    maria = await somebody("self")
    await till.at(await begun(maria), "pay", "never")
    assert await run_checks(house, portal[0].state.processor) == 1
    assert await left(house) == 0 and await states(house) == ["paid"]
    assert await run_checks(house, portal[0].state.processor) == 0


async def test_a_page_that_nobody_paid_is_closed_when_its_time_is_over(somebody, till, house, portal):
    maria = await somebody("self")
    page = await begun(maria)
    processor = portal[0].state.processor
    await run_checks(house, processor)
    assert await states(house) == ["sent"]
    async with house.database.transaction():
        await house.database.rows("UPDATE payment SET ends_at = ? WHERE state = 'sent'", house.clock())
    await run_checks(house, processor)
    assert await states(house) == ["expired"] and await till.at(page, "pay") == ""
    assert await run_checks(house, processor) == 0


@pytest.mark.parametrize("minutes", [1, 40])
async def test_what_was_cut_off_before_the_processor_answered_is_found_by_its_key(somebody, till, house, portal, monkeypatch, minutes):
    """At once, or when its time is over: never asked for anew, for that would be another page."""
    maria = await somebody("self")
    processor = portal[0].state.processor
    page = await chosen(maria)
    real = processor.begin

    async def cut(asked):
        await real(asked)
        raise ConnectionResetError("the process was killed here")

    monkeypatch.setattr(type(processor), "begin", lambda self, asked: cut(asked))
    assert (await maria.send(page, "Go to the card page")).status == 500
    monkeypatch.undo()
    rows = await house.database.rows("SELECT state, session FROM payment WHERE state = 'made'")
    assert rows == [{"state": "made", "session": None}]
    session = next(one["id"] for one in till.practice.notes.sessions()[::-1] if one["status"] == "open")
    await till.at(f"{till.origin}/pay/{session}", "pay", "never")
    now = house.clock()
    await run_checks(replace(house, clock=lambda: now + timedelta(minutes=minutes)), processor)
    key = till.practice.session(session)["client_reference_id"]
    pages = [one for one in till.practice.notes.sessions() if one["client_reference_id"] == key]
    assert await left(house) == 0 and len(pages) == 1


async def test_while_the_processor_is_away_nothing_is_lost_and_the_page_says_so(somebody, house, portal, monkeypatch):
    maria = await somebody("self")
    processor = portal[0].state.processor
    away = type(processor)(processor.secret, processor.hook_secret, "http://127.0.0.1:9", "http://127.0.0.1:9")
    portal[0].state.processor = away
    seen = await maria.submit(await chosen(maria), "Go to the card page")
    assert "The card company does not answer. Nothing was taken." in seen.main
    for _ in range(3):
        assert await run_checks(house, away) == 1
    await away.close()
    portal[0].state.processor = processor
    assert (await maria.send(seen, "Go to the card page")).headers["location"].startswith(processor.origin)


@pytest.fixture
async def stranger(portal):
    """The processor, as it answers to a key that it does not know any more."""
    ours = portal[0].state.processor
    other = type(ours)("sk_test_rotated", ours.hook_secret, ours.origin, ours.api)
    yield other
    await other.close()


async def ends(house, what: str, **how) -> None:
    """Every job of that kind has ended like this."""
    async with house.database.transaction():
        await house.database.rows("UPDATE job SET state = ? WHERE kind = ? AND state = 'due'", how.get("state", "failed"), what)


async def test_a_key_that_the_processor_knows_no_more_says_nothing_of_a_payment(somebody, till, house, portal, stranger):
    maria = await somebody("self")
    await till.at(await begun(maria), "pay", "never")
    for _ in range(12):
        assert await run_checks(house, stranger) == 1, "it goes on asking"
    assert await states(house) == ["sent"]
    assert await run_checks(house, portal[0].state.processor) == 1
    assert await states(house) == ["paid"] and await left(house) == 0


async def test_with_a_key_that_is_wrong_nothing_can_be_begun_and_the_page_says_so(somebody, house, portal, stranger):
    ours, portal[0].state.processor = portal[0].state.processor, stranger
    maria = await somebody("self")
    seen = await maria.submit(await chosen(maria), "Go to the card page")
    assert "The card company does not answer. Nothing was taken." in seen.main
    portal[0].state.processor = ours
    assert (await maria.send(seen, "Go to the card page")).headers["location"].startswith(ours.origin)


@pytest.mark.parametrize("state", ["sent", "cancelled"])
async def test_a_payment_that_nobody_asks_about_any_more_is_asked_about_again(somebody, till, house, portal, state):
    maria = await somebody("self")
    await till.at(await begun(maria), "pay", "never")
    async with house.database.transaction():
        await house.database.rows("UPDATE payment SET state = ? WHERE state = 'sent'", state)
    assert await ask_what_nobody_asks(house) == 0, "a job does already"
    await ends(house, "payment.check")
    assert await ask_what_nobody_asks(house) == 1 and await ask_what_nobody_asks(house) == 0
    assert await run_checks(house, portal[0].state.processor) == 1
    assert await left(house) == 0 and await ask_what_nobody_asks(house) == 0


async def test_a_payment_that_stays_open_is_asked_about_for_ever_and_once_at_a_time(somebody, house, portal):
    await begun(await somebody("self"))
    for _ in range(4):
        await ends(house, "payment.check")
        async with house.database.transaction():
            await house.database.rows("UPDATE payment SET made_at = ? WHERE state = 'sent'", house.clock() - timedelta(days=20 + _))
        assert await ask_what_nobody_asks(house) == 1
        for _day in range(2):
            assert await run_checks(house, portal[0].state.processor) == 1 and await ask_what_nobody_asks(house) == 0


async def minutes_pass(house, minutes: int) -> None:
    """For what is under way."""
    rows = await house.database.rows("SELECT id, made_at, ends_at FROM payment WHERE state IN ('made', 'sent')")
    ago = timedelta(minutes=minutes)
    async with house.database.transaction():
        for row in rows:
            await house.database.rows("UPDATE payment SET made_at = ?, ends_at = ? WHERE id = ?",
                                      row["made_at"] - ago, row["ends_at"] - ago, row["id"])  # fmt: skip


@pytest.mark.parametrize("amount", ["42.60", "10"])
async def test_who_closed_the_card_page_finds_the_way_back_to_the_payment(somebody, till, amount):
    maria = await somebody("self")
    await begun(maria, amount)
    shown = await statement(maria)
    bills = await maria.follow(await maria.get("/bills"), "Your bills")
    for page, said in ((shown, "A card payment"), (bills, "A card payment"), (await maria.get(f"{shown.url}/payment"), "Go on with it")):
        assert "is under way." in page.main and "Go on with it or stop it." in page.main
        assert "Go to the card page" in (await maria.follow(page, said)).main
    helper = await statement(await somebody("helper-full"), whose="Bills of Maria Delgado")
    assert "is under way." in helper.main


async def test_before_a_second_part_is_paid_the_page_says_that_one_is_under_way(somebody, till):
    """The answer to the first was lost, and Back leads to this page with a new key."""
    maria = await somebody("self")
    page = await chosen(maria, "10")
    assert "under way" not in page.main
    await maria.send(page, "Go to the card page")
    again = await maria.get(page.url)
    assert again.h1.endswith("Is this right?") and "A payment of $10.00 is under way." in again.main
    assert (await maria.follow(again, "Go on with it")).h1 == "Payment of $10.00"


async def test_a_sum_is_kept_until_it_is_known_whether_it_was_paid_however_late(somebody, till, house, portal):
    """She paid in good time, and the message was lost; somebody else must not pay it again."""
    maria, ana = await somebody("self"), await somebody("helper-full")
    back = await till.at(await begun(maria), "pay", "never")
    await minutes_pass(house, 36)
    page = await statement(ana, whose="Bills of Maria Delgado")
    assert "Pay by card" not in page.main and "A card payment of $42.60 for Statement 1510 is under way." in page.main
    assert "Nothing can be paid now." in (await ana.get(f"{page.url}/payment")).main
    seen = await maria.get(back)
    assert "The time to pay is over. We are asking the card company whether it was paid." in seen.main
    assert "Go to the card page" not in seen.main and "Kept for you until" not in seen.main
    await run_checks(house, portal[0].state.processor)
    assert await left(house) == 0 and (await maria.get(back)).h1.startswith("Receipt")


async def test_a_sum_is_free_again_as_soon_as_the_processor_says_that_nobody_paid_it(somebody, till, house, portal):
    maria = await somebody("self")
    await begun(maria)
    await minutes_pass(house, 36)
    assert "Pay by card" not in (await statement(maria)).main
    await run_checks(house, portal[0].state.processor)
    assert await states(house) == ["expired"] and "Pay by card" in (await statement(maria)).main


async def test_a_question_is_planned_for_just_after_the_page_has_ended(somebody, house, portal):
    await begun(await somebody("self"))
    for _ in range(3):
        await run_checks(house, portal[0].state.processor)
    ends_at = (await house.database.rows("SELECT ends_at FROM payment WHERE state = 'sent'"))[0]["ends_at"]
    await minutes_pass(house, 20)
    await run_checks(house, portal[0].state.processor)
    rows = await house.database.rows("SELECT run_at FROM job WHERE kind = 'payment.check' AND state = 'due'")
    assert rows[0]["run_at"] == ends_at - timedelta(minutes=20) + timedelta(seconds=10)


async def test_a_payment_that_failed_after_a_while_is_over_and_only_cards_are_asked_for(somebody, till, house):
    maria = await somebody("self")
    session = (await begun(maria)).rpartition("/")[2]
    assert till.practice.session(session)["payment_method_types"] == ["card"]
    failed = till.event(session, "checkout.session.async_payment_failed", status="complete", payment_status="unpaid")
    assert (await tell(maria, failed, signed(failed))).content == b"known" and await states(house) == ["expired"]


async def begun_in_vain(maria, portal):
    """While the processor is away: the payment's own page."""
    ours = portal[0].state.processor
    away = portal[0].state.processor = type(ours)("x", "x", "http://127.0.0.1:9", "http://127.0.0.1:9")
    seen = await maria.submit(await chosen(maria), "Go to the card page")
    await away.close()
    portal[0].state.processor = ours
    return seen


@pytest.mark.parametrize("minutes", [2, 6, 60])
async def test_who_could_not_begin_can_do_so_later(somebody, till, house, portal, minutes):
    """The processor takes no page that would end in less than half an hour."""
    maria = await somebody("self")
    seen = await begun_in_vain(maria, portal)
    await minutes_pass(house, minutes)
    page = (await maria.send(seen, "Go to the card page")).headers["location"]
    assert page.startswith(till.origin)
    await till.at(page, "pay")
    await till.delivers(maria)
    assert await left(house) == 0


async def test_what_never_reached_the_processor_is_over_when_its_time_is(somebody, house, portal):
    maria = await somebody("self")
    seen = await begun_in_vain(maria, portal)
    await minutes_pass(house, 10)
    await run_checks(house, portal[0].state.processor)
    assert "Go to the card page" in (await maria.get(seen.url)).main, "whoever pays may still come back"
    await minutes_pass(house, 30)
    await run_checks(house, portal[0].state.processor)
    assert "This payment was not made." in (await maria.get(seen.url)).main and "Pay by card" in (await statement(maria)).main


async def test_a_payment_that_the_processor_does_not_take_keeps_nothing(somebody, till, house, monkeypatch):
    maria = await somebody("self")
    monkeypatch.setattr(practice, "MOST", 4259)
    seen = await maria.submit(await chosen(maria), "Go to the card page")
    assert "The card company does not take this payment. Nothing was taken." in seen.main and "Stop this payment" not in seen.main
    assert "Pay by card" in (await statement(maria)).main


# Whose


async def test_a_helper_pays_and_it_says_who_did_it_for_whom(somebody, till, house):
    ana, maria = await somebody("helper-full"), await somebody("self")
    back = await till.at(await begun(ana, whose="Bills of Maria Delgado"), "pay")
    await till.delivers(ana)
    assert "We have your payment. Thank you." in (await ana.get(back)).main
    page = await maria.get(back)
    assert "Paid by Ana Delgado" in page.main.replace("Paid byAna", "Paid by Ana") and "We have this payment." in page.main
    told = await house.database.rows("SELECT account FROM outbox WHERE event = 'payment.received'")
    assert {UUID(str(row["account"])) for row in told} == {fixed_id("account", "self"), fixed_id("account", "helper-full")}


async def test_a_mother_pays_for_her_son(somebody, till, house):
    meera = await somebody("guardian")
    await till.at(await begun(meera, "50", number="2304"), "pay")
    await till.delivers(meera)
    assert await left(house, "2304") == 0 and "$30.00 is left to pay, on 1 statement." in (await meera.get("/bills")).main


@pytest.mark.parametrize("who", ["stranger", "teen", "guardian", "helper-appointments", "helper-revoked", "billing"])
async def test_nobody_else_pays_stops_or_sees_it(somebody, till, who):
    maria, other = await somebody("self"), await somebody(who)
    back = (await maria.get(await till.at(await begun(maria), "stop"))).url.partition("?")[0]
    pay = f"{(await statement(maria)).url}/payment"
    keys = keys_of(await other.get("/account/preferences" if who != "billing" else "/staff/requests"))
    for address in (back, f"{back}.pdf", f"{back}/state", pay, f"{pay}/confirm?amount=100", f"{pay.rpartition('/')[0]}/slip"):
        assert (await other.get(address)).status == 404
    for address in (f"{back}/cancellation", f"{back}/session", f"{pay}/confirm", pay):
        assert (await other.post(address, data=keys | {"amount": "100"})).status in (403, 404)


async def test_a_helper_whose_share_ends_in_between_pays_nothing(somebody, house):
    ana = await somebody("helper-full")
    page = await chosen(ana, whose="Bills of Maria Delgado")
    async with house.database.transaction():
        await house.database.rows("UPDATE share SET revoked_at = ? WHERE account = ? AND basis = 'helper'",
                                  house.clock(), fixed_id("account", "helper-full"))  # fmt: skip
    assert (await ana.send(page, "Go to the card page")).status == 404
    assert not await house.database.rows("SELECT id FROM payment WHERE state = 'made'")


# What is kept


async def test_receipts_history_and_slip_say_the_same_on_paper_and_as_text(somebody, till, house):
    maria = await somebody("self")
    back = (await till.at(await begun(maria), "pay")).partition("localhost:8000")[2].partition("?")[0]
    await till.delivers(maria)
    account = back.rpartition("/payments")[0]
    slip = f"{(await statement(maria, '1322')).url}/slip"
    for address, facts in ((back, ("$42.60", "Card", "Statement 1510")), (f"{account}/payments", ("$42.60", "$90.00", "Check")),
                           (slip, ("$30.00", "1322", "(555) 555-0142", "210 Mill Street"))):  # fmt: skip
        page, paper, text = [await maria.get(f"{address}{form}") for form in ("", ".pdf", ".txt")]
        assert pdf_problems(paper.content) == []
        for said in (page.main, Document(paper.content).spoken, " ".join(text.text.split())):
            assert [fact for fact in facts if fact not in said.replace("\u00a0", " ")] == []


async def test_where_no_processor_is_set_up_the_page_says_how_else_to_pay(somebody, portal):
    processor, portal[0].state.processor = portal[0].state.processor, None
    maria = await somebody("self")
    page = await statement(maria)
    assert "Pay by card" not in page.main and "Pay by phone" in page.main
    assert (await maria.get(f"{page.url}/payment")).status == 404
    assert (await tell(maria, "{}", signed("{}"))).status == 404
    portal[0].state.processor = processor


