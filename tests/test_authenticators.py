"""Authenticator apps, one-time codes and limits, on both databases."""

import asyncio
import dataclasses
from datetime import timedelta

import pyotp
import pytest

from identity import authenticators, codes, limits
from tests.support.logins import SECRET, an_account, an_app, app_code, count, house_on


@pytest.fixture
def house(database, now):
    return house_on(database, now)


async def prove(house, account, code, now):
    async with house.database.transaction():
        return await authenticators.prove(house, account, code, now)


async def sheet_of(house, account, now):
    async with house.database.transaction():
        await codes.make_sheet(house, account, now)
    return await codes.shown_sheet(house, account, now)


async def test_a_code_of_the_app_is_right_once(house, now):
    account = await an_account(house, now, "maria")
    assert (await prove(house, account, app_code(now), now)).right
    assert (await prove(house, account, app_code(now), now)).reason == "used"
    assert (await prove(house, account, app_code(now), now + timedelta(seconds=20))).reason == "used"


async def test_only_a_later_code_follows_an_accepted_one(house, now):
    account = await an_account(house, now, "maria")
    step = timedelta(seconds=30)
    assert (await prove(house, account, app_code(now), now)).right
    assert (await prove(house, account, app_code(now + step), now)).right
    assert (await prove(house, account, app_code(now), now)).reason == "used", "t, t+1, t"


async def test_a_clock_may_be_half_a_minute_off_and_no_more(house, now):
    account = await an_account(house, now, "maria")
    assert (await prove(house, account, app_code(now - timedelta(seconds=60)), now)).reason == "wrong"
    assert (await prove(house, account, app_code(now - timedelta(seconds=30)), now)).right


@pytest.mark.parametrize("shape", ["{0}{1}", " {0} {1} ", "{0}-{1}", "{0}\u00a0{1}"])
async def test_spaces_in_a_code_do_not_matter(house, now, shape):
    account = await an_account(house, now, "maria")
    code = app_code(now)
    assert (await prove(house, account, shape.format(code[:3], code[3:]), now)).right


async def test_figures_of_another_script_are_figures(house, now):
    account = await an_account(house, now, "maria")
    arabic = app_code(now).translate({ord(str(n)): chr(0x660 + n) for n in range(10)})
    assert (await prove(house, account, arabic, now)).right


@pytest.mark.parametrize("typed", ["", " ", "🦦" * 6, "12345", "x" * 100_000, "\x00\x00\x00", "'; DROP TABLE account; --", "\ud800"])
async def test_what_is_no_code_is_wrong_and_nothing_worse(house, now, typed):
    account = await an_account(house, now, "maria")
    await sheet_of(house, account, now)
    assert (await prove(house, account, typed, now)).reason == "wrong"


async def test_one_code_sent_many_times_at_once_is_taken_once(house, now):
    account = await an_account(house, now, "maria")
    outcomes = await asyncio.gather(*(prove(house, account, app_code(now), now) for _ in range(12)))
    assert sum(outcome.right for outcome in outcomes) == 1


async def test_five_wrong_codes_stop_the_app_for_longer_and_longer(house, now):
    account = await an_account(house, now, "maria")
    for _ in range(5):
        assert (await prove(house, account, "000000", now)).reason == "wrong"
    stopped = await prove(house, account, app_code(now), now)
    assert stopped.reason == "stopped" and stopped.again_at == now + timedelta(minutes=1)
    later = now + timedelta(minutes=1)
    assert (await prove(house, account, "000000", later)).reason == "wrong"
    assert (await prove(house, account, app_code(later), later)).again_at == later + timedelta(minutes=2)
    much_later = later + timedelta(minutes=2)
    assert (await prove(house, account, app_code(much_later), much_later)).right
    assert (await prove(house, account, "000000", much_later)).reason == "wrong", "a right code begins anew"


async def test_many_guesses_at_once_are_no_more_than_five_guesses(house, now):
    account = await an_account(house, now, "maria")
    outcomes = await asyncio.gather(*(prove(house, account, f"{n:06}", now) for n in range(40)))
    assert sum(outcome.reason == "wrong" for outcome in outcomes) == 5
    assert sum(outcome.reason == "stopped" for outcome in outcomes) == 35


async def test_one_factor_stopped_leaves_the_others(house, now):
    account = await an_account(house, now, "maria")
    sheet = await sheet_of(house, account, now)
    for _ in range(6):
        await prove(house, account, "000000", now)
    assert (await prove(house, account, sheet[0], now)).right


async def test_a_factor_that_failed_a_hundred_times_in_a_row_is_never_asked_again(house, now):
    account = await an_account(house, now, "maria")
    await house.database.rows("UPDATE authenticator SET failures = 100 WHERE account = ?", account)
    assert (await prove(house, account, app_code(now), now)).reason == "wrong"


async def test_the_key_is_sealed_for_its_own_row(house, now):
    account = await an_account(house, now, "maria")
    other = await an_app(house, account, now, pyotp.random_base32())
    rows = await house.database.rows("SELECT id, secret FROM authenticator WHERE account = ? ORDER BY id", account)
    assert all(SECRET.encode() not in bytes(row["secret"]) for row in rows)
    first = next(row for row in rows if row["id"] != other)
    await house.database.rows("UPDATE authenticator SET secret = ? WHERE id = ?", first["secret"], other)
    with pytest.raises(Exception, match="does not open"):
        await prove(house, account, "123456", now)


async def test_an_app_counts_only_when_confirmed(house, now):
    account = await an_account(house, now, "maria", app=False)
    async with house.database.transaction():
        await authenticators.begin_app(house, account, now)
    setup = await authenticators.app_setup(house, account, "maria", "Riverbend Family Clinic")
    assert (await prove(house, account, app_code(now, setup.key), now)).reason == "wrong"
    async with house.database.transaction():
        assert (await authenticators.confirm_app(house, account, "000 000", now)).reason == "wrong"
        assert (await authenticators.confirm_app(house, account, app_code(now, setup.key), now)).right
    assert (await prove(house, account, app_code(now, setup.key), now)).reason == "used"
    assert await authenticators.app_setup(house, account, "maria", "x") is None


async def test_the_picture_and_the_text_carry_the_same_key(house, now):
    account = await an_account(house, now, "maria", app=False)
    async with house.database.transaction():
        await authenticators.begin_app(house, account, now)
    setup = await authenticators.app_setup(house, account, "maria", "Riverbend Family Clinic")
    assert len(setup.key.replace(" ", "")) == 32 and setup.key.count(" ") == 7
    assert setup.qr.startswith("<svg") and "#000" in setup.qr and "currentColor" not in setup.qr


async def test_the_demo_clinic_alone_tells_what_the_app_shows(house, now):
    account = await an_account(house, now, "maria")
    demo = dataclasses.replace(house, demo=True)
    assert await authenticators.demo_code(house, account, now) == ""
    assert await authenticators.demo_code(demo, account, now) == app_code(now)
    assert (await prove(house, account, app_code(now), now)).right
    following = await authenticators.demo_code(demo, account, now)
    assert (await prove(house, account, following, now)).right, "the one after, when that was used"
    assert await authenticators.demo_code(demo, account, now) == ""


async def test_a_sheet_has_ten_codes_of_120_bits_that_work_once_each(house, now):
    account = await an_account(house, now, "maria")
    sheet = await sheet_of(house, account, now)
    assert len(set(sheet)) == 10 and all(len(code.replace("-", "")) == 24 for code in sheet)
    assert (await prove(house, account, sheet[3].lower().replace("-", " "), now)).right
    assert (await prove(house, account, sheet[3], now)).reason == "wrong"
    assert (await prove(house, account, sheet[4].replace("0", "O").replace("1", "l"), now)).right
    assert await count(house, "one_time_code", "used_at IS NULL") == 8


async def test_one_line_of_the_sheet_used_at_once_twice_works_once(house, now):
    account = await an_account(house, now, "maria")
    sheet = await sheet_of(house, account, now)
    outcomes = await asyncio.gather(*(prove(house, account, sheet[0], now) for _ in range(4)))
    assert sum(outcome.right for outcome in outcomes) == 1


async def test_a_code_of_somebody_else_is_wrong(house, now):
    maria, ana = await an_account(house, now, "maria"), await an_account(house, now, "ana")
    await sheet_of(house, ana, now)
    sheet = await sheet_of(house, maria, now)
    assert (await prove(house, ana, sheet[0], now)).reason == "wrong"
    assert (await prove(house, maria, sheet[0], now)).right


async def test_a_new_sheet_ends_the_old_one(house, now):
    account = await an_account(house, now, "maria")
    old, new = await sheet_of(house, account, now), await sheet_of(house, account, now)
    assert (await prove(house, account, old[0], now)).reason == "wrong"
    assert (await prove(house, account, new[0], now)).right


async def test_a_sheet_is_shown_until_it_is_put_away_or_a_quarter_of_an_hour_is_over(house, now):
    account = await an_account(house, now, "maria")
    sheet = await sheet_of(house, account, now)
    assert await codes.shown_sheet(house, account, now + timedelta(minutes=14)) == sheet
    assert await codes.shown_sheet(house, account, now + timedelta(minutes=15)) == ()
    await codes.wipe_shown(house, now + timedelta(minutes=14))
    assert await codes.shown_sheet(house, account, now) == sheet
    await codes.put_away(house, account)
    assert await codes.shown_sheet(house, account, now) == ()
    assert await count(house, "authenticator", "kind = 'codes' AND secret IS NOT NULL") == 0


async def test_what_nobody_put_away_is_wiped(house, now):
    account = await an_account(house, now, "maria")
    await sheet_of(house, account, now)
    await codes.wipe_shown(house, now + timedelta(minutes=15))
    assert await count(house, "authenticator", "kind = 'codes' AND secret IS NOT NULL") == 0


async def test_codes_are_not_kept_in_the_clear(house, now):
    account = await an_account(house, now, "maria")
    sheet = await sheet_of(house, account, now)
    rows = await house.database.rows("SELECT secret FROM authenticator WHERE kind = 'codes'")
    stored = await house.database.rows("SELECT hash FROM one_time_code")
    plain = codes.plain(sheet[0]).encode()
    assert sheet[0].encode() not in bytes(rows[0]["secret"])
    assert all(plain not in bytes(row["hash"]) and len(bytes(row["hash"])) == 32 for row in stored)


async def test_a_limit_counts_to_its_end_in_each_period(house, now):
    outcomes = [await limits.allow(house, "door", 3, 60, now) for _ in range(4)]
    assert [outcome.refused for outcome in outcomes] == [False, False, False, True]
    assert [outcome.left for outcome in outcomes] == [2, 1, 0, 0]
    assert outcomes[3].again_at == now + timedelta(seconds=60)
    assert not (await limits.allow(house, "door", 3, 60, now + timedelta(seconds=60))).refused


async def test_a_limit_holds_when_all_come_at_once(house, now):
    outcomes = await asyncio.gather(*(limits.allow(house, "door", 5, 60, now) for _ in range(30)))
    assert sum(not outcome.refused for outcome in outcomes) == 5


async def test_who_is_refused_at_one_limit_counts_at_none(house, now):
    """Or one address would fill the table with names, and use up in a minute what is there for everybody."""
    for number in range(9):
        await limits.take(house, (limits.Limit("all", 6, 60, kept=True), limits.Limit("ip", 3, 60), limits.Limit(f"name {number}", 9, 60)), now)
    counts = {row["name"]: row["count"] for row in await house.database.rows("SELECT name, count FROM rate_bucket")}
    assert counts == {"all": 3, "ip": 3, "name 0": 1, "name 1": 1, "name 2": 1}


async def test_what_went_well_is_given_back_but_not_where_work_is_bounded(house, now):
    asked = (limits.Limit("guess", 2, 60), limits.Limit("work", 3, 60, kept=True))
    for _ in range(3):
        assert not (await limits.take(house, asked, now)).refused
        async with house.database.transaction():
            await limits.give_back(house, asked, now)
    assert (await limits.take(house, asked, now)).refused
