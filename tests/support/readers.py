"""One way to tell a story to three readers: Chromium with script, Chromium without, and w3m, which has none.

Each can `open` an address, `fill` a field by its label, `write` into one of several lines, `choose` one of several,
`press` a button, `follow` a link, read the `words` of the
page, `unfold` what is folded, and `save` a document behind a link.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import urljoin

from playwright.async_api import Browser, Page

from tests.support.browser import opened_page
from tests.support.live import Member
from tests.support.text_browser import TextBrowser, text_browser

KINDS = ("script", "no script", "w3m")


@dataclass
class Chromium:
    page: Page
    url: str

    async def open(self, path: str) -> None:
        await self.page.goto(path)

    async def fill(self, label: str, text: str) -> None:
        await self.page.locator("main").get_by_label(label, exact=True).fill(text)

    async def write(self, label: str, text: str) -> None:
        await self.page.locator("main").get_by_label(label).fill(text)

    async def choose(self, words: str) -> None:
        await self.page.locator("main").get_by_label(words).first.check()

    async def press(self, words: str) -> None:
        button = self.page.get_by_role("button", name=words, exact=True)
        assert await button.count(), f"no button “{words}” on {self.page.url}: {await self.words()}"
        async with self.page.expect_navigation():
            await button.first.click()

    async def follow(self, words: str) -> None:
        """The link in the main part of the page, else the one around it."""
        inside = self.page.locator("main").get_by_role("link", name=words)
        link = inside if await inside.count() else self.page.get_by_role("link", name=words)
        assert await link.count(), f"no link “{words}” on {self.page.url}: {await self.words()}"
        async with self.page.expect_navigation():
            await link.first.click()

    async def unfold(self, words: str) -> None:
        await self.page.get_by_text(words, exact=True).click()

    async def words(self) -> str:
        return " ".join((await self.page.inner_text("body")).split())

    async def save(self, words: str) -> bytes:
        link = self.page.locator("main").get_by_role("link", name=words, exact=True)
        answer = await self.page.context.request.get(urljoin(self.page.url, await link.first.get_attribute("href")))
        assert answer.status == 200, f"{words}: {answer.status}"
        return await answer.body()


@dataclass
class Terminal:
    browser: TextBrowser
    url: str

    async def open(self, path: str) -> None:
        await self.browser.open(self.url + path)

    async def fill(self, label: str, text: str) -> None:
        await self.browser.fill(label, text)

    async def write(self, label: str, text: str) -> None:
        await self.browser.write(label, text)

    async def choose(self, words: str) -> None:
        await self.browser.choose(words)

    async def press(self, words: str) -> None:
        await self.browser.press(words)

    async def follow(self, words: str) -> None:
        await self.browser.follow(words)

    async def unfold(self, words: str) -> None:
        """A text browser folds nothing."""

    async def words(self) -> str:
        return await self.browser.words()

    async def save(self, words: str) -> bytes:
        return await self.browser.save(words)


Reader = Chromium | Terminal


@contextlib.asynccontextmanager
async def reader(kind: str, browser: Browser | None, url: str) -> AsyncIterator[Reader]:
    if kind == "w3m":
        async with text_browser(url) as running:
            yield Terminal(running, url)
    else:
        async with opened_page(browser, url, script=kind == "script") as page:
            await page.goto("/")
            yield Chromium(page, url)


async def come_in(somebody: Reader, member: Member, door: str = "/sign-in") -> None:
    """Signs in with both factors; whoever calls has seen to it that the app's code is unused."""
    await somebody.open(door)
    await somebody.fill("User name", member.username)
    await somebody.fill("Password", member.password)
    await somebody.press("Sign in")
    await somebody.fill("Code", member.code)
    await somebody.press("Go on")
