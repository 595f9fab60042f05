"""From a letter in the post, and from a mail, to one's own record: without script, and without a word that is not on the page."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime

import pyotp
import pytest

from tests.journeys.test_helping import somebody
from tests.support.axe import axe_problems
from tests.support.browser import opened_page
from tests.support.logins import PASSWORD, a_record, house_on
from tests.support.owners import cookie_of
from tests.support.pdf import Document, pdf_problems
from tests.support.readers import reader

pytestmark = pytest.mark.browser
CODE = re.compile(r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}\b")


async def a_patient(database, name, number, **columns):
    now = datetime.now(UTC)
    chart = await a_record(house_on(database, now), now, name=name, number=number)
    async with database.transaction():
        for column, value in columns.items():
            await database.rows(f"UPDATE record SET {column} = ? WHERE id = ?", value, chart.id)
    return chart


async def when_they_register(patient, code, username):
    for label, text in (("Code", code), ("Month", "3"), ("Day", "9"), ("Year", "1984")):
        await patient.fill(label, text)
    await patient.press("Go on")
    await patient.fill("User name", username)
    await patient.fill("Password", PASSWORD)
    await patient.press("Go on")
    key = re.search(r"Key: ((?:[A-Z2-7]{4} ?)+)", await patient.words()).group(1).replace(" ", "")
    await patient.fill("Code", pyotp.TOTP(key[:32]).now())
    await patient.press("Go on")
    await patient.press("I have kept them")


async def test_the_desk_posts_a_letter_and_the_patient_comes_in_with_it(browser, portal_of_ours, database, live_cast):
    nora = await a_patient(database, "Nora Quist", "MRN-77", family="Quist", address="3 Mill Lane, Riverbend")
    async with somebody("no script", browser, portal_of_ours, database, live_cast["frontdesk"]) as desk:
        await desk.open(f"/staff/records/{nora.ref}/code")
        await desk.press("Send a letter by post")
        await desk.follow("Letters to print")
        await desk.follow("Nora Quist")
        await desk.press("Make the code and open the letter")
        paper = await desk.save("Letter as PDF")
        await desk.follow("Letters for this person")
        await desk.press("It is printed")
        assert "written down as printed" in await desk.words() and pdf_problems(paper) == []
    letter = Document(paper).spoken
    async with reader("no script", browser, portal_of_ours.url) as patient:
        await patient.open(re.search(r"go to \S+?(/register)", letter).group(1))
        await when_they_register(patient, CODE.search(letter).group(), "nora.by.post")
        assert "Nora Quist" in await patient.words()


@pytest.mark.parametrize(("kind", "given"), [("no script", "Sven"), ("w3m", "Inga")])
async def test_a_code_is_sent_to_the_address_on_file_and_the_patient_comes_in_with_it(kind, given, browser, portal_of_ours, database):
    name, number, mail = f"{given} Holt", f"MRN-{given}", f"{given.lower()}@example.org"
    await a_patient(database, name, number, family="Holt", email=mail)
    async with reader(kind, browser, portal_of_ours.url) as patient:
        await patient.follow("Register with a code")
        await patient.follow("Have a code sent to you")
        for label, text in (("Your name", name), ("Month", "3"), ("Day", "9"), ("Year", "1984"), ("Record number", number)):
            await patient.fill(label, text)
        await patient.press("Send me a code")
        assert "It is the same answer for everybody." in await patient.words()
        await when_they_register(patient, await mailed(patient, mail), f"{given.lower()}.by.mail")
        assert name in await patient.words()


async def mailed(patient, to: str) -> str:
    """From the demo's outbox, as soon as the worker has been there; and back to the page. The newest stands first."""
    for _ in range(40):
        await patient.open("/demo/outbox")
        words = await patient.words()
        if (found := CODE.search(words)) and to in words:
            assert "This message has no link to it." in words
            await patient.open("/register")
            return found.group()
        await asyncio.sleep(0.25)
    raise AssertionError("no mail came")


async def test_the_pages_around_codes_are_fine_for_everybody(browser, portal_of_ours, database, live_cast):
    ida = await a_patient(database, "Ida Bell", "MRN-79", family="Bell", address="5 Mill Lane, Riverbend")
    faults = []
    async with opened_page(browser, portal_of_ours.url) as page:
        for address in ("/register?done=sent", "/register/send"):
            await page.goto(address)
            faults += await axe_problems(page)
        await page.locator("main button").first.click()
        faults += await axe_problems(page)
    async with opened_page(browser, portal_of_ours.url) as page:
        await page.context.add_cookies([await cookie_of(database, "frontdesk", portal_of_ours.url, datetime.now(UTC))])
        await page.goto(f"/staff/records/{ida.ref}/code")
        for button, link in (("Send a letter by post", "Letters to print"), ("", "Ida Bell"), ("Make the code and open the letter", ""), ("", "Letters for this person")):
            faults += await axe_problems(page)
            if button:
                await page.get_by_role("button", name=button).click()
            if link:
                await page.get_by_role("link", name=link).first.click()
        faults += await axe_problems(page)
    assert faults == []
