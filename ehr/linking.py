"""After the files: what waited for a resource that has come by now is read again from its raw JSON, and completed.

References may point forward, to a later file or to a later run. Reading again is idempotent, so one way serves all.
"""

from __future__ import annotations

import zlib
from typing import Any
from uuid import UUID

import msgspec

from ehr.batch import Work
from ehr.deciding import Decision
from ehr.lookups import Version
from ehr.reading import Folder
from ehr.references import Reading, Target
from ehr.sent import Sent, read_body
from ehr.statements import among, listed, run_many
from ehr.writing import Writer
from tables.base import new_id

PAGE = 200
SWEEPS = 5
"""A resource that waits for one that waits itself needs a sweep more; nothing real is deeper."""
_COLUMNS = (
    "r.id, r.source, r.fhir_type, r.fhir_id, r.version, r.sha256, r.body, r.context, r.withdrawn, r.skipped, r.run"
)


async def complete(writer: Writer, source: str) -> int:
    """Completes what can be completed; how many resources of earlier runs that were."""
    late = 0
    for _ in range(SWEEPS):
        done, earlier = await _sweep(writer, source)
        late += earlier
        if not done:
            break
    return late


async def _sweep(writer: Writer, source: str) -> tuple[int, int]:
    done = earlier = 0
    # What a sweep finds still wanting waits anew, with a later id: for the next sweep.
    after, until = UUID(int=0), new_id()
    while True:
        waiting = await writer.database.rows(
            "SELECT id, fhir_type, fhir_id, target_type, target_id FROM waiting_link"
            " WHERE source = ? AND met = ? AND id > ? AND id < ? ORDER BY id LIMIT ?",
            source, False, after, until, PAGE,
        )  # fmt: skip
        if not waiting:
            return done, earlier
        after = waiting[-1]["id"]
        pairs = await _ready(writer, source, waiting)
        for keys in _slices(sorted({key for key, _ in pairs}), writer.size):
            works = [_again(row) for row in await _current(writer, source, keys)]
            await writer.write_again(source, works)
            await _satisfied(writer, source, [pair for pair in pairs if pair[0] in keys])
            done += len(works)
            filed = [work for work in works if not work.reason]
            _ = [writer.tally.settle(*work.sent.key) for work in filed]
            earlier += sum(work.version.run != str(writer.run) for work in filed)


def _slices(keys: list[tuple[str, str]], size: int) -> list[list[tuple[str, str]]]:
    return [keys[start : start + size] for start in range(0, len(keys), size)]


async def _ready(writer: Writer, source: str, waiting: list[dict[str, Any]]) -> list[tuple[tuple[str, str], Target]]:
    """The waiting resources whose target is here and filed, with that target as they name it."""
    pairs = [((r["fhir_type"], r["fhir_id"]), Target(r["target_type"], r["target_id"])) for r in waiting]
    here = await writer.lookups.filed(source, {target for _, target in pairs})
    return [(key, target) for key, target in pairs if target in here]


async def _satisfied(writer: Writer, source: str, pairs: list[tuple[tuple[str, str], Target]]) -> None:
    """What was waited for is here; if it could not be used after all (it has no name, it is another chart's), then
    nothing more will come of waiting."""
    async with writer.database.transaction():
        await run_many(
            writer.database,
            "DELETE FROM waiting_link WHERE source = ? AND fhir_type = ? AND fhir_id = ? AND target_type = ?"
            " AND target_id = ?",
            [(source, *key, *target) for key, target in pairs],
        )


async def _current(writer: Writer, source: str, keys: list[tuple[str, str]]) -> list[dict[str, Any]]:
    rows = []
    for fhir_type in sorted({fhir_type for fhir_type, _ in keys}):
        ids = [fhir_id for of_type, fhir_id in keys if of_type == fhir_type]
        rows += await writer.database.rows(
            f"SELECT {_COLUMNS} FROM raw_resource r WHERE r.source = ? AND r.fhir_type = ? AND r.current = ? AND "
            + among(writer.database, "r.fhir_id"),
            source, fhir_type, True, listed(writer.database, ids),
        )  # fmt: skip
    return rows


async def take_back_words(writer: Writer, source: str) -> None:
    """What showed the words of something that this run withdrew is read again without them."""
    gone = sorted(key[1:] for key in writer.gone if key[0] == source)
    for targets in _slices(gone, PAGE):
        keys: set[tuple[str, str]] = set()
        for fhir_type, fhir_id in targets:
            rows = await writer.database.rows(
                "SELECT fhir_type, fhir_id FROM waiting_link WHERE source = ? AND target_type = ? AND target_id = ?"
                " AND met = ?",
                source, fhir_type, fhir_id, True,
            )  # fmt: skip
            keys |= {(row["fhir_type"], row["fhir_id"]) for row in rows}
        for slice_of_keys in _slices(sorted(keys), writer.size):
            works = [_again(row) for row in await _current(writer, source, slice_of_keys)]
            await writer.write_again(source, works)


async def go_back(writer: Writer, source: str) -> None:
    """Where a source without versions went back to an earlier content, that content counts again."""
    keys = [(key, sha256) for key, sha256 in writer.returned.items() if key[0] == source]
    for (_, fhir_type, fhir_id), sha256 in keys:
        rows = await writer.database.rows(
            f"SELECT {_COLUMNS} FROM raw_resource r WHERE r.source = ? AND r.fhir_type = ? AND r.fhir_id = ?"
            " AND r.sha256 = ?",
            source, fhir_type, fhir_id, sha256,
        )  # fmt: skip
        works = [_again(row, Decision.RETURNED) for row in rows]
        await writer.write_again(source, works)
        writer.tally.add("unchanged", fhir_type, -len(works))
        writer.tally.add("stored", fhir_type, len(works))
        del writer.returned[source, fhir_type, fhir_id]


def _again(row: dict[str, Any], decision: Decision = Decision.AGAIN) -> Work:
    """A stored version as it was when it came."""
    context = msgspec.json.decode(row["context"]) if row["context"] else {}
    sent = Sent(row["source"], row["fhir_type"], row["fhir_id"], folder=Folder(_addresses(context)))
    read_body(sent, zlib.decompress(row["body"]))
    sent.base = context.get("base", "")
    version = Version(
        row["id"],
        bytes(row["sha256"]),
        row["version"],
        True,
        bool(row["withdrawn"]),
        sent.updated_at,
        row["skipped"],
        row["run"],
    )
    return Work(sent, decision, version, reading=Reading({}, urns=context.get("urns", {})))


def _addresses(context: dict[str, Any]) -> dict[str, tuple[str, str]]:
    return {urn: tuple(target) for urn, target in context.get("urns", {}).items()}
