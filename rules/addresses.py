"""Where somebody can be written to, in the one form in which addresses are kept and compared. Pure.

An e-mail address is a dot-atom at a host's name (RFC 5322, 3.4.1; RFC 1035): no comment, group or quoting that mail takes
away again, so that what is compared and counted is where the letter goes. A phone number is that of ITU-T E.164.
"""

from __future__ import annotations

import re
import unicodedata

import idna

ATOM, LABEL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+", r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
EMAIL = re.compile(rf"(?=[^@]{{1,64}}@){ATOM}(?:\.{ATOM})*@(?:{LABEL}\.)+[A-Za-z](?:[A-Za-z0-9-]{{0,61}}[A-Za-z0-9])")
LONGEST_EMAIL = 254
BETWEEN = re.compile(r"[\s().\-/\u2010-\u2015]+")
AT_HOME = re.compile(r"1?([2-9][0-9]{2}[2-9][0-9]{6})")
ABROAD = re.compile(r"\+(?!1)[1-9][0-9]{6,14}")
EMAIL_KIND, SMS, VOICE = "email", "sms", "voice"
PHONES = (SMS, VOICE)


def email_of(typed: str) -> str:
    """`Ana@BÜCHER.example` is `Ana@xn--bcher-kva.example`; "" for what is no address. Letters of another script that look
    like ours stay apart: before the @ they are refused, after it they are shown as they are sent."""
    if len(typed) > LONGEST_EMAIL:
        return ""
    local, at, domain = unicodedata.normalize("NFKC", typed).strip().rpartition("@")
    try:
        host = idna.encode(domain, uts46=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError):
        return ""
    address = f"{local}{at}{host}"
    return address if len(address) <= LONGEST_EMAIL and EMAIL.fullmatch(address) else ""


def says_other_letters(address: str) -> bool:
    """Whether the host's name has letters that are not a to z: they can look like those."""
    return any(label.startswith("xn--") for label in address.rpartition("@")[2].split("."))


def phone_of(typed: str) -> str:
    """`(555) 201-7788` is `+15552017788`, and so is `+1 555 201 7788`; "" for what is no number. Numbers without a plus are
    those of North America, where no number that costs more than a call is taken."""
    if len(typed) > 40:
        return ""
    plain = BETWEEN.sub("", unicodedata.normalize("NFKC", typed))
    if plain.startswith("+") and not plain.startswith("+1"):
        return plain if plain.isascii() and ABROAD.fullmatch(plain) else ""
    found = AT_HOME.fullmatch(plain.removeprefix("+")) if plain.isascii() else None
    return f"+1{found[1]}" if found and not found[1].startswith("900") else ""


def phone_words(number: str) -> str:
    """As it is read: `(555) 201-7788`; of elsewhere, `+49 301 234 56`."""
    if number.startswith("+1") and len(number) == 12:
        return f"({number[2:5]}) {number[5:8]}-{number[8:]}"
    return number


def half_hidden(kind: str, value: str) -> str:
    """`ma…@example.org`, `…7788`: its owner knows it, and who looks over a shoulder does not."""
    if kind != EMAIL_KIND:
        return f"…{value[-4:]}" if value else ""
    local, at, host = value.rpartition("@")
    return f"{local[: 2 if len(local) > 3 else 1]}…{at}{host}"
