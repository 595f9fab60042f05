"""Text messages and calls by a gateway that speaks Twilio's HTTP API, always over verified TLS but to this computer itself.

The API takes no key by which a message that is sent twice would be known. A message is sent again only when the gateway has
not answered that it took the first; the worst of it is a code that comes twice.
"""

from __future__ import annotations

import math
import ssl
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

import httpx

from notices import Letter, NotNow, Undeliverable, WrongAddress

LOOPBACK = ("localhost", "127.0.0.1", "::1")
TIMEOUT = 20.0
OURS_TO_MEND = frozenset({20003, 20404, 21212, 21218, 21219, 21603, 21606, 21611, 21659, 21660})
"""Errors about who sends, not about who is to get it: wrong keys, a number that is not ours, a full queue."""
GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
TWICE = frozenset("^{}\\[~]|€")
"""Signs of the extended table take two places (3GPP TS 23.038)."""
PLAIN = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "\u00a0": " ", "\u202f": " ", "\u2011": "-"})


def plain_signs(text: str) -> str:
    """With the signs of a phone for those that it would take a dearer message for."""
    return text.translate(PLAIN)


def segments(text: str) -> int:
    """How many text messages this is."""
    if all(sign in GSM or sign in TWICE for sign in text):
        length, one, each = sum(2 if sign in TWICE else 1 for sign in text), 160, 153
    else:
        length, one, each = len(text.encode("utf-16-be")) // 2, 70, 67
    return 1 if length <= one else math.ceil(length / each)


@dataclass(frozen=True, slots=True)
class Gateway:
    """`https://api.twilio.com`, or another that speaks its language; the account's id and token; our number."""

    url: str
    sid: str
    token: str = field(repr=False)
    number: str = ""
    trust: ssl.SSLContext | None = None
    """Instead of the machine's certificate authorities."""

    @classmethod
    def at(cls, url: str, sid: str, token: str, number: str, trust: ssl.SSLContext | None = None) -> Gateway:
        parts = urlsplit(url)
        if not parts.hostname or not (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)):
            raise WrongAddress("SMS_GATEWAY_URL must look like https://api.twilio.com")
        if not sid.isalnum() or not token.isprintable() or not token:
            raise WrongAddress("SMS_GATEWAY_SID and SMS_GATEWAY_TOKEN must be those of the gateway's account")
        if not number.startswith("+") or not number[1:].isdigit():
            raise WrongAddress("SMS_GATEWAY_FROM must be our number with its country code, such as +15555550190")
        return cls(url.rstrip("/"), sid, token, number, trust)

    @property
    def text(self) -> Text:
        return Text(self)

    @property
    def call(self) -> Call:
        return Call(self)

    async def post(self, what: str, to: str, **fields: str) -> None:
        address = f"{self.url}/2010-04-01/Accounts/{self.sid}/{what}.json"
        try:
            async with httpx.AsyncClient(
                auth=(self.sid, self.token), timeout=TIMEOUT, verify=self.trust or True, follow_redirects=False, trust_env=False
            ) as http:
                answer = await http.post(address, data={"To": to, "From": self.number, **fields})
        except (httpx.HTTPError, ssl.SSLError, OSError) as error:
            raise NotNow(type(error).__name__[:40]) from None
        if answer.status_code not in (200, 201):
            raise _refused(answer)


@dataclass(frozen=True, slots=True)
class Text:
    gateway: Gateway

    async def send(self, letter: Letter) -> None:
        await self.gateway.post("Messages", letter.to, Body=plain_signs(letter.text.strip()))


@dataclass(frozen=True, slots=True)
class Call:
    gateway: Gateway

    async def send(self, letter: Letter) -> None:
        """Said twice: nobody has a pen in hand when the phone rings."""
        said = f'<Say language="{escape(_spoken(letter.locale))}">{escape(" ".join(letter.text.split()))}</Say>'
        await self.gateway.post("Calls", letter.to, Twiml=f'<Response>{said}<Pause length="1"/>{said}</Response>')


def _spoken(locale: str) -> str:
    return {"en": "en-US", "es": "es-US"}.get(locale.partition("_")[0], "en-US")


def _refused(answer: httpx.Response) -> Exception:
    """Too many at once, trouble of the gateway's, and what is ours to mend are tried again; all else is about the number."""
    code = _code(answer)
    later = answer.status_code in (401, 403, 404, 408, 429) or answer.status_code >= 500 or answer.status_code < 400
    return (NotNow if later or code in OURS_TO_MEND else Undeliverable)(f"gateway {answer.status_code} {code or ''}".strip())


def _code(answer: httpx.Response) -> int:
    try:
        code = answer.json().get("code")
    except (ValueError, AttributeError):
        return 0
    return code if isinstance(code, int) else 0
