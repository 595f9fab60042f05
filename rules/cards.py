"""Card numbers in what people write: they are covered before anything is stored (SECURITY contract 15; PCI DSS 3)."""

from __future__ import annotations

import re

RUN = re.compile(r"(?<![\w-])\d(?:[ -]?\d){12,18}(?![\w-])")
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
    digits = re.sub(r"\D", "", run)
    issued = any(begins.match(digits) and len(digits) in lengths for begins, lengths in ISSUERS)
    return issued and luhn(digits)


def without_cards(text: str) -> str:
    """Every digit of a card number but the last four becomes a star; the rest of the text stays."""

    def cover(found: re.Match[str]) -> str:
        run = found.group()
        kept = len(re.sub(r"\D", "", run)) - 4
        said = []
        for sign in run:
            said.append("*" if sign.isdigit() and kept > 0 else sign)
            kept -= sign.isdigit()
        return "".join(said)

    return RUN.sub(lambda found: cover(found) if is_card(found.group()) else found.group(), text)
