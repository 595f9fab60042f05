"""Reads the source as a reviewer would: what things are called and how long they have become."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

NOT_ROOMS = {"tests", "bench", "build", "var", "docs"}
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "services", "service", "manager", "managers", "misc"}
ROUTES = {"get", "post", "route"}


@dataclass(frozen=True)
class Source:
    """One file: where it stands (`access/audit.py`) and what it says."""

    path: str
    text: str

    @property
    def lines(self) -> int:
        return self.text.count("\n")


@dataclass(frozen=True)
class Function:
    path: str
    line: int
    name: str
    lines: int
    is_routed: bool


def sources(house: Path) -> list[Source]:
    """Every Python file of the rooms and of the wiring; tests and benchmarks are not rooms."""
    files = [path for path in house.rglob("*.py") if not path.relative_to(house).parts[0].startswith(".")]
    named = [(str(path.relative_to(house)), path) for path in sorted(files)]
    return [Source(name, path.read_text("utf-8")) for name, path in named if name.split("/")[0] not in NOT_ROOMS]


def functions(files: Iterable[Source]) -> Iterator[Function]:
    for file in files:
        for node in ast.walk(ast.parse(file.text)):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                length = node.end_lineno - node.lineno + 1
                yield Function(file.path, node.lineno, node.name, length, _is_routed(node))


def _is_routed(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    calls = [d.func for d in node.decorator_list if isinstance(d, ast.Call)]
    return any(isinstance(call, ast.Name) and call.id in ROUTES for call in calls)


def empty_names(files: Iterable[Source]) -> list[str]:
    return [file.path for file in files if EMPTY_NAMES & {part.removesuffix(".py") for part in file.path.split("/")}]


def long_functions(files: Iterable[Source], limit: int, handler_limit: int) -> list[str]:
    """A request handler reads, calls and answers, so it may be no longer than `handler_limit`."""
    return [
        f"{one.path}:{one.line} {one.name} has {one.lines} lines"
        for one in functions(files)
        if one.lines > (handler_limit if one.is_routed else limit)
    ]


def long_files(files: Iterable[Source], limit: int) -> list[str]:
    return [f"{file.path} has {file.lines} lines" for file in files if file.lines > limit]
