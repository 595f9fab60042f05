"""The doors at a browser without script: what is shown, kept, refused, and where it leads."""

import asyncio

import pytest

from handlers.session_cookie import own_page
from starting import walk
from tests.support.signing_in import door, sign_in

pytestmark = pytest.mark.in_turns

BAD = ["", "   ", "🦦🛶", "x" * 20_000, "\x00", "<b>", "' OR 1=1 --", "%s%n", "\u202e"]


async def at_code(client, member):
    return await client.submit(await client.get(door(member)), 0, username=member.username, password=member.password)


async def test_a_patient_signs_in_with_a_password_and_a_code(client, cast):
    page = await sign_in(client, cast["self"])
    assert page.url == "/records" and page.status == 200


async def test_staff_sign_in_at_their_own_door(client, cast):
    page = await sign_in(client, cast["frontdesk"])
    assert page.url == "/staff" and 'class="staff"' in page.html


async def test_the_wrong_door_is_the_same_as_a_wrong_password(client, cast):
    desk = cast["frontdesk"]
    page = await client.submit(await client.get("/sign-in"), 0, username=desk.username, password=desk.password)
    assert page.status == 422 and page.errors == ["Check your user name and password. They do not go together"]


async def test_a_wrong_password_keeps_the_name_and_not_the_password(client, cast):
    page = await client.submit(await client.get("/sign-in"), 0, username="Maria", password="five otters in a canoe")
    assert page.status == 422 and page.title.startswith("Error: ") and 'value="Maria"' in page.html
    assert "otters" not in page.html and "9 more times" in page.main


async def test_known_and_unknown_names_get_the_same_page(client, another_client, cast):
    pages = []
    for somebody, username in ((client, cast["self"].username), (another_client, "nobody.at.all")):
        page = await somebody.submit(await somebody.get("/sign-in"), 0, username=username, password="wrong wrong wrong")
        pages.append((page.status, page.main.replace(username, "")))
    assert pages[0] == pages[1]


async def test_the_eleventh_try_says_when(client, cast):
    page = await client.get("/sign-in")
    for _ in range(11):
        answer = await client.submit(page, 0, username="nobody.at.all", password="wrong wrong wrong")
    assert answer.status == 429 and answer.headers["retry-after"].isdigit() and "Try again in" in answer.main


async def test_odd_input_is_a_clear_page(client):
    for text in BAD:
        page = await client.submit(await client.get("/sign-in"), 0, username=text, password=text)
        assert page.status == 422 and page.errors, text[:20]


async def test_an_odd_code_is_a_clear_page(client, cast):
    page = await at_code(client, cast["self"])
    for text in BAD:
        answer = await client.submit(page, 0, code=text)
        assert answer.status == 422 and answer.errors, text[:20]


async def test_a_megabyte_is_a_clear_page(client):
    page = await client.submit(await client.get("/sign-in"), 0, username="maria", password="x" * 1_000_000)
    assert page.status == 413 and page.h1


async def test_the_demo_shows_the_code(client, cast):
    page = await at_code(client, cast["self"])
    assert f"Only in this demonstration: {cast['self'].code[:3]} {cast['self'].code[3:]}" in page.main


async def test_spaces_in_the_code_do_not_matter(client, cast):
    member = cast["self"]
    page = await client.submit(await at_code(client, member), 0, code=f" {member.code[:3]} {member.code[3:]} ")
    assert page.url == "/records"


async def test_a_used_code_says_to_wait_for_the_next(client, another_client, cast):
    await sign_in(client, cast["self"])
    page = await another_client.submit(await at_code(another_client, cast["self"]), 0, code=cast["self"].code)
    assert page.status == 422 and page.errors == ["This code was used already. Wait until your app shows the next one"]


async def test_five_wrong_codes_say_when_to_come_back(client, cast):
    page = await at_code(client, cast["self"])
    for _ in range(5):
        page = await client.submit(page, 0, code="000000")
    page = await client.submit(page, 0, code=cast["self"].code)
    assert page.status == 422 and page.errors[0].startswith("There were too many wrong codes. Try again at ")


async def test_half_a_session_reaches_only_the_second_step(client, cast):
    await at_code(client, cast["self"])
    record = cast["self"].record
    for address in ("/records", f"/records/{record}", f"/records/{record}/results", "/account/security", "/account/prove",
                    "/account/codes", "/account/sessions", "/account/preferences", "/register/codes"):  # fmt: skip
        page = await client.arrive(await client.get(address))
        assert page.url.startswith("/sign-in/code"), address
    assert (await client.get("/register/authenticator")).headers["location"] == "/sign-in/code"
    assert (await client.arrive(await client.get("/staff"))).url.startswith("/staff/sign-in")


async def test_no_door_leads_in_a_circle(person, opened):
    """Who is signed in by now, and opens a page of the way in again."""
    maria = await person("self")
    doors = {path for path, handler in walk(opened.portal) if handler.opt["access"].kind in ("half", "pre_session") and "GET" in handler.http_methods}
    for route in sorted(path for path in doors if "{" not in path):
        page = await maria.arrive(await maria.get(route))
        assert page.status in (200, 404), route


async def test_one_comes_back_to_where_one_was_going(client, cast):
    page = await client.arrive(await client.get("/account/sessions?x=1"))
    assert page.url.startswith("/sign-in?next=")
    page = await client.submit(page, 0, username=cast["self"].username, password=cast["self"].password)
    page = await client.submit(page, 0, code=cast["self"].code)
    assert page.url == "/account/sessions?x=1"


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/sign-in/code", "/sign-out",
     "/sign-in", "evil", "/a\r\nset-cookie: x=1", "/\t/evil.example", "/staff/sign-in", "\\\\evil", "", "/x y", "/🦦"],
)  # fmt: skip
def test_an_address_elsewhere_or_a_door_is_nowhere_to_go(elsewhere):
    assert own_page(elsewhere, "/records") == "/records"


@pytest.mark.parametrize("ours", ["/", "/records", "/records/x/results?from=2026#r", "/signing", "/%0d%0a"])
def test_an_address_of_ours_is(ours):
    assert own_page(ours, "/nowhere") == ours


async def test_nobody_is_sent_elsewhere(client, cast):
    page = await client.get("/sign-in", params={"next": "//evil.example"})
    page = await client.submit(page, 0, username=cast["self"].username, password=cast["self"].password, next="//evil.example")
    answer = await client.send(page, 0, code=cast["self"].code, next="//evil.example")
    assert answer.headers["location"] == "/records"


async def test_who_is_signed_in_does_not_see_the_door(client, cast):
    await sign_in(client, cast["self"])
    assert (await client.get("/sign-in")).headers["location"] == "/records"
    assert (await client.get("/staff/sign-in")).headers["location"] == "/records"


async def test_the_cookie_is_new_at_each_step_and_hidden_from_script(client, cast):
    page = await client.get("/sign-in")
    member = cast["self"]
    first = await client.send(page, 0, username=member.username, password=member.password)
    half = client.cookies["s"]
    second = await client.send(await client.arrive(first), 0, code=member.code)
    assert client.cookies["s"] != half
    for answer in (first, second):
        cookie = next(line for line in answer.headers.get_list("set-cookie") if line.startswith("s="))
        assert "HttpOnly" in cookie and "samesite=lax" in cookie.lower() and "expires" not in cookie.lower()
        assert "max-age" not in cookie.lower() and "domain" not in cookie.lower()
    client.cookies.set("s", half)
    assert (await client.get("/records")).status == 303, "the half session has ended"


async def test_a_code_whose_answer_was_lost_says_nothing_untrue_and_still_leads_on(client, cast):
    member = cast["self"]
    page = await client.get("/sign-in?next=/account/preferences")
    page = await client.submit(page, 0, username=member.username, password=member.password)
    half = client.cookies["s"]
    await client.send(page, 0, code=cast["self"].code)
    client.cookies.set("s", half)
    answer = await client.send(page, 0, code=cast["self"].code)
    assert answer.status == 303 and "next=%2Faccount%2Fpreferences" in answer.headers["location"]
    door = await client.arrive(answer)
    assert "nothing was pressed" not in door.main and "You are not signed in any more." in door.main


async def test_a_cookie_nobody_gave_is_never_adopted(client, cast):
    client.cookies.set("s", "chosen-by-somebody-else")
    await at_code(client, cast["self"])
    assert client.cookies.get("s", domain="localhost.local") != "chosen-by-somebody-else"


async def test_signing_out_ends_it_and_clears_the_browser(client, cast):
    page = await sign_in(client, cast["self"])
    token = client.cookies["s"]
    answer = await client.send(page, "/sign-out")
    assert answer.status == 303 and "storage" in answer.headers["clear-site-data"]
    assert "s" not in client.cookies
    page = await client.arrive(answer)
    assert "You are signed out." in page.main
    client.cookies.set("s", token)
    assert (await client.get("/records")).headers["location"].startswith("/sign-in")


async def test_signing_out_twice_is_no_error(client, cast):
    page = await sign_in(client, cast["self"])
    cookies = dict(client.cookies)
    answers = []
    for _ in range(2):
        client.cookies.update(cookies)
        answers.append(await client.send(page, "/sign-out"))
    assert answers[0].status == 303 and answers[1].status in (303, 403)


async def test_signing_out_by_get_does_nothing(client, cast):
    await sign_in(client, cast["self"])
    assert (await client.get("/sign-out")).status in (404, 405)
    assert (await client.get("/records")).status == 200


async def test_parallel_sign_ins_with_one_code_give_one_session(client, another_client, cast):
    pages = [await at_code(somebody, cast["self"]) for somebody in (client, another_client)]
    sent = [somebody.send(page, 0, code=cast["self"].code) for somebody, page in zip((client, another_client), pages, strict=True)]
    statuses = sorted(answer.status for answer in await asyncio.gather(*sent))
    assert statuses == [303, 422]


async def test_staying_leads_back_and_gives_back_what_was_typed(client, cast):
    await sign_in(client, cast["self"])
    page = await client.get("/account/preferences")
    page = await client.submit(page, 0, press="Stay signed in", called="Mia")
    assert page.url.startswith("/account/preferences?kept=") and 'value="Mia"' in page.html
    page = await client.submit(page, 0, press="Stay signed in", called="Mary")
    assert page.url.count("kept=") == 1 and 'value="Mary"' in page.html, "what was typed since"


async def test_staying_asked_by_script_is_a_bare_answer(client, cast):
    page = await sign_in(client, cast["self"])
    csrf = page.tree.all("input")[0].get("value")
    answer = await client.htmx("POST", "/stay", data={"csrf": csrf, "form_key": "k", "next": "/records"})
    assert answer.status == 204 and not answer.content


async def test_staff_have_no_records_and_patients_no_staff_pages(client, another_client, cast):
    await sign_in(client, cast["frontdesk"])
    assert (await client.get(f"/records/{cast['self'].record}")).status == 404
    await sign_in(another_client, cast["self"])
    assert (await another_client.get("/staff")).status in (403, 404)
