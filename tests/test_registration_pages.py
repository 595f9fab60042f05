"""Registering at a browser without script, from the desk's screen to the first page of one's own."""

import re
from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from tables.accounts import Account
from tests.support.client import client_of
from tests.support.signing_in import sign_in

pytestmark = pytest.mark.in_turns

PASSWORD = "four otters in a canoe"
LETTER = re.compile(r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}\b")
SHEET = re.compile(r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){5}\b")
BORN = {"born_month": "3", "born_day": "9", "born_year": "1984"}


@pytest.fixture
async def chart(app, demo_database):
    """A patient of the demo clinic who has no login yet."""
    from tests.support.logins import a_record, house_on

    now = datetime.now(UTC)
    return await a_record(house_on(demo_database, now), now, name="Nora Quist", number="MRN-77")


@pytest.fixture
async def code(app, cast, chart):
    """Handed out at the desk."""
    async with client_of(app) as desk:
        await sign_in(desk, cast["frontdesk"])
        page = await desk.submit(await desk.get(f"/staff/records/{chart.ref}/code"), "Make a code")
    return LETTER.search(page.main).group()


async def at_login(client, code):
    return await client.submit(await client.get("/register"), 0, code=code, **BORN)


async def at_app(client, code, username="nora"):
    return await client.submit(await at_login(client, code), 0, username=username, password=PASSWORD)


def app_of(page):
    return pyotp.TOTP("".join(page.tree.within(page.tree.all("ol")[0], "strong")[0].itertext()).replace(" ", ""))


async def test_from_the_desk_s_code_to_one_s_own_record(client, chart, code):
    page = await at_app(client, code)
    assert page.url == "/register/authenticator" and len(page.tree.all("svg")) == 1
    assert app_of(page).secret in page.link("Open the key in an app on this device"), "no camera is needed"
    page = await client.submit(page, 0, code=app_of(page).now())
    assert page.url == "/register/codes" and len(SHEET.findall(page.main)) == 10
    page = await client.submit(page, "I have kept them")
    assert (await client.follow(page, "Add an email address")).h1 == "Add an email address", "nobody knows where to write to yet"
    assert page.url == "/records" and page.link("Nora Quist") == f"/records/{chart.ref}"
    assert (await client.get("/register/codes")).status == 303, "shown once"


async def test_all_that_is_wrong_with_a_new_login_is_said_at_once(client, code):
    page = await client.submit(await at_login(client, code), 0, username="a", password="short")
    summary = next(e for e in page.tree.elements if e.get("role") == "alert")
    assert len(page.tree.within(summary, "li")) == 2
    assert "underscore" in page.main, "signs alone are passed over in silence"


async def test_every_step_says_where_it_stands(client, code):
    page = await client.get("/register")
    assert page.h1.startswith("Step 1 of 4")
    page = await at_login(client, code)
    assert page.h1.startswith("Step 2 of 4") and code not in page.html and code.replace("-", "") not in page.html
    assert code not in page.url


async def test_what_was_typed_stays_and_the_errors_say_what_to_do(client):
    page = await client.submit(await client.get("/register"), 0, code="7K3Q", born_month="13", born_day="9", born_year="84")
    assert page.status == 422 and page.title.startswith("Error: ")
    assert page.errors == [
        "Check the code. It has 16 letters and numbers", "Enter the month as a number from 1 to 12",
        "Enter the year with four numbers, such as 1984",
    ]  # fmt: skip
    assert 'value="13"' in page.html and 'value="7K3Q"' in page.html


async def test_wrong_code_and_wrong_date_are_one_answer(client, code):
    wrong = await client.submit(await client.get("/register"), 0, code="0000-0000-0000-0000", **BORN)
    date = await client.submit(await client.get("/register"), 0, code=code, **{**BORN, "born_day": "10"})
    assert wrong.errors == date.errors == ["Check the code and the birth date. They do not go together"]
    assert wrong.status == date.status == 422


async def test_a_password_is_never_sent_back(client, code):
    page = await client.submit(await at_login(client, code), 0, username="no spaces please", password=PASSWORD)
    assert page.status == 422 and PASSWORD not in page.html and 'value="no spaces please"' in page.html


async def test_a_taken_user_name_offers_others(client, code, cast):
    page = await client.submit(await at_login(client, code), 0, username=cast["self"].username, password=PASSWORD)
    assert page.status == 422 and "You could use" in page.errors[0] and cast["self"].name not in page.main
    offers = page.errors[0].partition("You could use ")[2].split(", ")
    assert len(offers) == 3 and all(re.fullmatch(re.escape(cast["self"].username) + r"\.\d{3}", one) for one in offers)
    chosen = await client.submit(page, 0, press=offers[1])
    assert chosen.status == 422 and f'value="{offers[1]}"' in chosen.html and chosen.errors == ["Choose a password"]
    assert (await client.submit(chosen, 0, password=PASSWORD)).url == "/register/authenticator"


async def test_a_free_name_that_is_pressed_is_taken_with_the_password_beside_it(client, code, cast):
    page = await client.submit(await at_login(client, code), 0, username=cast["self"].username, password=PASSWORD)
    offer = page.errors[0].partition("You could use ")[2].split(", ")[0]
    assert (await client.submit(page, 0, press=offer, password=PASSWORD)).url == "/register/authenticator"


async def test_enter_sends_what_was_typed_and_no_name_that_is_offered(client, code, cast):
    page = await client.submit(await at_login(client, code), 0, username=cast["self"].username, password=PASSWORD)
    first = page.tree.within(page.tree.all("form")[0], "button")[0]
    assert first.get("name") is None, "the first button of a form is the one that Enter presses"


async def test_an_unfit_password_says_why(client, code):
    page = await at_login(client, code)
    for password, words in (
        ("short", "12 letters"), ("noraquist1984", "your own name"), ("password12345", "list of passwords"),
        ("abcabcabcabc", "again and again"), ("qwertyuiopas", "keyboard"), ("x" * 60_000, "128"),
    ):  # fmt: skip
        answer = await client.submit(page, 0, username="nora", password=password)
        assert answer.status == 422 and words in answer.errors[0], password[:20]


async def test_a_megabyte_is_refused_with_a_page(client, code):
    page = await client.submit(await at_login(client, code), 0, username="nora", password="x" * 1_000_000)
    assert page.status == 413 and page.h1


async def test_an_odd_user_name_is_refused_with_words(client, code):
    page = await at_login(client, code)
    for username in ("🦦🦦🦦", "a b c", "x" * 65, "<script>", "\u202enora", "ab", "\x00\x00\x00"):
        answer = await client.submit(page, 0, username=username, password=PASSWORD)
        assert answer.status == 422 and answer.errors, username


async def test_emoji_and_other_scripts_make_a_password(client, code):
    page = await client.submit(await at_login(client, code), 0, username="Ńóra.ニョ", password="🦦🛶🌊🦆🌲🌧🧭⛺🪵🔥🌙⭐")
    assert page.url == "/register/authenticator"


async def test_the_step_of_another_browser_opens_nothing(client, another_client, code):
    page = await at_login(client, code)
    stolen = await another_client.get(page.url)
    assert stolen.status == 404 and stolen.h1 == "This step is over"


async def test_a_used_code_leads_to_signing_in(client, another_client, code):
    first = await at_login(client, code)
    await at_app(another_client, code, "other")
    page = await client.submit(first, 0, username="nora", password=PASSWORD)
    assert page.status == 404 and page.link("You chose a user name already?") == "/sign-in"


async def test_the_second_step_sent_again_leads_on(client, code):
    from tests.support.forms import fill

    page = await at_login(client, code)
    again = fill(page.tree, page.url, 0, {"username": "nora", "password": PASSWORD})
    before = dict(client.cookies)
    assert (await client.send_again(again)).headers["location"] == "/register/authenticator"
    client.cookies.clear()
    client.cookies.update(before)
    lost = await client.arrive(await client.send_again(again))
    assert lost.url.startswith("/sign-in"), "the answer was lost: signing in leads on"
    page = await client.submit(lost, 0, username="nora", password=PASSWORD)
    assert page.url == "/register/authenticator"


async def test_a_wrong_code_of_the_app_is_asked_again(client, code):
    page = await at_app(client, code)
    key = app_of(page)
    wrong = await client.submit(page, 0, code="12 34")
    assert wrong.status == 422 and app_of(wrong).secret == key.secret and "12 34" not in wrong.main + wrong.html
    assert (await client.submit(wrong, 0, code=f" {key.now()[:3]} {key.now()[3:]} ")).url == "/register/codes"


async def test_whoever_comes_back_after_the_day_is_over_is_told_whom_to_call(client, code):
    page = await at_app(client, code)
    key = app_of(page)
    await Account.update({Account.created_at: datetime.now(UTC) - timedelta(hours=25)}).where(Account.state == "enrolling")
    late = await client.submit(page, 0, code=key.now())
    assert late.status == 422 and "the day is over" in late.main and "Key:" not in late.main


async def test_half_a_session_reaches_nothing_but_its_next_step(client, code):
    await at_app(client, code)
    for address in ("/records", "/account/security", "/account/codes", "/register/codes", "/staff"):
        page = await client.arrive(await client.get(address))
        assert page.url in ("/register/authenticator", "/staff/sign-in?next=%2Fstaff"), address


async def test_somebody_signed_in_may_register_another_login(client, cast, code):
    await sign_in(client, cast["stranger"])
    page = await at_app(client, code)
    assert page.url == "/register/authenticator"


async def test_too_many_codes_from_one_place_are_told_to_wait(client):
    page = await client.get("/register")
    for _ in range(31):
        answer = await client.submit(page, 0, code="0000-0000-0000-0000", **BORN)
    assert answer.status == 429 and int(answer.headers["retry-after"]) > 0
