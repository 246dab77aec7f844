"""A small bot and its `/dev`, on the real slack-bolt, that shows every kind of block; the page is tested with it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.models.messages.chunk import MarkdownTextChunk, TaskUpdateChunk
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.sandbox import Sandbox
from bot.sandbox.http import Server
from bot.sandbox.page.dev import TOKEN_HEADER, Dev
from tests.sandbox.showblocks import (
    ARTICLE_URL,
    DISPUTE,
    QUESTION,
    ZOO,
    button,
    cite,
    form,
    line,
    mrkdwn,
    plain,
    rich,
    said,
    section,
)

TOKEN = "for-the-page-alone"
MANIFEST: dict[str, Any] = {
    "features": {
        "slash_commands": [{"command": "/coverage", "description": "The coverage", "usage_hint": "summary | digest"}],
        "shortcuts": [{"name": "Check against coverage", "type": "message", "callback_id": "check"}],
    },
    "settings": {
        "event_subscriptions": {"bot_events": ["agent_session_stopped", "app_mention", "app_home_opened", "message.im"]}
    },
}


def made(client: AsyncWebClient, pace_s: float) -> AsyncApp:
    """The bot; `pace_s` is the time between the chunks of an answer."""
    app = AsyncApp(client=client, signing_secret="unused", raise_error_for_unhandled_request=False)

    async def answer(channel: str, thread_ts: str, team: str, user: str, client: AsyncWebClient) -> None:
        place = {"channel_id": channel, "thread_ts": thread_ts}
        await client.agents_sessions_setStatus(**place, status="processing")
        await client.assistant_threads_setStatus(**place, status="is reading 5 articles…")
        await asyncio.sleep(pace_s * 2)
        stream = await client.chat_stream(
            channel=channel,
            thread_ts=thread_ts,
            recipient_team_id=team,
            recipient_user_id=user,
            task_display_mode="plan",
        )
        for outlet in ("The Harbour Post", "Northern Ledger"):
            task = f"t-{outlet}"
            await stream.append(chunks=[TaskUpdateChunk(id=task, title=outlet, status="in_progress")])
            await asyncio.sleep(pace_s)
            source = {"type": "url", "url": f"{ARTICLE_URL}#sentence=2", "text": "Access at last"}
            await stream.append(
                chunks=[
                    TaskUpdateChunk(id=task, title=outlet, status="complete", output="says they do", sources=[source])
                ]
            )
        for words in (
            "**Two sources say that British firms can use the models now; ",
            f"one says not.** [1]({ARTICLE_URL}#sentence=2)",
        ):
            await stream.append(chunks=[MarkdownTextChunk(text=words)])
            await asyncio.sleep(pace_s)
        await stream.stop(blocks=DISPUTE, metadata={"event_type": "answer", "event_payload": {"key": "k"}})
        await client.agents_sessions_setStatus(**place, status="active")

    @app.event("app_mention")
    async def mentioned(event: dict[str, Any], context: Any, client: AsyncWebClient) -> None:
        if "zoo" in event["text"]:
            await client.chat_postMessage(channel=event["channel"], text="Every kind of block", blocks=ZOO)
            return
        thread_ts = event.get("thread_ts", event["ts"])
        await answer(event["channel"], thread_ts, context.team_id, event["user"], client)

    @app.event("message")
    async def direct(event: dict[str, Any], context: Any, client: AsyncWebClient) -> None:
        if event.get("subtype") is None and "bot_id" not in event:
            await answer(event["channel"], event.get("thread_ts", event["ts"]), context.team_id, event["user"], client)

    @app.event("app_home_opened")
    async def home(event: dict[str, Any], client: AsyncWebClient) -> None:
        if event["tab"] == "messages":
            prompts = [
                {"title": "British firms", "message": QUESTION},
                {"title": "What is new?", "message": "What is new?"},
            ]
            await client.assistant_threads_setSuggestedPrompts(channel_id=event["channel"], prompts=prompts)
            return
        blocks = [
            {"type": "header", "text": plain("Crosscheck")},
            section("Reads a story’s coverage, answers with cited sentences, and says where the sources disagree."),
            {"type": "divider"},
            section("*Standing disagreements*\nDo British firms have access?", accessory=button("Open", "quotes")),
            {"type": "context", "elements": [mrkdwn("5 articles by 5 outlets, the newest of 21 May")]},
        ]
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})

    @app.action("quotes")
    async def quotes(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        blocks = [rich(line(said("UK firms can integrate it overnight. "), cite(1, 2), kind="rich_text_quote"))]
        view = {"type": "modal", "title": plain("Quotes"), "close": plain("Done"), "blocks": blocks}
        await client.views_open(trigger_id=body["trigger_id"], view=view)

    @app.action("feedback")
    async def feedback(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        if body["actions"][0]["value"] == "down":
            await client.views_open(trigger_id=body["trigger_id"], view=form())

    @app.view("words")
    async def words(ack: Any, view: dict[str, Any], body: dict[str, Any], client: AsyncWebClient) -> None:
        if len(view["state"]["values"]["why"]["why"]["value"] or "") < 3:
            await ack(response_action="errors", errors={"why": "Please say a little more."})
            return
        await ack()
        await client.chat_postMessage(channel=body["user"]["id"], text="Thank you for telling us.")

    @app.action("follow")
    async def follow(ack: Any, respond: Any) -> None:
        await ack()
        await respond(text="You follow this question now.", replace_original=False)

    @app.action("not_one")
    async def dismiss(ack: Any, respond: Any) -> None:
        await ack()
        await respond(text="Dismissed: not a disagreement.", replace_original=False)

    @app.action("length")
    async def length(ack: Any, body: dict[str, Any], respond: Any) -> None:
        await ack()
        await respond(text=f"Length: {body['actions'][0]['selected_option']['value']}", replace_original=False)

    @app.command("/coverage")
    async def coverage(ack: Any, command: dict[str, Any], respond: Any) -> None:
        await ack()
        await respond(text="summary", blocks=[section(f"*The story in six lines* ({command['text']})")])

    @app.shortcut("check")
    async def check(ack: Any, shortcut: dict[str, Any], respond: Any) -> None:
        await ack()
        await respond(text=f"Checked: {shortcut['message']['text']}")

    return app


class BotsDev:
    """What the bot would tell of itself."""

    def __init__(self) -> None:
        self.offset_s = 0.0
        self.model = "ok"
        self.articles = [
            {
                "id": "harbour-post",
                "title": "Access at last for British firms",
                "outlet": "The Harbour Post",
                "published": "2026-05-20T08:00:00+01:00",
                "url": ARTICLE_URL,
                "invented": True,
                "sentences": [
                    {"number": n, "text": text}
                    for n, text in enumerate(
                        (
                            "The ban was lifted on Wednesday.",
                            "UK firms can integrate it overnight.",
                            "The ministry welcomed the step.",
                            "Not everybody agrees.",
                        ),
                        1,
                    )
                ],
            }
        ]

    async def answer(self, request: Request) -> Response:
        if request.headers.get(TOKEN_HEADER) != TOKEN:
            return JSONResponse({"error": "not for you"}, status_code=403)
        path, posted = request.path_params["path"], request.method == "POST"
        body = await request.json() if posted else {}
        found = self._answer(path, posted, body, request.query_params)
        return JSONResponse({"error": "not known"}, status_code=404) if found is None else JSONResponse(found)

    def _answer(self, path: str, posted: bool, body: dict[str, Any], query: Any) -> Any:
        if path == "ready":
            questions = [
                {"question": QUESTION, "kind": "dispute"},
                {"question": "How many licences?", "kind": "update"},
            ]
            return {"questions": questions, "articles": []}
        if path == "commands":
            return [
                {"usage": "summary [TOPIC]", "help": "The story so far"},
                {"usage": "sources", "help": "Who says it"},
            ]
        if path == "trace":
            messages = [{"role": "system", "content": "Read each source."}, {"role": "user", "content": QUESTION}]
            stages = [
                {"name": "find excerpts", "ms": 4},
                {"name": "read and compare", "ms": 2210},
                {"name": "second look", "ms": 640},
            ]
            prompts = [{"step": "read and compare", "messages": messages}]
            return {"prompts": prompts, "calls": 2, "input_tokens": 5120, "output_tokens": 612, "stages": stages}
        if path == "articles" and posted:
            self.articles.append(
                {
                    **body,
                    "id": f"a{len(self.articles)}",
                    "invented": False,
                    "sentences": [{"number": 1, "text": body["text"]}],
                }
            )
            return {"id": "a1", "outcome": "Added as a new article."}
        if path == "articles":
            if "url" in query:
                return next((a for a in self.articles if a["url"] == query["url"]), None)
            return [{k: v for k, v in article.items() if k != "sentences"} for article in self.articles]
        if path.startswith("articles/"):
            return next((a for a in self.articles if a["id"] == path.removeprefix("articles/")), None)
        if path == "clock":
            if "now" in body:
                self.offset_s = (datetime.fromisoformat(body["now"]) - datetime.now(UTC)).total_seconds()
            elif posted:
                self.offset_s = body["offset_s"]
            now = datetime.now(UTC) + timedelta(seconds=self.offset_s)
            return {"now": now.isoformat(), "offset_s": self.offset_s}
        if path == "faults":
            self.model = body.get("model", self.model)
            return {"model": self.model}
        return None


@asynccontextmanager
async def shown(port: int = 0, pace_s: float = 0.0) -> AsyncIterator[tuple[Sandbox, BotsDev]]:
    """A sandbox with this bot in it, and the bot's `/dev`."""
    told = BotsDev()
    dev = Server(Starlette(routes=[Route("/dev/{path:path}", told.answer, methods=["GET", "POST"])]), 0)
    await dev.start()
    own = Dev(f"http://127.0.0.1:{dev.port}", TOKEN)
    async with (
        Sandbox(port=port, dev=own, manifest=MANIFEST) as sandbox,
        aiohttp.ClientSession() as session,
    ):
        client = AsyncWebClient(sandbox.bot_token, base_url=sandbox.api_url, session=session)
        handler = AsyncSocketModeHandler(made(client, pace_s), sandbox.app_token)
        await handler.connect_async()
        await sandbox.wait_connected()
        try:
            yield sandbox, told
        finally:
            await handler.close_async()
            await dev.stop()


if __name__ == "__main__":

    async def stay() -> None:
        async with shown(3000, 0.4):
            await asyncio.Event().wait()

    asyncio.run(stay())
