"""Asks the model: one streamed request for a reply in a shape, on Chat Completions, since every server has them.

What a server does not take is found out once and remembered (`abilities.py`).
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Sequence

import openai
from pydantic import BaseModel, ConfigDict

from bot.errors import ReaderError, ReplyCut, ReplyWithheld
from bot.llm.abilities import Abilities
from bot.llm.completion import Completion, Listener, Shaped, deaf, spent
from bot.llm.patience import Patience
from bot.llm.prompts import Message
from bot.llm.server import Interrupted, Server
from bot.news.model import Usage

OUTPUT_TOKENS = 16_000  # a runaway reply is cut, not paid for; a long answer with its readings takes about 3,000
_OVER_A_PARAMETER = (400, 404, 422)  # how servers turn away what they do not take; 404 mostly means something else
_NOT_A_PARAMETER = ("model_not_found", "context_length_exceeded", "content_filter")


class _Told(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)  # a reply holds what people asked, and errors are logged


class _Cost(_Told):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class _Delta(_Told):
    content: str | None = None
    refusal: str | None = None


class _Choice(_Told):
    delta: _Delta | None = None  # some servers send the last chunk without one
    message: _Delta | None = None  # from those that do not stream
    finish_reason: str | None = None


class _Chunk(_Told):
    """What is read of one event of a stream."""

    model: str | None = None
    choices: list[_Choice] | None = None
    usage: _Cost | None = None


class ModelClient:
    """One server and one model. Holds connections: made once a process, closed at its end."""

    def __init__(
        self, *, api_key: str, model: str, base_url: str | None = None, patience: Patience | None = None
    ) -> None:
        """Raises WrongUse where the address or the key cannot be one."""
        self.model = model
        self._server = Server(api_key=api_key, base_url=base_url, patience=patience)
        self._abilities = Abilities()

    async def aclose(self) -> None:
        await self._server.aclose()

    async def complete(
        self, messages: Sequence[Message], shape: Shaped, listen: Callable[[], Listener] = lambda: deaf
    ) -> Completion:
        """The reply to these messages, in this shape as far as the server holds to one.

        `listen` is called at each beginning, and what it gives hears the pieces of the reply as they come: after an
        interruption the reply starts anew. Raises ReaderUnavailable, ReaderRefused, ReplyUnusable.
        """
        return await self._server.patiently(lambda: self._once(messages, shape, listen))

    async def _once(self, messages: Sequence[Message], shape: Shaped, listen: Callable[[], Listener]) -> Completion:
        """One attempt: as many requests as the server turns away for a parameter, and the one that it takes."""
        abilities = self._abilities
        while True:
            try:
                # Not `chat.completions.create`: its own types of a chunk take longer to build than all else does.
                stream = await self._server.openai.post(
                    "/chat/completions",
                    body={
                        "model": self.model,
                        "messages": abilities.messages(messages, shape.schema),
                        "stream": True,
                        **abilities.parameters(shape.name, shape.schema, OUTPUT_TOKENS),
                    },
                    cast_to=object,
                    stream=True,
                    stream_cls=openai.AsyncStream[object],
                )
            except openai.APIStatusError as error:
                fewer = _fewer(abilities, error)
                if fewer is None:
                    raise
                abilities = fewer
            else:
                self._abilities = abilities
                return await self._heard(stream, listen())

    async def _heard(self, stream: openai.AsyncStream[object], listener: Listener) -> Completion:
        pieces: list[str] = []
        finish: str | None = None
        refused = False
        cost: _Cost | None = None
        model = ""
        async with stream:
            async for event in _events(stream):
                chunk = _Chunk.model_validate(event)
                cost = chunk.usage or cost
                model = model or chunk.model or ""
                if not chunk.choices:
                    continue
                choice = chunk.choices[0]
                finish = choice.finish_reason or finish
                said = choice.delta or choice.message
                if said is None:
                    continue
                if said.content:
                    pieces.append(said.content)
                    listener(said.content)
                refused = refused or bool(said.refusal)
        text = _mended("".join(pieces))
        usage = Usage(1, cost.prompt_tokens, cost.completion_tokens) if cost else Usage(1, None, None)
        _ended_well(text, finish, refused, usage)
        return Completion(text, model or self.model, usage)


async def _events(stream: openai.AsyncStream[object]) -> AsyncIterator[object]:
    """What a server streams; of one that ignores `stream`, its whole reply as the only event."""
    if "json" in stream.response.headers.get("content-type", ""):
        yield json.loads(await stream.response.aread())
        return
    async for event in stream:
        yield event


def _mended(text: str) -> str:
    """With surrogate pairs joined that a server cut between two chunks; a lone one cannot be stored or sent on."""
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _ended_well(text: str, finish: str | None, refused: bool, usage: Usage) -> None:
    fault: ReaderError | None = None
    if finish == "length":
        fault = ReplyCut("the reply was cut at its length limit")
    elif finish == "content_filter" or refused:
        fault = ReplyWithheld("the model or its filter declined")
    if fault is not None:
        fault.spent = spent(usage)
        raise fault
    # Some servers never give a reason, so a reply that ends as an object does is taken as whole.
    if finish == "error" or (finish is None and not text.rstrip().endswith("}")):
        raise Interrupted


def _fewer(abilities: Abilities, error: openai.APIStatusError) -> Abilities | None:
    """What to try next where a server turned the request away for what it asks of it; None for other refusals."""
    if error.status_code not in _OVER_A_PARAMETER or error.code in _NOT_A_PARAMETER or error.param == "model":
        return None
    said = f"{error.param or ''} {error.message} {json.dumps(error.body, default=str)}"
    return abilities.without(said, must_name=error.status_code == 404)
