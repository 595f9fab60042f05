"""What each declared access lets in, through the real guard, form layer and outermost wrapper, with routes of its own."""

from __future__ import annotations

import functools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import httpx
import pytest
from litestar import Litestar, Request, Response, get, post
from litestar.datastructures import State

from access.guard import UndeclaredAccess, _ref, check_routes, guard
from access.vocabulary import (
    ACCOUNT, DEMO, HALF, PERSONAL, PRE_SESSION, PUBLIC, SIGNED, Access, Action, Category, Duty, account, bill, capability, record,
    staff,
)
from handlers.assets import fresh
from handlers.errors import HANDLERS
from handlers.form_layer import FormLayer
from handlers.outermost import Outermost
from handlers.views import make_environment, make_text_environment
from identity.csrf import mask
from identity.sessions import open_session
from starting import walk
from tables.ledger import GuarantorAccount
from tables.sending import Capability, secret_hash
from tests.support.world import VISITOR, World

SEEN = "seen by a handler"


def handlers() -> list:
    def one(path: str, access: Access):
        @get(path, access=access, name=path)
        async def handler(request: Request) -> Response:
            grant = request.state.get("grant")
            return Response(f"{SEEN} {type(grant).__name__}", media_type="text/plain")

        return handler

    @post("/write", access=ACCOUNT)
    async def write(request: Request) -> Response:
        return Response(SEEN, media_type="text/plain", status_code=200)

    @post("/door", access=PRE_SESSION)
    async def door(request: Request) -> Response:
        return Response(SEEN, media_type="text/plain", status_code=200)

    @post("/demo-door", access=DEMO)
    async def demo_door(request: Request) -> Response:
        return Response(SEEN, media_type="text/plain", status_code=200)

    @post("/hook", access=SIGNED)
    async def hook(request: Request) -> Response:
        return Response(SEEN, media_type="text/plain", status_code=200)

    return [
        one("/public", PUBLIC), one("/pre", PRE_SESSION), one("/half", HALF), one("/account", ACCOUNT), one("/personal", PERSONAL),
        one("/fresh", account(step_up=True)), one("/demo", DEMO), one("/bill/{guarantor:str}", bill(Action.SEE)),
        one("/bill-desk/{guarantor:str}", bill(Action.SEE, Duty.BILLING)),
        one("/c/{capability:str}", capability("activation")), one("/desk", staff(Duty.FRONT_DESK)),
        one("/fresh-desk", Access("staff", duties=(Duty.FRONT_DESK,), step_up=True)),
        one("/r/{record:str}/results", record(Category.RESULTS)),
        one("/r/{record:str}/as/{share:str}/results", record(Category.RESULTS)),
        one("/r/{record:str}/fresh", record(Category.RESULTS, step_up=True)), one("/write", ACCOUNT), write, door, demo_door, hook,
    ]


@functools.cache
def wired() -> Litestar:
    return Litestar(route_handlers=handlers(), guards=[guard], middleware=[FormLayer()], exception_handlers=HANDLERS,
                    openapi_config=None, logging_config=None)


class Doors:
    """The world behind an app, and a browser for each of its people."""

    def __init__(self, world: World):
        self.world = world
        settings = SimpleNamespace(host="localhost:8000", secure=False, debug=True, trusted_proxies=(), limits=world.house.limits)
        state = State({"house": world.house, "settings": settings, "assets": fresh(), "views": make_environment(),
                       "text_views": make_text_environment()})
        portal = wired()
        portal.state = state
        self.app = Outermost(portal, lambda: portal.state.house, settings)
        self.portal = portal

    async def token(self, person: str, **options) -> str:
        viewer = self.world.people[person]
        options = {"level": "full", "proven_at": self.world.now} | options
        async with self.world.house.database.transaction():
            return await open_session(self.world.house, viewer.account, viewer.kind, VISITOR, self.world.now, **options)

    async def get(self, path: str, token: str = "", **headers) -> httpx.Response:
        return await self.ask("GET", path, token, headers)

    async def ask(self, method: str, path: str, token: str = "", headers=None, data=None) -> httpx.Response:
        transport = httpx.ASGITransport(app=self.app)
        cookies = {"s": token} if token else {}
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000", cookies=cookies) as client:
            return await client.request(method, path, headers=headers or {}, data=data)


@pytest.fixture
def doors(world) -> Doors:
    return Doors(world)


def test_a_route_that_declares_nothing_stops_the_portal():
    @get("/silent")
    async def silent() -> None: ...

    @get("/odd", access=Access("whatever"))
    async def odd() -> None: ...

    for handler in (silent, odd):
        with pytest.raises(UndeclaredAccess):
            check_routes(walk(Litestar(route_handlers=[handler], openapi_config=None, logging_config=None)))


@pytest.mark.parametrize("path", ["/public", "/pre", "/demo"])
async def test_anybody_may_use_what_is_public(doors, path):
    assert SEEN in (await doors.get(path)).text


@pytest.mark.parametrize("path", ["/half", "/account", "/fresh"])
async def test_nobody_is_sent_to_sign_in_and_back(doors, path):
    answer = await doors.get(path + "?a=1")
    assert answer.status_code == 303 and answer.headers["location"] == f"/sign-in?next=%2F{path[1:]}%3Fa%3D1"


async def test_staff_sign_in_has_a_door_of_its_own(doors):
    assert (await doors.get("/desk")).headers["location"].startswith("/staff/sign-in")


async def test_a_half_session_reaches_the_second_factor_and_nothing_else(doors):
    token = await doors.token("maria", level="half")
    assert SEEN in (await doors.get("/half", token)).text
    record_path = f"/r/{doors.world.records['Maria'].ref}/results"
    for path in ("/account", "/fresh", record_path):
        assert (await doors.get(path, token)).headers["location"].startswith("/sign-in/code")
    assert (await doors.get("/desk", token)).status_code == 303


async def test_a_full_session_is_not_a_half_one(doors):
    assert (await doors.get("/half", await doors.token("maria"))).status_code == 303


async def test_ones_own_account_is_granted(doors):
    assert (await doors.get("/account", await doors.token("maria"))).text == f"{SEEN} AccountGrant"


async def test_what_is_of_patients_is_not_there_for_the_staffs_accounts_but_their_own_account_is(doors):
    maria, desk = await doors.token("maria"), await doors.token("desk")
    assert (await doors.get("/personal", maria)).text == f"{SEEN} AccountGrant"
    refused = await doors.get("/personal", desk)
    assert refused.status_code == 404 and SEEN not in refused.text
    assert SEEN in (await doors.get("/account", desk)).text
    assert (await doors.get("/personal")).headers["location"].startswith("/sign-in"), "whoever is nobody is led to the door"
    assert (await doors.get("/personal", await doors.token("desk", level="half"))).status_code == 303, "and who is half in, on"


async def test_a_fresh_proof_is_asked_for_where_the_route_says_so(doors):
    old = doors.world.now - timedelta(minutes=15, seconds=1)
    stale = await doors.token("maria", proven_at=old)
    assert (await doors.get("/fresh", stale)).headers["location"].startswith("/account/prove?next=")
    path = f"/r/{doors.world.records['Maria'].ref}/fresh"
    assert (await doors.get(path, stale)).headers["location"].startswith("/account/prove?next=")
    assert SEEN in (await doors.get("/fresh", await doors.token("maria"))).text
    exactly = await doors.token("maria", proven_at=doors.world.now - timedelta(minutes=15))
    assert SEEN in (await doors.get("/fresh", exactly)).text
    desk = await doors.token("desk", proven_at=old)
    assert (await doors.get("/fresh-desk", desk)).status_code == 303
    assert SEEN in (await doors.get("/fresh-desk", await doors.token("desk"))).text
    never = await doors.token("maria", proven_at=None)
    assert (await doors.get("/fresh", never)).status_code == 303


async def test_a_record_opens_for_its_patient_and_is_not_found_for_others(doors):
    path = f"/r/{doors.world.records['Maria'].ref}/results"
    assert (await doors.get(path, await doors.token("maria"))).text == f"{SEEN} RecordGrant"
    foreign = await doors.get(path, await doors.token("stan"))
    unknown = await doors.get(f"/r/{'A' * 22}/results", await doors.token("stan"))
    assert foreign.status_code == unknown.status_code == 404
    assert (await doors.get(path)).headers["location"].startswith("/sign-in?next=")


async def test_a_helper_without_the_category_gets_a_helpful_403(doors):
    await doors.world.share("stan", "Maria", "helper", [("visits", "see")])
    answer = await doors.get(f"/r/{doors.world.records['Maria'].ref}/results", await doors.token("stan"))
    assert answer.status_code == 403 and "Maria has not shared this part with you." in answer.text


async def test_the_preview_mount_narrows(doors):
    ref, share = doors.world.records["Maria"].ref, doors.world.shares["results only"].ref
    assert SEEN in (await doors.get(f"/r/{ref}/as/{share}/results", await doors.token("maria"))).text
    assert (await doors.get(f"/r/{ref}/as/{'A' * 22}/results", await doors.token("maria"))).status_code == 404


async def test_staff_need_the_duty_and_patients_learn_nothing(doors):
    assert (await doors.get("/desk", await doors.token("desk"))).text == f"{SEEN} QueueGrant"
    assert (await doors.get("/desk", await doors.token("doctor"))).status_code == 403
    assert (await doors.get("/desk", await doors.token("maria"))).status_code == 404
    late = await doors.token("doctor", proven_at=doors.world.now - timedelta(hours=1))
    assert (await doors.get("/fresh-desk", late)).status_code == 403, "nobody proves who they are for what is not theirs"


async def test_whose_bill_or_secret_it_is_not_finds_nothing(doors):
    for path in (f"/bill/{'A' * 22}", "/c/anything", f"/c/{'A' * 22}"):
        assert (await doors.get(path, await doors.token("maria"))).status_code == 404


async def test_a_bill_opens_for_who_owes_and_at_work_for_billing_alone(doors):
    world = doors.world
    account = GuarantorAccount(holder=world.records["Maria"].id, number="1", opened_at=world.now)
    await account.save()
    await world.person("biller", kind="staff", duties=(Duty.BILLING,))
    for path, opens, not_found in (("bill", "maria", "biller"), ("bill-desk", "biller", "maria")):
        path = f"/{path}/{account.ref}"
        assert (await doors.get(path, await doors.token(opens))).text == f"{SEEN} BillGrant"
        assert (await doors.get(path, await doors.token(not_found))).status_code == 404
    assert (await doors.get(f"/bill-desk/{account.ref}", await doors.token("desk"))).status_code == 403
    assert (await doors.get(f"/bill/{account.ref}")).status_code == 303, "who has not signed in is asked to"


async def test_a_secret_opens_its_door_to_whoever_has_it(doors):
    now = doors.world.now
    await Capability(hash=secret_hash("s" * 22), purpose="activation", object_kind="Record", object="x", issued_at=now,
                     ends_at=now + timedelta(days=1)).save()  # fmt: skip
    assert (await doors.get(f"/c/{'s' * 22}")).text == f"{SEEN} CapabilityGrant"


async def test_demo_routes_are_absent_from_a_real_installation(doors):
    doors.portal.state.house = replace(doors.world.house, demo=False)
    assert (await doors.get("/demo", await doors.token("maria"))).status_code == 404


# Forms


async def test_a_form_that_needs_no_session_needs_its_token_all_the_same(doors):
    doors.portal.state.house = replace(doors.world.house, demo=True)
    answer = await doors.ask("POST", "/demo-door", data={"csrf": "nonsense"})
    assert answer.status_code == 403 and SEEN not in answer.text


async def token_and_csrf(doors: Doors, person: str = "maria") -> tuple[str, str]:
    from identity.sessions import token_hash

    token = await doors.token(person)
    rows = await doors.world.house.database.rows("SELECT csrf FROM session WHERE token = ?", token_hash(token))
    return token, mask(bytes(rows[0]["csrf"]))


async def test_a_form_with_its_own_sessions_token_is_taken(doors):
    token, csrf = await token_and_csrf(doors)
    assert (await doors.ask("POST", "/write", token, data={"csrf": csrf})).text == SEEN


async def test_two_masks_of_one_secret_differ():
    assert mask(b"c" * 32) != mask(b"c" * 32)


@pytest.mark.parametrize(
    "csrf", ["", "nonsense", "A" * 88, mask(b"x" * 32)], ids=["none", "nonsense", "as long", "of another session"]
)
async def test_a_form_without_the_right_token_does_nothing(doors, csrf):
    token, _ = await token_and_csrf(doors)
    answer = await doors.ask("POST", "/write", token, data={"csrf": csrf})
    assert answer.status_code == 403 and SEEN not in answer.text


async def test_another_persons_token_does_nothing(doors):
    token = await doors.token("stan")
    _, marias = await token_and_csrf(doors)
    assert (await doors.ask("POST", "/write", token, data={"csrf": marias})).status_code == 403


@pytest.mark.parametrize("headers", [
    {"origin": "http://evil.example"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"}, {"sec-fetch-site": "none"}, {"referer": "http://evil.example/page"},
    {"origin": "http://localhost:8000", "sec-fetch-site": "cross-site"}, {"origin": "http://localhost:8001"},
])
async def test_a_form_from_elsewhere_does_nothing_whatever_its_token(doors, headers):
    token, csrf = await token_and_csrf(doors)
    assert (await doors.ask("POST", "/write", token, headers, {"csrf": csrf})).status_code == 403


@pytest.mark.parametrize("headers", [
    {}, {"origin": "http://localhost:8000"}, {"sec-fetch-site": "same-origin"},
    {"referer": "http://localhost:8000/somewhere"},
    {"origin": "http://localhost:8000", "sec-fetch-site": "same-origin", "referer": "http://localhost:8000/a"},
])
async def test_a_form_from_our_own_page_is_taken_from_any_browser(doors, headers):
    token, csrf = await token_and_csrf(doors)
    assert (await doors.ask("POST", "/write", token, headers, {"csrf": csrf})).status_code == 200


async def test_a_form_nobody_signed_sends_its_owner_to_sign_in(doors):
    answer = await doors.ask("POST", "/write", data={"csrf": "x"})
    assert answer.status_code == 303 and answer.headers["location"].startswith("/sign-in?next=%2Fwrite")


async def test_a_door_form_needs_the_token_of_its_cookie(doors):
    assert (await doors.ask("POST", "/door", data={"csrf": ""})).status_code == 403


async def test_a_signed_hook_is_checked_by_its_signature_not_by_a_token(doors):
    assert (await doors.ask("POST", "/hook", data={"a": "b"})).text == SEEN


async def test_a_form_that_is_too_large_or_no_form_is_refused_in_words(doors):
    token, csrf = await token_and_csrf(doors)
    assert (await doors.ask("POST", "/write", token, data={"csrf": csrf, "a": "x" * 70_000})).status_code == 413
    wrong = await doors.ask("POST", "/write", token, {"content-type": "application/json"})
    assert wrong.status_code == 415


async def test_a_form_that_says_it_is_too_large_is_refused_before_it_comes(doors):
    from handlers import form_layer

    async def silence():
        raise AssertionError("nothing of it is read")

    with pytest.raises(form_layer.BadForm, match="too_large"):
        await form_layer.read_body(silence, 100, form_layer.BODY_SECONDS, {b"content-length": b"101"})


async def test_typed_work_of_an_expired_session_waits_for_its_owner(doors):
    token, csrf = await token_and_csrf(doors)
    past = doors.world.now - timedelta(hours=2)
    await doors.world.house.database.rows("UPDATE session SET last_seen_at = ?", past)
    answer = await doors.ask("POST", "/write", token, data={"csrf": csrf, "text": "my words", "password": "secret"})
    assert answer.status_code == 303 and "kept%3D" in answer.headers["location"]
    from identity.parking import kept

    ref = answer.headers["location"].split("kept%3D")[1].split("&")[0]
    maria, stan = doors.world.people["maria"], doors.world.people["stan"]
    assert await kept(doors.world.house, maria, "/write", ref) == [("text", "my words")]
    assert await kept(doors.world.house, stan, "/write", ref) == []
    assert await kept(doors.world.house, maria, "/other", ref) == []
    late = replace(maria, now=doors.world.now + timedelta(hours=1))
    assert await kept(doors.world.house, late, "/write", ref) == []


async def test_what_was_typed_on_a_page_of_a_record_is_of_that_record(doors):
    from identity.parking import kept, park

    house, maria, records = doors.world.house, doors.world.people["maria"], doors.world.records
    path = f"/records/{records['Maria'].ref}/messages"
    ref = await park(house, maria, path, [("text", "my words")])
    rows = await house.database.rows("SELECT record FROM parked_form")
    assert rows == [{"record": records["Maria"].id}] and await kept(house, maria, path, ref) == [("text", "my words")]
    await house.database.rows("UPDATE parked_form SET record = ?", records["Stan"].id)
    assert await kept(house, maria, path, ref) == []


async def test_a_moved_record_is_found_with_the_whole_of_what_was_asked(doors):
    """The address that moves is /records/{record}/…; the routes here begin with /r."""
    from types import SimpleNamespace as Some

    from access.opening import Denied
    from handlers.errors import _moved

    url = Some(path="/records/old/results", query="from=2025-01-01&who=a%20b")
    answer = _moved(Some(url=url), Denied("merged", elsewhere="new"))
    assert answer.headers["location"] == "/records/new/results?from=2025-01-01&who=a%20b"


async def test_nothing_is_kept_of_a_revoked_session_or_a_wrong_token_or_a_shared_computer(doors):
    past = doors.world.now - timedelta(hours=2)
    token, csrf = await token_and_csrf(doors)
    await doors.world.house.database.rows("UPDATE session SET last_seen_at = ?", past)
    wrong = await doors.ask("POST", "/write", token, data={"csrf": mask(b"x" * 32), "text": "words"})
    assert "kept" not in wrong.headers["location"]
    await doors.world.house.database.rows("UPDATE session SET revoked_at = ?", past)
    revoked = await doors.ask("POST", "/write", token, data={"csrf": csrf, "text": "words"})
    assert "kept%3D" not in revoked.headers["location"]
    await doors.world.house.database.rows("UPDATE session SET revoked_at = NULL, shared = ?", True)
    shared = await doors.ask("POST", "/write", token, data={"csrf": csrf, "text": "words"})
    assert "kept%3D" not in shared.headers["location"]
    assert await doors.world.house.database.rows("SELECT id FROM parked_form") == []


async def test_no_more_than_twenty_forms_are_kept_for_one_account(doors):
    from identity.parking import park

    maria = doors.world.people["maria"]
    for number in range(23):
        later = replace(maria, now=doors.world.now + timedelta(seconds=number))
        newest = await park(doors.world.house, later, "/write", [("text", str(number))])
    rows = await doors.world.house.database.rows("SELECT ref FROM parked_form")
    assert len(rows) == 20 and newest in {row["ref"] for row in rows}


async def test_a_form_that_never_ends_is_given_up(doors, monkeypatch):
    import asyncio

    from handlers import form_layer

    monkeypatch.setattr(form_layer, "BODY_SECONDS", 0.05)

    async def silence():
        await asyncio.sleep(60)

    with pytest.raises(form_layer.BadForm, match="cut_off"):
        await form_layer.read_body(silence, 100, form_layer.BODY_SECONDS)


# Every answer


async def test_every_refusal_is_written_down_before_it_is_said(doors):
    await doors.get(f"/r/{doors.world.records['Maria'].ref}/results", await doors.token("stan"))
    rows = await doors.world.house.database.rows("SELECT decision, reason, actor FROM audit_event ORDER BY seq DESC")
    assert (rows[0]["decision"], rows[0]["reason"]) == ("refused", "stranger")
    assert rows[0]["actor"] == doors.world.people["stan"].account


async def test_a_look_is_written_down_before_it_is_shown(doors):
    await doors.get(f"/r/{doors.world.records['Maria'].ref}/results", await doors.token("maria"))
    rows = await doors.world.house.database.rows("SELECT action, decision, subject FROM audit_event ORDER BY seq DESC")
    assert (rows[0]["action"], rows[0]["decision"]) == ("results.see", "allowed")
    assert rows[0]["subject"] == doors.world.records["Maria"].id


async def test_no_entry_no_page(doors):
    async def broken(entry):
        raise OSError("disk full")

    doors.world.house.audit.commit = broken
    answer = await doors.get(f"/r/{doors.world.records['Maria'].ref}/results", await doors.token("maria"))
    assert answer.status_code == 503 and SEEN not in answer.text


async def test_head_is_answered_without_a_body(doors):
    answer = await doors.ask("HEAD", "/public")
    assert answer.status_code == 200 and answer.content == b""


async def test_another_host_is_refused(doors):
    assert (await doors.get("/public", host="evil.example")).status_code == 400


async def test_a_session_that_nobody_made_is_never_adopted(doors):
    answer = await doors.get("/account", "x" * 43)
    assert answer.status_code == 303 and "set-cookie" not in answer.headers
    assert await doors.world.house.database.rows("SELECT id FROM session WHERE csrf = ?", b"x") == []


async def test_a_change_while_changes_are_locked_is_refused_and_stands_in_the_owners_list(doors):
    stale, asked = await doors.token("maria", proven_at=None), "SELECT subject FROM audit_event WHERE action = 'account.change'"
    assert (await doors.get("/fresh", stale)).status_code == 303 and await doors.world.house.database.rows(asked) == []
    maria = doors.world.people["maria"].account
    await doors.world.house.database.rows("UPDATE account SET changes_locked_at = ? WHERE id = ?", doors.world.now, maria)
    for token in (stale, await doors.token("maria")):
        assert (await doors.get("/fresh", token)).status_code == 403 and SEEN in (await doors.get("/account", token)).text
    assert [row["subject"] for row in await doors.world.house.database.rows(asked)] == [maria, maria]


async def test_an_old_proof_is_enough_where_none_afresh_is_asked_for(doors):
    stale = await doors.token("maria", proven_at=datetime(2020, 1, 1, tzinfo=UTC))
    assert SEEN in (await doors.get("/account", stale)).text


async def test_half_a_session_of_staff_is_led_to_the_sign_in_of_staff(doors):
    answer = await doors.get("/desk", await doors.token("desk", level="half"))
    assert answer.headers["location"].startswith("/staff/sign-in")


@pytest.mark.parametrize("segment", ["ä" * 22, "a\x00b", "a" * 65])
def test_what_cannot_be_a_ref_is_asked_for_as_one_that_nothing_has(segment):
    """PostgreSQL refuses some signs, which would tell them apart from what is not there."""
    assert _ref(segment) == "-" and _ref("a" * 64) == "a" * 64
