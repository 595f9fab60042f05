"""Back into an account: every secret once, nothing by mail alone, and nobody learns who is known."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from access.opening import open_link
from access.viewer import Visitor
from acts import forgotten
from acts import recovery as acts
from acts.printed_codes import Made, NotMade, make_code
from acts.sign_in import SignedIn, give_factor
from identity import recovery
from identity.authenticators import app_setup
from identity.codes import FACTOR_CODE, LETTER, RECOVERY, RESET, STOP, read_letter
from identity.sessions import open_session
from identity.steps import Opened, Refused, Step
from jobs import sweeping
from jobs.recovery import AT_ADDRESS, NAMED
from tables.base import new_id, new_ref
from tables.sending import secret_hash
from tests.support.logins import (
    ELSEWHERE, a_record, an_account, app_code, at, at_the_desk, count, house_on, nobody, sending, viewer_of,
)  # fmt: skip
from tests.support.recovering import CODE, LINK, NEW, code_in, letters, work
from tests.test_sign_in import Sent

pytestmark = pytest.mark.in_turns

DAY = timedelta(hours=24, minutes=1)


@pytest.fixture
def house(database, now):
    return house_on(database, now)


@pytest.fixture
async def maria(house, now):
    """An account with an app, two addresses for mail and one for text messages, and a chart with a place to write to."""
    account, chart = await an_account(house, now, "maria"), await a_record(house, now)
    rows = house.database.rows
    await rows("UPDATE record SET address = '14 Orchard Lane, Riverbend' WHERE id = ?", chart.id)
    await rows(
        "INSERT INTO share (id, ref, account, record, basis, starts_at, created_at) VALUES (?, ?, ?, ?, 'self', ?, ?)",
        new_id(), new_ref(), account, chart.id, now, now,
    )
    for kind, value in (("email", "maria@example.org"), ("email", "m.delgado@example.net"), ("sms", "+15552010000")):
        await an_address(house, account, kind, value, now)
    return account


async def an_address(house, account, kind, value, confirmed_at):
    await house.database.rows(
        "INSERT INTO account_address (id, ref, account, kind, value, confirmed_at) VALUES (?, ?, ?, ?, ?, ?)",
        new_id(), new_ref(), account, kind, value, confirmed_at,
    )


async def asks(house, what, typed, visitor=ELSEWHERE):
    return await forgotten.ask(house, nobody(house.clock(), visitor), what, typed, sending("/recover"), "/x")


async def grant_of(house, link):
    """What the guard opens for the secret of a link."""
    secret = link.rpartition("/")[2]
    return await open_link(house, nobody(house.clock()), (RESET, STOP, LETTER), secret_hash(secret))


async def reset_link(house):
    await asks(house, recovery.PASSWORD, "maria")
    return LINK.search((await letters(house, "account.reset_asked"))[-1].text).group(1)


async def set_anew(house, link, new=NEW, key=""):
    grant = await grant_of(house, link)
    return await forgotten.reset_password(grant, new, (), sending(link, key), "/sign-in") if grant else Refused("gone")


async def at_half(house, account):
    """The viewer of a browser that has shown the password."""
    async with house.database.transaction():
        token = await open_session(house, account, "personal", Visitor("192.0.2.7", "a"), house.clock(), level="half")
    return await viewer_of(house, token, house.clock())


async def begun(house, account, kind=recovery.FACTOR):
    return await acts.start(house, await at_half(house, account), kind, sending("/recover/factor"), "/x")


async def open_factor(house, account, kind=recovery.FACTOR):
    """A recovery whose waiting time is over: the house of then, and its code."""
    assert await begun(house, account, kind) is None
    later = at(house, house.clock() + DAY)
    return later, await (code_in(later) if kind == recovery.FACTOR else posted(later, account, kind))


async def posted(house, account, kind):
    """The front desk opens the letter for printing: only then there is a code."""
    await work(house)
    ref = (await house.database.rows("SELECT ref FROM account WHERE id = ?", account))[0]["ref"]
    desk = await at_the_desk(house, house.clock())
    made = await make_code(desk, ref, recovery.LETTERS[kind], sending("/staff/letters"))
    return read_letter(house, desk.account, ref, made.outcome.rpartition("=")[2], house.clock()) if isinstance(made, Made) else made


async def finish(house, viewer, code, born=None, new=NEW):
    """The code, a new password where it goes with a birth date, and the first code of the new app."""
    step = await acts.check_code(house, viewer, code, born)
    if not isinstance(step, Step):
        return step
    if born is not None:
        await acts.choose_password(house, viewer, step.token, new, (), sending("/recover/code/password"), "/x")
    return await confirmed(house, viewer, step.token, FACTOR_CODE if born is None else RECOVERY)


async def confirmed(house, viewer, token, purpose=FACTOR_CODE):
    known = await acts.begun(house, viewer, purpose, token)
    if known is None:
        return Refused("gone")
    setup = await app_setup(house, known[1]["account"], "maria", "Riverbend")
    return await acts.confirm_app(house, viewer, purpose, token, app_code(house.clock(), setup.key))


# What is asked for at the door


async def test_each_confirmed_address_gets_the_link_and_no_phone_does(house, maria, now):
    await an_address(house, maria, "email", "new@example.org", None)
    await reset_link(house)
    sent = await letters(house, "account.reset_asked")
    assert {one.to for one in sent} == {"maria@example.org", "m.delgado@example.net"}
    assert len({LINK.search(one.text).group(1) for one in sent}) == 1


async def test_the_user_names_of_all_accounts_of_an_address_come_in_one_mail(house, maria, now):
    for name, confirmed_at, state in (("teen", now, "active"), ("other", None, "active"), ("shut", now, "frozen")):
        await an_address(house, await an_account(house, now, name, state=state), "email", "Maria@Example.org", confirmed_at)
    gone = await an_account(house, now, "gone")
    await an_address(house, gone, "email", "maria@example.org", now)
    await house.database.rows("UPDATE account_address SET ended_at = ? WHERE account = ?", now, gone)
    await asks(house, recovery.USERNAME, "MARIA@example.org")
    (letter,) = await letters(house, "account.username_asked")
    assert letter.to == "maria@example.org"
    assert [name for name in ("maria", "teen", "other", "shut", "gone") if f"User name: {name}" in letter.text] == ["maria", "teen"]


@pytest.mark.parametrize(("what", "known"), [("username", "maria@example.org"), ("password", "maria"), ("everything", "maria")])
async def test_the_request_does_the_same_whoever_is_asked_for(house, maria, what, known):
    """The same statements, one job of the same kind, and nobody looked up."""
    await asks(house, f"recover.{what}", "the audit chain opens here")
    seen = []
    for typed in (known, known[::-1]):
        with Sent(house) as statements:
            assert await asks(house, f"recover.{what}", typed, Visitor("198.51.100.7", "b")) is None
        seen.append(list(statements))
    assert seen[0] == seen[1] and not any(one.startswith("SELECT") for one in seen[0]), seen
    assert await count(house, "job") == 3 and await count(house, "outbox") == 0
    await work(house)
    assert await count(house, "job", "state = 'done'") == 3


async def test_what_was_typed_is_nowhere_to_be_read(house, maria):
    await asks(house, recovery.PASSWORD, "maria")
    (row,) = await house.database.rows("SELECT arguments FROM job")
    assert "maria" not in str(row["arguments"])


async def test_a_name_is_asked_for_five_times_an_hour_known_or_not_and_a_place_twenty(house, maria, now):
    for typed in ("maria", "nobody-at-all"):
        answers = [await asks(house, recovery.PASSWORD, typed) for _ in range(6)]
        assert answers[:5] == [None] * 5 and answers[5] is not None
        assert await asks(at(house, now + timedelta(hours=1)), recovery.PASSWORD, typed) is None
    place = Visitor("203.0.113.5", "c")
    answers = [await asks(house, recovery.PASSWORD, f"name{n}", place) for n in range(21)]
    assert answers[:20] == [None] * 20 and answers[20] is not None


async def test_a_queue_that_stood_still_sends_nobody_an_old_link(house, maria, now):
    await asks(house, recovery.PASSWORD, "maria")
    assert await letters(at(house, now + timedelta(hours=2)), "account.reset_asked") == []


async def test_staff_get_back_by_the_operator_alone(house, now):
    account = await an_account(house, now, "desk", kind="staff", duty="frontdesk")
    await an_address(house, account, "email", "desk@example.org", now)
    for what, typed in ((recovery.USERNAME, "desk@example.org"), (recovery.PASSWORD, "desk"), (recovery.EVERYTHING, "desk")):
        await asks(house, what, typed)
    await work(house)
    assert await count(house, "outbox") == 0


# A new password by mail


async def test_a_link_sets_one_password_and_then_nothing(house, maria):
    link = await reset_link(house)
    assert await set_anew(house, link) is None
    assert await set_anew(house, link, "another nine herons at noon") == Refused("gone")


async def test_of_six_at_once_with_one_link_one_sets_it(house, maria):
    grant = await grant_of(house, await reset_link(house))
    answers = await asyncio.gather(*(
        forgotten.reset_password(grant, f"{n} quiet herons at noon", (), sending("/c"), "/sign-in") for n in range(6)
    ))
    assert sorted(map(str, answers)) == sorted(map(str, [None, *[Refused("gone")] * 5]))


async def test_a_link_is_over_after_its_time_and_an_edited_one_never_was(house, maria, now):
    link = await reset_link(house)
    assert await grant_of(house, link[:-1] + ("A" if link[-1] != "A" else "B")) is None
    assert await grant_of(at(house, now + timedelta(minutes=46)), link) is None
    assert await set_anew(at(house, now + timedelta(minutes=44)), link) is None


async def test_with_a_new_password_other_links_and_all_sessions_end(house, maria):
    other, link = await reset_link(house), await reset_link(house)
    browser = await at_half(house, maria)
    assert await set_anew(house, link) is None
    assert await grant_of(house, other) is None
    assert await count(house, "session", "revoked_at IS NULL") == 0
    assert (await viewer_of(house, "", house.clock())).level == "none" and browser.level == "half"


@pytest.mark.parametrize(("new", "reason"), [("short", "short"), ("maria-maria-maria", "own"), ("passwordpassword", "common"), ("x" * 129, "long")])
async def test_a_new_password_by_mail_is_as_good_as_any(house, maria, new, reason):
    link = await reset_link(house)
    assert (await set_anew(house, link, new)).reason in (reason, "repeated")
    assert await grant_of(house, link) is not None


async def test_every_address_and_phone_is_told_of_the_new_password(house, maria):
    await set_anew(house, await reset_link(house))
    rows = await house.database.rows("SELECT channel, address FROM outbox WHERE event = 'account.password_reset'")
    assert {row["channel"] for row in rows} == {"email", "sms"} and len(rows) == 3
    for letter in await letters(house, "account.password_reset"):
        assert "/c/" not in letter.text


# The second factor


async def test_a_recovery_waits_and_tells_and_its_code_is_made_only_then(house, maria, now):
    assert await begun(house, maria) is None
    assert await count(house, "capability", "purpose LIKE 'recovery%' AND purpose <> 'recovery_stop'") == 0
    early = at(house, now + timedelta(hours=23))
    await work(early)
    assert await count(house, "capability", "purpose LIKE 'recovery%' AND purpose <> 'recovery_stop'") == 0
    told = await letters(house, "account.recovery_started")
    assert len(told) == 3 and all(LINK.search(one.text) for one in told if "@" in one.to)
    await work(at(house, now + DAY))
    rows = await house.database.rows("SELECT channel FROM outbox WHERE event = 'account.recovery_code'")
    assert [row["channel"] for row in rows] == ["email", "email"]


async def test_a_recovered_account_has_one_new_app_one_new_sheet_and_one_session(house, maria):
    await house.database.rows(
        "INSERT INTO authenticator (id, ref, account, kind, name, credential_id, public_key, transports, sign_count, last_step, failures,"
        " created_at, confirmed_at) VALUES (?, ?, ?, 'passkey', 'Her phone', ?, ?, '', 0, 0, 0, ?, ?)",
        new_id(), new_ref(), maria, b"id", b"key", house.clock(), house.clock(),
    )
    later, code = await open_factor(house, maria)
    viewer, other = await at_half(later, maria), await at_half(later, maria)
    opened = await finish(later, viewer, code)
    assert isinstance(opened, Opened)
    assert await count(later, "session", "revoked_at IS NULL") == 1
    assert (await viewer_of(later, opened.token, later.clock())).level == "full" and other.level == "half"
    kinds = await later.database.rows("SELECT kind FROM authenticator WHERE ended_at IS NULL ORDER BY kind")
    assert [row["kind"] for row in kinds] == ["app", "codes"]
    assert await count(later, "recovery", "secret IS NOT NULL OR stop_secret IS NOT NULL") == 0
    assert await finish(later, await at_half(later, maria), code) == Refused("code")


async def test_until_the_new_app_is_confirmed_the_old_one_signs_in(house, maria):
    later, code = await open_factor(house, maria)
    assert isinstance(await acts.check_code(later, await at_half(later, maria), code), Step)
    assert isinstance(await give_factor(later, await at_half(later, maria), app_code(later.clock())), SignedIn)


async def test_of_five_who_confirm_at_once_one_is_let_in(house, maria):
    later, code = await open_factor(house, maria)
    viewer = await at_half(later, maria)
    step = await acts.check_code(later, viewer, code)
    answers = await asyncio.gather(*(confirmed(later, viewer, step.token) for _ in range(5)))
    assert sum(isinstance(one, Opened) for one in answers) == 1
    assert await count(later, "session", "revoked_at IS NULL") == 1


async def test_a_wrong_code_of_the_new_app_lets_nobody_in_and_leaves_the_old_one(house, maria):
    later, code = await open_factor(house, maria)
    viewer = await at_half(later, maria)
    step = await acts.check_code(later, viewer, code)
    assert await acts.confirm_app(later, viewer, FACTOR_CODE, step.token, "000000") == Refused("wrong")
    assert await count(later, "authenticator", "kind = 'app' AND confirmed_at IS NOT NULL AND ended_at IS NULL") == 1
    assert await count(later, "session", "level = 'full'") == 0
    assert isinstance(await confirmed(later, viewer, step.token), Opened)


async def test_links_to_a_new_password_end_with_a_recovery(house, maria):
    later, code = await open_factor(house, maria)
    link = await reset_link(later)
    assert isinstance(await finish(later, await at_half(later, maria), code), Opened)
    assert await grant_of(later, link) is None


async def test_a_half_session_that_has_ended_confirms_nothing(house, maria):
    later, code = await open_factor(house, maria)
    viewer = await at_half(later, maria)
    step = await acts.check_code(later, viewer, code)
    await house.database.rows("UPDATE session SET revoked_at = ? WHERE id = ?", later.clock(), viewer.session)
    assert await confirmed(later, viewer, step.token) == Refused("gone")


async def test_what_is_stopped_between_the_question_and_the_answer_is_stopped(house, maria, monkeypatch):
    later, code = await open_factor(house, maria)
    viewer = await at_half(later, maria)
    step = await acts.check_code(later, viewer, code)

    async def held_a_moment_later(house, account, **how):
        await recovery.end_under_way(house, account, house.clock())

    monkeypatch.setattr(recovery, "hold", held_a_moment_later)
    assert await confirmed(later, viewer, step.token) == Refused("gone")
    assert await count(house, "session", "level = 'full'") == 0


async def test_of_five_who_begin_at_once_one_recovery_is_under_way(house, maria):
    viewer = await at_half(house, maria)
    answers = await asyncio.gather(*(acts.start(house, viewer, recovery.FACTOR, sending("/f"), "/x") for _ in range(5)))
    assert answers.count(None) == 1
    assert await count(house, "recovery", "state = 'waiting'") == 1


async def test_somebody_elses_code_and_a_code_for_the_other_door_are_wrong(house, maria, now):
    later, code = await open_factor(house, maria)
    ana = await an_account(house, now, "ana")
    assert await acts.check_code(later, await at_half(later, ana), code) == Refused("code")
    assert await acts.check_code(later, nobody(later.clock()), code, "1984-03-09") == Refused("code")


async def test_codes_are_tried_thirty_times_an_hour_from_one_place(house, maria):
    viewer = await at_half(house, maria)
    answers = [await acts.check_code(house, viewer, f"AAAA-AAAA-AAAA-{n:04}") for n in range(31)]
    assert {one.reason for one in answers[:30]} == {"code"} and answers[30].reason == "again"


async def test_a_code_by_mail_works_for_a_day_and_a_posted_one_for_three_weeks(house, maria, now):
    later, code = await open_factor(house, maria)
    assert await finish(at(house, now + 2 * DAY), await at_half(at(house, now + 2 * DAY), maria), code) == Refused("code")
    posted = at(house, now + 3 * DAY)
    later, code = await open_factor(posted, maria, recovery.POST)
    far = at(house, later.clock() + timedelta(days=20))
    assert isinstance(await finish(far, await at_half(far, maria), code), Opened)


async def test_a_letter_has_no_code_before_it_is_opened_and_its_last_one_counts(house, maria, now):
    first_house, first = await open_factor(house, maria, recovery.POST)
    assert await count(house, "recovery", "secret IS NOT NULL") == 0
    second = await posted(first_house, maria, recovery.POST)
    viewer = await at_half(first_house, maria)
    assert await acts.check_code(first_house, viewer, first) == Refused("code")
    assert isinstance(await acts.check_code(first_house, viewer, second), Step)


async def test_a_letter_waits_two_weeks_for_the_printer_and_not_at_all_once_it_is_stopped(house, maria, now):
    await open_factor(house, maria, recovery.POST)
    late = at(house, now + timedelta(days=15, hours=1))
    assert await posted(late, maria, recovery.POST) == NotMade("over")
    soon = at(house, now + 2 * DAY)
    assert await forgotten.stop(await grant_of(soon, await stop_link(soon)), sending("/c"), "/x")
    assert await posted(soon, maria, recovery.POST) == NotMade("over")


# Stopping


async def stop_link(house):
    return LINK.search(next(one.text for one in await letters(house, "account.recovery_started") if "@" in one.to)).group(1)


async def test_whoever_is_told_stops_it_and_no_code_is_ever_made(house, maria, now):
    await begun(house, maria)
    grant = await grant_of(house, await stop_link(house))
    answers = await asyncio.gather(*(forgotten.stop(grant, sending("/c"), "/x") for _ in range(4)))
    assert sorted(answers) == [False, False, False, True]
    await work(at(house, now + DAY))
    assert await count(house, "capability", "purpose LIKE 'recovery%' AND purpose <> 'recovery_stop'") == 0
    assert len(await letters(house, "account.recovery_stopped")) == 3


async def test_a_code_that_was_sent_works_no_more_once_it_is_stopped(house, maria):
    await begun(house, maria)
    link = await stop_link(house)
    later = at(house, house.clock() + DAY)
    code = await code_in(later)
    viewer = await at_half(later, maria)
    step = await acts.check_code(later, viewer, code)
    assert await forgotten.stop(await grant_of(later, link), sending("/c"), "/x")
    assert await confirmed(later, viewer, step.token) == Refused("gone")
    assert "does not work any more" in (await letters(later, "account.recovery_code"))[0].text


async def test_whoever_stops_and_whoever_finishes_at_once_have_one_outcome(house, maria):
    await begun(house, maria)
    link = await stop_link(house)
    later = at(house, house.clock() + DAY)
    viewer, code = await at_half(later, maria), await code_in(later)
    step, grant = await acts.check_code(later, viewer, code), await grant_of(later, link)
    stopped, finished = await asyncio.gather(forgotten.stop(grant, sending("/c"), "/x"), confirmed(later, viewer, step.token))
    assert stopped is not isinstance(finished, Opened)


# Nothing by mail alone


async def test_whoever_holds_only_the_mailbox_never_gets_in(house, maria, now):
    """In every order: a new password by mail, then everything that a half session and a mailbox can begin."""
    await set_anew(house, await reset_link(house))
    assert (await recovery.ways(house, maria)) == recovery.Ways(mail=False, post=True, mailed=True)
    assert await begun(house, maria, recovery.FACTOR) == Refused("way")
    # A recovery that the owner began before is stopped by it, and its code is worth nothing.
    await house.database.rows("UPDATE password SET by_mail_at = NULL")
    assert await begun(house, maria) is None
    await set_anew(house, await reset_link(house))
    later = at(house, now + DAY)
    assert await letters(later, "account.recovery_code") == []
    # Neither is one whose code had been sent already, and which was even typed.
    await house.database.rows("UPDATE password SET by_mail_at = NULL")
    much_later, code = await open_factor(later, maria)
    viewer = await at_half(much_later, maria)
    step = await acts.check_code(much_later, viewer, code)
    await set_anew(much_later, await reset_link(much_later))
    assert await confirmed(much_later, viewer, step.token) == Refused("gone")
    assert await finish(much_later, await at_half(much_later, maria), code) == Refused("code")
    # Nor would it be, had it not been stopped.
    await house.database.rows("UPDATE password SET by_mail_at = NULL")
    last_but_one, code = await open_factor(much_later, maria)
    viewer = await at_half(last_but_one, maria)
    step = await acts.check_code(last_but_one, viewer, code)
    await house.database.rows("UPDATE password SET by_mail_at = set_at")
    assert await confirmed(last_but_one, viewer, step.token) == Refused("gone")
    assert await acts.check_code(last_but_one, viewer, code) == Refused("code")
    # The link for who lost everything has a letter posted: nothing of it comes by mail.
    await asks(much_later, recovery.EVERYTHING, "maria")
    link = LINK.search((await letters(much_later, "account.letter_asked"))[-1].text).group(1)
    assert await forgotten.post_letter(await grant_of(much_later, link), sending(link), "/x")
    last = at(house, much_later.clock() + DAY)
    assert not any(CODE.search(one.text) for one in await letters(last, "account.recovery_code"))
    assert await count(last, "outbox", "event = 'account.recovery_letter' AND channel = 'print'") == 1
    assert await count(house, "session", "level = 'full'") == 0


async def test_a_password_by_mail_is_its_owners_once_it_was_shown_with_a_factor(house, maria):
    await set_anew(house, await reset_link(house))
    await give_factor(house, await at_half(house, maria), app_code(house.clock()))
    assert (await recovery.ways(house, maria)).mail


async def test_a_password_by_mail_and_a_posted_code_are_two_proofs(house, maria):
    await set_anew(house, await reset_link(house))
    later, code = await open_factor(house, maria, recovery.POST)
    assert isinstance(await finish(later, await at_half(later, maria), code), Opened)


async def test_a_link_in_a_mail_and_a_posted_code_open_what_was_lost(house, maria, now):
    await asks(house, recovery.EVERYTHING, "maria")
    link = LINK.search((await letters(house, "account.letter_asked"))[-1].text).group(1)
    grant = await grant_of(house, link)
    answers = await asyncio.gather(*(forgotten.post_letter(grant, sending(link), "/x") for _ in range(4)))
    assert sorted(answers) == [False, False, False, True]
    later = at(house, now + DAY)
    code = await posted(later, maria, recovery.BY_LETTER)
    assert await acts.check_code(later, await at_half(later, maria), code) == Refused("code")
    assert await acts.check_code(later, nobody(later.clock()), code, "1984-03-10") == Refused("code")
    opened = await finish(later, nobody(later.clock()), code, "1984-03-09")
    assert isinstance(opened, Opened)


@pytest.mark.parametrize("change", ["desk_only = true", "birth_text = '2011-03-09'", "birth_text = ''", "address = ''", "state = 'blocked'"])
async def test_nothing_is_posted_where_others_may_open_it_or_the_chart_forbids_it(house, maria, now, change):
    """Asked when it is begun, when the link is pressed, and when the letter is printed."""
    shut = f"UPDATE record SET {change.replace('true', '1') if house.database.is_sqlite else change}"
    was = (await house.database.rows("SELECT birth_text, address, state, desk_only FROM record"))[0]
    await asks(house, recovery.EVERYTHING, "maria")
    link = LINK.search((await letters(house, "account.letter_asked"))[-1].text).group(1)
    await house.database.rows(shut)
    assert not (await recovery.ways(house, maria)).post and await begun(house, maria, recovery.POST) == Refused("way")
    assert not await forgotten.post_letter(await grant_of(house, link), sending(link), "/x")
    before = await count(house, "outbox")
    await asks(house, recovery.EVERYTHING, "maria")
    await work(house)
    assert await count(house, "outbox") == before
    await house.database.rows("UPDATE record SET birth_text = ?, address = ?, state = ?, desk_only = ?", *was.values())
    assert await begun(house, maria, recovery.POST) is None
    await house.database.rows(shut)
    assert await posted(at(house, now + DAY), maria, recovery.POST) == NotMade("over")


# Shut accounts, and what is left behind


@pytest.mark.parametrize("state", ["frozen", "disabled", "enrolling"])
async def test_of_an_account_that_is_shut_nothing_is_sent_and_nothing_opens(house, maria, now, state):
    link = await reset_link(house)
    later, code = await open_factor(house, maria)
    viewer = await at_half(later, maria)
    step = await acts.check_code(later, viewer, code)
    before = await count(house, "outbox")
    await house.database.rows("UPDATE account SET state = ? WHERE id = ?", state, maria)
    for what, typed in ((recovery.USERNAME, "maria@example.org"), (recovery.PASSWORD, "maria"), (recovery.EVERYTHING, "maria")):
        assert await asks(house, what, typed) is None
    await work(later)
    assert await count(house, "outbox") == before
    assert await set_anew(house, link) == Refused("gone")
    assert await confirmed(later, viewer, step.token) == Refused("gone")
    assert await acts.check_code(later, viewer, code) == Refused("code")


async def test_a_recovery_of_an_account_that_was_shut_meanwhile_sends_no_code(house, maria, now):
    await begun(house, maria)
    await house.database.rows("UPDATE account SET state = 'frozen' WHERE id = ?", maria)
    later = at(house, now + DAY)
    assert await letters(later, "account.recovery_code") == [] and await count(house, "job", "state = 'done'") == 1


async def test_what_was_sealed_for_letters_goes_when_it_is_over(house, maria, now):
    await reset_link(house)
    await begun(house, maria)
    await sweeping.end_what_lapsed(at(house, now + timedelta(days=3)))
    assert await count(house, "recovery", "secret IS NOT NULL OR stop_secret IS NOT NULL OR password IS NOT NULL") == 0


async def test_what_is_looked_up_is_found_by_an_index(house):
    """However many people there are."""
    if not house.database.is_sqlite:
        return
    for sql in (AT_ADDRESS, NAMED, recovery.STANDING, recovery.END.format(which=recovery.UNDER_WAY)):
        plan = await house.database.rows(f"EXPLAIN QUERY PLAN {sql}", *["x"] * sql.count("?"))
        assert not any(row["detail"].startswith("SCAN") for row in plan), (sql, [row["detail"] for row in plan])
