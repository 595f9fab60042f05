"""A processor to practise with: pages that take no card, and the few words of Stripe's API that `payments.checkout` uses.

It runs on an address of its own, in demonstrations and in tests. Its pages decline, stop, and tell the portal at once,
twice, later or not at all, as whoever presses the button likes; what they paid is given back at once, later or not. What it
knows outlives its process.
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

SECRET = "sk_test_practice"
"""Known to everybody: it opens nothing but this. By what it tells the portal is signed, each installation has its own."""
TRIES, REST = 30, 0.25
LATER, KEYS_FOR = 20.0, 24 * 3600
LEAST, MOST, SHORTEST, LONGEST = 50, 99_999_999, 30 * 60, 24 * 3600
DELAYS = {"now": (0.0,), "twice": (0.0, 0.0), "later": (LATER,), "never": ()}
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
TAKE = (
    ("asked", "what was asked for"), ("more", "10 more than that"), ("less", "1 less than that"), ("yen", "as much in yen"),
    ("none", "nothing"),
)  # fmt: skip
TELL = (("now", "at once"), ("twice", "at once, and once more"), ("later", "after 20 seconds"), ("never", "not at all"))
BACK = (
    ("now", "pay it back at once"), ("later", "pay it back after 20 seconds"), ("fails", "say no after 20 seconds"),
    ("refused", "say no at once"),
)  # fmt: skip


@dataclass
class Practice:
    """An ASGI application. `hook` is where messages go, signed by `hook_secret`; `clock` says what time it is."""

    origin: str
    hook: str
    hook_secret: str = field(repr=False)
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
            asked = await _body(receive) or scope["query_string"]
            status, headers, body = self.answer(scope["method"], scope["path"], dict(scope["headers"]), asked)
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
        """`body` is the query of an address where nothing else was sent."""
        parts, fields = path.strip("/").split("/"), dict(parse_qsl(body.decode("utf-8", "replace")))
        if parts[0] == "pay" and len(parts) == 2:
            return self._page(method, parts[1], fields)
        if parts[0] != "v1" or headers.get(b"authorization", b"") != f"Bearer {SECRET}".encode():
            return _wrong(401, "unauthorized")
        key = headers.get(b"idempotency-key", b"").decode() or secrets.token_hex(8)
        match (method, *parts[1:]):
            case ("POST", "checkout", "sessions"):
                return self._once(key, fields, self._begin)
            case ("GET", "checkout", "sessions", session) if self.notes.get(session):
                return _json(200, self.session(session))
            case ("POST", "checkout", "sessions", session, "expire") if self.notes.get(session):
                return self._expire(session)
            case ("POST", "refunds"):
                return self._once(key, fields, self._refund)
            case ("GET", "refunds"):
                return _json(200, self._list(fields))
            case ("GET", "refunds", refund) if found := self.refunds(id=refund):
                return _json(200, found[0])
        return _wrong(404, "resource_missing")

    def _once(self, key: str, fields: dict, make: Callable):
        """As Stripe keeps keys: a day long the first answer is given again, whatever happened since; the same key with something
        else is refused. What was refused is not kept."""
        before = self.notes.answered(key, self.clock() - KEYS_FOR)
        if before:
            return _json(200, before[1]) if before[0] == fields else _wrong(400, "idempotency_error")
        made = make(fields)
        if isinstance(made, str):
            return _wrong(400, made)
        self.notes.answer(key, self.clock(), fields, made)
        return _json(200, made)

    def session(self, session: str) -> dict:
        """As it is at this moment: what nobody paid in time is over."""
        one = self.notes.get(session)
        if one["status"] == "open" and one["expires_at"] <= self.clock():
            one = self.notes.change(session, "open", status="expired", url=None)
            self._note_hooks(one, "checkout.session.expired", (0.0,))
        return one

    def _begin(self, fields: dict) -> dict | str:
        """Within the limits of amount and time that Stripe has."""
        session, price = f"cs_test_{secrets.token_hex(12)}", "line_items[0][price_data]"
        amount, time_left = int(fields[f"{price}[unit_amount]"]), int(fields["expires_at"]) - self.clock()
        if not LEAST <= amount <= MOST:
            return "amount_too_small" if amount < LEAST else "amount_too_large"
        if not SHORTEST <= time_left <= LONGEST:
            return "parameter_invalid_integer"
        return self.notes.add({
            "id": session, "object": "checkout.session", "status": "open", "payment_status": "unpaid", "mode": "payment",
            "amount_total": amount, "currency": fields[f"{price}[currency]"],
            "words": fields[f"{price}[product_data][name]"], "client_reference_id": fields["client_reference_id"],
            "url": f"{self.origin}/pay/{session}", "success_url": fields["success_url"], "cancel_url": fields["cancel_url"],
            "expires_at": int(fields["expires_at"]), "payment_intent": None, "payment_method_types": [fields["payment_method_types[0]"]],
        })  # fmt: skip

    def _expire(self, session: str):
        if self.session(session)["status"] != "open":
            return _wrong(400, "not_open")
        return _json(200, self.notes.change(session, "open", status="expired", url=None))

    def _refund(self, fields: dict) -> dict | str:
        """As whoever paid chose: done at once, done or refused later, or refused now."""
        charge, amount = fields["payment_intent"], int(fields["amount"])
        paid = next((one for one in self.notes.sessions() if one["payment_intent"] == charge), None)
        back = sum(one["amount"] for one in self.refunds(charge=charge) if one["status"] != "failed")
        if not paid or not 0 < amount <= paid["amount_total"] - back or paid["back"] == "refused":
            return "charge_already_refunded"
        return self.notes.add_refund({
            "id": f"re_test_{secrets.token_hex(12)}", "object": "refund", "amount": amount, "payment_intent": charge,
            "status": "succeeded" if paid["back"] == "now" else "pending", "metadata": {"reference": fields["metadata[reference]"]},
            "ends": "failed" if paid["back"] == "fails" else "succeeded", "ends_at": self.clock() + LATER,
        })  # fmt: skip

    def _list(self, fields: dict) -> dict:
        """Newest first, a page of `limit` after `starting_after`."""
        found, limit = self.refunds(charge=fields["payment_intent"]), int(fields.get("limit", 10))
        first = next((place for place, one in enumerate(found, 1) if one["id"] == fields.get("starting_after")), 0)
        return {"object": "list", "data": found[first : first + limit], "has_more": len(found) > first + limit}

    def refunds(self, **which: str) -> list[dict]:
        """As they are at this moment."""
        return [
            self.notes.change_refund(one | {"status": one["ends"]})
            if one["status"] == "pending" and one["ends_at"] <= self.clock() else one
            for one in self.notes.refunds(**which)
        ]  # fmt: skip

    def _page(self, method: str, session: str, fields: dict):
        if not self.notes.get(session):
            return _html(404, "<h1>Not found</h1><p>There is no such payment here.</p>")
        one = self.session(session)
        if method == "POST" and fields.get("do") == "stop":
            return _away(one["cancel_url"])
        if one["status"] != "open":
            return _html(200, f"<h1>This is over</h1><p><a href='{escape(one['success_url'])}'>Back to the clinic</a></p>")
        if method == "POST" and fields.get("do") == "pay":
            return self._pay(session, fields.get("tell", "now"), fields.get("back", "now"), fields.get("take", "asked"))
        return _html(200, _form(one, declined=method == "POST"))

    def _pay(self, session: str, tell: str, back: str, take: str):
        paid = {"status": "complete", "payment_status": "paid", "payment_intent": f"pi_test_{secrets.token_hex(12)}"}
        one = self.notes.change(session, "open", **paid, **_taken(self.notes.get(session), take), back=back, url=None)
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
        mac = hmac.new(self.hook_secret.encode(), f"{now}.{body}".encode(), hashlib.sha256)
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


def _wrong(status: int, code: str):
    return _json(status, {"error": {"type": "invalid_request_error", "code": code}})


def _away(address: str):
    return 303, {"location": address}, ""


def _html(status: int, body: str):
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    headers = {"content-type": "text/html; charset=utf-8", "content-security-policy": CSP.format(hash=digest), "cache-control": "no-store"}
    return status, headers, f"{HEAD}<style>{STYLE}</style></head><body><main>{body}</main></body></html>"


def _form(one: dict, declined: bool) -> str:
    places = 0 if one["currency"] in WHOLE else 2
    amount = f"{one['amount_total'] / 10**places:,.{places}f} {one['currency'].upper()}"
    said = "<p role=alert><strong>The card was declined. Nothing was taken.</strong></p>" if declined else ""
    return (
        f"<h1>Practice payment</h1>{said}<p>This is no real card company. No card is asked for, and no money moves.</p>"
        f"<p><strong>{escape(one['words'])}: {amount}</strong></p><form method=post>"
        f"{_ways('tell', 'Tell the clinic', TELL)}{_ways('back', 'If the clinic gives it back', BACK)}{_ways('take', 'Take', TAKE)}<button name=do value=pay>Pay</button><button name=do value=decline>Decline the card</button>"
        "<button name=do value=stop>Stop and go back</button></form>"
    )


def _taken(one: dict, take: str) -> dict:
    """As a processor may do that is set up wrongly: another sum or currency than it was asked for."""
    sums = {"more": one["amount_total"] + 1000, "less": one["amount_total"] - 100, "none": 0}
    return {"amount_total": sums.get(take, one["amount_total"]), "currency": "jpy" if take == "yen" else one["currency"]}


def _ways(name: str, legend: str, ways: tuple) -> str:
    radios = "".join(
        f"<label><input type=radio name={name} value={code}{' checked' if code == ways[0][0] else ''}> {words}</label>"
        for code, words in ways
    )
    return f"<fieldset><legend>{legend}</legend>{radios}</fieldset>"
