"""`bin/pictures`: the pictures of the README, taken of a demo clinic made for them, in the browser that the tests use."""

from __future__ import annotations

import asyncio
import io
import tempfile
from pathlib import Path

from PIL import Image
from playwright.async_api import Page

from tests.support.browser import chromium, opened_page
from tests.support.live import Live, Member, read_cast, running_portal
from tests.support.operator import run

FOLDER = Path(__file__).resolve().parent
MOST_BYTES = 80_000
COLOURS = 64
SUGAR = "Three-month blood sugar"
# The name, the page of the record, the links to follow from there, whether on a small phone, how many CSS pixels high.
PICTURES = (
    ("home", "", (), False, 824),
    ("results", "/results", (), False, 900),
    ("test", "/results", (SUGAR, SUGAR), False, 1500),
    ("visit", "", ("Read the visit summary",), False, 900),
    ("medicines", "/medicines", (), False, 780),
    ("statement", "/bills", ("Your bills", "Statement 1322"), False, 1100),
    ("test-on-a-phone", "/results", (SUGAR, SUGAR), True, 1500),
)


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="plainchart-pictures-") as data:
        database = f"sqlite:///{data}/portal.sqlite3"
        code, printed, said = run("demo", "--cast-json", url=database, PORTAL_DATA=data)
        if code:
            raise SystemExit(said)
        with running_portal(database, PORTAL_DATA=data) as live:
            asyncio.run(_take(live, read_cast(printed)["self"]))


async def _take(live: Live, person: Member) -> None:
    async with chromium() as browser:
        cookies = []
        for name, path, links, small, height in PICTURES:
            async with opened_page(browser, live.url, narrow=small, storage_state={"cookies": cookies}) as page:
                if not cookies:
                    await _sign_in(page, person)
                    cookies = await page.context.cookies()
                await page.goto(f"/records/{person.record}{path}")
                for link in links:
                    await page.get_by_role("main").get_by_role("link", name=link).first.click()
                await page.set_viewport_size({"width": 320 if small else 1280, "height": height})
                _write(name, await page.screenshot())


async def _sign_in(page: Page, person: Member) -> None:
    await page.goto("/sign-in")
    for name, value in (("username", person.username), ("password", person.password)):
        await page.fill(f"[name={name}]", value)
    await page.click("main button:has-text('Sign in')")
    await page.fill("[name=code]", person.code)
    await page.click("main button:has-text('Go on')")
    await page.wait_for_url("**/records")


def _write(name: str, taken: bytes) -> None:
    """A palette is enough for a page of few colours, and a quarter of the bytes."""
    file = FOLDER / f"{name}.png"
    Image.open(io.BytesIO(taken)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(file, optimize=True)
    size = file.stat().st_size
    print(f"{file.relative_to(FOLDER.parent.parent)}: {size:,} bytes")
    if size > MOST_BYTES:
        raise SystemExit(f"{file} has more than {MOST_BYTES:,} bytes")


if __name__ == "__main__":
    main()
