"""What a person can press under an answer. Each button's value is the answer's key, so that a click is served long
after, by any process."""

from __future__ import annotations

from bot.news.model import Answer, Check, Relation
from bot.slack import words
from bot.slack.kit import Json, button

QUOTES, FOLLOW, NO_DISPUTE, MISSED, FEEDBACK = "quotes", "follow", "no_dispute", "missed", "feedback"
SHARE, UNFOLLOW, GRID = "share", "unfollow", "grid"  # elsewhere than under an answer
GOOD, BAD = "good", "bad"


def under(answer: Answer, key: str) -> list[Json]:
    """The blocks under an answer; none where nothing was read."""
    if not answer.shown:
        return []
    comparison = answer.comparison
    pressed = [button(QUOTES, words.SHOW_QUOTES, key)]
    if comparison.check is Check.CHECKED:
        pressed.append(button(FOLLOW, words.FOLLOW, key))
        disputed = comparison.relation is Relation.DISPUTE
        verdict = (NO_DISPUTE, words.NOT_A_DISAGREEMENT) if disputed else (MISSED, words.MISSED)
        pressed.append(button(*verdict, key))
    return [{"type": "actions", "elements": pressed}, _feedback(key)]


def _feedback(key: str) -> Json:
    sides = {"positive": (words.GOOD, words.GOOD_LABEL, GOOD), "negative": (words.BAD, words.BAD_LABEL, BAD)}
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
