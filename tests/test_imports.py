"""The house's one-way imports (DESIGN §1), as a check of every file, and a planted fault for each rule."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LEVEL = {
    "handlers": 5, "ehr": 5, "jobs": 5, "cli": 5, "seeds": 5, "starting": 5, "app": 6, "bench": 7,
    "forms": 4, "pages": 4, "acts": 4, "identity": 3, "access": 2, "rules": 1, "tables": 1, "settings": 0,
    "words": 1, "files": 1, "pdf": 0, "payments": 0, "notices": 0,
}
ALONE = {"pdf", "payments", "notices"}
SIDEWAYS = {("words", "rules"), ("files", "tables"), ("forms", "tables"), ("acts", "forms"), ("pages", "forms")}
"""Rooms of one level that may look at each other; nothing else on the same level may."""
TOP = {"handlers", "ehr", "jobs", "cli", "seeds", "starting"}


def imported(source: str) -> set[str]:
    tree = ast.parse(source)
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    return {name.split(".")[0] for name in names} & set(LEVEL)


def faults(room: str, source: str) -> list[str]:
    found = []
    for other in sorted(imported(source) - {room}):
        if room in ALONE:
            found.append(f"{room} imports {other}, and imports none of ours")
        elif room == "handlers" and other == "tables":
            continue
        elif LEVEL[other] > LEVEL[room] or (
            LEVEL[other] == LEVEL[room] and (room, other) not in SIDEWAYS and not {room, other} <= TOP
        ):
            found.append(f"{room} imports {other}, which stands above or beside it")
    return found


def house_files() -> list[tuple[str, Path]]:
    rooms = [(path.name, file) for path in ROOT.iterdir() if path.is_dir() and path.name in LEVEL
             for file in sorted(path.rglob("*.py"))]
    return rooms + [(path.stem, path) for path in ROOT.glob("*.py") if path.stem in LEVEL]


def test_imports_run_one_way():
    found = [f"{path.relative_to(ROOT)}: {fault}" for room, path in house_files()
             for fault in faults(room, path.read_text())]
    assert found == []


def test_handlers_and_templates_never_touch_tables():
    """Named writes for form keys and the errors of storage are the frame's business, not a page's."""
    frame = {"keys.py", "errors.py", "outermost.py"}
    found = [str(path.relative_to(ROOT)) for path in (ROOT / "handlers").rglob("*.py")
             if path.name not in frame and "tables" in imported(path.read_text())]
    assert found == []


@pytest.mark.parametrize(
    ("room", "line"),
    [
        ("pages", "from handlers.respond import render"),
        ("access", "import identity.sessions"),
        ("rules", "from tables.records import Record"),
        ("pdf", "from words import dates"),
        ("acts", "from pages.home import home_page"),
    ],
)
def test_an_import_that_runs_the_wrong_way_is_found(room, line):
    assert faults(room, line)


def test_grants_are_made_in_access_only():
    """`make` and the seal are named nowhere else."""
    found = []
    for room, path in house_files():
        text = path.read_text()
        if room != "access" and ("_SEAL" in text or "from access.grant import make" in text or "grant.make(" in text):
            found.append(str(path.relative_to(ROOT)))
    assert found == []


READS = {"select", "objects", "count", "exists", "raw"}


def direct_reads(source: str) -> list[str]:
    """`Table.select(…)` on a record's table, where `visible(grant, Table)` should stand.

    Hand-written SQL (`raw`) is for the hottest lists: the function that runs it must put `visible(…).where` into it.
    """
    tree = ast.parse(source)
    tables = {
        alias.asname or alias.name
        for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("tables.")
        and node.module != "tables.clinic" for alias in node.names
    }
    guarded = [
        (node.lineno, node.end_lineno) for node in ast.walk(tree)
        if isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef) and _asks_visible(node)
    ]
    return [
        f"line {node.lineno}: {node.func.value.id}.{node.func.attr}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in READS
        and isinstance(node.func.value, ast.Name) and node.func.value.id in tables
        and not (node.func.attr == "raw" and any(first <= node.lineno <= last for first, last in guarded))
    ]


def _asks_visible(function: ast.AST) -> bool:
    return any(
        isinstance(node, ast.Attribute) and node.attr == "where" and isinstance(node.value, ast.Call)
        and isinstance(node.value.func, ast.Name) and node.value.func.id in ("visible",)
        for node in ast.walk(function)
    )


def test_pages_read_record_rows_through_visible_alone():
    found = [f"{path.relative_to(ROOT)} {line}" for room, path in house_files() if room == "pages"
             for line in direct_reads(path.read_text())]
    assert found == []


def test_a_direct_read_in_a_page_is_found():
    assert direct_reads("from tables.results import Series\nasync def f():\n    return await Series.select(Series.id)\n")
    hand_written = "from tables.results import Series\nasync def f(g):\n    return await Series.raw('SELECT 1', {})\n"
    assert direct_reads(hand_written.format("1")) and not direct_reads(hand_written.format("visible(g, Series).where"))
    assert not direct_reads(
        "from tables.results import Series\nasync def f(g):\n    return await visible(g, Series).select(Series.id)\n"
    )
