"""Files of FHIR: single resources, bundles of every kind and NDJSON, taken apart into entries one file at a time."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from ehr.types import R4, pass_of

LARGEST_FILE = 100_000_000
"""Bytes. A file is read whole before anything of it is written."""
LARGEST_GROUP = 8_000_000
"""Bytes of files held at a time; a larger file is held alone."""
ENDINGS = (".json", ".ndjson", ".jsonl")
LINE_ENDINGS = (".ndjson", ".jsonl")
DEEPEST_BUNDLE = 3
_PATIENT_SERVER = re.compile(rb'"reference"\s*:\s*"(https?://[^"\s]+)/Patient/')
# How nearly every resource begins. Reading on to its end only to learn the type and id would double the work.
_BEGINNING = re.compile(rb'\s*\{\s*"resourceType"\s*:\s*"([A-Za-z]+)"\s*,\s*"id"\s*:\s*"([^"\\\\\x80-\xff]+)"')
_BUNDLE = re.compile(rb'\s*\{\s*"resourceType"\s*:\s*"Bundle"')
_OWN_PATIENT = re.compile(rb'"reference"\s*:\s*"Patient/')


class NotFhir(Exception):
    """Files that cannot be imported: one clear line each, in `lines`. Nothing was written."""

    def __init__(self, lines: Iterable[str]):
        self.lines = tuple(lines)
        super().__init__("\n".join(self.lines))


class _Request(msgspec.Struct):
    method: object = None
    url: object = None


class _Meta(msgspec.Struct):
    lastUpdated: object = None


class _Entry(msgspec.Struct):
    resource: msgspec.Raw = msgspec.Raw()
    fullUrl: object = None
    request: object = None


class _Peek(msgspec.Struct):
    resourceType: object = None
    id: object = None


class _Bundle(msgspec.Struct):
    resourceType: object = None
    type: object = None
    entry: list[_Entry] | None = None


_peek_decoder = msgspec.json.Decoder(_Peek)
_bundle_decoder = msgspec.json.Decoder(_Bundle)


@dataclass(frozen=True, slots=True)
class Folder:
    """What the entries of one bundle or file know of each other: fullUrl to (type, id), and the server of the file
    where no entry names its own."""

    addresses: dict[str, tuple[str, str]] = field(default_factory=dict)
    base: str = ""


@dataclass(slots=True)
class Entry:
    """One resource as it came, or a deletion (`deleted`) of one. `fhir_id` is '' where none was sent."""

    fhir_type: str
    fhir_id: str
    body: bytes
    full_url: str
    folder: Folder
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class FeedFile:
    path: Path
    size: int
    count: int
    passes: frozenset[int]
    sha256: bytes


def find_files(paths: Iterable[Path]) -> list[Path]:
    """The files named, and those in the folders named whose ending says JSON; in a fixed order."""
    found: dict[Path, None] = {}
    for path in map(Path, paths):
        if path.is_dir():
            inside = (p for p in path.rglob("*") if p.suffix.lower() in ENDINGS and p.is_file())
            found.update(dict.fromkeys(sorted(inside)))
        else:
            found[path] = None
    return list(found)


def check_files(paths: Iterable[Path]) -> list[FeedFile]:
    """Reads every file to its end once. Raises NotFhir with one line for each that cannot be imported."""
    paths = [Path(path) for path in paths]
    files, wrong = [], []
    for path in find_files(paths):
        try:
            files.append(check_file(path))
        except NotFhir as refused:
            wrong += refused.lines
    if not files and not wrong:
        wrong = [f"{path}: no .json or .ndjson file in this folder." for path in paths] or ["No file was named."]
    if wrong:
        raise NotFhir(wrong)
    return files


def check_file(path: Path) -> FeedFile:
    data = _bytes_of(path)
    _refuse_other_text(path, data)
    count, passes = 0, set()
    for entry in entries_of(path, data):
        count += 1
        passes.add(pass_of(entry.fhir_type))
    return FeedFile(path, len(data), count, frozenset(passes), hashlib.sha256(data).digest())


def read_file(file: FeedFile) -> Iterator[Entry]:
    """The entries again. Raises NotFhir when the file is not the one that was checked."""
    data = _bytes_of(file.path)
    if hashlib.sha256(data).digest() != file.sha256:
        raise NotFhir([f"{file.path}: changed while it was being imported."])
    return entries_of(file.path, data)


def groups_of(files: Iterable[FeedFile], passes: range) -> Iterator[list[FeedFile]]:
    """The files with something for these passes, as many together as may be held in memory, so that each is read once.

    Files whose types come first go first: a folder of one file a type is then read in the order its references need.
    """
    group: list[FeedFile] = []
    wanted = [file for file in files if not file.passes.isdisjoint(passes)]
    for file in sorted(wanted, key=lambda file: min(file.passes.intersection(passes))):
        if group and sum(one.size for one in group) + file.size > LARGEST_GROUP:
            yield group
            group = []
        group.append(file)
    if group:
        yield group


def entries_of(path: Path, data: bytes) -> Iterator[Entry]:
    """All entries of a file, bundles inside bundles taken apart. Raises NotFhir."""
    data = data.removeprefix(b"\xef\xbb\xbf")
    if path.suffix.lower() in LINE_ENDINGS:
        return _lines(path, data)
    try:
        return iter(_whole(data, str(path)))
    except NotFhir as refused:
        if "trailing characters" in str(refused.__cause__) and b"\n" in data.strip():
            return _lines(path, data)
        raise


def _bytes_of(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size == 0:
            raise NotFhir([f"{path}: the file is empty."])
        if size >= LARGEST_FILE:
            raise NotFhir(
                [f"{path}: {size // 1_000_000} MB; a file may have less than {LARGEST_FILE // 1_000_000} MB."]
            )
        data = path.read_bytes()
    except OSError as error:
        raise NotFhir([f"{path}: {error.strerror or error}."]) from error
    return data


def _refuse_other_text(path: Path, data: bytes) -> None:
    if not data.strip():
        raise NotFhir([f"{path}: the file is empty."])
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotFhir([f"{path}: not UTF-8 text (byte {error.start})."]) from error


def _lines(path: Path, data: bytes) -> Iterator[Entry]:
    base = _only_server(data)
    for number, line in enumerate(data.split(b"\n"), 1):
        if line.strip():
            yield from _whole(line, f"{path}, line {number}", base)


def _only_server(data: bytes) -> str:
    """The one server whose patients a file without addresses speaks of; '' where there is more than one answer."""
    servers = set(_PATIENT_SERVER.findall(data))
    return servers.pop().decode("utf-8", "replace") if len(servers) == 1 and not _OWN_PATIENT.search(data) else ""


def _whole(data: bytes, where: str, base: str | None = None) -> list[Entry]:
    if _BUNDLE.match(data):
        # Read once. What is wrong with a Bundle is said below, by which of the two readings fails.
        with suppress(NotFhir):
            return _bundle(data, where, 1)
    try:
        peek = _peek_decoder.decode(data)
    except msgspec.ValidationError as error:
        raise NotFhir([f"{where}: JSON, but not a FHIR resource."]) from error
    except msgspec.DecodeError as error:
        raise NotFhir([f"{where}: not readable as JSON ({_plain(error)})."]) from error
    if not isinstance(peek.resourceType, str) or peek.resourceType not in R4:
        raise NotFhir([f"{where}: JSON, but not a FHIR R4 resource."])
    if peek.resourceType == "Bundle":
        return _bundle(data, where, 1)
    return [_entry(data, peek, "", Folder(base=_only_server(data) if base is None else base))]


def _plain(error: Exception) -> str:
    return str(error).removeprefix("JSON is malformed: ").removesuffix(".")


def _bundle(data: bytes, where: str, depth: int) -> list[Entry]:
    try:
        bundle = _bundle_decoder.decode(data)
    except msgspec.DecodeError as error:
        raise NotFhir([f"{where}: a Bundle whose entries cannot be read ({_plain(error)})."]) from error
    folder, found = Folder(), []
    for sent in bundle.entry or ():
        found += _sent(sent, folder, where, depth)
    # A history lists the newest version first; applied in the order it happened, the newest stands.
    return found[::-1] if bundle.type == "history" else found


def _sent(sent: _Entry, folder: Folder, where: str, depth: int) -> list[Entry]:
    full_url = sent.fullUrl.strip() if isinstance(sent.fullUrl, str) else ""
    body = bytes(sent.resource)
    if not body or body == b"null":
        return [_without_resource(sent, full_url, folder)]
    peek = _peek(body)
    if peek.resourceType == "Bundle" and depth < DEEPEST_BUNDLE:
        return _bundle(body, where, depth + 1)
    entry = _entry(body, peek, full_url, folder)
    if full_url and entry.fhir_id:
        folder.addresses[full_url] = (entry.fhir_type, entry.fhir_id)
    return [entry]


def _peek(body: bytes) -> _Peek:
    """Type and id; neither where it cannot be read, which is said later."""
    found = _BEGINNING.match(body)
    if found:
        return _Peek(found[1].decode(), found[2].decode())
    try:
        return _peek_decoder.decode(body)
    except msgspec.DecodeError:
        return _Peek()


def _entry(body: bytes, peek: _Peek, full_url: str, folder: Folder) -> Entry:
    fhir_type = peek.resourceType if isinstance(peek.resourceType, str) else ""
    return Entry(fhir_type, _identity(peek.id, full_url), body, full_url, folder)


def _identity(sent: object, full_url: str) -> str:
    """The id, else what the entry's address ends in: a transaction may post a resource that has no id yet."""
    if isinstance(sent, str) and sent.strip():
        return sent.strip()
    if isinstance(sent, int) and not isinstance(sent, bool):
        return str(sent)
    return full_url.replace(":", "/").rstrip("/").rsplit("/", 1)[-1]


def _without_resource(sent: _Entry, full_url: str, folder: Folder) -> Entry:
    """An entry of a history that says DELETE; anything else without a resource is kept to be counted."""
    request = sent.request if isinstance(sent.request, dict) else {}
    url = request.get("url") if isinstance(request.get("url"), str) else ""
    parts = url.partition("?")[0].strip("/").split("/")
    if request.get("method") == "DELETE" and len(parts) >= 2 and "_history" not in parts[:2]:
        at = parts.index("_history") if "_history" in parts else len(parts)
        return Entry(parts[at - 2], parts[at - 1], b"", full_url, folder, deleted=True)
    return Entry("", "", b"", full_url, folder)
