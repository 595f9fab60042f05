"""Where an account is written to: added with a code, taken away, told to every address, and taken back from any of them."""

from __future__ import annotations

import pytest

from tests.support.contact import HOME, NEW, code_to, letters


@pytest.fixture
async def maria(person):
    return await person("self")


async def test_an_address_counts_when_its_code_was_typed_and_not_before(maria, house):
    page = await maria.follow(await maria.get("/account/security"), "See or change where we write to")
    page = await maria.submit(await maria.follow(page, "Add an email address"), "Send me a code", email=NEW)
    assert page.h1 == "Enter the code that we sent" and NEW in page.main
    assert "Waiting for a code" in (await maria.get(HOME)).main
    assert await letters(house, "address_added") == []
    (letter,) = await letters(house, "address_code")
    assert letter.to == NEW and "/c/" not in letter.text
    page = await maria.submit(page, "Confirm", code=(await code_to(house)).lower().replace("-", " "))
    assert page.url == f"{HOME}?done=confirmed" and NEW in page.main and "Waiting" not in page.main
    assert [one.to for one in await letters(house, "address_added")] == ["maria.delgado@example.org"]
    assert NEW not in (await letters(house, "address_added"))[0].text
