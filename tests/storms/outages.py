"""The database goes away, the disk fills up or takes no writing, the clock jumps: nothing is lost, nothing doubled.

python -m tests.storms.outages [away full readonly clock] [--count 12] [--seed 1] [--seconds 30]

`away` and `clock` have two replicas on PostgreSQL, `full` and `readonly` one process on SQLite, on a small tmpfs that
only root can mount. Exit status 1 where a question has not exactly one answer, or a process ends by itself.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from bot.sandbox import Sandbox
from tests.databases import Postgres, new_database
from tests.running import Bot, furnish
from tests.scripted_model import ScriptedModel, Turn
from tests.storms.asking import Asked, ask, replied, settled, wrongs
from tests.storms.replicas import Replicas, replicas

SETTLE_S = 120
DISK_MIB = 3


@dataclass
class Scene:
    """A running bot, and the questions that it was asked."""

    sandbox: Sandbox
    running: Replicas
    chance: random.Random
    threads: list[Asked] = field(default_factory=list)

    async def ask(self, count: int, apart_s: float = 0.1) -> None:
        begun = sum(len(thread.numbers) for thread in self.threads)
        for number in range(begun + 1, begun + count + 1):
            await ask(self.sandbox, number, self.threads, self.chance)
            await asyncio.sleep(apart_s)

    async def wrongs(self) -> list[str]:
        """What is wrong once all has had its time."""
        with suppress(TimeoutError):
            await self.sandbox.wait_for(lambda: all(settled(self.sandbox, t) for t in self.threads), SETTLE_S)
        await asyncio.sleep(3)
        found = [wrong for thread in self.threads for wrong in wrongs(self.sandbox, thread)]
        fallen = self.running.fallen()
        return found + ([f"processes ended by themselves: {fallen}"] if fallen else [])


@asynccontextmanager
async def scene(
    url: str, folder: Path, seed: int, *, count: int = 1, module: str = "bot", **environment: str
) -> AsyncIterator[Scene]:
    retry_after_s = (0, *[2] * 60)  # Slack's own hour of patience, made short
    with ScriptedModel() as model:
        model.always(Turn(replied, chunks=10, delay_s=0.1))
        async with (
            Sandbox(retry_after_s=retry_after_s) as sandbox,
            replicas(
                count, folder, sandbox, model, module=module, DATABASE_URL=url, LEASE_S="4", **environment
            ) as running,
        ):
            yield Scene(sandbox, running, random.Random(seed))


async def away(count: int, seed: int, seconds: float, folder: Path) -> list[str]:
    """PostgreSQL stops in the middle of answers and comes back."""
    with Postgres() as server, new_database(server.url) as url:
        async with scene(url, folder, seed, count=2) as told:
            await told.ask(count // 2)
            await asyncio.to_thread(server.stop)
            await told.ask(count - count // 2)
            await asyncio.sleep(seconds)
            await asyncio.to_thread(server.start)
            return await told.wrongs()


async def full(count: int, seed: int, seconds: float, folder: Path) -> list[str]:
    """The disk has no room left, and then it has again."""
    with disk(folder / "disk") as small:
        async with scene(f"sqlite:///{small / 'bot.db'}", folder, seed) as told:
            await told.ask(count // 2)
            ballast = small / "ballast"
            with ballast.open("wb", buffering=0) as file, suppress(OSError):
                while True:
                    file.write(bytes(4096))
            await told.ask(count - count // 2)
            await asyncio.sleep(seconds)
            log = told.running.bot.log.read_text(encoding="utf-8")
            ballast.unlink()
            silent = [] if "could not be kept" in log or "no job could be claimed" in log else ["no word in the log"]
            return silent + await told.wrongs()


async def readonly(count: int, seed: int, seconds: float, folder: Path) -> list[str]:
    """A disk that takes no writing from the start: a clear word and an end, no traceback."""
    with disk(folder / "disk") as small, ScriptedModel() as model:
        async with Sandbox() as sandbox:
            bot = Bot(furnish(folder / "home"), sandbox, model, DATABASE_URL=f"sqlite:///{small / 'bot.db'}")
            await bot.ingest()
            bot.log.unlink()
            _run("mount", "-o", "remount,ro", str(small))
            process = await bot.command("run")
            try:
                told, _ = await asyncio.wait_for(process.communicate(), 60)
            except TimeoutError:
                process.kill()
                await process.communicate()
                return ["it goes on as if nothing were wrong"]
            finally:
                _run("mount", "-o", "remount,rw", str(small))
            said = told.decode() + bot.log.read_text(encoding="utf-8")
            if process.returncode == 0 or "Traceback" in said or not said.strip():
                return [f"exit status {process.returncode} and: {said[-500:]}"]
            return []


async def clock(count: int, seed: int, seconds: float, folder: Path) -> list[str]:
    """The clock of both replicas jumps an hour ahead while they answer, and later back."""
    time = folder / "clock"
    time.write_text("0", encoding="ascii")
    with Postgres() as server, new_database(server.url) as url:
        async with scene(url, folder, seed, count=2, module="tests.storms.skewed", CLOCK=str(time)) as told:
            await told.ask(count // 3, 0.3)
            time.write_text("3600", encoding="ascii")
            await told.ask(count // 3, 0.3)
            time.write_text("0", encoding="ascii")
            await told.ask(count - 2 * (count // 3), 0.3)
            return await told.wrongs()


@contextmanager
def disk(at: Path) -> Iterator[Path]:
    """A small disk of its own. Raises PermissionError where this may not be mounted."""
    at.mkdir(parents=True)
    try:
        _run("mount", "-t", "tmpfs", "-o", f"size={DISK_MIB}m", "tmpfs", str(at))
    except (subprocess.CalledProcessError, FileNotFoundError) as error:
        raise PermissionError("a small disk could not be mounted; only root may") from error
    try:
        yield at
    finally:
        _run("umount", "-l", str(at))


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)


OUTAGES: dict[str, Callable[[int, int, float, Path], Awaitable[list[str]]]] = {
    "away": away,
    "full": full,
    "readonly": readonly,
    "clock": clock,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("outages", nargs="*", metavar="OUTAGE", help=", ".join(OUTAGES))
    parser.add_argument("--count", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=30, help="how long an outage lasts")
    given = parser.parse_args()
    failed = False
    for name in given.outages or OUTAGES:
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="outage-")))
            found = asyncio.run(OUTAGES[name](given.count, given.seed, given.seconds, folder))
        failed = failed or bool(found)
        sys.stdout.write("\n".join([f"{name}: {len(found)} violations", *(f"VIOLATION {each}" for each in found), ""]))
        sys.stdout.flush()
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
