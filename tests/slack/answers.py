"""Answers of every kind, on a small invented story."""

from __future__ import annotations

from dataclasses import replace

from bot.news.compare import cited_by
from bot.news.model import (
    Answer,
    Article,
    Check,
    Citation,
    Comparison,
    Kind,
    Manner,
    Mode,
    Position,
    Reading,
    Relation,
    Replayed,
    SecondLook,
    Standing,
    Statement,
    Usage,
)
from bot.news.words import dispute_line, update_line
from tests.given import article

QUESTION = "Do British firms have access now?"

COURIER = article(
    "courier",
    "The licence office said on Wednesday that British firms can use the models now.",
    "Forty-one licences were granted by noon.",
    outlet="The Courier",
    title="Models cross the sea at last",
    published="2026-05-20T08:30:00+01:00",
    url="https://courier.example.org/models?id=4&edition=uk",
)
LEDGER = article(
    "ledger",
    "“Nobody here has had a licence,” said Mira Holt, who runs a start-up in Leeds.",
    "Yet without access, British start-ups fall behind.",
    outlet="The Northern Ledger",
    title="Left at the border",
    published="2026-05-20",
    url="https://ledger.example.org/border",
)
WIRE = article(
    "wire",
    "Start-ups that once faced months of red tape can now sign up overnight.",
    outlet="Wire Agency",
    title="Red tape gone",
    published="2026-05-21",
)
HERALD = article(
    "herald",
    "Start-ups that once faced months of red tape can now sign up overnight.",
    outlet="The Herald",
    title="Red tape gone, agency says",
    published="2026-05-21",
    url="https://herald.example.org/red-tape",
)
REVIEW = article(
    "review",
    "The correction says that 41 licences were granted, not 54.",
    outlet="The Review",
    title="A correction",
    published="2026-06-03",
    url="https://review.example.org/correction",
)


def reading(
    article: Article, number: int = 1, says: str = "they can", manner: Manner = Manner.FACT, speaker: str | None = None
) -> Reading:
    return Reading(article, says, manner, (Citation(article, article.sentences[number - 1]),), speaker)


def cites(*articles: Article) -> tuple[Citation, ...]:
    return tuple(Citation(a, a.sentences[0]) for a in articles)


CAN = Position("British firms can use the models now", (reading(COURIER), reading(WIRE), reading(HERALD)), 2)
CANNOT = Position(
    "British firms have no access",
    (reading(LEDGER, says="they cannot", manner=Manner.REPORTED, speaker="Mira Holt"),),
    1,
)


def answer(
    relation: Relation | None,
    positions: tuple[Position, ...] = (),
    statements: tuple[Statement, ...] = (),
    *,
    shown: tuple[Article, ...] = (COURIER, LEDGER, WIRE, HERALD),
    **changes: object,
) -> Answer:
    comparison = Comparison(QUESTION, Check.CHECKED, relation, positions=positions)
    usage = Usage(1, 4_000, 500)
    return replace(
        Answer(QUESTION, Mode.MODEL, comparison, statements, shown=shown, usage=usage),
        **changes,  # type: ignore[arg-type]
    )


def compared(found: Answer, **changes: object) -> Answer:
    """The answer with its comparison changed."""
    return replace(found, comparison=replace(found.comparison, **changes))  # type: ignore[arg-type]


def dispute() -> Answer:
    positions = (CAN, CANNOT)
    line = Statement(dispute_line(positions), cited_by(positions))
    price = Statement("What they pay for it is not told; 41 licences were granted by noon.", cites(COURIER))
    return compared(answer(Relation.DISPUTE, positions, (line, price)), kind=Kind.STATUS, second_look=SecondLook.UPHELD)


def update() -> Answer:
    now = Position("41 licences were granted", (reading(REVIEW),), 1)
    then = Position("54 licences were granted", (reading(WIRE), reading(HERALD)), 1)
    line = Statement(update_line((now, then)), cited_by((now, then)))
    return compared(answer(Relation.UPDATE, (now, then), (line,), shown=(REVIEW, WIRE, HERALD)), kind=Kind.NUMBER)


def agreement() -> Answer:
    return answer(Relation.AGREE, (CAN,), (Statement("British firms can use the models now.", cites(COURIER, WIRE)),))


def complementary() -> Answer:
    other = Position("forty-one licences were granted by noon", (reading(COURIER, 2),), 1)
    lines = (
        Statement("British firms can use the models now.", cites(WIRE)),
        Statement("Forty-one licences were granted by noon.", cites(COURIER)),
    )
    return answer(Relation.COMPLEMENTARY, (Position(CAN.claim, (reading(WIRE),), 1), other), lines)


def opinions() -> Answer:
    glad = Position("it is welcome", (reading(COURIER, 1, "welcome", Manner.OPINION),), 1)
    sour = Position("it is a mockery", (reading(LEDGER, 2, "a mockery", Manner.OPINION),), 1)
    lines = (Statement("Reactions differ: some call it welcome, others a mockery.", cites(COURIER, LEDGER)),)
    return answer(Relation.OPINION, (glad, sour), lines)


def single() -> Answer:
    only = Position("forty-one licences were granted", (reading(COURIER, 2),), 1)
    line = Statement("Forty-one licences were granted by noon.", cites(COURIER))
    return compared(answer(Relation.SINGLE, (only,), (line,)), silent=(LEDGER, WIRE, HERALD))


def nothing() -> Answer:
    closest = (Statement("Forty-one licences were granted by noon.", cites(COURIER)),)
    return compared(answer(Relation.NONE, closest=closest), silent=(COURIER, LEDGER, WIRE, HERALD))


def offline() -> Answer:
    lines = tuple(Statement(a.sentences[0].text, cites(a)) for a in (COURIER, LEDGER))
    return compared(
        answer(None, statements=lines, mode=Mode.OFFLINE, usage=Usage()), check=Check.NOT_RUN, relation=None
    )


def nothing_in_common() -> Answer:
    """Without a model, to a question of which no word occurs."""
    return compared(answer(Relation.NONE, mode=Mode.OFFLINE, usage=Usage()), check=Check.NOT_RUN)


def beside_a_dispute() -> Answer:
    """Its claim is one side of a dispute that stands in the ledger, by a recorded reply."""
    stands = Standing("How many licences were granted?", (CAN, CANNOT), Replayed("a-model-1", "2026-05-22"))
    return replace(single(), standing=(stands,))


def failed_check() -> Answer:
    found = replace(offline(), trouble="The model can't be reached right now.")
    return compared(found, check=Check.FAILED)


def second_look_failed() -> Answer:
    return compared(dispute(), second_look=SecondLook.FAILED)


def withdrawn() -> Answer:
    told = Statement("the Ledger wrote before the licences were granted", cites(LEDGER))
    found = answer(Relation.COMPLEMENTARY, (CAN, CANNOT), complementary().statements)
    return compared(found, second_look=SecondLook.WITHDRAWN, reconciled=told)


def empty_library() -> Answer:
    found = answer(Relation.NONE, shown=(), usage=Usage(), library_empty=True)
    return compared(found, check=Check.NOT_RUN)


def no_match() -> Answer:
    return replace(empty_library(), library_empty=False)


def recorded() -> Answer:
    invented = tuple(replace(a, invented=True) for a in (COURIER, LEDGER, WIRE, HERALD))
    return replace(dispute(), shown=invented, replayed=Replayed("a-model-1", "2026-05-22", True), left_out=2)


def long(sentences: int = 120) -> Answer:
    """An answer that no single message can hold; every sentence of it is different."""
    lines = tuple(
        Statement(f"In sentence {n} of this long answer, something of weight number {n} is told. " * 3, cites(COURIER))
        for n in range(1, sentences + 1)
    )
    return answer(Relation.AGREE, (CAN,), lines)


ALL = {
    "dispute": dispute,
    "update": update,
    "agreement": agreement,
    "complementary": complementary,
    "opinions": opinions,
    "single": single,
    "nothing": nothing,
    "offline": offline,
    "nothing-in-common": nothing_in_common,
    "beside-a-dispute": beside_a_dispute,
    "failed-check": failed_check,
    "second-look-failed": second_look_failed,
    "withdrawn": withdrawn,
    "empty-library": empty_library,
    "no-match": no_match,
    "recorded-sample": recorded,
}
