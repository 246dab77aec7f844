"""Where questions are answered: coverage, prompts, a model or kept replies, joined."""

from __future__ import annotations

import asyncio
import logging
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import ReaderUnavailable
from bot.llm.kept import Asked, Kept
from bot.llm.patience import Patience
from bot.llm.prompts import Prompts
from bot.llm.reader import Checkpoint, ModelReader
from bot.metrics import Metrics
from bot.news import words
from bot.news.answer import Audience, answer
from bot.news.catalogue import speaking, spoken
from bot.news.cite import Sheet
from bot.news.ledger.doubles import standing_for
from bot.news.ledger.nearby import next_questions
from bot.news.model import Answer, Article, Comparison, Draft, DraftLook, Resolved, Turn
from bot.news.ports import Archive, Reader
from bot.news.rules import EVERYTHING, ChannelRules, Focus
from bot.sample import ARTICLES, KEPT
from bot.settings import Settings
from bot.store.coverage.library import Library
from bot.store.database import Database
from bot.wiring.coverage.meaning import ByMeaning, Meaning
from bot.wiring.coverage.taking import Found, each_of, read_path, take_in

if TYPE_CHECKING:
    from bot.llm.client import ModelClient

_log = logging.getLogger(__name__)

SLOW_S = 8.0  # how long a slow model lets wait, with its fault switched on
SAMPLE = "sample"  # the workspace of the sample coverage, apart from people's own
NOBODY = "none"  # a workspace without coverage, so that the sample answers


@dataclass(frozen=True, slots=True)
class Reading:
    """What it takes to read: the prompts, and a model or kept replies of one; and where one is set, the embedding model
    by whose meaning coverage is found."""

    prompts: Prompts
    client: ModelClient | None
    own: Sequence[Kept]
    sample: Sequence[Kept]
    meaning: Meaning | None = None

    @classmethod
    def of(cls, settings: Settings, metrics: Metrics | None = None) -> Reading:
        """With `metrics`, for a process that goes on: the model is counted, and rests when it keeps failing."""
        own = [Kept(settings.keep_replies)] if settings.keep_replies else []
        client = model_client(settings, metrics)
        sample = [*own, *([] if client else [Kept(KEPT, demonstration=True)])]
        return cls(Prompts.load(), client, own, sample, Meaning.of(settings, metrics))

    def reader(
        self,
        *,
        sample: bool,
        checkpoint: Checkpoint | None,
        asking: Callable[[Asked], None] | None = None,
        language: str = "",
    ) -> ModelReader | None:
        """None where there is neither a model nor anything kept."""
        kept = self.sample if sample else self.own
        if self.client is None and not kept:
            return None
        return ModelReader(
            self.client, self.prompts, kept=kept, checkpoint=checkpoint, asking=asking, language=language
        )

    def archive(self, library: Library) -> Archive:
        """A library, to be searched by words, and by meaning where that can be told."""
        return ByMeaning(library, self.meaning) if self.meaning else library

    def by_words(self) -> Reading:
        """The same for coverage that is not stored, and so has no vectors."""
        return replace(self, meaning=None)

    async def close(self) -> None:
        if self.client is not None:
            await self.client.aclose()
        if self.meaning is not None:
            await self.meaning.close()


class Fault(StrEnum):
    """What the sandbox's page can have the model do."""

    OK = "ok"
    DOWN = "down"
    SLOW = "slow"


class Down:
    """A reader that cannot be reached."""

    async def read(self, question: str, sheet: Sheet) -> AsyncIterator[Draft]:
        raise ReaderUnavailable("the model's fault is switched on")
        yield

    async def second_look(self, comparison: Comparison, sheet: Sheet) -> DraftLook:
        raise ReaderUnavailable("the model's fault is switched on")

    async def standalone(self, question: str, turns: Sequence[Turn], language: str | None) -> Resolved:
        raise ReaderUnavailable("the model's fault is switched on")


@dataclass(frozen=True, slots=True)
class Desk:
    """Answers questions from a library, or from the sample coverage while that library is empty; from what counts of it
    by `focus`. `language`: of the answers, by ISO 639-1; empty where each is in that of its question."""

    library: Library
    reading: Reading
    excerpt_tokens: int
    sample: Library | None = None
    focus: Focus = EVERYTHING
    language: str = ""

    def within(self, channel: ChannelRules) -> Desk:
        """This desk, by what is set in a channel."""
        return replace(self, focus=channel.focus, language=channel.language)

    async def current(self) -> Library:
        """The coverage that answers now."""
        if self.sample is None or await self.library.count() > 0:
            return self.library.within(self.focus)
        await fill_sample(self.sample)
        return self.sample.within(self.focus)

    async def ask(
        self,
        question: str,
        *,
        turns: Sequence[Turn] = (),
        audience: Audience | None = None,
        checkpoint: Checkpoint | None = None,
        asking: Callable[[Asked], None] | None = None,
        fault: Fault = Fault.OK,
        arrange: Callable[[Reader], Reader] | None = None,
        since: datetime | None = None,
        asked: Sequence[str] = (),
    ) -> Answer:
        """`asking` is told of every request to the model; `fault` is one that the sandbox has switched on;
        `arrange` puts a reader of its own before the model; `since`: only coverage published from then on counts;
        `asked`: earlier questions, which are not suggested again."""
        library = await self.current()
        reader: Reader | None = self.reading.reader(
            sample=library.workspace == SAMPLE, checkpoint=checkpoint, asking=asking, language=self.language
        )
        if reader is not None and arrange is not None:
            reader = arrange(reader)
        if fault is Fault.SLOW:
            await asyncio.sleep(SLOW_S)
        found = await answer(
            question,
            archive=self.reading.archive(library),
            reader=Down() if fault is Fault.DOWN else reader,
            excerpt_tokens=self.excerpt_tokens,
            turns=turns,
            audience=audience,
            since=since,
            language=self.language,
        )
        if found.library_empty and self.focus.narrow:
            with speaking(found.language):
                return replace(found, library_empty=False, trouble=spoken().answer.nothing_counts)
        cited = {citation.article.id for citation in words.citations(found)}
        entries = await library.ledger.entries(citing=cited)
        return replace(found, standing=standing_for(found, entries), nearby=next_questions(found, entries, asked))


@asynccontextmanager
async def desk(settings: Settings, *, workspace: str, coverage: Path | None = None) -> AsyncIterator[Desk]:
    """A desk over the stored library, or over a folder that is read for this once and not stored.

    While the library is empty and no Slack tokens are set, the sample coverage answers.
    """
    async with AsyncExitStack() as stack:
        reading = Reading.of(settings)
        stack.push_async_callback(reading.close)
        if coverage is not None:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="crosscheck-"))
            database = await stack.enter_async_context(await Database.open(f"sqlite:///{folder}/coverage.db"))
            library = Library(database, workspace)
            await store_folder(library, coverage)
            yield Desk(library, reading.by_words(), settings.excerpt_tokens)
        else:
            database = await stack.enter_async_context(await Database.open(settings.database_url))
            sample = None if settings.in_slack else Library(database, SAMPLE)
            yield Desk(Library(database, workspace), reading, settings.excerpt_tokens, sample)


@asynccontextmanager
async def sample_desk(settings: Settings, folder: str) -> AsyncIterator[Desk]:
    """A desk over the sample coverage alone, its database in the folder given."""
    reading = Reading.of(settings)
    try:
        async with await Database.open(f"sqlite:///{folder}/sample.db") as database:
            yield Desk(Library(database, NOBODY), reading, settings.excerpt_tokens, Library(database, SAMPLE))
    finally:
        await reading.close()


@asynccontextmanager
async def library(settings: Settings, *, workspace: str) -> AsyncIterator[Library]:
    """The stored library of a workspace."""
    async with await Database.open(settings.database_url) as database:
        yield Library(database, workspace)


def model_client(settings: Settings, metrics: Metrics | None = None) -> ModelClient | None:
    """None where no key is set."""
    if settings.openai_api_key is None:
        return None
    # Here, for with them comes the SDK, which takes half a second to load.
    from bot.llm.client import ModelClient
    from bot.wiring.desks.breaker import GuardedModel

    key, model, url = settings.openai_api_key.get_secret_value(), settings.openai_model, settings.openai_base_url
    patience = Patience(total_s=settings.model_total_s, stall_s=settings.model_stall_s)
    if metrics is None:
        return ModelClient(api_key=key, model=model, base_url=url, patience=patience)
    return GuardedModel(api_key=key, model=model, base_url=url, patience=patience, metrics=metrics)


async def fill_sample(library: Library) -> None:
    """Store the sample coverage where it is not yet, oldest first: the ledger's kept replies met it in that order."""
    if await library.count() == 0:
        found = [each async for each in read_path(ARTICLES)]
        await _store(library, each_of(sorted(found, key=_begun)))


async def store_folder(library: Library, folder: Path) -> None:
    """Keep every readable article of a folder. What cannot be read is told in the log."""
    await _store(library, read_path(folder))


def _begun(found: Found) -> datetime:
    """When an article of the sample was published; all of them are dated."""
    published = found.published if isinstance(found, Article) else None
    return published.earliest if published else datetime.max.replace(tzinfo=UTC)


async def _store(library: Library, found: AsyncGenerator[Found, None]) -> None:
    async for taken in take_in(library, found):
        if taken.skipped:
            _log.warning("A file was skipped", extra={"file": taken.skipped.path, "reason": taken.skipped.reason})
