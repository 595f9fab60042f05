"""Who and where: the people, organisations and places that a feed's resources refer to, and whom a feed proposes."""

from piccolo.columns import JSON
from piccolo.table import Table

from tables.base import code, key, moment, ref, words
from tables.clinical import Clinical, clinical_constraints


class Directory:
    """The columns of what a feed names and no patient owns."""

    id = key()
    ref = ref()
    source = code(64)
    fhir_type = code(40)
    fhir_id = code(200)
    status = code(40)
    withdrawn_at = moment()
    first_seen_at = moment(null=False)
    changed_at = moment(null=False)
    name = words(null=False)


class Practitioner(Directory, Table, tablename="practitioner"):
    given = words()
    family = words()
    qualification = words()
    phone = words()


class PractitionerRole(Directory, Table, tablename="practitioner_role"):
    """`name` is the practitioner's; `role` and `specialty` are text as sent."""

    role = words()
    specialty = words()
    practitioner_ref = words()
    organization_ref = words()


class Organization(Directory, Table, tablename="organization"):
    kind = words()
    phone = words()
    address = words()


class Location(Directory, Table, tablename="location"):
    kind = words()
    phone = words()
    address = words()
    organization_ref = words()


class NamedResource(Directory, Table, tablename="named_resource"):
    """A thing that others name and that has no table of its own: Medication, Specimen, Device and the like."""

    fhir_code = code(64)
    detail = words()


class RelatedPerson(Clinical, Table, tablename="related_person"):
    """Somebody the feed says helps this patient. It proposes; access is granted in the portal alone."""

    name = words(null=False)
    relationship = words()
    phone = words()
    email = words()
    effective_text = code(64)
    effective_precision = code(8)
    effective_starts = moment()
    effective_ends = moment()


class Person(Directory, Table, tablename="person"):
    """The feed says that several resources are one human. It proposes; nothing is linked by it."""

    links = JSON(null=True, default=None)
    """List of {"ref", "name", "assurance"}."""


class Consent(Clinical, Table, tablename="consent"):
    """What the feed says the patient agreed to. It proposes; access is granted in the portal alone."""

    scope = words()
    label = words(null=False)
    given_text = code(64)
    given_precision = code(8)
    given_starts = moment()
    given_ends = moment()
    provision = JSON(null=True, default=None)
    """Consent.provision as sent."""
    organization = words()


DIRECTORY = (Practitioner, PractitionerRole, Organization, Location, NamedResource, Person)
TABLES = (*DIRECTORY, RelatedPerson, Consent)
CONSTRAINTS = tuple(
    line for table in TABLES for line in clinical_constraints(table._meta.tablename)
)
