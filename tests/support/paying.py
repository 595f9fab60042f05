"""The practice processor on a port of its own, reached by Stripe's real client; its messages are delivered when a test says so."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import httpx
import uvicorn

from payments.practice import Practice
from settings import Settings
from tests.support.client import Client, Seen
from tests.support.databases import free_port, portal_environment

HOOK_SECRET = Settings.from_env(portal_environment("sqlite:///none")).practice_hook_secret


@dataclass
class Till:
    """Whoever pays, at the processor's page. `practice` is the processor itself."""

    practice: Practice
    port: int
    heard: list[tuple[str, str]] = field(default_factory=list)

    @property
    def origin(self) -> str:
        return self.practice.origin

    async def at(self, address: str, do: str, tell: str = "now", back: str = "now", take: str = "asked") -> str:
        """Presses a button there: where it leads. `back` is how it will take being asked to give it back, `take` what it takes."""
        async with httpx.AsyncClient() as somebody:
            answer = await somebody.post(address, data={"do": do, "tell": tell, "back": back, "take": take})
        return answer.headers.get("location", "")

    async def delivers(self, client: Client) -> list[int]:
        """Every message that is due, into the portal: how each was answered."""
        answers = []

        async def send(body: str, signature: str) -> bool:
            self.heard.append((body, signature))
            answers.append((await tell(client, body, signature)).status)
            return answers[-1] == 200

        await self.practice.tell_due(send)
        return answers

    def event(self, session: str, kind: str = "checkout.session.completed", **changed) -> str:
        """A message about this session as it is now, or as it is not."""
        return json.dumps({"id": "evt_test", "type": kind, "data": {"object": self.practice.session(session) | changed}})


async def tell(client: Client, body: str, signature: str) -> Seen:
    headers = {"stripe-signature": signature, "content-type": "application/json", "Origin": None, "Sec-Fetch-Site": None}
    return await client.request("POST", "/hooks/payments", content=body, headers=headers)


def signed(body: str, secret: str = HOOK_SECRET, at: int | None = None) -> str:
    """By Stripe's own hand."""
    import stripe

    return stripe.WebhookSignature.generate_signature_header(body, secret, at)


@contextlib.contextmanager
def running_till() -> Iterator[Till]:
    """One that knows nothing yet."""
    with served(Practice("", "", HOOK_SECRET)) as till:
        yield till


@contextlib.contextmanager
def served(practice: Practice) -> Iterator[Till]:
    """Without its own round of telling: a test says when a message is delivered."""
    port = free_port()
    practice.origin = f"http://127.0.0.1:{port}"
    config = uvicorn.Config(practice, host="127.0.0.1", port=port, log_config=None, access_log=False, lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield Till(practice, port)
    server.should_exit = True
    thread.join(5)
    practice.notes.close()
