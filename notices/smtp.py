"""E-mail by SMTP, always over verified TLS but to this computer itself (RFC 8314, RFC 3207)."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

import aiosmtplib

from notices import Letter, NotNow, Undeliverable, WrongAddress

LOOPBACK = ("localhost", "127.0.0.1", "::1")
TIMEOUT = 20.0
PORTS = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True, slots=True)
class Smtp:
    """`smtps://user:password@host:465` (TLS from the start) or `smtp://…:587` (STARTTLS, demanded)."""

    host: str
    port: int
    tls: bool
    mail_from: str
    user: str = ""
    password: str = field(default="", repr=False)
    trust: ssl.SSLContext | None = None
    """Instead of the machine's certificate authorities."""

    @classmethod
    def at(cls, url: str, mail_from: str, trust: ssl.SSLContext | None = None) -> Smtp:
        parts = urlsplit(url)
        if parts.scheme not in PORTS or not parts.hostname:
            raise WrongAddress("SMTP_URL must look like smtps://user:password@mail.example.org:465")
        if "@" not in mail_from or any(mark in mail_from for mark in "\r\n"):
            raise WrongAddress("PORTAL_MAIL_FROM must be the address that the portal writes from")
        return cls(
            parts.hostname, parts.port or PORTS[parts.scheme], parts.scheme == "smtps", mail_from,
            unquote(parts.username or ""), unquote(parts.password or ""), trust,
        )

    async def send(self, letter: Letter) -> None:
        try:
            await aiosmtplib.send(
                self._message(letter), hostname=self.host, port=self.port, use_tls=self.tls,
                start_tls=None if self._is_here else not self.tls, tls_context=self.trust or ssl.create_default_context(),
                username=self.user or None, password=self.password or None, timeout=TIMEOUT,
            )
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise _refused(max((one.code for one in error.recipients), default=451)) from None
        except aiosmtplib.SMTPDataError as error:
            raise _refused(error.code) from None
        except aiosmtplib.SMTPResponseException as error:
            # A wrong password or a sender that is not allowed is ours to mend, not the recipient's fault.
            raise NotNow(f"smtp {error.code}") from None
        except (aiosmtplib.SMTPException, OSError, ssl.SSLError) as error:
            raise NotNow(type(error).__name__[:40]) from None

    @property
    def _is_here(self) -> bool:
        return self.host in LOOPBACK

    def _message(self, letter: Letter) -> EmailMessage:
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self.mail_from, letter.to, letter.subject
        message["Message-ID"] = f"<{letter.key}@{self.mail_from.rpartition('@')[2].strip('>')}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.text)
        message["Content-Language"] = letter.locale
        return message


def _refused(code: int) -> Exception:
    return (Undeliverable if 500 <= code < 600 else NotNow)(f"smtp {code}")
