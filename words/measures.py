"""Blood pressure, said as one."""

from rules.measures import Pair
from words.gettext import _
from words.numbers import unit, with_unit


def blood_pressure(pair: Pair) -> str:
    """120 over 80 mmHg."""
    both = _("%(upper)s over %(lower)s", upper=pair.upper.number, lower=pair.lower.number)
    return with_unit(both, unit(pair.upper.code, pair.upper.unit))
