"""Papers for tests: rows with attachments, and the raw resource behind them, as an import would have stored both."""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any

from ehr.attachments import attachments_in, described
from tables.base import new_ref
from tables.feed import RawResource
from tests.support.lab import Lab

WITHIN = {"DocumentReference": ("content", "attachment"), "DiagnosticReport": ("presentedForm", ""), "Media": ("content", "")}


def file(content: bytes | str = b"", kind: str = "application/pdf", **more: Any) -> dict[str, Any]:
    """An attachment; `content` as a text is base64 that is sent as it stands."""
    data = content if isinstance(content, str) else base64.b64encode(content).decode()
    return {"contentType": kind, **({"data": data} if data else {}), **more}


async def paper(lab: Lab, table: type[Any], label: str, *files: dict[str, Any], **columns: Any) -> Any:
    """A row of DocumentReference, DiagnosticReport or Media, with its files."""
    kind, fhir_id = table.__name__, new_ref()
    name, inner = WITHIN[kind]
    holders = [{inner: one} for one in files] if inner else list(files)
    listed = described(attachments_in(holders, inner))
    sent = {"resourceType": kind, "id": fhir_id, name: holders if kind != "Media" else holders[0]}
    await raw(lab, kind, fhir_id, sent, context=columns.pop("context", None))
    own = {"status": "final" if kind == "DiagnosticReport" else "current", "effective": lab.day(3), **columns}
    return await lab.put(table, label, fhir_id=fhir_id, attachments=listed, **own)


async def raw(lab: Lab, kind: str, fhir_id: str, sent: dict[str, Any], **columns: Any) -> None:
    context = columns.pop("context", None)
    body = zlib.compress(json.dumps(sent).encode())
    await RawResource(
        source="lab", fhir_type=kind, fhir_id=fhir_id, version=new_ref(), sha256=b"", body=body, received_at=lab.now,
        context=json.dumps(context) if context else None, **columns,
    ).save()


async def binary(lab: Lab, content: bytes, **more: Any) -> str:
    """A Binary of the same source; its id."""
    fhir_id = new_ref()
    data = base64.b64encode(content).decode()
    context = more.pop("context", None)
    await raw(lab, "Binary", fhir_id, {"resourceType": "Binary", "id": fhir_id, "data": data, **more}, context=context)
    return fhir_id
