"""The portal as people meet it: `portal serve` in a process of its own on a free port of this machine."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass

import pyotp

from tests.support.databases import HOUSE, free_port, portal_environment

START_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Member:
    """One of the demo's cast, as `portal demo --cast-json` tells it."""

    handle: str
    name: str
    username: str
    password: str
    totp_secret: str
    role: str
    record: str

    @property
    def code(self) -> str:
        """The six digits that the authenticator app shows now."""
        return pyotp.TOTP(self.totp_secret).now()


def read_cast(printed: str) -> dict[str, Member]:
    """By handle. The JSON stands on the lines from the first `[`."""
    people = json.loads(printed[printed.index("[") :])
    return {person["handle"]: Member(**{name: person.get(name) or "" for name in Member.__slots__}) for person in people}


@dataclass(frozen=True)
class Live:
    """A running portal: where it answers, what it stores in, which process it is."""

    url: str
    database_url: str
    process: subprocess.Popen
    log: str

    def said(self) -> str:
        """Everything it wrote so far, errors included."""
        with open(self.log) as file:
            return file.read()


@contextlib.contextmanager
def running_portal(database_url: str, **environ: str) -> Iterator[Live]:
    """Starts, waits until it is ready, and ends the very process it started."""
    port = free_port()
    with tempfile.NamedTemporaryFile(prefix="plainchart-live-", suffix=".log") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "cli", "serve", "--port", str(port)], cwd=HOUSE, stdin=subprocess.DEVNULL,
            stdout=log, stderr=log, env=portal_environment(database_url, **{"PORT": str(port), "PORTAL_PRACTICE_PORT": str(free_port()), **environ}),
        )  # fmt: skip
        live = Live(f"http://localhost:{port}", database_url, process, log.name)
        try:
            _wait_until_ready(live)
            yield live
        finally:
            _end(process)


def _wait_until_ready(live: Live) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if live.process.poll() is not None:
            raise RuntimeError(f"portal serve ended with {live.process.returncode}:\n{live.said()}")
        try:
            with urllib.request.urlopen(f"{live.url}/readyz", timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise RuntimeError(f"portal serve was not ready within {START_SECONDS} s:\n{live.said()}")


def _end(process: subprocess.Popen) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
