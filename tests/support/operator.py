"""The operator's command as a process: its exit code, what it printed, and what it complained of."""

from __future__ import annotations

import subprocess
import sys

from tests.support.databases import HOUSE, portal_environment


def run(*command, url="", **environ):
    """Without a `url` it finds its database as on a machine where none is named."""
    environ = portal_environment(url, **environ)
    if not url:
        del environ["DATABASE_URL"]
    done = subprocess.run([sys.executable, "-m", "cli", *command], cwd=HOUSE, env=environ, capture_output=True, text=True,
                          stdin=subprocess.DEVNULL)  # fmt: skip
    return done.returncode, done.stdout, done.stderr
