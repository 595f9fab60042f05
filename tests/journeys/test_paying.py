"""A bill from the list to the receipt, over the card company and back, and the desk's part in it: with script, without, in
w3m, and on a line that drops."""

from __future__ import annotations

import asyncio
import contextlib
import time
from datetime import UTC, datetime
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.async_api import Error

from seeds.cast import fixed_id
from seeds.people import BY_HANDLE
from tables.database import Database
from tests.support.axe import axe_problems
from tests.support.bad_line import bad_line
from tests.support.billing import owed, unbalanced
from tests.support.browser import NARROW, WIDE, opened_page, overflows
from tests.support.client import Client, browser_like
from tests.support.owners import cookie_of
from tests.support.readers import KINDS, Reader, come_in, reader
from tests.support.signing_in import door, sign_in, sign_in_here
from tests.sweep.walk import values_for

pytestmark = pytest.mark.browser
SECONDS = 25


@contextlib.asynccontextmanager
async def somebody(kind, browser, url, database, member):
    await unused_code(database, member.handle)
    async with reader(kind, browser, url) as one:
        await come_in(one, member, door(member))
        yield one


async def unused_code(database: Database, handle: str) -> None:
    async with database.transaction():
        await database.rows("UPDATE authenticator SET last_step = 0 WHERE account = ?", fixed_id("account", handle))


async def left(database: Database) -> int:
    return await owed(database, "t.number = ?", "1510")


async def paid_at_the_card_company(maria: Reader, amount: str, takes: str = "what was asked for") -> None:
    """From the list of bills to the processor's page, and its button pressed. `takes`: how much it then takes."""
    await maria.open("/bills")
    await maria.follow("Your bills")
    await maria.follow("Statement 1510")
    await maria.follow("Pay by card")
    await maria.fill("How much do you want to pay?", amount)
    await maria.press("Go on")
    assert "Is this right?" in await maria.words()
    await maria.press("Go to the card page")
    assert "Practice payment" in await maria.words()
    await maria.choose(takes)
    await maria.press("Pay")


async def until_it_is_there(maria: Reader, words: str = "We have your payment. Thank you.") -> str:
    """By script it comes by itself; without, a link asks again."""
    until = time.monotonic() + SECONDS
    while words not in (said := await maria.words()):
        assert time.monotonic() < until, said
        await asyncio.sleep(0.5)
        if not await by_script(maria):
            with contextlib.suppress(AssertionError):
                await maria.follow("Check again")
    return said


async def desk_address(database: Database) -> str:
    """In w3m the number stands in several places; a person sees which is the link."""
    rows = await database.rows(
        "SELECT g.ref AS account, t.ref FROM statement t JOIN guarantor_account g ON g.id = t.guarantor WHERE t.number = '1510'"
    )
    return f"/staff/bills/{rows[0]['account']}/statements/{rows[0]['ref']}"


async def by_script(maria: Reader) -> bool:
    page = getattr(maria, "page", None)
    with contextlib.suppress(Error):
        return page is not None and await page.evaluate("() => !!window.htmx")
    return False


@pytest.mark.parametrize("kind", KINDS)
async def test_she_pays_a_part_the_desk_takes_a_check_and_she_sees_both(kind, browser, portal_of_ours, database, live_cast):
    before = await left(database)
    async with somebody(kind, browser, portal_of_ours.url, database, live_cast["self"]) as maria:
        await paid_at_the_card_company(maria, "5.10")
        said = await until_it_is_there(maria)
        assert "Payment of $5.10" in said and "Receipt number" in said
        if kind != "w3m":
            assert await maria.page.evaluate("document.activeElement.textContent.trim()") == "Paid. We have your payment of $5.10."
        paper = await maria.save("PDF of this page")
        assert paper.startswith(b"%PDF")
        async with somebody(kind, browser, portal_of_ours.url, database, live_cast["billing"]) as priya:
            await priya.open("/staff/bills")
            for label, text in (("Month", "3"), ("Day", "4"), ("Year", "1958"), ("Name, or part of it", "Delgado")):
                await priya.fill(label, text)
            await priya.press("Find")
            await priya.follow("Maria Delgado")
            assert "Statement 1510" in await priya.words()
            await priya.open(await desk_address(database))
            await priya.fill("Amount that came", "2.00")
            await priya.choose("Check")
            await priya.press("Go on")
            await priya.press("Post this payment")
            assert "The payment is posted." in await priya.words()
        await maria.open("/bills")
        await maria.follow("Your bills")
        await maria.follow("Statement 1510")
        assert f"${(before - 710) / 100:.2f} is left to pay." in await maria.words()
    assert await left(database) == before - 710 and await unbalanced(database) == []


@pytest.mark.parametrize("kind", KINDS)
async def test_the_card_company_takes_another_sum_billing_posts_it_and_she_reads_the_truth(kind, browser, portal_of_ours, database, live_cast):
    before = await left(database)
    async with somebody(kind, browser, portal_of_ours.url, database, live_cast["self"]) as maria:
        await paid_at_the_card_company(maria, "3.00", "1 less than that")
        await until_it_is_there(maria, "names another sum than was asked for")
        async with somebody(kind, browser, portal_of_ours.url, database, live_cast["billing"]) as priya:
            await priya.open("/staff/bills")
            for link in ("1 payment or refund waits for a person", "Maria Delgado, $2.00", "Decide what shall be done"):
                await priya.follow(link)
                assert await faults_of(priya) == []
            await priya.choose("Post what was really taken")
            await priya.choose("The payer says so")
            await priya.press("Go on")
            assert "Is this right?" in await priya.words() and await faults_of(priya) == []
            await priya.press("Post it")
            assert "What was taken is posted." in await priya.words()
        await maria.open("/bills")
        for link in ("Your bills", "Payments and receipts", "$2.00"):
            await maria.follow(link)
        assert "We asked for $3.00. The card company took $2.00." in " ".join((await maria.words()).split())
    assert await left(database) == before - 200 and await unbalanced(database) == []


async def faults_of(somebody: Reader) -> list[str]:
    """Where script runs, for the checks are scripts."""
    return [*await axe_problems(somebody.page), *await overflows(somebody.page)] if await by_script(somebody) else []


async def test_what_is_left_follows_the_amount_by_itself_where_script_runs(browser, portal_of_ours, database, live_cast):
    async with somebody("script", browser, portal_of_ours.url, database, live_cast["self"]) as maria:
        await maria.open("/bills")
        await maria.follow("Your bills")
        await maria.follow("Statement 1322")
        await maria.follow("Pay by card")
        field = maria.page.locator("main [name=amount]")
        await field.fill("12.00")
        await field.press("Tab")
        status = maria.page.locator("#status")
        await status.filter(has_text="Left to pay afterwards: $18.00.").wait_for()
        await field.fill("31")
        await field.press("Tab")
        await status.filter(has_text="Error: Enter $30.00 or less.").wait_for()
        assert await field.get_attribute("aria-invalid") == "true" and await field.input_value() == "31"
        assert await maria.page.evaluate("document.activeElement.textContent.trim()") == "Go on", "the focus stays where Tab led"
        await field.fill("30")
        await field.press("Tab")
        await status.filter(has_text="Left to pay afterwards: $0.00.").wait_for()
        assert await field.get_attribute("aria-invalid") is None


async def test_who_stops_comes_back_and_can_still_pay(browser, portal_of_ours, database, live_cast):
    before = await left(database)
    async with somebody("no script", browser, portal_of_ours.url, database, live_cast["self"]) as maria:
        await maria.open("/bills")
        await maria.follow("Your bills")
        await maria.follow("Statement 1510")
        await maria.follow("Pay by card")
        await maria.fill("How much do you want to pay?", "1")
        await maria.press("Go on")
        await maria.press("Go to the card page")
        await maria.press("Decline the card")
        assert "The card was declined. Nothing was taken." in await maria.words()
        await maria.press("Stop and go back")
        assert "We have not heard of a payment yet." in await maria.words()
        await maria.press("Stop this payment")
        assert "The payment was stopped. Nothing was taken." in await maria.words()
    assert await left(database) == before


async def test_a_line_that_drops_when_she_pays_makes_one_payment(portal_of_ours, database, live_cast):
    await unused_code(database, "self")
    before = await count(database)
    async with bad_line(urlsplit(portal_of_ours.url).port) as line:
        async with browser_like(httpx.AsyncHTTPTransport(proxy=line.url), portal_of_ours.url) as http:
            maria = Client(http)
            await sign_in(maria, live_cast["self"])
            page = await maria.follow(await maria.follow(await maria.get("/bills"), "Your bills"), "Statement 1510")
            page = await maria.submit(await maria.follow(page, "Pay by card"), "Go on", amount="0.70")
            line.drop(urlsplit(page.url).path)
            with pytest.raises(httpx.TransportError):
                await maria.send(page, "Go to the card page")
            assert line.lost == [urlsplit(page.url).path]
            again = await maria.arrive(await maria.send(page, "Go to the card page"))
            assert "This payment is not made yet." in again.main
            address = (await maria.send(again, "Go to the card page")).headers["location"]
    assert "/pay/cs_test_" in address and await count(database) == before + 1
    async with httpx.AsyncClient() as card:
        await card.post(address, data={"do": "pay", "tell": "twice"})
    await paid(database, 70)


async def count(database: Database) -> int:
    return (await database.rows("SELECT COUNT(*) AS n FROM payment"))[0]["n"]


async def paid(database: Database, amount: int) -> None:
    until = time.monotonic() + SECONDS
    while not await database.rows("SELECT id FROM payment WHERE amount = ? AND state = 'paid'", amount):
        assert time.monotonic() < until, "the payment was never settled"
        await asyncio.sleep(0.2)


@pytest.mark.parametrize("script", [True, False])
async def test_pressing_twice_in_a_browser_begins_one_payment(script, browser, portal_of_ours, database, live_cast):
    await unused_code(database, "self")
    before = await count(database)
    async with opened_page(browser, portal_of_ours.url, script=script) as page:
        await sign_in_here(page, live_cast["self"])
        await page.goto("/bills")
        await page.get_by_role("link", name="Your bills").click()
        await page.get_by_role("link", name="Statement 1322", exact=True).click()
        await page.get_by_role("link", name="Pay by card").click()
        await page.fill("main [name=amount]", "0.60" if script else "0.80")
        await page.get_by_role("button", name="Go on", exact=True).click()
        await page.get_by_role("button", name="Go to the card page").dblclick()
        with contextlib.suppress(Error):
            await page.wait_for_url("**/pay/cs_test_*")
        assert await count(database) == before + 1


async def test_the_pages_that_no_walk_comes_to_are_fine_for_axe_and_on_a_small_phone(browser, portal_of_ours, database):
    values, faults = await values_for(database, BY_HANDLE["self"].record_ref), []
    account = f"/bills/{values['guarantor']}"
    pay, paid_one = f"{account}/statements/{values['statement']}/payment", f"{account}/payments/{values['payment']}"
    desk = [f"/staff{address}" for address in (account, pay.removesuffix("/payment"), paid_one)]
    for who, addresses in (("self", [f"{pay}/confirm?amount=60"]), ("billing", ["/staff/bills", *desk])):
        async with opened_page(browser, portal_of_ours.url) as page:
            await page.context.add_cookies([await cookie_of(database, who, portal_of_ours.url, datetime.now(UTC))])
            for address in addresses:
                assert (await page.goto(address)).status == 200, address
                faults += [f"{address}: {one}" for one in await axe_problems(page)]
                await page.set_viewport_size(NARROW)
                faults += [f"{address} is wider than 320 px: {one}" for one in await overflows(page)]
                await page.set_viewport_size(WIDE)
    assert faults == []
