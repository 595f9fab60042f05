"""The process that draws, and reads: HTML or a PDF comes on its standard input, a PDF or words go to its standard output.

It is started by `pool` as `python -m pdf.worker`, with nothing of the portal's environment. It ends when its input
ends, even in the middle of a document, so it cannot outlive the portal however that died.
"""

from __future__ import annotations

import json
import os
import queue
import resource
import shutil
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from pdf import frames
from pdf.frames import LENGTH, READY, framed, read, refusal

MEGABYTE = 1024 * 1024
# What fonts and pictures may take on disk: fonts are copied once for each process.
LARGEST_FILE_MB = 64
# Beside the time that the pool allows by the clock: a backstop in CPU seconds, should the pool itself hang.
SPARE_CPU_SECONDS = 5


def main() -> None:
    settings = json.loads(sys.argv[1])
    answers = _take_over_output()
    _limit(settings["memory_limit_mb"])
    requests = _read_in_background(sys.stdin.buffer)
    draw = _ready(settings["origin"], answers)
    while True:
        request = requests.get()
        _limit_cpu(settings["timeout_seconds"])
        _send(answers, _answer(draw, request))


def _take_over_output() -> BinaryIO:
    """Whatever a library prints goes nowhere: only answers may reach the pool."""
    answers = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    return answers


def _limit(memory_limit_mb: int) -> None:
    for limit, most in (
        (resource.RLIMIT_AS, memory_limit_mb * MEGABYTE),
        (resource.RLIMIT_FSIZE, LARGEST_FILE_MB * MEGABYTE),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (most, most))
    sys.addaudithook(_stay_inside)


def _stay_inside(event: str, _arguments: tuple[Any, ...]) -> None:
    """Whatever a library tries, this process opens no connection and starts no other process."""
    if event in ("socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.exec", "os.fork", "os.posix_spawn"):
        raise PermissionError(event)


def _limit_cpu(seconds: float) -> None:
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time() + seconds) + SPARE_CPU_SECONDS, hard))


def _read_in_background(source: BinaryIO) -> queue.SimpleQueue[bytes]:
    """A thread reads, so that the end of input is noticed while a document is being drawn."""
    requests: queue.SimpleQueue[bytes] = queue.SimpleQueue()

    def read() -> None:
        try:
            while head := source.read(LENGTH.size):
                requests.put(source.read(*LENGTH.unpack(head)))
        finally:
            # The pool is closing, or the portal is gone and can no longer tidy up.
            shutil.rmtree(Path(os.environ["TMPDIR"]).parent, ignore_errors=True)
            os._exit(0)

    threading.Thread(target=read, daemon=True).start()
    return requests


def _ready(origin: str | None, answers: BinaryIO) -> Callable[..., bytes]:
    """Imports WeasyPrint and says so; the pool sends nothing before."""
    try:
        from pdf.press import Press

        press = Press(origin)
    except Exception as lacking:  # a library, a package or a font is not there; the pool says which
        _send(answers, refusal("unavailable", type(lacking).__name__))
        raise SystemExit(1) from lacking
    _send(answers, READY)
    return press.draw


def _answer(draw: Callable[..., bytes], request: bytes) -> bytes:
    from pdf.markup import Faulty

    head, _, content = request.partition(b"\n")
    asked = json.loads(head)
    try:
        if "picture" in asked:
            return _anew(content)
        if "clean" in asked:
            return _cleaned(content)
        return _words(content, **asked) if "most_words" in asked else draw(content.decode(), **asked)
    except Faulty as faulty:
        return refusal(faulty.reason, faulty.detail)
    except MemoryError:
        return refusal("memory")
    except Exception as crashed:  # a fault of ours or of WeasyPrint's: this document fails, the portal does not
        return refusal("crash", f"{type(crashed).__name__}: {crashed}")


def _anew(content: bytes) -> bytes:
    """Of a picture that somebody sent, which may be anything."""
    try:
        from pdf.pictures import picture

        return frames.picture(picture(content))
    except MemoryError:
        raise
    except Exception as unread:
        return refusal("unread", type(unread).__name__)


def _cleaned(content: bytes) -> bytes:
    """Of somebody else's PDF, as below."""
    from pdf.markup import Faulty

    try:
        from pdf.cleaning import cleaned

        return cleaned(content)
    except (MemoryError, Faulty):
        raise
    except Exception as unread:
        return refusal("unread", type(unread).__name__)


def _words(content: bytes, most_words: int) -> bytes:
    """Of somebody else's PDF, which may be anything: that it cannot be read says nothing about this process."""
    try:
        from pdf.reading import words_of

        return read(words_of(content, most_words))
    except MemoryError:
        raise
    except Exception as unread:
        return refusal("unread", type(unread).__name__)


def _send(answers: BinaryIO, answer: bytes) -> None:
    answers.write(framed(answer))
    answers.flush()


if __name__ == "__main__":
    main()
