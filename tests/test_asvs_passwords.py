"""ASVS 5.0, V6.1 and V6.2: what is written down of signing in, and passwords. One test for each requirement, by its number."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from identity.passwords import LONGEST, SHORTEST, common_passwords, hasher, unfit
from settings import Limits
from tests.support.asvs import DOCUMENT, cast, limits_in, limits_in_the_code, opened, sections  # noqa: F401 -- fixtures
from tests.support.logins import CHEAP
from tests.support.signing_in import sign_in

NEW = "four otters in a canoe"


@pytest.fixture
async def maria(client, cast):  # noqa: F811
    await sign_in(client, cast["self"])
    return client


async def changes(maria, cast, new: str, present: str | None = None):  # noqa: F811
    page = await maria.get("/account/password")
    typed = {"password": cast["self"].password if present is None else present, "new_password": new}
    return await maria.submit(page, "Change your password", **typed)


def test_v6_1_1_each_limit_on_trying_is_written_down_with_how_often_and_none_shuts_an_account():
    told = sections()["Limits"]
    rows = [tuple(part.strip(" `") for part in line.split("|")[1:4]) for line in told.splitlines() if line.startswith("| `")]
    assert sorted(rows) == limits_in_the_code() and len(rows) > 15
    assert "never shut by tries" in told
    assert list(limits_in('A, B = 5, 60\nlimits.allow(house, f"x:{y}", A, B, now)')) == [("x:", "5", "minute")]


def test_v6_1_2_the_words_no_password_is_made_of_are_written_down():
    told = sections()["Words that no password is made of"]
    for words in ("user name", "their name", "birth date", "e-mail address", "the clinic’s name", "30,000", "keyboard"):
        assert words in told, words
    assert 29_000 < len(common_passwords()) <= 30_000


def test_v6_1_3_each_way_in_is_written_down_with_what_it_shows_and_how_strong_that_is():
    told = sections()["Ways in"]
    doors = [line for line in told.splitlines() if line.startswith("| `/")]
    assert len(doors) >= 8 and all(line.count("|") == 5 for line in doors)


@pytest.mark.parametrize(("signs", "said"), [(SHORTEST - 1, "short"), (SHORTEST, "")])
def test_v6_2_1_a_password_has_twelve_signs_at_least(signs, said):
    assert SHORTEST == 12 and unfit("vexing otter"[:signs].ljust(signs, "q")) == said


async def test_v6_2_2_a_password_can_be_changed(maria, cast):  # noqa: F811
    page = await changes(maria, cast, NEW)
    assert page.url == "/account/security?done=password"


async def test_v6_2_3_changing_it_asks_for_the_present_one(maria, cast):  # noqa: F811
    page = await changes(maria, cast, NEW, present="not this one at all")
    assert page.status == 422 and "Check the password you have now" in page.main


@pytest.mark.parametrize("common", ["password1234", "Sunshine2024!", "SonyEricsson"])
async def test_v6_2_4_common_passwords_are_refused_with_the_reason(maria, cast, common):  # noqa: F811
    page = await changes(maria, cast, common)
    assert page.status == 422 and page.errors
    fit = [word for word in common_passwords() if len(word) >= SHORTEST]
    assert all(unfit(word) for word in fit), "of the 30,000 most used each that is long enough"


@pytest.mark.parametrize("password", ["only small letters here", "84629173650284", "!?§%&/()=+*#'.", "ワニとカワウソが泳ぐ夜の川", "🦦🛶🌊🦦🌲🦆🌧🧭⛺🪵🔥🌙"])
def test_v6_2_5_signs_of_any_kind_make_a_password(password):
    assert unfit(password) == ""


async def test_v6_2_6_what_is_typed_is_covered(client, maria):
    for address in ("/sign-in", "/staff/sign-in"):
        assert (await client.get(address)).html.count('type="password"') in (0, 1)
    page = await maria.get("/account/password")
    fields = [one for one in page.tree.all("input") if "password" in (one.get("name") or "")]
    assert len(fields) == 2 and {one.get("type") for one in fields} == {"password"}


async def test_v6_2_7_pasting_and_managers_are_welcome(maria):
    page = await maria.get("/account/password")
    kinds = {one.get("name"): one.get("autocomplete") for one in page.tree.all("input") if "password" in (one.get("name") or "")}
    assert kinds == {"password": "current-password", "new_password": "new-password"}
    scripts = "".join(path.read_text() for path in Path("static").glob("*.js"))
    assert "paste" not in scripts and "onpaste" not in page.html and "maxlength" not in page.html.partition("<main")[2]


async def test_v6_2_8_a_password_is_checked_as_it_was_typed():
    ours = hasher(CHEAP)
    stored = await ours.hash("Four Otters In A Canoe ")
    for other in ("four otters in a canoe ", "Four Otters In A Canoe", " Four Otters In A Canoe "):
        assert not await ours.verify(stored, other)
    longest = "é🦦" * (LONGEST // 2)
    assert not await ours.verify(await ours.hash(longest), longest[:-1] + "x"), "nothing is cut off"


async def test_v6_2_9_a_password_may_have_128_signs(maria, cast):  # noqa: F811
    long = "".join(chr(0x3042 + n % 60) + "ßq"[n % 2] for n in range(64))
    assert len(long) == LONGEST == 128
    assert (await changes(maria, cast, long)).url == "/account/security?done=password"


async def test_v6_2_10_a_password_stays_good(client, cast, opened):  # noqa: F811
    await opened.house.database.rows("UPDATE password SET set_at = ?", datetime.now(UTC) - timedelta(days=3650))
    assert (await sign_in(client, cast["self"])).status == 200
    assert not [name for name in Limits.__dataclass_fields__ if "password" in name and ("age" in name or "days" in name)]


@pytest.mark.parametrize("own", ["maria.delgado", "Delgado-Maria!", "RiverbendFamily1"])
async def test_v6_2_11_their_own_and_the_clinic_s_words_are_no_password(maria, cast, own):  # noqa: F811
    page = await changes(maria, cast, own)
    assert page.status == 422 and page.errors


def test_v6_2_12_passwords_that_were_published_are_refused():
    """The list is of passwords that leaked; it comes with its package, so that a check needs no network and tells nobody."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    leaked = [word for word in FREQUENCY_LISTS["passwords"] if SHORTEST <= len(word) <= LONGEST]
    assert len(leaked) > 50 and [word for word in leaked if not unfit(word)] == []
    assert all(unfit(f"{word}{tail}") for word in leaked for tail in ("1", "!", "2026") if len(word) < 100)
