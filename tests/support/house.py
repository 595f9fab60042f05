"""Reads the source as a reader of the plan would: which room imports which, how long things have become."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

# `settings` is a frozen dataclass that imports none of ours; what it holds may be named anywhere above the tables.
UNDER_ACCESS = {"rules", "tables", "files", "words", "settings"}
# Room → the rooms it may import besides itself. Imports run one way, from the request to what is stored.
MAY_IMPORT: dict[str, set[str]] = {
    "rules": set(),
    "words": {"rules"},
    "tables": {"rules"},
    "files": {"rules", "tables"},
    "access": UNDER_ACCESS,
    "identity": {"access", *UNDER_ACCESS},
    "forms": {"identity", "access", *UNDER_ACCESS},
    "pages": {"identity", "access", *UNDER_ACCESS},
    "acts": {"identity", "access", *UNDER_ACCESS},
    # Handlers speak HTTP: what is stored they get from a page or through an act.
    "handlers": {"forms", "pages", "acts", "identity", "access", "rules", "words", "pdf", "payments", "notices", "jobs",
                 "files", "settings"},
    "jobs": {"acts", "pages", "identity", "access", "notices", "payments", "pdf", *UNDER_ACCESS},
    "ehr": {"acts", "identity", "access", "words", "terminal", *UNDER_ACCESS},
    "seeds": {"acts", "identity", "access", "ehr", "terminal", *UNDER_ACCESS},
    "pdf": set(),
    "payments": set(),
    "notices": set(),
    "settings": set(),
}  # fmt: skip
# Not tables but a value and two errors that stand beside theirs: a handler says what they mean to a person.
NO_TABLES = {"handlers": {"tables": {"Sending", "AlreadySent", "DatabaseBusy"}}}
# The wiring may import whatever it wires.
WIRING = {"app", "cli", "serving", "starting", "terminal"}
FORBIDDEN_ROOMS = {"utils", "util", "helpers", "helper", "common", "services", "manager", "managers", "misc"}


@dataclass(frozen=True)
class Source:
    """One Python file: where it stands (`access/audit.py`) and what it says."""

    path: str
    text: str

    @property
    def room(self) -> str:
        return self.path.split("/")[0].removesuffix(".py")

    @property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)


def sources(house: Path) -> list[Source]:
    """Every Python file of the rooms and of the wiring; tests and benchmarks are not rooms."""
    names = sorted({*MAY_IMPORT, *WIRING})
    files = [path for name in names for path in ((house / name).rglob("*.py") if (house / name).is_dir() else [house / f"{name}.py"])]
    return [Source(str(path.relative_to(house)), path.read_text("utf-8")) for path in files if path.is_file()]


def imported(source: Source) -> Iterator[tuple[int, str, set[str]]]:
    """(line, room, names taken from it) for each import of one of ours, also those inside functions."""
    rooms = {*MAY_IMPORT, *WIRING}
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            taken = [(alias.name, {alias.name}) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            taken = [(node.module, {alias.name for alias in node.names})]
        else:
            continue
        for module, names in taken:
            if module.split(".")[0] in rooms:
                yield node.lineno, module.split(".")[0], names


def wrong_imports(files: Iterable[Source]) -> list[str]:
    return [
        f"{file.path}:{line} imports {room}"
        for file in files
        if file.room not in WIRING
        for line, room, names in imported(file)
        if room != file.room and room not in MAY_IMPORT[file.room]
        if not names <= NO_TABLES.get(file.room, {}).get(room, set())
    ]


def forbidden_names(files: Iterable[Source]) -> list[str]:
    return [file.path for file in files if FORBIDDEN_ROOMS & {part.removesuffix(".py") for part in file.path.split("/")}]


def long_functions(files: Iterable[Source], limit: int) -> list[str]:
    return [f"{path}:{line} {name} has {length} lines" for path, line, name, length in functions(files) if length > limit]


def functions(files: Iterable[Source]) -> Iterator[tuple[str, int, str, int]]:
    """(path, line, name, lines of code and words) of every function."""
    for file in files:
        for node in ast.walk(file.tree):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                yield file.path, node.lineno, node.name, node.end_lineno - node.lineno + 1


def long_files(files: Iterable[Source], limit: int) -> list[str]:
    lengths = [(file.path, file.text.count("\n")) for file in files]
    return [f"{path} has {length} lines" for path, length in lengths if length > limit]
