"""`eval [QUESTIONS.json]`: labelled questions, asked as people ask, and how the answers score."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from bot.errors import WrongUse
from bot.news.gold import Item, parse_items
from bot.news.scoring import Figure, LedgerReport, Outcome, Report, score, stability
from bot.sample import ARTICLES, QUESTIONS
from bot.settings import Settings
from bot.wiring.desks.desk import Desk, desk
from bot.wiring.desks.evaluation import duplicate_one, evaluate, evaluate_ledger
from bot.wiring.desks.standing import Made

KEPT = Path("eval-replies")  # where replies are kept so that a rerun costs nothing, unless KEEP_REPLIES says
SEED = 1


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("questions", nargs="?", type=Path, default=QUESTIONS, help="default: the sample's own")
    parser.add_argument("--coverage", type=Path, default=ARTICLES, metavar="DIR", help="default: the sample")
    parser.add_argument("--concurrency", type=int, default=4, metavar="N", help="questions at once (default: 4)")
    parser.add_argument("--only", metavar="IDS", help="only these questions, parted by commas")
    parser.add_argument("--shuffle", action="store_true", help="ask again with the sources shuffled, nothing replayed")
    parser.add_argument("--duplicate", action="store_true", help="ask again with one article printed twice")
    parser.add_argument(
        "--ledger", action="store_true", help="also make a ledger of the coverage and score what stands"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    parser.set_defaults(run=run)


async def run(given: argparse.Namespace, settings: Settings) -> int:
    """Exit status 3 where the model failed on the way: an answer fell back to the offline reading, or articles were
    not compared."""
    labelled = _labelled(given.questions)
    items = _chosen(labelled, given.only)
    if given.concurrency < 1:
        raise WrongUse("--concurrency must be 1 or more")
    kept = settings.keep_replies or KEPT
    settings = settings.model_copy(update={"keep_replies": kept})
    if settings.openai_api_key is None and not kept.is_dir():
        raise WrongUse("eval needs a model: set OPENAI_API_KEY, or KEEP_REPLIES to a folder of kept replies")
    async with AsyncExitStack() as stack:
        at = await stack.enter_async_context(desk(settings, workspace=given.workspace, coverage=given.coverage))
        progress = stack.enter_context(Progress(console=Console(stderr=True), transient=True))
        outcomes = await _asked("Asking", items, at, given, progress)
        articles = await at.library.articles()
        report = score(outcomes, articles)
        extra: dict[str, tuple[Figure, ...]] = {}
        ledger = None
        if given.ledger:  # after the questions, whose answers it would add to, and before any duplicate
            bar = progress.add_task("Comparing", total=len(articles))
            ledger = await evaluate_ledger(labelled, at, lambda done, _: progress.update(bar, completed=done))
        if given.shuffle:
            fresh = settings.model_copy(update={"keep_replies": None})
            other = await stack.enter_async_context(desk(fresh, workspace=given.workspace, coverage=given.coverage))
            again = await _asked("Shuffled", items, other, given, progress, seed=SEED)
            extra["shuffled"] = stability(_pairs(outcomes, again))
        if given.duplicate:
            await duplicate_one(at.library, SEED)
            again = await _asked("With a duplicate", items, at, given, progress)
            extra["duplicated"] = stability(_pairs(outcomes, again))
    if given.json:
        json.dump(_as_json(report, extra, ledger, outcomes), sys.stdout, ensure_ascii=False, indent=2)
        sys.stdout.write("\n")
    else:
        _show(report, extra, ledger, Console(highlight=False))
    failed = any(o.told["check"] == "failed" for o in outcomes) or (ledger is not None and ledger[1].trouble)
    return 3 if failed else 0


def _labelled(questions: Path) -> Sequence[Item]:
    try:
        return parse_items(questions.read_text(encoding="utf-8"))
    except OSError as error:
        raise WrongUse(f"{questions} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise WrongUse(f"{questions} cannot be read: it is no text in UTF-8") from error


def _chosen(items: Sequence[Item], only: str | None) -> Sequence[Item]:
    if only is None:
        return items
    wanted = {id.strip() for id in only.split(",")}
    unknown = wanted - {item.id for item in items}
    if unknown:
        raise WrongUse(f"no such questions: {', '.join(sorted(unknown))}")
    return [item for item in items if item.id in wanted]


async def _asked(
    what: str, items: Sequence[Item], at: Desk, given: argparse.Namespace, progress: Progress, seed: int | None = None
) -> list[Outcome]:
    task = progress.add_task(what, total=len(items))
    return await evaluate(items, at, concurrency=given.concurrency, seed=seed, done=lambda: progress.advance(task))


def _pairs(first: Sequence[Outcome], again: Sequence[Outcome]) -> list[tuple[Any, Any]]:
    return [(one.told, other.told) for one, other in zip(first, again, strict=True)]


def _show(
    report: Report, extra: dict[str, tuple[Figure, ...]], ledger: tuple[LedgerReport, Made] | None, console: Console
) -> None:
    console.print(_table("Figures", report.figures))
    for name, figures in extra.items():
        console.print(_table(name.capitalize(), figures))
    console.print(f"\n{len(report.failures)} went wrong", style="bold")
    for failure in report.failures:
        console.print(f"{failure.id}  {failure.question}", markup=False)
        console.print(f"    expected {failure.expected}\n    given    {failure.given}", markup=False)
    if ledger is not None:
        _show_ledger(*ledger, console)


def _show_ledger(report: LedgerReport, made: Made, console: Console) -> None:
    console.print()
    console.print(_table("Ledger", report.figures))
    console.print(f"It took {made.calls} calls; {made.failed} had no usable reply.", markup=False)
    if made.trouble:
        console.print(f"Not all was compared: {made.trouble}", markup=False)
    console.print(f"\n{len(report.missed)} labelled disputes do not stand", style="bold")
    for id in report.missed:
        console.print(id, markup=False)
    console.print(f"\n{len(report.unmatched)} that stand match no labelled one", style="bold")
    for question in report.unmatched:
        console.print(question, markup=False)


def _table(title: str, figures: Sequence[Figure]) -> Table:
    table = Table("", "value", "n", "95 %", "always flags", "never flags", title=title, title_justify="left")
    for figure in figures:
        interval = f"{_number(figure.interval[0])} to {_number(figure.interval[1])}" if figure.interval else ""
        baselines = (_number(figure.always), _number(figure.never))
        table.add_row(figure.name, _number(figure.value), str(figure.n), interval, *baselines)
    return table


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.2f}" if value < 100 else f"{value:.0f}"


def _as_json(
    report: Report,
    extra: dict[str, tuple[Figure, ...]],
    ledger: tuple[LedgerReport, Made] | None,
    outcomes: Sequence[Outcome],
) -> dict[str, Any]:
    return {
        "figures": [asdict(figure) for figure in report.figures],
        **{name: [asdict(figure) for figure in figures] for name, figures in extra.items()},
        **({"ledger": asdict(ledger[0]) | asdict(ledger[1])} if ledger else {}),
        "failures": [asdict(failure) for failure in report.failures],
        "answers": {o.item.id: o.told for o in outcomes},
    }
