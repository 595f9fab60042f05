"""Measurements that are read as one: the two halves of a blood pressure."""

from collections.abc import Iterable
from dataclasses import dataclass

from rules.quantities import AnyValue, Quantity, is_drawable, series_unit

PAIR = "85354-9"
SYSTOLIC = "8480-6"
DIASTOLIC = "8462-4"


@dataclass(frozen=True, slots=True)
class Pair:
    upper: Quantity
    lower: Quantity


def blood_pressure(parts: Iterable[tuple[str, AnyValue | None]]) -> Pair | None:
    """From (LOINC, value) of the components; None unless both halves have numbers in one unit."""
    found = {code: value for code, value in parts if is_drawable(value)}
    upper, lower = found.get(SYSTOLIC), found.get(DIASTOLIC)
    if not (isinstance(upper, Quantity) and isinstance(lower, Quantity)):
        return None
    return Pair(upper, lower) if series_unit(upper) == series_unit(lower) else None
