"""Stored files: sealed in chunks, bound to their place, read back in parts, and only of four kinds."""

from __future__ import annotations

import os
import struct
import zlib
from datetime import timedelta

import pytest

from files.kinds import JPEG, PDF, PNG, TEXT, file_name, media_type
from files.store import CHUNK, Incomplete, NotKept, find, prepare, read, store
from tables.resealing import left, reseal, unknown_keys
from tables.sealing import Keyring, MissingKey, Tampered

RING = Keyring((b"s" * 32,))
PDF_CONTENT = b"%PDF-1.7\n" + os.urandom(150_000) + b"\n%%EOF\n"


def png() -> bytes:
    def part(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = part(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + part(b"IDAT", zlib.compress(b"\0\0")) + part(b"IEND", b"")


async def keep(database, now, content=PDF_CONTENT, **more):
    prepared = prepare(RING, content)
    async with database.transaction():
        return await store(database, prepared, now, **more)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PDF_CONTENT, PDF), (png(), PNG), (b"\xff\xd8\xff\xe0" + b"x" * 50 + b"\xff\xd9", JPEG),
        ("Größe: 12,3 µg\n".encode(), TEXT), (b"<script>alert(1)</script>", TEXT),
        (b"%PDF-1.7 cut off", None), (png()[:-12], None), (b"\xff\xd8\xff cut off", None), (b"MZ\x90\x00\x03", None),
        (b"PK\x03\x04" + b"\0" * 30, None), (b"GIF89a\x01\x00", None), ("Größe".encode("latin-1"), None), (b"", None),
    ],
)  # fmt: skip
def test_what_a_file_is_is_read_from_its_content(content, kind):
    assert media_type(content) == kind


@pytest.mark.parametrize(("content", "reason"), [(b"", "empty"), (b"a" * 11, "large"), (b"MZ\0\0", "kind")])
def test_what_is_not_kept_says_why(content, reason):
    with pytest.raises(NotKept) as refused:
        prepare(RING, content, largest=10)
    assert refused.value.reason == reason


async def test_a_file_comes_back_as_it_was(database, now):
    stored = await keep(database, now)
    found = await find(database, stored.ref, now)
    assert found == stored and found.media_type == PDF and found.size == len(PDF_CONTENT)
    assert await read(database, RING, found) == PDF_CONTENT
    assert file_name(found.ref, found.media_type) == f"{found.ref}.pdf"


@pytest.mark.parametrize(
    ("start", "end"),
    [(0, 1), (0, CHUNK), (CHUNK - 1, CHUNK + 1), (CHUNK, 2 * CHUNK), (5, 140_000), (150_000, None), (10, 10), (999_999, None)],
)
async def test_any_part_of_it_is_read(database, now, start, end):
    stored = await keep(database, now)
    assert await read(database, RING, stored, start, end) == PDF_CONTENT[start:end]


async def test_only_the_chunks_that_are_asked_for_are_opened(database, now):
    stored = await keep(database, now)
    await database.rows("UPDATE file_chunk SET sealed = ? WHERE number = 0", b"\x01damaged")
    assert await read(database, RING, stored, CHUNK, CHUNK + 5) == PDF_CONTENT[CHUNK : CHUNK + 5]
    with pytest.raises((MissingKey, Tampered)):
        await read(database, RING, stored, 0, 5)


async def test_no_byte_of_it_lies_open_in_the_database(database, now):
    await keep(database, now, b"The secret word is hemoglobin.")
    (row,) = await database.rows("SELECT sealed FROM file_chunk")
    assert b"hemoglobin" not in bytes(row["sealed"])


async def test_chunks_that_changed_places_do_not_open(database, now):
    stored = await keep(database, now)
    for old, new in ((0, 9), (1, 0), (9, 1)):
        await database.rows("UPDATE file_chunk SET number = ? WHERE number = ?", new, old)
    with pytest.raises(Tampered):
        await read(database, RING, stored)


async def test_a_chunk_of_another_file_does_not_open(database, now):
    mine, theirs = await keep(database, now), await keep(database, now)
    await database.rows("DELETE FROM file_chunk WHERE file = ?", mine.id)
    await database.rows("UPDATE file_chunk SET file = ? WHERE file = ?", mine.id, theirs.id)
    with pytest.raises(Tampered):
        await read(database, RING, mine)


async def test_a_missing_chunk_is_an_error_and_never_a_shorter_file(database, now):
    stored = await keep(database, now)
    await database.rows("DELETE FROM file_chunk WHERE number = 2")
    with pytest.raises(Incomplete):
        await read(database, RING, stored)


async def test_a_file_goes_back_with_its_cause(database, now):
    with pytest.raises(RuntimeError):
        async with database.transaction():
            await store(database, prepare(RING, PDF_CONTENT), now)
            raise RuntimeError
    assert await database.rows("SELECT id FROM file_chunk") == []


async def test_a_file_past_its_time_is_not_found(database, now):
    stored = await keep(database, now, ends_at=now + timedelta(hours=1))
    assert await find(database, stored.ref, now)
    assert await find(database, stored.ref, now + timedelta(hours=1)) is None
    assert await find(database, "unknown", now) is None


# Keys


async def test_everything_is_sealed_anew_under_the_newest_key(database, now):
    stored = await keep(database, now)
    newer = Keyring((b"n" * 32, *RING.keys))
    assert await left(database, newer) == 3
    assert await reseal(database, newer) == 3
    assert await left(database, newer) == 0 and await reseal(database, newer) == 0
    assert await read(database, Keyring(newer.keys[:1]), stored) == PDF_CONTENT


async def test_no_transaction_seals_more_than_ten_chunks(database, now):
    for _ in range(5):
        await keep(database, now)
    steps = []
    assert await reseal(database, Keyring((b"n" * 32, *RING.keys)), steps.append) == 15
    assert steps == [10, 15]


async def test_a_sealing_that_was_cut_goes_on_where_it_was(database, now, monkeypatch):
    stored = await keep(database, now)
    newer = Keyring((b"n" * 32, *RING.keys))
    monkeypatch.setattr("tables.resealing.BATCH", 1)

    def cut(done):
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await reseal(database, newer, cut)
    assert await left(database, newer) == 1
    assert await read(database, newer, stored) == PDF_CONTENT, "both keys open until it is done"
    assert await reseal(database, newer) == 1


async def test_a_missing_old_key_is_an_error_and_nothing_is_overwritten(database, now):
    stored = await keep(database, now)
    without = Keyring((b"n" * 32,))
    assert len(await unknown_keys(database, without)) == 1 and await unknown_keys(database, RING) == []
    with pytest.raises(MissingKey, match="No key with id"):
        await reseal(database, without)
    assert await read(database, RING, stored) == PDF_CONTENT


def test_every_sealed_column_is_known_to_the_rotation():
    """A column of sealed bytes is called so, or it holds an authenticator's secret."""
    import tables
    from tables.resealing import SEALED

    named = {
        (table._meta.tablename, column._meta.db_column_name) for table in tables.ALL for column in table._meta.columns
        if type(column).__name__ == "Bytea" and column._meta.name.endswith(("sealed", "secret"))
    }  # fmt: skip
    assert named == {(one.table, one.column) for one in SEALED}
