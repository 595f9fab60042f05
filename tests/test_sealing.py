"""Sealed values: bound to their row, opened by old keys, never by none, and never half."""

from __future__ import annotations

import os
import uuid
from datetime import timedelta

import pytest

from identity.tokens import open_token, seal_token
from tables.sealing import Keyring, MissingKey, Tampered, key_id

OLD, NEW = b"o" * 32, b"n" * 32
ROW, OTHER = uuid.UUID(int=1), uuid.UUID(int=2)
before, after = Keyring((OLD,)), Keyring((NEW, OLD))


@pytest.mark.parametrize("plain", [b"", b"x", "ñ😀".encode(), os.urandom(70_000)], ids=["empty", "one", "words", "long"])
def test_what_was_sealed_opens_for_its_row(plain):
    assert before.open(before.seal(plain, ROW), ROW) == plain


def test_the_same_words_are_never_the_same_bytes():
    assert len({before.seal(b"same", ROW) for _ in range(50)}) == 50


def test_after_a_rotation_old_values_open_and_new_ones_are_of_the_new_key():
    sealed = before.seal(b"words", ROW)
    assert after.open(sealed, ROW) == b"words" and not after.is_newest(sealed)
    again = after.seal(b"words", ROW)
    assert after.is_newest(again) and again[1:5] == key_id(NEW)
    with pytest.raises(MissingKey):
        before.open(again, ROW)


def test_without_the_old_key_an_old_value_is_a_clear_error():
    with pytest.raises(MissingKey, match=key_id(OLD).hex()):
        Keyring((NEW,)).open(before.seal(b"words", ROW), ROW)


def test_a_value_moved_to_another_row_does_not_open():
    with pytest.raises(Tampered):
        before.open(before.seal(b"words", ROW), OTHER)


def test_no_changed_or_cut_off_byte_goes_unnoticed():
    sealed = before.seal(b"words", ROW)
    for place in range(len(sealed)):
        with pytest.raises((Tampered, MissingKey)):
            before.open(sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :], ROW)
        with pytest.raises((Tampered, MissingKey)):
            before.open(sealed[:place], ROW)


def test_a_keyring_does_not_show_its_keys():
    assert "nnnn" not in repr(after)


def test_a_token_opens_for_whom_it_was_given_until_its_end_and_for_nobody_else(now):
    token = seal_token(before, "maria", "words", now + timedelta(minutes=1))
    assert open_token(before, "maria", token, now) == "words"
    assert open_token(after, "maria", token, now) == "words"
    assert open_token(before, "stan", token, now) == ""
    assert open_token(before, "maria", token, now + timedelta(minutes=1)) == ""
    assert open_token(Keyring((NEW,)), "maria", token, now) == ""


@pytest.mark.parametrize("token", ["", "x", "=", "A" * 60, "A" * 100_000, "é", "\0", "AQ" * 40])
def test_what_is_no_token_says_nothing(now, token):
    assert open_token(before, "maria", token, now) == ""
