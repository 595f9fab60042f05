"""The environment, read once into one frozen dataclass: safe defaults, and one clear line for what is wrong."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

ORIGIN = re.compile(r"(?P<scheme>https?)://(?P<host>[a-z0-9_][a-z0-9_.-]*|\[[0-9a-f:.]+\])(:(?P<port>[0-9]{1,5}))?/?")
LEAST = {"recovery_wait": 0}
"""Of a number that may be 0."""
USUAL_PORTS = {"http": 80, "https": 443}
STRIPE_PAGES = "https://checkout.stripe.com"
LOCAL_HOSTS = ("localhost", "127.0.0.1")


class SettingsError(Exception):
    """A setting is missing or unsafe. Its text is one line for the operator."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long and how much. Seconds, unless the name says otherwise."""

    idle: int = 1800
    idle_shared: int = 600
    idle_staff: int = 900
    absolute: int = 43_200
    absolute_shared: int = 3600
    half: int = 900
    step_up: int = 900
    parked: int = 3600
    recovery_wait: int = 86_400
    """Between the start of a recovery and the moment from which its code works; 0 is at once."""
    body_bytes: int = 65_536
    upload_bytes: int = 5_242_880
    """The largest file that may be sent with a form."""
    hash_at_once: int = 2
    password_memory_kib: int = 47_104
    password_passes: int = 2


@dataclass(frozen=True, slots=True)
class Settings:
    database_url: str
    origin: str
    keys: tuple[bytes, ...] = field(repr=False)
    """32 bytes each, newest first: sealing keys. The audit key is derived from `audit_key`, not from these."""
    audit_key: bytes = field(repr=False)
    data_dir: Path
    port: int = 8000
    debug: bool = False
    development: bool = False
    """True lets a plain http://localhost origin be used with a database that is not a demo."""
    trusted_proxies: tuple[str, ...] = ()
    smtp_url: str = ""
    mail_from: str = ""
    gateway: tuple[str, str, str, str] | None = field(default=None, repr=False)
    """Of text messages and calls: address, account, token, our number."""
    stripe_key: str = field(default="", repr=False)
    stripe_hook_secret: str = field(default="", repr=False)
    stripe_api: str = ""
    """Where Stripe's API is, if not at Stripe."""
    stripe_pages: str = STRIPE_PAGES
    """The origin of its payment pages, as the address of a form may name it."""
    practice_port: int = 8001
    """Where the demo's practice processor listens."""
    limits: Limits = Limits()

    @property
    def secure(self) -> bool:
        return self.origin.startswith("https://")

    @property
    def heads_file(self) -> Path:
        """Where the audit's heads are exported: beside a SQLite file, or named after the database of a server.
        Each month has one of its own, by this name with the month in it (access/heads.py)."""
        if self.database_url.startswith("sqlite:///"):
            return Path(self.database_url.removeprefix("sqlite:///") + ".audit-heads.jsonl")
        return self.data_dir / f"{urlsplit(self.database_url).path.strip('/')}.audit-heads.jsonl"

    @property
    def practice_file(self) -> Path:
        """What that processor knows, beside the database."""
        return self.heads_file.with_name(self.heads_file.name.replace(".audit-heads.jsonl", ".practice"))

    @property
    def practice_hook_secret(self) -> str:
        """By which its messages are signed: of this installation alone, so that whoever reads the source can sign none."""
        return "whsec_" + hmac.new(self.audit_key, b"practice processor: messages", hashlib.sha256).hexdigest()

    @property
    def practice_origin(self) -> str:
        """Another host of this computer than the portal's own, so that no cookie of ours goes there."""
        host = "127.0.0.1" if self.host.startswith("localhost") else "localhost"
        return f"http://{host}:{self.practice_port}"

    @property
    def host(self) -> str:
        return urlsplit(self.origin).netloc

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> Settings:
        port = _port(environ, "PORT", 8000)
        data_dir = data_folder(environ)
        return cls(
            database_url=environ.get("DATABASE_URL") or f"sqlite:///{data_dir / 'portal.sqlite3'}",
            origin=_origin(environ.get("PORTAL_ORIGIN") or f"http://localhost:{port}"),
            keys=_keys(environ, "PORTAL_KEYS", data_dir / "keys"),
            audit_key=_keys(environ, "PORTAL_AUDIT_KEY", data_dir / "audit-key")[0],
            data_dir=data_dir,
            port=port,
            debug=_yes(environ, "PORTAL_DEBUG"),
            development=_yes(environ, "PORTAL_DEVELOPMENT"),
            trusted_proxies=_networks(environ.get("PORTAL_TRUSTED_PROXIES", "")),
            smtp_url=environ.get("SMTP_URL", ""),
            mail_from=environ.get("PORTAL_MAIL_FROM", ""),
            gateway=_gateway(environ),
            practice_port=_practice_port(environ, port),
            **_stripe(environ),
            limits=_limits(environ),
        )


def data_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Where an installation keeps its database and keys: the same one from whichever folder a command is given."""
    return Path(environ.get("PORTAL_DATA") or Path(__file__).resolve().parent / "var").resolve()


def new_key_line() -> str:
    """One fresh key as it stands in a key file."""
    return base64.urlsafe_b64encode(os.urandom(32)).decode()


def _stripe(environ: Mapping[str, str]) -> dict[str, str]:
    """Its two secrets stand together: without the second nothing would ever be heard of a payment."""
    key, hook = _optional(environ, "STRIPE_SECRET_KEY"), _optional(environ, "STRIPE_WEBHOOK_SECRET")
    if bool(key) != bool(hook):
        raise SettingsError("STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET are needed both, or neither.")
    pages = environ.get("STRIPE_PAGES_ORIGIN") or STRIPE_PAGES
    return {
        "stripe_key": key, "stripe_hook_secret": hook, "stripe_api": environ.get("STRIPE_API_BASE", ""),
        "stripe_pages": _web_origin("STRIPE_PAGES_ORIGIN", pages),
    }  # fmt: skip


def _gateway(environ: Mapping[str, str]) -> tuple[str, str, str, str] | None:
    """All of it or nothing: what is half set sends to nobody, and nobody would know."""
    url, sid, number = (environ.get(f"SMS_GATEWAY_{name}", "") for name in ("URL", "SID", "FROM"))
    parts = url, sid, _optional(environ, "SMS_GATEWAY_TOKEN"), number
    if any(parts) and not all(parts):
        raise SettingsError("SMS_GATEWAY_URL, _SID, _TOKEN and _FROM are needed all, or none.")
    return parts if all(parts) else None


def _optional(environ: Mapping[str, str], name: str) -> str:
    return _secret(environ, name, Path()).strip() if environ.get(name) or environ.get(f"{name}_FILE") else ""


def _web_origin(name: str, text: str) -> str:
    found = ORIGIN.fullmatch(text.strip().lower())
    if not found:
        raise SettingsError(f"{name} must look like https://pay.example.org, not {text!r}.")
    return found[0].rstrip("/")


def _limits(environ: Mapping[str, str]) -> Limits:
    defaults = Limits()
    return Limits(
        **{name: _whole_number(environ, f"PORTAL_{name.upper()}", getattr(defaults, name), LEAST.get(name, 1)) for name in Limits.__slots__}
    )


def _whole_number(environ: Mapping[str, str], name: str, default: int, least: int = 1) -> int:
    text = environ.get(name, "")
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or int(text) < least:
        raise SettingsError(f"{name} must be a whole number {'above 0' if least else 'or 0'}, not {text!r}.")
    return int(text)


def _yes(environ: Mapping[str, str], name: str) -> bool:
    text = environ.get(name, "").lower()
    if text not in ("", "0", "1", "no", "yes"):
        raise SettingsError(f"{name} must be yes or no, not {text!r}.")
    return text in ("1", "yes")


def _port(environ: Mapping[str, str], name: str, default: int) -> int:
    number = _whole_number(environ, name, default)
    if number > 65_535:
        raise SettingsError(f"{name} must be at most 65535, not {number}.")
    return number


def _practice_port(environ: Mapping[str, str], port: int) -> int:
    """Two servers cannot listen at one port, and the second to begin would end with an error of the network's."""
    number = _port(environ, "PORTAL_PRACTICE_PORT", port + 1 if port < 65_535 else 1024)
    if number == port:
        raise SettingsError("PORTAL_PRACTICE_PORT must differ from PORT.")
    return number


def _networks(text: str) -> tuple[str, ...]:
    words = tuple(filter(None, text.replace(" ", "").split(",")))
    for word in words:
        try:
            ip_network(word, strict=False)
        except ValueError:
            raise SettingsError(f"PORTAL_TRUSTED_PROXIES must be addresses or networks, not {word!r}.") from None
    return words


def _origin(text: str) -> str:
    """As browsers send it: small letters, and no port that goes without saying."""
    found = ORIGIN.fullmatch(text.strip().lower())
    if not found or int(found["port"] or 1) not in range(1, 65_536):
        raise SettingsError(f"PORTAL_ORIGIN must look like https://portal.example.org, not {text!r}.")
    scheme, host, port = found["scheme"], found["host"], found["port"]
    if scheme == "http" and host not in LOCAL_HOSTS:
        raise SettingsError(f"PORTAL_ORIGIN must begin with https:// ({text} is neither that nor this computer).")
    return f"{scheme}://{host}" + (f":{int(port)}" if port and int(port) != USUAL_PORTS[scheme] else "")


def _secret(environ: Mapping[str, str], name: str, file: Path) -> str:
    """The secret itself, or the file it stands in: the environment first."""
    if environ.get(name):
        return environ[name]
    path = Path(environ.get(f"{name}_FILE") or file)
    try:
        if path.stat().st_mode & 0o077:
            raise SettingsError(f"{path} can be read by others than its owner. Run: chmod 600 {path}")
        return path.read_text("ascii")
    except FileNotFoundError:
        raise SettingsError(f"{name} is not set and {path} does not exist. `portal keys new` makes it.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} cannot be read as a file of keys ({type(error).__name__}).") from None


def _keys(environ: Mapping[str, str], name: str, file: Path) -> tuple[bytes, ...]:
    text = _secret(environ, name, file)
    try:
        keys = tuple(base64.urlsafe_b64decode(word) for word in text.replace(",", " ").split())
    except ValueError:
        keys = ()
    if not keys or any(len(key) != 32 for key in keys):
        raise SettingsError(f"{name} must be keys of 32 bytes in base64, one a line, newest first. `portal keys new` makes one.")
    return keys
