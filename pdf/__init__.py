"""Page to PDF/UA-1 document, offline, in worker processes. This room imports none of the house's others.

    pool = PdfPool(origin="https://portal.example")
    data = await pool.render(html, large=18, lang="en")

The HTML is a page that extends `layouts/document.html`; `document.css` says how it looks on paper.
"""

from pdf.host import missing
from pdf.pool import PdfPool
from pdf.refusals import PdfBusy, PdfFailed, PdfRefused, PdfTooLarge, PdfUnavailable

__all__ = ["PdfBusy", "PdfFailed", "PdfPool", "PdfRefused", "PdfTooLarge", "PdfUnavailable", "missing"]
