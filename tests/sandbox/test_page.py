"""The page, as a person uses it, in a real browser."""

from __future__ import annotations

import base64

import aiohttp
import pytest

from bot.sandbox import ANNA, GENERAL
from tests.sandbox.browser import ENTER, ESCAPE, TAB, Stage, api, ask
from tests.sandbox.conftest import client_of
from tests.sandbox.showblocks import ARTICLE_URL, QUESTION

DOT = base64.b64decode(b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==")


def test_given_a_newcomer_when_a_ready_question_is_pressed_then_a_flagged_answer_opens_in_its_thread(
    stage: Stage,
) -> None:
    tab = stage.tab
    tab.picture("welcome")

    tab.click(".welcome button", QUESTION)

    tab.wait(".pane .message", "Sources disagree: do British firms have access?")
    tab.wait(".pane .message", "one says not.")
    assert [message.streaming for message in stage.sandbox.replies(stage.sandbox.messages(GENERAL)[0])] == [False]
    assert stage.sandbox.messages(GENERAL)[0].text == f"{stage.sandbox.mention} {QUESTION}"
    tab.picture("answer")


def test_given_an_answer_when_a_citation_is_pressed_then_the_article_opens_at_the_cited_sentence(stage: Stage) -> None:
    tab = stage.tab
    ask(tab)
    tab.wait(".pane .message", "Sources disagree")

    tab.click(".pane .markdown .cite", "1")

    assert tab.wait(".pane-article mark").text == "UK firms can integrate it overnight."
    tab.wait(".ribbon", "Invented sample coverage")
    tab.picture("article")
    tab.click(".pane-head button[aria-label=Back]")
    tab.wait(".pane-thread")


def test_given_an_answer_when_its_buttons_are_pressed_then_modals_questions_and_private_words_follow(
    stage: Stage,
) -> None:
    tab = stage.tab
    ask(tab)

    tab.click(".pane .button", "Show quotes")
    tab.wait("dialog[open] blockquote", "UK firms can integrate it overnight.")
    tab.press(ESCAPE)
    tab.gone("dialog[open]")
    tab.click(".pane .button", "Not a disagreement")
    tab.wait("dialog[open]", "Dismiss it?")
    tab.click("dialog[open] .button.primary")

    tab.wait(".pane .message.private", "Dismissed: not a disagreement.")


def test_given_bad_feedback_when_the_form_is_sent_empty_then_its_error_shows_and_words_are_taken(stage: Stage) -> None:
    tab = stage.tab
    ask(tab)

    tab.click(".pane .feedback button", "Bad")
    tab.wait("dialog[open] h2", "What was wrong?")
    tab.click("dialog[open] .button.primary")
    tab.wait("dialog[open] .error", "Please say a little more.")
    tab.picture("modal")
    tab.type("dialog[open] textarea", "The date is off.")
    tab.click("dialog[open] label", "a citation")
    tab.click("dialog[open] .button.primary")

    tab.gone("dialog[open]")
    tab.wait(".place.unread", "Crosscheck")
    assert tab.wait(".pane .feedback button[aria-pressed=true]").text.endswith("Bad")


def test_given_a_command_when_typed_with_completion_then_its_answer_shows_to_this_person_alone(stage: Stage) -> None:
    tab = stage.tab

    tab.type(".main .composer textarea", "/cov", TAB, "su")
    tab.wait(".completion [role=option]", "summary [TOPIC]")
    tab.picture("completion")
    tab.press(TAB, "licences", ENTER)

    tab.wait(".message.private", "The story in six lines (summary licences)")
    tab.driver.find_element("css selector", ".speak select").send_keys("Ben")
    tab.gone(".message", "The story in six lines")


def test_given_own_messages_when_edited_and_deleted_then_all_see_it(stage: Stage) -> None:
    tab = stage.tab
    tab.type(".main .composer textarea", "a < b & *bold*", ENTER)
    message = tab.wait(".message", "a < b & bold")

    message.send_keys("e")
    editor = tab.wait(".editor textarea")
    editor.clear()
    editor.send_keys("better", ENTER)
    tab.wait(".message", "better")
    tab.wait(".edited")
    tab.wait(".message").click()
    tab.click(".tool[aria-label='Delete message']")
    tab.click("dialog[open] .button.danger")

    tab.gone(".message")
    assert stage.sandbox.messages(GENERAL) == []


def test_given_home_when_opened_then_its_blocks_show_and_its_buttons_work(stage: Stage) -> None:
    tab = stage.tab

    tab.click(".place", "Crosscheck")
    tab.wait(".prompts .button", "British firms")
    tab.click(".tabs button", "Home")
    tab.wait(".home h2", "Crosscheck")
    tab.picture("home")
    tab.click(".home .button", "Open")

    tab.wait("dialog[open] h2", "Quotes")


def test_given_every_kind_of_block_when_posted_then_each_is_drawn(stage: Stage) -> None:
    tab = stage.tab

    ask(tab, "zoo")
    tab.wait(".block-table td", "says otherwise")
    tab.picture("blocks")

    drawn = {block.get_attribute("data-block") for block in tab.all(".block")}
    assert {"header", "section", "divider", "markdown", "table", "image", "rich_text", "task_card", "plan"} <= drawn
    assert {"actions", "context_actions"} <= drawn
    assert not tab.all(".unknown")
    assert tab.wait(".mention.own").text == "@channel"
    tab.driver.find_element("css selector", ".block-actions select").send_keys("full")
    tab.wait(".message.private", "Length: full")


def test_given_an_uploaded_picture_when_a_block_names_it_then_it_is_drawn_with_its_words(stage: Stage) -> None:
    async def posted() -> None:
        async with aiohttp.ClientSession() as http:
            client = client_of(stage.sandbox, http)
            asked = await client.files_getUploadURLExternal(filename="grid.png", length=len(DOT))
            async with http.post(asked["upload_url"], data=DOT):
                await client.files_completeUploadExternal(files=[{"id": asked["file_id"], "title": "Grid"}])
            block = {"type": "image", "alt_text": "The Post says 54", "slack_file": {"id": asked["file_id"]}}
            await client.chat_postMessage(channel=GENERAL, text="A grid", blocks=[block])

    stage.run(posted())

    shown = stage.tab.wait(".block-image img")
    stage.tab.until(lambda: shown.get_property("naturalWidth") == 1)
    assert shown.get_attribute("alt") == "The Post says 54"


def test_given_a_message_when_looked_behind_then_cost_prompt_and_json_show(stage: Stage) -> None:
    tab = stage.tab
    ask(tab)
    tab.wait(".pane .message", "Sources disagree").click()

    tab.click(".pane .message:last-of-type .tool[aria-label='What is behind this message']")

    assert tab.wait(".figures", "5,120")
    tab.wait(".stages", "second look")
    tab.click(".prompt summary", "read and compare")
    tab.wait(".prompt pre", QUESTION)
    assert '"type": "rich_text"' in tab.wait(".json pre").text
    tab.picture("behind")


def test_given_the_clock_and_an_article_when_changed_on_the_page_then_the_bot_hears_of_both(stage: Stage) -> None:
    tab = stage.tab

    tab.click(".try-it")
    tab.click(".try .button", "Now is 09:00 tomorrow")
    tab.wait(".try p", "(moved)")
    tab.unfold("Add an article")
    tab.type(".add-article [name=title]", "A fresh report")
    tab.type(".add-article [name=text]", "Nothing has changed.")
    tab.picture("try-it")
    tab.click(".add-article .button")
    tab.wait(".notice", "Added as a new article.")
    tab.unfold("Switch on a trouble")
    tab.click(".choices label", "No streaming")

    stage.run(stage.sandbox.wait_for(lambda: stage.sandbox.faults.switched))
    tab.click(".choices label", "A post is cut off")
    stage.run(stage.sandbox.wait_for(lambda: len(stage.sandbox.faults.switched) == 2))
    with pytest.raises(aiohttp.ServerDisconnectedError):
        stage.run(api(stage.sandbox, "chat.postMessage", channel=GENERAL, text="cut"))
    tab.until(lambda: not tab.all(".choices input:checked")[1:])
    assert stage.told.offset_s > 0
    assert [article["title"] for article in stage.told.articles][-1] == "A fresh report"


def test_given_somebody_else_when_spoken_as_then_messages_are_theirs_in_their_own_time(stage: Stage) -> None:
    tab = stage.tab
    stage.run(stage.sandbox.say(GENERAL, ANNA, "from Anna"))
    london = tab.wait(".message time", ":").text

    tab.driver.find_element("css selector", ".speak select").send_keys("Chie")
    tab.wait(".side-foot .avatar", "CT")
    tab.type(".main .composer textarea", "from Chie", ENTER)
    tab.wait(".message .name", "Chie Tanaka")

    tokyo = tab.wait(".message time", ":").text
    assert tokyo != london
    assert tokyo[2:] == london[2:]


def test_given_a_bot_that_works_when_stop_is_pressed_then_the_bot_is_told(stage: Stage) -> None:
    tab = stage.tab
    asked = stage.run(stage.sandbox.say(GENERAL, ANNA, "hello"))
    place = {"channel_id": GENERAL, "thread_ts": asked.ts}

    stage.run(api(stage.sandbox, "agents.sessions.setStatus", **place, status="processing"))
    stage.run(api(stage.sandbox, "assistant.threads.setStatus", **place, status="is reading 5 articles…"))
    tab.click(".replies", "is reading 5 articles…")
    tab.click(".status .button", "Stop")

    stopped = stage.run(
        stage.sandbox.wait_for(
            lambda: [
                event
                for event in (d.body["event"] for d in stage.sandbox.deliveries if d.kind == "events_api")
                if event["type"] == "agent_session_stopped"
            ]
        )
    )
    assert [event["thread_ts"] for event in stopped] == [asked.ts]


def test_given_a_citation_without_a_sentence_when_pressed_then_what_the_message_quotes_is_marked(stage: Stage) -> None:
    tab = stage.tab
    text = f"“The ministry welcomed the step.” [1]({ARTICLE_URL})"
    stage.run(api(stage.sandbox, "chat.postMessage", channel=GENERAL, markdown_text=text))

    tab.click(".message .cite", "1")

    tab.wait(".pane-article mark", "The ministry welcomed the step.")
    assert len(tab.all("mark")) == 1


def test_given_a_citation_in_a_modal_when_pressed_then_its_article_opens_over_it(stage: Stage) -> None:
    tab = stage.tab
    ask(tab)
    tab.click(".pane .button", "Show quotes")

    tab.click("dialog[open] .cite", "[1]")
    tab.wait("dialog[open] mark", "UK firms can integrate it overnight.")
    tab.press(ESCAPE)
    tab.gone("dialog[open] mark")

    tab.wait("dialog[open] h2", "Quotes")


def test_given_a_bot_that_is_gone_when_a_modals_form_is_sent_then_that_is_said_in_it(stage: Stage) -> None:
    tab = stage.tab
    ask(tab)
    tab.click(".pane .feedback button", "Bad")
    tab.wait("dialog[open] textarea")

    stage.sandbox.faults.lose_acks(1)
    tab.click("dialog[open] .button.primary")

    tab.wait("dialog[open] .alert.error", "We had some trouble connecting. Try again?")
