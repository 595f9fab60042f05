"""Money that waits for a person: a payment of which another sum was taken than was asked for, refunds that were not made, and
what billing decides of them; the patient sees what came of it."""

from __future__ import annotations

import asyncio

import pytest

import acts.stuck
from jobs.payments import check_payment, check_refund
from seeds.cast import fixed_id
from tests.support.billing import unbalanced
from tests.support.paying import signed, tell
from tests.support.tills import house, portal, somebody, till  # noqa: F401 -- fixtures
from tests.test_billing_desk import card_paid, later, press, refunds  # noqa: F401 -- a fixture
from tests.test_payments import LEFT, begun, focused, left, run_checks, statement, states, told_by_doctor

pytestmark = pytest.mark.in_turns

LIST = "/staff/bills/stuck"
TAKEN = {"more": 5260, "less": 4160, "yen": 4260, "none": 0}


async def taken(maria, till, take: str, back: str = "now") -> str:
    """Of her $42.60 the card company took another sum, and said so: the payment's own page."""
    address = await till.at(await begun(maria), "pay", back=back, take=take)
    assert await till.delivers(maria) == [200]
    return address.partition("localhost:8000")[2].partition("?")[0]


async def odd(somebody, till, take: str, back: str = "now"):
    """The page on which billing decides of such a payment, as it is reached from the list: (who sees it, the page)."""
    priya = await somebody("billing")
    await taken(await somebody("self"), till, take, back)
    page = await priya.follow(await priya.get(LIST), "Maria Delgado")
    return priya, await priya.follow(page, "Decide what shall be done")


async def decided(priya, page, way: str):
    """The page that asks whether it is right."""
    return await priya.submit(page, "Go on", way=way, reason="company")


async def refused_page(somebody, till):
    """A payment that the card company did not pay back: (who sees it, its page)."""
    priya, page = await card_paid(somebody, till, "refused")
    return priya, await press(priya.submit, priya, page, "Pay it back", amount="12.60", reason="mistake")


async def her_page(somebody, address: str):
    return await (await somebody("self")).get(address.replace("/staff", "").partition("?")[0].removesuffix("/decision"))


async def books(house) -> dict[str, int]:
    """What stands in each book of what was paid here by card."""
    rows = await house.database.rows(
        "SELECT e.book, e.currency, SUM(e.amount) AS sum FROM ledger_entry e JOIN ledger_transaction t ON t.id = e.posting"
        " JOIN payment p ON p.id = t.payment WHERE p.session IS NOT NULL GROUP BY e.book, e.currency"
    )
    return {f"{row['book']} {row['currency']}": int(row["sum"]) for row in rows if row["sum"]}


async def told(house, event: str) -> list:
    return await house.database.rows("SELECT account FROM outbox WHERE event = ?", event)


async def test_nothing_waits_where_nothing_went_wrong(somebody):
    priya = await somebody("billing")
    assert "Nothing waits for you." in (await priya.get(LIST)).main
    assert "waits for a person" not in (await priya.get("/staff/bills")).main


async def test_what_was_taken_otherwise_than_asked_waits_in_the_list_of_billing(somebody, till, house):
    maria, priya = await somebody("self"), await somebody("billing")
    address = await taken(maria, till, "more")
    page = await priya.follow(await priya.get("/staff/bills"), "1 payment or refund waits for a person")
    assert page.h1 == "What waits for a person" and "1 payment or refund waits." in page.main
    assert "Another sum was taken than was asked for" in page.main and "Asked for: $42.60" in page.main
    page = await priya.follow(page, "Maria Delgado, $52.60")
    assert page.url.endswith(address) and "Sum that the card company names$52.60" in page.main
    seen = await maria.get(address)
    assert "We are looking into it" in seen.main and "Stop this payment" not in seen.main and "Go to the card page" not in seen.main
    assert focused(await maria.get(f"{address}?back=over")) == "The card company has answered.", "whoever waited for it hears that"
    history = await maria.get(address.rpartition("/")[0])
    assert "Another sum was named" in history.main and "We are looking into it" in history.main
    bill = await statement(maria)
    assert "We are looking into a card payment of $42.60" in bill.main and "Go on with it" not in bill.main
    assert "We are looking into it." in (await maria.get(f"{bill.url}/payment")).main and await left(house) == LEFT


@pytest.mark.parametrize("take, says", [("more", "$10.00 more was paid than was owed. We will pay it back."), ("less", "$1.00 is left to pay.")])
async def test_what_was_really_taken_is_posted_and_the_payer_reads_the_truth(somebody, till, house, take, says):
    priya, page = await odd(somebody, till, take)
    asked = await decided(priya, page, "post")
    assert await left(house) == LEFT and await states(house) == ["sent"], "nothing is done before they said that it is right"
    assert all(one in asked.main for one in ("Post what was really taken", "$42.60", "Statement 1510 of Maria Delgado"))
    page = await priya.submit(asked, "Post it")
    assert "What was taken is posted. They are told that it came." in page.main
    sum = f"${TAKEN[take] / 100:.2f}"
    assert await left(house) == LEFT - TAKEN[take] and await states(house) == ["paid"] and await unbalanced(house.database) == []
    assert await books(house) == {"paid USD": TAKEN[take], "owed USD": -TAKEN[take]}
    seen = await her_page(somebody, page.url)
    assert seen.h1 == f"Receipt: Payment of {sum}"
    assert f"We have your payment. Thank you. We asked for $42.60. The card company took {sum}." in seen.main
    maria = await somebody("self")
    assert says in (await statement(maria)).main
    assert "Asked for: $42.60" in (await maria.get(seen.url.rpartition("/")[0])).main
    assert [str(row["account"]) for row in await told(house, "payment.received")] == [str(fixed_id("account", "self"))]
    assert "Nothing waits for you." in (await priya.get(LIST)).main


async def test_why_and_by_whom_it_was_decided_stands_in_the_audit(somebody, till, house):
    priya, page = await odd(somebody, till, "more")
    await priya.submit(await decided(priya, page, "post"), "Post it")
    rows = await house.database.rows("SELECT actor, subject, reason, objects FROM audit_event WHERE action = 'payment.settle'")
    assert [(str(row["actor"]), row["reason"]) for row in rows] == [(str(fixed_id("account", "billing")), "company")]
    assert str(rows[0]["subject"]) == str(fixed_id("record", "self")) and rows[0]["objects"].startswith("Payment:")
    assert "posted a payment" in (await (await somebody("self")).get(f"/records/{await ref_of_maria(house)}/activity")).main


async def ref_of_maria(house) -> str:
    return (await house.database.rows("SELECT ref FROM record WHERE id = ?", fixed_id("record", "self")))[0]["ref"]


@pytest.mark.parametrize("take", ["more", "less", "yen"])
async def test_what_was_taken_is_given_back_and_the_bill_is_as_it_was(somebody, till, house, take):
    priya, page = await odd(somebody, till, take)
    page = await priya.submit(await decided(priya, page, "back"), "Give it back")
    assert "It is paid back. They are told so." in page.main and "Nothing of it can be paid back." in page.main
    assert await left(house) == LEFT and await refunds(house) == ["done"] and await books(house) == {}
    assert await unbalanced(house.database) == []
    sum = "¥4,260" if take == "yen" else f"${TAKEN[take] / 100:.2f}"
    seen = await her_page(somebody, page.url)
    assert f"Paid. {sum} of it was paid back. We asked for $42.60. The card company took {sum}." in seen.main
    assert "The card company took another sum than we asked for" in seen.main
    assert ("It cannot pay this bill." in seen.main) == (take == "yen") and "Left to pay on the statement$42.60" in seen.main
    history = await (await somebody("self")).get(seen.url.rpartition("/")[0])
    assert f"{sum} paid back" in history.main
    maria = await somebody("self")
    assert "$42.60 is left to pay." in (await statement(maria)).main and "Pay by card" in (await statement(maria)).main
    assert len(await told(house, "payment.returned")) == 1 and await told(house, "payment.received") == []
    rows = await house.database.rows("SELECT reason FROM audit_event WHERE action = 'payment.return'")
    assert [row["reason"] for row in rows] == ["company"]


async def test_another_currency_can_only_be_given_back(somebody, till, house):
    priya, page = await odd(somebody, till, "yen")
    assert [one.get("value") for one in page.tree.all("input") if one.get("name") == "way"] == ["back"]
    page = await priya.post(page.url, {name: value for name, value in hidden(page).items()} | {"way": "post", "reason": "payer", "sure": "1"})
    assert page.status == 422 and page.errors == ["Choose what shall be done"] and await left(house) == LEFT


def hidden(page) -> dict:
    form = next(one for one in page.tree.all("form") if one.get("action", "").endswith("/decision"))
    return {one.get("name"): one.get("value") for one in page.tree.within(form, "input") if one.get("type") == "hidden"}


async def test_of_a_payment_that_took_nothing_there_is_only_an_end(somebody, till, house, portal):
    priya, page = await odd(somebody, till, "none")
    page = await priya.submit(await decided(priya, page, "close"), "Close it")
    assert "It is closed. Nothing was taken." in page.main and await books(house) == {} and await states(house) == ["expired"]
    maria = await somebody("self")
    assert "Pay by card" in (await statement(maria)).main
    body, signature = till.heard[-1]
    assert (await tell(maria, body, signature)).status == 200, "the same message, once more"
    assert await run_checks(house, portal[0].state.processor) == 1 and "Nothing waits for you." in (await priya.get(LIST)).main


async def test_what_must_be_chosen_is_said(somebody, till, house):
    priya, page = await odd(somebody, till, "more")
    page = await priya.submit(page, "Go on")
    assert page.status == 422 and page.errors == ["Choose what shall be done", "Choose why"] and await left(house) == LEFT


# At the same moment, and meanwhile


@pytest.mark.parametrize("ways", [["post"], ["back"], ["post", "back"]])
async def test_of_ten_who_decide_at_once_one_does(somebody, till, house, ways):
    priya, page = await odd(somebody, till, "more")
    desks = [await somebody("billing") for _ in range(10)]
    pages = [await decided(desk, await desk.get(page.url), ways[n % len(ways)]) for n, desk in enumerate(desks)]
    answers = await asyncio.gather(*(
        desk.send(one, "Post it" if ways[n % len(ways)] == "post" else "Give it back")
        for n, (desk, one) in enumerate(zip(desks, pages, strict=True))
    ))  # fmt: skip
    assert sorted(seen.status for seen in answers) == [303, *[422] * 9]
    assert all("somebody settled it before" in seen.main for seen in answers if seen.status == 422)
    back = len(await refunds(house))
    assert await left(house) == (LEFT if back else LEFT - 5260) and await unbalanced(house.database) == []
    rows = await house.database.rows("SELECT id FROM ledger_transaction t WHERE t.dedupe LIKE 'payment:%' AND t.recorded_by = ?"
                                     " AND t.kind = 'payment'", fixed_id("account", "billing"))  # fmt: skip
    assert len(rows) == 1 and back == len(till.practice.refunds(charge=till.practice.notes.sessions()[-1]["payment_intent"]))


async def test_the_same_press_again_gives_back_once(somebody, till, house):
    priya, page = await odd(somebody, till, "more")
    asked = await decided(priya, page, "back")
    answers = await asyncio.gather(*(priya.send(asked, "Give it back") for _ in range(10)))
    assert {seen.status for seen in answers} == {303} and await refunds(house) == ["done"] and await left(house) == LEFT


async def the_true_sum(maria, till):
    session = till.practice.notes.sessions()[-1]["id"]
    body = till.event(session, amount_total=LEFT, currency="usd")
    assert (await tell(maria, body, signed(body))).status == 200


async def test_a_message_that_names_the_right_sum_meanwhile_is_booked_and_nothing_is_left_to_decide(somebody, till, house):
    priya, page = await odd(somebody, till, "more")
    asked = await decided(priya, page, "post")
    await the_true_sum(await somebody("self"), till)
    seen = await priya.submit(asked, "Post it")
    assert seen.status == 422 and "somebody settled it before" in seen.main and "Nothing waits here." in seen.main
    assert await left(house) == 0 and await books(house) == {"paid USD": LEFT, "owed USD": -LEFT}


@pytest.mark.parametrize("way, button", [("post", "Post it"), ("back", "Give it back")])
async def test_a_message_that_comes_after_it_was_decided_changes_nothing(somebody, till, house, portal, way, button):
    priya, page = await odd(somebody, till, "more")
    await priya.submit(await decided(priya, page, way), button)
    stands = await books(house)
    await the_true_sum(await somebody("self"), till)
    body, signature = till.heard[-1]
    await tell(await somebody("self"), body, signature)
    await run_checks(house, portal[0].state.processor, "payment.check", check_payment)
    assert await books(house) == stands and await unbalanced(house.database) == []
    assert "Nothing waits for you." in (await priya.get(LIST)).main


async def test_messages_and_presses_at_once_come_to_one_posting(somebody, till, house):
    priya, page = await odd(somebody, till, "more")
    asked, maria = await decided(priya, page, "post"), await somebody("self")
    await asyncio.gather(*(the_true_sum(maria, till) for _ in range(4)), priya.send(asked, "Post it"), *(the_true_sum(maria, till) for _ in range(4)))
    assert await states(house) == ["paid"] and (await books(house))["paid USD"] in (LEFT, 5260)
    assert len(await told(house, "payment.received")) == 1


async def test_a_sum_that_came_over_another_page_waits_on_when_the_payments_own_page_is_gone(somebody, till, house, portal):
    maria, priya = await somebody("self"), await somebody("billing")
    first = (await begun(maria)).rpartition("/")[2]
    till.practice.notes.add(till.practice.notes.get(first) | {"id": f"{first}_second"})
    await till.at(f"{till.origin}/pay/{first}_second", "pay", take="more")
    assert await till.delivers(maria) == [200]
    gone = till.event(first, "checkout.session.expired", status="expired", payment_status="unpaid")
    await tell(maria, gone, signed(gone))
    await run_checks(house, portal[0].state.processor)
    page = await priya.follow(await priya.follow(await priya.get(LIST), "Maria Delgado, $52.60"), "Decide what shall be done")
    page = await priya.submit(await decided(priya, page, "back"), "Give it back")
    assert "It is paid back." in page.main and await left(house) == LEFT


async def test_another_sum_that_is_named_meanwhile_must_be_looked_at_first(somebody, till, house):
    priya, page = await odd(somebody, till, "more")
    asked = await decided(priya, page, "post")
    session = till.practice.notes.sessions()[-1]["id"]
    body = till.event(session, amount_total=7000)
    await tell(await somebody("self"), body, signed(body))
    seen = await priya.submit(asked, "Post it")
    assert seen.status == 422 and seen.errors == ["The card company names another sum now. Look at it and choose again"]
    assert "$70.00" in seen.main and await left(house) == LEFT
    await priya.submit(await decided(priya, seen, "post"), "Post it")
    assert await left(house) == LEFT - 7000


async def test_what_is_cut_off_in_the_middle_leaves_nothing_and_can_be_pressed_again(somebody, till, house, monkeypatch):
    priya, page = await odd(somebody, till, "more")
    asked = await decided(priya, page, "back")

    async def cut(*_what):
        raise ConnectionResetError("the process was killed here")

    with monkeypatch.context() as patched:
        patched.setattr(acts.stuck, "plan", cut)
        assert (await priya.send(asked, "Give it back")).status == 500
    assert await states(house) == ["sent"] and await books(house) == {} and await refunds(house) == []
    assert "It is paid back." in (await priya.submit(asked, "Give it back")).main


async def test_while_the_processor_is_away_it_is_given_back_later(somebody, till, house, portal):
    priya, page = await odd(somebody, till, "yen")
    ours = portal[0].state.processor
    away = portal[0].state.processor = type(ours)("x", "x", "http://127.0.0.1:9", "http://127.0.0.1:9")
    page = await priya.submit(await decided(priya, page, "back"), "Give it back")
    portal[0].state.processor = ours
    await away.close()
    assert "The card company was asked to pay it back." in page.main and await left(house) == LEFT
    assert await books(house) == {"paid JPY": 4260, "kept JPY": -4260} and await unbalanced(house.database) == []
    assert "¥4,260 of it is on its way back to you." in (await her_page(somebody, page.url)).main
    assert await run_checks(house, ours, "refund.check", check_refund) == 1
    assert await books(house) == {} and await refunds(house) == ["done"] and await left(house) == LEFT


async def test_without_a_processor_nothing_is_given_back_and_the_page_says_so(somebody, till, house, portal):
    priya, page = await odd(somebody, till, "more")
    asked = await decided(priya, page, "back")
    ours, portal[0].state.processor = portal[0].state.processor, None
    seen = await priya.submit(asked, "Give it back")
    portal[0].state.processor = ours
    assert seen.status == 422 and "only the card company can pay this back" in seen.main
    assert await states(house) == ["sent"] and await refunds(house) == []


# Refunds that were not made


async def test_a_refund_that_was_refused_waits_until_somebody_has_seen_to_it(somebody, till, house, portal):
    priya, page = await refused_page(somebody, till)
    listed = await priya.get(LIST)
    assert "Refunds that the card company refused" in listed.main and "1 refunds were not made" in await told_by_doctor(house, portal)
    page = await priya.follow(listed, "Maria Delgado, $12.60")
    page = await priya.submit(page, "I have seen to it")
    assert "It is off the list of what waits." in page.main and "What the card company did not pay back" in page.main
    assert "I have seen to it" not in page.main.partition("See also")[0] and "Nothing waits for you." in (await priya.get(LIST)).main
    rows = await house.database.rows("SELECT actor FROM audit_event WHERE action = 'refund.see_to'")
    assert [str(row["actor"]) for row in rows] == [str(fixed_id("account", "billing"))]
    assert "were not made" not in await told_by_doctor(house, portal)


async def test_who_has_seen_to_one_refund_has_not_seen_to_the_next(somebody, till, house):
    """A page from before: meanwhile it was asked for anew, and refused again."""
    priya, before = await refused_page(somebody, till)
    page = await press(priya.submit, priya, await priya.get(before.url), "Pay it back", amount="5", reason="mistake")
    assert "The card company did not pay it back." in page.main and "Maria Delgado, $5.00" in (await priya.get(LIST)).main
    await priya.submit(before, "I have seen to it")
    assert "Maria Delgado, $5.00" in (await priya.get(LIST)).main
    await priya.submit(page, "I have seen to it")
    assert "Nothing waits for you." in (await priya.get(LIST)).main


async def test_a_refund_that_fails_late_waits_and_asking_anew_takes_its_place(somebody, till, house, portal, later):
    priya, page = await odd(somebody, till, "yen", back="fails")
    page = await priya.submit(await decided(priya, page, "back"), "Give it back")
    assert "The card company was asked to pay it back." in page.main and "Nothing waits for you." in (await priya.get(LIST)).main
    later(1)
    await run_checks(house, portal[0].state.processor, "refund.check", check_refund)
    listed = await priya.get(LIST)
    assert "Refunds that failed after a while" in listed.main and await books(house) == {"paid JPY": 4260, "kept JPY": -4260}
    page = await priya.follow(listed, "Maria Delgado, ¥4,260")
    session = till.practice.notes.sessions()[-1]["id"]
    till.practice.notes.change(session, "complete", back="now")
    page = await press(priya.submit, priya, page, "Pay it back", amount="4260", reason="mistake")
    assert "It is paid back." in page.main and await refunds(house) == ["failed", "done"]
    assert await books(house) == {} and "Nothing waits for you." in (await priya.get(LIST)).main


# Whose


@pytest.mark.parametrize("who, status", [("frontdesk", 403), ("clinician", 403), ("admin", 403), ("self", 404)])
async def test_nobody_but_billing_sees_or_decides(somebody, till, house, who, status):
    priya, page = await odd(somebody, till, "more")
    other = await somebody(who)
    keys = hidden_keys(await other.get("/account/preferences" if who == "self" else "/staff/requests" if who != "admin" else "/staff"))
    for address in (LIST, page.url):
        assert (await other.get(address)).status == status
    sent = keys | {"way": "post", "reason": "payer", "taken": "5260 USD", "sure": "1"}
    assert (await other.post(page.url, sent)).status == status
    assert (await other.post(page.url.replace("/decision", "/refusals"), keys)).status == status
    assert await left(house) == LEFT and await states(house) == ["sent"]


def hidden_keys(page) -> dict:
    fields = [one for one in page.tree.all("input") if one.get("name") in ("csrf", "form_key")]
    return {one.get("name"): one.get("value") for one in fields[-2:]}


async def test_billing_of_another_site_neither_sees_nor_decides(somebody, till, house):
    priya, page = await odd(somebody, till, "more")
    asked = await decided(priya, page, "post")
    elsewhere = fixed_id("site", "elsewhere")
    async with house.database.transaction():
        await house.database.rows(
            "INSERT INTO clinic_site (id, ref, name, zone, phone, address, active) VALUES (?, ?, 'Elsewhere', 'UTC', '', '', ?)",
            elsewhere, "e" * 22, True,
        )
        await house.database.rows("UPDATE staff_duty SET site = ? WHERE account = ?", elsewhere, fixed_id("account", "billing"))
    assert "Nothing waits for you." in (await priya.get(LIST)).main and (await priya.get(page.url)).status == 404
    assert (await priya.send(asked, "Post it")).status == 404 and await left(house) == LEFT and await states(house) == ["sent"]


async def test_a_duty_that_ended_in_between_decides_nothing(somebody, till, house):
    priya, page = await odd(somebody, till, "more")
    asked = await decided(priya, page, "post")
    async with house.database.transaction():
        await house.database.rows("UPDATE staff_duty SET ended_at = ? WHERE account = ?", house.clock(), fixed_id("account", "billing"))
    assert (await priya.send(asked, "Post it")).status == 403 and await left(house) == LEFT
