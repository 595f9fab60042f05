"""The house stays readable: names of the field, short functions, short files. (Who imports whom: test_imports.py.)"""

from statistics import median

from tests.support.databases import HOUSE
from tests.support.house import Source, empty_names, functions, long_files, long_functions, sources

FILES = sources(HOUSE)
LONG = "\n".join(f"    x = {n}" for n in range(41))


def test_no_room_or_file_is_called_after_nothing():
    assert empty_names(FILES) == []


def test_an_empty_name_is_found():
    assert empty_names([Source("rules/utils.py", ""), Source("common/dates.py", "")]) == ["rules/utils.py", "common/dates.py"]


def test_functions_and_handlers_are_short():
    assert long_functions(FILES, limit=40, handler_limit=12) == []
    assert median(one.lines for one in functions(FILES)) <= 8


def test_a_long_function_and_a_long_handler_are_found():
    assert long_functions([Source("rules/x.py", f"def f():\n{LONG}\n")], 40, 12) == ["rules/x.py:1 f has 42 lines"]
    handler = "@get('/x')\nasync def f():\n" + "    x = 1\n" * 12
    assert long_functions([Source("handlers/x.py", handler)], 40, 12) == ["handlers/x.py:2 f has 13 lines"]


def test_files_and_templates_are_short():
    pages = [Source(str(path.relative_to(HOUSE)), path.read_text("utf-8")) for path in (HOUSE / "templates").rglob("*.html")]
    assert long_files(FILES, 300) == []
    assert pages and long_files(pages, 120) == []


def test_a_long_file_is_found():
    assert long_files([Source("rules/x.py", "\n" * 301)], 300) == ["rules/x.py has 301 lines"]
