"""Why a document was not made. None of these carries a word of the document into a log."""

from __future__ import annotations


class PdfRefused(Exception):
    """The base of all: no document was made, and the page and its print view say the same."""


class PdfBusy(PdfRefused):
    """Every worker has work and the queue is full, or the wait for a worker was too long."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"busy, try again after {retry_after} s")
        self.retry_after = retry_after  # seconds, for the header of that name


class PdfUnavailable(PdfRefused):
    """This host lacks something. `missing` names the packages that bring it."""

    def __init__(self, missing: tuple[str, ...]) -> None:
        super().__init__(f"missing: {', '.join(missing)}")
        self.missing = missing


class PdfTooLarge(PdfRefused):
    """More rows, text or memory than one document may take."""


class PdfFailed(PdfRefused):
    """The document had a fault, or its worker did.

    `reason` is a code that may be logged. `detail` is for whoever writes templates: it may quote the document, so it
    belongs in no log and on no page.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail
