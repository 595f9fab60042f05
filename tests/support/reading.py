"""How hard a sentence is to read: the Flesch-Kincaid grade, for our own English sentences.

A school grade of 6 is what the portal aims at and 8 the most it allows. Names that must be said as they are
(of tests, of things in a clinic) count as easy words, and so do placeholders: the grade is of our own words.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

AIM, MOST = 6.0, 8.0

# Fewer words than this make a label; the formula says nothing about those. With a full stop, five are a sentence.
LEAST_WORDS, LEAST_WITH_STOP = 8, 5

_SENTENCE = re.compile(r"[.!?](?:\s|$)|\n")
_WORD = re.compile(r"[A-Za-zÀ-ÿ][A-Za-zÀ-ÿ’'-]*|[0-9]+")
_VOWELS = re.compile(r"[aeiouyà-ÿ]+")
_MARKUP = re.compile(r"<[^>]+>|%\(\w+\)[sd]|&\w+;|https?://\S+")

# Words a patient meets anyway, on paper and from their doctor, and for which there is no shorter one.
TERMS = frozenset(
    """
    appointment appointments medicine medicines allergy allergies laboratory portal authenticator vaccine vaccines
    hemoglobin cholesterol creatinine potassium calcium sodium chloride albumin protein bilirubin enzyme triglyceride
    platelets platelet oxygen vitamin thyroid prostate urine monday tuesday wednesday thursday friday saturday sunday
    january february august september october november december address email security privacy javascript
    measurements measurement summary document documents usual password information activity emergency
    """.split()
)


@dataclass(frozen=True)
class Hard:
    """A message above the limit."""

    message: str
    grade: float

    def __str__(self) -> str:
        return f"grade {self.grade:.1f}: {self.message}"


def syllables(word: str) -> int:
    """English syllables, by its vowels; a silent e at the end does not count."""
    word = word.lower().strip("’'-")
    if word in TERMS or not word or word.isdigit():
        return 1
    count = len(_VOWELS.findall(word))
    silent = word.endswith("e") and not word.endswith(("le", "ee")) or re.search(r"[^td]ed$|[^sxz]es$", word)
    return max(1, count - bool(silent and count > 1))


def plain(message: str) -> str:
    """The message as heard: a placeholder becomes one short word, markup goes."""
    return _MARKUP.sub(lambda found: "" if found[0].startswith("<") else " it ", message)


def grade(message: str) -> float:
    text = plain(message)
    words = _WORD.findall(text)
    if not words:
        return 0.0
    sentences = [part for part in _SENTENCE.split(text) if _WORD.search(part)]
    spoken = sum(syllables(word) for word in words)
    return 0.39 * len(words) / max(1, len(sentences)) + 11.8 * spoken / len(words) - 15.59


def is_sentence(message: str) -> bool:
    stops = message.rstrip().endswith((".", "!", "?", "”"))
    return len(_WORD.findall(plain(message))) >= (LEAST_WITH_STOP if stops else LEAST_WORDS)


def average(messages: Iterable[str]) -> float:
    """The grade of all sentences as one text, so that a long one weighs what it weighs to the reader."""
    text = "\n".join(plain(m) for m in messages if is_sentence(m))
    return grade(text)


def too_hard(messages: Iterable[str], most: float = MOST) -> list[Hard]:
    graded = [Hard(m, grade(m)) for m in dict.fromkeys(messages) if is_sentence(m)]
    return sorted((h for h in graded if h.grade > most), key=lambda h: -h.grade)
