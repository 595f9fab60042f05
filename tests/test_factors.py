"""Several second factors of one account: the list, adding, naming, taking away, and the last one that stays."""

import asyncio
import re

import pyotp
import pytest

from access.opening import open_account
from acts import factors as acts
from acts import sign_in
from identity import factors
from rules.factors import KINDS, enough, may_end, unlike
from tests.support.client import client_of
from tests.support.logins import an_account, an_app, app_code, count, house_on, sending, signed_in
from tests.support.owners import cookie_of
from tests.support.soft_key import SoftKey, asked_of
from tests.test_authenticators import sheet_of
from tests.test_security import stale

pytestmark = pytest.mark.in_turns

SHOWN = re.compile(r"\b\d{3} \d{3}\b")


# The rule


@pytest.mark.parametrize(("kinds", "staff", "is_enough"), [
    ((), False, False), (("codes",), False, False), (("app",), False, True), (("passkey",), False, True), (("key", "codes"), False, True),
    (("sms",), False, True), (("voice",), False, True), (("sms", "voice", "codes"), True, False), (("app",), True, True),
    (("passkey",), True, True), (("key",), True, True), (("codes",), True, False), (("otter",), False, False), (("",), False, False),
])  # fmt: skip
def test_paper_alone_is_not_enough_and_staff_need_an_app_or_a_key(kinds, staff, is_enough):
    assert enough(kinds, staff=staff) == is_enough


@pytest.mark.parametrize(("kinds", "ending", "may"), [
    (("app",), 0, False), (("app", "codes"), 0, False), (("app", "codes"), 1, True), (("app", "app"), 0, True), (("app", "passkey"), 1, True),
    (("codes",), 0, False), (("app", ""), 0, False), (("app", ""), 1, True),
])  # fmt: skip
def test_the_last_one_stays(kinds, ending, may):
    assert may_end(kinds, ending, staff=False) == may


def test_a_name_to_offer_is_none_that_is_there():
    assert unlike("My phone", []) == "My phone"
    assert unlike("My phone", ["My phone", "My phone 2"]) == "My phone 3"


def test_every_kind_has_words():
    from pages.factors import NAMES

    assert set(NAMES) == set(KINDS)


# Taking away, on both databases


@pytest.fixture
def house(database, now):
    return house_on(database, now)


async def grant_of(house, account, now, kind="personal"):
    return open_account(house, await signed_in(house, account, kind, now))


async def refs(house, account):
    return [one.ref for one in await factors.standing(house, account)]


async def end(house, account, ref, now, kind="personal"):
    return await acts.end_factor(await grant_of(house, account, now, kind), ref, sending(), "/")


async def test_one_of_two_goes_and_the_other_stays(house, now):
    maria = await an_account(house, now, "maria")
    await an_app(house, maria, now, pyotp.random_base32())
    first, second = await refs(house, maria)
    assert await end(house, maria, first, now) == ""
    assert await end(house, maria, second, now) == "last"
    assert await refs(house, maria) == [second]
    assert await count(house, "outbox", "event = 'account.factor_ended'") == 1
    assert await count(house, "authenticator", "ended_at IS NOT NULL AND secret IS NOT NULL") == 0


async def test_a_sheet_of_codes_does_not_make_an_app_the_last_but_one(house, now):
    maria = await an_account(house, now, "maria")
    await sheet_of(house, maria, now)
    app, sheet = await refs(house, maria)
    assert await end(house, maria, app, now) == "last"
    assert await end(house, maria, sheet, now) == ""


async def test_what_is_never_asked_again_does_not_count_as_the_other(house, now):
    maria = await an_account(house, now, "maria")
    await an_app(house, maria, now, pyotp.random_base32())
    first, second = await refs(house, maria)
    await house.database.rows("UPDATE authenticator SET failures = 100 WHERE ref = ?", second)
    assert await end(house, maria, first, now) == "last"
    assert await end(house, maria, second, now) == ""


async def test_of_two_that_are_taken_away_at_the_same_moment_one_stays(house, now):
    maria = await an_account(house, now, "maria")
    await an_app(house, maria, now, pyotp.random_base32())
    own = await refs(house, maria)
    grants = [await grant_of(house, maria, now) for _ in own]
    outcomes = await asyncio.gather(*(acts.end_factor(grant, ref, sending(), "/") for grant, ref in zip(grants, own, strict=True)))
    assert sorted(outcomes) == ["", "last"] and len(await refs(house, maria)) == 1


async def test_what_is_not_theirs_is_not_found_and_not_named(house, now):
    maria, ana = await an_account(house, now, "maria"), await an_account(house, now, "ana")
    await an_app(house, ana, now, pyotp.random_base32())
    theirs, grant = (await refs(house, ana))[0], await grant_of(house, maria, now)
    assert await end(house, maria, theirs, now) == "gone" and await end(house, maria, "nothing", now) == "gone"
    assert not await acts.name_factor(grant, theirs, "Mine now", sending(), "/")
    assert await count(house, "authenticator", "ended_at IS NULL AND account = ? AND name = ''", ana) == 2


async def test_an_app_that_was_taken_away_lets_nobody_in(house, now):
    maria = await an_account(house, now, "maria")
    secret = pyotp.random_base32()
    await an_app(house, maria, now, secret)
    assert await end(house, maria, (await refs(house, maria))[1], now) == ""
    half = await signed_in(house, maria, "personal", now, level="half")
    assert (await sign_in.give_factor(house, half, app_code(now, secret))).reason == "wrong"


async def test_twenty_at_once_are_still_no_more_than_twenty(house, now):
    maria = await an_account(house, now, "maria")
    for _ in range(17):
        await an_app(house, maria, now)
    grant = await grant_of(house, maria, now)
    steps = [factors.new_app(house, grant.viewer) for _ in range(5)]
    codes = [factors.app_of(house, grant.viewer, step).at(now) for step in steps]
    outcomes = await asyncio.gather(*(
        acts.add_app(grant, step, code, "x", sending(), "/") for step, code in zip(steps, codes, strict=True)
    ))  # fmt: skip
    assert len(await refs(house, maria)) == 20 and sorted(outcomes) == ["", "", "many", "many", "many"]


async def test_a_new_app_is_of_its_session_and_half_an_hour_and_its_first_code_is_used_with_it(house, now):
    maria = await an_account(house, now, "maria")
    grant, other = await grant_of(house, maria, now), await grant_of(house, maria, now)
    step = factors.new_app(house, grant.viewer)
    totp = factors.app_of(house, grant.viewer, step)
    assert await acts.add_app(other, step, totp.at(now), "x", sending(), "/") == "late"
    assert await acts.add_app(grant, step[:-4] + "AAAA", totp.at(now), "x", sending(), "/") == "late"
    assert await acts.add_app(grant, step, "000000", "x", sending(), "/") == "wrong"
    assert await acts.add_app(grant, step, totp.at(now), "x", sending(), "/") == ""
    half = await signed_in(house, maria, "personal", now, level="half")
    assert (await sign_in.give_factor(house, half, totp.at(now))).reason == "used"
    assert await count(house, "outbox", "event = 'account.factor_added'") == 1


# The pages


@pytest.fixture
async def maria(first_opened):
    async with client_of(first_opened.app) as somebody:
        cookie = await cookie_of(first_opened.house.database, "self", "", first_opened.house.clock())
        somebody.cookies.set("s", cookie["value"])
        yield somebody


@pytest.fixture
async def client(first_opened):
    """Somebody at another browser."""
    async with client_of(first_opened.app) as somebody:
        yield somebody


@pytest.fixture
def rows(first_opened):
    return first_opened.house.database.rows


async def add_app(client, name="Tablet"):
    page = await client.get("/account/apps/new")
    return await client.submit(page, "Add it", name=name, code=SHOWN.search(page.main).group())


async def add_key(client, address="/account/passkeys/new", words="Add a passkey", key=None, **typed):
    page = await client.get(address)
    return await client.submit(page, words, credential=(key or SoftKey()).make(asked_of(page)), **typed)


async def test_each_of_several_has_its_name_its_days_and_a_way_to_change_it(maria):
    await add_app(maria)
    await add_key(maria, name="Blue phone")
    page = await add_key(maria, "/account/keys/new", "Add a security key")
    assert page.url == "/account/security?done=added" and "It is added." in page.main
    for said in ("Passkey: Blue phone", "Security key: My security key", "Authenticator app: Tablet", "not used yet"):
        assert said in page.main
    page = await maria.follow(page, "Change Passkey: Blue phone")
    assert page.h1 == "Passkey: Blue phone" and "strongest way" in page.main
    page = await maria.submit(page, "Keep this name", name="Green phone")
    assert "It has another name now." in page.main and "Passkey: Green phone" in page.main


async def test_a_passkey_is_suggested_quietly_until_there_is_one(maria):
    assert "quicker than a code" in (await maria.get("/account/security")).main
    assert "quicker than a code" not in (await add_key(maria)).main


async def test_taking_one_away_asks_first_and_says_what_it_means(maria):
    page = await add_key(maria, name="Blue phone")
    page = await maria.follow(await maria.follow(page, "Change Passkey: Blue phone"), "Take it away")
    assert page.h1 == "Take away: Passkey: Blue phone" and "cannot be brought back" in page.main
    page = await maria.submit(page, "Take it away")
    assert page.url == "/account/security?done=removed" and "Blue phone" not in page.main


async def test_the_last_one_says_what_to_do_first(maria):
    page = await maria.follow(await maria.get("/account/security"), "Change Authenticator app")
    page = await maria.follow(page, "Take it away")
    assert "your last one" in page.main and page.link("Add a passkey") == "/account/passkeys/new"
    assert [form.get("action") for form in page.tree.all("form") if (form.get("action") or "").endswith("/end")] == []


async def test_a_form_that_was_open_before_it_became_the_last_takes_nothing_away(maria):
    page = await add_app(maria)
    first = await maria.follow(await maria.follow(page, "Change Authenticator app"), "Take it away")
    second = await maria.follow(await maria.follow(page, "Change Authenticator app: Tablet"), "Take it away")
    assert (await maria.submit(second, "Take it away")).url == "/account/security?done=removed"
    refused = await maria.submit(first, "Take it away")
    assert refused.status == 422 and "your last one" in refused.main


async def test_what_is_wrong_is_said_and_what_was_typed_stays(maria):
    page = await maria.get("/account/apps/new")
    key = re.search(r"Key: (\S+(?: \S{4}){7})", page.main).group(1)
    page = await maria.submit(page, "Add it", name="Tablet", code="000 000")
    assert page.status == 422 and page.errors and key in page.main, "the same key: the app has it by now"
    page = await maria.submit(page, "Add it", name="", code=SHOWN.search(page.main).group())
    assert page.errors == ["Enter a name"]
    page = await maria.get("/account/passkeys/new")
    for answer, said in (("", "needs script"), ("{}", "does not fit"), (SoftKey().make(asked_of(page), verified=False), "does not fit")):
        refused = await maria.submit(page, "Add a passkey", name="Blue phone", credential=answer)
        assert refused.status == 422 and said in refused.errors[0]
        assert next(one.get("value") for one in refused.tree.all("input") if one.get("name") == "name") == "Blue phone"
    refused = await maria.submit(page, "Add a passkey", name="n" * 61, credential="x" * 20_000)
    assert refused.status == 422 and "60 letters" in refused.errors[0]


@pytest.mark.parametrize("name", ["🦦", "<b>phone</b>", "' OR 1=1 --", "\u202eenohp"])
async def test_a_name_is_shown_as_it_is_and_does_nothing(maria, name):
    page = await add_key(maria, name=name)
    assert page.status == 200 and name.replace("\u202e", "") in page.main


async def test_each_page_asks_for_a_fresh_factor_and_comes_back(maria, rows, first_opened):
    page = await add_key(maria, key=(key := SoftKey()))
    theirs = page.link("Change Passkey")
    await stale(first_opened.house.database)
    for address in ("/account/passkeys/new", "/account/keys/new", "/account/apps/new", theirs, f"{theirs}/end"):
        assert (await maria.get(address)).headers["location"].startswith("/account/prove?next=")
    page = await maria.arrive(await maria.get(theirs))
    page = await maria.submit(page, "Use a passkey or security key", credential=key.sign(asked_of(page)))
    assert page.url == theirs


async def test_a_name_typed_when_the_proof_was_old_comes_back_and_the_answer_does_not(maria, rows, first_opened):
    page, key = await maria.get("/account/passkeys/new"), SoftKey()
    answer = key.make(asked_of(page))
    await stale(first_opened.house.database)
    refused = await maria.send(page, "Add a passkey", name="Blue phone", credential=answer)
    assert "/account/prove" in refused.headers["location"] or refused.status == 403
    parked = await rows("SELECT sealed FROM parked_form")
    assert len(parked) <= 1
    assert (await rows("SELECT COUNT(*) AS n FROM authenticator WHERE kind = 'passkey'"))[0]["n"] == 0


async def test_the_door_for_passkeys_opens_to_where_one_was_going(maria, client):
    key = SoftKey()
    await add_key(maria, key=key)
    door = await client.get("/sign-in", params={"next": "/account/security"})
    door = await client.follow(door, "Sign in with a passkey")
    assert door.url == "/sign-in/passkey?next=%2Faccount%2Fsecurity"
    page = await client.submit(door, "Use my passkey", credential=key.sign(asked_of(door)), shared="y")
    assert page.url == "/account/security"
    again = await client.send(door, "Use my passkey", credential=key.sign(asked_of(door)))
    assert again.status in (303, 403), "its token was of nobody"


async def test_on_a_shared_computer_a_passkey_opens_a_short_session(maria, client, rows):
    key = SoftKey()
    await add_key(maria, key=key)
    door = await client.get("/sign-in/passkey")
    await client.submit(door, "Use my passkey", credential=key.sign(asked_of(door)), shared="y")
    rows = await rows("SELECT idle_seconds FROM session WHERE shared ORDER BY created_at DESC")
    assert [row["idle_seconds"] for row in rows] == [600]


async def test_a_passkey_nobody_knows_is_one_calm_refusal(client):
    door = await client.get("/sign-in/passkey")
    key = SoftKey(user="bm9ib2R5")
    page = await client.submit(door, "Use my passkey", credential=key.sign(asked_of(door)))
    assert page.status == 422 and page.errors == ["We do not know this passkey or security key. Use another one, or choose another way"]
    assert page.link("your user name and password") == "/sign-in"


async def test_nobody_is_sent_elsewhere_by_the_door_for_passkeys(client):
    page = await client.get("/sign-in/passkey", params={"next": "//evil.example"})
    assert all(one.get("value") != "//evil.example" for one in page.tree.all("input"))


async def test_after_the_password_it_is_offered_what_the_account_has(maria, client, live_cast):
    member, key = live_cast["self"], SoftKey()
    await add_key(maria, "/account/keys/new", "Add a security key", key=key)
    page = await client.submit(await client.get("/sign-in"), 0, username=member.username, password=member.password)
    assert page.url == "/sign-in/code" and "Use a passkey or security key" in page.main and "Or enter a code" in page.main
    refused = await client.submit(page, "Use a passkey or security key", credential="")
    assert refused.status == 422 and "needs script" in refused.errors[0]
    refused = await client.submit(refused, "Go on", code="000 000")
    assert refused.status == 422 and "Check the code" in refused.errors[0]
    assert (await client.submit(refused, "Use a passkey or security key", credential=key.sign(asked_of(refused)))).url == "/records"


async def test_who_has_no_key_is_not_asked_for_one(maria, client, live_cast):
    member = live_cast["self"]
    page = await client.submit(await client.get("/sign-in"), 0, username=member.username, password=member.password)
    assert "passkey" not in page.main.casefold() and "/static/passkey" not in page.html


async def test_the_page_and_its_script_are_let_ask_by_the_headers(client):
    page = await client.get("/sign-in/passkey")
    policy = page.headers["permissions-policy"]
    assert "publickey-credentials-get=(self)" in policy and "publickey-credentials-create=(self)" in policy
    assert "script-src 'self'" in page.headers["content-security-policy"] and "/static/passkey." in page.html
    assert "<script>" not in page.html and "/static/passkey." not in (await client.get("/sign-in")).html


async def test_the_last_day_it_was_used_is_shown(maria, client):
    key = SoftKey()
    await add_key(maria, key=key)
    door = await client.get("/sign-in/passkey")
    await client.submit(door, "Use my passkey", credential=key.sign(asked_of(door)))
    page = await maria.get("/account/security")
    assert page.main.count("last used on") == 1 and "not used yet" in page.main
