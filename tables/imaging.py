"""Scans and X-rays: the study and its pictures' descriptions. No pixel data is kept."""

from piccolo.columns import JSON, Integer
from piccolo.table import Table

from tables.base import code, moment, to, words
from tables.clinical import Clinical, clinical_constraints
from tables.visits import Encounter


class ImagingStudy(Clinical, Table, tablename="imaging_study"):
    label = words(null=False)
    modality = words()
    body_site = words()
    description = words()
    reason = words()
    referrer = words()
    place = words()
    series_count = Integer(null=True, default=None)
    picture_count = Integer(null=True, default=None)
    series = JSON(null=True, default=None)
    """List of {"modality", "body_site", "description", "pictures"}."""
    effective_text = code(64)
    effective_precision = code(8)
    effective_starts = moment()
    effective_ends = moment()
    note = words()
    encounter = to(Encounter, null=True, index=True)
    encounter_ref = words()


class Media(Clinical, Table, tablename="media"):
    label = words(null=False)
    modality = words()
    body_site = words()
    reason = words()
    device = words()
    operator = words()
    attachments = JSON(null=True, default=None)
    effective_text = code(64)
    effective_precision = code(8)
    effective_starts = moment()
    effective_ends = moment()
    issued_at = moment()
    note = words()
    encounter = to(Encounter, null=True, index=True)
    encounter_ref = words()


TABLES = (ImagingStudy, Media)
CONSTRAINTS = (
    *clinical_constraints("imaging_study"),
    "CREATE INDEX imaging_study_list ON imaging_study (patient, effective_starts)",
    *clinical_constraints("media"),
)
