"""Which passwords are fit, and how they are kept."""

import asyncio
import time
import unicodedata

import pytest

from identity.passwords import hasher, unfit
from settings import Limits
from tests.support.logins import CHEAP

OWN = ("maria.delgado", "Maria Delgado", "1984-03-09", "Riverbend Family Clinic")


@pytest.mark.parametrize("password", ["four otters in a canoe", "Grünkohl mit Pinkel", "🦦🛶🌊🦦🌲🦆🌧🧭⛺🪵🔥🌙", "q8#Vn2!xLw9$", "ワニとカワウソが泳ぐ夜の川"])
def test_long_passwords_of_any_script_are_fit_without_rules_of_composition(password):
    assert unfit(password, OWN) == ""


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("eleven char", "short"),
        ("x y" * 50, "long"),
        ("Password1234", "common"),
        ("!sunshine2024", "common"),
        ("SonyEricsson", "common"),
        ("1qaz2wsx3edc!", "common"),
        ("xqwerty123456x", "common"),
        ("mariadelgado", "own"),
        ("Maria-Delgado-1", "own"),
        ("RiverbendClinic!", "own"),
        ("Delgado-1984-03", "own"),
        ("abcabcabcabcabc", "repeated"),
        ("aaaaaaaaaaaaaaa", "repeated"),
        ("otterotterotter", "repeated"),
        ("123456789012", "run"),
        ("abcdefghijklm", "run"),
        ("qwertyuiopasdf", "run"),
        ("zyxwvutsrqponm", "run"),
    ],
)
def test_a_password_anybody_would_try_first_is_refused_with_the_reason(password, reason):
    assert unfit(password, OWN) == reason


def test_a_name_within_a_long_password_does_no_harm():
    assert unfit("maria rows seven canoes", OWN) == ""


def test_the_length_is_counted_in_composed_characters():
    accents = unicodedata.normalize("NFD", "é" * 6 + "äöüßñç")
    assert len(accents) > 12 and unfit(accents) == ""


async def test_a_hash_is_argon2id_and_checks_out_again():
    ours = hasher(CHEAP)
    stored = await ours.hash("four otters in a canoe")
    assert stored.startswith("$argon2id$") and "otters" not in stored
    assert await ours.verify(stored, "four otters in a canoe")
    assert not await ours.verify(stored, "five otters in a canoe")


async def test_accents_typed_on_another_keyboard_are_the_same_password():
    ours = hasher(CHEAP)
    stored = await ours.hash(unicodedata.normalize("NFC", "crème brûlée à dix"))
    assert await ours.verify(stored, unicodedata.normalize("NFD", "crème brûlée à dix"))


async def test_a_megabyte_and_broken_text_are_only_wrong():
    ours = hasher(CHEAP)
    stored = await ours.hash("four otters in a canoe")
    began = time.process_time()
    assert not await ours.verify(stored, "x" * 1_000_000)
    assert time.process_time() - began < 0.5
    assert not await ours.verify(stored, "\ud800 lone surrogate \x00")
    assert not await ours.verify("not a hash", "four otters in a canoe")


async def test_nobody_has_a_password():
    assert not await hasher(CHEAP).verify(None, "nobody's password")


async def test_a_hash_made_at_another_cost_is_outdated():
    stored = await hasher(CHEAP).hash("four otters in a canoe")
    assert not hasher(CHEAP).outdated(stored)
    assert hasher(Limits(password_memory_kib=2048, password_passes=1)).outdated(stored)


async def test_no_more_passwords_are_hashed_at_once_than_the_settings_say(monkeypatch):
    ours = hasher(Limits(password_memory_kib=1025, password_passes=1, hash_at_once=2))
    running, most = 0, 0

    def slow(stored, password):
        nonlocal running, most
        running += 1
        most = max(most, running)
        time.sleep(0.01)
        running -= 1
        return False

    monkeypatch.setattr(type(ours), "_matches", lambda self, stored, password: slow(stored, password))
    await asyncio.gather(*(ours.verify(None, "x") for _ in range(10)))
    assert most == 2
