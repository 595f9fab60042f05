"""Passwords: what makes one fit, and argon2id (NIST SP 800-63B-4 §3.1.1, ASVS 6.2; SECURITY contract 2).

Any Unicode, 12 to 128 characters, no rules of composition, no rotation. Hashing happens in a few threads of its own:
as many at once as the settings say, the others wait.
"""

from __future__ import annotations

import asyncio
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from settings import Limits

SHORTEST, LONGEST = 12, 128
REST_AT_LEAST = 6
"""Characters that must be left when the person's own words, or a common one, are taken away."""
RUNS = ("01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm", "qwertzuiopasdfghjkl")


@dataclass(frozen=True, slots=True)
class Hasher:
    """argon2id with one cost. `threads` holds at most `hash_at_once` workers, so that memory stays bounded."""

    argon: PasswordHasher
    threads: ThreadPoolExecutor = field(repr=False)
    nobody: str
    """The hash of no one's password, for names that are not known: they take the same time."""

    async def hash(self, password: str) -> str:
        return await self._aside(self.argon.hash, typed(password))

    async def verify(self, stored: str | None, password: str) -> bool:
        """Whether this is the password behind `stored`; None (no such account) is as slow, and always False."""
        known = stored is not None
        return await self._aside(self._matches, stored if known else self.nobody, typed(password)) and known

    def outdated(self, stored: str) -> bool:
        return self.argon.check_needs_rehash(stored)

    def _matches(self, stored: str, password: bytes) -> bool:
        try:
            return self.argon.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False

    async def _aside(self, function, *args):
        return await asyncio.get_running_loop().run_in_executor(self.threads, function, *args)


def hasher(limits: Limits) -> Hasher:
    return _hasher(limits.password_memory_kib, limits.password_passes, limits.hash_at_once)


@lru_cache(maxsize=4)
def _hasher(memory_kib: int, passes: int, at_once: int) -> Hasher:
    argon = PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=1)
    threads = ThreadPoolExecutor(max_workers=at_once, thread_name_prefix="password")
    return Hasher(argon, threads, argon.hash(b"nobody's password"))


def typed(password: str) -> bytes:
    """The bytes that are hashed: NFC, so that a keyboard that composes accents another way gives the same. What is
    longer than a password can be is cut: it never matches, and costs no more."""
    return unicodedata.normalize("NFC", password[: LONGEST + 1]).encode("utf-8", "replace")


def own_words(username: str, person: Mapping, clinic_words: Iterable[str]) -> tuple[str, ...]:
    """What anybody who knows the person would try first. `person` has a name, and a chart's e-mail address and birth date,
    which a member of staff has none of."""
    return (username, person["name"], person["email"] or "", person["birth_text"] or "", *clinic_words)


def unfit(password: str, own_words: Iterable[str] = ()) -> str:
    """Why a password may not be chosen, or "": short, long, common, own, run, repeated. Its words are in forms/."""
    text = unicodedata.normalize("NFC", password)
    if len(text) < SHORTEST:
        return "short"
    if len(text) > LONGEST:
        return "long"
    plain = text.casefold()
    if _is_run(plain):
        return "run"
    if _is_common(plain):
        return "common"
    if _rest(plain, own_words) < REST_AT_LEAST:
        return "own"
    return "repeated" if _repeats(plain) else ""


def _is_common(plain: str) -> bool:
    """On the list, or one of the list with a few figures and signs around it, or fewer of any kind."""
    core = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", plain)
    few = len(plain) - len(core) <= REST_AT_LEAST
    return (few and core in common_passwords()) or any(part in common_passwords() for part in _nearly(plain))


def _nearly(plain: str) -> Iterator[str]:
    """What is left of it without up to five characters at its ends: too few to make a password of a common one."""
    for head in range(REST_AT_LEAST):
        for tail in range(REST_AT_LEAST - head):
            yield plain[head : len(plain) - tail]


def _rest(plain: str, own_words: Iterable[str]) -> int:
    """How many characters are left without the words anybody who knows the person would try first."""
    words = {part for word in own_words for part in (word.casefold(), *re.split(r"[\W_]+", word.casefold()))}
    left = plain
    for word in sorted((word for word in words if len(word) > 2), key=len, reverse=True):
        left = left.replace(word, "")
    return len(plain) if left == plain else len(re.sub(r"[\W_]", "", left))


def _repeats(plain: str) -> bool:
    """The same few characters over and over: "abcabcabcabc", "aaaaaaaaaaaa", "passwordpassword"."""
    return len(set(plain)) < 4 or re.fullmatch(r"(.{1,8}?)\1+.{0,3}", plain, re.DOTALL) is not None


def _is_run(plain: str) -> bool:
    """A walk along the figures, the alphabet or a keyboard, forwards or backwards."""
    core = re.sub(r"[\W_]", "", plain)
    return len(core) > 3 and any(core in run * 2 or core in run[::-1] * 2 for run in RUNS)


@lru_cache(maxsize=1)
def common_passwords() -> frozenset[str]:
    """The 30,000 most used, without those of under four characters; they come with zxcvbn and need no network."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    return frozenset(word for word in FREQUENCY_LISTS["passwords"] if len(word) > 3)
