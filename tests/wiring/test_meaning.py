"""Search by meaning joined: excerpts are embedded in the background, and questions find by it or do without it."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import ReaderUnavailable
from bot.llm.embedder import BATCH, Embedder
from bot.llm.patience import Patience
from bot.llm.prompts import Prompts
from bot.news.model import Article
from bot.settings import Settings
from bot.store.coverage.library import Library
from bot.store.database import Database
from bot.store.jobs.jobs import JobTable
from bot.store.search.vectors import Vectors
from bot.wiring.coverage.meaning import EMBED, ByMeaning, Embedding, Meaning
from bot.wiring.desks.desk import Desk, Reading
from bot.worker import Job
from tests.databases import database, database_url, postgres_server
from tests.given import article
from tests.llm.given import Naps, client_of
from tests.scripted_model import ScriptedModel, Turn, failed, reads, reply

__all__ = ["database", "database_url", "postgres_server"]

QUESTION = "Is bread dear?"
PARAPHRASE = "A loaf costs much."
TOKENS = 500  # a prompt in which not all of the coverage fits


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 5, 20, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def model() -> Iterator[ScriptedModel]:
    with ScriptedModel() as server:
        server.dimension = 512
        server.synonyms = {"loaf": "bread", "much": "dear", "costs": "is", "a": "is"}
        yield server


@pytest.fixture
def library(database: Database) -> Library:
    return Library(database, "local")


@pytest.fixture
def vectors(database: Database) -> Vectors:
    return Vectors(database, "local")


@asynccontextmanager
async def meaning_of(model: ScriptedModel, name: str = "small", query_s: float = 10) -> AsyncIterator[Meaning]:
    patience = Patience(sleep=Naps(), attempts=2)
    meaning = Meaning(
        Embedder(api_key="sk-test", model=name, base_url=model.base_url, patience=patience), query_s=query_s
    )
    try:
        yield meaning
    finally:
        await meaning.close()


@asynccontextmanager
async def desk_of(library: Library, model: ScriptedModel, meaning: Meaning | None) -> AsyncIterator[Desk]:
    model.always(answer=reply(readings=[reads("A", "It is", ["A1"])], positions=[("it is dear", ["A"])]))
    async with client_of(model) as client:
        yield Desk(library, Reading(Prompts.load(), client, (), (), meaning), TOKENS)


def coverage() -> list[Article]:
    """A paraphrase of the question, an article with a word of it, and much that is about something else."""
    other = [f"It rained in Leeds for the {n}th day, and nobody could say when this would end." for n in range(40)]
    return [
        article("loaf", PARAPHRASE, title="-"),
        article("play", "Bread and Circuses is a play.", title="-"),
        *(article(f"rain{n}", *other, title="-") for n in range(3)),
    ]


async def shown(desk: Desk, model: ScriptedModel) -> str:
    """What of the coverage the model is shown for the question."""
    await desk.ask(QUESTION)
    return model.heard[-1].text


async def test_given_vectors_when_asked_then_a_paraphrase_without_a_common_word_is_shown(
    library: Library, vectors: Vectors, model: ScriptedModel
) -> None:
    await library.add_all(coverage())

    async with meaning_of(model) as meaning, desk_of(library, model, meaning) as desk:
        made = await meaning.embed(vectors)
        prompt = await shown(desk, model)

    assert made == (await vectors.counts("small"))[0]
    assert PARAPHRASE in prompt
    assert "Bread and Circuses" in prompt
    assert model.embedded[-1] == [QUESTION]


async def test_given_no_embedding_model_when_asked_then_words_alone_find_and_nothing_is_embedded(
    library: Library, model: ScriptedModel
) -> None:
    await library.add_all(coverage())

    async with desk_of(library, model, None) as desk:
        prompt = await shown(desk, model)

    assert PARAPHRASE not in prompt
    assert "Bread and Circuses" in prompt
    assert model.embedded == []


@pytest.mark.parametrize("trouble", [failed(), Turn(first_s=30), Turn(status=401)], ids=["down", "slow", "refused"])
async def test_given_an_embedding_model_in_trouble_when_asked_then_words_alone_find_and_it_is_told(
    library: Library,
    vectors: Vectors,
    model: ScriptedModel,
    trouble: Turn,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await library.add_all(coverage())
    caplog.set_level(logging.WARNING)

    async with meaning_of(model, query_s=0.2) as meaning, desk_of(library, model, meaning) as desk:
        await meaning.embed(vectors)
        model.embedding += [trouble] * 2
        prompt = await shown(desk, model)

    assert PARAPHRASE not in prompt
    assert "Bread and Circuses" in prompt
    assert [record.message for record in caplog.records] == ["a question is searched by its words alone"]
    assert QUESTION not in caplog.text


async def test_given_coverage_that_fits_when_asked_then_nothing_is_embedded_for_it(
    library: Library, model: ScriptedModel
) -> None:
    await library.add_all(coverage()[:2])

    async with meaning_of(model) as meaning, desk_of(library, model, meaning) as desk:
        prompt = await shown(desk, model)

    assert PARAPHRASE in prompt
    assert model.embedded == []


async def test_given_a_question_of_stop_words_alone_when_searched_then_nothing_is_embedded_and_nothing_found(
    library: Library, vectors: Vectors, model: ScriptedModel
) -> None:
    await library.add_all(coverage())

    async with meaning_of(model) as meaning:
        await meaning.embed(vectors)
        embedded = len(model.embedded)
        found = await ByMeaning(library, meaning).search("What is it, and why?", limit=5)

    assert found == []
    assert len(model.embedded) == embedded


async def test_given_a_server_that_fails_midway_when_embedding_goes_on_later_then_none_is_lost_or_made_twice(
    library: Library, vectors: Vectors, model: ScriptedModel
) -> None:
    await library.add_all([article(f"n{n}", f"Sentence {n}.") for n in range(2 * BATCH)])
    model.embedding += [Turn(), failed(), failed()]

    async with meaning_of(model) as meaning:
        with pytest.raises(ReaderUnavailable):
            await meaning.embed(vectors)
        midway = await vectors.counts("small")
        rest = await meaning.embed(vectors)

    assert midway == (2 * BATCH, BATCH)
    assert rest == BATCH
    assert await vectors.counts("small") == (2 * BATCH, 2 * BATCH)


async def test_given_a_text_that_is_refused_when_embedding_goes_on_then_the_others_are_and_it_is_not_asked_again(
    library: Library, vectors: Vectors, model: ScriptedModel
) -> None:
    await library.add_all([*(article(f"n{n}", f"Sentence {n}.") for n in range(3)), article("long", "long " * 100)])
    model.longest_text = 200

    async with meaning_of(model) as meaning:
        made = await meaning.embed(vectors)
        asked = len(model.requests)
        again = await meaning.embed(vectors)

    assert (made, again) == (3, 0)
    assert len(model.requests) == asked
    assert await vectors.counts("small") == (4, 3)


async def test_given_what_waits_when_replicas_look_then_one_job_embeds_it_and_then_none_is_left(
    database: Database, library: Library, vectors: Vectors, model: ScriptedModel
) -> None:
    clock = Clock()
    jobs = JobTable(database, Job, clock=clock)
    await library.add_all(coverage()[:2])

    async with meaning_of(model) as meaning:
        replicas = [Embedding(database, jobs, meaning, serves=ours, clock=clock) for _ in range(2)]
        for replica in replicas:
            await replica.go()
        ran = [await run(jobs, replica) for replica in replicas]
        clock.now += timedelta(minutes=1)
        await replicas[0].go()

        assert ran == [1, 0]
        assert await vectors.counts("small") == (2, 2)
        assert await run(jobs, replicas[0]) == 0


async def test_given_a_server_that_is_down_when_a_job_embeds_then_it_ends_and_a_later_one_goes_on(
    database: Database, library: Library, vectors: Vectors, model: ScriptedModel
) -> None:
    clock = Clock()
    jobs = JobTable(database, Job, clock=clock)
    await library.add_all(coverage()[:2])
    model.embedding += [failed()] * 2

    async with meaning_of(model) as meaning:
        embedding = Embedding(database, jobs, meaning, serves=ours, clock=clock)
        await embedding.go()
        await run(jobs, embedding)
        waiting = await vectors.counts("small")
        clock.now += timedelta(minutes=1)
        await embedding.go()
        await run(jobs, embedding)

    assert waiting == (2, 0)
    assert await vectors.counts("small") == (2, 2)
    assert await jobs.dead() == []


async def test_given_a_workspace_that_is_not_served_when_what_waits_is_looked_for_then_it_goes_on_waiting(
    database: Database, model: ScriptedModel
) -> None:
    jobs = JobTable(database, Job)
    await Library(database, "gone").add(article("a", "Bread is dear."))

    async with meaning_of(model) as meaning:
        embedding = Embedding(database, jobs, meaning, serves=ours)
        await embedding.go()

        assert await run(jobs, embedding) == 0


async def test_given_another_model_when_it_is_set_then_all_is_embedded_anew(
    database: Database, library: Library, vectors: Vectors, model: ScriptedModel
) -> None:
    clock = Clock()
    jobs = JobTable(database, Job, clock=clock)
    await library.add_all(coverage()[:2])
    async with meaning_of(model) as meaning:
        await meaning.embed(vectors)

    async with meaning_of(model, "large") as other:
        embedding = Embedding(database, jobs, other, serves=ours, clock=clock)
        await embedding.go()
        await run(jobs, embedding)

    assert await vectors.counts("large") == (2, 2)
    assert [request.body["model"] for request in model.requests] == ["small", "large"]


@pytest.mark.parametrize(("key", "name", "there"), [(None, "small", False), ("sk", None, False), ("sk", "small", True)])
async def test_given_settings_when_read_then_meaning_needs_a_key_and_an_embedding_model(
    key: str | None, name: str | None, there: bool
) -> None:
    settings = Settings(_env_file=None, openai_api_key=key, openai_embedding_model=name)

    reading = Reading.of(settings)

    assert (reading.meaning is not None) == there
    assert reading.by_words().meaning is None
    await reading.close()


async def ours(workspace: str) -> bool:
    return workspace == "local"


async def run(jobs: JobTable[Job], embedding: Embedding) -> int:
    """Run the jobs that are due; how many there were."""
    count = 0
    while (job := await jobs.claim([EMBED], 60)) is not None:
        await embedding.work()[EMBED](job)
        await jobs.done(job)
        count += 1
    return count
