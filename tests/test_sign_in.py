"""Signing in, step-up and signing out: what an act does, on both databases."""

import asyncio
import dataclasses
from datetime import timedelta

import pytest

from access.grant import Changed
from acts import sign_in
from identity import codes, limits
from identity.passwords import hasher
from settings import Limits
from tests.support.logins import (
    ELSEWHERE,
    PASSWORD,
    an_account,
    app_code,
    at,
    count,
    house_on,
    nobody,
    signed_in,
    viewer_of,
)


@pytest.fixture
def house(database, now):
    return house_on(database, now)


@pytest.fixture
async def maria(house, now):
    return await an_account(house, now, "Maria")


async def give_password(house, now, username="maria", password=PASSWORD, kind="personal", visitor=None, shared=False):
    viewer = nobody(now, visitor) if visitor else nobody(now)
    return await sign_in.check_password(house, viewer, kind, username, password, shared)


async def half_of(house, now, **more):
    return await viewer_of(house, (await give_password(house, now, **more)).token, now)


class Sent:
    """Statements that go to the database while it is open."""

    def __init__(self, house):
        self.kind, self.statements = type(house.database), []

    def __enter__(self):
        self.rows, self.many = self.kind.rows, self.kind.many

        async def rows(database, sql, *args):
            self.statements.append(sql.split(" ")[0] + " " + sql.split("WHERE")[0][-30:])
            return await self.rows(database, sql, *args)

        async def many(database, sql, values):
            self.statements.append(sql.split(" ")[0])
            return await self.many(database, sql, values)

        self.kind.rows, self.kind.many = rows, many
        return self.statements

    def __exit__(self, *error):
        self.kind.rows, self.kind.many = self.rows, self.many


# The password


async def test_a_password_alone_is_half_a_session(house, now, maria):
    half = await half_of(house, now)
    assert (half.level, half.account, half.proven_at) == ("half", maria, None)
    assert half.signs_out_at == now + timedelta(minutes=15)


@pytest.mark.parametrize("username", ["maria", "MARIA", " Maria ", "Ｍaria"])
async def test_a_user_name_is_the_same_however_it_is_typed(house, now, maria, username):
    assert isinstance(await give_password(house, now, username), sign_in.SignedIn)


@pytest.mark.parametrize(
    ("username", "password"),
    [("maria", "five otters in a canoe"), ("nobody", PASSWORD), ("", ""), ("🦦", "🦦"), ("maria\x00", PASSWORD),
     ("x" * 100_000, "y" * 100_000), ("' OR 1=1 --", "x"), ("\ud800", "\ud800")],
)  # fmt: skip
async def test_whatever_does_not_go_together_is_one_refusal(house, now, maria, username, password):
    refused = await give_password(house, now, username, password)
    assert refused == sign_in.NotSignedIn("pair", left=9)
    assert await count(house, "session") == 0


async def test_unknown_names_and_wrong_passwords_do_the_same_work(house, now, maria, monkeypatch):
    hashes = []
    ours = type(hasher(house.limits))
    verify = ours.verify
    monkeypatch.setattr(ours, "verify", lambda self, stored, word: hashes.append(1) or verify(self, stored, word))
    await give_password(house, now, "the audit chain opens here")
    with Sent(house) as wrong:
        await give_password(house, now, "maria", "five otters in a canoe")
    with Sent(house) as unknown:
        await give_password(house, now, "nobody", "five otters in a canoe")
    assert wrong == unknown and len(hashes) == 3


async def test_a_password_costs_one_hash_and_six_statements_at_most(house, now, maria, monkeypatch):
    hashes = []
    ours = type(hasher(house.limits))
    verify = ours.verify
    monkeypatch.setattr(ours, "verify", lambda self, stored, word: hashes.append(1) or verify(self, stored, word))
    await give_password(house, now, "the audit chain opens here")
    await signed_in(house, maria, "personal", now - timedelta(days=1))
    hashes.clear()
    with Sent(house) as statements:
        half = await give_password(house, now)
    assert len(hashes) == 1 and len(statements) <= 6, statements
    viewer = await viewer_of(house, half.token, now)
    with Sent(house) as statements:
        await sign_in.give_factor(house, viewer, app_code(now))
    assert len(statements) <= 6, statements


async def test_staff_and_patients_have_doors_of_their_own(house, now, maria):
    await an_account(house, now, "sam", kind="staff")
    assert (await give_password(house, now, "sam")).reason == "pair"
    assert (await give_password(house, now, "maria", kind="staff")).reason == "pair"
    assert isinstance(await give_password(house, now, "sam", kind="staff"), sign_in.SignedIn)


@pytest.mark.parametrize("state", ["disabled", "frozen"])
async def test_a_closed_account_is_like_none(house, now, maria, state):
    await house.database.rows("UPDATE account SET state = ? WHERE id = ?", state, maria)
    assert (await give_password(house, now)).reason == "pair"


async def test_ten_tries_from_one_place_then_later_whether_or_not_the_name_is_known(house, now, maria):
    for username in ("maria", "nobody"):
        for left in range(9, -1, -1):
            assert (await give_password(house, now, username, "wrong wrong wrong")).left == left
        refused = await give_password(house, now, username)
        assert refused.reason == "again" and now < refused.again_at <= now + timedelta(minutes=15)


async def test_somebody_who_guesses_does_not_keep_the_owner_out(house, now, maria):
    for _ in range(20):
        await give_password(house, now, password="wrong wrong wrong")
    assert isinstance(await give_password(house, now, visitor=ELSEWHERE), sign_in.SignedIn)


async def test_who_guesses_on_after_being_stopped_does_not_keep_the_owner_out(house, now, maria):
    """Every name has its hundred tries a day, wherever from: those refused at one place must not use them up."""
    for _ in range(110):
        await give_password(house, now, password="wrong wrong wrong")
    assert isinstance(await give_password(house, now, visitor=ELSEWHERE), sign_in.SignedIn)


async def test_many_guesses_at_once_are_no_more_than_ten(house, now, maria):
    outcomes = await asyncio.gather(*(give_password(house, now, password=f"wrong wrong {n}") for n in range(25)))
    assert sum(outcome.reason == "pair" for outcome in outcomes) == 10


async def test_signing_in_well_uses_no_tries_up(house, now, maria):
    for _ in range(15):
        assert isinstance(await give_password(house, now), sign_in.SignedIn)


async def test_tries_are_given_back_in_the_order_in_which_they_are_taken(house, now, monkeypatch):
    """Rows that two sign-ins lock in different orders end one of the two on PostgreSQL."""
    asked = [limits.Limit(name, 9, 60) for name in ("c", "a", "b")]
    named, many = [], type(house.database).many

    async def listened(self, sql, rows):
        named.extend(row[0] for row in rows)
        await many(self, sql, rows)

    monkeypatch.setattr(type(house.database), "many", listened)
    await limits.take(house, asked, now)
    async with house.database.transaction():
        await limits.give_back(house, asked, now)
    assert named == ["a", "b", "c"] and await count(house, "rate_bucket", "count = 0") == 3


async def test_a_hundred_failures_elsewhere_stop_a_password_elsewhere_until_its_owner_signs_in_at_home(house, now, maria):
    await sign_in.give_factor(house, await half_of(house, now), app_code(now))
    await house.database.rows("UPDATE password SET failures = 99 WHERE account = ?", maria)
    await give_password(house, now, password="wrong wrong wrong", visitor=ELSEWHERE)
    assert (await give_password(house, now, visitor=ELSEWHERE)).reason == "pair"
    assert isinstance(await give_password(house, now), sign_in.SignedIn)
    assert isinstance(await give_password(house, now, visitor=ELSEWHERE), sign_in.SignedIn)


async def test_strangers_in_many_places_keep_nobody_out_at_home_and_elsewhere_for_a_quarter_of_an_hour(house, now, maria):
    await sign_in.give_factor(house, await half_of(house, now), app_code(now))
    places = [dataclasses.replace(ELSEWHERE, ip=f"203.0.113.{n}") for n in range(130)]
    for place in places:
        last = await give_password(house, now, password="wrong wrong wrong", visitor=place)
    assert last.reason == "again" and last.again_at <= now + timedelta(minutes=15)
    assert isinstance(await give_password(house, now), sign_in.SignedIn)
    later = now + timedelta(minutes=15)
    assert isinstance(await give_password(at(house, later), later, visitor=ELSEWHERE), sign_in.SignedIn)


async def test_failures_at_home_do_not_shut_other_places(house, now, maria):
    await sign_in.give_factor(house, await half_of(house, now), app_code(now))
    for _ in range(5):
        await give_password(house, now, password="wrong wrong wrong")
    assert await count(house, "password", "failures = 0") == 1


async def test_a_half_session_makes_no_place_known(house, now, maria):
    """Whoever found the password out, and no more, must not make a home of where they sit."""
    await give_password(house, now)
    await house.database.rows("UPDATE password SET failures = 100 WHERE account = ?", maria)
    assert (await give_password(house, now)).reason == "pair"


async def test_strangers_get_the_same_pauses_for_a_name_that_nobody_has(house, now, maria):
    outcomes = {}
    for name in ("maria", "nobody"):
        places = [dataclasses.replace(ELSEWHERE, ip=f"203.0.113.{n}") for n in range(25)]
        outcomes[name] = [await give_password(house, now, name, "wrong wrong wrong", visitor=place) for place in places]
    assert outcomes["maria"] == outcomes["nobody"] and outcomes["maria"][-1].reason == "again"


async def test_a_right_password_forgets_the_failures(house, now, maria):
    await give_password(house, now, password="wrong wrong wrong")
    await give_password(house, now)
    assert await count(house, "password", "failures = 0") == 1


async def test_a_password_changed_while_the_old_one_was_being_checked_stays_changed(house, now, maria, monkeypatch):
    await give_password(house, now, password="something else entirely")

    async def meanwhile(house, stored, password):
        await house.database.rows("UPDATE password SET hash = 'changed' WHERE account = ?", maria)
        return ""

    monkeypatch.setattr(sign_in, "_fresh_hash", meanwhile)
    assert (await give_password(house, now)).reason == "pair"
    assert await house.database.rows("SELECT hash FROM password") == [{"hash": "changed"}]
    assert await count(house, "session") == 0


async def test_a_password_hashed_at_an_older_cost_is_hashed_anew(house, now, maria):
    import dataclasses

    dearer = dataclasses.replace(house, limits=Limits(password_memory_kib=2048, password_passes=1))
    before = await house.database.rows("SELECT hash FROM password")
    assert isinstance(await give_password(dearer, now), sign_in.SignedIn)
    after = await house.database.rows("SELECT hash FROM password")
    assert before != after and "m=2048" in after[0]["hash"]
    assert isinstance(await give_password(dearer, now), sign_in.SignedIn)


async def test_what_a_token_alone_let_in_is_written_down_so(house, now, maria):
    """Before there is a session too (SECURITY contract 5)."""
    bare = dataclasses.replace(nobody(now).visitor, token_only=True)
    half = await viewer_of(house, (await give_password(house, now, visitor=bare)).token, now, bare)
    await give_password(house, now, visitor=bare, password="wrong wrong wrong")
    await sign_in.sign_out(house, half)
    rows = await house.database.rows("SELECT action, reason FROM audit_event WHERE action <> 'chain.opened' ORDER BY seq")
    assert [(row["action"], row["reason"]) for row in rows] == [
        ("account.password", "token_only"), ("account.password", "pair"), ("account.sign_out", "token_only"),
    ]  # fmt: skip


# The second factor


async def test_a_code_makes_a_new_full_session_and_ends_the_half_one(house, now, maria):
    half = await half_of(house, now)
    outcome = await sign_in.give_factor(house, half, app_code(now))
    full = await viewer_of(house, outcome.token, now)
    assert (full.level, full.account, full.proven_at) == ("full", maria, now)
    assert full.session != half.session and full.csrf != half.csrf
    assert await count(house, "session", "id = ? AND end_reason = 'replaced'", half.session) == 1


async def test_a_one_time_code_is_a_second_factor_too(house, now, maria):
    async with house.database.transaction():
        await codes.make_sheet(house, maria, now)
    sheet = await codes.shown_sheet(house, maria, now)
    for expected in ("", "wrong"):
        outcome = await sign_in.give_factor(house, await half_of(house, now), sheet[0].replace("-", " "))
        assert getattr(outcome, "reason", "") == expected


async def test_staff_need_their_app(house, now):
    sam = await an_account(house, now, "sam", kind="staff")
    async with house.database.transaction():
        await codes.make_sheet(house, sam, now)
    sheet = await codes.shown_sheet(house, sam, now)
    half = await half_of(house, now, username="sam", kind="staff")
    assert (await sign_in.give_factor(house, half, sheet[0])).reason == "wrong"
    assert isinstance(await sign_in.give_factor(house, half, app_code(now)), sign_in.SignedIn)


async def test_one_half_session_becomes_one_full_session_however_often_it_is_sent(house, now, maria):
    half = await half_of(house, now)
    sent = (sign_in.give_factor(house, half, app_code(now)) for _ in range(6))
    outcomes = await asyncio.gather(*sent, return_exceptions=True)
    assert sum(isinstance(outcome, sign_in.SignedIn) for outcome in outcomes) == 1
    assert all(isinstance(outcome, (sign_in.SignedIn, sign_in.NotSignedIn, Changed)) for outcome in outcomes)
    assert await count(house, "session", "level = 'full'") == 1


async def test_a_wrong_code_is_written_down_and_opens_nothing(house, now, maria):
    half = await half_of(house, now)
    assert (await sign_in.give_factor(house, half, "000000")).reason == "wrong"
    assert await count(house, "audit_event", "action = 'account.sign_in' AND decision = 'refused' AND reason = 'wrong'") == 1
    assert await count(house, "session", "level = 'full'") == 0
    assert (await viewer_of(house, "", now)).level == "none"


async def test_five_wrong_codes_stop_that_factor_and_its_owner_is_told(house, now, maria):
    await house.database.rows(
        "INSERT INTO account_address (id, ref, account, kind, value, confirmed_at) VALUES (?, ?, ?, 'email', 'm@example.org', ?)",
        maria, maria.hex[:22], maria, now,
    )
    half = await half_of(house, now)
    for _ in range(5):
        assert (await sign_in.give_factor(house, half, "000000")).reason == "wrong"
    stopped = await sign_in.give_factor(house, half, app_code(now))
    assert stopped.reason == "stopped" and stopped.again_at == now + timedelta(minutes=1)
    assert await count(house, "outbox", "event = 'account.factor_stopped' AND address = 'm@example.org'") == 1


async def test_a_half_session_that_was_revoked_proves_nothing(house, now, maria):
    half = await half_of(house, now)
    await sign_in.sign_out(house, half)
    with pytest.raises(Changed):
        await sign_in.give_factor(house, half, app_code(now))


async def test_a_new_factor_begins_the_hours_anew_and_a_shared_computer_has_fewer(house, now, maria):
    full = await viewer_of(house, (await sign_in.give_factor(house, await half_of(house, now), app_code(now))).token, now)
    assert full.signs_out_at == now + timedelta(minutes=30) and not full.shared
    half = await half_of(house, now, shared=True)
    later = now + timedelta(seconds=30)
    full = await viewer_of(house, (await sign_in.give_factor(house, half, app_code(later))).token, now)
    assert full.signs_out_at == now + timedelta(minutes=10) and full.shared


# Step-up, and out


async def test_step_up_is_a_new_session_that_ends_when_the_old_one_would_have(house, now, maria):
    first = await signed_in(house, maria, "personal", now)
    later = now + timedelta(minutes=20)
    stale = await viewer_of(at(house, later), "", later)
    assert stale.level == "none"
    rows = await house.database.rows("SELECT ends_at FROM session WHERE id = ?", first.session)
    import dataclasses

    asked = dataclasses.replace(first, now=later)
    assert not asked.freshly_proven(900)
    outcome = await sign_in.step_up(at(house, later), asked, app_code(later))
    proven = await viewer_of(house, outcome.token, later)
    assert proven.freshly_proven(900) and proven.session != first.session and proven.csrf != first.csrf
    assert (await house.database.rows("SELECT ends_at FROM session WHERE id = ?", proven.session)) == rows
    assert await count(house, "session", "revoked_at IS NULL") == 1


async def test_signing_out_ends_the_session_once(house, now, maria):
    viewer = await signed_in(house, maria, "personal", now)
    await sign_in.sign_out(house, viewer)
    await sign_in.sign_out(house, nobody(now))
    assert await count(house, "session", "end_reason = 'signed_out'") == 1
    assert await count(house, "audit_event", "action = 'account.sign_out'") == 1
