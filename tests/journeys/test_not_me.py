"""Somebody finds a sign-in that was not theirs, says so, and reads what came of it; without script."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from access.audit import Entry
from seeds.cast import fixed_id
from tests.support.arriving import page_of
from tests.support.logins import house_on

pytestmark = pytest.mark.browser
MARIA = fixed_id("account", "self")


async def when_somebody_tried_her_password(database) -> None:
    now = datetime.now(UTC)
    house = house_on(database, now)
    async with house.audit.transaction() as entries:
        entries.append(Entry(now, "account.password", subject=MARIA, decision="refused", reason="pair"))


async def test_she_finds_it_says_so_and_reads_what_came_of_it(browser, portal_of_ours, database):
    async with (
        page_of("self", browser, portal_of_ours, database, script=False) as maria,
        page_of("support", browser, portal_of_ours, database, script=False) as tom,
    ):
        await when_somebody_tried_her_password(database)
        await maria.goto("/account/security")
        await maria.locator("main").get_by_role("link", name="What was done with your account").click()
        await maria.get_by_role("link", name=re.compile("A wrong password was typed")).first.click()
        assert "You point at this: A wrong password was typed" in await maria.inner_text("main")
        await maria.get_by_role("button", name="It wasn’t me: lock changes").click()
        assert "Changes to your account are locked." in await maria.inner_text("main")
        await maria.goto("/account/password")
        assert await maria.inner_text("h1") == "Changes are locked"
        await when_he_speaks_with_her(tom)
        await maria.goto("/account/activity")
        assert "We made sure that it is you. You can change things again." in await maria.inner_text("main")
        await maria.goto("/account/password")
        assert await maria.inner_text("h1") == "Change your password"


async def when_he_speaks_with_her(tom) -> None:
    await tom.goto("/staff/cases")
    await tom.get_by_role("link", name="This wasn’t me: Maria Delgado").click()
    await tom.get_by_role("button", name="Take it").click()
    await tom.get_by_label("Note").fill("She was at home. Somebody else tried.")
    await tom.get_by_role("button", name="Keep the note").click()
    assert "She was at home." in await tom.inner_text("main")
    await tom.get_by_role("link", name="Close this case").click()
    await tom.get_by_label("Somebody else was there, and we spoke with the patient: open changes again").check()
    await tom.get_by_role("button", name="Close the case").click()
    assert "The case is closed." in await tom.inner_text("main")
