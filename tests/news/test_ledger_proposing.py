"""Proposals held to the sheet they were shown: what is dropped, what is merged, what is known already."""

from __future__ import annotations

from bot.news.cite import Sheet
from bot.news.ledger.proposing import (
    Conflict,
    DraftCandidate,
    DraftTouch,
    Proposals,
    Task,
    candidates,
    known_on,
    once_each,
    spoken_to,
    tasks_of,
    touched_by,
)
from bot.news.ledger.standing import Entry, begun
from bot.news.model import Check, Citation, Comparison, Excerpt, Kind, Manner, Position, Reading, Relation
from tests.given import article
from tests.news.ledger_world import NOON

NEW = article("new", "Twelve firms have access.", "It began in May.", "Only Acme pays.")
OLD = article("old", "Twenty firms have access.", "It began in June.")
OTHER = article("other", "Twenty firms are in.", "Everyone pays.")
SHEET = Sheet.of([Excerpt(NEW, 1, 3), Excerpt(OLD, 1, 2), Excerpt(OTHER, 1, 2)])


def draft(
    here: str = "A1",
    there: str = "B1",
    question: str = "How many firms have access?",
    kind: Kind = Kind.NUMBER,
    conflict: Conflict = Conflict.FLAT,
) -> DraftCandidate:
    return DraftCandidate(question, kind, conflict, tuple(here.split()), tuple(there.split()))


def tasks(*drafts: DraftCandidate, entries: tuple[Entry, ...] = ()) -> list[Task]:
    return tasks_of(candidates(Proposals(drafts), SHEET), entries)


def entry(owner: str | None = None, kind: Kind = Kind.NUMBER, question: str = "What is the number of firms?") -> Entry:
    """A dispute between the first sentences of the new article and the old one."""
    positions = tuple(
        Position(a.sentences[0].text, (Reading(a, "", Manner.FACT, (Citation(a, a.sentences[0]),)),), 1)
        for a in (NEW, OLD)
    )
    change = begun(Comparison(question, Check.CHECKED, Relation.DISPUTE, kind, positions), NOON, owner)
    assert change is not None
    return change.entry


def texts(task: Task) -> list[str]:
    return [c.quote for c in task.sentences]


def test_given_a_proposal_when_it_holds_then_it_is_a_task_on_the_sentences_of_both_sides() -> None:
    (task,) = tasks(draft("A1", "B1 C1"))

    assert (task.question, task.entry) == ("How many firms have access?", None)
    assert texts(task) == ["Twelve firms have access.", "Twenty firms have access.", "Twenty firms are in."]


def test_given_keys_on_the_wrong_side_when_checked_then_each_sentence_goes_where_it_belongs() -> None:
    (task,) = tasks(draft("B1", "[A1]"))

    assert texts(task) == ["Twelve firms have access.", "Twenty firms have access."]


def test_given_a_conflict_within_one_article_or_unknown_keys_when_checked_then_it_is_dropped() -> None:
    assert tasks(draft("A1", "A2"), draft("B1", "C1"), draft("A1", "B9"), draft("", "B1"), draft("A7", "")) == []


def test_given_what_is_no_question_when_checked_then_it_is_dropped() -> None:
    odd = ["Tell all.", "", "?" * 201, "Is it at http://x.example?"]

    assert [t.question for t in tasks(*(draft(question=q) for q in odd))] == []


def test_given_a_question_over_lines_when_checked_then_it_is_on_one() -> None:
    (task,) = tasks(draft(question=" How many\n firms? "))

    assert task.question == "How many firms?"


def test_given_two_wordings_on_the_same_sentences_when_merged_then_the_flatter_is_asked_with_all_sentences() -> None:
    (task,) = tasks(
        draft("A1", "B1", "What is the number?", conflict=Conflict.LIKELY), draft("A1", "B1 C1", conflict=Conflict.FLAT)
    )

    assert task.question == "How many firms have access?"
    assert len(task.sentences) == 3


def test_given_the_same_sentence_against_others_when_merged_then_they_are_two_matters() -> None:
    asked = tasks(draft("A3", "B1", "Who has access?", Kind.STATUS), draft("A3", "C2", "Who pays?", Kind.STATUS))

    assert [t.question for t in asked] == ["Who has access?", "Who pays?"]


def test_given_another_kind_on_the_same_sentences_when_merged_then_a_soft_one_is_a_wording_and_a_hard_one_is_not() -> (
    None
):
    asked = tasks(draft(), draft(question="When?", kind=Kind.DATE), draft(question="Is it so?", kind=Kind.STATUS))

    assert [t.question for t in asked] == ["How many firms have access?", "When?"]


def test_given_ranks_when_ordered_then_the_flattest_come_first() -> None:
    asked = tasks(
        draft("A3", "C2", "Loose?", conflict=Conflict.LOOSE),
        draft("A2", "B2", "Flat?", conflict=Conflict.FLAT),
        draft("A1", "B1", "Likely?", conflict=Conflict.LIKELY),
    )

    assert [t.question for t in asked] == ["Flat?", "Likely?", "Loose?"]


def test_given_a_standing_entry_on_the_same_sentences_when_proposed_then_it_is_compared_under_its_own_question() -> (
    None
):
    standing = entry()

    (task,) = tasks(draft(), entries=(standing,))

    assert (task.question, task.entry) == ("What is the number of firms?", standing.id)


def test_given_a_standing_entry_on_one_side_alone_when_proposed_then_it_may_be_another_matter() -> None:
    (task,) = tasks(draft("A1", "C1"), entries=(entry(),))

    assert task.entry is None


def test_given_a_standing_entry_with_the_same_words_when_proposed_then_it_is_that_one() -> None:
    standing = entry(question="How many firms have access?")

    (task,) = tasks(draft("A1", "C1"), entries=(standing,))

    assert task.entry == standing.id


def test_given_a_followed_question_on_the_same_sentences_when_proposed_then_it_is_not_taken_for_the_ledgers() -> None:
    followed = entry(owner="follow:1")

    (task,) = tasks(draft(), entries=(followed,))

    assert task.entry is None
    assert known_on(SHEET, [followed]) == ()


def test_given_a_standing_entry_when_the_sheet_shows_its_sentences_then_it_is_listed_with_their_keys() -> None:
    gone = entry(question="Gone?")
    elsewhere = article("z", "Elsewhere.")

    (known,) = known_on(SHEET, [gone])

    assert (known.label, known.question) == ("#1", "Gone?")
    assert known.sides == (("Twelve firms have access.", ("A1",)), ("Twenty firms have access.", ("B1",)))
    assert known_on(Sheet.of([Excerpt(elsewhere, 1, 1)]), [gone]) == ()


def test_given_touches_when_checked_then_only_known_labels_with_a_sentence_of_the_new_article_count() -> None:
    known = known_on(SHEET, [entry()])
    touched = (DraftTouch("[1]", ("A2", "B2")), DraftTouch("#2", ("A1",)), DraftTouch("#1", ("B1",)))

    (task,) = touched_by(Proposals((), touched), known, SHEET)

    assert (task.entry, texts(task)) == (known[0].entry.id, ["It began in May."])


def test_given_a_followed_question_when_its_words_stand_near_each_other_then_it_is_spoken_to() -> None:
    near, far = entry("f:1", question="Who has access to firms?"), entry("f:2", question="Who mends harbour bridges?")

    (task,) = spoken_to(NEW.sentences, NEW, [near, far])

    assert (task.entry, texts(task)) == (near.id, ["Twelve firms have access."])


def test_given_a_question_without_telling_words_when_followed_then_nothing_speaks_to_it() -> None:
    assert spoken_to(NEW.sentences, NEW, [entry("f:1", question="What is it about?")]) == []


def test_given_tasks_of_one_entry_or_one_question_when_joined_then_each_is_done_once_with_all_sentences() -> None:
    first, second = (Citation(NEW, s) for s in NEW.sentences[:2])
    joined = once_each(
        [Task("Who?", (first,), "e1"), Task("When?", (first,)), Task("Who?", (second,), "e1"), Task("when?", (second,))]
    )

    assert joined == (Task("Who?", (first, second), "e1"), Task("When?", (first, second)))
