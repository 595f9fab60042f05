"""Cards: a page of the processor's takes the number, and we hear of it by a signed message or by asking. Imports none of ours.

`payments.checkout` speaks to Stripe; `payments.practice` is a processor to practise with, which speaks the same language
on another address of this computer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

OPEN, PAID, GONE = "open", "paid", "gone"
COMING, RETURNED, REFUSED = "coming", "returned", "refused"


class Unreachable(Exception):
    """The processor did not answer, not in time, or not to us, as when our key to it is wrong. What was asked may have been
    done: ask again with the same key."""


class NotTaken(Exception):
    """The processor said no for good. Its text is a code."""


class Forged(Exception):
    """A message that the processor did not sign, or signed too long ago."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody means to pay. `key` and `ends_at` make asking again harmless; nothing in it says who they are or what
    for."""

    key: str
    amount: int
    currency: str
    words: str
    done_at: str
    """Where the processor sends who has paid."""
    stopped_at: str
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Checkout:
    """What the processor says of it. `state`: open (or not sure yet), paid, gone. `charge` is what a refund names."""

    session: str
    key: str
    state: str
    amount: int
    currency: str
    address: str = ""
    charge: str = ""


@dataclass(frozen=True, slots=True)
class Returned:
    """What the processor says of money that it was asked to give back. `state`: coming, returned, refused; `known_as` is what
    it calls it."""

    known_as: str
    state: str
