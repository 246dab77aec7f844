"""A model that plays from a script: a real OpenAI-compatible HTTP server on loopback.

    with ScriptedModel() as model:
        model.plays(reply(readings=[reads("A", "12 firms", ["A2"])], statements=[("Twelve firms.", ["A2"])]))
        ... OPENAI_BASE_URL=model.base_url ...
        assert len(model.requests) == 1

It embeds, too: texts that share words are near each other, and `synonyms` are taken for one word.

Each accepted request takes the next turn of the script; `always` answers by step once the script is empty. What a
turn can do is in `Turn`; what the server refuses throughout is in `refuses`, `key` and `models`.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import math
import re
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from aiohttp import web

Reply = str | Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it arrived. `refused`: it was turned away before it reached the script."""

    path: str
    body: dict[str, Any]
    headers: dict[str, str]
    refused: bool = False

    @property
    def step(self) -> str | None:
        """The name of the schema asked for ("answer", "second_look", "standalone"), sent apart or in the prompt."""
        wanted = self.body.get("response_format") or {}
        named = (wanted.get("json_schema") or {}).get("name")
        marks = {"answer": '"readings": {', "second_look": '"upheld": {', "standalone": '"question": {'}
        return named or next((step for step, mark in marks.items() if mark in self.text), None)

    @property
    def text(self) -> str:
        """All that the messages say, joined."""
        return "\n\n".join(message["content"] for message in self.body["messages"])


@dataclass(frozen=True, slots=True)
class Turn:
    """How one request is answered.

    `text` is the reply: a string, a mapping (sent as JSON), or a function of the request that gives either.
    It is streamed in `chunks` pieces, `delay_s` seconds apart, after `first_s` seconds.
    `end`: "stop", "length" or "content_filter" are the finish reason given; "drop" cuts the connection and "stall"
    falls silent after `heard` of the pieces (a share from 0 to 1), "error" sends an error inside the stream there,
    "garbled" an event that is no JSON; "none" ends the stream without a finish reason.
    `status` other than 200 answers with `error` and `headers`, and no stream.
    Without `streams` the whole reply comes as one JSON object, whatever was asked for.
    `heartbeats` empty deltas come before the text, as reasoning models and proxies send.
    """

    text: Reply | Callable[[Request], Reply] = ""
    chunks: int = 8
    delay_s: float = 0
    first_s: float = 0
    end: Literal["stop", "length", "content_filter", "drop", "stall", "error", "garbled", "none"] = "stop"
    heard: float = 0.5
    heartbeats: int = 0
    refusal: str | None = None
    streams: bool = True
    tokens: tuple[int, int] | None = (100, 20)
    status: int = 200
    error: Mapping[str, Any] = field(default_factory=lambda: {"message": "scripted", "type": "scripted"})
    headers: Mapping[str, str] = field(default_factory=dict)


def limited(retry_after: str | None = None) -> Turn:
    """429, with or without Retry-After (seconds or an HTTP date)."""
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    return Turn(status=429, headers=headers, error={"message": "Rate limit reached", "code": "rate_limit_exceeded"})


def failed(status: int = 500) -> Turn:
    return Turn(status=status, error={"message": "The server had an error", "type": "server_error"})


def reads(
    source: str,
    says: str = "",
    keys: Sequence[str] = (),
    *,
    silent: bool | None = None,
    speaker: str | None = None,
    manner: str = "fact",
    as_of: str | None = None,
) -> dict[str, Any]:
    """One reading of a reply; silent where it says nothing."""
    return {
        "source": source,
        "silent": not says if silent is None else silent,
        "says": says,
        "speaker": speaker,
        "manner": manner,
        "as_of": as_of,
        "keys": list(keys),
    }


def reply(
    *,
    readings: Sequence[Mapping[str, Any]] = (),
    positions: Sequence[tuple[str, Sequence[str]]] = (),
    could_all_be_true: str = "They say the same.",
    relation: str = "single",
    kind: str | None = None,
    statements: Sequence[tuple[str, Sequence[str]]] = (),
) -> dict[str, Any]:
    """The reply to a question: positions are (claim, labels of sources), statements (text, keys)."""
    return {
        "readings": [dict(reading) for reading in readings],
        "positions": [{"claim": claim, "sources": list(sources)} for claim, sources in positions],
        "could_all_be_true": could_all_be_true,
        "relation": relation,
        "kind": kind,
        "statements": [{"text": text, "keys": list(keys)} for text, keys in statements],
    }


def look(
    upheld: bool = True,
    *,
    relation: str = "dispute",
    text: str = "Nothing in the coverage reconciles them.",
    keys: Sequence[str] = (),
    could_all_be_true: str = "No.",
) -> dict[str, Any]:
    """The reply of a second look."""
    return {
        "could_all_be_true": could_all_be_true,
        "upheld": upheld,
        "relation": relation,
        "text": text,
        "keys": list(keys),
    }


class ScriptedModel:
    """The server, in a thread of its own, so that tests of any loop and subprocesses can use it."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.script: deque[Turn] = deque()
        self.by_step: dict[str, Turn] = {}
        self.otherwise: Turn | None = None
        self.refused: set[str] = set()
        self.refusal_status = 400
        self.refusal_names = True
        self.key: str | None = None
        self.models: set[str] | None = None
        self.name = "scripted-1"
        self.base_url = ""
        self.embedding: deque[Turn] = deque()  # what befalls embedding requests, in order; then all is well
        self.synonyms: dict[str, str] = {}
        self.dimension = 64
        self.most_texts: int | None = None
        self.longest_text: int | None = None

    def plays(self, *turns: Turn | Reply | Callable[[Request], Reply]) -> None:
        """Add turns to the script, in order; a bare reply is a turn that streams it."""
        self.script.extend(_turn(turn) for turn in turns)

    def always(
        self,
        turn: Turn | Reply | Callable[[Request], Reply] | None = None,
        **by_step: Turn | Reply | Callable[..., Reply],
    ) -> None:
        """What answers when the script is empty: by step (`answer=…, second_look=…, standalone=…`), else `turn`."""
        self.by_step.update({step: _turn(it) for step, it in by_step.items()})
        self.otherwise = self.otherwise if turn is None else _turn(turn)

    def refuses(self, *names: str, status: int = 400, naming: bool = True) -> None:
        """Turn away each request that uses one of these: a parameter's name, "json_schema" or "json_object".

        `naming`: whether the error says which it was.
        """
        self.refused |= set(names)
        self.refusal_status, self.refusal_names = status, naming

    @property
    def heard(self) -> list[Request]:
        """The requests that reached the script."""
        return [request for request in self.requests if not request.refused and "messages" in request.body]

    @property
    def embedded(self) -> list[list[str]]:
        """The texts of each embedding request, of those that were not turned away."""
        return [request.body["input"] for request in self.requests if not request.refused and "input" in request.body]

    def __enter__(self) -> ScriptedModel:
        started = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve(started)), daemon=True)
        self._thread.start()
        if not started.wait(10):
            raise TimeoutError("the scripted model did not start")
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Go away: connections are refused from now on."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(10)

    async def _serve(self, started: threading.Event) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        app = web.Application(client_max_size=64 * 2**20)
        app.router.add_post("/v1/chat/completions", self._chat)
        app.router.add_post("/v1/embeddings", self._embeddings)
        app.router.add_get("/v1/models", self._models)
        runner = web.AppRunner(app, shutdown_timeout=0.1, handler_cancellation=True, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.base_url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
        started.set()
        await self._stop.wait()
        await runner.cleanup()

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        trouble = self._turned_away(request, body)
        told = Request(request.path, body, dict(request.headers), refused=trouble is not None)
        self.requests.append(told)
        if trouble is not None:
            status, error = trouble
            return web.json_response({"error": error}, status=status)
        turn = self._next(told)
        if turn is None:
            return web.json_response({"error": {"message": "the script has no turn left"}}, status=418)
        if turn.status != 200:
            await asyncio.sleep(turn.first_s)
            return web.json_response({"error": dict(turn.error)}, status=turn.status, headers=dict(turn.headers))
        text = _text(turn, told)
        if body.get("stream") and turn.streams:
            return await self._stream(request, body, turn, text)
        await asyncio.sleep(turn.first_s)
        message = {"role": "assistant", "content": text, "refusal": turn.refusal}
        choice = {"index": 0, "message": message, "finish_reason": turn.end}
        whole = self._base("chat.completion") | {"choices": [choice], "usage": _usage(turn)}
        return web.json_response(whole)

    def _turned_away(self, request: web.Request, body: dict[str, Any]) -> tuple[int, dict[str, Any]] | None:
        if self.key is not None and request.headers.get("Authorization") != f"Bearer {self.key}":
            return 401, {"message": "Incorrect API key provided", "code": "invalid_api_key"}
        model = body.get("model")
        if self.models is not None and model not in self.models:
            return 404, {"message": f"The model `{model}` does not exist", "code": "model_not_found", "param": "model"}
        used = set(body) | {(body.get("response_format") or {}).get("type")}
        for name in sorted(self.refused & used):
            said = f"Unsupported parameter: '{name}' is not supported." if self.refusal_names else "Bad request"
            return self.refusal_status, {"message": said, "type": "invalid_request_error"}
        return None

    def _next(self, request: Request) -> Turn | None:
        if self.script:
            return self.script.popleft()
        return self.by_step.get(request.step or "", self.otherwise)

    async def _stream(self, request: web.Request, body: dict[str, Any], turn: Turn, text: str) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)

        async def event(data: Mapping[str, Any] | str) -> None:
            payload = data if isinstance(data, str) else json.dumps(data)
            await response.write(f"data: {payload}\n\n".encode())

        async def delta(said: Mapping[str, Any], finish: str | None = None) -> None:
            choice = {"index": 0, "delta": said, "finish_reason": finish}
            await event(self._base("chat.completion.chunk") | {"choices": [choice]})

        await asyncio.sleep(turn.first_s)
        for _ in range(turn.heartbeats):
            await delta({"role": "assistant", "content": ""})
            await asyncio.sleep(turn.delay_s)
        pieces = _pieces(text, turn.chunks)
        broken = turn.end in ("drop", "stall", "error", "garbled")
        for piece in pieces[: math.ceil(len(pieces) * turn.heard)] if broken else pieces:
            await delta({"content": piece})
            await asyncio.sleep(turn.delay_s)
        if turn.refusal is not None:
            await delta({"refusal": turn.refusal})
        match turn.end:
            case "drop":
                assert request.transport is not None
                request.transport.abort()
                return response
            case "stall":
                await self._stop.wait()
                return response
            case "error":
                await event({"error": {"message": "The server had an error", "type": "server_error"}})
            case "garbled":
                await event('{"choices": [{"del')
            case "none":
                pass
            case reason:
                await delta({}, reason)
        if (body.get("stream_options") or {}).get("include_usage") and turn.tokens:
            await event(self._base("chat.completion.chunk") | {"choices": [], "usage": _usage(turn)})
        if turn.end != "none":
            await event("[DONE]")
        return response

    def _base(self, kind: str) -> dict[str, Any]:
        return {"id": "scripted", "object": kind, "created": 1, "model": self.name}

    async def _models(self, request: web.Request) -> web.Response:
        names = sorted(self.models) if self.models is not None else [self.name]
        data = [{"id": name, "object": "model", "created": 1, "owned_by": "script"} for name in names]
        return web.json_response({"object": "list", "data": data})

    async def _embeddings(self, request: web.Request) -> web.Response:
        body = await request.json()
        texts: list[str] = body["input"]
        trouble = self._turned_away(request, body) or self._too_much(texts)
        self.requests.append(Request(request.path, body, dict(request.headers), refused=trouble is not None))
        if trouble is not None:
            status, error = trouble
            return web.json_response({"error": error}, status=status)
        turn = self.embedding.popleft() if self.embedding else Turn()
        await asyncio.sleep(turn.first_s)
        if turn.status != 200:
            return web.json_response({"error": dict(turn.error)}, status=turn.status, headers=dict(turn.headers))
        if turn.end == "garbled":
            return web.json_response({"data": [{"index": 0, "embedding": ["much"]}]})
        data = [{"object": "embedding", "index": i, "embedding": self._vector(t)} for i, t in enumerate(texts)]
        data.reverse()  # their order is told by their numbers
        told = {"object": "list", "data": data, "model": body.get("model")}
        return web.json_response(told | ({"usage": _usage(turn)} if turn.tokens else {}))

    def _too_much(self, texts: Sequence[str]) -> tuple[int, dict[str, Any]] | None:
        if self.most_texts is not None and len(texts) > self.most_texts:
            return 422, {"message": f"batch size {len(texts)} > maximum allowed batch size {self.most_texts}"}
        if self.longest_text is not None and any(len(text) > self.longest_text for text in texts):
            return 400, {"message": "the input exceeds the maximum context length"}
        return None

    def _vector(self, text: str) -> list[float]:
        """A bag of hashed words, of length 1."""
        vector = [0.0] * self.dimension
        for word in re.findall(r"\w+", text.lower()):
            meant = self.synonyms.get(word, word)
            vector[int.from_bytes(hashlib.sha256(meant.encode()).digest()[:4]) % self.dimension] += 1
        length = math.sqrt(sum(x * x for x in vector)) or 1
        return [x / length for x in vector]


def _turn(given: Turn | Reply | Callable[[Request], Reply]) -> Turn:
    return given if isinstance(given, Turn) else Turn(given)


def _text(turn: Turn, request: Request) -> str:
    given = turn.text(request) if callable(turn.text) else turn.text
    return given if isinstance(given, str) else json.dumps(given, ensure_ascii=False)


def _pieces(text: str, chunks: int) -> list[str]:
    size = max(1, math.ceil(len(text) / chunks))
    return [text[start : start + size] for start in range(0, len(text), size)]


def _usage(turn: Turn) -> dict[str, int] | None:
    if turn.tokens is None:
        return None
    prompt, completion = turn.tokens
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}
