"""Letters and documents."""

from piccolo.columns import JSON
from piccolo.table import Table

from tables.base import code, moment, to, words
from tables.clinical import Clinical, clinical_constraints
from tables.visits import Encounter


class DocumentReference(Clinical, Table, tablename="document_reference"):
    label = words(null=False)
    """The words of its type."""
    loinc = code(32)
    title = words()
    """Its description, else the title of its first attachment."""
    category = words()
    doc_status = code(32)
    author = words()
    organization = words()
    effective_text = code(64)
    effective_precision = code(8)
    effective_starts = moment()
    effective_ends = moment()
    about_text = code(64)
    about_precision = code(8)
    about_starts = moment()
    about_ends = moment()
    """The time of the care that it documents."""
    attachments = JSON(null=True, default=None)
    """List of {"title", "type", "size", "url", "inline", "index", "file"}; file is a StoredFile's ref."""
    note = words()
    """The text of its plain or HTML attachments."""
    replaces = JSON(null=True, default=None)
    """List of {"ref", "code"}; ref is `DocumentReference/id`."""
    encounter = to(Encounter, null=True, index=True)
    encounter_ref = words()


TABLES = (DocumentReference,)
CONSTRAINTS = (
    *clinical_constraints("document_reference"),
    "CREATE INDEX document_reference_list ON document_reference (patient, effective_starts)",
)
