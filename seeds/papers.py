"""Papers and pictures of the demo: letters, scans and photos as a clinic's system sends them, and the files within, which
are made here so that none need be kept."""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Sequence

from seeds.cast import Resource
from seeds.clinic import NAME
from seeds.fhir import CLINIC, LINDQVIST, LOINC, OKAFOR, TERMINOLOGY, Chart, coded, concept

DICOM = "http://dicom.nema.org/resources/ontology/DCM"
SIDE = 24
"""Pixels of the sides of a picture."""


def letter(chart: Chart, slug: str, days: int, kind: tuple[str, str], *files: dict, **more) -> Resource:
    """`kind` is LOINC code and words; `files` are attachments."""
    one = chart.about("DocumentReference", slug) | {
        "status": "current", "docStatus": "final", "type": coded(LOINC, *kind), "date": chart.day(days, "11:15"),
        "author": [{"display": "Dr. Nils Lindqvist"}], "custodian": CLINIC,
        "content": [{"attachment": file} for file in files],
    }  # fmt: skip
    return one | more


def scan(chart: Chart, slug: str, days: int, name: str, modality: tuple[str, str], views: Sequence[tuple[str, str]], **more) -> Resource:
    """`views` are part of the body and description, a series and a picture each."""
    coding = {"system": DICOM, "code": modality[0], "display": modality[1]}
    one = chart.about("ImagingStudy", slug) | {
        "status": "available", "started": chart.day(days, "10:05"), "modality": [coding], "procedureCode": [{"text": name}],
        "referrer": OKAFOR, "location": {"reference": "Location/riverbend", "display": NAME},
        "numberOfSeries": len(views), "numberOfInstances": len(views),
        "series": [
            {"uid": f"2.25.{days}{number}", "modality": coding, "numberOfInstances": 1, "description": words,
             "bodySite": {"system": "http://snomed.info/sct", "code": "38266002", "display": part}}
            for number, (part, words) in enumerate(views, 1)
        ],
    }  # fmt: skip
    return one | more


def photo(chart: Chart, slug: str, days: int, title: str, part: str, **more) -> Resource:
    return chart.about("Media", slug) | {
        "status": "completed", "modality": {"text": "Photo"}, "bodySite": {"text": part}, "createdDateTime": chart.day(days),
        "operator": LINDQVIST, "content": inline("image/png", title, png()),
    } | more  # fmt: skip


def radiology(chart: Chart, slug: str, days: int, loinc: str, name: str, **more) -> Resource:
    """The report on a scan."""
    category = [concept(f"{TERMINOLOGY}/v2-0074", "RAD", "Radiology") | {"text": "Radiology"}]
    return chart.report(slug, days, loinc, name, **({"category": category, "performer": [LINDQVIST]} | more))


def inline(kind: str, title: str, content: bytes) -> dict:
    return {"contentType": kind, "title": title, "data": base64.b64encode(content).decode()}


def binary(chart: Chart, slug: str, kind: str, content: bytes) -> Resource:
    return {"resourceType": "Binary", "id": chart.id(slug), "contentType": kind, "data": base64.b64encode(content).decode()}


def at_binary(chart: Chart, slug: str, kind: str, title: str) -> dict:
    return {"contentType": kind, "title": title, "url": f"Binary/{chart.id(slug)}"}


def pdf(lines: Sequence[str]) -> bytes:
    """A letter of one page, by hand. Its words are those of Latin-1."""
    told = " T* ".join(f"({line.translate(ESCAPED)}) Tj" for line in lines)
    drawn = f"BT /F1 12 Tf 16 TL 72 760 Td {told} ET".encode("latin-1", "replace")
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]  # fmt: skip
    body, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    ending = b"xref\n0 6\n0000000000 65535 f \n%strailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
    return body + ending % (table, len(body))


ESCAPED = str.maketrans({"\\": r"\\", "(": r"\(", ")": r"\)"})


def png() -> bytes:
    """A small spot on lighter ground."""
    ground, spot = b"\xf0\xd8\xc8", b"\x6b\x42\x2e"
    near = (SIDE // 4) ** 2
    rows = b"".join(
        b"\0" + b"".join(spot if (x - SIDE // 2) ** 2 + (y - SIDE // 2) ** 2 < near else ground for x in range(SIDE))
        for y in range(SIDE)
    )
    head = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )
