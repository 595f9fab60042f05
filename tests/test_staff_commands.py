"""`portal staff …`: who works here, as the operator says it."""

from __future__ import annotations

import asyncio
import re

import pytest

import cli
from access.grant import Changed
from access.opening import open_queue
from access.vocabulary import Duty
from acts import staff
from acts.sign_in import check_password
from acts.staff import NotDone
from identity.codes import code_hash
from tables.accounts import AccountAddress
from tables.database import Database
from tests.support.databases import portal_environment
from tests.support.logins import PASSWORD, an_account, count, house_on, nobody, signed_in, viewer_of
from tests.support.operator import run
from tests.support.staffing import added, operator
from tests.test_two_duties import a_site

CODE = re.compile(r"Code: +([0-9A-Z]{4}(?:-[0-9A-Z]{4}){3})\n")
NEW = ("add", "--name", "Rosa Marsh", "--username", "rosa.marsh", "--duty", "frontdesk")


@pytest.fixture
def house(database, now):
    return house_on(database, now)


@pytest.fixture
def typed(clinic_url, tmp_path, monkeypatch, capsys):
    """`code, out, err = typed("list")`: what `portal staff list` prints, and how it ends."""
    for name, value in portal_environment(clinic_url, PORTAL_DATA=str(tmp_path)).items():
        monkeypatch.setenv(name, value)

    def types(*words: str) -> tuple[int, str, str]:
        try:
            ended = cli.main(["staff", *words])
        except SystemExit as left:
            ended = left.code
        return ended, *capsys.readouterr()

    return types


# As typed


def test_a_process_of_its_own_makes_an_account_and_prints_once_how_its_owner_sets_it_up(clinic_url, tmp_path):
    code, out, err = run("staff", *NEW, "--duty", "billing", url=clinic_url, PORTAL_DATA=str(tmp_path))
    assert (code, err) == (0, "") and len(CODE.findall(out)) == 1
    for words in ("http://localhost:8000/staff/register", "rosa.marsh", "billing at every site, frontdesk at every site", "works once, until 20"):
        assert words in out, words


def test_the_list_says_who_does_what_and_how_far_they_are_and_no_secret(typed):
    assert "There are no staff yet" in typed("list")[1]
    code = CODE.search(typed(*NEW)[1])[1]
    typed("add", "--name", "Ben Orr", "--username", "ben", "--duty", "billing", "--duty", "support")
    typed("disable", "--username", "ben")
    ended, out, err = typed("list")
    lines = out.splitlines()
    assert (ended, err) == (0, "") and len(lines) == 4 and code not in out
    assert re.fullmatch(r"Ben Orr +ben +billing at every site, support at every site +disabled +none +never", lines[2])
    assert re.fullmatch(r"Rosa Marsh +rosa\.marsh +frontdesk at every site +not set up, code until \d{4}-.{11} +none +never", lines[3])


def test_each_step_of_an_account_is_said_in_a_line(typed):
    typed(*NEW)
    said = [
        typed("duty", "--username", "Rosa.Marsh", "--add", "billing"), typed("duty", "--username", "rosa.marsh", "--remove", "frontdesk"),
        typed("disable", "--username", "rosa.marsh"), typed("enable", "--username", "rosa.marsh"),
    ]  # fmt: skip
    assert [(code, out, err) for code, out, err in said] == [
        (0, "rosa.marsh: billing at every site, frontdesk at every site. This holds at the next click.\n", ""),
        (0, "rosa.marsh: billing at every site. This holds at the next click.\n", ""),
        (0, "rosa.marsh is disabled, and signed out everywhere at the next click.\n", ""),
        (0, "rosa.marsh is enabled, and needs a code: portal staff code --username rosa.marsh.\n", ""),
    ]
    code, out, err = typed("code", "--username", "rosa.marsh")
    assert (code, err) == (0, "") and len(CODE.findall(out)) == 1


def test_what_is_not_possible_is_one_line_and_exit_code_1(typed):
    typed(*NEW)
    for words, why in (
        (NEW, "The user name rosa.marsh is taken."),
        (("disable", "--username", "nobody"), "No member of staff has the user name nobody."),
        (("enable", "--username", "rosa.marsh"), "rosa.marsh is not disabled."),
        (("duty", "--username", "rosa.marsh", "--add", "frontdesk"), "has that duty already"),
        (("duty", "--username", "rosa.marsh", "--remove", "billing"), "does not have that duty"),
        (("duty", "--username", "rosa.marsh", "--add", "billing", "--site", "Nowhere"), "No site is called Nowhere."),
        ((*NEW[:4], "ben", *NEW[5:], "--site", "Nowhere"), "No site is called Nowhere."),
    ):
        code, out, err = typed(*words)
        assert (code, out) == (1, "") and why in err and len(err.splitlines()) == 1, (words, err)


@pytest.mark.parametrize("words", [
    (), NEW[:5], (*NEW, "--duty", "surgeon"), (*NEW[:4], "a b", *NEW[5:]), (*NEW[:4], "ab", *NEW[5:]),
    ("add", "--name", " ", *NEW[3:]), ("duty", "--username", "rosa"), ("disable",), ("list", "more"),
    ("duty", "--username", "rosa", "--add", "billing", "--remove", "billing"),
])  # fmt: skip
def test_a_wrong_argument_is_one_line_and_exit_code_2(words, monkeypatch, capsys):
    with pytest.raises(SystemExit) as left:
        cli.main(["staff", *words])
    out, err = capsys.readouterr()
    assert (left.value.code, out) == (2, "") and len(err.splitlines()) == 1 and "--help" in err


# What they do


async def test_of_a_code_only_the_hash_is_kept_and_the_next_one_ends_it(house):
    first = await added(house)
    second = await staff.new_code(operator(house), "ROSA.marsh")
    rows = await house.database.rows("SELECT hash, revoked_at, issued_by FROM capability ORDER BY id")
    assert [bytes(row["hash"]) for row in rows] == [code_hash(first.code), code_hash(second.code)]
    assert [row["revoked_at"] is None for row in rows] == [False, True] and {row["issued_by"] for row in rows} == {None}


def test_a_member_of_staff_and_a_patient_login_are_said_to_be_one_person(typed, clinic_url, now):
    typed(*NEW)
    asyncio.run(with_a_login(clinic_url, now, "Rosa.M"))
    code, out, err = typed("link", "--username", "rosa.marsh", "--login", "rosa.m")
    assert (code, err) == (0, "") and out.startswith("rosa.marsh is the same person as rosa.m, and opens none of what that login sees")
    assert "Rosa.M" in typed("list")[1]
    code, out, err = typed("link", "--username", "rosa.marsh", "--login", "nobody")
    assert (code, out) == (1, "") and "No patient login has the user name nobody." in err
    assert "has no patient login here" in typed("link", "--username", "rosa.marsh", "--none")[1]


async def with_a_login(url: str, now, username: str) -> None:
    database = await Database(url).connect()
    await an_account(house_on(database, now), now, username)
    await database.close()


async def test_whatever_the_operator_does_is_written_down_as_the_system_s(house):
    await added(house)
    for act in (staff.disable, staff.enable, staff.new_code):
        await act(operator(house), "rosa.marsh")
    await staff.give_duty(operator(house), "rosa.marsh", Duty.BILLING, [None])
    await staff.end_duty(operator(house), "rosa.marsh", Duty.BILLING, [None])
    account = (await house.database.rows("SELECT id FROM account"))[0]["id"]
    rows = await house.database.rows("SELECT action, actor, subject, reason FROM audit_event WHERE action LIKE 'system%' ORDER BY seq")
    assert [(row["action"], row["reason"]) for row in rows] == [
        ("system.staff_add", ""), ("system.staff_disable", ""), ("system.staff_enable", ""), ("system.staff_code", ""),
        ("system.duty_give", "billing"), ("system.duty_end", "billing"),
    ]  # fmt: skip
    assert {(row["actor"], row["subject"]) for row in rows} == {(None, account)}


async def test_a_user_name_is_somebody_s_once_a_patient_s_too(house, now):
    await an_account(house, now, "Rosa.Marsh")
    with pytest.raises(NotDone, match="taken"):
        await added(house)
    with pytest.raises(NotDone, match="unknown"):
        await staff.disable(operator(house), "rosa.marsh")
    assert await count(house, "account", "state = 'active'") == 1 and await count(house, "staff_duty") == 0


async def test_of_two_operators_at_once_each_thing_is_done_by_one(house):
    made = await asyncio.gather(*(added(house) for _ in range(3)), return_exceptions=True)
    assert sum(isinstance(one, NotDone) for one in made) == 2
    gave = (staff.give_duty(operator(house), "rosa.marsh", Duty.BILLING, [None]) for _ in range(3))
    assert sum(isinstance(one, NotDone) for one in await asyncio.gather(*gave, return_exceptions=True)) == 2
    shut = (staff.disable(operator(house), "rosa.marsh") for _ in range(3))
    assert sum(isinstance(one, NotDone) for one in await asyncio.gather(*shut, return_exceptions=True)) == 2
    assert await count(house, "account") == 1 and await count(house, "staff_duty", "duty = 'billing'") == 1


async def test_a_duty_is_held_at_the_sites_that_are_named_and_decides_there_alone(house, now):
    east, west = await a_site("East"), await a_site("West")
    account = await an_account(house, now, "ben", kind="staff")
    viewer = await signed_in(house, account, "staff", now)
    steps = (
        (staff.give_duty, [east], {east}), (staff.give_duty, [east, west], {east, west}), (staff.end_duty, [east], {west}),
        (staff.give_duty, [None], set()), (staff.end_duty, [None], None),
    )  # fmt: skip
    for act, sites, held in steps:
        await act(operator(house), "ben", Duty.FRONT_DESK, sites)
        grant = await open_queue(house, viewer, Duty.FRONT_DESK)
        assert getattr(grant, "sites", None) == held, (act, sites)
    await staff.give_duty(operator(house), "ben", Duty.FRONT_DESK, [None])
    for act, sites, reason in ((staff.give_duty, [west], "held"), (staff.end_duty, [west], "everywhere")):
        with pytest.raises(NotDone, match=reason):
            await act(operator(house), "ben", Duty.FRONT_DESK, sites)


async def test_a_lost_phone_is_begun_anew_with_a_code_and_nothing_of_before_works(house, now):
    account = await an_account(house, now, "ben", kind="staff", duty="billing")
    viewer = await signed_in(house, account, "staff", now)
    await AccountAddress(account=account, kind="email", value="ben@example.org", confirmed_at=now).save()
    with pytest.raises(NotDone, match="whole"):
        await staff.new_code(operator(house), "ben")
    await staff.new_code(operator(house), "ben", from_the_start=True)
    assert (await check_password(house, nobody(now), "staff", "ben", PASSWORD)).reason == "pair"
    assert await count(house, "authenticator", "ended_at IS NULL OR secret IS NOT NULL") == 0
    assert await count(house, "session", "revoked_at IS NULL") == 0
    assert await count(house, "outbox", "event = 'account.recovery_started' AND address = 'ben@example.org'") == 1
    with pytest.raises(Changed):
        await (await open_queue(house, viewer, Duty.BILLING)).still()


async def test_disabling_ends_every_session_and_enabling_brings_none_back(house, now):
    account = await an_account(house, now, "ben", kind="staff", duty="billing")
    for _ in range(2):
        await signed_in(house, account, "staff", now)
    done = await staff.disable(operator(house), "ben")
    assert done.state == "disabled" and await count(house, "session", "end_reason = 'disabled'") == 2
    assert (await check_password(house, nobody(now), "staff", "ben", PASSWORD)).reason == "pair"
    late = await signed_in(house, account, "staff", now)
    assert late.ended == "disabled", "one that was just being opened"
    assert (await staff.enable(operator(house), "ben")).state == "active"
    assert await count(house, "session", "revoked_at IS NULL") == 0
    half = await check_password(house, nobody(now), "staff", "ben", PASSWORD)
    assert (await viewer_of(house, half.token, now)).level == "half", "with both factors, anew"
