"""A sign-in with a kind of browser, or from a place, that the account was never used with is told to every address."""

from dataclasses import replace
from datetime import timedelta

import pytest

from acts import sign_in
from identity.places import NEW_DEVICE
from tests.support.logins import ELSEWHERE, PASSWORD, VISITOR, an_account, app_code, house_on, nobody, viewer_of

pytestmark = pytest.mark.in_turns


@pytest.fixture
def house(database, now):
    return house_on(database, now)


@pytest.fixture
async def maria(house, now):
    return await an_account(house, now, "Maria")


async def signs_in(house, at, visitor=VISITOR):
    half = await sign_in.check_password(house, nobody(at, visitor), "personal", "maria", PASSWORD)
    viewer = await viewer_of(house, half.token, at, visitor)
    return await sign_in.give_factor(house, viewer, app_code(at))


async def letters(house):
    return len(await house.database.rows("SELECT id FROM outbox WHERE event = 'account.new_device'"))


async def entries(house):
    rows = await house.database.rows("SELECT objects FROM audit_event WHERE action = 'account.sign_in' ORDER BY at, id")
    return [row["objects"].startswith(NEW_DEVICE) for row in rows]


async def test_a_browser_or_a_place_never_used_before_is_told_and_a_known_one_is_not(house, now, maria):
    await signs_in(house, now)
    await signs_in(house, now + timedelta(minutes=1))
    assert await entries(house) == [True, False] and await letters(house) == 1
    await signs_in(house, now + timedelta(minutes=2), ELSEWHERE)
    assert await entries(house) == [True, False, True] and await letters(house) == 2


async def test_a_phone_whose_place_changes_by_the_hour_is_told_of_once_a_day(house, now, maria):
    for number in range(3):
        await signs_in(house, now + timedelta(minutes=number), replace(ELSEWHERE, ip=f"198.51.100.{number}"))
    assert await entries(house) == [True] * 3 and await letters(house) == 1
    await signs_in(house, now + timedelta(days=1), replace(ELSEWHERE, ip="198.51.100.77"))
    assert await letters(house) == 2


async def test_a_password_alone_is_no_sign_in(house, now, maria):
    await sign_in.check_password(house, nobody(now, ELSEWHERE), "personal", "maria", PASSWORD)
    assert await letters(house) == 0
