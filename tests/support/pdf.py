"""What a PDF is: does it keep PDF/UA-1, is it whole, what does it say in reading order, which faces does it carry."""

from __future__ import annotations

import io
import re
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cached_property

import page as page_validation
import pikepdf


@dataclass(frozen=True)
class Document:
    """A PDF as bytes, with the questions that tests ask of it."""

    content: bytes

    @cached_property
    def text(self) -> str:
        """The words as laid out on paper."""
        return self._poppler("pdftotext", "-layout", "-", "-")

    @cached_property
    def structure(self) -> str:
        """The tags with their words, in the order in which a screen reader says them."""
        return self._poppler("pdfinfo", "-struct-text", "-")

    @cached_property
    def spoken(self) -> str:
        """The words in reading order, as one line."""
        return " ".join(" ".join(map(words_in, self.structure.splitlines())).split())

    def pieces(self, *tags: str) -> tuple[str, ...]:
        """The words of each element of these kinds that lies within none of them (items of lists, rows of tables …),
        each after the heading under which it stands."""
        found: list[list[str]] = []
        heading: list[str] = []
        inside, into = -1, None
        for line in self.structure.splitlines():
            depth, tag = len(line) - len(line.lstrip()), (line.split() or [""])[0].rstrip(":")
            if depth <= inside:
                inside, into = -1, None
            if inside < 0 and tag in (*tags, "H2"):
                inside, into = depth, [] if tag == "H2" else [*heading]
                heading = into if tag == "H2" else heading
                found += [into] if tag in tags else []
            if into is not None:
                into.append(words_in(line))
        return tuple(" ".join(" ".join(piece).split()) for piece in found)

    @cached_property
    def heard(self) -> str:
        """What is spoken, without the marks within pictures: those are seen, or read from the picture's own words."""
        found, inside = [], -1
        for line in self.structure.splitlines():
            depth = len(line) - len(line.lstrip())
            inside = -1 if depth <= inside else inside
            if inside < 0 and line.split()[:1] == ["Figure:"]:
                inside = depth
            found += [words_in(line)] if inside < 0 else []
        return " ".join(" ".join(found).split())

    @cached_property
    def tags(self) -> tuple[str, ...]:
        """The tag of every structure element, in reading order: Document, H1, P, Table, TR, TH …"""
        return tuple(re.findall(r"^ *([A-Z][A-Za-z0-9]*)(?: .*)?$", self.structure, re.MULTILINE))

    @cached_property
    def headings(self) -> tuple[int, ...]:
        """The depth of each H1. A block within a heading is tagged as a heading in it, which is still one heading."""
        depths: list[int] = []
        inside = None
        for line in self.structure.splitlines():
            depth = len(line) - len(line.lstrip())
            if inside is not None and depth <= inside:
                inside = None
            if inside is None and line.split()[:1] == ["H1"]:
                inside = depth
                depths.append(depth)
        return tuple(depths)

    @cached_property
    def facts(self) -> dict[str, str]:
        """What `pdfinfo` says: Title, Pages, Page size, Tagged …"""
        lines = self._poppler("pdfinfo", "-").splitlines()
        return {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in lines)}

    @cached_property
    def title(self) -> str:
        return self.facts.get("Title", "")

    @cached_property
    def pages(self) -> int:
        return int(self.facts["Pages"])

    @cached_property
    def language(self) -> str:
        with pikepdf.open(io.BytesIO(self.content)) as opened:
            return str(opened.Root.get("/Lang", ""))

    @cached_property
    def fonts(self) -> frozenset[str]:
        """The names of the faces that are embedded, without their subset's six letters."""
        rows = self._pdffonts()
        return frozenset(re.sub(r"^[A-Z]{6}\+", "", row[0]) for row in rows if row[1] == "yes")

    @cached_property
    def fonts_left_out(self) -> frozenset[str]:
        """The faces that the reader's machine would have to have."""
        return frozenset(row[0] for row in self._pdffonts() if row[1] != "yes")

    def problems(self) -> list[str]:
        """Everything that keeps this file from being whole, tagged, titled and PDF/UA-1; empty when it is right."""
        return [*self._damage(), *self._accessibility(), *self._frame()]

    def _damage(self) -> list[str]:
        with tempfile.NamedTemporaryFile(suffix=".pdf") as file:  # qpdf reads no pipe
            file.write(self.content)
            file.flush()
            done = self._run("qpdf", "--check", file.name)
        return [] if done.returncode == 0 else [f"qpdf: {line}" for line in done.stderr.decode().splitlines()]

    def _accessibility(self) -> list[str]:
        try:
            report = page_validation.validate_pdf_bytes(self.content, profile="ua1")
        except page_validation.PageError as error:
            return [f"PDF/UA-1: {error}"]
        if not report.rules.total:
            return ["PDF/UA-1: no rule was checked"]
        return [f"{failure.rule_id}: {failure.message}" for failure in report.failures]

    def _frame(self) -> list[str]:
        found = []
        if self.facts.get("Tagged") != "yes":
            found.append("it is not tagged")
        if not self.title:
            found.append("it has no title")
        if not self.language:
            found.append("it names no language")
        if len(self.headings) != 1:
            found.append(f"it has {len(self.headings)} H1, not one")
        found += [f"the face {name} is not embedded" for name in sorted(self.fonts_left_out)]
        if "\N{REPLACEMENT CHARACTER}" in self.text:
            found.append("a letter is missing from its face")
        return found

    def _pdffonts(self) -> list[tuple[str, str]]:
        """(name, is it embedded) for each face."""
        rows = self._poppler("pdffonts", "-").splitlines()[2:]
        # name, type of one to three words, encoding, emb, sub, uni, object
        return [(row.split()[0], row.split()[-5]) for row in rows]

    def _poppler(self, *command: str) -> str:
        done = self._run(*command)
        if done.returncode:
            raise ValueError(f"{command[0]}: {done.stderr.decode().strip()}")
        return done.stdout.decode()

    def _run(self, *command: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(command, input=self.content, capture_output=True)


def words_in(line: str) -> str:
    """Of a line of `structure`, the words between its outer quotes; "" where it names a tag. Quotes within stay."""
    found = re.fullmatch(r'\s*"(.*)"', line)
    return found[1] if found else ""


def pdf_problems(content: bytes) -> list[str]:
    try:
        return Document(content).problems()
    except ValueError as error:
        return [str(error)]
