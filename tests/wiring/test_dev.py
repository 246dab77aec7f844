"""What the sandbox's page learns of the bot's inside, asked as the page asks."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.sandbox import ANNA, GENERAL, Message, Sandbox
from bot.settings import Settings
from bot.wiring.service import Service, service
from tests.scripted_model import ScriptedModel, reads, reply

QUESTION = "Which department lifted the ban?"
REPLY = reply(
    readings=[reads(label, "the Commerce Department lifted it", [f"{label}2"]) for label in "ABCDEFGH"],
    positions=[("the Commerce Department lifted it", list("ABCDEFGH"))],
    relation="agree",
    statements=[("The Commerce Department lifted it.", ["A2"])],
)


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Service]:
    with ScriptedModel() as model:
        model.always(answer=REPLY)
        settings = Settings(
            database_url=f"sqlite:///{tmp_path}/bot.db",
            sandbox_port=0,
            openai_api_key="test",
            openai_base_url=model.base_url,
        )
        async with service(settings) as made:
            yield made


@pytest.fixture
async def page(running: Service) -> AsyncIterator[aiohttp.ClientSession]:
    assert running.sandbox is not None
    async with aiohttp.ClientSession(running.sandbox.url, headers={"Origin": running.sandbox.url}) as session:
        yield session


async def test_given_an_answer_when_its_message_is_looked_into_then_prompt_cost_and_stages_show(
    running: Service, page: aiohttp.ClientSession
) -> None:
    answer = await asked(running.sandbox)

    trace = await get(page, f"/dev/trace?channel={answer.channel}&ts={answer.ts}")
    while len(trace["stages"]) < 3:  # the last ends a moment after the message is whole
        trace = await get(page, f"/dev/trace?channel={answer.channel}&ts={answer.ts}")

    assert [p["step"] for p in trace["prompts"]] == ["answer"]
    assert QUESTION in trace["prompts"][0]["messages"][1]["content"]
    assert (trace["calls"], trace["input_tokens"]) == (1, 100)
    assert [s["name"] for s in trace["stages"]] == ["find what to read", "read and compare", "show"]


async def test_given_a_pasted_article_when_asked_again_then_it_is_read_too(
    running: Service, page: aiohttp.ClientSession
) -> None:
    before = await get(page, "/dev/articles")

    added = await post(
        page, "/dev/articles", {"title": "Late news", "outlet": "The Echo", "text": "It was the Treasury."}
    )

    assert added == {"id": "late-news", "outcome": "Added as a new article."}
    assert len(await get(page, "/dev/articles")) == len(before) + 1
    article = await get(page, "/dev/articles/late-news")
    assert article["sentences"] == [{"number": 1, "text": "It was the Treasury."}]


async def test_given_the_kept_replies_when_the_page_asks_what_is_ready_then_each_question_stands_once(
    page: aiohttp.ClientSession,
) -> None:
    ready = (await get(page, "/dev/ready"))["questions"]

    kinds = {q["question"]: q["kind"] for q in ready}
    assert len(kinds) == len(ready) >= 6
    assert set(kinds.values()) >= {"dispute", "update", "agree", "complementary", "none", "opinion"}
    assert kinds["Do private companies have to follow the human oversight rule?"] == "dispute"


async def test_given_the_ready_articles_when_each_is_added_then_all_are_taken(page: aiohttp.ClientSession) -> None:
    ready = (await get(page, "/dev/ready"))["articles"]

    outcomes = [(await post(page, "/dev/articles", article))["outcome"] for article in ready]

    assert outcomes == ["Added as a new article."] * 3
    assert all(article["note"] for article in ready)


async def test_given_the_model_switched_off_when_asked_then_the_check_is_said_to_have_failed(
    running: Service, page: aiohttp.ClientSession
) -> None:
    assert await post(page, "/dev/faults", {"model": "down"}) == {"model": "down"}

    answer = await asked(running.sandbox)

    assert answer.text.startswith("Not compared: The model can't be reached right now.")


async def test_given_another_time_when_set_and_reset_then_the_clock_tells_it(page: aiohttp.ClientSession) -> None:
    moved = await post(page, "/dev/clock", {"now": "2030-01-01T09:00:00+00:00"})
    back = await post(page, "/dev/clock", {"offset_s": 0})
    async with page.post("/dev/clock", json={"now": "tomorrow"}) as nonsense:
        refused = nonsense.status

    assert moved["now"].startswith("2030-01-01T09:00:0")
    assert back["offset_s"] == 0
    assert refused == 422


async def test_given_no_token_when_the_bots_door_is_knocked_at_directly_then_it_stays_shut(running: Service) -> None:
    assert running.dev_url is not None

    async with aiohttp.ClientSession() as session, session.get(f"{running.dev_url}/dev/articles") as answer:
        assert answer.status == 403


async def asked(sandbox: Sandbox | None) -> Message:
    assert sandbox is not None
    question = await sandbox.say(GENERAL, ANNA, f"{sandbox.mention} {QUESTION}")
    [answer] = await sandbox.wait_for(
        lambda: (
            [m for m in sandbox.replies(question) if m.metadata and not m.streaming]
            if sandbox.status(GENERAL, question.ts) is None
            else []
        )
    )
    return answer


async def get(page: aiohttp.ClientSession, path: str) -> Any:
    async with page.get(path) as answer:
        assert answer.status == 200, await answer.text()
        return await answer.json()


async def post(page: aiohttp.ClientSession, path: str, body: object) -> Any:
    async with page.post(path, json=body) as answer:
        assert answer.status == 200, await answer.text()
        return await answer.json()
