"""Tasks of the feed: what somebody asked somebody to do for a patient."""

from piccolo.columns import JSON
from piccolo.table import Table

from tables.base import code, moment, to, words
from tables.clinical import Clinical, clinical_constraints
from tables.visits import Encounter


class Task(Clinical, Table, tablename="task"):
    label = words(null=False)
    """Its code's words, else its description."""
    intent = code(32)
    business_status = words()
    priority = code(32)
    description = words()
    requester = words()
    owner = words()
    focus = words()
    """`Type/id` of what it is about."""
    authored_at = moment()
    modified_at = moment()
    due_text = code(64)
    due_precision = code(8)
    due_starts = moment()
    due_ends = moment()
    reason = words()
    outputs = JSON(null=True, default=None)
    """List of {"type", "ref", "text"}."""
    note = words()
    encounter = to(Encounter, null=True, index=True)
    encounter_ref = words()


TABLES = (Task,)
CONSTRAINTS = (*clinical_constraints("task"), "CREATE INDEX task_list ON task (patient, status)")
