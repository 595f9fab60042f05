"""Card numbers in what people write: they are covered before anything is stored (SECURITY contract 15; PCI DSS 3).

Whatever stands between the digits, letters around them, and digits of any script are seen through. What protects other
numbers (pulses, pressures, phone numbers, one after the other) is the shape in which cards are written: in fours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

CHAIN = re.compile(r"\d+(?:(?:[^\w]|_){1,4}\d+)*")
"""Groups of digits with a few signs between them, none of them a letter."""
GROUP = re.compile(r"\d+")
PLAIN = re.compile(r"[ -]?")
FOUR = 4
LENGTHS = range(13, 20)
MOST_FOURS = LENGTHS[-1] // FOUR + 1
"""So many groups a card in fours has at most: of 19 digits four, and a shorter one."""
ISSUERS = (
    (re.compile(r"4"), (13, 16, 19)), (re.compile(r"5[1-5]|2(?:22[1-9]|2[3-9]|[3-6]|7[01]|720)"), (16,)),
    (re.compile(r"3[47]"), (15,)), (re.compile(r"3(?:0[0-5]|[689])"), range(14, 20)),
    (re.compile(r"6(?:011|4[4-9]|5)|35(?:2[89]|[3-8])|62"), range(16, 20)),
)  # fmt: skip
"""The first digits that card networks give out, and how long such numbers are (ISO/IEC 7812)."""


def luhn(digits: str) -> bool:
    """Whether the check digit at the end is right (ISO/IEC 7812-1, annex B)."""
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(number - 9 if number > 9 else number for number in doubled) % 10 == 0


def is_card(run: str) -> bool:
    digits = "".join(GROUP.findall(run))
    digits = digits if digits.isascii() else "".join(str(int(sign)) for sign in digits)
    issued = any(begins.match(digits) and len(digits) in lengths for begins, lengths in ISSUERS)
    return issued and luhn(digits)


def without_cards(text: str) -> str:
    """Every digit of a card number but the last four becomes a star; the rest of the text stays."""
    return CHAIN.sub(lambda found: _without(found.group()), text)


def _without(chain: str) -> str:
    """The first card that begins in it, the longest there, is covered; then the rest is looked through."""
    groups = [found.span() for found in GROUP.finditer(chain)]
    start = 0
    while start < len(groups):
        last = next(_ends(chain, groups, start), None)
        if last is not None:
            begin, end = groups[start][0], groups[last][1]
            chain = chain[:begin] + _covered(chain[begin:end]) + chain[end:]
            start = last
        start += 1
    return chain


def _ends(chain: str, groups: list[tuple[int, int]], start: int) -> Iterator[int]:
    """The places of groups with which a card ends that begins with the one at `start`, the longest first. After a group too
    short for a card in fours no end is looked for, but where the chain may be one card: nobody waits for a text of figures."""
    lengths = [end - begin for begin, end in groups[start : start + LENGTHS[-1]]]
    if len(lengths) < len(groups):
        short = next((place for place, length in enumerate(lengths) if length < FOUR), len(lengths))
        lengths = lengths[: min(short + 1, MOST_FOURS)]
    for last in reversed(range(start, start + len(lengths))):
        own = lengths[: last - start + 1]
        run = chain[groups[start][0] : groups[last][1]]
        if sum(own) in LENGTHS and (_in_fours(own) or _is_whole(chain, run)) and is_card(run):
            yield last


def _in_fours(lengths: list[int]) -> bool:
    """Fours or longer; the last may be shorter."""
    return all(length >= FOUR for length in lengths[:-1])


def _is_whole(chain: str, run: str) -> bool:
    """However the digits are grouped, where nothing else stands in the chain and one sign at most between any two."""
    return run == chain and all(PLAIN.fullmatch(between) for between in GROUP.split(chain)[1:-1])


def _covered(run: str) -> str:
    kept = sum(sign.isdecimal() for sign in run) - FOUR
    said = []
    for sign in run:
        said.append("*" if sign.isdecimal() and kept > 0 else sign)
        kept -= sign.isdecimal()
    return "".join(said)
