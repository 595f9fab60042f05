"""Runs the portal under uvicorn: one process, no access log of its own, no header that names the server."""

from __future__ import annotations

import gc
import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import uvicorn

from settings import Settings
from terminal import CommandFailed

HOUSE = Path(__file__).resolve().parent
GRACE_SECONDS = 10
OPTIONS = {
    "log_config": None,
    "access_log": False,
    "server_header": False,
    "proxy_headers": False,
    "timeout_graceful_shutdown": GRACE_SECONDS,
    "timeout_keep_alive": 30,
    # Beyond this many at once the answer is 503 at once: better than a queue in which everybody times out.
    "limit_concurrency": 1000,
}


def refuse_taken_port(host: str, port: int, setting: str = "PORT") -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((host, port))
        except OSError as error:
            raise CommandFailed(f"Cannot listen on {host}:{port} ({error.strerror}). {setting}= names another.") from None


def run(settings: Settings, host: str, reload: bool, practice: bool = False) -> None:
    """`practice`: with the processor to practise with beside it."""
    with practising(settings) if practice else nullcontext():
        print(f"Plainchart is at {settings.origin} (Ctrl+C ends it).", flush=True)
        if reload:
            folders = [str(HOUSE)]
            uvicorn.run("serving:app", factory=True, host=host, port=settings.port, reload=True, reload_dirs=folders, **OPTIONS)
        else:
            uvicorn.run(app(settings), host=host, port=settings.port, **OPTIONS)


@contextmanager
def practising(settings: Settings) -> Iterator[threading.Thread]:
    """In a thread that ends before Python does: one that still turns while Python is taken down, by uvloop's clock ten times
    a second, sooner or later ends the process with a fault of its memory. What it knows is in a file of its own, and is there
    again after a fall."""
    from payments.practice import Practice

    hook = f"{settings.origin}/hooks/payments"
    processor = Practice(settings.practice_origin, hook, settings.practice_hook_secret, settings.practice_file)
    options = {"log_config": None, "access_log": False, "timeout_graceful_shutdown": 1}
    server = uvicorn.Server(uvicorn.Config(processor, host="127.0.0.1", port=settings.practice_port, **options))
    thread = threading.Thread(target=server.run, name="practice processor", daemon=True)
    thread.start()
    try:
        yield thread
    finally:
        server.should_exit = True
        thread.join(GRACE_SECONDS)


def app(settings: Settings | None = None):
    """The application; without settings it reads the environment again, as each reload must."""
    from app import create_app

    _write_log()
    made = create_app(settings or Settings.from_env())
    spare_the_collector()
    return made


def spare_the_collector() -> None:
    """What is here once the portal is wired stays as long as the process does, and of what a page needs next to nothing is
    left in circles: to look for them every 700 objects, all over the process, was a tenth of the work of a page."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def _write_log() -> None:
    """One line for each request, to the standard error output; other people's loggers stay as quiet as they are."""
    log = logging.getLogger("portal.request")
    if not log.handlers:
        log.addHandler(logging.StreamHandler())
        log.setLevel(logging.INFO)
