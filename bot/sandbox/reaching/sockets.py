"""Socket Mode: the sockets that the bot opens, what goes out over them and is acknowledged."""

from __future__ import annotations

import asyncio
import json
import secrets
from dataclasses import dataclass, field

from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.sandbox.core import Slack
from bot.sandbox.methods.api import Arguments, At, Method
from bot.sandbox.methods.checks import Refused
from bot.sandbox.state import Json

MAX_CONNECTIONS = 10


@dataclass(slots=True, eq=False)
class Link:
    """One open socket and the envelopes that wait for its acknowledgement."""

    socket: WebSocket
    waiting: dict[str, asyncio.Future[Json | None]] = field(default_factory=dict)


@dataclass(slots=True)
class SocketHub:
    """All open sockets; each envelope goes to one of them, in turn."""

    slack: Slack
    links: list[Link] = field(default_factory=list)
    _turn: int = 0

    async def serve(self, socket: WebSocket) -> None:
        """The life of one socket."""
        ticket = socket.query_params.get("ticket", "")
        if ticket not in self.slack.tickets or len(self.links) >= MAX_CONNECTIONS:
            await socket.close(1008)
            return
        self.slack.tickets.discard(ticket)
        await socket.accept()
        link = Link(socket)
        await socket.send_text(json.dumps(self._hello()))
        self.links.append(link)
        self.slack.changes.tell({"kind": "connection"})
        try:
            while True:
                self._heard(link, await socket.receive_text())
        except (WebSocketDisconnect, RuntimeError):  # Starlette's word for a receive after our own close
            pass
        finally:
            self._drop(link)

    def _hello(self) -> Json:
        app = self.slack.home.app_id
        return {
            "type": "hello",
            "num_connections": len(self.links) + 1,
            "debug_info": {"host": "sandbox", "approximate_connection_time": 18060},
            "connection_info": {"app_id": app},
        }

    def _heard(self, link: Link, text: str) -> None:
        try:
            told = json.loads(text)
        except ValueError:
            return
        waiting = link.waiting.get(told.get("envelope_id", "")) if isinstance(told, dict) else None
        if waiting is None or waiting.done() or self.slack.faults.take_ack():
            return
        payload = told.get("payload")
        waiting.set_result(payload if isinstance(payload, dict) and payload else None)

    def _drop(self, link: Link) -> None:
        if link in self.links:
            self.links.remove(link)
        for future in link.waiting.values():
            if not future.done():
                future.set_exception(ConnectionError("the socket closed"))
        self.slack.changes.tell({"kind": "connection"})

    async def send(self, envelope: Json) -> Json | None:
        """Send to one socket and wait for its acknowledgement; where none is open, wait for one.

        Raises ConnectionError where the socket closes first. The caller bounds the wait.
        """
        while not self.links:
            await self.slack.changes.next()
        self._turn += 1
        link = self.links[self._turn % len(self.links)]
        key = secrets.token_hex(16)
        waiting: asyncio.Future[Json | None] = asyncio.get_running_loop().create_future()
        link.waiting[key] = waiting
        try:
            await link.socket.send_text(json.dumps({"envelope_id": key} | envelope))
            return await waiting
        except (WebSocketDisconnect, RuntimeError) as gone:
            raise ConnectionError("the socket closed") from gone
        finally:
            del link.waiting[key]
            waiting.cancel()

    async def refresh(self) -> None:
        """Ask every client to open a new socket, as Slack does every few hours; it closes the old one itself."""
        for link in tuple(self.links):
            await link.socket.send_text(json.dumps({"type": "disconnect", "reason": "refresh_requested"}))

    async def cut(self) -> None:
        """Close every socket without a word."""
        for link in tuple(self.links):
            self._drop(link)
            await link.socket.close(1011)


def _open(at: At, args: Arguments) -> Json:
    if len(at.slack.tickets) > 1000:
        raise Refused("internal_error")
    ticket = secrets.token_hex(16)
    at.slack.tickets.add(ticket)
    base = at.slack.url.replace("http", "ws", 1)
    return {"url": f"{base}/link/?ticket={ticket}&app_id={at.workspace.app_id}"}


METHODS: dict[str, Method] = {"apps.connections.open": _open}
