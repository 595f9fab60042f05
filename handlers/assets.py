"""The few static files: content-hashed names, squeezed once, answered from memory for two releases.

`python -m handlers.assets` builds them into build/static; `serve` calls `fresh`, which builds only what is missing or stale.
"""
from __future__ import annotations

import gzip
import hashlib
import importlib.util
import json
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import brotli

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "static"
BUILT = ROOT / "build" / "static"
NPM_HTMX = ROOT / "build" / "packages" / "htmx.min.js"
PREFIX = "/static/"
RELEASES_KEPT = 2
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
FOREVER = "public, max-age=31536000, immutable"
A_DAY = "public, max-age=86400"

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is sent: `bodies` holds it plain ("") and in each coding we offer."""

    media_type: str
    bodies: dict[str, bytes]
    caching: str = FOREVER


@dataclass(frozen=True, slots=True)
class Assets:
    urls: dict[str, str]  # "site.css" → "/static/site.0123456789.css", the newest release only
    files: dict[str, Asset]  # by address, of every release kept

    def url(self, name: str) -> str:
        return self.urls[name]

    @classmethod
    def load(cls, built: Path = BUILT) -> Assets:
        """Read a build. FileNotFoundError or ValueError when there is none that is whole."""
        releases = json.loads((built / "releases.json").read_text())
        if not isinstance(releases, list) or not releases:
            raise ValueError("releases.json names no release")
        files = {PREFIX + hashed: _read(built, hashed) for release in releases for hashed in release.values()}
        urls = {name: PREFIX + hashed for name, hashed in releases[0].items()}
        if "icon.svg" in urls:
            icon = files[urls["icon.svg"]]
            files["/favicon.ico"] = Asset(icon.media_type, icon.bodies, A_DAY)  # browsers ask for it unasked
        return cls(urls, files)


def asset_response(assets: Assets, path: str, accept_encoding: str) -> tuple[int, Headers, bytes] | None:
    """Status, headers and body for an address, or None when no release kept has such a file."""
    asset = assets.files.get(path)
    if asset is None:
        return None
    coding = best_coding(accept_encoding, asset.bodies)
    body = asset.bodies[coding]
    headers = (
        ("content-type", asset.media_type),
        ("content-length", str(len(body))),
        ("cache-control", asset.caching),
        ("vary", "accept-encoding"),
    )
    return 200, (headers + (("content-encoding", coding),) if coding else headers), body


def fresh(sources: Path = SOURCES, built: Path = BUILT) -> Assets:
    """The current assets, built first when the build is missing, broken or older than the sources."""
    wanted = {name: _hashed(name, body) for name, body in _collect(sources).items()}
    try:
        assets = Assets.load(built)
    except (OSError, ValueError):
        assets = None
    if assets is None or assets.urls != {name: PREFIX + hashed for name, hashed in wanted.items()}:
        build(sources, built)
        assets = Assets.load(built)
    return assets


def build(sources: Path = SOURCES, built: Path = BUILT) -> dict[str, str]:
    """Write the release of today beside the one before it; older ones go. Returns name → hashed name."""
    built.mkdir(parents=True, exist_ok=True)
    contents = _collect(sources)
    release = {name: _hashed(name, body) for name, body in contents.items()}
    for name, body in contents.items():
        for ending, squeezed in _squeezed(body).items():
            _write(built / (release[name] + ending), squeezed)
    releases = [release, *(old for old in _past(built) if old != release)][:RELEASES_KEPT]
    _write(built / "releases.json", json.dumps(releases, indent=1).encode())
    _sweep(built, releases)
    return release


def htmx_source() -> bytes:
    """htmx itself: from its own npm package, which bin/setup fetched and checked; where npm is missing, out of the
    Python package that carries an earlier copy (looked up, never imported)."""
    if NPM_HTMX.is_file():
        return NPM_HTMX.read_bytes()
    found = importlib.util.find_spec("django_htmx")
    if found is None or not found.submodule_search_locations:
        raise FileNotFoundError("htmx comes with the package django-htmx, which is not installed: run bin/setup")
    return (Path(found.submodule_search_locations[0]) / "static/django_htmx/htmx-4.min.js").read_bytes()


def _collect(sources: Path) -> dict[str, bytes]:
    own = {path.name: _lean(path) for path in sorted(sources.iterdir()) if path.suffix in TYPES}
    return own | {"htmx.js": htmx_source()}


def _lean(path: Path) -> bytes:
    """The file without its comments: whole lines in scripts, everywhere in style sheets."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".css":
        text = re.sub(r"/\*.*?\*/\n?", "", text, flags=re.S)
    if path.suffix == ".js":
        text = re.sub(r"(?m)^\s*(//.*)?\n", "", text)
        text = re.sub(r"(?m)^\s+", "", text)
    return text.strip().encode()


def _hashed(name: str, body: bytes) -> str:
    stem, dot, ending = name.rpartition(".")
    return f"{stem}.{hashlib.sha256(body).hexdigest()[:10]}{dot}{ending}"


def _squeezed(body: bytes) -> dict[str, bytes]:
    return {"": body, ".br": brotli.compress(body, quality=11), ".gz": gzip.compress(body, 9, mtime=0)}


def _read(built: Path, hashed: str) -> Asset:
    codings = {"": "", "br": ".br", "gzip": ".gz"}
    bodies = {coding: (built / (hashed + ending)).read_bytes() for coding, ending in codings.items()}
    return Asset(TYPES[Path(hashed).suffix], bodies)


def _past(built: Path) -> list[dict[str, str]]:
    try:
        releases = json.loads((built / "releases.json").read_text())
    except (OSError, ValueError):
        return []
    whole = [one for one in releases if all((built / (hashed + ".gz")).exists() for hashed in one.values())]
    return whole


def _sweep(built: Path, releases: list[dict[str, str]]) -> None:
    kept = {hashed + ending for release in releases for hashed in release.values() for ending in ("", ".br", ".gz")}
    for path in built.iterdir():
        if path.name not in kept and path.name != "releases.json" and path.suffix != ".half":
            path.unlink(missing_ok=True)


def _write(path: Path, body: bytes) -> None:
    """Whole or not at all: another process may be starting, and building the same, at this moment."""
    half = path.with_name(f"{path.name}.{os.getpid()}.half")
    half.write_bytes(body)
    half.replace(path)


def best_coding(accept_encoding: str, bodies: Iterable[str]) -> str:
    """The smallest coding the client takes. "br;q=0" is a refusal, as RFC 9110 says."""
    taken = {}
    for part in accept_encoding.lower().split(","):
        coding, _, weight = part.strip().partition(";")
        taken[coding.strip()] = not re.fullmatch(r"\s*q\s*=\s*0(\.0*)?\s*", weight)
    return next((coding for coding in ("br", "gzip") if coding in bodies and taken.get(coding, taken.get("*", False))), "")


if __name__ == "__main__":
    for plain, hashed in build().items():
        print(f"{plain:12} {hashed:28} {(BUILT / (hashed + '.br')).stat().st_size:6} bytes squeezed")
