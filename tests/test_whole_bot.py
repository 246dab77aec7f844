"""The whole bot as people run it: a process of its own, Slack (the sandbox) on one side and a model on the other."""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import Awaitable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import aiohttp
import pytest

from bot.news.catalogue import ENGLISH, of
from bot.news.ledger.standing import begun
from bot.news.model import Kind
from bot.news.model import Turn as Said
from bot.sandbox import ANNA, GENERAL, POLICY, Message, Sandbox
from bot.slack.app import WORKSPACE
from bot.slack.commands.step import SUMMARISE
from bot.slack.manifest import manifest
from bot.store.coverage.library import Library
from bot.store.database import Database, utc_now
from bot.store.ledger.ledger import StoredLedger
from bot.store.people.conversations import Conversations
from bot.store.people.usage import Spent, UsageTable
from tests.given import disputed
from tests.knowing import knows
from tests.news.ledger_world import Fact
from tests.running import DISPUTE, QUESTION, SINGLE, SUMMARY, UPHELD, Bot, finished, free_port, furnish
from tests.scripted_model import Request, ScriptedModel, Turn


@pytest.fixture
def model() -> Iterator[ScriptedModel]:
    with ScriptedModel() as server:
        yield server


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The bot's working folder with a library of two articles beside it."""
    return furnish(tmp_path)


async def test_given_a_question_when_the_bot_is_killed_midway_and_restarted_then_one_finished_answer_stands(
    home: Path, model: ScriptedModel
) -> None:
    async with Sandbox() as sandbox:
        bot = Bot(home, sandbox, model)
        await bot.ingest()
        slowly = Turn(text=DISPUTE, chunks=20, delay_s=0.1)
        model.plays(slowly)
        model.always(answer=DISPUTE, second_look=UPHELD)
        async with bot.running() as process:
            asked = await sandbox.say(GENERAL, ANNA, f"{sandbox.mention} {QUESTION}")
            await sandbox.wait_for(lambda: model.heard and sandbox.replies(asked), 20)
            process.send_signal(signal.SIGKILL)
            await process.wait()

        async with Bot(home, sandbox, model).running():
            [answer] = await sandbox.wait_for(lambda: finished(sandbox, asked), 90)

        assert "54 licences" in answer.text
        assert len(sandbox.replies(asked)) == 1


async def test_given_a_kill_after_the_model_replied_when_restarted_then_the_call_is_not_paid_again(
    home: Path, model: ScriptedModel
) -> None:
    async with Sandbox() as sandbox:
        bot = Bot(home, sandbox, model)
        await bot.ingest()
        model.plays(DISPUTE, Turn(text=UPHELD, first_s=30))
        model.always(second_look=UPHELD)
        async with bot.running() as process:
            asked = await sandbox.say(GENERAL, ANNA, f"{sandbox.mention} {QUESTION}")
            await sandbox.wait_for(lambda: len(model.heard) == 2, 20)
            process.send_signal(signal.SIGKILL)
            await process.wait()

        async with bot.running():
            await sandbox.wait_for(lambda: finished(sandbox, asked), 30)

        assert steps(model.heard) == ["answer", "second_look", "second_look"]


async def test_given_an_embedding_model_that_is_set_later_when_the_bot_runs_then_what_is_stored_is_embedded(
    home: Path, model: ScriptedModel
) -> None:
    async with Sandbox() as sandbox:
        await Bot(home, sandbox, model).ingest()
        assert model.requests == []

        async with Bot(home, sandbox, model, OPENAI_EMBEDDING_MODEL="small").running():
            async with asyncio.timeout(30):
                while not model.embedded:  # noqa: ASYNC110  # the model runs in another thread
                    await asyncio.sleep(0.05)

        [texts] = model.embedded
        assert sorted(texts) == [
            "Only 41 licences were granted.\nOnly 41 licences were granted.",
            "The ministry granted 54 licences.\nThe ministry granted 54 licences.",
        ]


async def test_given_a_follow_up_in_a_thread_when_asked_with_a_mention_then_it_is_made_to_stand_alone(
    home: Path, model: ScriptedModel
) -> None:
    async with Sandbox() as sandbox:
        bot = Bot(home, sandbox, model)
        await bot.ingest()
        model.always(
            answer=DISPUTE,
            second_look=UPHELD,
            standalone={"question": "How many licences went to hospitals?", "search": ""},
        )
        async with bot.running():
            asked = await sandbox.say(GENERAL, ANNA, f"{sandbox.mention} {QUESTION}")
            await sandbox.wait_for(lambda: finished(sandbox, asked), 20)
            await sandbox.say(GENERAL, ANNA, f"{sandbox.mention} and for hospitals?", asked.ts)
            await sandbox.wait_for(lambda: len(finished(sandbox, asked)) == 2, 20)

        assert steps(model.heard) == ["answer", "second_look", "standalone", "answer", "second_look"]
        assert QUESTION in model.heard[2].text
        assert "How many licences went to hospitals?" in model.heard[3].text


async def test_given_the_same_event_twice_when_asked_then_it_is_answered_once(home: Path, model: ScriptedModel) -> None:
    async with Sandbox() as sandbox:
        bot = Bot(home, sandbox, model)
        await bot.ingest()
        model.always(answer=DISPUTE, second_look=UPHELD)
        async with bot.running():
            asked = await sandbox.say(GENERAL, ANNA, f"{sandbox.mention} {QUESTION}")
            for delivery in list(sandbox.deliveries):
                await sandbox.redeliver(delivery)
            await sandbox.wait_for(lambda: finished(sandbox, asked), 20)
            again = await sandbox.say(GENERAL, ANNA, f"{sandbox.mention} thanks")
            await sandbox.wait_for(lambda: finished(sandbox, again), 20)

        assert len(sandbox.replies(asked)) == 1
        assert steps(model.heard) == ["answer", "second_look"]


async def test_given_a_topic_that_is_followed_when_outlets_begin_to_disagree_on_it_then_its_thread_hears_once(
    home: Path, model: ScriptedModel
) -> None:
    knows(model, Fact(QUESTION, {"54 licences": "54 were", "41 licences": "41 were"}))
    late = home / "coverage" / "post.txt"
    held_back = late.read_text(encoding="utf-8")
    late.unlink()
    async with Sandbox() as sandbox:
        bot = Bot(home, sandbox, model, LEDGER_CALLS_A_DAY="100")
        await bot.ingest()
        async with bot.running():
            await sandbox.command("/coverage", "follow whales", channel=GENERAL, user=ANNA)
            await sandbox.command("/coverage", "follow licences", channel=GENERAL, user=ANNA)
            await sandbox.wait_for(lambda: len(sandbox.private(ANNA)) == 2, 20)
            thread, other = sorted(sandbox.messages(GENERAL), key=lambda m: "licences" not in m.text)

        late.write_text(held_back, encoding="utf-8")
        await bot.ingest()
        async with bot.running():
            [told] = await sandbox.wait_for(lambda: sandbox.messages(GENERAL, thread.ts)[1:], 30)

        assert told.text == f"Sources disagree now: {QUESTION}"
        assert "Only 41 licences were granted." in told.shown
        assert sandbox.messages(GENERAL, other.ts)[1:] == []


async def test_given_a_question_of_the_ledger_under_an_answer_when_pressed_then_it_is_answered_in_the_thread_as_it_is(
    home: Path, model: ScriptedModel
) -> None:
    announced = Fact("When was it announced?", {"on Monday": "on Monday", "on Tuesday": "on Tuesday"}, kind=Kind.DATE)
    knows(model, Fact(QUESTION, {"54 licences": "54 were", "41 licences": "41 were"}), announced)
    for name, day in (("courier", "Monday"), ("post", "Tuesday")):
        file = home / "coverage" / f"{name}.txt"
        file.write_text(f"{file.read_text(encoding='utf-8')}\nThat was announced on {day}.\n", encoding="utf-8")
    async with Sandbox() as sandbox:
        bot = Bot(home, sandbox, model, LEDGER_CALLS_A_DAY="100", DATABASE_URL=f"sqlite:///{home / 'kept.db'}")
        await bot.ingest()
        async with bot.running(), await Database.open(bot.environment["DATABASE_URL"]) as database:
            async with asyncio.timeout(30):
                while len(await StoredLedger(database, WORKSPACE).standing()) < 2:  # noqa: ASYNC110  # as above
                    await asyncio.sleep(0.05)
            asked = await sandbox.say(GENERAL, ANNA, f"{sandbox.mention} {QUESTION}")
            [answer] = await sandbox.wait_for(lambda: finished(sandbox, asked), 20)
            before = len(model.heard)
            await sandbox.click(answer, "next1", user=ANNA)
            *_, asks, told = await sandbox.wait_for(lambda: len(m := finished(sandbox, asked)) == 3 and m, 20)

        assert announced.question in asks.shown
        assert "on Tuesday" in told.text
        assert QUESTION not in str(told.blocks)  # it was asked before
        assert "standalone" not in steps(model.heard[before:])


async def test_given_events_over_http_when_asked_then_it_is_answered(home: Path, model: ScriptedModel) -> None:
    async with Sandbox() as sandbox:
        port = free_port()
        sandbox.request_url = f"http://127.0.0.1:{port}/slack/events"
        bot = Bot(home, sandbox, model, SLACK_APP_TOKEN="", SLACK_SIGNING_SECRET=sandbox.signing_secret, PORT=str(port))
        await bot.ingest()
        model.always(answer=DISPUTE, second_look=UPHELD)
        async with bot.running(), aiohttp.ClientSession(f"http://127.0.0.1:{port}") as probe:
            asked = await sandbox.say(GENERAL, ANNA, f"{sandbox.mention} {QUESTION}")

            [answer] = await sandbox.wait_for(lambda: finished(sandbox, asked), 20)
            async with probe.get("/ready") as ready, probe.get("/metrics") as metrics:
                assert await ready.json() == {"database": True, "migrations": True, "slack": True}
                assert 'crosscheck_flags_total{kind="number",relation="dispute"} 1.0' in await metrics.text()

        assert "Sources disagree" in str(answer.blocks)


async def test_given_a_terminate_signal_when_a_question_runs_then_it_is_finished_before_the_end(
    home: Path, model: ScriptedModel
) -> None:
    async with Sandbox() as sandbox:
        bot = Bot(home, sandbox, model)
        await bot.ingest()
        model.plays(Turn(text=DISPUTE, chunks=10, delay_s=0.1))
        model.always(second_look=UPHELD)
        async with bot.running() as process:
            asked = await sandbox.say(GENERAL, ANNA, f"{sandbox.mention} {QUESTION}")
            await sandbox.wait_for(lambda: model.heard, 20)
            process.send_signal(signal.SIGTERM)
            await asyncio.wait_for(process.wait(), 30)

            assert process.returncode == 0
            assert len(finished(sandbox, asked)) == 1


async def test_given_an_empty_library_in_slack_when_asked_then_it_says_how_to_add_coverage(
    home: Path, model: ScriptedModel
) -> None:
    async with Sandbox() as sandbox:
        async with Bot(home, sandbox, model).running():
            asked = await sandbox.say(GENERAL, ANNA, f"{sandbox.mention} {QUESTION}")

            [answer] = await sandbox.wait_for(lambda: finished(sandbox, asked), 20)

        assert "python -m bot ingest" in str(answer.blocks) + answer.text
        assert not model.heard


async def test_given_more_coverage_than_fits_when_asked_in_german_then_only_that_question_is_put_into_english(
    home: Path, model: ScriptedModel
) -> None:
    filler = "The council met in the town hall and it was said that nothing would be done about the matter. " * 40
    (home / "coverage" / "filler.txt").write_text(filler, encoding="utf-8")
    async with Sandbox() as sandbox:
        bot = Bot(home, sandbox, model, EXCERPT_TOKENS="500")
        await bot.ingest()
        model.always(answer=DISPUTE, second_look=UPHELD, standalone={"question": "?", "search": QUESTION})
        async with bot.running():
            for question in (QUESTION, "Wie viele Lizenzen wurden erteilt?"):
                asked = await sandbox.say(GENERAL, ANNA, f"{sandbox.mention} {question}")
                await sandbox.wait_for(lambda asked=asked: finished(sandbox, asked), 20)

        assert steps(model.heard) == ["answer", "second_look", "standalone", "answer", "second_look"]
        [answer] = finished(sandbox, asked)
        assert "Die Quellen widersprechen sich" in answer.shown
        assert "Zitate zeigen" in answer.shown
        own = model.heard[3].text
        assert "Wie viele Lizenzen wurden erteilt?" in own
        assert "54 licences" in own


async def test_given_a_language_set_for_a_channel_when_asked_in_it_then_the_model_is_told_to_answer_in_that(
    home: Path, model: ScriptedModel
) -> None:
    async with Sandbox() as sandbox:
        bot = Bot(home, sandbox, model)
        await bot.ingest()
        model.always(answer=DISPUTE, second_look=UPHELD, summary=SUMMARY)
        async with bot.running():
            await sandbox.command("/coverage", "settings", channel=GENERAL, user=ANNA)
            form = await sandbox.wait_for(lambda: (v := sandbox.view(ANNA)) and v.view.get("submit") and v, 20)
            await sandbox.submit(form, {"language": "de"})
            await sandbox.wait_for(lambda: sandbox.messages(GENERAL), 20)
            asked = await sandbox.say(GENERAL, ANNA, f"{sandbox.mention} {QUESTION}")
            await sandbox.wait_for(lambda: finished(sandbox, asked), 20)
            await sandbox.command("/coverage", "summary", channel=GENERAL, user=ANNA)
            await sandbox.wait_for(lambda: any("Was geschah" in m.shown for m in sandbox.private(ANNA)), 20)

        [answer] = finished(sandbox, asked)
        assert "Eine Quelle sagt: " in answer.shown
        assert all("in German" in request.text for request in model.heard)
        assert steps(model.heard) == ["answer", "second_look", "summary"]


async def test_given_a_person_who_reads_slack_in_german_when_they_ask_and_command_then_the_bot_speaks_german(
    home: Path, model: ScriptedModel
) -> None:
    told = of("de")
    async with Sandbox() as sandbox:
        sandbox.workspace.people[ANNA].locale = "de-DE"
        bot = Bot(home, sandbox, model)
        await bot.ingest()
        async with bot.running():
            greeted = await sandbox.say(GENERAL, ANNA, f"{sandbox.mention} Hallo!")
            [hello] = await sandbox.wait_for(lambda: sandbox.replies(greeted), 20)
            for text in ("help", "digest preview", "add nowhere"):
                await sandbox.command("/coverage", text, channel=GENERAL, user=ANNA)
            said = (told.commands.help_title, told.wish.begun, told.digest.everything, told.commands.no_address)
            for each in said:
                await sandbox.wait_for(lambda each=each: any(each in m.shown for m in sandbox.private(ANNA)), 20)
            await sandbox.open_home(ANNA)
            shown = await sandbox.wait_for(lambda: sandbox.home(ANNA), 20)

        assert hello.text == told.asking.hello
        assert told.home.follows in str(shown.view)


async def test_given_a_channel_set_to_one_outlet_when_asked_in_it_then_the_model_and_the_lists_hold_nothing_else(
    home: Path, model: ScriptedModel
) -> None:
    async with Sandbox() as sandbox:
        bot = Bot(home, sandbox, model)
        await bot.ingest()
        model.always(answer=SINGLE)
        async with bot.running():
            await sandbox.command("/coverage", "settings", channel=GENERAL, user=ANNA)
            form = await sandbox.wait_for(lambda: (v := sandbox.view(ANNA)) and v.view.get("submit") and v, 20)
            await sandbox.submit(form, {"which_outlets": "only", "outlets": ["courier.txt"]})
            await sandbox.wait_for(lambda: sandbox.messages(GENERAL), 20)
            asked = await sandbox.say(GENERAL, ANNA, f"{sandbox.mention} {QUESTION}")
            await sandbox.wait_for(lambda: finished(sandbox, asked), 20)
            elsewhere = await sandbox.say(POLICY, ANNA, f"{sandbox.mention} {QUESTION}")
            await sandbox.wait_for(lambda: finished(sandbox, elsewhere), 20)
            await sandbox.command("/coverage", "sources", channel=GENERAL, user=ANNA)
            told = await sandbox.wait_for(lambda: sandbox.private(ANNA), 20)

        here, there = (request.text for request in model.heard if request.step == "answer")
        assert "54 licences" in here
        assert "41 licences" not in here
        assert "41 licences" in there
        assert told[-1].text == "1 outlet, 1 article"


async def test_given_words_and_usage_past_their_time_when_the_bot_runs_then_they_are_forgotten(
    home: Path, model: ScriptedModel
) -> None:
    async with Sandbox() as sandbox:
        bot = Bot(home, sandbox, model, DATABASE_URL=f"sqlite:///{home / 'kept.db'}", KEEP_WORDS_DAYS="30")
        async with await Database.open(bot.environment["DATABASE_URL"]) as database:
            usage, conversations = UsageTable(database, WORKSPACE), Conversations(database, WORKSPACE, clock=long_ago)
            await conversations.keep(GENERAL, "1.1", Said("How many?", "Twelve."))
            for day in (long_ago().date(), utc_now().date()):
                await usage.add(day, ANNA, calls=1, input_tokens=100, output_tokens=10)

            def used() -> Awaitable[tuple[Spent, Spent]]:
                return usage.spent(long_ago().date(), ANNA)

            async with bot.running():
                async with asyncio.timeout(20):
                    while await used() != (Spent(), Spent()):  # noqa: ASYNC110  # it is seen from outside the process
                        await asyncio.sleep(0.05)

            assert await conversations.turns(GENERAL, "1.1") == []
            assert (await usage.spent(utc_now().date(), ANNA))[1] == Spent(1, 110)


def long_ago() -> datetime:
    return utc_now() - timedelta(days=40)


def steps(requests: list[Request]) -> list[str | None]:
    return [request.step for request in requests]


async def test_given_more_disagreements_than_a_table_holds_when_listed_then_the_process_draws_the_rest(
    home: Path, model: ScriptedModel
) -> None:
    async with Sandbox() as sandbox:
        bot = Bot(home, sandbox, model, DATABASE_URL=f"sqlite:///{home / 'kept.db'}")
        await bot.ingest()
        async with await Database.open(bot.environment["DATABASE_URL"]) as database:
            one, other = await Library(database, WORKSPACE).articles()
            for number in range(12):
                sides = (("54 were granted", [one]), ("41 were granted", [other]))
                change = begun(disputed(f"How many were granted in week {number}?", *sides), utc_now())
                assert change is not None
                await StoredLedger(database, WORKSPACE).keep(change)
        async with bot.running():
            await sandbox.command("/coverage", "disagreements", channel=GENERAL, user=ANNA)
            [table, picture] = await sandbox.wait_for(lambda: private(sandbox, 2), 30)

        assert any(block["type"] == "table" for block in table.blocks)
        assert {block["type"] for block in picture.blocks} == {"image"}


async def test_given_the_form_of_a_digest_when_filled_then_the_channel_has_one(
    home: Path, model: ScriptedModel
) -> None:
    async with Sandbox() as sandbox:
        bot = Bot(home, sandbox, model)
        await bot.ingest()
        async with bot.running():
            await sandbox.command("/coverage", "digest", channel=GENERAL, user=ANNA)
            form = await sandbox.wait_for(
                lambda: (view := sandbox.view(ANNA)) and view.view.get("callback_id") == "digest" and view, 20
            )
            await sandbox.submit(form, {"at": "07:45"})
            [told] = await sandbox.wait_for(lambda: private(sandbox, 1), 20)

        assert "in full, on weekdays at 07:45" in told.text


async def test_given_a_link_and_a_workflow_when_the_bot_runs_then_there_is_a_card_and_a_summary(
    home: Path, model: ScriptedModel
) -> None:
    url = "https://gazette.example.org/licences"
    (home / "coverage" / "gazette.md").write_text(
        f"---\ntitle: Licences\noutlet: The Gazette\nurl: {url}\n---\nThe ministry granted 54 licences.\n",
        encoding="utf-8",
    )
    async with Sandbox(manifest=manifest()) as sandbox:
        bot = Bot(home, sandbox, model)
        await bot.ingest()
        model.always(summary=SUMMARY)
        async with bot.running():
            posted = await sandbox.say(GENERAL, ANNA, f"Look: {url}?utm_source=slack")
            step = await sandbox.run_step(SUMMARISE)
            [card] = await sandbox.wait_for(lambda: posted.attachments, 20)
            text = await sandbox.wait_for(lambda: step.outputs and step.outputs["summary"], 20)

        assert ENGLISH.card.uncompared in json.dumps(card["blocks"])
        assert "• Licences were granted. [1]" in text


def private(sandbox: Sandbox, count: int) -> list[Message] | None:
    """What Anna alone is shown, once it is so many messages."""
    found = sandbox.private(ANNA)
    return found if len(found) == count else None
