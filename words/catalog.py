"""Message catalogs: `python -m words.catalog extract | update LANGUAGE | compile`.

`extract` writes locale/messages.pot from the code and the templates, `update es` starts or refreshes a
language, `compile` makes the .mo files that run time reads (set-up does this). Neither .pot nor .mo is committed.
"""

import sys
from collections.abc import Iterator

from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import CommandLineInterface, parse_keywords, parse_mapping_cfg

from words.gettext import CATALOG_FOLDER, DOMAIN

ROOT = CATALOG_FOLDER.parent
TEMPLATE = CATALOG_FOLDER / f"{DOMAIN}.pot"
KEYWORDS = ("N_", "pgettext:1c,2", "npgettext:1c,2,3")


def messages() -> Iterator[tuple[str, str]]:
    """Every message in the code and the templates with the file it stands in; of a plural, both forms."""
    with open(ROOT / "babel.cfg", encoding="utf-8") as mapping:
        methods, options = parse_mapping_cfg(mapping)
    keywords = {**DEFAULT_KEYWORDS, **parse_keywords(KEYWORDS)}
    for file, _line, found, *_ in extract_from_dir(ROOT, methods, options, keywords):
        for message in found if isinstance(found, tuple) else (found,):
            if message:
                yield file, message


def extract() -> None:
    keywords = [argument for word in KEYWORDS for argument in ("-k", word)]
    where = ["-F", str(ROOT / "babel.cfg"), "-o", str(TEMPLATE)]
    _babel("extract", *where, *keywords, "--project=Plainchart", "--sort-by-file", "--no-location", str(ROOT))


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
            extract()
            update(language)
        case ["compile"]:
            compile_all()
        case _:
            print("python -m words.catalog extract | update LANGUAGE | compile", file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
