"""What a person can press under an answer. Each button's value is the answer's key, or the question that it asks, so
that a click is served long after, by any process."""

from __future__ import annotations

from bot.news.catalogue import speaking, spoken
from bot.news.model import Answer, Check, Comparison, Mode, Relation
from bot.slack.looks import escape
from bot.slack.looks.kit import Json, button, context
from bot.slack.looks.split import shortened

QUOTES, FOLLOW, NO_DISPUTE, MISSED, FEEDBACK = "quotes", "follow", "no_dispute", "missed", "feedback"
SHARE, UNFOLLOW, GRID = "share", "unfollow", "grid"  # elsewhere than under an answer
DIGEST, DIGEST_OFF = "digest", "digest_off"
NEXT = "next"  # the beginning of an action_id: those of one block differ
GOOD, BAD = "good", "bad"
LABEL_CHARACTERS, VALUE_CHARACTERS = 75, 2_000  # Slack's limits of a button


def under(answer: Answer, key: str) -> list[Json]:
    """The blocks under an answer; none where nothing was read, or quoted for want of a model."""
    if not answer.shown or (answer.mode is Mode.OFFLINE and not answer.statements):
        return []
    with speaking(answer.language):
        return _under(answer.comparison, key)


def _under(comparison: Comparison, key: str) -> list[Json]:
    told = spoken().buttons
    pressed = [button(QUOTES, told.show_quotes, key)]
    if comparison.check is Check.CHECKED:
        pressed.append(button(FOLLOW, told.follow, key))
        disputed = comparison.relation is Relation.DISPUTE
        verdict = (NO_DISPUTE, told.not_a_disagreement) if disputed else (MISSED, told.missed)
        pressed.append(button(*verdict, key))
    return [{"type": "actions", "elements": pressed}, _feedback(key)]


def suggested(answer: Answer) -> list[Json]:
    """The questions to ask next, a button each; none where none is near."""
    asked = [question for question in answer.nearby if len(question) <= VALUE_CHARACTERS]
    if not asked:
        return []
    pressed = [button(f"{NEXT}{number}", _labelled(question), question) for number, question in enumerate(asked, 1)]
    with speaking(answer.language):
        return [context(spoken().buttons.ask_next), {"type": "actions", "elements": pressed}]


def _labelled(question: str) -> str:
    """A question's first words, as many as a button takes once they are escaped."""
    limit = LABEL_CHARACTERS
    while len(escape.label(shown := shortened(escape.visible(question), limit))) > LABEL_CHARACTERS:
        limit -= 1
    return shown


def _feedback(key: str) -> Json:
    told = spoken().buttons
    sides = {"positive": (told.good, told.good_label, GOOD), "negative": (told.bad, told.bad_label, BAD)}
    element: Json = {"type": "feedback_buttons", "action_id": FEEDBACK}
    for side, (text, label, value) in sides.items():
        element[f"{side}_button"] = {
            "text": {"type": "plain_text", "text": text, "emoji": False},
            "accessibility_label": label,
            "value": f"{value} {key}",
        }
    return {"type": "context_actions", "elements": [element]}


def judged(value: str) -> tuple[bool, str]:
    """Whether a feedback button's value is praise, and the answer's key."""
    verdict, _, key = value.partition(" ")
    return verdict == GOOD, key
