"""Visits and what was written about them."""

from piccolo.columns import JSON
from piccolo.table import Table

from tables.base import code, moment, to, words
from tables.clinical import Clinical, clinical_constraints


class Encounter(Clinical, Table, tablename="encounter"):
    class_code = code(16)
    label = words(null=False)
    """type.text or display as sent."""
    effective_text = code(64)
    effective_precision = code(8)
    effective_starts = moment()
    effective_ends = moment()
    reason = words()
    reasons = JSON(null=True, default=None)
    """List of text."""
    diagnoses = JSON(null=True, default=None)
    """List of {"text", "code", "condition"}."""
    participants = JSON(null=True, default=None)
    """List of {"name", "role"}."""
    place = words()
    organization = words()


class Composition(Clinical, Table, tablename="composition"):
    """A visit summary written by the clinic: a Composition, a document Bundle, or a DocumentReference of that kind."""

    title = words(null=False)
    loinc = code(32)
    effective_text = code(64)
    effective_precision = code(8)
    effective_starts = moment()
    effective_ends = moment()
    author = words()
    encounter = to(Encounter, null=True, index=True)
    encounter_ref = words()
    sections = JSON(null=True, default=None)
    """List of {"title", "text"}: plain text, paragraphs by line."""
    attachments = JSON(null=True, default=None)
    """As of DocumentReference, where the summary is a file."""


TABLES = (Encounter, Composition)
CONSTRAINTS = (
    *clinical_constraints("encounter"),
    "CREATE INDEX encounter_list ON encounter (patient, effective_starts)",
    *clinical_constraints("composition"),
)
