"""What Slack could not know, for the sandbox's page: `/dev`, which the bot serves on loopback in sandbox runs alone.

The sandbox's server is its only caller. It hands what it gets to its page under its own `/dev/…`, path and query
unchanged, and sends the header `X-Dev-Token` with the token that both were given; without it the bot answers 403.
Bodies and answers are JSON; a refusal is 4xx with `{"error": "a plain sentence for the page"}`. Ids are the bot's
own. Times are ISO 8601 with a zone. An answer of 404 means "not known": the page gets `null` for it, and leaves
that part out.

GET  /dev/ready
        {"questions": [{"question": str, "kind": str}],
         "articles": [{"title": str, "outlet": str, "published": str|null, "url": str|null, "text": str, "note": str}]}
     Questions that are answered without a key (`kind`, such as `dispute` or `update`, is shown beside them), and
     articles that can be added one by one to watch answers change (`note` says what to watch for).
GET  /dev/commands
        [{"usage": str, "help": str}]
     The subcommands of `/coverage`, for completion: `{"usage": "summary [TOPIC]", "help": "The story so far"}`.
GET  /dev/trace?channel=C…&ts=…
        {"prompts": [{"step": str, "messages": [{"role": str, "content": str}]}],
         "calls": int, "input_tokens": int|null, "output_tokens": int|null,
         "stages": [{"name": str, "ms": number}]}
     What the bot's message with this channel and ts cost. `calls` is 0 for a replayed answer.
GET  /dev/articles                 [{"id": str, "title": str, "outlet": str, "published": str|null, "url": str|null,
                                     "invented": bool}]
GET  /dev/articles?url=URL         one article as below, by its address (compared without fragment); 404
GET  /dev/articles/{id}            {"id": str, "title": str, "outlet": str, "published": str|null, "url": str|null,
                                    "invented": bool, "sentences": [{"number": int, "text": str}]}
POST /dev/articles                 {"title": str, "outlet": str, "published": str|null, "url": str|null, "text": str}
        {"id": str, "outcome": str}
     `outcome` is a short sentence, such as "Added as a new article." Empty strings count as null; only text is needed.
GET  /dev/clock                    {"now": str, "offset_s": number}
POST /dev/clock                    {"now": str} sets the bot's clock, {"offset_s": number} moves it (0: back to now)
        {"now": str, "offset_s": number}
     Setting it makes what has become due (a digest) happen at once.
GET  /dev/faults                   {"model": "ok"|"down"|"slow"}
POST /dev/faults                   the same shape, and it is the answer

A citation's link leads to the article's own URL. To open at a sentence the page reads, in this order, a parameter
`sentence=N` in the link's query or fragment, then a text fragment (`#:~:text=…`); without either it marks the
sentences that the message quotes.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import aiohttp
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

TOKEN_HEADER = "X-Dev-Token"
_MAX_BODY = 2_000_000


@dataclass(frozen=True, slots=True)
class Dev:
    """Where the bot serves its `/dev` (a URL without a final slash, on loopback), and the token it wants to see."""

    url: str
    token: str
    timeout_s: float = 30

    async def pass_on(self, request: Request) -> Response:
        """Ask the bot what the page asked. 502 where the bot cannot be reached."""
        body = await request.body()
        if len(body) > _MAX_BODY:
            return JSONResponse({"error": "That is too long."}, status_code=413)
        headers = {TOKEN_HEADER: self.token}
        if body:
            headers["Content-Type"] = "application/json"
        address = f"{self.url}/dev/{request.path_params['path']}"
        try:
            async with (
                asyncio.timeout(self.timeout_s),
                aiohttp.ClientSession(trust_env=False) as session,
                session.request(
                    request.method,
                    address,
                    params=list(request.query_params.multi_items()),
                    data=body or None,
                    headers=headers,
                    allow_redirects=False,
                ) as answer,
            ):
                if request.method == "GET" and answer.status == 404:
                    return JSONResponse(None)  # a browser would write a 404 into its console as a fault
                return Response(await answer.read(), status_code=answer.status, media_type="application/json")
        except (aiohttp.ClientError, TimeoutError):
            return JSONResponse({"error": "The bot does not answer."}, status_code=502)
