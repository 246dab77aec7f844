"""Questions that can be told apart, the model's replies to them, and what must stand of each in the end."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.news.catalogue import ENGLISH
from bot.sandbox import Message, Sandbox
from bot.sandbox.state import Workspace
from tests.scripted_model import Reply, Request, look, reads, reply

ROUND = re.compile(r"round (\d+)\b")
FOLLOW_UPS = 0.2  # the share of questions that go on in a thread


@dataclass
class Asked:
    """One thread: the message that it hangs from, and the numbers of the questions in it."""

    first: Message
    numbers: list[int] = field(default_factory=list)


async def ask(
    sandbox: Sandbox, number: int, threads: list[Asked], chance: random.Random, workspace: Workspace | None = None
) -> None:
    """Ask question `number`: in a channel, in a direct message, or where another was asked before."""
    workspace = workspace or sandbox.workspace
    mention = f"<@{workspace.bot.id}>"
    text = f"{mention} How many licences were granted in round {number}?"
    person = chance.choice([each.id for each in workspace.people.values() if not each.bot_id])
    if threads and chance.random() < FOLLOW_UPS:
        thread = chance.choice(threads)
        await sandbox.say(thread.first.channel, person, text, thread.first.ts)
    else:
        private = sandbox.dm(person)
        open_to_it = [
            each.id for each in workspace.channels.values() if not each.direct and workspace.bot.id in each.members
        ]
        channel = chance.choice([*open_to_it, private])
        if channel == private:
            text = text.removeprefix(f"{mention} ")
        thread = Asked(await sandbox.say(channel, person, text))
        threads.append(thread)
    thread.numbers.append(number)


def replied(request: Request) -> Reply:
    """What a well-disposed model says: odd rounds are disputed, even ones are not."""
    if request.step == "second_look":
        return look(upheld=True, text="")
    found = ROUND.findall(request.text)
    if not found:  # the repair of a reply that held nothing
        return "There is nothing to mend."
    number = found[-1]
    if request.step == "standalone":
        return {"question": f"How many licences were granted in round {number}?", "search": ""}
    fifty_four, forty_one = f"54 licences in round {number}", f"41 licences in round {number}"
    readings = [reads("A", fifty_four, ["A1"]), reads("B", forty_one, ["B1"])]
    if int(number) % 2:
        positions = [(fifty_four, ["A"]), (forty_one, ["B"])]
        return reply(readings=readings, positions=positions, relation="dispute", kind="number")
    statements = [(f"In round {number} licences were granted to many.", ["A1"]), ("They were granted.", ["B1"])]
    return reply(readings=readings, positions=[("granted", ["A", "B"])], relation="agree", statements=statements)


def settled(sandbox: Sandbox, thread: Asked) -> bool:
    """Whether each question of the thread has its whole answer and no status shows."""
    return next(wrongs(sandbox, thread), None) is None


def wrongs(sandbox: Sandbox, thread: Asked) -> Iterator[str]:
    """What is not as it must be in a thread: one finished answer for each question, and nothing at work."""
    name = f"thread {thread.first.ts} with {thread.numbers}"
    replies = sandbox.replies(thread.first)
    keys: Counter[str] = Counter()
    for message in replies:
        payload = (message.metadata or {}).get("event_payload") or {}
        if message.streaming:
            yield f"{name}: a message still streams"
        if not payload.get("key") or payload.get("unfinished"):
            yield f"{name}: a message is half done: {message.shown[:80]!r}"
        else:
            keys[payload["key"]] += 1
    if doubled := [key for key, count in keys.items() if count > 1]:
        yield f"{name}: {len(doubled)} answers stand twice"
    if len(replies) != len(thread.numbers):
        yield f"{name}: {len(replies)} messages for {len(thread.numbers)} questions"
    about = Counter(number for m in replies for number in {int(n) for n in ROUND.findall(m.shown)})
    if foreign := sorted(set(about) - set(thread.numbers)):
        yield f"{name}: it tells of rounds {foreign}"
    if repeated := sorted(number for number, count in about.items() if count > 1):
        yield f"{name}: rounds {repeated} are told of twice"
    if sandbox.status(thread.first.channel, thread.first.ts) is not None:
        yield f"{name}: a status line stands"
    session = sandbox.session(thread.first.channel, thread.first.ts)
    if session is not None and session.status == "processing":
        yield f"{name}: the session is at work"


def outcomes(sandbox: Sandbox, threads: list[Asked]) -> Counter[str]:
    """How many answers the model gave, how many were read without it, how many apologies."""
    found: Counter[str] = Counter()
    for thread in threads:
        for message in sandbox.replies(thread.first):
            if message.shown.strip() in APOLOGIES:
                found["apologies"] += 1
            elif ROUND.search(message.shown):
                found["answered"] += 1
            else:
                found["read offline"] += 1
    return found


APOLOGIES = frozenset(ENGLISH.errors.values())
