"""What a server takes: found out by being refused, one step at a time, and remembered by the client."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from bot.llm.prompts import Message

SEED = 7  # any constant: with temperature 0 it makes the same request give the same reply where the server has it


class Structure(Enum):
    """How a reply's shape is asked for, strictest first."""

    SCHEMA = "json_schema"
    OBJECT = "json_object"
    PROMPT = "prompt"


_LIMITS = ("max_completion_tokens", "max_tokens", None)
_LEVERS = re.compile(
    r"(?P<limit>max_(?:completion_)?tokens)|(?P<stream_usage>stream_options|include_usage)|(?P<temperature>temperature)"
    r"|(?P<seed>\bseed\b)|(?P<structure>response_?format|json_?schema|json_?object|structured.?output|grammar|\bschema\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Abilities:
    """The parameters that a server is thought to take; everything until it has refused."""

    structure: Structure = Structure.SCHEMA
    limit: str | None = _LIMITS[0]
    temperature: bool = True
    seed: bool = True
    stream_usage: bool = True

    def without(self, refusal: str, *, must_name: bool) -> Abilities | None:
        """The next thing to try after a refusal in these words, or None where nothing is left to give up.

        The parameter named first is given up: servers that echo the request name the culprit before it. A refusal
        that names none is taken to mean the shape, which small servers lack most often, unless it `must_name` one.
        """
        named = [found.lastgroup for found in _LEVERS.finditer(refusal)]
        levers = named if named or must_name else ["structure"]
        return next((fewer for lever in levers if (fewer := self._less(lever)) is not None), None)

    def parameters(self, name: str, schema: dict[str, Any], output_tokens: int) -> dict[str, Any]:
        """The parameters of a request for a reply of this shape, besides the model and the messages."""
        wanted: dict[str, Any] = {}
        if self.structure is Structure.SCHEMA:
            shape = {"name": name, "schema": schema, "strict": True}
            wanted["response_format"] = {"type": "json_schema", "json_schema": shape}
        elif self.structure is Structure.OBJECT:
            wanted["response_format"] = {"type": "json_object"}
        if self.limit:
            wanted[self.limit] = output_tokens
        if self.temperature:
            wanted["temperature"] = 0
        if self.seed:
            wanted["seed"] = SEED
        if self.stream_usage:
            wanted["stream_options"] = {"include_usage": True}
        return wanted

    def messages(self, messages: Sequence[Message], schema: dict[str, Any]) -> Sequence[Message]:
        """The messages, with the schema in the first one where the server does not enforce it."""
        if self.structure is Structure.SCHEMA:
            return messages
        first, *rest = messages
        shape = json.dumps(schema, ensure_ascii=False)
        told = "The reply is one JSON object that fits this JSON schema, and no other text:"
        return [{**first, "content": f"{first['content']}\n\n{told}\n{shape}"}, *rest]

    def _less(self, lever: str | None) -> Abilities | None:
        if lever == "structure" and self.structure is not Structure.PROMPT:
            looser = Structure.OBJECT if self.structure is Structure.SCHEMA else Structure.PROMPT
            return replace(self, structure=looser)
        if lever == "limit" and self.limit:
            return replace(self, limit=_LIMITS[_LIMITS.index(self.limit) + 1])
        if lever == "temperature" and self.temperature:
            return replace(self, temperature=False)
        if lever == "seed" and self.seed:
            return replace(self, seed=False)
        if lever == "stream_usage" and self.stream_usage:
            return replace(self, stream_usage=False)
        return None
