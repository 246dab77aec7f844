"""A thousand channels whose digest is due in the same minute, while people ask: one call to the model for each set of
topics, one upload of each picture by each process, each channel has one digest and its picture, Slack's limits are kept
or waited for, and no question waits for a digest.

python -m tests.storms.crowd [CHANNELS] [APART_S]
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time as clocks
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from bot.llm.client import ModelClient
from bot.llm.prompts import Prompts
from bot.news.digest.subscription import EVERY_DAY, Wish
from bot.news.ledger.standing import begun
from bot.news.topic import Topic
from bot.sandbox import ANNA, GENERAL, Sandbox
from bot.sandbox.state import Channel
from bot.slack.account import signed_in
from bot.slack.languages import Languages
from bot.slack.posting.gallery import Gallery
from bot.store.coverage.library import Library
from bot.store.database import Database
from bot.store.jobs.jobs import JobTable
from bot.store.people.rules import StoredRules
from bot.store.people.subscriptions import Subscriptions
from bot.wiring.desks.daily import Daily, digest_worker
from bot.wiring.desks.desk import Desk, Reading
from bot.wiring.desks.newsdesk import Newsdesk
from bot.wiring.serving import Patrol, these
from bot.worker import Job, Worker
from tests.given import article, disputed
from tests.scripted_model import ScriptedModel

BEGIN, DUE = datetime(2026, 5, 20, 12, 0, tzinfo=UTC), datetime(2026, 5, 21, 9, 0, tzinfo=UTC)
# Each set chooses other articles: what is asked alike of the model is asked once, whatever the topics.
TOPICS: tuple[tuple[Topic, ...], ...] = ((), (Topic(("licences",)),), (Topic(("rain",)),))
LINES = {"happened": [{"text": "Licences were granted.", "keys": ["A1"]}], "lone": []}
REPLICAS = 3
LIMITED = 20  # posts that Slack turns away for a second
QUESTION = "question"


@dataclass
class Asked:
    """Questions that come while the digests go out: how long each waited to be begun, in seconds."""

    waits: list[float] = field(default_factory=list)

    async def answer(self, job: Job) -> None:
        self.waits.append(clocks.monotonic() - float(job.payload["at"]))

    async def come(self, jobs: JobTable[Job]) -> None:
        number = 0
        while True:
            number += 1
            await jobs.put(QUESTION, {"at": clocks.monotonic()}, keys=[f"q{number}"])
            await asyncio.sleep(0.2)


@dataclass(frozen=True)
class Crowd:
    """What came of it. `longest_wait_s`: of a question for its beginning; `seconds`: until the last digest stood."""

    digests: int
    calls: int
    seconds: float
    longest_wait_s: float


async def crowd(channels: int, apart_s: float, folder: Path) -> Crowd:
    """Raises AssertionError where a channel has no digest, or two, or equal digests cost two calls."""
    now = [BEGIN]
    with ScriptedModel() as model:
        model.always(digest=LINES)
        client = ModelClient(api_key="test", model="scripted", base_url=model.base_url)
        async with (
            Sandbox() as sandbox,
            signed_in(sandbox.bot_token, sandbox.api_url) as account,
            await Database.open(f"sqlite:///{folder / 'crowd.db'}") as database,
        ):
            sandbox.faults.tiers = True
            subscriptions = Subscriptions(database, "local", clock=lambda: now[0])
            library = Library(database, "local", clock=lambda: now[0])
            names = _channels(sandbox, channels)
            for number, name in enumerate(names):
                wish = Wish(time(9), EVERY_DAY, "UTC", TOPICS[number % len(TOPICS)])
                await subscriptions.subscribe(name, ANNA, wish)
            await _disagree(library)
            jobs, asked = JobTable(database, Job), Asked()
            desk = Desk(library, Reading(Prompts.load(), client, [], []), 12_000)
            replicas = []
            for _ in range(REPLICAS):
                newsdesk = Newsdesk(database, desk, "local")
                daily = Daily(
                    account,
                    jobs,
                    subscriptions,
                    newsdesk,
                    StoredRules(database, "local"),
                    workspace="local",
                    languages=Languages(account, StoredRules(database, "local")),
                    clock=lambda: now[0],
                    apart_s=apart_s,
                    gallery=Gallery(account, (0, 0)),
                )
                worker = digest_worker(jobs, daily.work(), back_off=lambda attempts: 1)
                replicas.append(Patrol(worker, these(daily), tick_s=5))
            people = Worker(jobs, {QUESTION: asked.answer}, poll_s=0.05)
            sandbox.faults.limit("chat.postMessage", LIMITED)
            now[0] = DUE
            begun = clocks.monotonic()
            loops = [each.run() for each in replicas] + [each.worker.run() for each in replicas]
            running = [asyncio.ensure_future(each) for each in (*loops, people.run(), asked.come(jobs))]
            try:
                await sandbox.wait_for(lambda: _delivered(sandbox, names) == len(names), 60 + 3 * channels)
                seconds = clocks.monotonic() - begun
                await sandbox.wait_for(lambda: all(_pictures(sandbox, name) for name in names), 60 + 3 * channels)
                while await _undelivered(subscriptions):  # noqa: ASYNC110 - the replicas deliver
                    await asyncio.sleep(0.1)
            finally:
                for task in running:
                    task.cancel()
                await asyncio.gather(*running, return_exceptions=True)
                await client.aclose()
            uploads = sum(call.method == "files.completeUploadExternal" for call in sandbox.calls)
            assert uploads <= REPLICAS * len(TOPICS), f"{uploads} uploads of {len(TOPICS)} pictures"
            for name in names:
                assert _pictures(sandbox, name) == 1, f"{name} has {_pictures(sandbox, name)} pictures"
                assert len(_digests(sandbox, name)) == 1, f"{name} has {len(_digests(sandbox, name))} digests"
            assert len(model.requests) <= len(TOPICS), f"{len(model.requests)} calls for {len(TOPICS)} sets of topics"
            return Crowd(len(names), len(model.requests), seconds, max(asked.waits))


async def _disagree(library: Library) -> None:
    """Two disagreements on each set of topics: enough for a picture."""
    texts = {
        "post": "The Post counted 41 licences.",
        "echo": "The Echo counted 54 licences.",
        "rain": "The rain in Leeds went on.",
        "shower": "The rain in Leeds had ended.",
    }
    articles = {name: article(name, text, url=f"https://example.org/{name}") for name, text in texts.items()}
    for each in articles.values():
        await library.add(each)
    for one, other in (("post", "echo"), ("rain", "shower")):
        for asked in ("How much is it?", "Since when?"):
            sides = ((f"as the {one} says", [articles[one]]), (f"as the {other} says", [articles[other]]))
            change = begun(disputed(asked, *sides), BEGIN + timedelta(hours=1))
            assert change is not None
            await library.ledger.keep(change)


def _pictures(sandbox: Sandbox, channel: str) -> int:
    """How many of its messages show one."""
    threads = [message for digest in _digests(sandbox, channel) for message in sandbox.messages(channel, digest)]
    return sum(any(block["type"] == "image" for block in message.blocks) for message in threads)


def _channels(sandbox: Sandbox, count: int) -> list[str]:
    members = set(sandbox.workspace.channels[GENERAL].members)
    made = [Channel(f"C0CROWD{n:04}", f"crowd-{n}", set(members)) for n in range(count)]
    sandbox.workspace.channels.update({channel.id: channel for channel in made})
    return [channel.id for channel in made]


def _digests(sandbox: Sandbox, channel: str) -> list[str]:
    return [m.ts for m in sandbox.messages(channel) if m.thread_ts is None]


def _delivered(sandbox: Sandbox, channels: list[str]) -> int:
    return sum(bool(_digests(sandbox, channel)) for channel in channels)


async def _undelivered(subscriptions: Subscriptions) -> int:
    return sum(each.delivered is None for each in await subscriptions.active())


async def _main(channels: int = 1000, apart_s: float = 0.05) -> None:
    with tempfile.TemporaryDirectory(prefix="crowd-") as folder:
        told = await crowd(channels, apart_s, Path(folder))
    sys.stdout.write(
        f"{told.digests} digests in {told.seconds:.0f} s, {told.calls} calls; "
        f"a question waited {told.longest_wait_s * 1000:.0f} ms at most\n"
    )


if __name__ == "__main__":
    asyncio.run(_main(*(kind(given) for kind, given in zip((int, float), sys.argv[1:], strict=False))))
