"""A digest from what came and what moved: what is told, in what order, on which sentences, at what cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.errors import ReaderAbsent, ReaderError, ReaderUnavailable
from bot.news.catalogue import ENGLISH
from bot.news.cite import Sheet
from bot.news.digest import words as digest_words
from bot.news.digest.digest import Arrived, Digest, DraftDigest, Move, Summariser, digest
from bot.news.digest.words import Edition
from bot.news.ledger.ports import Waiting
from bot.news.ledger.standing import Change, Entry, State, begun, compared_again, dismissed, merged, restored, without
from bot.news.model import (
    Article,
    Check,
    Citation,
    Comparison,
    DraftStatement,
    Kind,
    Manner,
    Position,
    Reading,
    Relation,
    Replayed,
    Statement,
    Usage,
)
from bot.news.topic import Topic
from tests.given import article

NOON = datetime(2026, 5, 22, 12, 0, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
LONDON = Edition(date(2026, 5, 22), ZoneInfo("Europe/London"))

POST = article(
    "post", "The Post counted 41 licences.", "Firms were pleased.", outlet="The Post", published="2026-05-21"
)
COURIER = article("courier", "The Courier counted 54 licences.", outlet="The Courier", published="2026-05-22")
ECHO = article("echo", "The Echo counted 54 licences as well.", outlet="The Echo", published="2026-05-20")


def first(source: Article, number: int = 1) -> Reading:
    sentence = source.sentences[number - 1]
    return Reading(source, sentence.text, Manner.FACT, (Citation(source, sentence),))


def comparison(
    question: str = "How many licences were granted?",
    *sides: Sequence[Article],
    relation: Relation = Relation.DISPUTE,
) -> Comparison:
    held = sides or ([POST], [COURIER])
    positions = tuple(
        Position(f"{len(question) + n} were granted", tuple(first(a) for a in side), len(side))
        for n, side in enumerate(held)
    )
    return Comparison(question, Check.CHECKED, relation, Kind.NUMBER, positions)


def opened(compared: Comparison | None = None, at: datetime = NOON - HOUR) -> Change:
    change = begun(compared or comparison(), at)
    assert change is not None
    return change


@dataclass
class World:
    """What came and what moved within the span, and a model that writes what it is told to."""

    came: list[Arrived] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    open: list[Entry] = field(default_factory=list)
    queue: list[Waiting] = field(default_factory=list)
    writes: DraftDigest | ReaderError = field(default_factory=DraftDigest)
    asked: list[tuple[Sheet, tuple[str, ...]]] = field(default_factory=list)

    async def arrived(self, since: datetime, until: datetime) -> Sequence[Arrived]:
        return self.came

    async def changes(self, since: datetime, until: datetime) -> Sequence[Change]:
        return self.changed

    async def standing(self, *states: State) -> Sequence[Entry]:
        return [e for e in self.open if e.state in states]

    async def waiting(self) -> Sequence[Waiting]:
        return self.queue

    async def summarise(self, sheet: Sheet, told: Sequence[str]) -> DraftDigest:
        self.asked.append((sheet, tuple(told)))
        if isinstance(self.writes, ReaderError):
            raise self.writes
        return self.writes

    async def digest(self, *topics: Topic, model: bool = True, excerpt_tokens: int = 12_000) -> Digest:
        summariser: Summariser | None = self if model else None
        return await digest(
            topics, NOON - DAY, NOON, newcomers=self, changes=self, summariser=summariser, excerpt_tokens=excerpt_tokens
        )


async def test_given_nothing_new_when_made_then_it_is_quiet_and_costs_no_call() -> None:
    world = World(open=[opened(at=NOON - 3 * DAY).entry])

    made = await world.digest()

    assert (made.quiet, made.unmoved, made.check, world.asked) == (True, 1, Check.CHECKED, [])


async def test_given_a_dispute_that_opened_after_the_span_when_made_late_then_it_is_not_counted_as_still_open() -> None:
    made = await World(open=[opened(at=NOON + HOUR).entry]).digest()

    assert made.unmoved == 0


async def test_given_a_dispute_that_opened_when_made_then_it_is_new_and_not_counted_as_still_open() -> None:
    change = opened()
    world = World(changed=[change], open=[change.entry])

    made = await world.digest()

    assert [(m.id, m.move) for m in made.moved] == [(change.entry.id, Move.NEW)]
    assert made.unmoved == 0


def moved_again(compared: Comparison) -> Change:
    """What a comparison makes of a dispute that has stood for days."""
    return compared_again(opened(at=NOON - 3 * DAY).entry, compared, NOON - HOUR)


@pytest.mark.parametrize(
    ("compared", "move"),
    [
        (comparison("", [POST], [COURIER, ECHO]), Move.CHANGED),
        (comparison("", [POST], [COURIER], relation=Relation.UPDATE), Move.SETTLED),
        (comparison("", [POST, COURIER], relation=Relation.AGREE), Move.SETTLED),
    ],
)
async def test_given_a_standing_dispute_when_it_moves_then_the_digest_says_how(
    compared: Comparison, move: Move
) -> None:
    made = await World(changed=[moved_again(compared)]).digest()

    assert [m.move for m in made.moved] == [move]


async def test_given_a_settled_dispute_when_it_comes_back_then_it_is_open_again() -> None:
    settled = compared_again(
        opened(at=NOON - 3 * DAY).entry, comparison("", [POST, COURIER], relation=Relation.AGREE), NOON - 2 * DAY
    )
    back = compared_again(settled.entry, comparison(), NOON - HOUR)

    made = await World(changed=[back]).digest()

    assert [m.move for m in made.moved] == [Move.REOPENED]


async def test_given_a_dispute_that_opened_and_ended_within_the_span_when_made_then_it_is_settled() -> None:
    change = opened()
    ended = compared_again(change.entry, comparison("", [POST, COURIER], relation=Relation.AGREE), NOON - HOUR / 2)
    both = Change(ended.entry, (*change.events, *ended.events))

    made = await World(changed=[both]).digest()

    assert [m.move for m in made.moved] == [Move.SETTLED]


async def test_given_a_change_after_the_span_when_made_late_then_the_comparison_is_that_of_the_span() -> None:
    change = opened()
    later = compared_again(change.entry, comparison("", [POST], [COURIER, ECHO]), NOON + HOUR)

    made = await World(changed=[Change(later.entry, change.events)]).digest()

    assert made.moved[0].comparison == change.entry.comparison


@pytest.mark.parametrize("what", ["dismissed", "opened and dismissed", "merged", "restored", "followed"])
async def test_given_what_is_a_persons_own_or_a_double_when_made_then_it_is_no_news(what: str) -> None:
    entry = opened(at=NOON - 3 * DAY).entry
    followed = begun(comparison(), NOON - HOUR, owner="U1")
    assert followed is not None
    away = dismissed(entry, "U1", NOON - HOUR)
    new = opened()
    no_sooner_than_opened = dismissed(new.entry, "U1", NOON - HOUR / 2)
    changes = {
        "dismissed": away,
        "opened and dismissed": Change(no_sooner_than_opened.entry, (*new.events, *no_sooner_than_opened.events)),
        "merged": merged(entry, opened(comparison("Other?")).entry, NOON - HOUR),
        "restored": restored(away.entry, "U1", NOON - HOUR),
        "followed": followed,
    }

    assert (await World(changed=[changes[what]]).digest()).moved == ()


async def test_given_several_moves_when_made_then_the_heaviest_comes_first_and_the_settled_last() -> None:
    light = opened(comparison("Light?"), NOON - HOUR)
    newer = opened(comparison("Newer?"), NOON - HOUR / 2)
    heavy = opened(comparison("Heavy?", [POST], [COURIER, ECHO]), NOON - 5 * HOUR)
    over = moved_again(comparison("", [POST, COURIER, ECHO], relation=Relation.AGREE))

    made = await World(changed=[over, light, newer, heavy]).digest()

    assert [m.comparison.question for m in made.moved] == ["Heavy?", "Newer?", "Light?", ""]


async def test_given_new_articles_when_made_then_one_call_sees_them_and_the_questions_that_are_told() -> None:
    world = World([Arrived(ECHO), Arrived(POST)], [opened()])

    made = await world.digest()

    ((sheet, told),) = world.asked
    assert [a.id for a in sheet.articles] == ["echo", "post"]
    assert told == ("How many licences were granted?",)
    assert [a.id for a in made.articles] == ["echo", "post"]


async def test_given_the_models_lines_when_made_then_each_is_cited_and_the_widest_known_comes_first() -> None:
    world = World([Arrived(ECHO), Arrived(POST), Arrived(COURIER)])
    world.writes = DraftDigest(
        happened=(
            DraftStatement("Firms were pleased.", ("B2",)),
            DraftStatement("Licences were counted.", ("A1", "B1")),
            DraftStatement("Nobody cited this.", ("A9", "Z1")),
            DraftStatement("The Courier counted.", ("C1",)),
        ),
        lone=(DraftStatement("One says so.", ("C1",)), DraftStatement("Two do.", ("A1", "C1"))),
        usage=Usage(1, 100, 10),
    )

    made = await world.digest()

    assert [s.text for s in made.happened] == [
        "Two do.",
        "Licences were counted.",
        "The Courier counted.",
        "Firms were pleased.",
    ]
    assert [s.text for s in made.lone] == ["One says so."]
    assert (made.check, made.first_lines, made.usage.calls) == (Check.CHECKED, (), 1)


async def test_given_copies_when_weighed_then_they_count_as_one_source() -> None:
    text = " ".join(f"Word {n} of the wire stands here and there." for n in range(12))
    wire = article("wire", text, outlet="Wire")
    copy = article("copy", text, outlet="Copy")
    world = World([Arrived(wire), Arrived(replace(copy)), Arrived(POST)])
    world.writes = DraftDigest(lone=(DraftStatement("The wire says so.", ("A1",)),))

    made = await world.digest()

    ((sheet, _),) = world.asked
    assert [s.article.id for s in sheet.sources] == ["wire", "post"]
    assert [s.text for s in made.lone] == ["The wire says so."]


async def test_given_no_model_when_made_then_each_article_begins_for_itself_and_nothing_is_claimed() -> None:
    heading = article("heading", "Live.", "The minister spoke at noon.", outlet="A Paper")
    world = World([Arrived(POST), Arrived(heading), Arrived(COURIER, before=ECHO)])

    made = await world.digest(model=False)

    assert made.check is Check.NOT_RUN
    assert [s.text for s in made.first_lines] == ["The minister spoke at noon.", "The Post counted 41 licences."]
    assert digest_words.trouble(made) == ENGLISH.digest.not_compared
    assert made.happened == made.lone == ()


async def test_given_two_that_begin_alike_when_listed_then_the_sentence_stands_once_with_both() -> None:
    again = replace(article("again", "The Post counted 41 licences.", outlet="An Echo"), title="")

    made = await World([Arrived(POST), Arrived(again)]).digest(model=False)

    (line,) = made.first_lines
    assert [c.article.id for c in line.citations] == ["again", "post"]


async def test_given_a_model_that_fails_when_made_then_the_ledgers_lines_stand_and_the_trouble_is_told() -> None:
    fault = ReaderUnavailable("down")
    fault.spent = (2, 50, 5)
    world = World([Arrived(POST)], [opened()], writes=fault)

    made = await world.digest()

    assert (made.check, made.trouble, len(made.moved)) == (Check.FAILED, "ReaderUnavailable", 1)
    assert [s.text for s in made.first_lines] == ["The Post counted 41 licences."]
    assert made.usage == Usage(2, 50, 5)


async def test_given_kept_replies_alone_when_none_fits_then_it_was_not_compared() -> None:
    made = await World([Arrived(POST)], writes=ReaderAbsent("none kept")).digest()

    assert (made.check, made.trouble) == (Check.NOT_RUN, None)


async def test_given_a_corrected_article_when_made_then_what_is_new_in_it_is_quoted_and_alone_is_shown() -> None:
    corrected = article(
        "post", "The Post counted 41 licences.", "Firms were furious, it turned out.", outlet="The Post"
    )
    world = World([Arrived(corrected, before=POST)])

    made = await world.digest()

    ((sheet, _),) = world.asked
    assert [s.text for s in sheet.sources[0].sentences] == ["Firms were furious, it turned out."]
    assert [s.text for s in made.corrected] == ["Firms were furious, it turned out."]


async def test_given_a_corrected_article_that_only_lost_sentences_when_made_then_there_is_no_line_of_it() -> None:
    world = World([Arrived(article("post", "Firms were pleased.", outlet="The Post"), before=POST)])

    made = await world.digest()

    assert (made.corrected, len(made.articles), world.asked) == ((), 1, [])


async def test_given_more_than_fits_when_made_then_every_article_is_begun_before_any_goes_on() -> None:
    many = [
        Arrived(
            article(
                f"a{n}", f"Sentence one of {n} is here.", f"Sentence two of {n} is here.", published=f"2026-05-{n:02}"
            )
        )
        for n in range(1, 9)
    ]
    room = 34 * 9 // 4  # of nine sentences

    made = await (world := World(many)).digest(excerpt_tokens=room)

    ((sheet, _),) = world.asked
    assert len(sheet.sources) == 8
    assert [s.article.id for s in sheet.sources if len(s.sentences) == 2] == ["a8"]
    assert made.left_out == 0


async def test_given_more_articles_than_fit_when_made_then_the_oldest_are_left_out_and_counted() -> None:
    many = [Arrived(article(f"a{n}", "x" * 50, published=f"2026-05-{n:02}")) for n in range(1, 9)]

    made = await (world := World(many)).digest(excerpt_tokens=55 * 3 // 4 + 1)

    ((sheet, _),) = world.asked
    assert [a.id for a in sheet.articles] == ["a6", "a7", "a8"]
    assert made.left_out == 5


async def test_given_topics_when_made_then_only_what_is_about_them_is_in_it() -> None:
    rain = article("rain", "It rained in Leeds all day.", outlet="The Rain")
    storm = article("storm", "It was dry in Leeds all day.", outlet="The Storm")
    weather = opened(comparison("Did it rain in Leeds?", [rain], [storm]))
    trade = opened()
    world = World([Arrived(rain), Arrived(POST)], [weather, trade], [opened(at=NOON - 3 * DAY).entry])

    leeds = await world.digest(Topic(("Leeds rain", "hail")))
    licences = await world.digest(Topic(("licence",)))

    assert [m.id for m in leeds.moved] == [weather.entry.id]
    assert ([a.id for a in leeds.articles], leeds.unmoved) == (["rain"], 0)
    assert [a.id for a in licences.articles] == ["post"]


async def test_given_articles_that_wait_for_the_ledger_when_made_then_they_are_counted_as_not_compared() -> None:
    world = World([Arrived(POST), Arrived(ECHO)], queue=[Waiting("echo", NOON), Waiting("other", NOON)])

    made = await world.digest()

    assert made.uncompared == 1
    assert "1 of the new articles waits to be compared." in digest_words.notes(made)


async def test_given_a_days_news_when_headed_then_conflict_comes_before_the_rest() -> None:
    made = await World(
        [Arrived(POST)],
        [opened(), opened(comparison("Other?")), moved_again(comparison("", [POST, ECHO], relation=Relation.AGREE))],
    ).digest(Topic(("licences", "licenses"), "Licences"), Topic(("ban",)))

    assert digest_words.heading(made, LONDON) == (
        "Licences and ban · Friday 22 May · 2 new disagreements, 1 settled, 1 new article"
    )


async def test_given_a_quiet_day_when_headed_then_one_line_says_so() -> None:
    made = await World(open=[opened(at=NOON - 3 * DAY).entry]).digest()

    assert digest_words.heading(made, LONDON) == "All coverage · Friday 22 May · Nothing new, 1 disagreement still open"
    assert digest_words.sections(made) == []


async def test_given_missed_digests_when_the_span_is_named_then_they_are_counted() -> None:
    told = digest_words.span(await World().digest(), replace(LONDON, missed=2))

    assert (
        told == "Since Thursday 21 May, 13:00 (Europe/London). It also covers 2 earlier digests that could not be sent."
    )


async def test_given_how_a_dispute_ended_when_told_then_the_words_are_those_of_its_end() -> None:
    entry = opened(at=NOON - 3 * DAY).entry
    reconciled = replace(
        comparison("", [POST], [COURIER], relation=Relation.COMPLEMENTARY),
        reconciled=Statement("one counts May, the other June", (Citation(ECHO, ECHO.sentences[0]),)),
    )
    gone = without(without(entry, "post", NOON - HOUR).entry, "courier", NOON - HOUR / 2)

    assert digest_words.settled(reconciled) == "One counts May, the other June."
    apart = replace(reconciled, reconciled=None)
    assert digest_words.settled(apart) == (
        "They no longer contradict each other. The Post: 0 were granted; The Courier: 1 were granted."
    )
    assert digest_words.settled(gone.entry.comparison) == ENGLISH.digest.settled_no_sides
    assert digest_words.settled(without(entry, "post", NOON).entry.comparison) == (
        "No source contradicts this any more: 32 were granted."
    )
    assert digest_words.settled(comparison("", [POST], [ECHO], relation=Relation.UPDATE)).startswith("0 were granted")


async def test_given_copies_on_a_side_when_told_then_the_line_says_how_many_sources_they_are() -> None:
    held = comparison("", [POST], [COURIER, ECHO])
    copied = replace(held, positions=(held.positions[0], replace(held.positions[1], independent=1)))

    (line,) = digest_words.sections(await World(changed=[opened(copied)]).digest())[0].lines

    assert "The Courier and The Echo (1 independent source): 1 were granted." in line.text


async def test_given_a_sentence_that_quotes_when_shown_then_its_marks_are_not_doubled() -> None:
    said = article("said", "“Nobody has a licence,” said Mira Holt.", outlet="The Post")
    plain = article("plain", "Nobody has a licence in Leeds.", outlet="The Rest")

    (section,) = digest_words.sections(await World([Arrived(said), Arrived(plain)]).digest(model=False))

    assert [line.text for line in section.lines] == [said.text, f"“{plain.text}”"]


async def test_given_a_large_import_when_told_then_every_outlet_is_heard_and_the_rest_is_counted() -> None:
    many = [
        Arrived(article(f"a{n}", f"Outlet number {n % 20} wrote story {n}.", outlet=f"Outlet {n % 20:02}"))
        for n in range(200)
    ]

    (section,) = digest_words.sections(await World(many).digest(model=False))

    assert len(section.lines) == digest_words.MOST_LINES
    assert {line.lead.split(",")[0] for line in section.lines[:-1]} == {f"Outlet {n:02}" for n in range(20)}
    assert section.lines[-1].text == "And 171 more."


async def test_given_many_topics_when_headed_then_the_first_are_named() -> None:
    made = await World().digest(*(Topic((f"topic {n}",)) for n in range(10)))

    assert digest_words.heading(made, LONDON).startswith("topic 0, topic 1 and 8 more topics · ")


async def test_given_a_recorded_reply_when_told_then_it_says_so() -> None:
    made = await World([Arrived(POST)], writes=DraftDigest(replayed=Replayed("gpt", "2026-05-01", True))).digest()

    assert digest_words.notes(made)[:2] == ["A recorded reply by gpt, 1 May 2026.", ENGLISH.answer.earlier_prompt]
