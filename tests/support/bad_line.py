"""A line that drops: a small proxy on this machine that hands a request on, waits for the answer, and hangs up.

The portal has then done what it was asked, and nobody was told; or, where an answer is cut, heard half of it.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass
class BadLine:
    """`drop("/account/codes")`: the next answer to a POST there is lost. `cut("….pdf")`: the next answer to a GET there
    stops in the middle. `break_off("/messages/new")`: of the next POST there only half comes to the portal. `lost` lists what
    was."""

    host: str
    port: int
    upstream: int
    dropping: list[str] = field(default_factory=list)
    cutting: list[str] = field(default_factory=list)
    breaking: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    keeping: bool = False
    """A fault to plant: on its way, each answer becomes one that a browser may keep."""

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    def drop(self, path: str, times: int = 1) -> None:
        self.dropping += [path] * times

    def cut(self, path: str, times: int = 1) -> None:
        self.cutting += [path] * times

    def break_off(self, path: str, times: int = 1) -> None:
        self.breaking += [path] * times

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request for each connection, which keeps it simple: browsers open another."""
        try:
            method, path, request = await read_request(reader)
            if method == "POST" and path in self.breaking:
                self.breaking.remove(path)
                self.lost.append(path)
                await self._ask(_half(request), hang_up=True)
                writer.transport.abort()
                return
            answer = await self._ask(request)
            if method == "POST" and path in self.dropping:
                self.dropping.remove(path)
                self.lost.append(path)
                writer.transport.abort()
                return
            if method == "GET" and path in self.cutting:
                self.cutting.remove(path)
                self.lost.append(path)
                answer = _half(answer)
            writer.write(answer)
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, ValueError):
            pass
        finally:
            with contextlib.suppress(ConnectionError):
                writer.close()

    async def _ask(self, request: bytes, hang_up: bool = False) -> bytes:
        reader, writer = await asyncio.open_connection(self.host, self.upstream)
        writer.write(request)
        await writer.drain()
        if hang_up:
            writer.close()
            return b""
        answer = await reader.read(-1)
        writer.close()
        return answer.replace(b"cache-control: no-store", b"cache-control: max-age=600") if self.keeping else answer


def _half(message: bytes) -> bytes:
    """The head and half of the body."""
    head = message.index(b"\r\n\r\n") + 4
    return message[: head + (len(message) - head) // 2]


async def read_request(reader: asyncio.StreamReader) -> tuple[str, str, bytes]:
    """Method, path, and the request as the portal itself expects it: without the proxy's absolute address."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.rstrip("\r\n").split("\r\n")
    method, target, version = first.split(" ")
    parts = urlsplit(target)
    own = parts.path + (f"?{parts.query}" if parts.query else "")
    kept = [line for line in lines if not line.lower().startswith(("connection:", "proxy-"))]
    length = next((int(line.partition(":")[2]) for line in lines if line.lower().startswith("content-length:")), 0)
    body = await reader.readexactly(length)
    text = "\r\n".join([f"{method} {own} {version}", *kept, "Connection: close", "", ""])
    return method, parts.path, text.encode("latin-1") + body


@contextlib.asynccontextmanager
async def bad_line(upstream: int) -> AsyncIterator[BadLine]:
    line = BadLine("127.0.0.1", 0, upstream)
    server = await asyncio.start_server(line.carry, line.host, 0)
    line.port = server.sockets[0].getsockname()[1]
    try:
        yield line
    finally:
        server.close()
