"""What the sandbox's page shows of the bot's inside, served on loopback in sandbox runs alone.

Paths and shapes are those of `bot.sandbox.page.dev`: prompts and times of an answer, articles, the
clock, and faults to switch on. Every request needs the token that both were given.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import re
import secrets
import time
from collections import Counter, OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.errors import CrosscheckError, UnreadableCoverage
from bot.feeds.articles import Details, Skipped, make_article
from bot.feeds.files import read_folder
from bot.llm.kept import Asked, Kept
from bot.llm.replies import ANSWER
from bot.news.catalogue import explained
from bot.news.gold import parse_items
from bot.news.model import Answer, Article, Reading, Statement, Usage
from bot.sample import ARRIVALS, KEPT, QUESTIONS
from bot.sandbox.page.dev import TOKEN_HEADER
from bot.slack.account import Account
from bot.slack.answers.screen import Audience
from bot.wiring.desks.desk import Desk, Fault

TRACES = 200  # answers whose inside is remembered
OUTCOMES = {"new": "Added as a new article.", "changed": "Kept as a new version.", "same": "Known already."}


@dataclass(slots=True)
class Clock:
    """The bot's clock; the page can move it."""

    offset: timedelta = timedelta()
    moved: asyncio.Event = field(default_factory=asyncio.Event)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.offset


@dataclass(slots=True)
class Trace:
    """How one answer came about: what was sent to the model, and how long each stage took."""

    prompts: list[Asked] = field(default_factory=list)
    stages: list[tuple[str, float]] = field(default_factory=list)
    usage: Usage = field(default_factory=Usage)
    since: float = field(default_factory=time.monotonic)

    def asking(self, asked: Asked) -> None:
        if not self.prompts:
            self.stage("find what to read")
        self.prompts.append(asked)

    def stage(self, name: str) -> None:
        """The stage that ends now."""
        now = time.monotonic()
        self.stages.append((name, (now - self.since) * 1000))
        self.since = now

    def answered(self, answer: Answer) -> None:
        self.stage("second look" if answer.comparison.second_look else "read and compare")
        self.usage = answer.usage


@dataclass(slots=True)
class Traced:
    """An audience that also notes when the second look began."""

    audience: Audience
    trace: Trace

    async def reading(self, reading: Reading) -> None:
        await self.audience.reading(reading)

    async def second_look(self) -> None:
        self.trace.stage("read and compare")
        await self.audience.second_look()

    async def statement(self, statement: Statement) -> None:
        await self.audience.statement(statement)


class Inside:
    """The traces, clock and faults of a bot in the sandbox."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.fault = Fault.OK
        self.token = secrets.token_urlsafe(24)
        self._traces: OrderedDict[str, Trace] = OrderedDict()

    def begin(self, job: str) -> Trace:
        """The trace of a job; a job that runs again starts anew."""
        self._traces[job] = trace = Trace()
        while len(self._traces) > TRACES:
            self._traces.popitem(last=False)
        return trace

    def trace(self, job: str) -> Trace | None:
        return self._traces.get(job)

    def application(self, desk: Desk, account: Account, added: Callable[[], Awaitable[object]]) -> Starlette:
        """`added` is called when an article came or changed."""
        return Starlette(
            routes=_Pages(self, desk, account, added).routes(), middleware=[Middleware(_Guard, self.token)]
        )


class _Guard:
    """Lets in whoever has the token."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app, self._token = app, token.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        given = dict(scope.get("headers", [])).get(TOKEN_HEADER.lower().encode(), b"")
        if hmac.compare_digest(given, self._token):
            await self._app(scope, receive, send)
        else:
            await JSONResponse({"error": "This is the sandbox's alone."}, 403)(scope, receive, send)


@dataclass(frozen=True, slots=True)
class _Pages:
    inside: Inside
    desk: Desk
    account: Account
    added: Callable[[], Awaitable[object]]

    def routes(self) -> Sequence[Route]:
        return [
            Route("/dev/ready", self.ready),
            Route("/dev/trace", self.traced),
            Route("/dev/articles", self.articles, methods=["GET"]),
            Route("/dev/articles", self.add, methods=["POST"]),
            Route("/dev/articles/{id:path}", self.article),
            Route("/dev/clock", self.clock, methods=["GET", "POST"]),
            Route("/dev/faults", self.faults, methods=["GET", "POST"]),
        ]

    async def ready(self, request: Request) -> Response:
        arrivals = [a for a in read_folder(ARRIVALS) if not isinstance(a, Skipped)]
        articles = [_whole(a) | {"text": a.text, "note": _note(a)} for a in arrivals]
        return JSONResponse({"questions": _ready_questions(), "articles": articles})

    async def traced(self, request: Request) -> Response:
        channel, ts = request.query_params.get("channel", ""), request.query_params.get("ts", "")
        found = await self.account.client.conversations_replies(channel=channel, ts=ts, include_all_metadata=True)
        metadata = next((m.get("metadata") or {} for m in found["messages"] if m["ts"] == ts), {})
        key = str((metadata.get("event_payload") or {}).get("key", "")).split(":")[0]
        trace = self.inside.trace(key)
        if trace is None:
            return JSONResponse({"error": "Nothing is known of this message."}, 404)
        return JSONResponse(
            {
                "prompts": [{"step": asked.step, "messages": asked.messages} for asked in trace.prompts],
                "calls": trace.usage.calls,
                "input_tokens": trace.usage.input_tokens,
                "output_tokens": trace.usage.output_tokens,
                "stages": [{"name": name, "ms": round(ms, 1)} for name, ms in trace.stages],
            }
        )

    async def articles(self, request: Request) -> Response:
        library = await self.desk.current()
        found = await library.articles()
        url = request.query_params.get("url")
        if url is None:
            return JSONResponse([_whole(a) for a in found])
        wanted = url.partition("#")[0]
        return self._one(next((a for a in found if a.url == wanted), None))

    async def article(self, request: Request) -> Response:
        library = await self.desk.current()
        return self._one(await library.article(request.path_params["id"]))

    async def add(self, request: Request) -> Response:
        given = await _body(request)
        details = Details.model_validate({k: v or None for k, v in given.items() if k != "text"})
        title = details.title or str(given.get("text", ""))[:40]
        id = re.sub(r"[^a-z0-9]+", "-", title.casefold()).strip("-")[:60] or "article"
        try:
            article = make_article(
                id, str(given.get("text", "")), details, outlet="Pasted text", identity=f"pasted/{id}"
            )
            library = await self.desk.current()
            outcome = await library.add(article)
        except UnreadableCoverage as fault:
            return JSONResponse({"error": f"The article was not added: {fault}."}, 422)
        except CrosscheckError as fault:
            return JSONResponse({"error": explained(fault)}, 503)
        if outcome.value != "same":
            await self.added()
        return JSONResponse({"id": article.id, "outcome": OUTCOMES[outcome.value]})

    async def clock(self, request: Request) -> Response:
        clock = self.inside.clock
        if request.method == "POST":
            given = await _body(request)
            try:
                if "now" in given:
                    clock.offset = datetime.fromisoformat(given["now"]).astimezone(UTC) - datetime.now(UTC)
                else:
                    clock.offset = timedelta(seconds=float(given["offset_s"]))
                clock.now()
            except (KeyError, TypeError, ValueError, OverflowError):
                clock.offset = timedelta()
                return JSONResponse({"error": "That is no time."}, 422)
            clock.moved.set()
        return JSONResponse({"now": clock.now().isoformat(), "offset_s": clock.offset.total_seconds()})

    async def faults(self, request: Request) -> Response:
        if request.method == "POST":
            given = await _body(request)
            try:
                self.inside.fault = Fault(given.get("model", ""))
            except ValueError:
                return JSONResponse({"error": "A model can be ok, down or slow."}, 422)
        return JSONResponse({"model": self.inside.fault.value})

    def _one(self, article: Article | None) -> Response:
        if article is None:
            return JSONResponse({"error": "There is no such article."}, 404)
        sentences = [{"number": s.number, "text": s.text} for s in article.sentences]
        return JSONResponse(_whole(article) | {"sentences": sentences})


def _whole(article: Article) -> dict[str, Any]:
    return {
        "id": article.id,
        "title": article.title,
        "outlet": article.outlet,
        "author": article.author,
        "published": article.published.text if article.published else None,
        "url": article.url,
        "invented": article.invented,
    }


def _ready_questions() -> list[dict[str, str]]:
    """The labelled questions to which kept replies on the sample are there, with the relation that the model found.

    Others were asked by the ledger. Some were asked once more with an article added: those rest on other coverage.
    """
    labelled = {item.question for item in parse_items(QUESTIONS.read_text(encoding="utf-8"))}
    answers = [reply for _, reply in Kept(KEPT).replies() if reply.step == ANSWER.name]
    replies = [reply for reply in answers if reply.question in labelled]
    common = Counter(reply.sheet for reply in replies).most_common(1)
    return [
        {"question": reply.question, "kind": str(ANSWER.parse(reply.text).relation)}
        for reply in replies
        if reply.sheet == common[0][0]
    ]


def _note(article: Article) -> str:
    return NOTES.get(article.id, "")


NOTES = {
    "circular-correction": "A correction: ask “Do private companies have to follow the human oversight rule?” again.",
    "tariff-no-licence": "It contradicts what all agreed on: ask “Do British buyers still need an American export "
    "licence?” again.",
    "lune-licences": "One more reprint of the agency text: no answer and no count of sources changes.",
}


async def _body(request: Request) -> dict[str, Any]:
    try:
        given = await request.json()
    except (json.JSONDecodeError, UnicodeDecodeError):
        return {}
    return given if isinstance(given, dict) else {}
