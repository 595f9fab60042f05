"""Registering: the desk's code, a login, an authenticator app, the one-time codes; and everything that must not work."""

import asyncio
from datetime import timedelta

import pytest

from access.grant import Changed
from acts import registration
from acts.desk_code import NotIssued, issue_code
from identity import authenticators, codes
from tests.support.logins import (
    ELSEWHERE,
    PASSWORD,
    a_record,
    an_account,
    app_code,
    at,
    at_the_desk,
    count,
    house_on,
    nobody,
    sending,
    viewer_of,
)

pytestmark = pytest.mark.in_turns

BORN = "1984-03-09"
CLINIC = ("Riverbend Family Clinic",)


@pytest.fixture
def house(database, now):
    return house_on(database, now)


@pytest.fixture
async def chart(house, now):
    return await a_record(house, now)


@pytest.fixture
async def code(house, now, chart):
    return (await issue_code(await at_the_desk(house, now), chart.ref)).code


async def step_of(house, now, code, born=BORN, visitor=None):
    viewer = nobody(now, visitor) if visitor else nobody(now)
    return await registration.check_code(house, viewer, code, born)


async def make_login(house, now, step, username="maria", password=PASSWORD, key="", viewer=None):
    viewer = viewer or nobody(now)
    return await registration.make_login(house, viewer, step, username, password, CLINIC, sending(key=key))


async def enrolled(house, now, code, username="maria"):
    """Up to the third step: the viewer of the half session."""
    step = await step_of(house, now, code)
    login = await make_login(house, now, step.token, username)
    return await viewer_of(house, login.token, now)


async def key_of(house, viewer):
    return (await authenticators.app_setup(house, viewer.account, "maria", "x")).key


# The whole way


async def test_a_patient_registers_from_code_to_full_session(house, now, chart, code):
    viewer = await enrolled(house, now, code)
    assert (viewer.level, viewer.account_state, viewer.name) == ("half", "enrolling", "Maria Delgado")
    done = await registration.confirm_app(house, viewer, app_code(now, await key_of(house, viewer)))
    full = await viewer_of(house, done.token, now)
    assert (full.level, full.account_state) == ("full", "active") and full.freshly_proven(900)
    assert (await viewer_of(house, "", now)).level == "none"
    assert await count(house, "share", "account = ? AND record = ? AND basis = 'self'", full.account, chart.id) == 1
    assert len(await codes.shown_sheet(house, full.account, now)) == 10
    assert await count(house, "session", "revoked_at IS NOT NULL AND id = ?", viewer.session) == 1
    assert await count(house, "outbox", "event = 'account.registered'") == 1


async def test_every_step_is_written_down(house, now, chart, code):
    viewer = await enrolled(house, now, code)
    await registration.confirm_app(house, viewer, "000000")
    await registration.confirm_app(house, viewer, app_code(now, await key_of(house, viewer)))
    rows = await house.database.rows("SELECT action, decision, subject FROM audit_event ORDER BY seq")
    told = [(row["action"], row["decision"]) for row in rows if row["action"] != "chain.opened"]
    assert told == [
        ("code.issue", "allowed"), ("code.check", "allowed"), ("account.register", "allowed"),
        ("account.confirm_app", "refused"), ("account.confirm_app", "allowed"),
    ]  # fmt: skip
    assert [row["subject"] for row in rows if row["action"].startswith("code")] == [chart.id, chart.id]


# Step 1: the code and the birth date


async def test_spaces_small_letters_and_look_alikes_in_the_code_do_not_matter(house, now, chart, code):
    typed = code.replace("-", " ").lower().replace("0", "o").replace("1", "l")
    assert isinstance(await step_of(house, now, typed), registration.Step)


@pytest.mark.parametrize("born", ["1984-03-10", "1984-09-03", "", "1984"])
async def test_the_right_code_with_another_birth_date_is_refused(house, now, code, born):
    assert (await step_of(house, now, code, born)).reason == "code"


@pytest.mark.parametrize(("known", "opens"), [("1984", True), ("1984-03", True), ("1985", False), ("198", False), ("", False)])
async def test_a_chart_that_knows_less_of_the_birth_date_is_compared_with_what_it_knows(known, opens):
    assert registration.born_on(known, BORN) is opens


async def test_a_wrong_code_a_wrong_date_and_no_code_at_all_are_told_alike(house, now, code):
    outcomes = [
        await step_of(house, now, codes.new_desk_code()), await step_of(house, now, code, "1984-03-10"),
        await step_of(house, now, "🦦" * 50), await step_of(house, now, ""),
    ]  # fmt: skip
    assert set(outcomes) == {registration.Refused("code")}


async def statements(house, act):
    """How many statements an act sends, by their first word."""
    sent, rows = [], type(house.database).rows

    async def counted(self, sql, *args):
        sent.append(sql.split()[0])
        return await rows(self, sql, *args)

    type(house.database).rows = counted
    try:
        await act
    finally:
        type(house.database).rows = rows
    return sorted(sent)


async def test_a_wrong_date_does_the_same_work_as_an_unknown_code(house, now, code):
    await step_of(house, now, "the chain of the audit is opened by this")
    unknown = await statements(house, step_of(house, now, codes.new_desk_code()))
    assert await statements(house, step_of(house, now, code, "1984-03-10")) == unknown


async def test_one_code_can_be_tried_ten_times_a_day(house, now, code):
    for _ in range(10):
        assert (await step_of(house, now, code, "1984-03-10")).reason == "code"
    assert (await step_of(house, now, code)).again_at > now
    assert (await step_of(house, now, code, visitor=ELSEWHERE)).reason == "again", "from anywhere"


async def test_one_place_can_try_thirty_times_an_hour(house, now, code):
    for _ in range(30):
        await step_of(house, now, codes.new_desk_code())
    assert (await step_of(house, now, code)).reason == "again"
    assert isinstance(await step_of(house, now, code, visitor=ELSEWHERE), registration.Step)


async def test_right_tries_are_not_counted(house, now, code):
    for _ in range(35):
        assert isinstance(await step_of(house, now, code), registration.Step)


@pytest.mark.parametrize("days", [14, 15])
async def test_a_code_ends_after_fourteen_days(house, now, code, days):
    later = now + timedelta(days=days)
    assert (await step_of(at(house, later), later, code)).reason == "code"


async def test_a_new_code_ends_the_one_before(house, now, chart, code):
    newer = (await issue_code(await at_the_desk(house, now), chart.ref)).code
    assert (await step_of(house, now, code)).reason == "code"
    assert isinstance(await step_of(house, now, newer), registration.Step)


@pytest.mark.parametrize("change", ["state = 'blocked'", "state = 'merged'", "deceased_text = '2026-05-01'"])
async def test_the_code_of_a_chart_that_was_closed_since_is_refused(house, now, chart, code, change):
    await house.database.rows(f"UPDATE record SET {change} WHERE id = ?", chart.id)
    assert (await step_of(house, now, code)).reason == "code"


async def test_only_the_hash_of_a_code_is_kept(house, now, code):
    rows = await house.database.rows("SELECT hash FROM capability")
    assert bytes(rows[0]["hash"]) == codes.code_hash(code) and len(codes.plain(code)) == 16


# Between the first step and the second


async def test_the_step_belongs_to_the_browser_that_took_it(house, now, code):
    step = await step_of(house, now, code)
    assert await registration.step_grant(house, nobody(now, ELSEWHERE), step.token) is None
    assert await registration.step_grant(house, nobody(now), step.token) is not None
    assert codes.plain(code) not in step.token and codes.code_hash(code).hex() not in step.token


@pytest.mark.parametrize("token", ["", "x", "🦦", "A" * 164, "A" * 100_000, "%00"])
async def test_an_invented_step_is_none(house, now, token):
    assert await registration.step_grant(house, nobody(now), token) is None


async def test_half_an_hour_later_the_step_is_over(house, now, code):
    step = await step_of(house, now, code)
    later = now + timedelta(minutes=30)
    assert (await make_login(at(house, later), later, step.token)).reason == "gone"


# Step 2: user name and password


async def test_a_code_makes_one_login(house, now, code):
    step = await step_of(house, now, code)
    assert isinstance(await make_login(house, now, step.token), registration.Opened)
    assert (await make_login(house, now, step.token, "ana")).reason == "gone"
    assert (await step_of(house, now, code)).reason == "code"


async def test_one_code_used_by_many_at_once_makes_one_login(house, now, code):
    step = await step_of(house, now, code)
    outcomes = await asyncio.gather(*(make_login(house, now, step.token, f"maria{n}") for n in range(8)))
    assert sum(isinstance(outcome, registration.Opened) for outcome in outcomes) == 1
    assert {outcome.reason for outcome in outcomes if isinstance(outcome, registration.Refused)} == {"gone"}
    assert await count(house, "account", "kind = 'personal'") == 1
    assert await count(house, "capability", "uses = 1 AND used_by IS NOT NULL") == 1


async def test_the_same_form_sent_many_times_at_once_makes_one_login(house, now, code):
    from tables.sending import AlreadySent

    step = await step_of(house, now, code)
    sent = [make_login(house, now, step.token, key="one form") for _ in range(6)]
    outcomes = await asyncio.gather(*sent, return_exceptions=True)
    assert sum(isinstance(outcome, registration.Opened) for outcome in outcomes) == 1
    assert all(isinstance(outcome, (registration.Opened, AlreadySent, registration.Refused)) for outcome in outcomes), outcomes
    assert await count(house, "account", "kind = 'personal'") == 1


async def test_a_taken_user_name_is_refused_with_others_to_choose(house, now, code):
    await an_account(house, now, "Maria")
    step = await step_of(house, now, code)
    refused = await make_login(house, now, step.token, "ＭＡＲＩＡ")
    assert refused.reason == "taken" and len(refused.offers) == 3
    assert isinstance(await make_login(house, now, step.token, refused.offers[0]), registration.Opened)


async def test_two_people_who_want_one_name_at_once_are_two_people(house, now, code):
    other = await a_record(house, now, name="Maria Ortiz")
    other_code = (await issue_code(await at_the_desk(house, now), other.ref)).code
    steps = [await step_of(house, now, one) for one in (code, other_code)]
    outcomes = await asyncio.gather(*(make_login(house, now, step.token) for step in steps))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Opened", "Refused"]
    assert next(outcome for outcome in outcomes if isinstance(outcome, registration.Refused)).reason == "taken"
    assert await count(house, "capability", "uses = 0") == 1, "the other's code still works"


async def test_user_names_cannot_be_tried_without_end(house, now, code):
    await an_account(house, now, "ana")
    step = await step_of(house, now, code)
    for _ in range(40):
        assert (await make_login(house, now, step.token, "ana")).reason == "taken"
    assert (await make_login(house, now, step.token, "maria")).again_at > now


@pytest.mark.parametrize(("password", "reason"), [("short", "short"), ("maria.delgado1984", "own"), ("p" * 500, "long")])
async def test_an_unfit_password_is_refused_and_uses_nothing_up(house, now, code, password, reason):
    step = await step_of(house, now, code)
    assert (await make_login(house, now, step.token, password=password)).reason == reason
    assert await count(house, "capability", "uses = 0") == 1 and await count(house, "used_key") == 0


async def test_the_code_withdrawn_while_a_password_is_chosen_opens_nothing(house, now, chart, code):
    step = await step_of(house, now, code)
    await issue_code(await at_the_desk(house, now), chart.ref)
    assert (await make_login(house, now, step.token)).reason == "gone"
    assert await count(house, "account", "kind = 'personal'") == 0


# Step 3: the authenticator app


async def test_a_wrong_code_opens_nothing(house, now, code):
    viewer = await enrolled(house, now, code)
    assert (await registration.confirm_app(house, viewer, "123")).reason == "wrong"
    assert await count(house, "share") == 0 and await count(house, "account", "state = 'enrolling'") == 1


async def test_the_right_code_sent_many_times_at_once_counts_once(house, now, code):
    viewer = await enrolled(house, now, code)
    app = app_code(now, await key_of(house, viewer))
    outcomes = await asyncio.gather(
        *(registration.confirm_app(house, viewer, app) for _ in range(6)), return_exceptions=True
    )
    assert sum(isinstance(outcome, registration.Opened) for outcome in outcomes) == 1
    assert all(isinstance(outcome, (registration.Opened, registration.Refused, Changed)) for outcome in outcomes)
    assert await count(house, "share") == 1 and await count(house, "authenticator", "kind = 'codes'") == 1


async def test_a_login_whose_code_the_desk_withdraws_at_that_moment_is_not_made_whole(house, now, code, monkeypatch):
    viewer, begun = await enrolled(house, now, code), registration._begun

    async def withdrawn_right_after(house, viewer):
        found = await begun(house, viewer)
        await house.database.rows("UPDATE account SET state = 'disabled', username_key = ref WHERE id = ?", viewer.account)
        return found

    monkeypatch.setattr(registration, "_begun", withdrawn_right_after)
    with pytest.raises(Changed):
        await registration.confirm_app(house, viewer, app_code(now, await key_of(house, viewer)))
    assert await count(house, "share") == 0 and await count(house, "session", "level = 'full' AND account = ?", viewer.account) == 0


async def test_somebody_else_s_half_session_never_enrols(house, now, code):
    """A login that is whole has its app already; whoever knows its password alone must not set up another."""
    from acts.sign_in import check_password

    await an_account(house, now, "ana")
    half = await check_password(house, nobody(now), "personal", "ana", PASSWORD)
    viewer = await viewer_of(house, half.token, now)
    async with house.database.transaction():
        await authenticators.begin_app(house, viewer.account, now)
    key = await key_of(house, viewer)
    assert (await registration.confirm_app(house, viewer, app_code(now, key))).reason == "late"
    assert await count(house, "session", "level = 'full' AND account = ?", viewer.account) == 0


async def test_after_a_day_the_desk_has_to_give_a_new_code(house, now, chart, code):
    from acts.sign_in import check_password

    await enrolled(house, now, code)
    later = now + timedelta(hours=24)
    late = at(house, later)
    half = await check_password(late, nobody(later), "personal", "maria", PASSWORD)
    viewer = await viewer_of(late, half.token, later)
    assert half.enrolling
    assert (await registration.confirm_app(late, viewer, app_code(later, await key_of(late, viewer)))).reason == "late"
    newer = (await issue_code(await at_the_desk(late, later), chart.ref)).code
    again = await enrolled(late, later, newer, "maria")
    assert again.account != viewer.account and again.account_state == "enrolling", "the user name is free again"
    assert (await viewer_of(late, half.token, later)).ended == "disabled"


async def test_whoever_stopped_after_the_second_step_goes_on_within_a_day(house, now, code):
    from acts.sign_in import check_password

    await enrolled(house, now, code)
    later = now + timedelta(hours=23)
    half = await check_password(at(house, later), nobody(later), "personal", "maria", PASSWORD)
    viewer = await viewer_of(at(house, later), half.token, later)
    done = await registration.confirm_app(at(house, later), viewer, app_code(later, await key_of(house, viewer)))
    assert isinstance(done, registration.Opened)


async def test_a_chart_never_has_two_logins_of_its_own(house, now, chart, code):
    viewer = await enrolled(house, now, code)
    other = await an_account(house, now, "ana")
    await house.database.rows(
        "INSERT INTO share (id, ref, account, record, basis, starts_at, created_at) VALUES (?, 'r', ?, ?, 'self', ?, ?)",
        other, other, chart.id, now, now,
    )
    app = app_code(now, await key_of(house, viewer))
    assert (await registration.confirm_app(house, viewer, app)).reason == "late"
    assert await count(house, "share", "basis = 'self'") == 1
    assert (await issue_code(await at_the_desk(house, now), chart.ref)) == NotIssued("registered")
