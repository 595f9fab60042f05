"""A processor to practise with: pages that take no card, and the few words of Stripe's API that `payments.checkout` uses.

It runs on an address of its own, in demonstrations and in tests. Its pages decline, stop, and tell the portal at once,
twice, later or not at all, as whoever presses the button likes. What it knows outlives its process.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from urllib.parse import parse_qsl

import httpx

from payments.notebook import Notebook

SECRET, HOOK_SECRET = "sk_test_practice", "whsec_practice"
"""Known to everybody: they open nothing but this."""
TRIES, REST = 30, 0.25
DELAYS = {"now": (0.0,), "twice": (0.0, 0.0), "later": (20.0,), "never": ()}
STYLE = (
    "body{font:1.1rem/1.5 sans-serif;max-width:34rem;margin:2rem auto;padding:0 1rem;color:#111;background:#fff}"
    "button{font:inherit;padding:.6rem 1.2rem;margin:.4rem .4rem .4rem 0;min-height:44px}label{display:block;padding:.5rem 0}"
)
HEAD = (
    "<!doctype html><html lang=en><head><meta charset=utf-8><meta name=viewport content='width=device-width'>"
    "<title>Practice payment</title>"
)
CSP = "default-src 'none'; style-src 'sha256-{hash}'; form-action *; base-uri 'none'; frame-ancestors 'none'"
WHOLE = ("jpy", "krw")
TELL = (("now", "at once"), ("twice", "at once, and once more"), ("later", "after 20 seconds"), ("never", "not at all"))


@dataclass
class Practice:
    """An ASGI application. `hook` is where messages go; `clock` says what time it is."""

    origin: str
    hook: str
    file: Path | str = ":memory:"
    clock: Callable[[], float] = time.time
    send: Callable | None = None
    """Delivers one message (body, signature) and says whether it was taken; by HTTP unless told."""
    notes: Notebook = field(init=False)

    def __post_init__(self) -> None:
        self.notes = Notebook(str(self.file))

    async def __call__(self, scope, receive, send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            status, headers, body = self.answer(scope["method"], scope["path"], dict(scope["headers"]), await _body(receive))
            pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
            await send({"type": "http.response.start", "status": status, "headers": pairs})
            await send({"type": "http.response.body", "body": body.encode()})

    async def _live(self, receive, send) -> None:
        await receive()
        telling = asyncio.create_task(self._tell())
        await send({"type": "lifespan.startup.complete"})
        await receive()
        telling.cancel()
        with suppress(asyncio.CancelledError):
            await telling
        self.notes.close()
        await send({"type": "lifespan.shutdown.complete"})

    # What the API and the pages answer

    def answer(self, method: str, path: str, headers: dict[bytes, bytes], body: bytes) -> tuple[int, dict[str, str], str]:
        parts, fields = path.strip("/").split("/"), dict(parse_qsl(body.decode("utf-8", "replace")))
        if parts[0] == "pay" and len(parts) == 2:
            return self._page(method, parts[1], fields)
        if parts[0] != "v1" or headers.get(b"authorization", b"") != f"Bearer {SECRET}".encode():
            return _json(401, {"error": {"type": "invalid_request_error", "code": "unauthorized"}})
        match (method, *parts[1:]):
            case ("POST", "checkout", "sessions"):
                return _json(200, self._begin(fields, headers.get(b"idempotency-key", b"").decode() or secrets.token_hex(8)))
            case ("GET", "checkout", "sessions", session) if self.notes.get(session):
                return _json(200, self.session(session))
            case ("POST", "checkout", "sessions", session, "expire") if self.notes.get(session):
                return self._expire(session)
            case ("POST", "refunds"):
                return self._refund(fields, headers.get(b"idempotency-key", b"").decode())
        return _json(404, {"error": {"type": "invalid_request_error", "code": "resource_missing"}})

    def session(self, session: str) -> dict:
        """As it is at this moment: what nobody paid in time is over."""
        one = self.notes.get(session)
        if one["status"] == "open" and one["expires_at"] <= self.clock():
            one = self.notes.change(session, "open", status="expired", url=None)
            self._note_hooks(one, "checkout.session.expired", (0.0,))
        return one

    def _begin(self, fields: dict, key: str) -> dict:
        session = f"cs_test_{secrets.token_hex(12)}"
        price = "line_items[0][price_data]"
        return self.notes.add(key, session, {
            "id": session, "object": "checkout.session", "status": "open", "payment_status": "unpaid", "mode": "payment",
            "amount_total": int(fields[f"{price}[unit_amount]"]), "currency": fields[f"{price}[currency]"],
            "words": fields[f"{price}[product_data][name]"], "client_reference_id": fields["client_reference_id"],
            "url": f"{self.origin}/pay/{session}", "success_url": fields["success_url"], "cancel_url": fields["cancel_url"],
            "expires_at": int(fields["expires_at"]), "payment_intent": None,
        })  # fmt: skip

    def _expire(self, session: str):
        if self.session(session)["status"] != "open":
            return _json(400, {"error": {"type": "invalid_request_error", "code": "not_open"}})
        return _json(200, self.notes.change(session, "open", status="expired", url=None))

    def _refund(self, fields: dict, key: str):
        one = self.notes.refund(key, fields["payment_intent"], int(fields["amount"]))
        return _json(200, one) if one else _json(400, {"error": {"type": "invalid_request_error", "code": "charge_already_refunded"}})

    def _page(self, method: str, session: str, fields: dict):
        if not self.notes.get(session):
            return _html(404, "<h1>Not found</h1><p>There is no such payment here.</p>")
        one = self.session(session)
        if method == "POST" and fields.get("do") == "stop":
            return _away(one["cancel_url"])
        if one["status"] != "open":
            return _html(200, f"<h1>This is over</h1><p><a href='{escape(one['success_url'])}'>Back to the clinic</a></p>")
        if method == "POST" and fields.get("do") == "pay":
            return self._pay(session, fields.get("tell", "now"))
        return _html(200, _form(one, declined=method == "POST"))

    def _pay(self, session: str, tell: str):
        charge = f"pi_test_{secrets.token_hex(12)}"
        one = self.notes.change(session, "open", status="complete", payment_status="paid", payment_intent=charge, url=None)
        self._note_hooks(one, "checkout.session.completed", DELAYS.get(tell, (0.0,)))
        return _away(one["success_url"])

    # What it tells the portal

    def _note_hooks(self, one: dict, kind: str, delays: tuple[float, ...]) -> None:
        event = {"id": f"evt_{secrets.token_hex(12)}", "object": "event", "type": kind, "data": {"object": one}}
        for delay in delays:
            self.notes.message(json.dumps(event), self.clock() + delay)

    def signature(self, body: str) -> str:
        """As Stripe signs: HMAC-SHA256 over the moment and the body."""
        now = int(self.clock())
        mac = hmac.new(HOOK_SECRET.encode(), f"{now}.{body}".encode(), hashlib.sha256)
        return f"t={now},v1={mac.hexdigest()}"

    async def _tell(self) -> None:
        async with httpx.AsyncClient(timeout=5) as line:
            while True:
                await self.tell_due(self.send or _post(line, self.hook))
                await asyncio.sleep(REST)

    async def tell_due(self, send: Callable) -> None:
        """Every message whose time has come; one that is not taken comes again, for a while."""
        for number, body, tries in self.notes.due(self.clock()):
            taken = await send(body, self.signature(body))
            self.notes.told(number, taken or tries >= TRIES, self.clock() + min(60, 2**tries))


def _post(line: httpx.AsyncClient, hook: str) -> Callable:
    async def send(body: str, signature: str) -> bool:
        with suppress(httpx.HTTPError):
            return (await line.post(hook, content=body, headers={"stripe-signature": signature})).status_code == 200
        return False

    return send


async def _body(receive) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    return body


def _json(status: int, content: dict):
    return status, {"content-type": "application/json"}, json.dumps(content)


def _away(address: str):
    return 303, {"location": address}, ""


def _html(status: int, body: str):
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    headers = {"content-type": "text/html; charset=utf-8", "content-security-policy": CSP.format(hash=digest), "cache-control": "no-store"}
    return status, headers, f"{HEAD}<style>{STYLE}</style></head><body><main>{body}</main></body></html>"


def _form(one: dict, declined: bool) -> str:
    places = 0 if one["currency"] in WHOLE else 2
    amount = f"{one['amount_total'] / 10**places:,.{places}f} {one['currency'].upper()}"
    ways = "".join(
        f"<label><input type=radio name=tell value={code}{' checked' if code == 'now' else ''}> {words}</label>"
        for code, words in TELL
    )
    said = "<p role=alert><strong>The card was declined. Nothing was taken.</strong></p>" if declined else ""
    return (
        f"<h1>Practice payment</h1>{said}<p>This is no real card company. No card is asked for, and no money moves.</p>"
        f"<p><strong>{escape(one['words'])}: {amount}</strong></p><form method=post><fieldset><legend>Tell the clinic</legend>"
        f"{ways}</fieldset><button name=do value=pay>Pay</button><button name=do value=decline>Decline the card</button>"
        "<button name=do value=stop>Stop and go back</button></form>"
    )
