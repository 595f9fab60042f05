"""Runs the portal under uvicorn: one process, no access log of its own, no header that names the server."""

from __future__ import annotations

from pathlib import Path

import uvicorn

from settings import Settings

HOUSE = Path(__file__).resolve().parent
GRACE_SECONDS = 10
OPTIONS = {
    "log_config": None,
    "access_log": False,
    "server_header": False,
    "proxy_headers": False,
    "timeout_graceful_shutdown": GRACE_SECONDS,
    "timeout_keep_alive": 30,
}


def run(settings: Settings, host: str, reload: bool) -> None:
    print(f"Plainchart is at {settings.origin} (Ctrl+C ends it).", flush=True)
    if reload:
        folders = [str(HOUSE)]
        uvicorn.run("serving:app", factory=True, host=host, port=settings.port, reload=True, reload_dirs=folders, **OPTIONS)
    else:
        uvicorn.run(app(settings), host=host, port=settings.port, **OPTIONS)


def app(settings: Settings | None = None):
    """The application; without settings it reads the environment again, as each reload must."""
    from app import create_app

    return create_app(settings or Settings.from_env())
