"""Asks an embedding model what texts mean: a vector for each, near those of texts that mean alike.

The server is the one of the chat model, or any that has `/embeddings` as OpenAI's does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import openai
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

from bot.errors import ReaderRefused
from bot.llm.patience import Patience
from bot.llm.server import Interrupted, Server
from bot.news.model import Usage

BATCH = 32  # texts in a request; the default limit of the strictest servers, and a second's work for a slow one
CHARACTERS = 2_000  # of a text that count: many models take 512 tokens, and servers refuse longer texts or cut them
HOPELESS = 8  # texts that are refused one by one, from which on it is not the texts
_OVER_THE_TEXTS = (400, 413, 422)  # how servers turn away too many texts, or one that is too long

Vector = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Embedded:
    """A vector for each text, in their order; None for one that the server would not take by itself."""

    vectors: tuple[Vector | None, ...]
    usage: Usage


class _Told(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)  # errors are logged


class _Vector(_Told):
    embedding: tuple[FiniteFloat, ...] = Field(min_length=1)
    index: int | None = None


class _Cost(_Told):
    prompt_tokens: int | None = None


class _Reply(_Told):
    data: list[_Vector]
    usage: _Cost | None = None


class Embedder:
    """One server and one embedding model. Holds connections: made once a process, closed at its end.

    `most`: texts in a request, fewer once the server has turned away so many.
    """

    def __init__(
        self, *, api_key: str, model: str, base_url: str | None = None, patience: Patience | None = None
    ) -> None:
        """Raises WrongUse where the address or the key cannot be one."""
        self.model = model
        self._server = Server(api_key=api_key, base_url=base_url, patience=patience)
        self.most = BATCH

    async def aclose(self) -> None:
        await self._server.aclose()

    async def embed(self, texts: Sequence[str], *, total_s: float | None = None) -> Embedded:
        """The texts as vectors, each by its first CHARACTERS. `total_s`: seconds for each request, if less than usual.

        Raises ReaderUnavailable, ReaderRefused.
        """
        shortened = [_sendable(text[:CHARACTERS]) for text in texts]
        vectors: list[Vector | None] = []
        usage = Usage()
        while len(vectors) < len(shortened):
            batch = shortened[len(vectors) : len(vectors) + self.most]
            found = await self._embed(batch, total_s)
            vectors += found.vectors
            usage += found.usage
        return Embedded(tuple(vectors), usage)

    async def _embed(self, texts: Sequence[str], total_s: float | None) -> Embedded:
        """In one request, or in halves of what the server turns away, for it does not say whether it was their number
        or one of them."""
        found = await self._server.patiently(lambda: self._once(texts), total_s)
        if found is not None:
            return found
        if len(texts) == 1:
            return Embedded((None,), Usage())
        half = len(texts) // 2
        first, second = await self._embed(texts[:half], total_s), await self._embed(texts[half:], total_s)
        vectors = first.vectors + second.vectors
        if len(texts) >= HOPELESS and not any(vectors):
            raise ReaderRefused("the embedding model takes none of the texts")
        if None not in vectors:
            self.most = min(self.most, half)
        return Embedded(vectors, first.usage + second.usage)

    async def _once(self, texts: Sequence[str]) -> Embedded | None:
        """One request; None where it was turned away for its texts."""
        try:
            # No `encoding_format`: not every server knows another one than plain numbers.
            reply = await self._server.openai.post(
                "/embeddings", body={"model": self.model, "input": list(texts)}, cast_to=object
            )
        except openai.APIStatusError as error:
            over_the_model = error.code == "model_not_found" or error.param == "model"
            if error.status_code in _OVER_THE_TEXTS and not over_the_model:
                return None
            raise
        told = _Reply.model_validate(reply)
        ordered = sorted(enumerate(told.data), key=lambda each: each[0] if each[1].index is None else each[1].index)
        vectors = tuple(each.embedding for _, each in ordered)
        if len(vectors) != len(texts) or len({len(vector) for vector in vectors}) > 1:
            raise Interrupted
        return Embedded(vectors, Usage(1, told.usage.prompt_tokens if told.usage else None, 0))


def _sendable(text: str) -> str:
    """With a mark in place of each lone half of a surrogate pair, which a request cannot hold."""
    return text.encode("utf-8", "replace").decode()
