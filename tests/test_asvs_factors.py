"""ASVS 5.0, V6.3 to V6.8: how one signs in, what proves it, and how one comes back. One test for each requirement, by its number."""

from __future__ import annotations

import json
import math
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from access.vocabulary import Access
from identity import codes, sent_codes
from identity.authenticators import DRIFT, FIGURES, TRIES

from rules.factors import KINDS, STRONG, WEAK, enough, may_end
from starting import walk
from tests.support.asvs import cast, opened, sections, unfederated  # noqa: F401 -- fixtures
from tests.support.client import client_of
from tests.support.recovering import ask, begin_factor, half, letters, link_in, reset
from tests.support.signing_in import sign_in
from tests.support.soft_key import SoftKey, asked_of, raw
from tests.sweep.walk import routes_of

WRONG = "not this one at all"
TELLS = {
    "account.password_changed", "account.password_reset", "account.factor_added", "account.factor_ended", "account.factor_stopped",
    "account.codes_made", "account.address_added", "account.address_ended", "account.recovery_started", "account.recovered",
    "account.new_device", "account.registered",
}  # fmt: skip


@pytest.fixture
def maria(cast):  # noqa: F811
    return cast["self"]


async def door(client, username: str, password: str):
    return await client.submit(await client.get("/sign-in"), 0, username=username, password=password)


async def with_passkey(client, name: str = "My phone") -> SoftKey:
    key = SoftKey()
    page = await client.get("/account/passkeys/new")
    page = await added(client, page, key, name)
    assert page.status == 200, page.errors
    return key


async def added(client, page, key: SoftKey, name: str):
    action = next(form.get("action") for form in page.tree.all("form") if form.get("data-asked"))
    return await client.submit(page, action, credential=key.make(asked_of(page)), name=name)


# V6.3


async def test_v6_3_1_tries_at_one_name_end_and_come_back(client, maria):
    for _ in range(10):
        assert (await door(client, maria.username, WRONG)).status == 422
    assert (await door(client, maria.username, maria.password)).status == 429, "the right one too, until then"


async def test_v6_3_2_nobody_has_an_account_by_default(database):
    """A database as an installation makes it."""
    assert await database.rows("SELECT id FROM account") == []


async def test_v6_3_3_a_password_alone_reaches_the_second_factor_and_nothing_else(client, maria, opened):  # noqa: F811
    await half(client, maria.username, maria.password)
    for path in ("/records", f"/records/{maria.record}/results", "/account/security", "/account/password", "/bills"):
        assert (await client.get(path)).headers["location"].startswith("/sign-in"), path
    assert KINDS["passkey"].strength == KINDS["key"].strength == STRONG and list(KINDS)[0] == "passkey"


def test_v6_3_4_there_is_no_way_in_that_is_not_written_down(opened):  # noqa: F811
    """Every route by which a session can begin is under an address that “Ways in” names."""
    told = sections()["Ways in"]
    begins = ("/sign-in", "/register", "/recover", "/staff/sign-in", "/staff/register")
    pinned = json.loads(Path("tests/sweep/public_routes.json").read_text("utf-8"))
    doors = {route.template for route in routes_of(opened.portal) if route.template.startswith(begins)}
    assert doors and all(any(f"`{part}" in told for part in begins if one.startswith(part)) for one in doors)
    others = {path for path in map(str, pinned) if not path.startswith((*begins, "/about", "/help", "/static", "/demo", "/healthz", "/readyz"))}
    assert not [path for path in others if "login" in path or "token" in path]
    assert [path for path, handler in walk(opened.portal) if not isinstance(handler.opt.get("access"), Access)] == []


async def test_v6_3_5_a_new_browser_and_a_stopped_factor_are_told(client, maria, opened):  # noqa: F811
    await half(client, maria.username, maria.password)
    page = await client.get("/sign-in/code")
    for _ in range(TRIES):
        page = await client.submit(page, 0, code="000000")
    (told,) = await letters(opened.house, "account.factor_stopped")
    assert "If it was not you" in told.text
    async with client_of(opened.app) as other:
        await opened.house.database.rows("UPDATE authenticator SET failures = 0, stopped_until = NULL")
        await sign_in(other, maria)
    assert len(await letters(opened.house, "account.new_device")) == 1


async def test_v6_3_6_a_mail_proves_nobody(client, maria, opened):  # noqa: F811
    """Whoever has only the mailbox gets a new password out of it, and is asked for the second factor; for that one, it gets none."""
    assert "email" not in KINDS
    assert (await reset(client, opened.house, maria.username)).url.startswith("/sign-in")
    page = await half(client, maria.username, "seven quiet herons at noon")
    page = await client.follow(page, "I have lost my app and my sheet")
    assert 'value="factor"' not in page.html, "not by a mail again"
    assert (await client.get("/records")).headers["location"].startswith("/sign-in")


def test_v6_3_7_every_change_of_what_proves_somebody_is_told():
    from jobs.events import EVENTS

    assert set(EVENTS) >= TELLS
    words = {event: Path(f"templates/notices/{EVENTS[event].template}.txt").read_text("utf-8") for event in TELLS}
    assert [event for event, text in words.items() if not re.search(r"layout|wasnt_me|stoppable", text)] == []


async def test_v6_3_8_known_and_unknown_names_get_one_answer(client, another_client, maria):
    seen = []
    for somebody, name in ((client, maria.username), (another_client, "nobody.at.all")):
        page = await door(somebody, name, WRONG)
        recover = await ask(somebody, "password", username=name)
        seen.append((page.status, page.main.replace(name, "N"), recover.status, recover.main.replace(name, "N")))
    assert seen[0] == seen[1]


# V6.4


async def test_v6_4_1_codes_of_the_clinic_are_random_once_and_soon_over_and_no_password(client, person, cast):  # noqa: F811
    made = {codes.new_desk_code() for _ in range(200)}
    assert len(made) == 200 and all(len(codes.plain(code)) * 5 >= 64 for code in made)
    assert (await door(client, cast["self"].username, made.pop())).status == 422


async def test_v6_4_2_nothing_asks_for_what_somebody_would_remember(client):
    for path in ("/sign-in", "/recover", "/recover/password", "/recover/username", "/recover/everything", "/register"):
        page = await client.get(path)
        assert page.status == 200 and not re.search(r"maiden|first pet|hint for|secret question|favou?rite", page.main, re.I), path


async def test_v6_4_3_a_new_password_by_mail_leaves_the_second_factor(client, maria, opened):  # noqa: F811
    await reset(client, opened.house, maria.username)
    page = await half(client, maria.username, "seven quiet herons at noon")
    assert (await client.get("/records")).headers["location"].startswith("/sign-in")
    assert (await client.submit(page, 0, code=maria.code)).url == "/records"


async def test_v6_4_4_who_lost_the_second_factor_proves_it_again_and_waits(client, maria, opened):  # noqa: F811
    page = await begin_factor(client, maria.username, maria.password)
    assert "It is begun" in page.main and await letters(opened.house, "account.recovery_code") == []
    assert await letters(opened.house, "account.recovery_started"), "every address is told at once"


async def test_v6_4_5_the_sheet_says_how_many_codes_are_left(client, maria):
    """Nothing else that somebody signs in with runs out."""
    await sign_in(client, maria)
    await client.submit(await client.get("/account/codes"), "Make 10 new codes")
    assert "10 codes left" in (await client.get("/account/security")).main


async def test_v6_4_6_staff_begin_and_never_choose(person, maria):
    desk = await person("frontdesk")
    for path in ("login", "login/recovery", "login/freeze"):
        page = await desk.get(f"/staff/records/{maria.record}/{path}")
        assert page.status == 200 and 'type="password"' not in page.html and "new_password" not in page.html, path


# V6.5


async def test_v6_5_1_each_code_works_once(client, maria, app):
    shown = maria.code
    await client.submit(await half(client, maria.username, maria.password), 0, code=shown)
    page = await client.submit(await client.get("/account/codes"), "Make 10 new codes")
    line = re.search(r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){5}\b", page.main).group()
    for first in (True, False):
        async with client_of(app) as other:
            page = await other.submit(await half(other, maria.username, maria.password), 0, code=line)
            assert (page.url == "/records") is first
    async with client_of(app) as other:
        page = await other.submit(await half(other, maria.username, maria.password), 0, code=shown)
        assert page.url != "/records", "the app's, which signed her in above"


def test_v6_5_2_a_line_of_the_sheet_has_112_bits_or_more():
    line = codes.plain(codes.new_sheet_code())
    assert len(line) * math.log2(len(codes.ALPHABET)) >= 112


@pytest.mark.parametrize("file", ["codes", "sent_codes", "authenticators", "challenges", "sessions", "csrf"])
def test_v6_5_3_what_is_random_comes_from_the_operating_system(file):
    text = Path(f"identity/{file}.py").read_text("utf-8")
    assert "secrets." in text or "pyotp.random_base32" in text
    assert not re.search(r"^import random|from random|random\.(choice|rand)", text, re.M)


def test_v6_5_4_the_shortest_code_has_twenty_bits():
    shortest = min(FIGURES, sent_codes.FIGURES)
    assert math.log2(10**shortest) > 19.9 and len(codes.plain(codes.new_told_code())) * 5 == 40


def test_v6_5_5_a_sent_code_is_over_after_ten_minutes_and_an_app_s_after_its_step():
    phones = [until for channel, until in sent_codes.GOOD_FOR.items() if channel != "email"]
    assert phones and max(phones) <= timedelta(minutes=10) and DRIFT == 1


async def test_v6_5_6_any_factor_can_be_taken_away(client, maria, opened):  # noqa: F811
    await sign_in(client, maria)
    await with_passkey(client)
    page = await client.get("/account/security")
    each = [address for _, address in page.links if address.startswith("/account/factors/")]
    assert len(each) == 2
    for address in each[:1]:
        page = await client.follow(await client.get(address), "Take it away")
        assert "It is taken away" in (await client.submit(page, "Take it away")).main
    assert await letters(opened.house, "account.factor_ended")
    assert may_end(["app", "passkey"], 0, staff=False) and not may_end(["app", "codes"], 0, staff=False)


async def test_v6_5_7_a_finger_or_a_face_opens_the_key_and_is_nothing_without_it(client, maria):
    """The device must have asked its owner; what it asked for never comes here."""
    await sign_in(client, maria)
    page = await client.get("/account/passkeys/new")
    asked = json.loads(asked_of(page))
    assert asked["authenticatorSelection"]["userVerification"] == "required" and asked["attestation"] == "none"
    key = SoftKey()
    place = next(form.get("action") for form in page.tree.all("form") if form.get("data-asked"))
    refused = await client.submit(page, place, credential=key.make(asked_of(page), verified=False), name="x")
    assert refused.status == 422


async def test_v6_5_8_an_app_s_code_is_held_against_our_own_clock(client, maria):
    """Whatever time a browser says it is."""
    page = await half(client, maria.username, maria.password)
    client.http.headers["date"] = (datetime.now(UTC) + timedelta(minutes=10)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    import pyotp

    late = pyotp.TOTP(maria.totp_secret).at(datetime.now(UTC) + timedelta(minutes=10))
    assert (await client.submit(page, 0, code=late)).status == 422


# V6.6


async def test_v6_6_1_a_phone_is_no_factor_where_the_clinic_has_no_gateway_and_is_called_weaker_where_it_has(client, maria):
    assert KINDS["sms"].strength == KINDS["voice"].strength == WEAK and not KINDS["sms"].staff
    await sign_in(client, maria)
    page = await client.get("/account/security")
    assert "phone number" not in page.main.lower() or "weaker" in page.main.lower()


async def test_v6_6_2_a_sent_code_belongs_to_what_asked_for_it(world):
    """One thing's code is not another's, and the next one ends it."""
    house, now, account = world.house, world.now, world.people["maria"].account
    one, other = world.records["Maria"].id, world.records["Stan"].id
    async with house.database.transaction():
        row = await sent_codes.make_code(house, account, sent_codes.FACTOR, one, "sms", now)
    kept = await house.database.rows("SELECT secret FROM sent_code WHERE id = ?", row)
    code = house.keyring.open(bytes(kept[0]["secret"]), row).decode()
    async with house.database.transaction():
        assert await sent_codes.try_code(house, account, sent_codes.FACTOR, other, code, now)
        assert await sent_codes.try_code(house, account, sent_codes.ADDRESS, one, code, now)
        await sent_codes.make_code(house, account, sent_codes.FACTOR, one, "sms", now)
        assert await sent_codes.try_code(house, account, sent_codes.FACTOR, one, code, now)


async def test_v6_6_3_a_sent_code_is_tried_five_times(world):
    house, now, account, one = world.house, world.now, world.people["maria"].account, world.records["Maria"].id
    async with house.database.transaction():
        row = await sent_codes.make_code(house, account, sent_codes.FACTOR, one, "sms", now)
    kept = await house.database.rows("SELECT secret FROM sent_code WHERE id = ?", row)
    code = house.keyring.open(bytes(kept[0]["secret"]), row).decode()
    wrong = f"{(int(code) + 1) % 10**6:06}"
    async with house.database.transaction():
        for _ in range(5):
            assert await sent_codes.try_code(house, account, sent_codes.FACTOR, one, wrong, now)
        assert await sent_codes.try_code(house, account, sent_codes.FACTOR, one, code, now), "too late"


def test_v6_6_4_nobody_is_asked_to_press_yes_on_a_telephone():
    assert not {"push", "approve"} & set(KINDS) and enough(["app"], staff=True)


# V6.7 and V6.8


async def test_v6_7_1_a_public_key_is_changed_by_nothing(client, maria, opened):  # noqa: F811
    await sign_in(client, maria)
    await with_passkey(client)
    written = [path for path in (*Path("acts").glob("*.py"), *Path("identity").glob("*.py")) if re.search(r"SET [^\"]*public_key = (?!NULL)", path.read_text("utf-8"))]
    rows = await opened.house.database.rows("SELECT public_key FROM authenticator WHERE kind = 'passkey'")
    assert len(rows) == 1 and rows[0]["public_key"] and written == []


async def test_v6_7_2_a_challenge_is_random_and_never_the_same(client):
    seen = set()
    for _ in range(3):
        page = await client.get("/sign-in/passkey")
        seen.add(json.loads(asked_of(page))["challenge"])
    assert len(seen) == 3 and all(len(raw(one)) * 8 >= 128 for one in seen)


@pytest.mark.parametrize("of", ["identities"])
def test_v6_8_1_there_is_one_house_of_identities(of):
    assert unfederated()


def test_v6_8_2_no_assertion_of_another_system_is_taken():
    assert unfederated()


def test_v6_8_3_none_is_used_twice_since_none_is_taken():
    assert unfederated()


def test_v6_8_4_how_somebody_was_authenticated_is_known_here():
    assert unfederated() and "No other system signs anybody in" in sections()["Ways in"]
