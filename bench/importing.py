"""How fast a feed goes in, how much memory that takes, and how quick pages stay meanwhile.

The public records beside the repository, repeated under other ids, go through `portal import` into the demo's SQLite
database while `portal serve` answers a patient. Without those records the demo's own feed is repeated.
"""

from __future__ import annotations

import asyncio
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx

HOUSE = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("PLAINCHART_FHIR") or HOUSE.parent / "shared" / "data" / "fhir") / "synthea-2021-uscore"
RESOURCES = int(os.environ.get("IMPORTED", "50000"))
GOAL_PER_SECOND, GOAL_MILLISECONDS = 3000, 300
PAUSE_SECONDS = 0.05
UUIDS = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
SAID = re.compile(r"([\d,]+) resources of ([\d,]+) files? in ([\d.]+) s, ([\d,]+) a second")


@dataclass(frozen=True, slots=True)
class Imported:
    """What one run of `portal import` said of itself, and the most memory its process held (MiB)."""

    read: int
    files: int
    seconds: float
    per_second: int
    peak: float


def feed_texts() -> list[tuple[str, str]]:
    """Names and contents of the files to repeat."""
    if SHARED.is_dir():
        return [(path.name, path.read_text("utf-8")) for path in sorted(SHARED.glob("*.json"))]
    from seeds.deliveries import ENCODE
    from seeds.people import BY_HANDLE

    chart = [one for delivery in BY_HANDLE["self"].feed(datetime.now(UTC)) for one in delivery.resources]
    newest = {(one["resourceType"], one["id"]): one for one in chart}
    named = b"\n".join(ENCODE(one) for one in newest.values()).decode()
    for name in ("self", BY_HANDLE["self"].number):
        named = re.sub(rf'(?<=["/]){re.escape(name)}(?=["-])', str(uuid.uuid5(uuid.NAMESPACE_URL, name)), named)
    return [("self.ndjson", named)]


def repeat(texts: list[tuple[str, str]], folder: Path, times: int, first: int = 0) -> int:
    """Writes each file so many times, each time under other ids. Gives the number of files."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(first, first + times):
        for name, text in texts:
            (folder / f"{number:04}-{name}").write_text(under_other_ids(text, number), "utf-8")
    return times * len(texts)


def under_other_ids(text: str, number: int) -> str:
    known: dict[str, str] = {}

    def other(found: re.Match[str]) -> str:
        name = found.group()
        if name not in known:
            known[name] = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{number} {name}"))
        return known[name]

    return UUIDS.sub(other, text)


def environment(folder: Path, port: int) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PORTAL_", "DATABASE_URL"))}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return kept | {"PORTAL_DATA": str(folder), "PORT": str(port), "PYTHONPATH": str(HOUSE)}


async def run_import(environ: dict[str, str], feed: Path, source: str) -> Imported:
    """One `portal import` in a process of its own, so that its memory is its own. An error is an error here."""
    command = [sys.executable, "-m", "cli", "import", str(feed), "--source", source]
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as complaints:
        process = subprocess.Popen(command, cwd=HOUSE, env=environ, stdout=out, stderr=complaints, stdin=subprocess.DEVNULL)
        _, status, used = await asyncio.to_thread(os.wait4, process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        for file in (out, complaints):
            file.seek(0)
        if process.returncode:
            raise RuntimeError(complaints.read().decode())
        read, files, seconds, pace = SAID.search(out.read().decode()).groups()
    return Imported(whole(read), whole(files), float(seconds), whole(pace), used.ru_maxrss / 1024)


def whole(text: str) -> int:
    return int(text.replace(",", ""))


@dataclass
class Portal:
    """The demo being served, and a patient who is signed in."""

    url: str
    path: str
    token: str
    environ: dict[str, str]

    async def ask_until(self, done: asyncio.Future, pause: float = PAUSE_SECONDS) -> list[float]:
        """Milliseconds of each look at the results, one after the other, until `done`."""
        taken = []
        async with httpx.AsyncClient(base_url=self.url, cookies={"s": self.token}, timeout=30) as client:
            while not done.done():
                began = time.perf_counter()
                answer = await client.get(self.path)
                taken.append((time.perf_counter() - began) * 1000)
                if answer.status_code != 200:
                    raise RuntimeError(f"{self.path}: {answer.status_code}")
                await asyncio.sleep(pause)
        return taken


@contextmanager
def served_demo(folder: Path) -> Iterator[Portal]:
    """A new demo in the folder, served from a process of its own on a free port."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
    environ = environment(folder, port)
    subprocess.run([sys.executable, "-m", "cli", "demo", "--if-missing"], cwd=HOUSE, env=environ, check=True, capture_output=True)
    token, path = asyncio.run(_signed_in(environ))
    serving = [sys.executable, "-m", "cli", "serve", "--port", str(port)]
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(serving, cwd=HOUSE, env=environ, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        try:
            _wait(f"http://localhost:{port}/readyz", process)
            yield Portal(f"http://localhost:{port}", path, token, environ)
        finally:
            process.terminate()
            process.wait(15)


def _wait(address: str, process: subprocess.Popen) -> None:
    for _ in range(400):
        try:
            if httpx.get(address, timeout=2).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.05)
        if process.poll() is not None:
            break
    raise RuntimeError("the portal did not start")


async def _signed_in(environ: dict[str, str]) -> tuple[str, str]:
    import starting
    from bench.requests import sign_in
    from seeds.people import BY_HANDLE
    from settings import Settings

    settings = Settings.from_env(environ)
    house = await starting.open_house(settings, starting.make_house(settings))
    try:
        return await sign_in(house, BY_HANDLE["self"].username), f"/records/{BY_HANDLE['self'].record_ref}/results"
    finally:
        await starting.close_house(house)


def p95(taken: list[float]) -> float:
    return statistics.quantiles(taken, n=20)[-1] if len(taken) > 1 else taken[0]


async def import_while_asked(portal: Portal, feed: Path, source: str) -> tuple[Imported, list[float]]:
    running = asyncio.create_task(run_import(portal.environ, feed, source))
    taken = await portal.ask_until(running)
    return await running, taken


def report() -> None:
    texts = feed_texts()
    with tempfile.TemporaryDirectory(prefix="plainchart-bench-") as name:
        folder = Path(name)
        with served_demo(folder / "var") as portal:
            quarter = _one(portal, texts, folder / "one", resources=RESOURCES // 4, first=0)
            whole_feed = _one(portal, texts, folder / "four", resources=RESOURCES, first=10_000)
    print("Importing, on SQLite, while pages are asked for")
    for imported, taken in (quarter, whole_feed):
        print(f"  {imported.read:>7,} resources of {imported.files:,} files  {imported.per_second:>6,} a second"
              f"   most memory {imported.peak:5.0f} MiB   results page p95 {p95(taken):5.0f} ms ({len(taken)} looks)")  # fmt: skip
    print(f"  goals: {GOAL_PER_SECOND:,} a second, the same memory, {GOAL_MILLISECONDS} ms")


def _one(portal: Portal, texts: list, feed: Path, *, resources: int, first: int) -> tuple[Imported, list[float]]:
    times = max(1, -(-resources // sum(count_of(text) for _, text in texts)))
    repeat(texts, feed, times, first)
    return asyncio.run(import_while_asked(portal, feed, feed.name))


def count_of(text: str) -> int:
    """Resources in one file, near enough: those with an id of their own."""
    import json

    if not text.lstrip().startswith("{") or "\n{" in text:
        return text.count("\n") + 1
    return len(json.loads(text).get("entry", [1]))


if __name__ == "__main__":
    report()
