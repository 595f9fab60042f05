"""What a resource that came means for what is already here: every order of arrival, without a database."""

from datetime import UTC, datetime, timedelta

import pytest

from ehr.deciding import Decision, decide
from ehr.lookups import Version
from ehr.reading import Entry, Folder
from ehr.sent import Sent, make_ready
from tables.base import new_id

DAY = datetime(2026, 5, 1, tzinfo=UTC)


def sent(content: str = "a", day: int = 0, version: str = "", withdrawn: bool = False) -> Sent:
    return Sent(
        "clinic", "Observation", "o1", sha256=content.encode(), version=version or "hash of it",
        updated_at=DAY + timedelta(days=day) if day else None, status="entered-in-error" if withdrawn else "final",
    )  # fmt: skip


def kept(one: Sent, current: bool = True, skipped: str | None = None, run: str = "before") -> Version:
    return Version(new_id(), one.sha256, one.version, current, one.withdrawn, one.updated_at, skipped, run)


@pytest.mark.parametrize(
    "came, here, decision",
    [
        (sent(), [], Decision.NEW),
        (sent(), [kept(sent())], Decision.UNCHANGED),
        (sent(), [kept(sent(), run="now")], Decision.RESUMED),
        (sent(), [kept(sent(), skipped="no patient")], Decision.AGAIN),
        (sent(), [kept(sent(), current=False, skipped="somebody else"), kept(sent("b"))], Decision.REFUSED),
        (sent("b"), [kept(sent("a"))], Decision.NEW),
        # by date
        (sent("b", day=2), [kept(sent("a", day=1))], Decision.NEW),
        (sent("b", day=1), [kept(sent("a", day=2))], Decision.OLDER),
        (sent("b", day=1), [kept(sent("a"))], Decision.NEW),
        # by number
        (sent("b", version="10"), [kept(sent("a", version="9"))], Decision.NEW),
        (sent("b", version="9"), [kept(sent("a", version="10"))], Decision.OLDER),
        (sent("b", day=1, version="9"), [kept(sent("a", day=1, version="10"))], Decision.OLDER),
        # an earlier content again
        (sent("a"), [kept(sent("a"), current=False), kept(sent("b"))], Decision.RETURNED),
        (sent("a", day=1), [kept(sent("a", day=1), current=False), kept(sent("b", day=2))], Decision.UNCHANGED),
        (sent("a"), [kept(sent("a"), current=False), kept(sent("b", withdrawn=True))], Decision.UNCHANGED),
        # what was withdrawn
        (sent("b"), [kept(sent("a", withdrawn=True))], Decision.NEW),
        (sent("b"), [kept(sent("a", withdrawn=True), run="now")], Decision.OLDER),
        (sent("b"), [kept(sent("a", day=2, withdrawn=True))], Decision.OLDER),
        (sent("b", day=3), [kept(sent("a", day=2, withdrawn=True))], Decision.NEW),
        (sent("b", day=1), [kept(sent("a", day=2, withdrawn=True))], Decision.OLDER),
        (sent("b", withdrawn=True), [kept(sent("a", day=2))], Decision.NEW),
        (sent("b", day=1, withdrawn=True), [kept(sent("a", day=2))], Decision.OLDER),
    ],
)
def test_what_it_means(came, here, decision):
    assert decide(came, here, "now")[0] is decision


def ready(body: bytes, **more) -> Sent:
    return make_ready(Entry("Observation", "o1", body, "", Folder()) if not more else Entry(**more), "clinic")


def test_the_same_content_has_the_same_hash_however_it_is_spaced():
    one = ready(b'{"resourceType":"Observation","id":"o1","valueQuantity":{"value":5.40}}')
    two = ready(b'{ "resourceType" : "Observation",\n "id": "o1", "valueQuantity": {"value": 5.40} }')
    assert one.sha256 == two.sha256
    assert one.sha256 != ready(b'{"resourceType":"Observation","id":"o1","valueQuantity":{"value":5.4}}').sha256


@pytest.mark.parametrize(
    "entry, problem",
    [
        (Entry("Observation", "o1", b"{}", "", Folder()), ""),
        (Entry("Observation", "", b"{}", "", Folder()), "no id"),
        (Entry("Observation", "x" * 201, b"{}", "", Folder()), "an id of more than 200 characters"),
        (Entry("Observation", "o1", b'{"a": "\\ud800"}', "", Folder()), "not readable as JSON"),
        (Entry("Horoscope", "h", b"{}", "", Folder()), "not a FHIR R4 resource type"),
        (Entry("OperationOutcome", "", b"{}", "", Folder()), "a message from the server, not part of a record"),
        (Entry("", "x", b'{"id": "x"}', "", Folder()), "no resourceType"),
        (Entry("Bundle", "x", b"{}", "", Folder()), "a Bundle inside too many others"),
        (Entry("", "", b"", "", Folder()), "an entry of a Bundle without a resource"),
    ],
)
def test_what_cannot_be_used_says_why(entry, problem):
    assert make_ready(entry, "clinic").problem == problem
