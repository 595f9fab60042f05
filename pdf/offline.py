"""The only addresses a document may take something from: `data:` and our own packaged assets, by name."""

from __future__ import annotations

import mimetypes

from weasyprint.urls import URLFetcher, URLFetcherResponse

from pdf.host import FACES, font_file

ASSETS = {f"asset:source-sans-{face.lower()}": font_file(face) for face in FACES}


class OfflineFetcher(URLFetcher):
    """WeasyPrint's own fetcher opens files and loopback addresses, and follows redirects to them.

    This one inherits from it only because WeasyPrint asks for that. It remembers what it refused, since WeasyPrint
    says so only in most places.
    """

    def __init__(self) -> None:
        super().__init__(allowed_protocols=("data",), allow_redirects=False)
        self.refused: list[str] = []

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        if url.startswith("data:"):
            return super().fetch(url)
        if url not in ASSETS:
            self.refused.append(url)
            raise ValueError("documents take nothing from outside")
        path = ASSETS[url]
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": kind})
