"""The least that answers a mention: slack-bolt and openai in a loop, nothing kept, checked or compared.

It makes as many Slack calls a question as CALLS says, with a prompt of as many characters as PROMPT says, and passes
the model's reply on as it comes; what `share.py` measures the bot against.
"""

from __future__ import annotations

import asyncio
import os
import sys

import aiohttp
from openai import AsyncOpenAI
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

CALLS = int(os.environ["CALLS"])  # Slack calls a question: a status, a stream's start, its appends, its stop
FIXED_CALLS = 3


async def main() -> None:
    model = AsyncOpenAI(api_key="bench", base_url=os.environ["OPENAI_BASE_URL"], max_retries=0)
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(os.environ["TOKEN"], base_url=os.environ["SLACK_API_URL"], session=session)
        app = AsyncApp(token=os.environ["TOKEN"], client=client)

        @app.event("app_mention")
        async def answer(event: dict[str, str], client: AsyncWebClient) -> None:
            channel, thread = event["channel"], event["ts"]
            await client.assistant_threads_setStatus(channel_id=channel, thread_ts=thread, status="is reading…")
            reply = await model.chat.completions.create(
                model="bare",
                stream=True,
                stream_options={"include_usage": True},
                messages=[{"role": "user", "content": "x" * int(os.environ["PROMPT"])}],
            )
            stream = await client.chat_startStream(
                channel=channel, thread_ts=thread, recipient_team_id=event["team"], recipient_user_id=event["user"]
            )
            heard, told, said = "", 0, 0
            chunks, appends = int(os.environ["CHUNKS"]), CALLS - FIXED_CALLS
            pieces = 0
            async for chunk in reply:
                for choice in chunk.choices:
                    if choice.delta.content:
                        heard += choice.delta.content
                        pieces += 1
                if said < appends and pieces >= (said + 1) * chunks // (appends + 1):
                    said += 1
                    await client.chat_appendStream(channel=channel, ts=stream["ts"], markdown_text=heard[told:])
                    told = len(heard)
            await client.chat_stopStream(channel=channel, ts=stream["ts"], markdown_text=heard[told:])

        @app.event("message")
        async def ignore() -> None: ...

        handler = AsyncSocketModeHandler(app, os.environ["APP_TOKEN"])
        await handler.connect_async()
        sys.stdout.write("is running\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


asyncio.run(main())
