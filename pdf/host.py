"""What a host must have before it can make documents, and where fonts and libraries are looked for."""

from __future__ import annotations

import ctypes.util
import importlib.util
from pathlib import Path

# The library as the loader knows it, and Debian's package that brings it. No wheel carries them.
LIBRARIES = (
    ("libpango-1.0.so.0", "libpango-1.0-0"),
    ("libpangoft2-1.0.so.0", "libpangoft2-1.0-0"),
    ("libharfbuzz-subset.so.0", "libharfbuzz-subset0"),
)
LIBRARY_FOLDERS = ("/usr/lib/*-linux-*", "/lib/*-linux-*", "/usr/lib64", "/usr/lib", "/usr/local/lib")

# Source Sans lacks the ring of `in the usual range` and most of the world's scripts; Noto has them.
NOTO_FOLDERS = (
    "/usr/share/fonts/truetype/noto",
    "/usr/share/fonts/opentype/noto",
    "/usr/share/fonts/noto",
    "/usr/share/fonts/google-noto",
    "/usr/local/share/fonts/noto",
)
NOTO_FACES = ("NotoSans-Regular.ttf", "NotoSansSymbols2-Regular.ttf")

FACES = ("Regular", "It", "Semibold", "Bold")
PACKAGES = ("weasyprint", "pikepdf", "font-source-sans-pro")


def missing() -> tuple[str, ...]:
    """The Debian and Python packages that this host lacks; nothing is imported or loaded to find out."""
    lacking = [package for soname, package in LIBRARIES if not _library_is_here(soname)]
    if not all(_noto_is_here(face) for face in NOTO_FACES):
        lacking.append("fonts-noto-core")
    lacking += [f"{name} (Python)" for name in PACKAGES if not _package_is_here(name)]
    return tuple(lacking)


def font_file(face: str) -> Path:
    """Where PyPI's font-source-sans-pro keeps a face. The TrueType files make documents less than half as heavy."""
    spec = importlib.util.find_spec("font_source_sans_pro")
    folder = Path(spec.submodule_search_locations[0]) if spec and spec.submodule_search_locations else Path("missing")
    return folder / "files" / f"SourceSansPro-{face}.ttf"


def _package_is_here(name: str) -> bool:
    if name == "font-source-sans-pro":
        return all(font_file(face).is_file() for face in FACES)
    return importlib.util.find_spec(name) is not None


def _noto_is_here(face: str) -> bool:
    return any(Path(folder, face).is_file() for folder in NOTO_FOLDERS)


def _library_is_here(soname: str) -> bool:
    for pattern in LIBRARY_FOLDERS:
        if any(Path("/").glob(f"{pattern[1:]}/{soname}")):
            return True
    # Other systems keep libraries elsewhere; asking the loader is slow, so it comes last.
    return ctypes.util.find_library(soname.removeprefix("lib").split(".so")[0]) is not None
