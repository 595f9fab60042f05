"""`make run` from end to end: the demo is made, its people are printed, the second start is quick."""

import os
import signal
import subprocess
import time
import urllib.request

import pytest

from tests.support.databases import HOUSE, free_port

SECOND_START_SECONDS = 3


def started(folder, port: int) -> tuple[float, str]:
    """Seconds until the portal answers, and what it printed until it was ended."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("PORTAL_", "DATABASE_URL"))}
    said = folder / "said"
    began = time.monotonic()
    with open(said, "w") as out:
        process = subprocess.Popen(
            ["make", "run", f"PORT={port}"], cwd=HOUSE, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
            env=environ | {"PORTAL_DATA": str(folder / "var")}, start_new_session=True,
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


def test_the_demo_runs_with_one_command_and_starts_again_quickly(tmp_path):
    if not (HOUSE / ".venv/.made-from").exists():
        pytest.skip("this environment was not made by bin/setup")
    port = free_port()
    _, first = started(tmp_path, port)
    seconds, second = started(tmp_path, port)
    if seconds >= SECOND_START_SECONDS:  # other tests run beside this one, so it may try once more
        seconds, second = started(tmp_path, port)
    for said in (first, second):
        assert "maria.delgado" in said and f"http://localhost:{port}" in said
    assert seconds < SECOND_START_SECONDS
    assert sorted(path.name for path in (tmp_path / "var").iterdir() if path.suffix == "") == ["audit-key", "keys"]
