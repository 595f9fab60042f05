"""The whole way of one patient: from the clinic's import to the summary of a visit on paper.

Told three times: to Chromium with script, to Chromium without, and to w3m. First with the public synthetic records
that stand beside the repository, then with a record of the demo that nobody has a login for yet.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pyotp
import pytest

from seeds.deliveries import ENCODE
from seeds.fhir import directory
from seeds.people import BY_HANDLE
from tests.support.databases import HOUSE, portal
from tests.support.live import running_portal
from tests.support.pdf import Document, pdf_problems
from tests.support.readers import KINDS, Reader, reader
from tests.support.sent import Trend, longest_trend, patients_in

SHARED = HOUSE.parent / "shared" / "data" / "fhir"
PASSWORD = "seven paper lanterns by the lake"
SYNTHEA = "synthea-2021-uscore"
# One grown-up of the set for each reader: a record has one login.
PATIENTS = {"script": "a07-Russel.json", "no script": "a08-Will.json", "w3m": "a10-Leon.json"}


@dataclass(frozen=True)
class Patient:
    number: str
    birth: str
    family: str
    trend: Trend


@dataclass
class Story:
    """One person's way; what they hold in their hands comes along."""

    reader: Reader
    address: str
    patient: Patient
    code: str = ""
    key: str = ""
    sheet: tuple[str, ...] = ()

    @property
    def username(self) -> str:
        return f"{self.patient.family.lower()}.reads"

    async def given_a_code_from_the_desk(self) -> None:
        printed = portal(["code", "issue", "--number", self.patient.number, "--birth", self.patient.birth], self.address)
        self.code = re.search(r"Code: (\S+)", printed).group(1)

    async def when_they_register_with_it(self) -> None:
        year, month, day = self.patient.birth.split("-")
        await self.reader.follow("Register with a code")
        for label, text in (("Code", self.code), ("Month", month), ("Day", day), ("Year", year)):
            await self.reader.fill(label, text)
        await self.reader.press("Go on")
        await self.then_it_says("Choose a user name and a password")
        await self.reader.fill("User name", self.username)
        await self.reader.fill("Password", PASSWORD)
        await self.reader.press("Go on")

    async def when_they_set_up_their_authenticator_app(self) -> None:
        await self.then_it_says("Set up your authenticator app")
        self.key = re.search(r"Key: ([A-Z2-7 ]+?)(?= If| [A-Z]?[a-z])", await self.reader.words()).group(1).replace(" ", "")
        await self.reader.fill("Code", pyotp.TOTP(self.key).now())
        await self.reader.press("Go on")

    async def when_they_write_down_their_one_time_codes(self) -> None:
        await self.then_it_says("Keep these one-time codes")
        words = await self.reader.words()
        self.sheet = tuple(re.findall(r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){5}\b", words))
        assert len(self.sheet) == 10, words
        await self.reader.press("I have kept them")
        await self.then_it_says("Records")

    async def when_they_sign_out_and_in_again(self) -> None:
        """The app's code was just used, so the sheet proves itself here."""
        await self.reader.press("Sign out")
        await self.then_it_says("You are signed out")
        await self.reader.fill("User name", self.username)
        await self.reader.fill("Password", PASSWORD)
        await self.reader.press("Sign in")
        await self.then_it_says("Enter your code")
        await self.reader.fill("Code", self.sheet[0])
        await self.reader.press("Go on")

    async def when_they_look_for_their_results(self) -> None:
        await self.reader.follow(self.patient.family)
        await self.reader.follow("Test results")
        await self.then_it_says("newest first")

    async def then_a_test_taken_often_has_a_history(self) -> None:
        trend = self.patient.trend
        await self.reader.follow(trend.report)
        await self.reader.follow(trend.name)
        words = await self.reader.words()
        assert trend.name in words
        missing = [number for number in trend.newest if number not in words]
        assert not missing, f"{trend.name}: {missing} not in {words}"

    async def when_they_open_a_visit(self) -> None:
        await self.reader.follow("Visits")
        await self.reader.follow(self.patient.trend.visit)
        await self.then_it_says("Visit summary")

    async def then_its_summary_is_theirs_on_paper(self) -> None:
        content = await self.reader.save("PDF of this page")
        assert pdf_problems(content) == []
        assert self.patient.family in Document(content).spoken
        large = await self.reader.save("Large print PDF of this page")
        assert pdf_problems(large) == []
        assert Document(large).pages >= Document(content).pages

    async def then_it_says(self, words: str) -> None:
        said = await self.reader.words()
        assert words in said, f"“{words}” is not in: {said[:1500]}"


async def the_main_job(story: Story) -> None:
    await story.given_a_code_from_the_desk()
    await story.when_they_register_with_it()
    await story.when_they_set_up_their_authenticator_app()
    await story.when_they_write_down_their_one_time_codes()
    await story.when_they_sign_out_and_in_again()
    await story.when_they_look_for_their_results()
    await story.then_a_test_taken_often_has_a_history()
    await story.when_they_open_a_visit()
    await story.then_its_summary_is_theirs_on_paper()


@pytest.fixture(scope="module")
def imported(first_templates, shared_fhir, tmp_path_factory):
    """A clinic that is no demo, with its feed imported by the operator's own command."""
    address = first_templates.server.create("imported")
    folder = tmp_path_factory.mktemp("imported")
    portal(["migrate"], address)
    portal(["import", str(shared_fhir / SYNTHEA), "--report", str(folder / "report.json")], address)
    types = json.loads((folder / "report.json").read_text())["types"]
    lost = {name for name, row in types.items() if row["read"] != row["stored"] + row["unchanged"] + row["withdrawn"] + len(row["skipped"])}
    assert not lost
    with running_portal(address, PORTAL_DATA=str(folder)) as live:
        yield live
    first_templates.server.drop(address)


def write_feed(folder: Path, number: str) -> Iterator[Path]:
    """What the demo's main patient was sent on each day, as a file, under another number."""
    for place, delivery in enumerate(BY_HANDLE["self"].feed(datetime.now(UTC))):
        resources = [*(directory() if place == 0 else ()), *delivery.resources]
        text = ENCODE({"resourceType": "Bundle", "type": "collection", "entry": [{"resource": one} for one in resources]})
        file = folder / f"{place}.json"
        file.write_bytes(text.replace(BY_HANDLE["self"].number.encode(), number.encode()))
        yield file


@pytest.mark.parametrize("kind", KINDS)
async def test_a_new_patient_of_the_demo_registers_and_reads(kind, browser, first_templates, tmp_path):
    """Another clinic's system sends the demo a patient without a login."""
    if kind != "no script" and SHARED.is_dir():
        pytest.skip("told with the public records, to this reader")
    files = list(write_feed(tmp_path, "EL-20931"))
    (one,) = patients_in(files)
    patient = Patient("EL-20931", one.birth, one.family, longest_trend(one))
    with first_templates.copy(first_templates.demo()) as address:
        for file in files:
            portal(["import", str(file), "--source", "elsewhere"], address)
        with running_portal(address, PORTAL_DATA=str(tmp_path)) as live:
            async with reader(kind, browser, live.url) as somebody:
                await the_main_job(Story(somebody, address, patient))


@pytest.mark.parametrize("kind", KINDS)
async def test_an_imported_patient_registers_and_reads(kind, browser, imported, shared_fhir):
    (one,) = patients_in([shared_fhir / SYNTHEA / PATIENTS[kind]])
    patient = Patient(one.id, one.birth, one.family, longest_trend(one))
    async with reader(kind, browser, imported.url) as somebody:
        await the_main_job(Story(somebody, imported.database_url, patient))
