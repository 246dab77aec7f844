"""The card under a link to an article: what it says where outlets disagree, and what the others say."""

from __future__ import annotations

from collections.abc import Sequence

from bot.news import words
from bot.news.catalogue import spoken
from bot.news.ledger.standing import sides_of
from bot.news.model import Article, Comparison, Position
from bot.slack.coverage import Linked
from bot.slack.looks import kit
from bot.slack.looks.kit import Json
from bot.slack.looks.prose import OUTLET_CHARACTERS, who
from bot.slack.looks.sides import quotes
from bot.slack.looks.split import shortened

DISAGREEMENTS, OTHERS = 2, 2  # shown of an article, and of the positions against it
TITLE_CHARACTERS, CLAIM_CHARACTERS, OUTLETS = 150, 300, 4


def link_card(linked: Linked) -> list[Json]:
    article, told = linked.article, spoken().card
    title = kit.text(shortened(article.title, TITLE_CHARACTERS), bold=True, spaced=False)
    parts = [kit.paragraph(title, kit.line_break(), kit.text(who(article), spaced=False))]
    shown = [entry.comparison for entry in linked.entries[:DISAGREEMENTS]]
    for comparison in shown:
        parts += _disagreement(comparison, article)
    if not shown:
        parts.append(kit.paragraph(kit.text(told.none if linked.compared else told.uncompared, spaced=False)))
    notes = words.comparisons_provenance(shown)
    if (more := len(linked.entries) - len(shown)) > 0:
        notes = [spoken().counted(told.more, more), *notes]
    return [*kit.rich(parts), *([kit.context(" ".join(notes))] if notes else [])]


def _disagreement(comparison: Comparison, article: Article) -> list[Json]:
    """The question, the article's own side first, and the sides against it; each with a sentence that says it."""
    question = f"⚠️ {shortened(words.section_heading(comparison), CLAIM_CHARACTERS)}"
    parts = [kit.paragraph(kit.text(question, bold=True, spaced=False))]
    own = sides_of(comparison, article)
    against = [position for position in comparison.positions if position not in own]
    for position in own:
        parts += _side(position, [article])
    for position in against[:OTHERS]:
        parts += _side(position, [reading.article for reading in position.readings])
    if (left := len(against) - OTHERS) > 0:
        parts.append(kit.paragraph(kit.text(spoken().counted(spoken().card.sides, left), spaced=False)))
    return parts


def _side(position: Position, articles: Sequence[Article]) -> list[Json]:
    """Who says it, the claim, and a sentence of the first of them."""
    outlets = list(dict.fromkeys(shortened(article.outlet, OUTLET_CHARACTERS) for article in articles))
    named = (
        words.listed(outlets)
        if len(outlets) <= OUTLETS
        else spoken().card.many.format(outlets=", ".join(outlets[:OUTLETS]), count=len(outlets) - OUTLETS)
    )
    claim = shortened(words.sentence(words.folded(position.claim)), CLAIM_CHARACTERS)
    told = spoken().card.side.format(outlets=named, claim=claim)
    sentence = next(reading.citations[0].quote for reading in position.readings if reading.article.id == articles[0].id)
    return [kit.paragraph(kit.text(told, spaced=False)), *quotes([sentence])]
