"""Words as sentences."""

from __future__ import annotations

from words.gettext import _


def sentence(text: str) -> str:
    """With a full stop, unless it ends in a mark of its own."""
    return text if not text or text[-1] in ".!?…" else f"{text}."


def told(term: str, words: str | None) -> str:
    """Where: Riverbend Family Clinic. '' where nothing was sent."""
    return sentence(_("%(term)s: %(words)s", term=term, words=words)) if words else ""


def run(*sentences: str) -> str:
    """One after the other; those that say nothing are left out."""
    return " ".join(filter(None, sentences))
