"""The two key files of an installation: made once, readable by their owner alone, added to and never written over."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from settings import data_folder, new_key_line
from terminal import CommandFailed

SEALING, AUDIT = "PORTAL_KEYS", "PORTAL_AUDIT_KEY"
FILES = {SEALING: "keys", AUDIT: "audit-key"}


def make_missing_keys(environ: Mapping[str, str]) -> list[Path]:
    """The files made. What the environment gives needs no file."""
    missing = [_file(environ, name) for name in FILES if not environ.get(name) and not _file(environ, name).exists()]
    for file in missing:
        _write(file, new_key_line() + "\n")
    return missing


def add_key(environ: Mapping[str, str]) -> list[str]:
    """Makes what is missing, or puts a newer sealing key before those there are; what was done, in words."""
    made = make_missing_keys(environ)
    if made:
        return [f"Made {file}. Keep a copy of it apart from the backups." for file in made]
    if environ.get(SEALING):
        raise CommandFailed(f"{SEALING} is set in the environment: put a new key before the others there: {new_key_line()}")
    file = _file(environ, SEALING)
    _replace(file, new_key_line() + "\n" + file.read_text("ascii"))
    return [f"Put a newer key into {file}.", "Restart the portal now. Then run: portal keys rotate"]


def _file(environ: Mapping[str, str], name: str) -> Path:
    return Path(environ.get(f"{name}_FILE") or data_folder(environ) / FILES[name])


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="ascii") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())


def _replace(file: Path, text: str) -> None:
    """Whole or not at all: a key file cut in half would be the end of what it sealed."""
    fresh = file.with_name(file.name + ".new")
    fresh.unlink(missing_ok=True)
    _write(fresh, text)
    fresh.replace(file)
