"""A web site on loopback whose answers are written byte by byte, so that they can be wrong in any way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

Headers = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it arrived; header names in lower case."""

    path: str
    headers: Headers


@dataclass(slots=True)
class Site:
    """`answers`: by path, raw bytes, or a function that writes them. Other paths answer 404."""

    port: int = 0
    answers: dict[str, bytes | Callable[[Asked, asyncio.StreamWriter], Awaitable[None]]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]

    def asked_for(self, path: str) -> list[Asked]:
        return [asked for asked in self.asked if asked.path == path]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            pairs = (line.partition(":") for line in lines if line)
            asked = Asked(first.split()[1], {name.lower(): value.strip() for name, _, value in pairs})
            self.asked.append(asked)
            found = self.answers.get(asked.path, answer(status=404))
            if isinstance(found, bytes):
                writer.write(found)
            else:
                await found(asked, writer)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


def answer(
    body: str | bytes = b"", *, status: int = 200, type: str = "text/html; charset=utf-8", **headers: str
) -> bytes:
    """A whole answer with the right length, unless `Content_Length` says otherwise."""
    content = body.encode() if isinstance(body, str) else body
    named = {"Content-Type": type, "Content-Length": str(len(content)), "Connection": "close"}
    named |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in named.items() if value)
    return f"HTTP/1.1 {status} X\r\n{lines}\r\n".encode() + content


@asynccontextmanager
async def a_site(
    answers: Mapping[str, bytes | Callable[[Asked, asyncio.StreamWriter], Awaitable[None]]],
) -> AsyncIterator[Site]:
    site = Site(answers=dict(answers))
    server = await asyncio.start_server(site.serve, "127.0.0.1", 0)
    site.port = server.sockets[0].getsockname()[1]
    async with server:
        yield site
