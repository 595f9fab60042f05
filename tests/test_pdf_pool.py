"""The workers that draw: how many wait, how long, and what happens when one hangs, dies or outgrows its room."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

import pdf.host
from pdf import PdfBusy, PdfFailed, PdfPool, PdfRefused, PdfTooLarge, PdfUnavailable
from tests.support.pdf_samples import HOUSE, ONE_PAGE, document, rows

SLOW = document(rows(900))  # seconds of work
SLOWER = document(rows(150))  # than one page


@asynccontextmanager
async def opened(**settings: object) -> AsyncIterator[PdfPool]:
    """Patient enough for a machine that does much else, unless the test is about that."""
    pool = PdfPool(**{"queue_seconds": 60, "timeout_seconds": 60} | settings)
    try:
        yield pool
    finally:
        await pool.close()


OTHERS: set[int] = set()
"""Workers that were there before: those of the whole run."""


@pytest.fixture(scope="module", autouse=True)
def others():
    OTHERS.update(children())


def children() -> set[int]:
    """The workers of this process, by what they were started as."""
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # a process may end while we look
            parent = folder.joinpath("stat").read_text().rpartition(") ")[2].split()[1]
            if int(parent) == os.getpid() and b"pdf.worker" in folder.joinpath("cmdline").read_bytes():
                found.add(int(folder.name))
    return found - OTHERS


def is_gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(") ")[1].startswith("Z")
    except (FileNotFoundError, ProcessLookupError):
        return True


async def until(condition: Callable[[], object], seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)


async def test_nothing_starts_before_the_first_document():
    async with opened() as pool:
        assert children() == set()
        await pool.render(ONE_PAGE)
        assert len(children()) == 1


async def test_weasyprint_is_never_imported_into_the_portal():
    async with opened() as pool:
        await pool.render(ONE_PAGE)
    code = "import pdf, sys; print(sorted(name for name in sys.modules if name.startswith(('weasyprint', 'pikepdf'))))"
    done = subprocess.run([sys.executable, "-c", code], cwd=HOUSE, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


async def test_the_event_loop_stays_free_while_a_document_is_drawn():
    async with opened() as pool:
        await pool.render(ONE_PAGE)
        drawing = asyncio.create_task(pool.render(document(rows(200))))
        turns = 0
        while not drawing.done():
            await asyncio.sleep(0.001)
            turns += 1
        await drawing
    assert turns > 20  # drawing takes longer than half a second


async def test_a_document_that_takes_too_long_ends_with_its_worker_and_the_next_is_made():
    async with opened() as pool:
        await pool.render(ONE_PAGE)
        (slow,) = children()
        pool.timeout_seconds = 0.5
        with pytest.raises(PdfFailed, match="timeout"):
            await pool.render(SLOW)
        assert is_gone(slow)
        pool.timeout_seconds = 20
        assert await pool.render(ONE_PAGE)


async def test_a_worker_that_is_killed_fails_its_document_only():
    async with opened() as pool:
        await pool.render(ONE_PAGE)
        (worker,) = children()
        drawing = asyncio.create_task(pool.render(SLOW))
        await asyncio.sleep(0.2)
        os.kill(worker, signal.SIGKILL)
        with pytest.raises(PdfFailed, match="crash"):
            await drawing
        assert await pool.render(ONE_PAGE)


async def test_a_worker_that_died_while_idle_is_replaced_unnoticed():
    async with opened() as pool:
        await pool.render(ONE_PAGE)
        (worker,) = children()
        os.kill(worker, signal.SIGKILL)
        await until(lambda: is_gone(worker))
        with suppress(PdfFailed):  # the kernel may know of the death before the event loop does
            await pool.render(ONE_PAGE)
        assert await pool.render(ONE_PAGE)


async def test_a_document_nobody_waits_for_any_more_stops_at_once():
    async with opened() as pool:
        await pool.render(ONE_PAGE)
        (worker,) = children()
        drawing = asyncio.create_task(pool.render(SLOW))
        await asyncio.sleep(0.2)
        drawing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await drawing
        assert is_gone(worker)
        assert await pool.render(ONE_PAGE)


async def test_a_full_queue_says_when_to_come_back():
    async with opened(queue_limit=1) as pool:
        await pool.render(ONE_PAGE)
        drawing = asyncio.create_task(pool.render(document(rows(150))))
        waiting = asyncio.create_task(pool.render(ONE_PAGE))
        await asyncio.sleep(0.05)
        with pytest.raises(PdfBusy) as busy:
            await pool.render(ONE_PAGE)
        assert 1 <= busy.value.retry_after <= 60
        assert await drawing
        assert await waiting


async def test_nobody_waits_longer_for_a_worker_than_was_promised():
    async with opened(queue_seconds=0.1) as pool:
        await pool.render(ONE_PAGE)
        drawing = asyncio.create_task(pool.render(document(rows(200))))
        await asyncio.sleep(0.05)
        with pytest.raises(PdfBusy):
            await pool.render(ONE_PAGE)
        assert await drawing
        assert await pool.render(ONE_PAGE)


async def test_two_workers_draw_two_documents_side_by_side():
    async with opened(workers=2) as pool:
        assert all(await asyncio.gather(*(pool.render(ONE_PAGE) for _ in range(4))))
        assert len(children()) == 2


async def test_a_document_that_needs_more_memory_than_it_may_have_is_refused_and_the_next_is_made():
    async with opened(memory_limit_mb=200) as pool:
        with pytest.raises(PdfRefused) as refused:
            await pool.render(document(rows(990)))
        # Python says so; a library in C can only give up.
        assert isinstance(refused.value, PdfTooLarge) or refused.value.reason == "crash"
        pool.memory_limit_mb = 700
        assert await pool.render(ONE_PAGE)


async def test_a_document_of_too_many_rows_is_not_even_begun():
    async with opened(row_limit=100) as pool:
        with pytest.raises(PdfTooLarge, match="rows"):
            await pool.render(document(rows(100)))  # and one of headings
        with pytest.raises(PdfTooLarge):
            await pool.render("x" * (pool.text_limit + 1))
        assert children() == set()


async def test_a_worker_retires_after_its_share_of_documents():
    async with opened(documents_per_worker=2) as pool:
        await pool.render(ONE_PAGE)
        first = children()
        await pool.render(ONE_PAGE)
        assert children() == set()
        await pool.render(ONE_PAGE)
        assert children().isdisjoint(first)


async def test_closing_leaves_no_process_and_no_file():
    pool = PdfPool(workers=2)
    await asyncio.gather(pool.render(ONE_PAGE), pool.render(ONE_PAGE))
    folder, drawing = Path(pool._folder.name), asyncio.create_task(pool.render(SLOW))
    await asyncio.sleep(0.2)
    assert folder.exists()
    await pool.close()
    with pytest.raises(PdfFailed):
        await drawing
    assert children() == set()
    assert not folder.exists()
    with pytest.raises(PdfFailed, match="closed"):
        await pool.render(ONE_PAGE)


PORTAL = """
import asyncio, sys
from pdf import PdfPool
from tests.support.pdf_samples import ONE_PAGE, document, rows

async def main():
    pool = PdfPool()
    await pool.render(ONE_PAGE)
    (worker,) = pool._alive
    print(worker.process.pid, pool._folder.name, flush=True)
    {then}

{run}
"""


@pytest.mark.parametrize("then", ["await asyncio.sleep(60)", "await pool.render(document(rows(900)))"], ids=["idle", "busy"])
@pytest.mark.parametrize("run", ["asyncio.run(main())", "import uvloop; uvloop.run(main())"], ids=["asyncio", "uvloop"])
async def test_no_worker_outlives_a_portal_that_was_killed(then, run):
    portal = subprocess.Popen(
        [sys.executable, "-c", PORTAL.format(then=then, run=run)], cwd=HOUSE, stdout=subprocess.PIPE, text=True
    )
    with portal:
        pid, folder = portal.stdout.readline().split()
        assert not is_gone(int(pid))
        await asyncio.sleep(0.2)
        portal.kill()
    await until(lambda: is_gone(int(pid)), seconds=5)
    assert not Path(folder).exists()


async def test_a_worker_inherits_none_of_the_portals_secrets(monkeypatch):
    monkeypatch.setenv("PORTAL_SECRET_KEYS", "a key")
    async with opened() as pool:
        await pool.render(ONE_PAGE)
        (worker,) = children()
        environment = Path(f"/proc/{worker}/environ").read_bytes()
        open_files = [os.readlink(file) for file in Path(f"/proc/{worker}/fd").iterdir()]
    assert b"a key" not in environment
    assert not [file for file in open_files if file.startswith(("socket:", str(HOUSE)))]


async def test_a_worker_can_neither_connect_nor_start_anything():
    code = """
import socket, subprocess, os
from pdf import worker
worker._limit(700)
for attempt in (
    lambda: socket.create_connection(("127.0.0.1", 1)),
    lambda: socket.getaddrinfo("localhost", 1),
    lambda: subprocess.run(["true"]),
    lambda: os.fork(),
    lambda: os.execv("/bin/true", ["true"]),
):
    try:
        attempt()
    except PermissionError:
        print("refused")
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=HOUSE, capture_output=True, text=True)
    assert done.stdout.split() == ["refused"] * 5


async def test_a_host_without_the_libraries_or_fonts_says_which_packages_bring_them(monkeypatch):
    monkeypatch.setattr(pdf.host, "LIBRARIES", (("libnowhere.so.0", "libnowhere-0"),))
    monkeypatch.setattr(pdf.host, "NOTO_FOLDERS", ("/nowhere",))
    monkeypatch.setattr(pdf.host, "PACKAGES", ("no_such_package",))
    assert pdf.missing() == ("libnowhere-0", "fonts-noto-core", "no_such_package (Python)")
    async with opened() as pool:
        with pytest.raises(PdfUnavailable) as refused:
            await pool.render(ONE_PAGE)
        assert refused.value.missing == pdf.missing()
        assert children() == set()


def test_fonts_are_looked_for_where_documents_take_them_from():
    said = re.findall(r"<dir>(.*?)</dir>", (HOUSE / "pdf/fonts.conf").read_text())
    assert tuple(said) == pdf.host.NOTO_FOLDERS


def test_this_host_lacks_nothing_and_knows_it_quickly():
    began = time.process_time()
    assert pdf.missing() == ()
    assert time.process_time() - began < 0.1


async def test_a_worker_that_cannot_begin_is_a_failure_not_a_hang():
    async with opened(memory_limit_mb=60) as pool:
        with pytest.raises(PdfFailed, match="start"):
            await pool.render(ONE_PAGE)
        assert children() == set()


async def test_nothing_of_a_document_reaches_a_log(caplog, capfd):
    html = document("<p>Maria has anemia \U0010fffd</p>")
    async with opened() as pool:
        with pytest.raises(PdfFailed) as refused:
            await pool.render(html)
    assert "\U0010fffd" in refused.value.detail
    assert str(refused.value) == "glyph"
    said = caplog.text + json.dumps(capfd.readouterr())
    assert "anemia" not in said
    assert "\U0010fffd" not in said


async def test_who_asks_for_many_keeps_nobody_else_waiting():
    async with opened(workers=1, queue_seconds=600) as pool:
        await pool.render(ONE_PAGE)
        done: list[str] = []

        async def one(owner: str, html: str) -> None:
            await pool.render(html, owner=owner)
            done.append(owner)

        greedy = [asyncio.create_task(one("greedy", SLOWER)) for _ in range(3)]
        await asyncio.sleep(0.1)
        await asyncio.gather(*(one(f"other {number}", ONE_PAGE) for number in range(3)))
        assert done.count("greedy") <= 1
        await asyncio.gather(*greedy)
        assert done.count("greedy") == 3


async def test_who_has_enough_waiting_is_told_to_try_again_and_others_are_not():
    async with opened(workers=1, queue_limit=1, queue_seconds=600) as pool:
        greedy = [asyncio.create_task(pool.render(SLOWER, owner="greedy")) for _ in range(9)]
        await asyncio.sleep(0.1)
        assert (await pool.render(ONE_PAGE, owner="other")).startswith(b"%PDF")
        ended = await asyncio.gather(*greedy, return_exceptions=True)
        assert [isinstance(one, PdfBusy) for one in ended] == [False] * 3 + [True] * 6
        assert pool._turns.taken == {}


async def test_an_owner_waits_for_their_own_no_longer_than_for_others():
    async with opened(workers=2, queue_seconds=0.2) as pool:
        first = asyncio.create_task(pool.render(SLOWER, owner="one"))
        await asyncio.sleep(0.1)
        with pytest.raises(PdfBusy):
            await pool.render(ONE_PAGE, owner="one")
        await first
