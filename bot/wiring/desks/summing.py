"""Where a part of the coverage is summed up: the library, its ledger and the model, joined."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.feeds.ingest import is_address
from bot.feeds.urls import canonical_url
from bot.llm.narrator import ModelNarrator
from bot.llm.reader import Checkpoint
from bot.news.ledger.standing import State, by_weight
from bot.news.summary import Length, Narrator, Scope, Summary, summary
from bot.wiring.desks.desk import SAMPLE, Desk


async def sum_up(
    desk: Desk,
    scope: Scope,
    *,
    length: Length = Length.SHORT,
    checkpoint: Checkpoint | None = None,
    progress: Callable[[int, int], None] = lambda done, of: None,
    arrange: Callable[[Narrator], Narrator] | None = None,
) -> Summary:
    """The summary of what is in scope; trouble with the model is told in it. `progress` is told of parts read, of how
    many so far; `arrange` puts a narrator of its own before the model. Raises NotUnderstood, StoreError."""
    library, reading = await desk.current(), desk.reading
    kept = reading.sample if library.workspace == SAMPLE else reading.own
    narrator: Narrator | None = None
    if reading.client is not None or kept:
        narrator = ModelNarrator(
            reading.client, reading.prompts, kept=kept, checkpoint=checkpoint, language=desk.language
        )
        if arrange is not None:
            narrator = arrange(narrator)
    if is_address(scope.article) and await library.at(scope.article) is None:
        scope = replace(scope, article=canonical_url(scope.article))
    found = await summary(
        scope,
        archive=library,
        narrator=narrator,
        disputes=[e.comparison for e in by_weight(await library.ledger.standing(State.OPEN))],
        length=length,
        excerpt_tokens=desk.excerpt_tokens,
        progress=progress,
    )
    return replace(found, language=desk.language)
