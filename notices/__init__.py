"""Transport only: how a finished letter leaves the house. What it says, and to whom, was decided before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Letter:
    """Plain text. `key` is the same for every attempt, so that whoever gets it twice can tell."""

    to: str
    subject: str
    text: str
    locale: str
    key: str


class NotNow(Exception):
    """It may work later. Its text is a code of at most 40 characters, without an address."""


class Undeliverable(Exception):
    """It will never work: the address does not exist. Its text is a code of at most 40 characters."""


class WrongAddress(ValueError):
    """SMTP_URL, PORTAL_MAIL_FROM or the gateway's settings cannot be used. Its text is one line for the operator."""


class Sender(Protocol):
    async def send(self, letter: Letter) -> None:
        """Returns when somebody else has taken responsibility for the letter; raises NotNow or Undeliverable."""


class Shown:
    """The demo's: nothing leaves this computer; the letter is read by `portal outbox` and on its page."""

    async def send(self, letter: Letter) -> None:
        return None


def senders_for(
    demo: bool, smtp_url: str = "", mail_from: str = "", gateway: tuple[str, str, str, str] | None = None
) -> dict[str, Sender]:
    """By channel. What has no sender waits, and `portal doctor` says so; printing is always done by hand. `gateway`: its
    address, the account there, its token, and the number that text messages and calls come from.

    Raises WrongAddress.
    """
    if demo:
        return {"email": Shown(), "sms": Shown(), "voice": Shown()}
    found: dict[str, Sender] = {}
    if smtp_url:
        from notices.smtp import Smtp

        found["email"] = Smtp.at(smtp_url, mail_from)
    if gateway:
        from notices.gateway import Gateway

        to_phones = Gateway.at(*gateway)
        found |= {"sms": to_phones.text, "voice": to_phones.call}
    return found
