"""What was done with an account, in its owner's words, and “this wasn't me”: what it ends, locks, tells, and never does twice."""

from __future__ import annotations

import ast
import asyncio
import re
from datetime import timedelta
from pathlib import Path

import pytest

from access.audit import Entry
from access.grant import Changed
from access.opening import open_account
from access.viewer import Viewer, Visitor
from acts.contact import add_address
from identity import locks, recovery
from jobs.events import EVENTS
from seeds.cast import fixed_id
from tables.base import new_id
from tables.sending import Sending
from tests.support.client import client_of
from tests.support.logins import count
from tests.support.owners import cookie_of, signed_in
from tests.support.signing_in import sign_in
from tests.sweep.walk import routes_of
from words.own_activity import BY_OTHERS, DONE, REFUSED, said

pytestmark = pytest.mark.in_turns

MARIA, HOME, LOCKED = fixed_id("account", "self"), "/account/activity", "Changes are locked"
ROOT = Path(__file__).resolve().parents[1]
WRITERS = ("acting", "Entry", "open_account", "_at_case", "_on", "_prove")
NO_CODES = {"share.id", "share.ref", "account.recovery_ask"}
"""Columns; and what is asked of a name that may be nobody's, which is written of nobody."""
CODES = re.compile(r"(account|staff|share|login)\.[a-z_]+|system\.(staff|duty|recover)[a-z_]*")


@pytest.fixture
async def maria(person):
    return await person("self")


async def tells(client, entry: str = ""):
    page = await client.get(f"/account/not-me?entry={entry}")
    return await client.submit(page, "It wasn’t me: lock changes")


async def happened(house, *entries: Entry) -> None:
    async with house.audit.transaction() as waiting:
        waiting.extend(entries)


def titles(page) -> list[str]:
    """Of what was done, without the heading of the clock."""
    return [" ".join(one.text.split()) for one in page.tree.all("h2") if "signed out at" not in one.text]


# The list


def written_codes() -> set[str]:
    """Every code that an act, a job or the guard can write about an account or about who helps. Where it is no argument of
    what writes the audit, one that is the name of a letter is taken for that."""
    found = set()
    for path in [path for room in ("access", "acts", "identity", "jobs") for path in (ROOT / room).glob("*.py")]:
        tree = ast.parse(path.read_text())
        sure = {one for call in ast.walk(tree) if isinstance(call, ast.Call) and named(call) in WRITERS for one in texts(call)}
        found |= sure | {one for one in texts(tree) if one not in EVENTS}
    return {one for one in found if CODES.fullmatch(one) and not one.endswith((".see", "_"))} - NO_CODES


def named(call: ast.Call) -> str:
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def texts(tree: ast.AST) -> set[str]:
    return {one.value for one in ast.walk(tree) if isinstance(one, ast.Constant) and isinstance(one.value, str)}


def test_every_code_about_an_account_has_words():
    codes = written_codes()
    assert len(codes) > 40 and codes - set(DONE) - set(BY_OTHERS) == set() and set(REFUSED) <= set(DONE)


def test_a_code_without_words_would_be_noticed():
    assert "account.not_me" in written_codes() and said("account.nobody_knows", False) == "Something was done with your account"


async def test_a_sign_in_stands_there_with_its_browser_and_a_wrong_password_too(client, cast, house):
    await client.submit(await client.get("/sign-in"), 0, username=cast["self"].username, password="not this one at all")
    await sign_in(client, cast["self"])
    page = await client.get(HOME)
    assert titles(page)[:3] == ["You signed in", "Your password was typed", "A wrong password was typed"]
    assert "over the internet connection that you use now. A browser where you had not signed in before. With an authenticator app." in page.main


async def test_who_helps_and_what_staff_did_stand_there_in_other_words(maria, person, house):
    now, staff = house.clock(), fixed_id("account", "frontdesk")
    (chart,) = await house.database.rows("SELECT record FROM share WHERE account = ? AND basis = 'self'", MARIA)
    await happened(
        house, Entry(now, "share.accept", fixed_id("account", "helper-full"), subject=chart["record"]),
        Entry(now, "share.invite", MARIA, subject=chart["record"]), Entry(now, "login.freeze", staff, subject=chart["record"]),
        Entry(now, "account.unlock", staff, subject=MARIA),
    )  # fmt: skip
    page = await maria.get(HOME)
    assert {
        "Somebody said yes to an invitation, and helps you now", "You invited somebody to help", "Our staff froze your account",
        "Our support team opened changes to your account again",
    } <= set(titles(page))  # fmt: skip
    assert sum("This wasn’t me:" in words for words, _ in page.links) == 1, "only what was done in her own place"
    helper = await (await person("helper-full")).get(HOME)
    assert titles(helper)[:1] == ["You said yes to an invitation"] and "You invited" not in helper.main


async def test_nobody_reads_what_was_done_with_anothers_account(maria, person, house):
    for handle in ("stranger", "helper-full", "guardian"):
        await happened(house, Entry(house.clock(), "account.change_password", fixed_id("account", handle), subject=fixed_id("account", handle)))
    assert "Your password was changed" not in (await maria.get(HOME)).main
    for handle in ("stranger", "guardian"):
        assert (await (await person(handle)).get(HOME)).main.count("Your password was changed") == 2, "and the hidden words"
    other = await house.database.rows("SELECT at FROM audit_event WHERE action = 'account.change_password' ORDER BY id LIMIT 1")
    page = await maria.get(f"/account/not-me?entry={other[0]['at']}")
    assert "You tell us that somebody else was in your account." in page.main


@pytest.mark.parametrize("text", ["", "x", "9" * 30, "-1", "٣", "1.1", "%00"])
async def test_any_address_of_an_entry_is_a_page(first_opened, text):
    async with maria_at(first_opened) as maria:
        assert (await maria.get(f"/account/not-me?entry={text}")).status in (200, 404)
        assert (await maria.get(f"{HOME}?before={text}")).status in (200, 404)


def maria_at(opened):
    import contextlib

    @contextlib.asynccontextmanager
    async def arrives():
        async with client_of(opened.app) as somebody:
            cookie = await cookie_of(opened.house.database, "self", "", opened.house.clock())
            somebody.cookies.set("s", cookie["value"])
            yield somebody

    return arrives()


async def test_the_list_goes_on_page_by_page_and_loses_none_of_one_moment(maria, house):
    now = house.clock()
    many = [Entry(now - timedelta(minutes=n // 7), "account.preferences", MARIA, subject=MARIA) for n in range(60)]
    await happened(house, *many)
    page, seen = await maria.get(HOME), 0
    for _ in range(4):
        seen += len([title for title in titles(page) if "name or text size" in title])
        if not any(words == "Older" for words, _ in page.links):
            break
        page = await maria.follow(page, "Older")
    assert seen == 60 and page.link("The newest") == HOME


async def test_a_page_is_read_from_indexes_whatever_else_was_looked_at(maria, house):
    await maria.get(HOME)
    explain = "EXPLAIN QUERY PLAN" if house.database.is_sqlite else "EXPLAIN"
    plans = []
    grant = open_account(house, Viewer(Visitor("", ""), house.clock(), "full", MARIA))
    from access.visible import visible
    from pages.own_activity import LATEST, OWN_HELP, SUBJECT
    from tables.audit import AuditEvent

    seen = visible(grant, AuditEvent).predicate
    if not house.database.is_sqlite:
        await house.database.rows("SET enable_seqscan = off")
    for also in (SUBJECT, OWN_HELP):
        sql = f"{explain} SELECT id FROM audit_event WHERE {seen.sql} AND ({also}) ORDER BY at DESC, id DESC LIMIT 26"
        plans.append(str(await house.database.rows(sql, *seen.values, MARIA, LATEST)))
    assert "audit_event_acts" in plans[0] and "audit_event_shares" in plans[1], plans


# This wasn't me


async def test_it_says_what_will_happen_and_nothing_happens_before_the_button(maria, house):
    await happened(house, Entry(house.clock(), "account.change_password", MARIA, subject=MARIA))
    page = await maria.follow(await maria.get(HOME), "This wasn’t me: Your password was changed")
    assert "You point at this: Your password was changed" in page.main and "Nothing can be changed until we have spoken" in page.main
    assert await count(house, "support_case") == 0 and (await maria.get("/account/password")).status == 200


async def test_it_signs_others_out_locks_changes_opens_a_case_and_tells_every_address(maria, person, house):
    other = await person("self")
    await happened(house, Entry(house.clock(), "account.change_password", MARIA, subject=MARIA))
    page = await maria.follow(await maria.get(HOME), "This wasn’t me: Your password was changed")
    page = await maria.submit(page, "It wasn’t me: lock changes")
    assert page.url == f"{HOME}?done=told" and "Changes to your account are locked." in page.main
    assert (await other.get(HOME)).status == 303 and (await maria.get("/records")).status == 200
    [case] = await house.database.rows("SELECT kind, state, account, pointed_action, pointed_at FROM support_case")
    assert (case["kind"], case["state"], case["account"], case["pointed_action"]) == ("not_me", "open", MARIA, "account.change_password")
    told = await house.database.rows("SELECT channel, address FROM outbox WHERE event = 'account.told_not_me'")
    confirmed = await count(house, "account_address", "account = ? AND confirmed_at IS NOT NULL AND ended_at IS NULL", MARIA)
    assert len(told) == confirmed > 0


async def test_said_again_or_ten_times_at_once_it_is_one_case_told_once(maria, house):
    pages = [await maria.get("/account/not-me") for _ in range(10)]
    answers = await asyncio.gather(*(maria.send(page, "It wasn’t me: lock changes") for page in pages))
    assert {one.status for one in answers} == {303}
    await tells(maria)
    assert await count(house, "support_case") == 1 and await count(house, "outbox", "event = 'account.told_not_me'") == 1


async def test_every_route_that_asks_for_a_fresh_factor_is_refused_and_opens_again(opened, maria, house, cast):
    values = {"record": cast["self"].record}
    routes = [(path, handler) for path, handler in shut_routes(opened.portal) if not path.startswith("/staff")]
    assert len(routes) > 15
    page = await maria.get("/account/contact/new")
    token = next(one.get("value") for one in page.tree.all("input") if one.get("name") == "csrf")
    await locks.lock_changes(house, MARIA, house.clock())
    for path, method in routes:
        address = re.sub(r"\{(\w+)[^}]*\}", lambda found: values.get(found[1], "x" * 22), path)
        seen = await (maria.get(address) if method == "GET" else maria.post(address, {"csrf": token, "form_key": "k"}))
        assert (seen.status, seen.h1) == (403, LOCKED), f"{method} {address}"
    assert (await maria.get("/account/contact")).status == 200 and (await maria.get(f"/records/{values['record']}/results")).status == 200
    await locks.unlock_changes(house, MARIA)
    for path in ("/account/password", "/account/codes", "/account/contact/new"):
        assert (await maria.get(path)).status == 200


def shut_routes(portal):
    for route in portal.routes:
        for handler in getattr(route, "route_handlers", None) or [route.route_handler]:
            if getattr(handler.opt.get("access"), "step_up", False):
                yield from ((route.path, method) for method in handler.http_methods if method in ("GET", "POST"))


async def test_a_change_of_staff_is_locked_too(opened, person, house):
    desk, becker = await person("support"), fixed_id("account", "support")
    await locks.lock_changes(house, becker, house.clock())
    seen = await desk.get("/staff/cases/" + "x" * 22 + "/closing")
    assert (seen.status, seen.h1) == (403, LOCKED)


async def test_a_try_while_it_is_locked_stands_in_the_list(maria):
    await tells(maria)
    await maria.get("/account/password")
    assert titles(await maria.get(HOME))[0] == "A change was refused, since changes are locked"


async def test_a_change_that_was_under_way_when_changes_were_locked_is_not_made(house, opened):
    now = house.clock()
    async with house.database.transaction():
        token = await signed_in(house, MARIA, "personal", now)
    from identity.sessions import find_viewer

    grant = open_account(house, await find_viewer(house, token, Visitor("127.0.0.1", "a test"), now), changing=True)
    await locks.lock_changes(house, MARIA, now)
    with pytest.raises(Changed):
        await add_address(grant, "email", "evil@example.org", Sending(b"1" * 32, str(MARIA), "/account/contact/new", b"2" * 32))
    assert await count(house, "account_address", "value = 'evil@example.org'") == 0


async def test_of_changes_at_the_very_moment_none_comes_after_the_lock(maria, person, house):
    """Each is done before it, or not at all, however many come at once."""
    others = [await person("self") for _ in range(4)]
    pages = [(one, await one.get("/account/contact/new")) for one in others]
    await asyncio.gather(
        *(one.send(page, "Send me a code", email=f"evil{n}@example.org") for n, (one, page) in enumerate(pages[:2])), tells(maria),
        *(one.send(page, "Send me a code", email=f"evil{n}@example.org") for n, (one, page) in enumerate(pages[2:], 2)),
    )  # fmt: skip
    rows = await house.database.rows(
        "SELECT action FROM audit_event WHERE action IN ('account.address_add', 'account.not_me') AND decision = 'allowed' ORDER BY seq"
    )
    made = await count(house, "account_address", "value LIKE 'evil%'")
    assert [row["action"] for row in rows] == ["account.address_add"] * made + ["account.not_me"]


async def test_ways_back_by_mail_end_and_none_begins_while_changes_are_locked(maria, house):
    now = house.clock()
    async with house.database.transaction():
        await recovery.ask(house, MARIA, recovery.BY_MAIL, "reset", timedelta(minutes=45), now)
        desk = await recovery.start(house, MARIA, recovery.DESK, now, code="AAAA-BBBB-CCCC-DDDD")
    await tells(maria)
    left = await house.database.rows("SELECT id FROM recovery WHERE account = ? AND state IN ('asked', 'waiting', 'open')", MARIA)
    assert [row["id"] for row in left] == [desk], "what began at the desk goes on"
    async with house.database.transaction():
        await recovery.hold(house, MARIA)
        assert await locks.changes_locked(house, MARIA)
        with pytest.raises(Changed):
            await recovery.hold(house, MARIA, changing=True)


async def test_an_account_that_only_helps_can_say_it_too(person, house):
    helper = await person("helper-appointments")
    page = await tells(helper)
    assert "Changes to your account are locked." in page.main and await count(house, "support_case") == 1


async def test_who_is_not_signed_in_is_led_to_the_door(client):
    assert (await client.get("/account/not-me")).status == 303 and (await client.get(HOME)).status == 303
