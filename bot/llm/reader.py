"""The careful reader: a model behind the middle's `Reader`, or the replies that are kept of one."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Protocol

from bot.errors import ReaderAbsent, ReaderError, ReplyUnusable
from bot.llm import shown
from bot.llm.completion import Completion, Listener, deaf, spent
from bot.llm.growing import GrowingDraft
from bot.llm.kept import Asked, Kept, KeptReply
from bot.llm.prompts import Message, Prompt, Prompts
from bot.llm.replies import ANSWER, SECOND_LOOK, STANDALONE, Faulty, Reply, Shape, repair
from bot.news.cite import Sheet
from bot.news.languages import NAMES
from bot.news.model import Comparison, Draft, DraftLook, Replayed, Resolved, Turn, Usage

if TYPE_CHECKING:
    from bot.llm.client import ModelClient  # with it comes the SDK, which takes half a second to load

_QUESTIONS_OWN = "the language of the question"
_COVERAGES_OWN = "the language of the coverage"
_NO_TURNS = "Nothing: it is the first question."
_log = logging.getLogger(__name__)

PAID = "model:"  # begins the names under which a checkpoint holds calls


class Checkpoint(Protocol):
    """Where finished calls of one piece of work are kept, so that none is paid for again after a crash."""

    async def get(self, name: str) -> str | None: ...

    async def put(self, name: str, text: str) -> None: ...


@dataclass(frozen=True, slots=True)
class _Heard:
    """A reply, and what it cost now: nothing where it was kept, or paid for before a crash."""

    asked: Asked
    completion: Completion
    replayed: Replayed | None = None
    paid_before: bool = False

    @property
    def cost(self) -> Usage:
        return Usage() if self.paid_before else self.completion.usage


def utc_today() -> date:
    return datetime.now(UTC).date()


class ModelReader:
    """Reads with a model; replays what is kept; without a client it can only replay.

    Usable replies are kept in the first folder of `kept` that is no demonstration. A demonstration's reply to an
    earlier prompt serves only where there is no client. A question has one repair at most, whichever of its
    calls needs it, so that it never takes more than three completed calls, four with its follow-up.
    """

    def __init__(
        self,
        client: ModelClient | None,
        prompts: Prompts,
        *,
        kept: Sequence[Kept] = (),
        checkpoint: Checkpoint | None = None,
        today: Callable[[], date] = utc_today,
        asking: Callable[[Asked], None] | None = None,
        language: str = "",
    ) -> None:
        """`asking` is told of every request before it is looked up or sent; `language`: of the answers, by ISO 639-1;
        empty where each is in that of its question."""
        self._client = client
        self.prompts = prompts
        self._kept = kept
        self._checkpoint = checkpoint
        self._today = today
        self._asking = asking
        self.language = NAMES.get(language, "")
        self._repaired: set[str] = set()  # questions whose repair is spent, until their second look

    def read(self, question: str, sheet: Sheet) -> AsyncIterator[Draft]:
        """Drafts as they grow; the last is complete. After an interruption or for a repair the reply starts anew:
        the first drafts come again, shorter than the last one heard. A kept reply comes at once, complete."""
        messages = self.prompts.answer.messages(
            question=shown.quoted(question),
            coverage=shown.coverage(sheet),
            count=str(len(sheet.sources)),
            labels=", ".join(source.label for source in sheet.sources),
            language=f"{self.language}, as every `says` and `claim` is" if self.language else _QUESTIONS_OWN,
        )
        asked = asked_for(ANSWER, question, messages, self.prompts.answer, shown.digest(sheet))

        async def work(tell: Callable[[Draft], None]) -> Draft:
            reply, usage, replayed = await self._ask(ANSWER, asked, lambda: GrowingDraft(tell))
            return replace(reply.draft(usage), replayed=replayed)

        return _as_told(work)

    async def second_look(self, comparison: Comparison, sheet: Sheet) -> DraftLook:
        question = comparison.question
        messages = self.prompts.second_look.messages(
            question=shown.quoted(question),
            positions=shown.sides(comparison, sheet),
            coverage=shown.coverage(sheet),
            language=self.language or _QUESTIONS_OWN,
        )
        asked = asked_for(SECOND_LOOK, question, messages, self.prompts.second_look, shown.digest(sheet))
        try:
            reply, usage, replayed = await self._ask(SECOND_LOOK, asked)
        finally:
            self._repaired.discard(question)
        return replace(reply.draft(usage), replayed=replayed)

    async def standalone(self, question: str, turns: Sequence[Turn], language: str | None) -> Resolved:
        conversation = shown.conversation(turns)
        messages = self.prompts.standalone.messages(
            question=shown.quoted(question),
            turns=conversation or _NO_TURNS,
            language=NAMES.get(language or "", _COVERAGES_OWN),
        )
        digest = hashlib.sha256(conversation.encode()).hexdigest()
        asked = asked_for(STANDALONE, question, messages, self.prompts.standalone, digest)
        reply, usage, _ = await self._ask(STANDALONE, asked)
        resolved = shown.one_line(reply.question) or question
        if question in self._repaired:
            self._repaired.discard(question)
            self._repaired.add(resolved)
        return Resolved(resolved, shown.one_line(reply.search), usage)

    async def ask_alone(self, shape: Shape[Reply], asked: Asked) -> tuple[Reply, Usage, Replayed | None]:
        """The reply to a call that belongs to no question, with a repair of its own. Raises ReaderError."""
        try:
            return await self._ask(shape, asked)
        finally:
            self._repaired.discard(asked.question)

    async def _ask(
        self, shape: Shape[Reply], asked: Asked, listen: Callable[[], Listener] = lambda: deaf
    ) -> tuple[Reply, Usage, Replayed | None]:
        """The reply in its shape, after one repair at most, with what it cost. Raises ReaderError."""
        heard: list[_Heard] = []
        try:
            reply = await self._parsed(shape, asked, listen, heard)
        except ReaderError as fault:
            fault.spent = spent(sum((each.cost for each in heard), Usage(*fault.spent)))
            raise
        await self._keep([each for each in heard if each.replayed is None])
        usage = sum((each.cost for each in heard), Usage())
        return reply, usage, heard[0].replayed

    async def _parsed(
        self, shape: Shape[Reply], asked: Asked, listen: Callable[[], Listener], heard: list[_Heard]
    ) -> Reply:
        """The reply in its shape; what was heard on the way is added to `heard`."""
        heard.append(await self._hear(shape, asked, listen))
        try:
            return shape.parse(heard[0].completion.text)
        except Faulty as fault:
            heard.append(await self._hear(shape, self._repair(shape, asked, heard[0], fault), listen))
        try:
            return shape.parse(heard[1].completion.text)
        except Faulty as again:
            raise ReplyUnusable("the reply does not fit its shape, nor does its repair") from again

    def _repair(self, shape: Shape[Reply], asked: Asked, broken: _Heard, fault: Faulty) -> Asked:
        """The repair turn: the broken reply, the schema and the fault, never the excerpts."""
        if asked.question in self._repaired:
            raise ReplyUnusable("the reply does not fit its shape, and this question's repair is spent") from fault
        self._repaired.add(asked.question)
        messages = repair(shape, broken.completion.text, fault)
        return replace(asked, messages=messages, shown="")

    async def _hear(self, shape: Shape[Reply], asked: Asked, listen: Callable[[], Listener]) -> _Heard:
        """The reply from this work's checkpoint, from what is kept, or from the model."""
        if self._asking:
            self._asking(asked)
        name = f"{PAID}{asked.step}:{asked.key}"
        noted = await self._checkpoint.get(name) if self._checkpoint else None
        if noted is not None:
            return _Heard(asked, _completion(noted), paid_before=True)
        kept = await self._find(asked)
        if kept is not None:
            return kept
        if self._client is None:
            raise ReaderAbsent("there is no model, and no reply to this is kept")
        began = time.monotonic()
        completion = await self._client.complete(asked.messages, shape, listen)
        _log.info(
            "The model replied",
            extra={
                "step": asked.step,
                "input_tokens": completion.usage.input_tokens,
                "output_tokens": completion.usage.output_tokens,
                "ms": round((time.monotonic() - began) * 1000),
            },
        )
        if self._checkpoint:
            await self._checkpoint.put(name, _noted(completion))
        return _Heard(asked, completion)

    async def _find(self, asked: Asked) -> _Heard | None:
        if not self._kept:
            return None
        found = await asyncio.to_thread(self._look_up, asked)
        if found is None:
            return None
        replayed = Replayed(found.model, found.recorded, earlier_prompt=found.key != asked.key)
        return _Heard(asked, Completion(found.text, found.model, Usage()), replayed)

    def _look_up(self, asked: Asked) -> KeptReply | None:
        exact = next((reply for kept in self._kept if (reply := kept.exact(asked))), None)
        if exact is not None or self._client is not None:
            return exact
        return next((reply for kept in self._kept if (reply := kept.earlier(asked))), None)

    async def _keep(self, heard: Sequence[_Heard]) -> None:
        folder = next((kept.folder for kept in self._kept if not kept.demonstration), None)
        if folder is None:
            return
        today = self._today().isoformat()
        for each in heard:
            told = each.completion
            try:
                await asyncio.to_thread(
                    KeptReply.of(each.asked, told.text, told.model, told.usage, today).write, folder
                )
            except OSError as error:  # without its traceback, which names the file and so the question
                _log.warning("A reply could not be kept", extra={"step": each.asked.step, "errno": error.errno})


async def _as_told(work: Callable[[Callable[[Draft], None]], Awaitable[Draft]]) -> AsyncIterator[Draft]:
    """The drafts that `work` tells of, then the one it returns. It goes on while a slow consumer is busy, so that
    the model is never kept waiting, and ends with its consumer."""
    drafts: asyncio.Queue[Draft | None] = asyncio.Queue()
    task = asyncio.ensure_future(work(drafts.put_nowait))
    task.add_done_callback(lambda _: drafts.put_nowait(None))
    try:
        while (draft := await drafts.get()) is not None:
            yield draft
        yield task.result()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def asked_for(shape: Shape[Reply], question: str, messages: list[Message], prompt: Prompt, digest: str) -> Asked:
    return Asked(shape.name, question, messages, shape.schema, stands_for(prompt, shape), digest)


def stands_for(prompt: Prompt, shape: Shape[Reply]) -> str:
    """What stands for the present prompt of a step in kept replies; changes with the prompt and with the shape."""
    return hashlib.sha256(f"{prompt.digest}\n{json.dumps(shape.schema, sort_keys=True)}".encode()).hexdigest()


def _noted(completion: Completion) -> str:
    usage = completion.usage
    return json.dumps([completion.text, completion.model, usage.calls, usage.input_tokens, usage.output_tokens])


def _completion(noted: str) -> Completion:
    text, model, *usage = json.loads(noted)
    return Completion(text, model, Usage(*usage))
