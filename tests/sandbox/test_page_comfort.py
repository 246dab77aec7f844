"""The page for everybody: by keyboard, on a phone, with much in it, with hostile text in it."""

from __future__ import annotations

import pytest

from bot.sandbox import ANNA, BEN, GENERAL
from tests.sandbox.browser import ENTER, ESCAPE, TAB, Stage, api
from tests.sandbox.showblocks import QUESTION


def test_given_only_a_keyboard_when_asking_and_reading_then_everything_is_within_reach(stage: Stage) -> None:
    tab = stage.tab
    tab.press(TAB)
    assert tab.focused() == "Skip to messages"
    tab.press(ENTER)
    while tab.focused() != "Message #general":
        tab.press(TAB)
    tab.press("@cross", TAB, QUESTION, ENTER)
    tab.wait(".pane .message", "Sources disagree")

    tab.press(ESCAPE)
    tab.gone(".pane")
    assert tab.focused() == "Message #general"
    tab.driver.execute_script("document.querySelector('.main .message').focus()")
    tab.press(ENTER)

    tab.wait(".pane-thread .message", "Sources disagree")
    tab.until(lambda: tab.focused() == "Reply…")


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_given_a_phone_when_used_in_light_and_dark_then_one_thing_shows_at_a_time(stage: Stage, colours: str) -> None:
    tab = stage.tab
    tab.driver.set_window_size(500, 900)
    tab.driver.execute_script("localStorage.setItem('theme', arguments[0])", colours)
    tab.open()

    tab.picture(f"phone-welcome-{colours}")
    tab.click(".welcome button", QUESTION)
    tab.wait(".pane .message", "Sources disagree")
    tab.picture(f"phone-answer-{colours}")
    tab.click(".pane-head button[aria-label='Close pane']")
    tab.click("button[aria-label=Channels]")
    tab.click(".side .place", "policy")
    tab.wait(".main-head h1", "policy")

    wide = tab.driver.execute_script("return document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0
    ground = tab.driver.execute_script("return getComputedStyle(document.body).backgroundColor")
    assert ground == {"light": "rgb(255, 255, 255)", "dark": "rgb(26, 28, 32)"}[colours]
    tab.driver.execute_script("localStorage.removeItem('theme')")


def test_given_a_thousand_messages_when_another_comes_and_one_scrolls_then_drawing_stays_short(stage: Stage) -> None:
    tab = stage.tab

    async def many() -> None:
        for number in range(1000):
            await stage.sandbox.say(GENERAL, (ANNA, BEN)[number // 3 % 2], f"message *{number}* about `licences`")

    stage.run(many())
    tab.wait(".message", "message 999")

    worst = tab.driver.execute_async_script(
        """
        const done = arguments[0], box = document.querySelector('.main .scroll');
        let last = performance.now(), worst = 0, step = 0;
        requestAnimationFrame(function frame(now) {
          if (step) worst = Math.max(worst, now - last);
          last = now;
          if (step++ === 60) return done(worst);
          box.scrollTop = box.scrollHeight * (step % 2 ? step / 60 : 1 - step / 60);
          requestAnimationFrame(frame);
        });"""
    )
    stage.run(stage.sandbox.say(GENERAL, BEN, "one more"))
    tab.wait(".message", "one more")

    assert len(tab.all(".message")) == 1001
    assert worst < 500, "a frame of half a second is a freeze even on a busy machine"


def test_given_an_answer_taller_than_its_pane_when_it_comes_then_it_is_shown_from_its_beginning(stage: Stage) -> None:
    tab = stage.tab
    asked = stage.run(stage.sandbox.say(GENERAL, ANNA, "hello"))
    long = "\n\n".join(f"Paragraph {number}." for number in range(60))
    stage.run(api(stage.sandbox, "chat.postMessage", channel=GENERAL, thread_ts=asked.ts, markdown_text=long))

    tab.wait(".pane .message", "Paragraph 0.")

    script = (
        "const box = document.querySelector('.pane-scroll').getBoundingClientRect();"
        "return document.querySelector('.pane .message:last-of-type').getBoundingClientRect().top - box.top"
    )
    tab.until(lambda: 0 <= tab.driver.execute_script(script) < 30)


def test_given_a_permalink_when_opened_then_its_thread_shows(stage: Stage) -> None:
    tab = stage.tab
    asked = stage.run(stage.sandbox.say(GENERAL, ANNA, "an old question"))

    tab.open(f"/archives/{GENERAL}/p{asked.ts.replace('.', '')}")

    tab.wait(".pane-thread .message", "an old question")


HOSTILE = (
    '<img src=x onerror="window.broken=1">',
    "<script>window.broken=1</script>",
    "[press](javascript:window.broken=1) ![x](https://elsewhere.example/x.png)",
    "<javascript:window.broken=1|press>",
    "<https://example.org|<b>bold</b>> &lt;i&gt; </span></div>${1+1}",
    "\u202egnirts\u202c \u200b*_~`<!channel>",
)


def test_given_hostile_text_in_every_place_when_drawn_then_nothing_runs_and_nothing_is_fetched(stage: Stage) -> None:
    tab = stage.tab
    for text in HOSTILE:
        blocks = [
            {"type": "header", "text": {"type": "plain_text", "text": text}},
            {"type": "section", "text": {"type": "mrkdwn", "text": text}},
            {"type": "markdown", "text": text},
            {
                "type": "rich_text",
                "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}],
            },
            {"type": "table", "rows": [[{"type": "raw_text", "text": text}]]},
            {"type": "task_card", "task_id": "t", "title": text, "status": "complete"},
            {
                "type": "actions",
                "elements": [
                    {
                        "type": "button",
                        "text": {"type": "plain_text", "text": text[:75]},
                        "action_id": "b",
                        "url": "javascript:window.broken=1",
                    }
                ],
            },
        ]
        stage.run(api(stage.sandbox, "chat.postMessage", channel=GENERAL, text=text, blocks=blocks))
        stage.run(stage.sandbox.say(GENERAL, BEN, text))

    tab.until(lambda: len(tab.all(".messages .message")) == 2 * len(HOSTILE))
    for element in tab.all(".message .button"):
        element.click()
    for element in tab.all(".message a"):
        if "example.org" not in element.get_attribute("href"):
            element.click()

    assert tab.driver.execute_script("return window.broken") is None
    assert len(tab.driver.window_handles) == 1
    hrefs = {element.get_attribute("href") for element in tab.all(".message a")}
    assert hrefs == {"https://example.org/"}
    fetched = tab.driver.execute_script("return performance.getEntriesByType('resource').map(e => e.name)")
    assert all(name.startswith(stage.sandbox.url) for name in fetched)
