"""The plan of the house holds: imports run one way, rooms have names of the field, nothing has grown too long."""

import ast
from statistics import median

import pytest

from tests.support.databases import HOUSE
from tests.support.house import Source, forbidden_names, functions, long_files, long_functions, sources, wrong_imports

FILES = sources(HOUSE)
TEMPLATES = sorted((HOUSE / "templates").rglob("*.html"))


def test_imports_run_one_way():
    assert wrong_imports(FILES) == []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("handlers/results.py", "from tables.results import Report"),
        ("handlers/results.py", "from tables.sending import Sending, UsedKey"),
        ("handlers/results.py", "def f():\n    import tables.results"),
        ("access/grant.py", "from identity import sessions"),
        ("rules/dates.py", "import tables"),
        ("pdf/pool.py", "from words import day"),
        ("acts/code.py", "from handlers.frame import Frame"),
        ("words/dates.py", "from access import viewer"),
        ("pages/home.py", "from acts.code import issue"),
    ],
)
def test_an_import_the_other_way_is_found(path, text):
    assert wrong_imports([Source(path, text)]) != []


def test_an_import_down_the_house_is_fine():
    assert wrong_imports([Source("pages/home.py", "from access.visible import visible\nimport tables, msgspec")]) == []


def test_no_room_is_called_after_nothing():
    assert forbidden_names(FILES) == []
    assert forbidden_names([Source("rules/utils.py", "")]) == ["rules/utils.py"]


def test_functions_are_short():
    assert long_functions(FILES, 40) == []
    lengths = [length for *_, length in functions(FILES)]
    assert median(lengths) <= 8


def test_handlers_are_shorter():
    """A request handler reads, calls, answers. Those with a route decorator count; the frame around them does not."""
    assert long_handlers(FILES) == []


def long_handlers(files):
    return [
        f"{file.path}:{node.lineno} {node.name}"
        for file in files if file.room == "handlers"
        for node in ast.walk(file.tree) if isinstance(node, ast.AsyncFunctionDef) and is_routed(node)
        if node.end_lineno - node.lineno + 1 > 12
    ]  # fmt: skip


def is_routed(node):
    names = [d.func.id for d in node.decorator_list if isinstance(d, ast.Call) and isinstance(d.func, ast.Name)]
    return bool({"get", "post", "route"} & set(names))


def test_a_function_or_handler_that_is_too_long_is_found():
    body = "\n".join(f"    x = {n}" for n in range(41))
    assert long_functions([Source("rules/x.py", f"def f():\n{body}\n")], 40) != []
    assert long_handlers([Source("handlers/x.py", f"@get('/')\nasync def f():\n{body}\n")]) != []


def test_files_and_templates_are_short():
    assert long_files(FILES, 300) == []
    templates = [Source(str(path.relative_to(HOUSE)), path.read_text("utf-8")) for path in TEMPLATES]
    assert long_files(templates, 120) == []
    assert long_files([Source("rules/x.py", "\n" * 301)], 300) != []
