"""w3m as somebody at a terminal uses it: keys go in through tmux, the screen comes out. No script anywhere."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import shutil
import subprocess
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

from tests.support.databases import NotHere

WIDTH, HEIGHT = 100, 700
OPTIONS = ("-cookie", "-o", "accept_cookie=1", "-o", "use_cookie=1", "-o", "confirm_qq=0", "-o", "wrap_search=1", "-o", "ignorecase_search=0",
           "-o", "display_image=0", "-o", "auto_image=0", "-I", "UTF-8", "-O", "UTF-8")
WORDS = "words"
QUIET_SECONDS, GOES_SECONDS, PATIENCE_SECONDS = 0.2, 3, 20
BUSY = ("Opening", "Connecting", "read:", "Loading", "contacted", "% ")


@dataclass
class TextBrowser:
    """One w3m in one tmux session. Words are searched for as a person would, and pressed where they are found."""

    tmux: tuple[str, ...]
    home: Path

    async def open(self, address: str) -> None:
        self._type("U", "C-e", "C-u", said=address)
        await self._settled()

    async def fill(self, label: str, text: str) -> None:
        """Finds the label, goes on to the field after it, and types at w3m's prompt."""
        self._search("(^| )" + pattern_of(label) + r" *(\[|$)")
        self._type("Tab", "Enter")
        asked = await self._bottom_when(("TEXT:", "Password:", "Not found"))
        assert "Not found" not in asked, f"no field “{label}”: {asked}\n{await self.screen()}"
        self._type("C-e", "C-u", said=text)

    async def write(self, label: str, text: str) -> None:
        """Into a field of several lines: w3m opens an editor, which here writes these words."""
        (self.home / WORDS).write_text(text)
        self._search("(^| )" + pattern_of(label))
        self._type("Tab", "Enter")
        await self._settled()

    async def choose(self, words: str) -> None:
        """The radio button or box that stands before these words."""
        self._search(pattern_of(words))
        self._type("Escape", "Tab")
        self._type("Enter")
        await self._settled()

    async def press(self, words: str) -> None:
        """A button."""
        await self._find(words, is_it=lambda told: "submit" in told.lower())
        await self._go()

    async def follow(self, words: str) -> None:
        await self._find(words, is_it=lambda told: "://" in told)
        await self._go()

    async def _go(self) -> None:
        """To where that leads. On a busy machine w3m may need a while before it says that it is on its way; who typed on
        meanwhile would type into nothing."""
        before = await self._shown()
        self._type("Enter")
        until = time.monotonic() + GOES_SECONDS
        while await self._shown() == before and time.monotonic() < until:
            await asyncio.sleep(0.03)
        await self._settled()

    async def _shown(self) -> str:
        return self._tmux("capture-pane", "-p")

    async def words(self) -> str:
        """Everything on the page, white space as single spaces."""
        return " ".join((await self.screen()).split())

    async def screen(self) -> str:
        return "\n".join(self._tmux("capture-pane", "-p", "-J").rstrip("\n").split("\n")[:-1])

    async def bottom(self) -> str:
        """The line in which w3m asks and tells."""
        return self._tmux("capture-pane", "-p").rstrip("\n").split("\n")[-1].strip()

    async def save(self, words: str) -> bytes:
        """Follows a link to something w3m cannot show, and answers where to keep it."""
        await self._find(words, is_it=lambda told: "://" in told)
        self._type("Enter")
        await self._bottom_when(("Save file to:",))
        file = self.home / f"saved-{uuid.uuid4().hex}"
        self._type("C-e", "C-u", said=str(file))
        content = await self._arrived(file)
        self._type("B")
        await self._settled()
        return content

    async def _arrived(self, file: Path) -> bytes:
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            if file.exists() and file.read_bytes().rstrip().endswith(b"%%EOF"):
                break
            await asyncio.sleep(0.1)
        return file.read_bytes()

    async def _find(self, words: str, is_it: Callable[[str], bool]) -> None:
        """Goes from place to place where the words stand until one of them can be pressed."""
        self._search(pattern_of(words))
        for _ in range(30):
            self._type("u")
            told = await self._settled()
            assert "Not found" not in told, f"“{words}” is not on the page:\n{await self.screen()}"
            if is_it(told):
                return
            self._type("n")
        raise AssertionError(f"nothing to press that says “{words}” ({told}):\n{await self.screen()}")

    def _search(self, pattern: str) -> None:
        self._type("g")
        self._type("/", "C-e", "C-u", said=pattern)

    def _type(self, *keys: str, said: str | None = None) -> None:
        """Keys, then words at the prompt that they opened. w3m takes them one after the other, however fast they come."""
        self._tmux("send-keys", *keys)
        if said is not None:
            self._tmux("send-keys", "-l", said)
            self._tmux("send-keys", "Enter")

    async def _bottom_when(self, words: tuple[str, ...]) -> str:
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            bottom = await self.bottom()
            if bottom.startswith(words) or any(word in bottom for word in words):
                return bottom
            await asyncio.sleep(0.03)
        raise AssertionError(f"w3m never asked {words}: {await self.bottom()}\n{await self.screen()}")

    async def _settled(self) -> str:
        """Waits until the screen has been the same for a moment; a page on its way says so at the bottom."""
        last, since = "", time.monotonic()
        until = since + PATIENCE_SECONDS
        while time.monotonic() < until:
            await asyncio.sleep(0.03)
            now = self._tmux("capture-pane", "-p")
            bottom = now.rstrip("\n").split("\n")[-1].strip()
            if now != last or any(word in bottom for word in BUSY):
                last, since = now, time.monotonic()
            elif time.monotonic() - since >= QUIET_SECONDS:
                return bottom
        raise AssertionError(f"w3m did not come to rest: {last[-300:]}")

    def _tmux(self, *command: str) -> str:
        done = subprocess.run([*self.tmux, *command], capture_output=True, text=True)
        assert done.returncode == 0, f"tmux {command}: {done.stderr}"
        return done.stdout


def pattern_of(words: str) -> str:
    """The words as w3m's search reads them: a regular expression, in which a blank stands for itself."""
    return re.sub(r"([][\\.*+?^$|(){}])", r"\\\1", words)


@contextlib.asynccontextmanager
async def text_browser(url: str) -> AsyncIterator[TextBrowser]:
    """w3m with a home of its own (no cookie, no setting of this machine), at this address."""
    for program in ("w3m", "tmux"):
        if not shutil.which(program):
            raise NotHere(f"{program} is not installed: run bin/setup --tests")
    with tempfile.TemporaryDirectory(prefix="plainchart-w3m-") as folder:
        tmux = ("tmux", "-L", f"plainchart-{uuid.uuid4().hex[:12]}", "-f", "/dev/null")
        environment = {**os.environ, "HOME": folder, "LANG": "C.UTF-8", "TERM": "xterm"}
        environment.pop("TMUX", None)
        subprocess.run(
            [*tmux, "new-session", "-d", "-x", str(WIDTH), "-y", str(HEIGHT), "w3m", *OPTIONS,
             "-o", f"editor=cp {folder}/{WORDS} %s", url],
            env=environment, check=True,
        )  # fmt: skip
        browser = TextBrowser(tmux, Path(folder))
        try:
            await browser._settled()
            yield browser
        finally:
            subprocess.run([*tmux, "kill-server"], capture_output=True)
