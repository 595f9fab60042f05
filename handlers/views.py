"""The template environment, made once: strict, escaped, with the kit's macros and the words as globals."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

import words
from words.gettext import jinja_callables

FOLDER = Path(__file__).resolve().parent.parent / "templates"


@cache
def make_environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, auto_reload=False, extensions=["jinja2.ext.i18n"],
    )
    environment.policies["ext.i18n.trimmed"] = True
    environment.install_gettext_callables(**jinja_callables(), newstyle=True)
    environment.globals.update(words.filters())
    environment.filters.update(words.filters())
    add_macros(environment)
    return environment


def add_macros(environment: Environment) -> None:
    """A block rendered alone does not see its template's imports, so every macro of templates/ui is a global."""
    for name in sorted(path.name for path in (FOLDER / "ui").glob("*.html")):
        module = environment.get_template(f"ui/{name}").module
        for macro in vars(module):
            if not macro.startswith("_"):
                environment.globals[macro] = getattr(module, macro)


@cache
def make_text_environment() -> Environment:
    """For `.txt` templates: nothing is escaped, because nothing there is markup."""
    environment = Environment(
        loader=FileSystemLoader(FOLDER), autoescape=False, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, auto_reload=False, extensions=["jinja2.ext.i18n"], keep_trailing_newline=True,
    )
    environment.policies["ext.i18n.trimmed"] = True
    environment.install_gettext_callables(**jinja_callables(), newstyle=True)
    environment.globals.update(words.filters())
    environment.filters.update(words.filters())
    return environment
