"""The state of a thing of the record, where it is worth a word."""

from collections.abc import Mapping

from words.gettext import _

Tag = tuple[str, str]
"""(class of the stylesheet, words)."""


def tag(states: Mapping[str, Tag], code: str | None) -> Tag | None:
    """From a table by FHIR status; None for a state that goes without saying."""
    known = states.get(code or "")
    return (known[0], _(known[1])) if known else None
