"""Insurance."""

from piccolo.columns import Integer
from piccolo.table import Table

from tables.base import code, moment, words
from tables.clinical import Clinical, clinical_constraints


class Coverage(Clinical, Table, tablename="coverage"):
    label = words(null=False)
    """The kind of plan, else the payer's name."""
    payer = words()
    member_number = words()
    subscriber = words()
    relationship = words()
    dependent = words()
    plan = words()
    group_name = words()
    group_number = words()
    network = words()
    rank = Integer(null=True, default=None)
    """1 pays first, where the feed says so."""
    effective_text = code(64)
    effective_precision = code(8)
    effective_starts = moment()
    effective_ends = moment()


TABLES = (Coverage,)
CONSTRAINTS = clinical_constraints("coverage")
