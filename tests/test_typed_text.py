"""What people type, before anything of it is stored: card numbers are covered, and signs that nobody can read do not stay."""

from __future__ import annotations

import inspect
import time
from datetime import date
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wtforms import PasswordField, StringField

import forms
from forms.base import Form
from rules.cards import without_cards
from tests.test_requests import home, write

CARD, COVERED = "4111111111111111", "************1111"
CARD_15, DOTTED = "378282246310005", "3782.822463.10005"


def spread(separator: str) -> str:
    return separator.join(("4111", "1111", "1111", "1111"))


@pytest.mark.parametrize("between", [".", "\u00a0", "\n", "\r\n", "  ", "\u2013", "/", "_", " - ", ", ", "\u200b", "\u202f", "\t", "|", ""])
@pytest.mark.parametrize(("before", "after"), [("", ""), ("My card: ", "."), ("card", "exp"), ("visa_", "_cvc 123"), ("Pay ", " 12/27"), ("n-", "-x"), ("on 05/12 ", "")])
def test_a_card_number_is_covered_whatever_stands_in_it_and_around_it(between, before, after):
    covered = without_cards(before + spread(between) + after)
    assert "1111" in covered and covered.count("*") == 12 and covered.startswith(before) and covered.endswith(after)


@pytest.mark.parametrize("text", [CARD_15, DOTTED, "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", "\uff14\uff11\uff11\uff11" + "\uff11" * 12, "41111111 11111111", f"{CARD} {CARD}", f"{CARD_15}\n{CARD}"])
def test_other_shapes_of_card_numbers_are_covered(text):
    digits = sum(sign.isdecimal() for sign in without_cards(text))
    assert digits == 4 * (2 if len(text) > 31 and "4 1" not in text else 1)


@pytest.mark.parametrize("text", [
    "(555) 201-7788, 555-201-3344", "120/80, 118/79, 130/85, 125/82, 141/90, 138/88", "65 70 72 68 71 66 65 64 62 70", "+1 555 555 0190 ext 4",
    "2026-05-12 09:30, 2026-05-13 10:15", "4111 1111 1111 1112", "1234567890123452", "62, 64, 65, 66, 70, 62, 64, 65, 66", "RxNorm 860975, NDC 0093-1048-01",
])  # fmt: skip
def test_numbers_of_health_and_phones_stay(text):
    assert without_cards(text) == text


@given(st.text(alphabet="0123456789 .-/\n_ab4", max_size=400))
def test_covering_changes_digits_alone_and_a_second_time_nothing(text):
    covered = without_cards(text)
    assert len(covered) == len(text) and all(one == other or (one.isdecimal() and other == "*") for one, other in zip(text, covered))
    assert without_cards(covered) == covered


def test_a_long_text_of_digits_is_looked_through_at_once():
    started = time.perf_counter()
    without_cards("4 " * 30_000)
    without_cards("4" * 60_000)
    without_cards("4000 " * 12_000)
    assert time.perf_counter() - started < 3


KINDS = sorted(
    {
        kind for path in Path(forms.__path__[0]).glob("*.py") for kind in vars(import_module(f"forms.{path.stem}")).values()
        if inspect.isclass(kind) and issubclass(kind, Form) and kind is not Form
    },
    key=lambda kind: f"{kind.__module__}.{kind.__name__}",
)  # fmt: skip
EXACT = {"username", "code", "credential", "next", "step", "number", "what", "with", "slot", "until", "amount", "seen", "email", "had", "taken", "phone", "factor", "letter", "use", "entry"}
"""Looked up, compared or computed with, and never kept as somebody's words (`forms.base.exact`); but what hours are for is.
A new field of that sort is named here; any other goes through `forms.base.tidy`."""
NEEDED = {"today": date(2026, 5, 12)}


class Sent:
    """Everything is the same text."""

    def __init__(self, text: str):
        self.text = text

    def __iter__(self):
        return iter(())

    def __contains__(self, name: str) -> bool:
        return True

    def __len__(self) -> int:
        return 1

    def getlist(self, name: str) -> list[str]:
        return [self.text]


def filled(kind: type[Form], text: str) -> Form:
    taken = inspect.signature(kind.__init__).parameters
    return kind(Sent(text), **{name: value for name, value in NEEDED.items() if any(name in inspect.signature(one.__init__).parameters for one in kind.__mro__) or name in taken})


def free_words(form: Form) -> list[StringField]:
    exact = EXACT - {"what"} if type(form).__name__ == "HoursForm" else EXACT
    return [field for field in form if isinstance(field, StringField) and not isinstance(field, PasswordField) and field.name not in exact]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_no_form_lets_a_card_number_or_an_unreadable_sign_through(kind):
    form = filled(kind, f"Take {spread('.')} \u202eevil\u2069 \x85\x9f \ue000 \ufffe \U0010ffff " + "e" + "\u0301" * 50)
    for field in free_words(form):
        assert CARD[:6] not in field.data.replace(".", ""), field.name
        assert not set(field.data) & set("\u202e\u2069\x85\x9f\ue000\ufffe\U0010ffff"), field.name
        assert "\u0301" * 10 not in field.data, field.name


def test_the_walk_finds_the_fields_in_which_people_write():
    found = {(kind.__name__, field.name) for kind in KINDS for field in free_words(filled(kind, "x"))}
    assert len(KINDS) > 15 and {
        ("AskForm", "words"), ("SayForm", "words"), ("AnswerForm", "words"), ("CancelForm", "words"), ("PostForm", "note"), ("HoursForm", "what"),
        ("WhoForm", "name"), ("PreferencesForm", "called"),
    } <= found  # fmt: skip


async def test_a_sign_that_turns_the_words_after_it_reaches_no_reader(person, cast):
    maria = await person("self")
    sent = await write(maria, cast, "Pay \u202e001 now\u202c \u2066ok\u2069 \x9b end")
    assert "Pay 001 now ok end" in sent.main
    for page in (await maria.get(sent.url.partition("?")[0] + ".txt"), await maria.get(home(cast, "/messages"))):
        assert not set("\u202e\u202c\u2066\u2069\x9b") & set(page.html)


async def test_a_draft_and_parked_words_keep_no_card_number(person, cast, opened):
    maria = await person("self")
    page = await maria.get(home(cast, "/messages/new"))
    await maria.submit(page, "Send", press="Keep as a draft", topic="health", words=f"Take {spread('.')}")
    assert "****.****.****.1111" in (await maria.get(page.url)).html
    kept = await maria.submit(page, "Send", press="Stay signed in", topic="health", words=f"Or {spread('/')}")
    assert "****/****/****/1111" in kept.html
    rows = await opened.house.database.rows("SELECT id, sealed FROM parked_form")
    plain = [opened.house.keyring.open(bytes(row["sealed"]), row["id"]).decode() for row in rows]
    assert plain and not any("4111/1111" in one for one in plain)
