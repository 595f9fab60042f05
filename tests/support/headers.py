"""The headers that every answer carries, whatever it is (SECURITY: contracts 5 to 7), checked on every response."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

# `form-action` may name one more origin: the card processor's.
POLICY = {
    "default-src": ["'none'"], "script-src": ["'self'"], "style-src": ["'self'"], "img-src": ["'self'"],
    "connect-src": ["'self'"], "form-action": ["'self'"], "base-uri": ["'none'"], "frame-ancestors": ["'none'"],
}  # fmt: skip
EXACT = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
FEATURES = ("camera", "geolocation", "microphone", "payment")


def header_problems(headers: Mapping[str, str], path: str, *, secure: bool = False) -> list[str]:
    """One sentence for each header that is missing or says something else. `secure`: the portal's origin is https."""
    return [*_exact(headers), *_caching(headers, path), *_policy(headers), *_others(headers, secure)]


def _exact(headers: Mapping[str, str]) -> Iterator[str]:
    for name, value in EXACT.items():
        if headers.get(name) != value:
            yield f"{name} is {headers.get(name)!r}, not {value!r}"


def _caching(headers: Mapping[str, str], path: str) -> Iterator[str]:
    """Only files under a hashed name may be kept, and those for ever."""
    said = headers.get("cache-control", "")
    if path.startswith("/static/") and "immutable" in said:
        if "public" not in said or "max-age=31536000" not in said:
            yield f"cache-control of a hashed file is {said!r}"
    elif path == "/favicon.ico":  # asked for by browsers under this name only, and it is the same for everybody
        if "private" in said or not said:
            yield f"cache-control of the icon is {said!r}"
    elif said != "no-store":
        yield f"cache-control is {said!r}, not 'no-store'"
    vary = {name.strip().lower() for name in headers.get("vary", "").split(",")}
    if headers.get("content-type", "").startswith("text/html") and "hx-request" not in vary:
        yield "vary does not name HX-Request, so a piece could be kept as the page"


def _policy(headers: Mapping[str, str]) -> Iterator[str]:
    told = {part.split()[0]: part.split()[1:] for part in headers.get("content-security-policy", "").split(";") if part.strip()}
    for name, sources in POLICY.items():
        given = told.pop(name, None)
        allowed = given is not None and (given == sources or (name == "form-action" and given[:1] == sources and len(given) == 2))
        if not allowed:
            yield f"content-security-policy: {name} is {given}, not {sources}"
    for name in set(told) - {"sandbox"}:
        yield f"content-security-policy: {name} is more than the contract allows"


def _others(headers: Mapping[str, str], secure: bool) -> Iterator[str]:
    features = headers.get("permissions-policy", "")
    for feature in FEATURES:
        if f"{feature}=()" not in features:
            yield f"permissions-policy leaves {feature} open"
    if secure and "max-age=" not in headers.get("strict-transport-security", ""):
        yield "strict-transport-security is missing"
    for name in ("server", "x-powered-by"):
        if name in headers:
            yield f"{name} tells what the portal is made of"
    cookies = headers.get("set-cookie", "")
    if cookies and ("httponly" not in cookies.lower() or "samesite=lax" not in cookies.lower()):
        yield "a cookie is not HttpOnly and SameSite=Lax"
    if secure and cookies and "secure" not in cookies.lower():
        yield "a cookie is not Secure"
