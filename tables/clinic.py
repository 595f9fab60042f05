"""What a clinic says and decides, as data: sites and words, the newest row of each name being in force."""

from piccolo.columns import JSON, BigInt, Boolean, Varchar
from piccolo.table import Table

from tables.base import code, key, moment, ref, to, words


class Installation(Table, tablename="installation"):
    """One row. `demo` is set when the database is made and never changes; a trigger refuses an update of it."""

    id = key()
    demo = Boolean(default=False, null=False)
    created_at = moment(null=False)


class ClinicSite(Table, tablename="clinic_site"):
    id = key()
    ref = ref()
    name = words(null=False)
    zone = code(64)
    """IANA name of the time zone, such as America/Chicago."""
    phone = code(40)
    address = words()
    active = Boolean(default=True, null=False)


class ClinicText(Table, tablename="clinic_text"):
    """A sentence of the clinic's own, by name and language, with its history: rows are added, never changed."""

    id = key()
    site = to(ClinicSite, null=True)
    name = code(80)
    locale = code(16)
    text = words(null=False)
    since = moment(null=False)
    written_by = Varchar(length=40, null=True, default=None)


class ClinicSetting(Table, tablename="clinic_setting"):
    """A decision of the clinic's that is not a sentence (how long a preliminary result is held, age bands)."""

    id = key()
    name = code(80)
    value = JSON(null=False, default="null")
    since = moment(null=False)
    version = BigInt(default=1, null=False)


TABLES = (Installation, ClinicSite, ClinicText, ClinicSetting)
CONSTRAINTS = (
    "CREATE UNIQUE INDEX installation_once ON installation ((1))",
    "CREATE INDEX clinic_text_by_name ON clinic_text (name, locale, since)",
    "CREATE UNIQUE INDEX clinic_setting_version ON clinic_setting (name, version)",
)
