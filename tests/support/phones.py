"""A gateway of text messages and calls on this machine, which speaks Twilio's API and keeps what it is asked to send."""

from __future__ import annotations

import base64
import contextlib
import json
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

SID, TOKEN, OURS = "AC0123456789abcdef0123456789abcdef", "a token of a test", "+15555550190"


@dataclass
class Phones:
    """`answer` is (status, error code) of whatever is asked next."""

    url: str = ""
    answer: tuple[int, int] = (201, 0)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)

    @property
    def settings(self) -> tuple[str, str, str, str]:
        return self.url, SID, TOKEN, OURS


@contextlib.contextmanager
def fake_phones(certificate: Path | None = None) -> Iterator[Phones]:
    """Over TLS with the certificate of that folder, else plain."""
    phones = Phones()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            phones.asked.append((self.path, {name: values[0] for name, values in parse_qs(body).items()}))
            phones.keys.append(base64.b64decode(self.headers["authorization"].removeprefix("Basic ")).decode())
            status, code = phones.answer
            content = json.dumps({"sid": "SM1"} if status == 201 else {"code": code, "message": "…"}).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args: object) -> None:
            """Tests say what they look for."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if certificate:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
        server.socket = context.wrap_socket(server.socket, server_side=True)
    phones.url = f"http{'s' if certificate else ''}://localhost:{server.server_port}"
    running = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    running.start()
    try:
        yield phones
    finally:
        server.shutdown()
        server.server_close()
        running.join()
