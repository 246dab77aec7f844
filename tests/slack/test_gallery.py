"""Pictures in Slack, over real HTTP: uploaded once, shown once, and told in words where Slack shows none."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from functools import partial
from typing import Any
from urllib.parse import quote

import pytest

from bot.errors import SlackUnavailable
from bot.news.catalogue import ENGLISH
from bot.sandbox import ANNA, GENERAL, Message, Sandbox
from bot.sandbox.methods import checks
from bot.slack.account import Account, signed_in
from bot.slack.daily import DailyPost
from bot.slack.looks import blocks
from bot.slack.looks.picture import Picture, pictures
from bot.slack.posting.gallery import PICTURED, Gallery, Hung
from bot.slack.posting.gallery import shown as show
from bot.slack.posting.gallery import told as tell
from tests.slack import answers, entries
from tests.slack.conftest import Bot
from tests.slack.fakes import Job
from tests.slack.snapshot import assert_kept
from tests.slack.test_picture import COUNTED, LIFTED, NOWHERE, between

TS = "1.000001"


def shown(message: Message) -> list[dict[str, Any]]:
    return [block for block in message.blocks if block["type"] == "image"]


def uploads(sandbox: Sandbox) -> int:
    return sum(call.method == "files.completeUploadExternal" for call in sandbox.calls)


def made(*comparisons: Any) -> list[Picture]:
    found, _ = pictures(comparisons or (COUNTED, LIFTED), ENGLISH.grid.stands_where)
    return found


class Thread:
    """A thread of a channel, in which pictures are to stand; `job` is the work that has them stand."""

    def __init__(self, sandbox: Sandbox, account: Account, ts: str) -> None:
        self.sandbox, self.account, self.ts = sandbox, account, ts
        self.job = Job("job-1", {})

    async def bring(self, found: list[Picture], pauses_s: tuple[float, ...] = (0, 0, 0), keep: Any = None) -> None:
        post = DailyPost(self.account, GENERAL, "digest:1", ANNA)
        kept, keep = self.job.notes.get(PICTURED), keep or partial(self.job.note, PICTURED)
        await post.pictures(found, self.ts, Gallery(self.account, pauses_s), kept, keep, again=True)

    def messages(self) -> list[Message]:
        return [m for m in self.sandbox.messages(GENERAL, self.ts) if m.ts != self.ts]


def test_given_a_picture_when_shown_or_told_then_it_is_the_one_that_was_read_in_review() -> None:
    found = made(COUNTED, LIFTED)

    (picture,) = show(found, Hung(("F0AAAAAAAA",), (f"{NOWHERE} Daily",)))
    assert_kept("picture", {"text": picture.text, "blocks": picture.blocks})
    assert_kept("picture-in-words", [{"text": m.text, "blocks": m.blocks} for m in tell(found)])


def test_given_more_that_no_font_has_than_a_message_holds_when_shown_then_it_goes_on_in_the_next() -> None:
    sides = [(f"{NOWHERE} {n} " * 60, [f"Outlet {n}"]) for n in range(20)]
    found = made(*(between(f"What was said of {n}?", *sides) for n in range(4)))
    claims = [claim.text for picture in found for question in picture.questions for claim in question.claims]

    messages = show(found, Hung(("F0AAAAAAAA",) * len(found), tuple(claims)))

    for message in messages:
        checks.blocks(list(message.blocks), shows=lambda named: True)  # else Slack refuses it
    told = json.dumps([message.blocks for message in messages], ensure_ascii=False)
    assert all(f"({number}) {NOWHERE}" in told for number in range(1, len(claims) + 1))


@pytest.fixture
async def thread(sandbox: Sandbox, account: Account) -> Thread:
    begun = await account.client.chat_postMessage(channel=GENERAL, text="A digest")
    return Thread(sandbox, account, str(begun["ts"]))


async def test_given_a_picture_when_brought_then_it_stands_in_the_thread_with_its_words(thread: Thread) -> None:
    await thread.bring(made())

    (message,) = thread.messages()
    (image,) = shown(message)
    assert image["alt_text"].startswith("Who stands where. How many were granted? 41 were: Courier.")
    assert message.text == ENGLISH.grid.stands_where
    assert message.files == []
    file = thread.sandbox.workspace.files[image["slack_file"]["id"]]
    assert (file.content or b"").startswith(b"\x89PNG")
    assert "54 were: Post and Echo" in file.alt_text


async def test_given_disagreements_in_another_script_when_uploaded_then_the_call_s_address_stays_short(
    thread: Thread,
) -> None:
    await thread.bring(made(between("部长说了什么？" * 20, ("许可证" * 60, ["新华社"]), ("没有" * 90, ["人民日报"]))))

    (asked,) = [call for call in thread.sandbox.calls if call.method == "files.getUploadURLExternal"]
    assert len(quote(asked.args["alt_txt"])) < 4_000


async def test_given_it_is_done_again_when_brought_then_nothing_is_uploaded_or_posted_twice(thread: Thread) -> None:
    for _ in range(2):
        await thread.bring(made())

    assert (uploads(thread.sandbox), len(thread.messages())) == (1, 1)


class Killed(BaseException):
    """The process died."""


async def test_given_a_kill_once_it_is_uploaded_when_done_again_then_the_same_file_is_shown_once(
    thread: Thread,
) -> None:
    async def keep(value: str) -> None:
        await thread.job.note(PICTURED, value)
        raise Killed

    with pytest.raises(Killed):
        await thread.bring(made(), keep=keep)
    await thread.bring(made())

    assert (uploads(thread.sandbox), len(thread.messages())) == (1, 1)


async def test_given_a_connection_cut_once_slack_took_the_post_when_done_again_then_it_stands_once(
    thread: Thread,
) -> None:
    thread.sandbox.faults.cut("chat.postMessage")
    thread.sandbox.faults.fail("conversations.replies", 2)
    with pytest.raises(SlackUnavailable):
        await thread.bring(made())
    with pytest.raises(SlackUnavailable):
        await thread.bring(made())

    thread.sandbox.workspace.keys.clear()  # Slack forgets a client_msg_id after a while: the look-up must do
    await thread.bring(made())

    assert (uploads(thread.sandbox), len(thread.messages())) == (1, 1)


async def test_given_many_channels_with_the_same_picture_when_brought_then_it_is_uploaded_once(
    sandbox: Sandbox, account: Account
) -> None:
    gallery = Gallery(account, (0, 0))
    standing: list[blocks.Message] = []

    async def deliver(messages: Sequence[blocks.Message]) -> None:
        standing.extend(messages)

    jobs = [Job(f"job-{number}", {}) for number in range(3)]
    await asyncio.gather(*(gallery.bring(made(), deliver, None, partial(job.note, PICTURED)) for job in jobs))

    assert uploads(sandbox) == 1
    assert len({job.notes[PICTURED] for job in jobs}) == 1
    assert len(standing) == 3


@pytest.fixture
async def late() -> AsyncIterator[Thread]:
    """Where Slack takes a moment until a new file may be shown."""
    async with Sandbox(file_delay_s=0.2) as sandbox, signed_in(sandbox.bot_token, sandbox.api_url) as account:
        begun = await account.client.chat_postMessage(channel=GENERAL, text="A digest")
        yield Thread(sandbox, account, str(begun["ts"]))


async def test_given_a_file_that_is_not_looked_through_yet_when_brought_then_it_is_shown_a_little_later(
    late: Thread,
) -> None:
    await late.bring(made(), pauses_s=(0, 0.5))

    (message,) = late.messages()
    assert len(shown(message)) == 1
    assert ("chat.postMessage", "invalid_blocks") in late.sandbox.refusals


async def test_given_a_file_that_slack_never_shows_when_brought_then_it_is_told_in_words_once(late: Thread) -> None:
    for _ in range(2):
        await late.bring(made(), pauses_s=(0, 0))

    (message,) = late.messages()
    assert shown(message) == []
    assert ENGLISH.grid.not_shown in message.shown
    assert "54 were: Post and Echo. Silent: Review." in message.shown
    assert "It stands: Gazette." in message.shown


@pytest.mark.parametrize("code", ["missing_scope", "file_uploads_disabled", "not_allowed_token_type"])
async def test_given_a_workspace_that_takes_no_files_when_brought_then_it_is_told_in_words(
    thread: Thread, code: str
) -> None:
    thread.sandbox.faults.refuse("files.getUploadURLExternal", code)

    await thread.bring(made())

    (message,) = thread.messages()
    assert ENGLISH.grid.not_shown in message.shown
    assert code not in json.dumps([message.text, message.blocks])


async def test_given_a_host_of_files_that_cannot_be_reached_when_brought_then_it_is_told_in_words(
    thread: Thread, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(thread.sandbox._slack, "url", "http://127.0.0.1:9")

    await thread.bring(made())

    (message,) = thread.messages()
    assert ENGLISH.grid.not_shown in message.shown


async def test_given_slack_that_is_away_when_brought_then_it_is_tried_again_later(thread: Thread) -> None:
    thread.sandbox.faults.fail("files.getUploadURLExternal")
    with pytest.raises(SlackUnavailable):
        await thread.bring(made())

    await thread.bring(made())

    (message,) = thread.messages()
    assert len(shown(message)) == 1


async def test_given_letters_that_no_font_has_when_brought_then_slack_s_own_tell_them_under_the_picture(
    thread: Thread,
) -> None:
    await thread.bring(made(between("Who?", ("it was", [f"{NOWHERE} Daily", "Courier"]), ("not so", ["Post"]))))

    (message,) = thread.messages()
    assert f"(1) {NOWHERE} Daily" in message.shown


async def test_given_more_disagreements_than_a_table_holds_when_listed_then_a_picture_of_the_rest_follows(
    bot: Bot,
) -> None:
    bot.coverage.entries = entries.many(60, 4)

    before = len(bot.sandbox.private(ANNA))
    await bot.sandbox.command("/coverage", "disagreements", channel=GENERAL, user=ANNA)
    await bot.sandbox.wait_for(lambda: len(bot.sandbox.private(ANNA)) > before + 1)
    await bot.quiet()

    table, picture = bot.sandbox.private(ANNA)[before:]
    assert bot.faults == []
    told = json.dumps(table.blocks)
    drawn = json.dumps(bot.inbox.jobs[0].payload["pictures"])
    assert all((f'"Question number {n}?"' in told) != (f'"Question number {n}?"' in drawn) for n in range(30))
    assert len(shown(picture)) == 4
    assert "that do not fit the table follows" in table.shown


async def test_given_pictures_when_what_they_belong_to_is_shared_then_they_stand_in_its_thread_once(bot: Bot) -> None:
    bot.coverage.entries = entries.many(30, 4)
    await bot.sandbox.command("/coverage", "disagreements", channel=GENERAL, user=ANNA)
    table = await bot.sandbox.wait_for(lambda: next((m for m in bot.sandbox.private(ANNA) if m.blocks), None))

    delivery = await bot.sandbox.click(table, "share", user=ANNA)
    await bot.sandbox.redeliver(delivery)
    await bot.quiet()

    (shared,) = [m for m in bot.sandbox.messages(GENERAL) if m.bot_id]
    (picture,) = [m for m in bot.sandbox.replies(shared) if m.ts != shared.ts]
    assert shown(picture)
    assert bot.faults == []


async def test_given_the_grid_s_button_when_pressed_then_only_who_pressed_sees_the_standing_disagreements(
    bot: Bot,
) -> None:
    bot.coverage.entries = [entries.entry()]
    button = {"type": "button", "action_id": "grid", "text": {"type": "plain_text", "text": "x"}, "value": "licences"}
    posted = await bot.account.client.chat_postMessage(
        channel=GENERAL, text="A digest", blocks=[{"type": "actions", "elements": [button]}]
    )
    (digest,) = [m for m in bot.sandbox.messages(GENERAL) if m.ts == posted["ts"]]

    await bot.sandbox.click(digest, "grid", user=ANNA)
    await bot.quiet()

    (grid,) = bot.sandbox.private(ANNA)
    assert grid.text == "Sources disagree on 1 question about “licences”"
    assert any(block["type"] == "table" for block in grid.blocks)
    assert answers.QUESTION in grid.shown
    assert len([m for m in bot.sandbox.messages(GENERAL) if m.bot_id]) == 1
