"""Worker processes, a bounded queue in front of them, and what happens when one of them hangs or dies."""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NoReturn

from pdf import frames
from pdf.host import missing
from pdf.refusals import PdfBusy, PdfFailed, PdfTooLarge, PdfUnavailable
from pdf.turns import Crowded, Turns

ROOM = Path(__file__).resolve().parent
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
SIZES = (None, 18, 24)
START_SECONDS = 30
READING_SECONDS = 5
"""A page waits for the words of a PDF no longer than that."""
FAREWELL_SECONDS = 2
LONGEST_RETRY_SECONDS = 60


@dataclass(slots=True, eq=False)
class _Worker:
    process: asyncio.subprocess.Process
    scratch: str  # its own folder for fonts, removed with it
    documents: int = 0

    async def ask(self, request: bytes) -> bytes:
        self.process.stdin.write(frames.framed(request))
        await self.process.stdin.drain()
        return await self.hear()

    async def hear(self) -> bytes:
        head = await self.process.stdout.readexactly(frames.LENGTH.size)
        return await self.process.stdout.readexactly(*frames.LENGTH.unpack(head))


class PdfPool:
    """Makes documents in other processes, never in this one. One pool per event loop; `close()` ends its workers.

    Whoever asks may say whose `owner` the document is: of each owner one is made at a time, so that who asks for many
    keeps nobody else waiting. Nothing starts before the first document. A worker that is too slow, too big or dead is replaced, and one that has
    made `documents_per_worker` documents retires.
    """

    def __init__(
        self,
        workers: int = 1,
        queue_limit: int = 8,  # how many may wait for a worker
        queue_seconds: float = 5,  # and for how long
        timeout_seconds: float = 20,  # for one document, by the clock
        memory_limit_mb: int = 700,  # of address space, for each worker
        row_limit: int = 1_000,  # table rows of one document
        text_limit: int = 2_000_000,  # characters of its HTML
        documents_per_worker: int = 200,
        origin: str | None = None,  # the portal's own address, which makes links in documents whole
    ) -> None:
        self.workers, self.queue_limit, self.queue_seconds = workers, queue_limit, queue_seconds
        self.timeout_seconds, self.memory_limit_mb = timeout_seconds, memory_limit_mb
        self.row_limit, self.text_limit = row_limit, text_limit
        self.documents_per_worker, self.origin = documents_per_worker, origin
        self._free = asyncio.Semaphore(workers)
        self._waiting = 0
        self._turns = Turns()
        self._usual_seconds = 1.0
        self._alive: set[_Worker] = set()
        self._idle: list[_Worker] = []
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._missing: tuple[str, ...] | None = None
        self._closed = False

    async def render(
        self, html: str, *, large: Literal[18, 24] | None = None, lang: str = "en", owner: str = ""
    ) -> bytes:
        """The document as PDF/UA-1, in print of 12 points, or of 18 or 24. Raises a `PdfRefused`."""
        if large not in SIZES or not LANGUAGE.fullmatch(lang):
            raise ValueError(f"no such print or language: {large!r}, {lang!r}")
        if self.missing():
            raise PdfUnavailable(self.missing())
        if len(html) > self.text_limit or html.count("<tr") > self.row_limit:
            raise PdfTooLarge(f"over {self.row_limit} rows or {self.text_limit} characters")
        async with self._place(owner):
            return _document(await self._ask(frames.request(html, large=large, lang=lang)))

    async def read(self, content: bytes, most_words: int = 2_000, owner: str = "") -> str:
        """The first words of a PDF that somebody else made; '' where it has none. Raises a `PdfRefused`."""
        if self.missing():
            raise PdfUnavailable(self.missing())
        async with self._place(owner):
            answer = await self._ask(frames.to_read(content, most_words), READING_SECONDS)
        words = frames.words_in(answer)
        if words is None:
            _refuse(answer)
        return words

    async def picture(self, content: bytes, owner: str = "") -> bytes:
        """A JPEG or PNG made anew from its dots, without anything else that was in the file. Raises a `PdfRefused`."""
        if self.missing():
            raise PdfUnavailable(self.missing())
        async with self._place(owner):
            answer = await self._ask(frames.to_make_anew(content), READING_SECONDS)
        made = frames.picture_in(answer)
        if made is None:
            _refuse(answer)
        return made

    async def clean(self, content: bytes, owner: str = "") -> bytes:
        """A PDF made anew without what does something by itself. Raises a `PdfRefused`: of its reasons, `unread` and
        `encrypted` tell of the file."""
        if self.missing():
            raise PdfUnavailable(self.missing())
        async with self._place(owner):
            return _document(await self._ask(frames.to_clean(content), READING_SECONDS))

    def missing(self) -> tuple[str, ...]:
        """What this host lacks, by package. Looked up once: a portal is started again after packages are added."""
        if self._missing is None:
            self._missing = missing()
        return self._missing

    async def close(self) -> None:
        """Ends every worker, idle or not. Documents being made fail."""
        self._closed = True
        self._idle.clear()
        for worker in tuple(self._alive):
            worker.process.stdin.close()  # a worker ends when its input does
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(FAREWELL_SECONDS):
                    await worker.process.wait()
            await self._end(worker)
        if self._folder:
            self._folder.cleanup()

    @contextlib.asynccontextmanager
    async def _place(self, owner: str) -> AsyncIterator[None]:
        """A worker's whole attention. Who waits for their own document waits outside of the queue: its places are
        everybody's."""
        if self._closed:
            raise PdfFailed("closed")
        try:
            async with self._turns.of(owner, self.queue_seconds), self._worker():
                yield
        except Crowded:
            raise PdfBusy(self._retry_after()) from None

    @contextlib.asynccontextmanager
    async def _worker(self) -> AsyncIterator[None]:
        if self._free.locked() and self._waiting >= self.queue_limit:
            raise PdfBusy(self._retry_after())
        self._waiting += 1
        try:
            async with asyncio.timeout(self.queue_seconds):
                await self._free.acquire()
        except TimeoutError:
            raise PdfBusy(self._retry_after()) from None
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._free.release()

    def _retry_after(self) -> int:
        """In seconds: when everybody who is here now will have been served."""
        turns = (self._waiting + self.workers) / self.workers
        return min(LONGEST_RETRY_SECONDS, max(1, math.ceil(turns * self._usual_seconds)))

    async def _ask(self, request: bytes, seconds: float | None = None) -> bytes:
        worker = await self._take()
        started = time.monotonic()
        try:
            async with asyncio.timeout(seconds or self.timeout_seconds):
                answer = await worker.ask(request)
        except TimeoutError:
            await self._end(worker)
            raise PdfFailed("timeout") from None
        except (asyncio.IncompleteReadError, ConnectionError):
            await self._end(worker)
            raise PdfFailed("crash", "the worker died") from None
        except BaseException:
            # Nobody waits for this document any more, so nobody pays for it either.
            await self._end(worker)
            raise
        self._usual_seconds += (time.monotonic() - started - self._usual_seconds) / 8
        await self._put_back(worker, answer)
        return answer

    async def _take(self) -> _Worker:
        while self._idle:
            worker = self._idle.pop()
            if worker.process.returncode is None:
                return worker
            await self._end(worker)
        return await self._start()

    async def _put_back(self, worker: _Worker, answer: bytes) -> None:
        worker.documents += 1
        spent = worker.documents >= self.documents_per_worker
        if self._closed or spent or frames.reason(answer) in ("memory", "crash"):
            await self._end(worker)
        else:
            self._idle.append(worker)

    async def _start(self) -> _Worker:
        scratch = self._scratch()
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-s", "-m", "pdf.worker", self._settings()),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=_environment(scratch),
        )
        worker = _Worker(process, scratch)
        self._alive.add(worker)
        try:
            async with asyncio.timeout(START_SECONDS):
                answer = await worker.hear()
            if answer != frames.READY:
                raise PdfFailed("start", json.loads(answer)["detail"])
        except (asyncio.IncompleteReadError, TimeoutError):
            await self._end(worker)
            raise PdfFailed("start", "the worker died or did not begin") from None
        except BaseException:
            await self._end(worker)
            raise
        return worker

    def _settings(self) -> str:
        names = ("memory_limit_mb", "timeout_seconds", "origin")
        return json.dumps({name: getattr(self, name) for name in names})

    def _scratch(self) -> str:
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="plainchart-pdf-")
        return tempfile.mkdtemp(dir=self._folder.name)

    async def _end(self, worker: _Worker) -> None:
        self._alive.discard(worker)
        with contextlib.suppress(ProcessLookupError):
            worker.process.kill()
        worker.process.stdin.close()
        await worker.process.wait()
        shutil.rmtree(worker.scratch, ignore_errors=True)


def _environment(scratch: str) -> dict[str, str]:
    """Nothing of the portal's own environment, which holds its keys, except where its libraries are."""
    kept = {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ}
    return kept | {
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(ROOM.parent),
        "PYTHONHASHSEED": "0",  # the same document twice is the same bytes twice
        "TMPDIR": scratch,
        "XDG_CACHE_HOME": scratch,
        "FONTCONFIG_FILE": str(ROOM / "fonts.conf"),
    }


def _document(answer: bytes) -> bytes:
    if not frames.is_document(answer):
        _refuse(answer)
    return answer


def _refuse(answer: bytes) -> NoReturn:
    refused = json.loads(answer)
    if refused["reason"] == "memory":
        raise PdfTooLarge("more memory than one document may take")
    raise PdfFailed(refused["reason"], refused["detail"])
