"""Kept replies: every reply in a folder, one readable file a reply, and replayed from it.

A file is YAML front matter and then the reply exactly as it came. It is found again by its key, which stands for
the messages and the schema. A demonstration's folder also serves a reply that was recorded with an earlier prompt,
where the question and what was shown are the same.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from frontmatter.default_handlers import YAMLHandler
from pydantic import BaseModel, ConfigDict
from yaml import YAMLError

from bot.llm.prompts import Message
from bot.news.model import Usage

_FENCE = "---\n"
_KEY_IN_NAME = 8


@dataclass(frozen=True, slots=True)
class Asked:
    """What identifies a reply: the exact request, and what it was about.

    `prompt` stands for the prompt and the schema, `shown` for the coverage or turns that the request showed.
    """

    step: str
    question: str
    messages: Sequence[Message]
    schema: Mapping[str, Any]
    prompt: str
    shown: str

    @property
    def key(self) -> str:
        """Changes with every letter of the messages or the schema."""
        exact = json.dumps([list(self.messages), dict(self.schema)], sort_keys=True)
        return hashlib.sha256(exact.encode()).hexdigest()


class KeptReply(BaseModel):
    """A reply with its front matter. `recorded` is an ISO day; tokens are None where the server told none."""

    model_config = ConfigDict(frozen=True)

    step: str
    question: str
    model: str
    recorded: str
    prompt: str
    sheet: str
    key: str
    input_tokens: int | None
    output_tokens: int | None
    text: str = ""

    @classmethod
    def of(cls, asked: Asked, text: str, model: str, usage: Usage, recorded: str) -> KeptReply:
        return cls(
            step=asked.step,
            question=" ".join(asked.question.split()),
            model=model,
            recorded=recorded,
            prompt=asked.prompt,
            sheet=asked.shown,
            key=asked.key,
            input_tokens=usage.input_tokens,
            output_tokens=usage.output_tokens,
            text=text,
        )

    @classmethod
    def read(cls, path: Path) -> KeptReply | None:
        """The reply in a file, or None where the file is no kept reply (someone else's, or damaged)."""
        try:
            begin, head, text = path.read_bytes().decode().split(_FENCE, 2)
            matter = YAMLHandler().load(head)
            return None if begin else cls.model_validate(matter | {"text": text})
        except (OSError, ValueError, TypeError, YAMLError):
            return None

    @property
    def file_name(self) -> str:
        return f"{_slug(self.question)}-{self.step}-{self.key[:_KEY_IN_NAME]}.md"

    def write(self, folder: Path) -> None:
        """Written whole or not at all. Raises OSError."""
        folder.mkdir(parents=True, exist_ok=True)
        head = YAMLHandler().export(self.model_dump(exclude={"text"}), sort_keys=False, width=1_000_000)
        handle, part = tempfile.mkstemp(dir=folder, suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(f"{_FENCE}{head}\n{_FENCE}{self.text}".encode())
            os.replace(part, folder / self.file_name)
        except BaseException:
            Path(part).unlink(missing_ok=True)
            raise


@dataclass(frozen=True, slots=True)
class Kept:
    """A folder of kept replies. A `demonstration` is read only, and serves replies to an earlier prompt too."""

    folder: Path
    demonstration: bool = False

    def exact(self, asked: Asked) -> KeptReply | None:
        """The reply to this very request."""
        key = asked.key
        replies = (KeptReply.read(path) for path in sorted(self.folder.glob(f"*-{key[:_KEY_IN_NAME]}.md")))
        return next((reply for reply in replies if reply and reply.key == key), None)

    def earlier(self, asked: Asked) -> KeptReply | None:
        """The newest reply to the same question on the same coverage, recorded with an earlier prompt."""
        if not self.demonstration:
            return None
        wanted = (asked.step, _normal(asked.question), asked.shown)
        fits = [r for _, r in self.replies() if (r.step, _normal(r.question), r.sheet) == wanted]
        return max(fits, key=lambda reply: reply.recorded, default=None)

    def replies(self) -> Iterator[tuple[Path, KeptReply]]:
        """Every kept reply with its file, by name."""
        for path in sorted(self.folder.glob("*.md")):
            reply = KeptReply.read(path)
            if reply is not None:
                yield path, reply


def stale(folder: Path, prompts: Mapping[str, str]) -> list[tuple[Path, KeptReply]]:
    """The kept replies that the present prompts no longer ask for. `prompts` gives the digest by step, as `Asked`
    has it."""
    return [(path, reply) for path, reply in Kept(folder).replies() if prompts.get(reply.step) != reply.prompt]


def _normal(question: str) -> str:
    """The question as people would call it the same: case, spacing and closing marks aside."""
    return " ".join(unicodedata.normalize("NFKC", question).casefold().split()).rstrip("?!. ")


def _slug(question: str) -> str:
    plain = unicodedata.normalize("NFKD", question).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall(r"[a-z0-9]+", plain))[:60].strip("-") or "question"
