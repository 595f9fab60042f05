"""Messages of the feed."""

from piccolo.columns import JSON, Boolean
from piccolo.table import Table

from tables.base import code, moment, to, words
from tables.clinical import Clinical, clinical_constraints
from tables.visits import Encounter


class Communication(Clinical, Table, tablename="communication"):
    label = words(null=False)
    """Its topic, else its category; may be empty."""
    sender = words()
    from_patient = Boolean(default=False, null=False)
    recipients = JSON(null=True, default=None)
    """List of names."""
    text = words()
    """Its payloads in words, paragraph by paragraph."""
    attachments = JSON(null=True, default=None)
    sent_text = code(64)
    sent_at = moment()
    received_at = moment()
    part_of = words()
    """`Communication/id`: the first of its thread."""
    in_response_to = words()
    """`Communication/id`: what it answers."""
    medium = words()
    status_reason = words()
    note = words()
    encounter = to(Encounter, null=True, index=True)
    encounter_ref = words()


TABLES = (Communication,)
CONSTRAINTS = (
    *clinical_constraints("communication"),
    "CREATE INDEX communication_list ON communication (patient, sent_at)",
)
