"""w3m as somebody at a terminal uses it: keys go in through tmux, the screen comes out. No script anywhere."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from tests.support.databases import NotHere

WIDTH, HEIGHT = 100, 1500
OPTIONS = ("-cookie", "-o", "accept_cookie=1", "-o", "use_cookie=1", "-o", "confirm_qq=0", "-o", "wrap_search=1", "-o", "ignorecase_search=0",
           "-o", "display_image=0", "-o", "auto_image=0", "-I", "UTF-8", "-O", "UTF-8")
QUIET_SECONDS, PATIENCE_SECONDS = 0.25, 20


@dataclass
class TextBrowser:
    """One w3m in one tmux session. Words are searched for as a person would, and pressed where they are found."""

    tmux: tuple[str, ...]
    home: Path

    async def open(self, address: str) -> None:
        await self._type_at("U", address)

    async def fill(self, label: str, text: str) -> None:
        """Finds the label, goes on to the field after it, and types at w3m's prompt."""
        await self._search("(^| )" + pattern_of(label) + r" *(\[|$)")
        await self._keys("Tab")
        await self._keys("Enter")
        assert re.match(r"(TEXT|Password):", await self.bottom()), f"no field after “{label}”: {await self.bottom()}"
        await self._line(text)

    async def press(self, words: str) -> None:
        """A button, which stands alone on its line or in brackets."""
        await self._search(pattern_of(words))
        await self._until_on(words, form=True)

    async def follow(self, words: str) -> None:
        await self._search(pattern_of(words))
        await self._until_on(words, form=False)

    async def words(self) -> str:
        """Everything on the page, white space as single spaces."""
        return " ".join((await self.screen()).split())

    async def screen(self) -> str:
        return "\n".join(self._tmux("capture-pane", "-p", "-J").rstrip("\n").split("\n")[:-1])

    async def bottom(self) -> str:
        """The line in which w3m asks and tells."""
        return self._tmux("capture-pane", "-p").rstrip("\n").split("\n")[-1].strip()

    async def address(self) -> str:
        await self._keys("c")
        return await self.bottom()

    async def save(self, words: str) -> bytes:
        """Follows a link to something w3m cannot show, and answers where to keep it."""
        await self._search(pattern_of(words))
        await self._until_on(words, form=False, settle=False)
        file = self.home / f"saved-{uuid.uuid4().hex}"
        for _ in range(int(PATIENCE_SECONDS / 0.1)):
            if "Save file to:" in await self.bottom():
                break
            await asyncio.sleep(0.1)
        else:
            raise AssertionError(f"w3m did not offer to save “{words}”: {await self.bottom()}")
        await self._line(str(file))
        for _ in range(int(PATIENCE_SECONDS / 0.1)):
            if file.exists() and file.read_bytes().rstrip().endswith(b"%%EOF"):
                break
            await asyncio.sleep(0.1)
        content = file.read_bytes()
        await self._back_from_downloads()
        return content

    async def _back_from_downloads(self) -> None:
        if "Download" in await self.bottom() or "Download" in (await self.screen())[:200]:
            await self._keys("B")

    async def _until_on(self, words: str, *, form: bool, settle: bool = True) -> None:
        """Goes from place to place where the words stand until one of them can be pressed."""
        for _ in range(30):
            await self._keys("u")
            told = await self.bottom()
            if (form and "submit" in told.lower()) or (not form and "://" in told):
                await self._keys("Enter", settle=settle)
                return
            await self._keys("n")
        raise AssertionError(f"nothing to press, {told}, that says “{words}”: {await self.bottom()}\n{await self.screen()}")

    async def _search(self, pattern: str) -> None:
        await self._keys("g")
        await self._type_at("/", pattern, fresh=False)
        told = await self.bottom()
        assert "Not found" not in told, f"{pattern}: {told}\n{await self.screen()}"

    async def _type_at(self, key: str, text: str, *, fresh: bool = True) -> None:
        await self._keys(key)
        await self._line(text, fresh=fresh)

    async def _line(self, text: str, *, fresh: bool = True) -> None:
        """Answers the prompt at the bottom, in place of what it suggests."""
        if fresh:
            self._tmux("send-keys", "C-e", "C-u")
        self._tmux("send-keys", "-l", text)
        await self._keys("Enter")

    async def _keys(self, *keys: str, settle: bool = True) -> None:
        self._tmux("send-keys", *keys)
        if settle:
            await self._settled()

    async def _settled(self) -> None:
        """Until the screen has been the same for a moment; a page on its way says so at the bottom."""
        last, same = "", 0.0
        for _ in range(int(PATIENCE_SECONDS / 0.05)):
            await asyncio.sleep(0.05)
            now = self._tmux("capture-pane", "-p")
            bottom = now.rstrip("\n").split("\n")[-1]
            busy = any(word in bottom for word in ("Opening", "Connecting", "read:", "Loading", "contacted", "% "))
            same = same + 0.05 if now == last and not busy else 0.0
            last = now
            if same >= QUIET_SECONDS:
                return
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
            [*tmux, "new-session", "-d", "-x", str(WIDTH), "-y", str(HEIGHT), "w3m", *OPTIONS, url],
            env=environment, check=True,
        )  # fmt: skip
        browser = TextBrowser(tmux, Path(folder))
        try:
            await browser._settled()
            yield browser
        finally:
            subprocess.run([*tmux, "kill-server"], capture_output=True)
