"""Reading JSON softly: about three in a hundred real resources break the specification, and none may stop an import.

What has the wrong shape reads as empty.
"""

from collections.abc import Mapping
from typing import Any


def text_in(sent: object) -> str:
    """A string without the spaces around it."""
    return sent.strip() if isinstance(sent, str) else ""


def line_in(sent: object) -> str:
    """A string on one line with single spaces."""
    return " ".join(sent.split()) if isinstance(sent, str) else ""


def list_in(sent: object) -> list[Any]:
    return list(sent) if isinstance(sent, (list, tuple)) else []


def map_in(sent: object) -> Mapping[str, Any]:
    return sent if isinstance(sent, Mapping) else {}


def maps_in(sent: object) -> list[Mapping[str, Any]]:
    """The objects of a list; what else stands in it is passed over."""
    if not isinstance(sent, (list, tuple)):
        return []
    # A `Mapping` is asked for in a slow way, and nearly every object is a dict.
    return [item for item in sent if type(item) is dict or isinstance(item, Mapping)]
