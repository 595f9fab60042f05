"""How long `make run` takes, the first time and again."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[1]
GOAL_SECONDS = 3


def report() -> None:
    with tempfile.TemporaryDirectory(prefix="plainchart-bench-") as name:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        first, _ = started(Path(name), port)
        again, _ = started(Path(name), port)
    print(f"make run: {first:.1f} s with a new database, {again:.1f} s again (goal: {GOAL_SECONDS} s)")


def started(folder: Path, port: int) -> tuple[float, str]:
    """Seconds until the portal answers, and what it printed until it was ended."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("PORTAL_", "DATABASE_URL"))}
    with socket.socket() as free:  # the next port may be somebody else's
        free.bind(("127.0.0.1", 0))
        ours = {"PORTAL_DATA": str(folder / "var"), "PORTAL_PRACTICE_PORT": str(free.getsockname()[1])}
    said = folder / "said"
    began = time.monotonic()
    with open(said, "w") as out:
        process = subprocess.Popen(
            ["make", "run", f"PORT={port}"], cwd=HOUSE, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
            env=environ | ours, start_new_session=True,
        )  # fmt: skip
        try:
            while not answers(port):
                assert process.poll() is None and time.monotonic() - began < 60, said.read_text()
                time.sleep(0.02)
            return time.monotonic() - began, said.read_text()
        finally:
            os.killpg(process.pid, signal.SIGTERM)  # make and what it started are a group of their own
            process.wait(20)


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://localhost:{port}/readyz", timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False
