"""Care plans, their goals, and the team."""

from piccolo.columns import JSON
from piccolo.table import Table

from tables.base import code, moment, to, words
from tables.clinical import Clinical, clinical_constraints
from tables.visits import Encounter


class CarePlan(Clinical, Table, tablename="care_plan"):
    label = words(null=False)
    """Its title, else the words of its category."""
    intent = code(32)
    description = words()
    """Its description, else its narrative made plain."""
    effective_text = code(64)
    effective_precision = code(8)
    effective_starts = moment()
    effective_ends = moment()
    activities = JSON(null=True, default=None)
    """List of {"text", "status", "when", "place", "note"}."""
    goals = JSON(null=True, default=None)
    """List of {"ref", "text"}; ref is `Goal/id` of the same source."""
    teams = JSON(null=True, default=None)
    """List of {"ref", "text"}; ref is `CareTeam/id`."""
    addresses = JSON(null=True, default=None)
    """List of the conditions' words."""
    author = words()
    note = words()
    encounter = to(Encounter, null=True, index=True)
    encounter_ref = words()


class Goal(Clinical, Table, tablename="goal"):
    """`status` is the lifecycle status."""

    label = words(null=False)
    achievement = code(32)
    priority = words()
    start_text = code(64)
    start_precision = code(8)
    start_starts = moment()
    start_ends = moment()
    targets = JSON(null=True, default=None)
    """List of {"measure", "text", "due"}; due as sent; "bound" where the text is one: <, <=, > or >=."""
    addresses = JSON(null=True, default=None)
    note = words()


class CareTeam(Clinical, Table, tablename="care_team"):
    label = words(null=False)
    effective_text = code(64)
    effective_precision = code(8)
    effective_starts = moment()
    effective_ends = moment()
    members = JSON(null=True, default=None)
    """List of {"name", "role", "ref"}; the patient is left out."""
    reason = words()
    organization = words()
    phone = words()
    note = words()


TABLES = (CarePlan, Goal, CareTeam)
CONSTRAINTS = tuple(line for table in TABLES for line in clinical_constraints(table._meta.tablename))
