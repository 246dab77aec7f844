"""An Answer as a person reads it in a terminal: the same words and order as in Slack."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from bot.news import words
from bot.news.catalogue import speaking, spoken
from bot.news.model import Answer, Citation, Position, Relation, Statement


def show_answer(answer: Answer, console: Console) -> None:
    """Print the first line, the other lines, how the positions stand, the sources and the disclaimer."""
    page = _Page(answer, console)
    with speaking(answer.language):
        page.statements()
        page.relation()
        page.standing()
        page.sources()


class _Page:
    def __init__(self, answer: Answer, console: Console) -> None:
        self.answer, self.console = answer, console
        self.numbers = words.numbered(answer)
        self.told: set[Citation] = set()  # quotes that stand on the page already

    def statements(self) -> None:
        answer = self.answer
        if not answer.statements or answer.comparison.relation is None:
            self._line(Text(words.lead(answer), style="bold"))
        for index, told in enumerate(answer.statements):
            if answer.comparison.relation is None:
                self._quoted(told)
            else:
                self._line(Text(told.text, style="bold" if index == 0 else "") + self._marks(told.citations))
        if answer.closest:
            self._line(Text(spoken().answer.closest, style="bold"))
            for told in answer.closest:
                self._line(Text(told.text) + self._marks(told.citations))

    def relation(self) -> None:
        comparison = self.answer.comparison
        if comparison.relation in (None, Relation.NONE):
            return
        self._blank()
        if comparison.relation in (Relation.DISPUTE, Relation.UPDATE):
            style = "bold red" if comparison.relation is Relation.DISPUTE else "bold yellow"
            self._line(Text(words.section_heading(comparison), style=style))
            for position in comparison.positions:
                self._position(position)
        elif line := words.relation_line(comparison):
            self._line(Text(line))
        if line := words.reconciliation(comparison):
            self._line(Text(line))

    def standing(self) -> None:
        for dispute in self.answer.standing:
            self._blank()
            self._line(Text(f"{spoken().answer.also_disputed} {dispute.question}", style="bold red"))
            for position in dispute.positions:
                self._position(position)

    def sources(self) -> None:
        cited: dict[str, dict[int, Citation]] = {}
        for citation in words.citations(self.answer):
            cited.setdefault(citation.article.id, {})[citation.sentence.number] = citation
        if cited:
            self._blank()
            self._line(Text(spoken().answer.sources, style="bold"))
        for article in words.articles(self.answer):
            self._line(Text(f"[{self.numbers[article.id]}] {words.source_line(article)}"))
            for _, citation in sorted(cited[article.id].items()):
                if citation not in self.told:
                    self._line(Text(f"“{words.folded(citation.quote)}”", style="dim"), indent=4)
        self._blank()
        for note in (*words.notes(self.answer), words.disclaimer(self.answer)):
            if note:
                self._line(Text(note, style="italic"))

    def _position(self, position: Position) -> None:
        self._line(Text(words.sentence(position.claim), style="bold") + Text(f" {words.weight(position)}"), indent=2)
        for reading in words.quoted(position):
            self.told.add(reading.citations[0])
            quote = words.folded(reading.citations[0].quote)
            line = f"{words.attribution(reading)}: “{quote}” [{self.numbers[reading.article.id]}]"
            self._line(Text(line), indent=4)
        if others := words.others(position):
            self._line(Text(others), indent=4)

    def _quoted(self, told: Statement) -> None:
        article = told.citations[0].article
        self.told.update(told.citations)
        quotes = " ".join(f"“{words.folded(c.quote)}”" for c in told.citations)
        self._line(
            Text(f"{words.dated(article)}: ", style="bold") + Text(quotes) + self._marks(told.citations), indent=2
        )

    def _marks(self, citations: Iterable[Citation]) -> Text:
        numbers = dict.fromkeys(self.numbers[c.article.id] for c in citations)
        return Text(" " + "".join(f"[{n}]" for n in numbers), style="cyan")

    def _line(self, text: Text, indent: int = 0) -> None:
        self.console.print(Padding(text, (0, 0, 0, indent)))

    def _blank(self) -> None:
        self.console.print()
