"""What a person of the demo clinic is made of. Everything fixed is derived from the handle, so links stay the same."""

from __future__ import annotations

import hashlib
import uuid
from base64 import b32encode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from seeds.payments import Paid

Resource = dict
"""One FHIR R4 resource as parsed JSON."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What the laboratory or the clinic's system sent on one day, so many days before the planting."""

    days_ago: int
    resources: tuple[Resource, ...]


@dataclass(frozen=True, slots=True)
class Helping:
    """A share this person holds of somebody else's record. Days are counted back from the day of planting."""

    of: str
    """The handle of whose record it is."""
    basis: str
    scopes: tuple[tuple[str, str], ...]
    since_days: int
    ended_days: int | None = None
    review_days: int | None = None


@dataclass(frozen=True, slots=True)
class Person:
    handle: str
    name: str
    given: str
    family: str
    username: str
    password: str
    role: str
    birth: Callable[[datetime], str] | str = ""
    """YYYY-MM-DD; a function of the day of planting for those who must stay young."""
    sex: str = ""
    number: str = ""
    """The clinic's record number; without one the person has no chart here."""
    email: str = ""
    phone: str = ""
    address: str = ""
    duty: str = ""
    helps: tuple[Helping, ...] = ()
    feed: Callable[[datetime], tuple[Delivery, ...]] | None = None
    held: tuple[tuple[str, str, int], ...] = ()
    """Table and slug of what a clinician holds back, and for how many days more."""
    only_me: tuple[tuple[str, str, str], ...] = ()
    """Table, FHIR type and slug of what its owner keeps from helpers."""
    paid: tuple[Paid, ...] = ()

    @property
    def has_record(self) -> bool:
        return bool(self.number)

    @property
    def record_ref(self) -> str | None:
        return fixed_ref("record", self.handle) if self.has_record else None

    @property
    def totp_secret(self) -> str:
        """160 bits in base32, as authenticator apps take it. Known to everybody, like the password."""
        return b32encode(hashlib.sha256(f"plainchart demo authenticator {self.handle}".encode()).digest()[:20]).decode()

    def born(self, now: datetime) -> str:
        return self.birth(now) if callable(self.birth) else self.birth


def fixed_id(kind: str, handle: str) -> uuid.UUID:
    return uuid.uuid5(uuid.NAMESPACE_OID, f"plainchart demo {kind} {handle}")


def fixed_ref(kind: str, handle: str) -> str:
    """22 characters, as an address has them."""
    return urlsafe_b64encode(fixed_id(f"ref of {kind}", handle).bytes).rstrip(b"=").decode()


def years_old(years: int, month_day: str) -> Callable[[datetime], str]:
    """A birth date that makes somebody `years` old on their last birthday, whenever the demo is planted."""

    def birth(now: datetime) -> str:
        before_birthday = f"{now:%m-%d}" < month_day
        return f"{now.year - years - before_birthday}-{month_day}"

    return birth
