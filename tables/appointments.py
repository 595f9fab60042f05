"""Appointments as the feed has them, and the times it offers."""

from piccolo.columns import JSON, Integer
from piccolo.table import Table

from tables.base import code, moment, words
from tables.clinical import Clinical, clinical_constraints
from tables.people import Directory


class Appointment(Clinical, Table, tablename="appointment"):
    """`status` is one of FHIR's ten. What is proposed or waits has no start."""

    label = words(null=False)
    """The words of its service type, else of its kind or its description."""
    kind = words()
    specialty = words()
    description = words()
    starts_at = moment()
    ends_at = moment()
    minutes = Integer(null=True, default=None)
    starts_text = code(64)
    """As sent, with the offset of the place."""
    wished_text = code(64)
    wished_precision = code(8)
    wished_starts = moment()
    wished_ends = moment()
    """The first period in which the patient asked for it."""
    participants = JSON(null=True, default=None)
    """List of {"name", "role", "status", "ref"}; the patient is left out."""
    place = words()
    reason = words()
    cancel_reason = words()
    instructions = words()
    note = words()
    slots = JSON(null=True, default=None)
    """List of `Slot/id`."""


class Schedule(Directory, Table, tablename="schedule"):
    """`name` is whose or what's times these are."""

    service = words()
    specialty = words()
    actors = JSON(null=True, default=None)
    """List of {"ref", "name"}."""
    horizon_text = code(64)
    horizon_precision = code(8)
    horizon_starts = moment()
    horizon_ends = moment()
    note = words()


class Slot(Directory, Table, tablename="slot"):
    """`status` free, busy, busy-unavailable, busy-tentative or entered-in-error; `name` is the service."""

    schedule_ref = code(220)
    starts_at = moment()
    ends_at = moment()
    note = words()


TABLES = (Appointment, Schedule, Slot)
CONSTRAINTS = (
    *clinical_constraints("appointment"),
    "CREATE INDEX appointment_list ON appointment (patient, starts_at)",
    *clinical_constraints("schedule"),
    *clinical_constraints("slot"),
    "CREATE INDEX slot_times ON slot (source, schedule_ref, starts_at)",
)
