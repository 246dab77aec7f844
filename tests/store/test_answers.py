"""What people asked and were shown, kept on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.news.asked import Asked, Fate
from bot.news.model import Citation, Turn
from bot.store.coverage.library import Library
from bot.store.database import Database
from bot.store.people.answers import Answers
from bot.store.people.conversations import Conversations
from tests.slack import answers as made

ASKED = Asked("job-1", "C1", "1.1", "1.1", "U1")


async def kept(database: Database) -> Answers:
    """A question of U1 in a thread, answered with a dispute of the workspace "other"."""
    library = Library(database, "other")
    for article in (made.COURIER, made.LEDGER, made.WIRE, made.HERALD):
        await library.add(article)
    found = Answers(database, "local")
    await found.asked(ASKED)
    comparison = made.dispute().comparison
    await found.keep_shown("job-1", comparison, [Citation(made.LEDGER, made.LEDGER.sentences[1])], coverage="other")
    return found


async def test_given_an_answer_when_read_by_another_process_then_its_comparison_and_quotes_are_whole(
    database: Database,
) -> None:
    await kept(database)

    found = await Answers(database, "local").read_shown("job-1")

    assert found is not None
    shown, coverage = found
    assert coverage == "other"
    assert shown.asked == replace(ASKED, fate=Fate.ANSWERED)
    assert shown.comparison == made.dispute().comparison
    assert [c.quote for c in shown.cited] == ["Yet without access, British start-ups fall behind."]


async def test_given_an_answer_of_one_workspace_when_another_asks_for_it_then_there_is_none(
    database: Database,
) -> None:
    await kept(database)

    assert await Answers(database, "else").read_shown("job-1") is None


async def test_given_a_question_when_kept_twice_then_what_became_of_it_stays(database: Database) -> None:
    found = Answers(database, "local")
    await found.asked(ASKED)
    await found.becomes("job-1", Fate.STOPPED)

    await found.asked(ASKED)

    assert await found.fate("job-1") is Fate.STOPPED
    assert await found.fate("job-2") is None


async def test_given_questions_in_threads_when_one_thread_is_stopped_then_what_is_not_answered_there_is(
    database: Database,
) -> None:
    found = Answers(database, "local")
    await found.asked(ASKED)
    await found.asked(Asked("job-2", "C1", "1.1", "1.2", "U2", Fate.ANSWERED))
    await found.asked(Asked("job-3", "C1", "2.1", "2.1", "U1"))

    stopped = await found.stop("C1", "1.1")

    assert stopped == ["job-1"]
    assert await found.fate("job-2") is Fate.ANSWERED
    assert await found.fate("job-3") is Fate.ASKED


async def test_given_a_thread_when_quiet_is_asked_for_then_its_askers_are_not_listened_to_until_they_ask_again(
    database: Database,
) -> None:
    found = Answers(database, "local")
    await found.asked(ASKED)
    assert await found.listens("C1", "1.1", "U1")
    assert not await found.listens("C1", "1.1", "U2")
    assert not await found.listens("C1", "9.9", "U1")

    await found.hush("C1", "1.1")
    quiet = await found.listens("C1", "1.1", "U1")
    await found.asked(Asked("job-2", "C1", "1.1", "1.2", "U1"))

    assert not quiet
    assert await found.listens("C1", "1.1", "U1")


async def test_given_an_answer_when_withdrawn_then_it_and_its_turn_are_forgotten(database: Database) -> None:
    found = await kept(database)
    conversations = Conversations(database, "local")
    await conversations.keep("C1", "1.1", Turn(made.QUESTION, "They can."))
    await conversations.keep("C1", "1.1", Turn("Another?", "Yes."))

    await found.withdraw("job-1")

    assert await found.read_shown("job-1") is None
    assert await found.question("C1", "1.1") == Asked("job-1", "C1", "1.1", "1.1", "U1", Fate.WITHDRAWN)
    assert [t.question for t in await conversations.turns("C1", "1.1")] == ["Another?"]


async def test_given_a_question_when_it_is_edited_then_it_is_asked_anew_unless_it_was_withdrawn(
    database: Database,
) -> None:
    found = await kept(database)
    edit = replace(ASKED, fate=Fate.EDITED)

    await found.asked(edit)
    edited = await found.fate("job-1")
    await found.ask_anew("job-1")
    anew, shown = await found.fate("job-1"), await found.read_shown("job-1")
    await found.withdraw("job-1")
    await found.asked(edit)

    assert (edited, anew, shown) == (Fate.EDITED, Fate.ASKED, None)
    assert await found.fate("job-1") is Fate.WITHDRAWN


async def test_given_messages_for_one_person_when_shelved_then_they_are_there_to_be_shared(database: Database) -> None:
    found = Answers(database, "local")
    await found.asked(Asked("job-7", "C1", "", "", "U1"))

    await found.shelve("job-7", "[]")

    assert await found.messages("job-7") == "[]"
    assert await found.fate("job-7") is Fate.ANSWERED
    assert await found.messages("job-8") is None
    assert not await found.listens("C1", "", "U1")


async def test_given_old_and_new_questions_when_purged_then_the_old_are_forgotten(database: Database) -> None:
    now = datetime(2026, 5, 20, tzinfo=UTC)
    early = Answers(database, "local", clock=lambda: now - timedelta(days=31))
    await early.asked(ASKED)
    await early.judged("job-1", "U2", good=False, words="stale")
    found = Answers(database, "local", clock=lambda: now)
    await found.asked(Asked("job-2", "C1", "2.1", "2.1", "U1"))

    gone = await found.purge(older_than_s=30 * 86_400)

    assert gone == 1
    assert await found.fate("job-1") is None
    assert await found.fate("job-2") is Fate.ASKED
