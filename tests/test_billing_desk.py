"""Bills on the clinic's side: finding an account, posting what was paid at the desk, paying back; and the patient sees it."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta

import pytest

from jobs.payments import ask_what_nobody_asks, check_refund
from payments import Unreachable, checkout
from seeds.cast import fixed_id
from tests.support.billing import owed, unbalanced
from tests.support.tills import house, portal, somebody, till  # noqa: F401 -- fixtures
from tests.test_payments import begun, ends, left, run_checks, statement, stranger  # noqa: F401 -- a fixture

pytestmark = pytest.mark.in_turns

BORN = {"born_month": "3", "born_day": "4", "born_year": "1958"}


async def found(priya, **who):
    page = await priya.submit(await priya.get("/staff/bills"), "Find", **(BORN | {"name": "Delgado"} | who))
    return await priya.follow(page, "Maria Delgado")


async def press(do, priya, page, button: str, **typed):
    """Over the page that asks whether it is right; `do` is what she does there, submit or send."""
    asked = await priya.submit(page, "Go on", **typed)
    return await do(asked, button) if asked.status == 200 else asked


async def desk_statement(priya, number: str = "1510"):
    return await priya.follow(await found(priya), f"Statement {number}")


async def test_an_account_is_found_by_two_things_that_are_known_of_the_patient(somebody):
    priya = await somebody("billing")
    page = await found(priya)
    assert page.h1 == "Maria Delgado’s record: Bills" and "$72.60 is left to pay" in page.main and "Statement 1322" in page.main
    assert "Counseling" in (await priya.follow(page, "Statement 1406")).main, "billing needs the names of services"


async def test_who_pays_is_found_by_the_child_too(somebody, demo_database):
    priya = await somebody("billing")
    born = (await demo_database.rows("SELECT birth_text FROM record WHERE id = ?", fixed_id("record", "teen")))[0]["birth_text"]
    year, month, day = born.split("-")
    page = await priya.submit(await priya.get("/staff/bills"), "Find", born_year=year, born_month=month, born_day=day, name="Dev")
    assert "1 account found" in page.main and "Meera Patel" in page.main and "Pays for Dev Patel." in page.main


async def test_a_birth_date_alone_or_a_stranger_finds_nothing(somebody):
    priya = await somebody("billing")
    page = await priya.submit(await priya.get("/staff/bills"), "Find", **BORN)
    assert page.status == 422
    page = await priya.submit(await priya.get("/staff/bills"), "Find", **BORN, name="Nobody")
    assert "0 accounts found" in page.main


async def test_a_check_is_posted_and_its_payer_sees_it_and_is_told(somebody, house):
    priya, maria = await somebody("billing"), await somebody("self")
    page = await press(priya.submit, priya, await desk_statement(priya), "Post this payment", amount="20.00", method="check", note="Check 1183")
    assert "The payment is posted." in page.main and "$22.60 is left to pay." in page.main
    seen = await statement(maria)
    assert "$22.60 is left to pay." in seen.main
    receipt = await maria.follow(seen, "Payment")
    assert "Check 1183" in receipt.main and receipt.h1 == "Receipt: Payment of $20.00"
    told = await house.database.rows("SELECT account FROM outbox WHERE event = 'payment.received'")
    assert [str(row["account"]) for row in told] == [str(fixed_id("account", "self"))]
    audit = await house.database.rows("SELECT actor, subject FROM audit_event WHERE action = 'payment.post'")
    assert str(audit[0]["actor"]) == str(fixed_id("account", "billing")) and audit[0]["subject"] is not None
    assert await unbalanced(house.database) == []


async def test_money_moves_only_after_they_saw_how_much_of_what_and_whose(somebody, house):
    priya = await somebody("billing")
    asked = await priya.submit(await desk_statement(priya), "Go on", amount="$10", method="check", note="Check 1183")
    assert asked.h1 == "Maria Delgado’s record: Is this right?" and await left(house) == 4260
    said = " ".join(asked.main.split())
    assert all(one in said for one in ("$10.00", "Check", "Statement 1510 of Maria Delgado", "Check 1183")), said
    page = await priya.submit(asked, "Post this payment")
    assert "The payment is posted. They are told that it came. $10.00, Statement 1510 of Maria Delgado." in page.main
    assert await left(house) == 3260
    page = await priya.follow(page, "Payment")
    asked = await priya.submit(page, "Go on", amount="4", reason="twice")
    assert await left(house) == 3260 and "It was paid twice" in asked.main and "Payment of $10.00" in asked.main
    page = await priya.submit(asked, "Pay it back")
    assert "It is paid back. They are told so. $4.00, Statement 1510 of Maria Delgado." in page.main
    assert await left(house) == 3660


async def test_a_link_tells_nothing_of_money_that_did_not_move(somebody, house):
    """Sent by somebody, or typed: what was done is said as the books have it."""
    priya = await somebody("billing")
    address = (await desk_statement(priya)).url
    assert "is posted" not in (await priya.get(f"{address}?done=posted&sum=99900")).main
    page = await press(priya.submit, priya, await priya.get(address), "Post this payment", amount="10", method="cash")
    assert "They are told that it came. $10.00, Statement 1510" in (await priya.get(f"{address}?done=posted&sum=99900")).main
    receipt = (await priya.follow(page, "Payment")).url
    untrue = ("999", "paid back. They", "was asked", "did not pay", "is closed", "is off", "taken is posted")
    for done in ("back", "asked", "refused", "closed", "seen", "settled", "posted", "nonsense"):
        told = (await priya.get(f"{receipt}?done={done}&sum=99900")).main
        assert not any(words in told for words in untrue), done
    async with house.database.transaction():
        await house.database.rows("UPDATE payment SET state = 'made', taken = NULL, settled_at = NULL WHERE method = 'cash'")
    assert "is closed" not in (await priya.get(f"{receipt}?done=closed")).main, "it waits, and may still be paid"


async def test_the_same_money_from_two_tabs_is_posted_once_unless_they_look_again(somebody, house):
    """Pressed at one moment, or after Back, where the answer was lost: what is left is not what they saw any more."""
    priya = await somebody("billing")
    tabs = [await priya.submit(await desk_statement(priya), "Go on", amount="10", method="cash") for _ in range(2)]
    done, asked = await pressed_at_once(priya, tabs, "Post this payment")
    assert "The payment is posted." in done.main
    assert asked.h1 == "Maria Delgado’s record: Is this right?" and "$32.60 is left now." in asked.main
    assert await left(house) == 3260
    paid = await priya.submit(asked, "Post this payment")
    assert "The payment is posted." in paid.main and await left(house) == 2260
    receipt = await priya.follow(paid, "Payment")
    tabs = [await priya.submit(await priya.get(receipt.url), "Go on", amount="4", reason="twice") for _ in range(2)]
    done, asked = await pressed_at_once(priya, tabs, "Pay it back")
    assert "It is paid back." in done.main and "$6.00 is left now." in asked.main and await left(house) == 2660


async def pressed_at_once(somebody, tabs, button: str) -> list:
    """What was done comes first, and then what is asked."""
    answers = await asyncio.gather(*(somebody.submit(page, button) for page in tabs))
    return sorted(answers, key=lambda page: "Is this right?" in page.h1)


@pytest.mark.parametrize("amount, said", [
    ("42.61", "Enter $42.60 or less"), ("-1", "Enter an amount above 0"), ("x", "Enter an amount in figures, such as 42.60"),
])  # fmt: skip
async def test_what_cannot_be_posted_is_said_and_kept(somebody, house, amount, said):
    priya = await somebody("billing")
    page = await press(priya.submit, priya, await desk_statement(priya), "Post this payment", amount=amount, method="cash")
    assert page.status == 422 and page.errors == [said] and await left(house) == 4260
    assert page.tree.by_id["amount"].get("value") == amount


async def test_what_is_handed_over_is_posted_while_a_card_page_is_open_for_the_whole(somebody, till, house):
    maria, priya = await somebody("self"), await somebody("billing")
    card = await begun(maria)
    page = await desk_statement(priya)
    assert "A payment by card of $42.60 is under way. If it is made, pay back what comes too much." in page.main
    page = await press(priya.submit, priya, page, "Post this payment", amount="42.60", method="cash")
    assert "The payment is posted." in page.main and await left(house) == 0
    await till.at(card, "pay")
    await till.delivers(maria)
    assert await left(house) == -4260 and "$42.60 more was paid than was owed" in (await statement(maria)).main


async def test_how_it_came_must_be_said(somebody):
    priya = await somebody("billing")
    page = await press(priya.submit, priya, await desk_statement(priya), "Post this payment", amount="5")
    assert page.status == 422 and page.errors == ["Choose how it came"]


async def test_two_desks_that_post_the_whole_at_once_post_it_once(somebody, house):
    desks = [await somebody("billing") for _ in range(6)]
    pages = [await desk_statement(desk) for desk in desks]
    answers = await asyncio.gather(*(
        press(desk.send, desk, page, "Post this payment", amount="42.60", method="cash") for desk, page in zip(desks, pages, strict=True)
    ))  # fmt: skip
    assert sorted(seen.status for seen in answers) == [303, *[422] * 5] and await left(house) == 0
    refused = next(seen for seen in answers if seen.status == 422)
    assert "Nothing was done" in refused.main


async def test_the_same_press_again_posts_once(somebody, house):
    priya = await somebody("billing")
    page = await priya.submit(await desk_statement(priya), "Go on", amount="10", method="phone")
    for _ in range(3):
        assert (await priya.send(page, "Post this payment")).status == 303
    assert await left(house) == 3260


async def test_a_card_payment_is_paid_back_in_part_and_no_more_than_it_was(somebody, till, house):
    maria, priya = await somebody("self"), await somebody("billing")
    back = await till.at(await begun(maria), "pay")
    await till.delivers(maria)
    page = await priya.follow(await found(priya), "$42.60")
    assert "The payer asked for it" in page.main and "You asked for it" not in page.main
    page = await press(priya.submit, priya, page, "Pay it back", amount="12.60", reason="mistake")
    assert "It is paid back." in page.main and await left(house) == 1260
    seen = await maria.get(back)
    assert "We charged it by mistake" in seen.main and "$12.60" in seen.main
    assert "Paid. $12.60 of it was paid back." in seen.main
    again = await press(priya.submit, priya, page, "Pay it back", amount="30.01", reason="asked")
    assert again.status == 422 and again.errors == ["Enter $30.00 or less"]
    assert len(await house.database.rows("SELECT id FROM outbox WHERE event = 'payment.returned'")) == 1
    assert await unbalanced(house.database) == []


async def test_cash_is_paid_back_at_once(somebody, house):
    priya = await somebody("billing")
    page = await press(priya.submit, priya, await desk_statement(priya), "Post this payment", amount="42.60", method="cash")
    page = await priya.follow(page, "Payment")
    page = await press(priya.submit, priya, page, "Pay it back", amount="42.60", reason="twice")
    assert "It is paid back." in page.main and "Nothing of it can be paid back." in page.main and await left(house) == 4260


async def test_while_the_processor_is_away_a_refund_waits_and_is_done_once(somebody, till, house, portal):
    maria, priya = await somebody("self"), await somebody("billing")
    await till.at(await begun(maria), "pay")
    await till.delivers(maria)
    page = await priya.follow(await found(priya), "$42.60")
    processor = portal[0].state.processor
    away = portal[0].state.processor = type(processor)("x", "x", "http://127.0.0.1:9", "http://127.0.0.1:9")
    page = await press(priya.submit, priya, page, "Pay it back", amount="42.60", reason="asked")
    assert "The card company was asked to pay it back." in page.main and "On its way" in page.main and await left(house) == 0
    await away.close()
    for _ in range(3):
        await run_checks(house, processor, "refund.check", check_refund)
    assert await left(house) == 4260 and len(await house.database.rows("SELECT id FROM refund WHERE state = 'done'")) == 2


async def card_paid(somebody, till, back: str = "now"):
    """A payment of $42.60 by card, as billing sees it: (who sees it, its page)."""
    maria, priya = await somebody("self"), await somebody("billing")
    await till.at(await begun(maria), "pay", back=back)
    await till.delivers(maria)
    return priya, await priya.follow(await found(priya), "$42.60")


async def refunds(house) -> list[str]:
    """Of what was paid here, not planted."""
    rows = await house.database.rows("SELECT r.state FROM refund r JOIN payment p ON p.id = r.payment WHERE p.session IS NOT NULL"
                                     " ORDER BY r.made_at")  # fmt: skip
    return [row["state"] for row in rows]


async def test_a_refund_outlives_a_key_that_is_wrong_and_a_job_that_was_given_up(somebody, till, house, portal, stranger):
    priya, page = await card_paid(somebody, till)
    ours, portal[0].state.processor = portal[0].state.processor, stranger
    await press(priya.submit, priya, page, "Pay it back", amount="42.60", reason="asked")
    portal[0].state.processor = ours
    assert await run_checks(house, stranger, "refund.check", check_refund) == 1 and await refunds(house) == ["made"]
    assert await ask_what_nobody_asks(house) == 0, "the next time is planned"
    await ends(house, "refund.check")
    assert await ask_what_nobody_asks(house) == 1 and await ask_what_nobody_asks(house) == 0
    assert await run_checks(house, ours, "refund.check", check_refund) == 1
    assert await refunds(house) == ["done"] and await left(house) == 4260 and await ask_what_nobody_asks(house) == 0


@pytest.fixture
def later(till, monkeypatch):
    """`later(25)`: so many hours pass for the card company."""

    def pass_(hours: float) -> None:
        monkeypatch.setattr(till.practice, "clock", lambda: time.time() + hours * 3600)

    return pass_


def given_back(till) -> list[str]:
    """What the card company did with the newest payment, refund by refund."""
    charge = till.practice.notes.sessions()[-1]["payment_intent"]
    return [one["status"] for one in till.practice.refunds(charge=charge)]


@pytest.mark.parametrize("hours", [1, 30])
@pytest.mark.parametrize("back, state, owed_then", [("later", "done", 4260), ("fails", "failed", 0)])
async def test_a_refund_that_takes_its_time_is_looked_at_and_never_asked_for_again(
    somebody, till, house, portal, later, hours, back, state, owed_then
):
    """Also after the card company forgot the key that it was asked with."""
    priya, page = await card_paid(somebody, till, back)
    page = await press(priya.submit, priya, page, "Pay it back", amount="42.60", reason="asked")
    assert "The card company was asked to pay it back." in page.main and "On its way" in page.main
    assert await run_checks(house, portal[0].state.processor, "refund.check", check_refund) == 1 and await refunds(house) == ["made"]
    later(hours)
    assert await run_checks(house, portal[0].state.processor, "refund.check", check_refund) == 1
    assert await refunds(house) == [state] and await left(house) == owed_then and len(given_back(till)) == 1
    assert await run_checks(house, portal[0].state.processor, "refund.check", check_refund) == 0


async def cut(somebody, till, house, portal, monkeypatch, real: bool):
    """A refund whose answer, or whose question, got lost on the way."""
    priya, page = await card_paid(somebody, till)
    asks = type(portal[0].state.processor).give_back

    async def lost(self, *asked):
        if real:
            await asks(self, *asked)
        raise Unreachable

    with monkeypatch.context() as patched:
        patched.setattr(type(portal[0].state.processor), "give_back", lost)
        await press(priya.submit, priya, page, "Pay it back", amount="42.60", reason="asked")
    assert await refunds(house) == ["made"] and len(given_back(till)) == real


async def a_day_passes(house) -> None:
    async with house.database.transaction():
        await house.database.rows("UPDATE refund SET made_at = ? WHERE state = 'made'", house.clock() - timedelta(hours=25))


@pytest.mark.parametrize("forgotten", [False, True])
async def test_a_refund_whose_answer_was_lost_is_found_and_paid_once(somebody, till, house, portal, monkeypatch, later, forgotten):
    await cut(somebody, till, house, portal, monkeypatch, real=True)
    if forgotten:
        later(25)
        await a_day_passes(house)
    await run_checks(house, portal[0].state.processor, "refund.check", check_refund)
    assert await refunds(house) == ["done"] and await left(house) == 4260 and given_back(till) == ["succeeded"]


async def test_a_refund_that_never_arrived_is_asked_for_again_within_a_day_and_given_up_after_it(
    somebody, till, house, portal, monkeypatch, later
):
    await cut(somebody, till, house, portal, monkeypatch, real=False)
    later(25)
    await a_day_passes(house)
    await run_checks(house, portal[0].state.processor, "refund.check", check_refund)
    assert await refunds(house) == ["failed"] and await left(house) == 0 and given_back(till) == []


async def test_a_refund_is_found_among_many(portal, till, somebody, monkeypatch):
    monkeypatch.setattr(checkout, "PAGE", 2)
    await card_paid(somebody, till)
    processor, charge = portal[0].state.processor, till.practice.notes.sessions()[-1]["payment_intent"]
    for number in range(5):
        await processor.give_back(charge, 50, f"{charge} {number}")
    assert (await processor.find_back(charge, f"{charge} 0")).state == "returned"
    assert await processor.find_back(charge, f"{charge} 5") is None


async def test_a_refund_that_the_card_company_refuses_is_told_as_refused_and_shown_to_billing_alone(somebody, till, house):
    priya, page = await card_paid(somebody, till, "refused")
    page = await press(priya.submit, priya, page, "Pay it back", amount="12.60", reason="mistake")
    assert "The card company did not pay it back. Nothing was given back." in page.main and "On its way" not in page.main
    assert "What the card company did not pay back" in page.main and "$42.60 or less." in page.main, "it can be asked again"
    assert await refunds(house) == ["failed"] and await left(house) == 0
    assert "Not paid back" in (await found(priya)).main
    maria = await somebody("self")
    seen = await maria.follow(await maria.follow(await statement(maria), "Payments and receipts"), "$42.60")
    assert "back" not in seen.main.partition("See also")[0].replace("We have your payment", ""), "nothing was done with her money"


async def test_a_refund_that_fails_later_is_shown_to_billing(somebody, till, house, portal, later):
    priya, page = await card_paid(somebody, till, "fails")
    page = await press(priya.submit, priya, page, "Pay it back", amount="42.60", reason="asked")
    assert "The card company was asked to pay it back." in page.main and "Nothing of it can be paid back." in page.main
    later(1)
    await run_checks(house, portal[0].state.processor, "refund.check", check_refund)
    page = await priya.get(page.url)
    assert "What the card company did not pay back" in page.main and "$42.60 or less." in page.main
    assert "Not paid back" in (await found(priya)).main


async def test_without_a_processor_nothing_is_written_of_a_card_that_was_to_be_paid_back(somebody, till, house, portal):
    priya, page = await card_paid(somebody, till)
    ours, portal[0].state.processor = portal[0].state.processor, None
    seen = await press(priya.submit, priya, page, "Pay it back", amount="42.60", reason="asked")
    assert seen.status == 422 and "Nothing was done: only the card company can pay this back" in seen.main
    seen = await priya.get(page.url)
    assert "it cannot be asked from here" in seen.main and "Pay it back" not in seen.main
    assert await refunds(house) == [] and not await house.database.rows("SELECT id FROM job WHERE kind = 'refund.check'")
    portal[0].state.processor = ours
    assert "It is paid back." in (await press(priya.submit, priya, page, "Pay it back", amount="42.60", reason="asked")).main


async def test_a_card_payment_that_the_processor_does_not_know_is_not_paid_back_like_cash(somebody, house):
    """By how it was paid, not by what is known of it."""
    priya = await somebody("billing")
    page = await priya.follow(await found(priya), "$90.00")
    assert "it cannot be asked from here" in page.main and "Pay it back" not in page.main


@pytest.mark.parametrize("who", ["frontdesk", "clinician", "support", "privacy", "admin"])
async def test_other_duties_have_no_bills(somebody, who):
    priya, other = await somebody("billing"), await somebody(who)
    page = await desk_statement(priya)
    for address in ("/staff/bills", page.url, page.url.rpartition("/statements")[0]):
        assert (await other.get(address)).status == 403


async def test_patients_do_not_come_in_by_the_staffs_address(somebody):
    priya, maria = await somebody("billing"), await somebody("self")
    page = await desk_statement(priya)
    assert (await maria.get(page.url)).status == 404 and (await priya.get(page.url.removeprefix("/staff"))).status == 404


async def test_a_duty_at_another_site_has_not_these(somebody, house):
    priya = await somebody("billing")
    page = await found(priya)
    elsewhere = fixed_id("site", "elsewhere")
    async with house.database.transaction():
        await house.database.rows(
            "INSERT INTO clinic_site (id, ref, name, zone, phone, address, active) VALUES (?, ?, 'Elsewhere', 'UTC', '', '', ?)",
            elsewhere, "e" * 22, True,
        )
        await house.database.rows("UPDATE staff_duty SET site = ? WHERE account = ?", elsewhere, fixed_id("account", "billing"))
    assert (await priya.get(page.url)).status == 404
    page = await priya.submit(await priya.get("/staff/bills"), "Find", **BORN, name="Delgado")
    assert "0 accounts found" in page.main


async def test_a_duty_that_ends_in_between_posts_nothing(somebody, house):
    priya = await somebody("billing")
    page = await desk_statement(priya)
    async with house.database.transaction():
        await house.database.rows("UPDATE staff_duty SET ended_at = ? WHERE account = ?", house.clock(), fixed_id("account", "billing"))
    seen = await press(priya.send, priya, page, "Post this payment", amount="5", method="cash")
    assert seen.status == 403 and await owed(house.database, "t.number = '1510'") == 4260
