"""Files that are no FHIR, folders, NDJSON, and a run that is cut in the middle."""

import asyncio
import json
import os
import signal
import sys
from pathlib import Path

import anyio
import pytest

from ehr import importing, reading
from ehr.reading import NotFhir, check_files, find_files
from ehr.sent import make_ready
from ehr.writing import Writer
from tests.support.databases import HOUSE, portal_environment
from tests.support.feeds import Clinic, bundle, encounter, observation, outcome, patient, report, written

WHOLE = json.dumps({"resourceType": "Bundle", "entry": [{"resource": patient()}]}).encode()
BAD = {
    "empty.json": (b"", "the file is empty."),
    "blank.json": (b" \n\n ", "the file is empty."),
    "cut.json": (WHOLE[:-10], "not readable as JSON (Input data was truncated)."),
    "words.json": (b"Dear colleague,", "not readable as JSON"),
    "binary.json": (bytes(range(256)), "not UTF-8 text"),
    "latin1.json": (WHOLE.replace(b"Reyes", b"Mu\xf1oz"), "not UTF-8 text (byte"),
    "list.json": (b"[1, 2]", "JSON, but not a FHIR resource."),
    "number.json": (b"5", "JSON, but not a FHIR resource."),
    "package.json": (b'{"name": "left-pad"}', "JSON, but not a FHIR R4 resource."),
    "horoscope.json": (b'{"resourceType": "Horoscope"}', "JSON, but not a FHIR R4 resource."),
    "entry.json": (b'{"resourceType": "Bundle", "entry": "none"}', "a Bundle whose entries cannot be read"),
    "two.json": (WHOLE + WHOLE, "not readable as JSON (trailing characters"),
    "lines.ndjson": (WHOLE + b"\n" + WHOLE[:40], "line 2: not readable as JSON (Input data was truncated)."),
    "gz.ndjson": (b"\x1f\x8b\x08\x00", "not UTF-8 text"),
}


@pytest.mark.parametrize("name", BAD)
async def test_a_file_that_is_no_fhir_gets_one_line_and_changes_nothing(clinic, tmp_path, name):
    content, words = BAD[name]
    (tmp_path / name).write_bytes(content)
    good = written(tmp_path / "a.json", patient())
    with pytest.raises(NotFhir) as refused:
        await clinic.sends_file(good, tmp_path / name)
    (line,) = refused.value.lines
    assert line.startswith(str(tmp_path / name)) and words in line and "\n" not in line
    for table in ("import_run", "raw_resource", "record"):
        assert await clinic.rows(table) == []


async def test_a_file_of_100_mb_is_refused_without_being_read(clinic, tmp_path):
    large = tmp_path / "large.json"
    with large.open("wb") as file:
        file.truncate(reading.LARGEST_FILE)
    with pytest.raises(NotFhir, match="100 MB; a file may have less than 100 MB"):
        await clinic.sends_file(large)


async def test_every_bad_file_has_its_own_line(clinic, tmp_path):
    for name, (content, _) in BAD.items():
        (tmp_path / name).write_bytes(content)
    with pytest.raises(NotFhir) as refused:
        await clinic.sends_file(tmp_path)
    assert len(refused.value.lines) == len(BAD)


async def test_a_file_that_is_not_there_gets_one_line(clinic, tmp_path):
    with pytest.raises(NotFhir, match="nowhere.json: No such file"):
        await clinic.sends_file(tmp_path / "nowhere.json")


async def test_a_folder_without_json_says_so(clinic, tmp_path):
    (tmp_path / "README.md").write_text("nothing here")
    with pytest.raises(NotFhir, match="no .json or .ndjson file in this folder"):
        await clinic.sends_file(tmp_path)


def test_folders_are_searched_in_a_fixed_order_and_only_for_json(tmp_path):
    for name in ("b/2.json", "b/1.ndjson", "a/x.JSON", "a/notes.txt", "z.jsonl"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("{}")
    found = [str(path.relative_to(tmp_path)) for path in find_files([tmp_path, tmp_path / "z.jsonl"])]
    assert found == ["a/x.JSON", "b/1.ndjson", "b/2.json", "z.jsonl"]


async def test_a_folder_of_every_kind_of_file_is_one_import(clinic, tmp_path):
    folder = tmp_path / "feed"
    folder.mkdir()
    written(folder / "1.json", report())
    written(folder / "2.ndjson", observation(), bundle(encounter()))
    (folder / "3.json").write_bytes(b"\xef\xbb\xbf" + json.dumps(patient()).encode())
    (folder / "4.json").write_bytes(b"\n".join(json.dumps(patient(f"q{n}")).encode() for n in range(3)))
    done = await clinic.sends_file(folder)
    assert (done.files, done.read) == (4, 7)
    assert (await clinic.row("observation"))["report"]


async def test_blank_lines_and_windows_line_ends_do_no_harm(clinic, tmp_path):
    lines = json.dumps(patient()), "", json.dumps(encounter()), "  ", ""
    (tmp_path / "x.ndjson").write_bytes("\r\n".join(lines).encode())
    assert (await clinic.sends_file(tmp_path / "x.ndjson")).read == 2


def test_checking_knows_how_many_and_which_pass(tmp_path):
    (file,) = check_files([written(tmp_path / "x.ndjson", patient(), observation(), observation("o2"))])
    assert file.count == 3 and len(file.passes) == 2


async def test_a_file_that_changes_meanwhile_is_noticed(tmp_path):
    path = written(tmp_path / "x.json", patient())
    (file,) = check_files([path])
    written(path, patient("p2"))
    with pytest.raises(NotFhir, match="changed while it was being imported"):
        reading.read_file(file)


async def test_progress_counts_every_resource_once(clinic):
    seen = []
    await clinic.sends(patient(), encounter(), observation(), report_progress=lambda done, of: seen.append((done, of)))
    assert seen[-1] == (3, 3) and seen == sorted(seen)


IMPORT = """
import asyncio, sys, time
from datetime import datetime, timezone
from pathlib import Path
from tests.support.feeds import imported
from tables.database import Database

async def main():
    database = await Database(sys.argv[1]).open()
    def said(done, of):
        if done >= int(sys.argv[4]):
            print(done, flush=True)
            time.sleep(60)
    await imported(database, [Path(sys.argv[3])], sys.argv[2], datetime(2026, 5, 12, tzinfo=timezone.utc), report_progress=said)

asyncio.run(main())
"""


def many(count: int) -> list[dict]:
    """Three patients and their visits, tests and reports: `count` resources."""
    sent = [patient(f"p{n}", name=[{"text": f"Person {n}"}]) for n in range(3)]
    for n in range(count - 3):
        who = {"reference": f"Patient/p{n % 3}"}
        if n % 3 == 0:
            sent.append(report(f"r{n}", (f"o{n + 3}",) if n % 2 == 0 else (), subject=who))
        else:
            sent.append(observation(f"o{n}", value=f"{n}.50", subject=who))
    return sent


@pytest.mark.parametrize("after", [1, 50, 300])
async def test_a_run_that_was_killed_is_completed_by_running_it_again(clinic, tmp_path, after):
    """kill -9 in the middle, then the same command: as if nothing had happened."""
    file = written(tmp_path / "feed.ndjson", *many(600))
    await _killed(clinic, file, after)
    stored = len(await clinic.rows("raw_resource"))
    assert 0 < stored < 600
    done = await clinic.sends_file(file)
    assert done.resumed
    assert [row[1:] for row in done.table()] == [(row[1], row[1], 0, 0, 0) for row in done.table()]
    assert done.read == 600 == len(await clinic.rows("raw_resource"))
    again = await clinic.sends_file(file)
    assert not again.resumed and again.table()[-1] == ("All", 600, 0, 600, 0, 0)
    assert await _numbers(clinic) == {f"o{n}": f"{n}.50" for n in range(597) if n % 3}


async def _numbers(clinic: Clinic) -> dict[str, str]:
    return {row["fhir_id"]: row["number"] for row in await clinic.rows("observation")}


async def _killed(clinic: Clinic, file: Path, after: int) -> None:
    """An import in a process of its own, killed where it stands once that many resources are in."""
    url = clinic.database.url
    command = [sys.executable, "-c", IMPORT, url, clinic.source, str(file), str(after)]
    environment = portal_environment(url)
    async with await anyio.open_process(command, env=environment, cwd=HOUSE, stderr=None) as running:
        await running.stdout.receive()
        os.kill(running.pid, signal.SIGKILL)
    assert running.returncode == -signal.SIGKILL


async def test_a_batch_that_fails_leaves_nothing_half_written(clinic, monkeypatch):
    async def fails(*everything):
        raise RuntimeError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr("ehr.writing.keep_raw", fails)
        with pytest.raises(RuntimeError, match="the disk is full"):
            await clinic.sends(patient(), observation())
    for table in ("record", "raw_resource", "observation", "series"):
        assert await clinic.rows(table) == []
    done = await clinic.sends_file(clinic.folder / "delivery1.ndjson")
    assert done.resumed and outcome(done, "Observation") == (1, 1, 0, 0, 0)


async def test_the_next_batch_is_gathered_while_the_disk_answers_one(clinic, monkeypatch):
    ready, write, gathered = [], Writer.write, []

    async def watched(*of):
        before = len(ready)
        await write(*of)
        gathered.append(len(ready) - before)

    monkeypatch.setattr(Writer, "write", watched)
    monkeypatch.setattr(importing, "make_ready", lambda *of: ready.append(of) or make_ready(*of))
    done = await clinic.sends(*many(600))
    assert done.read == 600 and any(gathered)
    assert gathered[-1] == 0, "the last batch has none after it"


async def test_what_comes_after_a_batch_that_failed_is_not_written(clinic, monkeypatch):
    write, begun = Writer.write, []

    async def fails_once(writer, source, sents):
        begun.append(len(sents))
        if len(begun) == 3:
            raise RuntimeError("the disk is full")
        await write(writer, source, sents)

    monkeypatch.setattr(Writer, "write", fails_once)
    with pytest.raises(RuntimeError, match="the disk is full"):
        await clinic.sends(*many(600))
    assert len(begun) == 3 and len(await clinic.rows("raw_resource")) == sum(begun[:2])


async def test_two_imports_of_one_source_at_once_do_no_harm(clinic, tmp_path):
    """As when an operator starts the night's import a second time by hand."""
    first, second = written(tmp_path / "a.ndjson", *many(400)), written(tmp_path / "b.ndjson", *many(500))
    done = await asyncio.gather(clinic.sends_file(first), clinic.sends_file(second))
    assert [one.read for one in done] == [400, 500]
    for one in done:
        assert all(t.read == t.stored + t.unchanged + t.withdrawn + len(t.skipped) for t in one.types)
    assert len(await clinic.rows("raw_resource", current=True)) == 500
    assert len(await clinic.rows("record")) == 3
    assert len(await clinic.rows("observation")) == 331
