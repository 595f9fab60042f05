"""A button that sends its form to another address than the form's, such as the one that keeps a draft.

Text browsers (w3m 0.5, Lynx 2.9) know no `formaction` and send the form to its own address. Without more, who only looks for
an answer would send what they have half written. So such a button also says where it goes in what it sends, and that is done.
Lynx shows and speaks those words too, so they are short: an address seen from the form's own, such as `draft`.
"""

from __future__ import annotations

from urllib.parse import SplitResult, urlencode, urljoin, urlsplit

from litestar.types import Message, Scope, Send

FORM = b"application/x-www-form-urlencoded"
STAY = "/stay"
OWN = (b"content-type", b"content-length", b"transfer-encoding")
WHO_ASKS = ("viewer", "request_id", "cookies")
"""What the outermost wrapper found out of who sent a request."""


def goes_elsewhere(scope: Scope) -> str:
    """The address that the pressed button names; "" where the form is at its address, or was sent on to it already."""
    state = scope["state"]
    fields = state["fields"]
    there = fields.get("to") or (STAY if "look" in fields else "")
    address = _seen_from(scope["path"], there)
    arrived = scope["path"].endswith(f"/{there}") or own_path(address) in ("/", scope["path"])
    return "" if not there or arrived or state.get("sent_on") else address


def _seen_from(path: str, there: str) -> str:
    try:
        return urljoin(path, there)
    except ValueError:
        return ""


async def go_there(scope: Scope, there: str, send: Send) -> None:
    """As a browser would have sent it, without its files, and judged as if it had: by that address's own token and access."""
    state, parts = scope["state"], urlsplit(there)
    fields = state["fields"]
    names = {name: upload.name for name, upload in fields.files.items()}
    body = urlencode([(name, names.get(name, value)) for name, value in fields.pairs]).encode()
    headers = [pair for pair in scope["headers"] if pair[0].lower() not in OWN]
    headers += [(b"content-type", FORM), (b"content-length", str(len(body)).encode())]
    anew = {name: state[name] for name in WHO_ASKS} | {"sent_on": True}

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    at = {"path": parts.path, "raw_path": parts.path.encode(), "query_string": parts.query.encode()}
    try:
        await scope["app"]({**scope, **at, "headers": headers, "state": anew}, receive, send)
    finally:
        state.update(anew)  # the outermost wrapper writes down what was shown there


def own_path(address: str) -> str:
    """The path of an address on this portal; "/" for anything that might lead elsewhere."""
    parts = parts_of(address)
    if parts is None:
        return "/"
    ours = not parts.scheme and not parts.netloc and address.startswith("/") and not address.startswith(("//", "/\\"))
    return parts.path if ours else "/"


def parts_of(address: str) -> SplitResult | None:
    """None for what is no address, such as `http://[::1`."""
    try:
        return urlsplit(address)
    except ValueError:
        return None
