"""Message catalogs: `python -m words.catalog extract | update LANGUAGE | compile`.

`extract` writes locale/messages.pot from the code and the templates, `update es` starts or refreshes a
language, `compile` makes the .mo files that run time reads (set-up does this; they are not committed).
"""

import sys
from pathlib import Path

from babel.messages.frontend import CommandLineInterface

from words.gettext import CATALOG_FOLDER, DOMAIN

ROOT = CATALOG_FOLDER.parent
TEMPLATE = CATALOG_FOLDER / f"{DOMAIN}.pot"


def extract(template: Path = TEMPLATE) -> None:
    keywords = [word for spec in ("N_", "pgettext:1c,2", "npgettext:1c,2,3") for word in ("-k", spec)]
    _babel(
        "extract", "-F", str(ROOT / "babel.cfg"), *keywords, "--project=Plainchart", "--sort-by-file",
        "--no-location", "--omit-header", "-o", str(template), str(ROOT),
    )  # fmt: skip


def update(language: str) -> None:
    existing = CATALOG_FOLDER / language / "LC_MESSAGES" / f"{DOMAIN}.po"
    command = "update" if existing.exists() else "init"
    _babel(command, "-i", str(TEMPLATE), "-d", str(CATALOG_FOLDER), "-l", language, "-D", DOMAIN)


def compile_all() -> None:
    if any(CATALOG_FOLDER.glob(f"*/LC_MESSAGES/{DOMAIN}.po")):
        _babel("compile", "-d", str(CATALOG_FOLDER), "-D", DOMAIN)


def _babel(*arguments: str) -> None:
    CommandLineInterface().run(["pybabel", "-q", *arguments])


def main(arguments: list[str]) -> int:
    match arguments:
        case ["extract"]:
            extract()
        case ["update", language]:
            update(language)
        case ["compile"]:
            compile_all()
        case _:
            print("python -m words.catalog extract | update LANGUAGE | compile", file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
