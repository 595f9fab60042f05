"""Somebody cannot sign in any more, and gets back: without script, with the mails as they come."""

from __future__ import annotations

import re

import pytest

from seeds.people import BY_HANDLE
from tests.support.arriving import page_of
from tests.support.axe import axe_problems
from tests.support.browser import NARROW, overflows
from tests.support.live import running_portal
from tests.support.recovering import CODE, LINK, NEW

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def portal_of_ours(first_templates):
    """A code works at once here: no story waits for a day."""
    with first_templates.copy(first_templates.demo()) as address, running_portal(address, PORTAL_RECOVERY_WAIT="0") as running:
        yield running


@pytest.fixture(params=[False, True], ids=["no script", "script"])
def script(request) -> bool:
    return request.param


@pytest.fixture
async def page(browser, portal_of_ours, database, script):
    async with page_of("nobody", browser, portal_of_ours, database, script=script) as fresh:
        yield fresh


@pytest.fixture
def press(script):
    """Presses the button; where there is script, axe looks at the page that comes, which must fit a small phone."""

    async def pressed(page, name: str) -> None:
        async with page.expect_navigation():
            await page.locator("main").get_by_role("button", name=name, exact=True).click()
        if script:
            await page.set_viewport_size(NARROW)
            assert await axe_problems(page) == [] and await overflows(page) == [], page.url

    return pressed


async def goes(page, *links: str) -> None:
    for link in links:
        async with page.expect_navigation():
            await page.locator("main").get_by_role("link", name=link).first.click()


async def newest_mail(page, to, subject: str) -> str:
    """Of the messages of the demo; the worker looks once a second."""
    for _ in range(40):
        await page.goto("/demo/outbox")
        found = page.locator("main li", has_text=subject).filter(has_text=to.email)
        if await found.count():
            return await found.first.inner_text()
        await page.wait_for_timeout(250)
    raise AssertionError(f"no mail “{subject}”: {await page.inner_text('main')}")


async def shows_password(page, press, username: str, password: str) -> None:
    await page.goto("/sign-in")
    await page.fill("main [name=username]", username)
    await page.fill("main [name=password]", password)
    await press(page, "Sign in")


async def sets_up_the_app(page, press) -> None:
    shown = await page.locator("main .note", has_text="Only in this demonstration").inner_text()
    await page.fill("main [name=code]", re.search(r"\d{3}\s?\d{3}", shown).group())
    await press(page, "Go on")
    assert await page.inner_text("h1") == "Your new one-time codes" and await page.locator("main ol li").count() == 10


async def test_a_user_name_is_mailed(page, press, script):
    he = BY_HANDLE["helper-full" if script else "helper-appointments"]
    await page.goto("/sign-in")
    await goes(page, "Can’t sign in?", "I forgot my user name")
    await page.fill("main [name=email]", he.email)
    await press(page, "Mail me my user name")
    assert "a mail is on its way" in await page.inner_text("main")
    assert f"User name: {he.username}" in await newest_mail(page, he, "Your user name")


async def test_a_new_password_is_set_and_the_second_factor_still_asked(page, press, script):
    he = BY_HANDLE["helper-full" if script else "helper-appointments"]
    await page.goto("/recover")
    await goes(page, "I forgot my password")
    await page.fill("main [name=username]", he.username)
    await press(page, "Mail me a link")
    mail = await newest_mail(page, he, "A new password for your account")
    await page.goto(LINK.search(mail).group(1))
    await page.fill("main [name=new_password]", "too short")
    await press(page, "Set this password")
    assert "Use 12 letters, numbers or signs, or more" in await page.inner_text("main")
    await page.fill("main [name=new_password]", NEW)
    await press(page, "Set this password")
    assert "Your new password is set" in await page.inner_text("main")
    await shows_password(page, press, he.username, NEW)
    assert await page.inner_text("h1") == "Enter your code"
    await page.goto("/records")
    assert "/sign-in" in page.url
    assert "Your password was set anew" in await newest_mail(page, he, "Your password was set anew")


async def test_who_lost_the_app_and_the_sheet_sets_up_a_new_app(page, press, script):
    thuy = BY_HANDLE["stranger" if script else "guardian"]
    await shows_password(page, press, thuy.username, thuy.password)
    await goes(page, "I have lost my app and my sheet")
    await page.check("main [value=factor]")
    await press(page, "Begin")
    code = CODE.search(await newest_mail(page, thuy, "Your code to get back into your account")).group()
    await page.goto("/recover/factor")
    await goes(page, "Enter the code")
    await page.fill("main [name=code]", code.lower().replace("-", " "))
    await press(page, "Go on")
    await sets_up_the_app(page, press)
    assert "opened again" in await newest_mail(page, thuy, "Your account was opened again")


async def test_the_desk_gives_a_code_and_everything_is_new(page, press, browser, script, portal_of_ours, database):
    she = BY_HANDLE["self"]
    rows = await database.rows("SELECT birth_text FROM record WHERE ref = ?", she.record_ref)
    year, month, day = rows[0]["birth_text"].split("-")
    async with page_of("frontdesk", browser, portal_of_ours, database, script=script) as desk:
        await desk.goto(f"/staff/records/{she.record_ref}/login")
        await goes(desk, "Begin a recovery")
        await desk.check("main [value=passport]")
        await press(desk, "Make the code")
        code = CODE.search(await desk.inner_text("main")).group()
    await page.goto("/recover")
    await goes(page, "I have a code from the front desk")
    for name, value in {"code": code, "born_month": month, "born_day": day, "born_year": year}.items():
        await page.fill(f"main [name={name}]", value)
    await press(page, "Go on")
    await page.fill("main [name=new_password]", NEW)
    await press(page, "Go on")
    await sets_up_the_app(page, press)
    await page.goto("/records")
    assert she.name in await page.inner_text("main")
