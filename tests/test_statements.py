"""Bills as people read them: what is left to pay, from the visit to the balance, and what is named to whom."""

from __future__ import annotations

import re

import pytest

from seeds.cast import fixed_id
from tests.support.pdf import Document, pdf_problems

pytestmark = pytest.mark.in_turns


async def bills_of(client, whose: str = "Your bills"):
    return await client.follow(await client.get("/bills"), whose)


DAY = re.compile(r"[A-Z][a-z]+ \d{1,2}, \d{4}")


async def statement_of(client, number: str, whose: str = "Your bills"):
    return await client.follow(await bills_of(client, whose), f"Statement {number}")


async def test_the_list_says_what_is_left_and_what_is_paid(person):
    maria = await person("self")
    page = await bills_of(maria)
    assert "$72.60 is left to pay, on 2 statements." in page.main
    heads, *rows = page.rows("Statements with something left to pay")
    assert heads == ["Statement", "For", "Date", "Charges", "Left to pay"]
    assert [(row[0], row[3], row[4]) for row in rows] == [
        ("Statement 1510: To pay", "$261.00", "$42.60"), ("Statement 1322: Part paid", "$260.00", "$30.00"),
    ]  # fmt: skip
    closed = page.rows("Statements with nothing left to pay")[1:]
    assert {row[4] for row in closed} == {"$0.00"} and "1433" not in page.main, "what was never hers is not there"


async def test_a_statement_is_told_step_by_step_and_line_by_line(person):
    page = await statement_of(await person("self"), "1187")
    story = "Visit: Visit for an illness. The charges are $355.00. Insurance paid $224.00. We took off $61.00. Paid so far: $70.00."
    assert story in page.main
    rows = page.rows("From the charges")[1:]
    assert [(DAY.sub("a day", row[0].replace("\xa0", " ")), row[2]) for row in rows] == [
        ("Visit for an illness", "$145.00"), ("Chest X-ray", "$210.00"), ("Insurance paid: Lakeside Health Plan", "\u2212$224.00"),
        ("Taken off: Price agreed with your plan", "\u2212$61.00"), ("Payment of $90.00 on a day", "\u2212$90.00"), ("Paid back", "$20.00"),
        ("Left to pay", "$0.00"),
    ]  # fmt: skip


@pytest.mark.parametrize("number", ["1510", "1187"])
async def test_screen_paper_and_text_say_the_same(person, number):
    maria = await person("self")
    page = await statement_of(maria, number)
    facts = {cell.partition(" of $")[0] for row in page.rows("From the charges")[1:] for cell in row} | set(re.findall(r"\$[0-9.,]+", page.main))
    paper = await maria.get(f"{page.url}.pdf")
    large = await maria.get(f"{page.url}.pdf?print=18")
    text = await maria.get(f"{page.url}.txt")
    assert pdf_problems(paper.content) == [] and pdf_problems(large.content) == []
    for said in (Document(paper.content).spoken, Document(large.content).spoken, " ".join(text.text.split())):
        flat = said.replace(" : ", ": ").replace("\u00a0", " ")
        assert [fact for fact in facts if fact.replace("\u00a0", " ") not in flat] == []
        assert set(re.findall(r"\$[0-9.,]+[0-9]", flat)) == set(re.findall(r"\$[0-9.,]+[0-9]", page.main))


async def test_the_list_is_a_document_too(person):
    maria = await person("self")
    page = await bills_of(maria)
    paper, text = await maria.get(f"{page.url}/statements.pdf"), await maria.get(f"{page.url}/statements.txt")
    assert pdf_problems(paper.content) == []
    for said in (Document(paper.content).spoken, text.text):
        assert "$72.60" in said and "1510" in said and "$30.00" in said


async def test_the_record_leads_to_its_bills(person, cast):
    maria = await person("self")
    page = await maria.get(f"/records/{cast['self'].record}/bills")
    assert "$72.60 is left to pay" in page.main
    assert "Statement 1510" in (await maria.follow(page, "Your bills")).main


# Whose


@pytest.mark.parametrize("who", ["stranger", "teen", "guardian", "helper-appointments", "helper-revoked", "billing", "frontdesk", "clinician"])
async def test_to_everybody_else_there_is_no_such_account(person, who):
    maria, other = await person("self"), await person(who)
    page = await statement_of(maria, "1510")
    account = page.url.rpartition("/statements")[0]
    for address in (page.url, account, f"{account}/statements.pdf", f"{page.url}.txt"):
        assert (await other.get(address)).status == 404


async def test_a_helper_with_the_bills_reads_them_and_whose_they_are(person):
    ana = await person("helper-full")
    page = await statement_of(ana, "1510", "Bills of Maria Delgado")
    assert "Ferritin" in page.main and page.h1.startswith("Maria Delgado’s record")


async def test_what_is_labelled_private_is_named_to_the_patient_alone(person):
    mine = await statement_of(await person("self"), "1406")
    hers = await statement_of(await person("helper-full"), "1406", "Bills of Maria Delgado")
    assert "Counseling" in mine.main and "Counseling" not in hers.main
    assert "$160.00" in hers.main and "Services are not named here." in hers.main


async def test_what_is_marked_only_me_is_not_named_to_a_helper(person, demo_database, now):
    ana = await person("helper-full")
    visit = await demo_database.rows("SELECT id FROM encounter WHERE fhir_id = 'self-tired'")
    async with demo_database.transaction():
        await demo_database.rows(
            "INSERT INTO item_privacy (id, record, fhir_type, item, since) VALUES (?, ?, 'Encounter', ?, ?)",
            fixed_id("only me", "tired"), fixed_id("record", "self"), str(visit[0]["id"]), now,
        )
    page = await statement_of(ana, "1510", "Bills of Maria Delgado")
    assert "Ferritin" not in page.main and "Office visit" not in page.main and "$42.60" in page.main


async def test_a_mother_pays_for_her_son_and_reads_days_and_sums_without_names(person):
    meera = await person("guardian")
    page = await bills_of(meera)
    assert "$80.00 is left to pay, on 2 statements." in page.main and "Dev Patel" in page.main
    for number, sums in (("2304", "$183.00"), ("2391", "$160.00")):
        one = await statement_of(meera, number)
        assert sums in one.main and "Services are not named here." in one.main
        for private in ("Counseling", "Strep", "illness", "Lakeside"):
            assert private not in one.main
        assert private not in (await meera.get(f"{one.url}.txt")).text


async def test_the_son_finds_no_account_of_his_own(person, cast):
    dev = await person("teen")
    assert "There are no bills for you here." in (await dev.get("/bills")).main
    page = await dev.get(f"/records/{cast['teen'].record}/bills")
    assert "somebody else pays" in page.main and "Meera" not in page.main


async def test_from_her_sons_record_a_mother_comes_to_her_bills(person, cast):
    meera = await person("guardian")
    page = await meera.get(f"/records/{cast['teen'].record}/bills")
    assert "Statement 2304" in (await meera.follow(page, "Your bills")).main


async def test_a_grown_up_childs_bills_are_closed_to_the_parent(person, demo_database):
    meera = await person("guardian")
    dev = fixed_id("record", "teen")
    async with demo_database.transaction():
        await demo_database.rows("UPDATE guarantor_account SET holder = ? WHERE holder = ?", dev, fixed_id("record", "guardian"))
    assert "Bills of Dev Patel" in (await meera.get("/bills")).main
    async with demo_database.transaction():
        await demo_database.rows("UPDATE record SET birth_text = '2001-02-03' WHERE id = ?", dev)
    assert "Dev" not in (await meera.get("/bills")).main


async def test_a_look_at_the_bills_is_written_down(person, demo_database):
    await statement_of(await person("helper-full"), "1510", "Bills of Maria Delgado")
    rows = await demo_database.rows(
        "SELECT action, purpose FROM audit_event WHERE actor = ? AND subject = ? AND action = 'bills.see' ORDER BY id DESC",
        fixed_id("account", "helper-full"), fixed_id("record", "self"),
    )
    assert rows and rows[0]["purpose"] == "FAMRQT"


async def test_no_statement_of_another_account_opens_through_mine(person):
    maria, meera = await person("self"), await person("guardian")
    mine, hers = await statement_of(maria, "1510"), await statement_of(meera, "2304")
    account = mine.url.rpartition("/")[0]
    assert (await maria.get(f"{account}/{hers.url.rpartition('/')[2]}")).status == 404


async def test_what_cannot_be_a_ref_is_not_found(person):
    maria = await person("self")
    for address in ("/bills/x", "/bills/" + "A" * 22, "/bills/%00", "/bills/a.pdf"):
        assert (await maria.get(address)).status == 404


async def test_the_number_of_an_account_is_heard_in_parts(person):
    page = await bills_of(await person("self"))
    assert re.search(r"Account number ?\d{3} \d{3} \d{4}\b", page.main), page.main


async def test_links_to_payments_are_told_from_one_another(person):
    maria = await person("self")
    seen = await maria.follow(await bills_of(maria), "Payments and receipts")
    said = [words for words, address in seen.links if "/payments/" in address and "." not in address]
    assert said and len(set(said)) == len(said) and all(": Paid" in words and " on " in words for words in said), said
    assert (await maria.follow(seen, said[0])).h1.startswith("Receipt: Payment of ")
