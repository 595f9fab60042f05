"""HTML to make documents from: one with every kind of element, one of a page, and one of as many rows as wanted."""

from __future__ import annotations

from pathlib import Path

HOUSE = Path(__file__).resolve().parents[2]
ORIGIN = "https://portal.example"
EVERYTHING = (HOUSE / "tests/samples/document.html").read_text()


def document(body: str, *, head: str = "<title>Hemoglobin – Maria Delgado</title>") -> str:
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8">{head}</head><body data-page="Page" data-of="of">'
        '<h1><span class="what">Test results</span> Hemoglobin</h1>'
        '<p><span class="who">Maria Delgado, born March 4, 1958</span>, <span class="clinic">Riverbend</span></p>'
        f"{body}</body></html>"
    )


def rows(count: int, *, words: str = "In the usual range") -> str:
    """A table with that many tests."""
    lines = "".join(
        f'<tr><th scope="row">Test {number}</th><td class="num">{number}.5</td><td>{words}</td></tr>'
        for number in range(1, count + 1)
    )
    return (
        f"<table><caption>{count} tests, newest first</caption><thead><tr>"
        '<th scope="col">Name of test</th><th scope="col" class="num">Result (g/dL)</th><th scope="col">What it means</th>'
        f"</tr></thead><tbody>{lines}</tbody></table>"
    )


ONE_PAGE = document(
    '<p class="lede">Your hemoglobin on May 8, 2026 was <strong>12.3 g/dL</strong>.</p>' + rows(12),
)
