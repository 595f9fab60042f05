"""Which of a person's names to use, and how it is put together (FHIR HumanName).

Names are strings as sent. Digits that a test feed puts into them stay.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from rules.dates import UTC, parse_clinical_date
from rules.shapes import line_in, list_in, map_in, maps_in

# Best first; a use that is missing stands between what is current and what is past.
_USES = {"official": 0, "usual": 1, "": 2, "temp": 3, "nickname": 4, "anonymous": 5, "maiden": 6, "old": 7}


@dataclass(frozen=True, slots=True)
class PersonName:
    """`full` is never empty; `given` is what a sentence calls the person; `family` sorts."""

    full: str
    given: str
    family: str

    @property
    def initials(self) -> str:
        """Two letters at most, for a list where names would not fit."""
        parts = dict.fromkeys(filter(None, (self.given, self.family)))
        return "".join(part[0].upper() for part in parts)


def person_name(fhir: object, now: datetime) -> PersonName | None:
    """Official before usual before the first sent; ended names only where there is no other."""
    sent = [(n, _build(n)) for n in maps_in(fhir)]
    named = [(n, built) for n, built in sent if built]
    current = [(n, built) for n, built in named if not _ended(n, now)]
    ranked = sorted(current or named, key=lambda pair: _USES.get(line_in(pair[0].get("use")), 2))
    return ranked[0][1] if ranked else None


def _build(name: Mapping) -> PersonName | None:
    given, family = _join(name.get("given")), line_in(name.get("family"))
    parts = [_join(name.get("prefix")), given, family, _join(name.get("suffix"))]
    text = line_in(name.get("text"))
    full = " ".join(filter(None, parts)) if given or family else text
    if not full:
        return None
    first = given.split()[0] if given else text.split()[0] if text else family
    return PersonName(full, first, family or full.split()[-1])


def _ended(name: Mapping, now: datetime) -> bool:
    end = parse_clinical_date(map_in(name.get("period")).get("end"), UTC)
    return end is not None and end.ends < now


def _join(parts: object) -> str:
    return " ".join(filter(None, map(line_in, list_in(parts))))


def is_called(typed: str, full: str, family: str) -> bool:
    """Whether somebody who writes their name so may be the one who is called that on file: the family name, one more name, and
    none that is not there. Marks, signs and large letters do not matter; "Dr." and a second name may be left out."""
    words, known, last = _words(typed), _words(full), _words(family)
    return last <= words <= known and (len(words) > len(last) or known == last) and bool(words)


def _words(name: str) -> set[str]:
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", name) if not unicodedata.combining(sign) and sign not in "'’ʼ")
    return set(re.findall(r"[^\W_]+", bare.casefold()))
