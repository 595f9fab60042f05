"""What the tests of ASVS requirements share: the portal on one database, and what is written down about it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs" / "asvs.md"
PERIODS = {60: "minute", 900: "15 minutes", 3600: "hour", 86_400: "day", 365 * 86_400: "year"}
"""As the document says them."""


@pytest.fixture
def opened(first_opened):
    """One database will do: what differs between them is tested where it is built."""
    return first_opened


@pytest.fixture
def cast(first_templates) -> dict:
    from tests.support.live import read_cast

    first_templates.demo()
    return read_cast(first_templates.cast_json)


def sections() -> dict[str, str]:
    """Of the document: heading → what stands below it."""
    parts = re.split(r"^## (.+)$", DOCUMENT.read_text("utf-8"), flags=re.M)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def limits_in_the_code() -> list[tuple[str, str, str]]:
    """Each limit as the document ought to say it: the beginning of its name, how many, in which period."""
    paths = (path for folder in ("acts", "identity", "handlers") for path in sorted((ROOT / folder).rglob("*.py")))
    return sorted({limit for path in paths for limit in limits_in(path.read_text("utf-8"))})


def limits_in(text: str) -> Iterator[tuple[str, str, str]]:
    tree = ast.parse(text)
    known = dict(pair for line in tree.body if isinstance(line, ast.Assign) for pair in _constants(line))
    for call in ast.walk(tree):
        named = isinstance(call, ast.Call) and getattr(call.func, "attr", getattr(call.func, "id", ""))
        if named in ("Limit", "allow") and len(call.args) >= 3:
            name, times, seconds = call.args[1:4] if named == "allow" else call.args[:3]
            if beginning := _beginning(name):
                yield beginning, str(_value(times, known)), PERIODS[_value(seconds, known)]


def _constants(line: ast.Assign) -> Iterator[tuple[str, int]]:
    (target,), value = line.targets, line.value
    names = target.elts if isinstance(target, ast.Tuple) else [target]
    values = value.elts if isinstance(value, ast.Tuple) and isinstance(target, ast.Tuple) else [value]
    for one, is_worth in zip(names, values, strict=False):
        if isinstance(is_worth, ast.Constant) and isinstance(is_worth.value, int):
            yield one.id, is_worth.value


def _beginning(name: ast.expr) -> str:
    """Of a name that changes with who tries, what stays: "sign-in:ip:"."""
    if isinstance(name, ast.JoinedStr):
        name = name.values[0]
    return name.value if isinstance(name, ast.Constant) else ""


def _value(number: ast.expr, known: dict[str, int]) -> int:
    return number.value if isinstance(number, ast.Constant) else known[number.id]


def unfederated() -> bool:
    """No package that signs people in for somebody else, and no address where such an answer would arrive."""
    from tests.sweep.expected import ROUTES

    known = (ROOT / "pyproject.toml").read_text("utf-8").lower()
    packages = [name for name in ("authlib", "oauthlib", "python3-saml", "pysaml2", "msal", "pyjwt") if name in known]
    arrivals = [path for path in ROUTES if re.search(r"oauth|oidc|saml|callback|/sso", path)]
    return not packages and not arrivals
