"""`/records`: one's own and those one helps with."""

from __future__ import annotations

import re

from tables.records import Record


async def test_it_lists_ones_own_and_those_one_helps_with(person, cast):
    page = await (await person("helper-full")).get("/records")
    assert page.link("Ana Delgado") == f"/records/{cast['helper-full'].record}"
    assert page.link("Maria Delgado") == f"/records/{cast['self'].record}"
    assert re.search(r"People you help ?Maria Delgado ?Born March 4, 1958\. You help\.", page.main)


async def test_who_ever_gave_an_address_is_not_asked_for_one(person, house):
    maria = await person("self")
    assert "Add an email address" not in (await maria.get("/records")).main
    await house.database.rows("UPDATE account_address SET ended_at = ?", house.clock())
    assert "Add an email address" not in (await maria.get("/records")).main, "she chose letters on paper"
    await house.database.rows("DELETE FROM account_address")
    assert "our letters come on paper" in (await maria.get("/records")).main


async def test_a_guardian_reads_on_what_basis(person):
    assert "You are a parent or guardian." in (await (await person("guardian")).get("/records")).main


async def test_a_child_who_has_grown_up_is_named_to_their_guardian_no_more(person, cast):
    guardian, child = await person("guardian"), Record.ref == cast["teen"].record
    assert "Dev Patel" in (await guardian.get("/records")).main
    await Record.update({Record.birth_text: "2001-02-10"}).where(child)
    assert "Dev Patel" not in (await guardian.get("/records")).text
    assert (await guardian.get(f"/records/{cast['teen'].record}")).status == 404


async def test_a_record_that_is_closed_for_now_is_listed_and_says_so(person, cast):
    await Record.update({Record.state: "blocked"}).where(Record.ref == cast["self"].record)
    helper = await person("helper-full")
    closed = await helper.follow(await helper.get("/records"), "Maria Delgado")
    assert closed.status == 403 and "closed for now" in closed.main


async def test_a_part_that_has_ended_is_not_listed(person):
    page = await (await person("helper-revoked")).get("/records")
    assert "Maria Delgado" not in page.text


async def test_it_is_for_those_who_are_signed_in(client):
    assert (await client.get("/records")).status == 303
