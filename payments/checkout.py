"""Stripe Checkout, by Stripe's own client: full redirect, so that no card number ever comes near us (PCI DSS SAQ A)."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Awaitable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from payments import (
    COMING, GONE, OPEN, PAID, REFUSED, RETURNED, Asked, Checkout, Forged, NotTaken, Returned, Unreachable,
)  # fmt: skip

SECONDS = 10
OURS_TO_MEND, SERVER_FAULT = (401, 403, 404, 409), 500
"""A key that is wrong or may not, an account that does not know what another was asked, the same asked at the same moment:
that says nothing of a payment, and somebody will mend it."""
REFERENCE, PAGE = "reference", 100
ENDS = {"succeeded": RETURNED, "failed": REFUSED, "canceled": REFUSED}
TOLERANCE = 300
"""So many seconds old may a signature be, or ahead of our clock; a message that comes days late is signed when it is sent."""
LONGEST, MOST, CURRENCY = 160, 2**53, re.compile("[A-Z]{3}")
FAILED = "checkout.session.async_payment_failed"
TOLD = (
    "checkout.session.completed", "checkout.session.expired", "checkout.session.async_payment_succeeded", FAILED,
)  # fmt: skip
"""The kinds of message that we read; any other is none of our business."""


@dataclass
class Processor:
    """`api` is empty for Stripe itself; `origin` is where its pages are. Stripe's package is loaded at first use: it costs
    more than the rest of the portal's start."""

    secret: str = field(repr=False)
    hook_secret: str = field(repr=False)
    origin: str
    api: str = ""
    _line: Any = field(default=None, init=False, repr=False)

    @cached_property
    def _client(self) -> Any:
        import stripe

        own = {"base_addresses": {"api": self.api}} if self.api else {}
        self._line = stripe.HTTPXClient(timeout=SECONDS)
        return stripe.StripeClient(self.secret, http_client=self._line, max_network_retries=0, **own)

    async def begin(self, asked: Asked) -> Checkout:
        """The page on which it can be paid; asked again with the same key and end, the same page. By card only: of money that
        takes days to come nobody could say whether it is still owed."""
        item = {"currency": asked.currency.lower(), "unit_amount": asked.amount, "product_data": {"name": asked.words}}
        params: dict[str, Any] = {
            "mode": "payment", "payment_method_types": ["card"], "client_reference_id": asked.key, "line_items": [{"quantity": 1, "price_data": item}],
            "success_url": asked.done_at, "cancel_url": asked.stopped_at, "expires_at": int(asked.ends_at.timestamp()),
        }
        sessions = self._client.v1.checkout.sessions
        once = {"idempotency_key": f"{asked.key}:{params['expires_at']}"}
        return _read(await _answer(sessions.create_async(params, once)))

    async def look(self, session: str) -> Checkout:
        return _read(await _answer(self._client.v1.checkout.sessions.retrieve_async(session)))

    async def call_off(self, session: str) -> Checkout:
        """Closes its page. What was paid meanwhile stays paid, and is said so."""
        try:
            return _read(await _answer(self._client.v1.checkout.sessions.expire_async(session)))
        except NotTaken:
            return await self.look(session)

    async def give_back(self, charge: str, amount: int, key: str) -> Returned:
        """With the same key, the same refund; but the answer is the first one, however long ago, and keys are forgotten after
        a day. So it is asked for until it answers, and then `look_back` is asked."""
        params = {"payment_intent": charge, "amount": amount, "metadata": {REFERENCE: key}}
        return _read_refund(await _answer(self._client.v1.refunds.create_async(params, {"idempotency_key": key})))

    async def look_back(self, known_as: str) -> Returned:
        return _read_refund(await _answer(self._client.v1.refunds.retrieve_async(known_as)))

    async def find_back(self, charge: str, key: str) -> Returned | None:
        """The refund that was asked for with this key, if there is one."""
        params: dict[str, Any] = {"payment_intent": charge, "limit": PAGE}
        while True:
            page = await _answer(self._client.v1.refunds.list_async(params))
            for one in page["data"]:
                if (one.get("metadata") or {}).get(REFERENCE) == key:
                    return _read_refund(one)
            if not page["has_more"]:
                return None
            params |= {"starting_after": page["data"][-1]["id"]}

    def heard(self, body: bytes, signature: str) -> Checkout | None:
        """What a message of the processor's says; None for a kind that we do not read, or for what cannot be read: it would
        only come again as it is. Raises Forged."""
        import stripe

        try:
            stripe.WebhookSignature.verify_header(body, signature, self.hook_secret, TOLERANCE)
            ahead = signed_at(signature) - time.time() > TOLERANCE
        except (stripe.SignatureVerificationError, ValueError):
            raise Forged from None
        if ahead:
            raise Forged
        try:
            event = json.loads(body)
            if event["type"] not in TOLD:
                return None
            told = _fit(_read(event["data"]["object"]))
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
            return None
        return replace(told, state=GONE) if event["type"] == FAILED and told.state == OPEN else told

    async def close(self) -> None:
        if self._line:
            await self._line.close_async()


async def _answer(asking: Awaitable[Any]) -> dict[str, Any]:
    import stripe

    try:
        return (await asking).to_dict()
    except stripe.StripeError as error:
        status = error.http_status or SERVER_FAULT
        busy = isinstance(error, stripe.APIConnectionError | stripe.RateLimitError)
        unsure = busy or status in OURS_TO_MEND or status >= SERVER_FAULT
        raise (Unreachable if unsure else NotTaken)(error.code or type(error).__name__) from None


def _read(session: dict[str, Any]) -> Checkout:
    """A Checkout Session, as the API and its messages have it."""
    paid = session["payment_status"] in ("paid", "no_payment_required")
    state = PAID if paid else GONE if session["status"] == "expired" else OPEN
    return Checkout(
        session["id"], session.get("client_reference_id") or "", state, session.get("amount_total") or 0,
        (session.get("currency") or "").upper(), session.get("url") or "", session.get("payment_intent") or "",
    )  # fmt: skip


def _fit(told: Checkout) -> Checkout:
    """As it may be written down. Raises ValueError: whoever can sign may still say what is no payment at all."""
    texts = (told.session, told.key, told.currency, told.charge)
    if not all(isinstance(text, str) and text.isprintable() and len(text) <= LONGEST for text in texts):
        raise ValueError("no text")
    if type(told.amount) is not int or abs(told.amount) > MOST or not (told.session and CURRENCY.fullmatch(told.currency)):
        raise ValueError("no sum")
    return told


def signed_at(signature: str) -> int:
    """The latest moment that a signature names. Raises ValueError."""
    return max(int(part.partition("=")[2]) for part in signature.split(",") if part.startswith("t="))


def _read_refund(refund: dict[str, Any]) -> Returned:
    return Returned(refund["id"], ENDS.get(refund["status"], COMING))
