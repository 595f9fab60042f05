"""Passkeys and security keys: adding, signing in, showing one again, and every answer that is not right. On both databases."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta

import pytest

from access.opening import open_account
from acts import factors as acts
from acts import sign_in
from identity import factors, passkeys
from tests.support.logins import ELSEWHERE, an_account, an_app, app_code, at, count, house_on, nobody, sending, signed_in, viewer_of
from tests.support.soft_key import SoftKey, b64

OWNER = passkeys.Owner("", "maria", "Riverbend Family Clinic")


@pytest.fixture
def house(database, now):
    return house_on(database, now)


@pytest.fixture
async def maria(house, now):
    return await an_account(house, now, "maria")


async def asked_for_new(house, viewer, kind="passkey"):
    owner = await passkeys.owner_of(house, viewer.account, "Riverbend Family Clinic")
    return passkeys.ask_for_new(house, viewer, kind, owner, factors.keys_of(await factors.standing(house, viewer.account)))


async def with_key(house, now, account, kind="passkey", side="personal", key=None, **lies):
    """A key that was added to this account, and why not."""
    viewer, key = await signed_in(house, account, side, now), key or SoftKey()
    answer = key.make(await asked_for_new(house, viewer, kind), **lies)
    return key, await acts.add_key(open_account(house, viewer), kind, answer, "My phone", sending(), "/")


def asked_at_door(house, viewer, side="personal"):
    return passkeys.ask(house, viewer, passkeys.at_door(side))


async def at_door(house, now, key, side="personal", viewer=None, **lies):
    viewer = viewer or nobody(now)
    return await sign_in.show_passkey(house, viewer, side, key.sign(asked_at_door(house, viewer, side), **lies))


async def half_of(house, account, now, side="personal"):
    return await signed_in(house, account, side, now, level="half")


def asked_after_password(house, viewer):
    return passkeys.ask(house, viewer, passkeys.shown_again(viewer))


# Signing in


async def test_a_passkey_is_a_whole_sign_in(house, now, maria):
    key, refused = await with_key(house, now, maria)
    opened = await at_door(house, now, key)
    viewer = await viewer_of(house, opened.token, now)
    assert refused == "" and (viewer.level, viewer.account, viewer.proven_at) == ("full", maria, now)
    assert await count(house, "audit_event", "action = 'account.sign_in' AND reason = 'passkey'") == 1


async def test_an_answer_works_once_also_when_it_comes_many_times_at_once(house, now, maria):
    key, _ = await with_key(house, now, maria)
    viewer = nobody(now)
    answer = key.sign(asked_at_door(house, viewer))
    before = await count(house, "session")
    outcomes = await asyncio.gather(*(sign_in.show_passkey(house, viewer, "personal", answer) for _ in range(8)))
    assert sum(isinstance(one, sign_in.SignedIn) for one in outcomes) == 1 and await count(house, "session") == before + 1
    assert {one.reason for one in outcomes if isinstance(one, sign_in.NotSignedIn)} == {"late"}


@pytest.mark.parametrize(("lie", "reason"), [
    ({"origin": "https://riverbend.example"}, "unknown"), ({"rp": "riverbend.example"}, "unknown"), ({"verified": False}, "unknown"),
    ({"type": "webauthn.create"}, "unknown"), ({"private": SoftKey().private}, "unknown"), ({"user": None}, "unknown"),
    ({"user": b64(b"somebody else")}, "unknown"), ({"challenge": b64(b"a" * 90)}, "late"), ({"challenge": ""}, "late"),
    ({"framed": True}, "late"),
])  # fmt: skip
async def test_an_answer_that_is_not_right_lets_nobody_in_and_cannot_be_mended(house, now, maria, lie, reason):
    key, _ = await with_key(house, now, maria)
    outcome = await at_door(house, now, key, **lie)
    assert outcome == sign_in.NotSignedIn(reason) and await count(house, "session", "level = 'full' AND revoked_at IS NULL") == 1
    assert isinstance(await at_door(house, now, key), sign_in.SignedIn), "the next one is looked at afresh"


async def test_a_challenge_that_was_answered_wrongly_is_spent_too(house, now, maria):
    key, _ = await with_key(house, now, maria)
    viewer = nobody(now)
    asked = asked_at_door(house, viewer)
    assert (await sign_in.show_passkey(house, viewer, "personal", key.sign(asked, verified=False))).reason == "unknown"
    assert (await sign_in.show_passkey(house, viewer, "personal", key.sign(asked))).reason == "late"


async def test_a_challenge_is_of_one_browser_one_purpose_and_five_minutes(house, now, maria):
    key, _ = await with_key(house, now, maria)
    here, half = nobody(now), await half_of(house, maria, now)
    elsewhere = nobody(now, ELSEWHERE)
    for viewer, asked in (
        (elsewhere, asked_at_door(house, here)), (here, asked_at_door(house, elsewhere)), (here, asked_at_door(house, here, "staff")),
        (here, asked_after_password(house, half)), (half, asked_at_door(house, here)),
        (replace(here, now=now + timedelta(minutes=5)), asked_at_door(house, here)),
    ):
        assert (await sign_in.show_passkey(house, viewer, "personal", key.sign(asked))).reason == "late"
    last = replace(here, now=now + timedelta(minutes=4, seconds=59))
    assert isinstance(await sign_in.show_passkey(house, last, "personal", key.sign(asked_at_door(house, here))), sign_in.SignedIn)


async def test_a_counter_that_goes_back_lets_nobody_in_and_is_told_to_the_owner(house, now, maria):
    await house.database.rows(
        "INSERT INTO account_address (id, ref, account, kind, value, confirmed_at) VALUES (?, ?, ?, 'email', 'm@example.org', ?)",
        maria, maria.hex[:22], maria, now,
    )
    key, _ = await with_key(house, now, maria, key=SoftKey(count=7))
    assert isinstance(await at_door(house, now, key, count=9), sign_in.SignedIn)
    for again in (9, 8, 0):
        assert (await at_door(house, now, key, count=again)).reason == "copied"
    assert await count(house, "outbox", "event = 'account.factor_copied' AND address = 'm@example.org'") == 1, "once a day"
    assert isinstance(await at_door(house, now, key, count=10), sign_in.SignedIn)


async def test_a_passkey_that_counts_nothing_is_fine(house, now, maria):
    key, _ = await with_key(house, now, maria, key=SoftKey(count=None))
    for _ in range(3):
        assert isinstance(await at_door(house, now, key), sign_in.SignedIn)


async def test_of_two_uses_with_one_count_at_once_one_counts(house, now, maria):
    key, _ = await with_key(house, now, maria)
    viewers = [nobody(now), nobody(now, ELSEWHERE)]
    answers = [key.sign(asked_at_door(house, viewer), count=5) for viewer in viewers]
    outcomes = await asyncio.gather(*(
        sign_in.show_passkey(house, viewer, "personal", answer) for viewer, answer in zip(viewers, answers, strict=True)
    ))  # fmt: skip
    assert sum(isinstance(one, sign_in.SignedIn) for one in outcomes) == 1


@pytest.mark.parametrize("state", ["disabled", "frozen", "enrolling"])
async def test_a_closed_account_is_like_none(house, now, maria, state):
    key, _ = await with_key(house, now, maria)
    await house.database.rows("UPDATE account SET state = ? WHERE id = ?", state, maria)
    assert (await at_door(house, now, key)).reason == "unknown"


async def test_a_passkey_of_one_side_opens_nothing_of_the_other(house, now, maria):
    sam = await an_account(house, now, "sam", kind="staff")
    hers, _ = await with_key(house, now, maria)
    his, _ = await with_key(house, now, sam, side="staff")
    assert (await at_door(house, now, hers, "staff")).reason == "unknown"
    assert (await at_door(house, now, his)).reason == "unknown"
    assert isinstance(await at_door(house, now, his, "staff"), sign_in.SignedIn)


async def test_a_security_key_alone_is_no_sign_in(house, now, maria):
    key, refused = await with_key(house, now, maria, "key")
    assert refused == "" and (await at_door(house, now, key)).reason == "unknown"


async def test_a_passkey_that_was_taken_away_or_never_was_is_unknown(house, now, maria):
    key, _ = await with_key(house, now, maria)
    stranger = replace(key, id=b"q" * 32)
    assert (await at_door(house, now, stranger)).reason == "unknown"
    own = await factors.standing(house, maria)
    grant = open_account(house, await signed_in(house, maria, "personal", now))
    assert await acts.end_factor(grant, next(one.ref for one in own if one.kind == "passkey"), sending(), "/") == ""
    assert (await at_door(house, now, key)).reason == "unknown"
    assert await count(house, "authenticator", "kind = 'passkey' AND (public_key IS NOT NULL OR credential_id IS NOT NULL)") == 0


JUNK = [
    "", " ", "null", "[]", "{}", "🦦", "x" * 10_000, "[" * 5_000, '{"id":1}', "\x00", json.dumps({"id": "a", "rawId": "a", "type": "public-key"}),
    json.dumps({"id": "AA", "rawId": "AA", "type": "public-key", "response": {"clientDataJSON": "AA", "authenticatorData": "AA", "signature": "AA"}}),
    json.dumps({"id": "AA", "rawId": "AA", "type": "public-key", "response": {"clientDataJSON": b64(b"[]"), "authenticatorData": "é", "signature": ""}}),
    json.dumps({"id": "AA", "rawId": "AA", "type": "public-key", "response": {"clientDataJSON": b64(b'{"type":1,"challenge":2,"origin":3}'), "attestationObject": "AA"}}),
]  # fmt: skip


@pytest.mark.parametrize("answer", JUNK)
async def test_what_is_no_answer_is_refused_and_nothing_worse(house, now, maria, answer):
    half, full = await half_of(house, maria, now), await signed_in(house, maria, "personal", now)
    assert (await sign_in.show_passkey(house, nobody(now), "personal", answer)).reason in ("unknown", "late")
    assert await acts.add_key(open_account(house, full), "passkey", answer, "x", sending(), "/") in ("unknown", "late")
    assert (await sign_in.give_factor(house, half, "", answer)).reason in ("unknown", "late", "wrong")


@pytest.mark.parametrize("part", ["authenticatorData", "signature", "clientDataJSON"])
async def test_parts_of_an_answer_that_are_cut_or_turned_are_refused(house, now, maria, part):
    key, _ = await with_key(house, now, maria)
    for cut in (lambda text: text[:-8], lambda text: text + "AAAA", lambda text: "", lambda text: text[::-1]):
        viewer = nobody(now)
        answer = json.loads(key.sign(asked_at_door(house, viewer)))
        answer["response"][part] = cut(answer["response"][part])
        assert isinstance(await sign_in.show_passkey(house, viewer, "personal", json.dumps(answer)), sign_in.NotSignedIn)


async def test_one_place_can_show_three_hundred_answers_in_a_quarter_of_an_hour(house, now, maria):
    key, _ = await with_key(house, now, maria)
    await sign_in.show_passkey(house, nobody(now), "personal", "junk")
    await house.database.rows("UPDATE rate_bucket SET count = 299 WHERE name LIKE 'sign-in:passkey:%'")
    assert (await sign_in.show_passkey(house, nobody(now), "personal", "junk")).reason == "unknown"
    assert (await at_door(house, now, key)).reason == "again"
    assert isinstance(await at_door(house, now, key, viewer=nobody(now, ELSEWHERE)), sign_in.SignedIn)


# After the password, and again


@pytest.mark.parametrize("kind", ["passkey", "key"])
async def test_either_is_a_second_factor_after_the_password(house, now, maria, kind):
    key, _ = await with_key(house, now, maria, kind)
    half = await half_of(house, maria, now)
    opened = await sign_in.give_factor(house, half, "", key.sign(asked_after_password(house, half)))
    assert (await viewer_of(house, opened.token, now)).level == "full"
    assert (await viewer_of(house, "", now)).level == "none"


async def test_a_key_of_somebody_else_is_no_second_factor(house, now, maria):
    ana = await an_account(house, now, "ana")
    key, _ = await with_key(house, now, ana, "key")
    half = await half_of(house, maria, now)
    assert (await sign_in.give_factor(house, half, "", key.sign(asked_after_password(house, half)))).reason == "unknown"
    rows = await house.database.rows("SELECT sign_count, last_used_at FROM authenticator WHERE account = ? AND kind = 'key'", ana)
    assert (rows[0]["sign_count"], rows[0]["last_used_at"]) == (0, None)


async def test_a_challenge_of_another_half_session_is_none_of_this(house, now, maria):
    key, _ = await with_key(house, now, maria, "key")
    first, second = await half_of(house, maria, now), await half_of(house, maria, now)
    assert (await sign_in.give_factor(house, first, "", key.sign(asked_after_password(house, second)))).reason == "late"


async def test_one_answer_at_once_many_times_after_the_password_opens_one_session(house, now, maria):
    key, _ = await with_key(house, now, maria, "key")
    half = await half_of(house, maria, now)
    answer = key.sign(asked_after_password(house, half))
    outcomes = await asyncio.gather(*(sign_in.give_factor(house, half, "", answer) for _ in range(6)), return_exceptions=True)
    assert sum(isinstance(one, sign_in.SignedIn) for one in outcomes) == 1
    assert await count(house, "session", "level = 'full' AND revoked_at IS NULL AND account = ?", maria) == 2


async def test_step_up_with_a_key_is_fresh_and_ends_when_the_session_would_have(house, now, maria):
    key, _ = await with_key(house, now, maria, "key")
    viewer = await signed_in(house, maria, "personal", now)
    ends = await house.database.rows("SELECT ends_at FROM session WHERE id = ?", viewer.session)
    later = now + timedelta(minutes=20)
    viewer = replace(viewer, now=later)
    opened = await sign_in.step_up(at(house, later), viewer, "", key.sign(asked_after_password(house, viewer)))
    fresh = await viewer_of(at(house, later), opened.token, later)
    now_ends = await house.database.rows("SELECT ends_at FROM session WHERE id = ?", fresh.session)
    assert fresh.proven_at == later and now_ends[0]["ends_at"] == ends[0]["ends_at"]


async def test_a_code_still_costs_what_it_did_and_a_passkey_little(house, now, maria):
    from tests.test_sign_in import Sent

    key, _ = await with_key(house, now, maria)
    half, viewer = await half_of(house, maria, now), nobody(now)
    answers = key.sign(asked_at_door(house, viewer)), key.sign(asked_after_password(house, half))
    with Sent(house) as statements:
        assert isinstance(await sign_in.show_passkey(house, viewer, "personal", answers[0]), sign_in.SignedIn)
    assert len(statements) <= 6, statements
    with Sent(house) as statements:
        assert isinstance(await sign_in.give_factor(house, half, "", answers[1]), sign_in.SignedIn)
    assert len(statements) <= 7, "one more than for a code: the key that signed has to be found"


# Adding


async def test_a_new_one_is_told_and_written_down(house, now, maria):
    await with_key(house, now, maria)
    assert await count(house, "outbox", "event = 'account.factor_added'") == 1
    assert await count(house, "audit_event", "action = 'account.add_factor' AND reason = 'passkey'") == 1


@pytest.mark.parametrize("lie", [
    {"origin": "http://localhost"}, {"rp": "127.0.0.1"}, {"verified": False}, {"type": "webauthn.get"}, {"fmt": "packed"}, {"fmt": "tpm"},
    {"fmt": "otter"}, {"challenge": b64(b"x" * 90)},
])  # fmt: skip
async def test_a_new_one_that_is_not_right_is_not_kept(house, now, maria, lie):
    _key, refused = await with_key(house, now, maria, **lie)
    assert refused in ("unknown", "late") and await count(house, "authenticator", "kind = 'passkey'") == 0
    assert await count(house, "outbox", "event = 'account.factor_added'") == 0


async def test_a_challenge_for_a_new_one_is_of_that_session_and_kind(house, now, maria):
    one, other = [await signed_in(house, maria, "personal", now) for _ in range(2)]
    for viewer, kind, asked in ((one, "passkey", await asked_for_new(house, other)), (one, "passkey", await asked_for_new(house, one, "key"))):
        assert await acts.add_key(open_account(house, viewer), kind, SoftKey().make(asked), "x", sending(), "/") == "late"


async def test_one_that_is_known_is_not_kept_again_whoever_brings_it(house, now, maria):
    key, _ = await with_key(house, now, maria)
    assert (await with_key(house, now, maria, key=key))[1] == "known"
    ana = await an_account(house, now, "ana")
    assert (await with_key(house, now, ana, key=key))[1] == "known"


async def test_what_an_account_has_is_named_so_that_no_device_makes_a_second(house, now, maria):
    key, _ = await with_key(house, now, maria)
    asked = json.loads(await asked_for_new(house, await signed_in(house, maria, "personal", now)))
    assert asked["excludeCredentials"] == [{"type": "public-key", "id": b64(key.id), "transports": ["internal"]}]
    assert asked["attestation"] == "none" and asked["rp"]["id"] == "localhost"
    assert asked["authenticatorSelection"] == {"residentKey": "required", "requireResidentKey": True, "userVerification": "required"}


async def test_no_account_has_more_than_twenty(house, now, maria):
    for number in range(19):
        await an_app(house, maria, now)
    assert (await with_key(house, now, maria))[1] == "many"


@pytest.mark.parametrize(("origin", "possible"), [
    ("https://portal.example.org", True), ("http://localhost:8000", True), ("http://127.0.0.1:8000", False), ("https://[::1]", False),
])  # fmt: skip
def test_browsers_make_passkeys_for_names_alone(origin, possible):
    assert passkeys.possible_at(origin) == possible
