"""Installations: tokens sealed at rest, keys that change, removals that are told late, states that are good once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr
from sqlalchemy import Connection, select

from bot.errors import SealedAway, WrongUse
from bot.store.database import Database
from bot.store.installations import STATE_S, Installation, Installations, OAuthStates, Tokens
from bot.store.seal import Seal
from bot.store.tables.installations import installations as table

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()
TOKENS = Tokens(SecretStr("xoxb-one"), SecretStr("xoxe-one"), datetime(2026, 5, 21, tzinfo=UTC))
NEXT = Tokens(SecretStr("xoxb-two"), SecretStr("xoxe-two"), datetime(2026, 5, 22, tzinfo=UTC))
SECOND = timedelta(seconds=1)


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 5, 20, 12, 0, 0, 700_000, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def under(database: Database, clock: Clock, *keys: str) -> Installations:
    return Installations(database, Seal(SecretStr(",".join(keys))), clock=clock)


async def install(installations: Installations, tokens: Tokens = TOKENS, workspace: str = "T1") -> Installation:
    await installations.install(workspace, tokens, name="One", enterprise=None, bot_user="U0", bot="B0")
    found = await installations.of(workspace)
    assert found is not None
    return found


async def sealed(database: Database) -> list[str | None]:
    def read(connection: Connection) -> list[str | None]:
        return list(connection.scalars(select(table.c.tokens)))

    return await database.read(read)


async def test_given_an_installation_when_kept_then_its_tokens_come_back_and_stand_nowhere_in_the_open(
    database: Database, clock: Clock
) -> None:
    installations = under(database, clock, OLD)

    found = await install(installations)

    assert await installations.tokens(found) == TOKENS
    assert "one" not in str(await sealed(database))
    assert "xox" not in f"{found!r} {TOKENS!r}"


async def test_given_a_new_key_before_the_old_when_sealed_again_then_the_old_one_is_needed_no_more(
    database: Database, clock: Clock
) -> None:
    found = await install(under(database, clock, OLD))

    both = under(database, clock, NEW, OLD)
    counts = [await both.reseal(), await both.reseal()]

    assert counts == [1, 0]
    assert await under(database, clock, NEW).tokens(found) == TOKENS


async def test_given_a_key_that_was_lost_when_tokens_are_asked_for_then_it_is_told_and_sealing_again_leaves_them(
    database: Database, clock: Clock
) -> None:
    found = await install(under(database, clock, OLD))
    other = under(database, clock, NEW)

    resealed = await other.reseal()

    with pytest.raises(SealedAway):
        await other.tokens(found)
    assert resealed == 0
    assert await under(database, clock, OLD).tokens(found) == TOKENS


@pytest.mark.parametrize("keys", ["", ",", "secret-words", f"{OLD},short"])
def test_given_keys_that_are_none_when_read_then_it_is_told_without_them(keys: str) -> None:
    with pytest.raises(WrongUse) as refused:
        Seal(SecretStr(keys))

    assert "secret-words" not in str(refused.value)
    assert refused.value.__suppress_context__


async def test_given_the_next_tokens_when_kept_then_they_count_and_those_of_a_replica_that_lags_do_not(
    database: Database, clock: Clock
) -> None:
    installations = under(database, clock, OLD)
    found = await install(installations)

    first = await installations.rotate(found, NEXT)
    second = await installations.rotate(found, TOKENS)

    after = await installations.of("T1")
    assert after is not None
    assert (first, second) == (True, False)
    assert await installations.tokens(after) == NEXT
    assert await installations.tokens(found) is None


async def test_given_an_installation_when_the_app_is_removed_then_its_tokens_are_erased_and_its_name_stays(
    database: Database, clock: Clock
) -> None:
    installations = under(database, clock, OLD)
    found = await install(installations)
    await install(installations, workspace="T2")

    ended = await installations.end("T1", clock.now.replace(microsecond=0))  # in the second that it was installed in
    again = await installations.end("T1", clock.now)

    assert (ended, again) == (True, False)
    assert (await sealed(database)).count(None) == 1
    assert [each.workspace for each in await installations.current()] == ["T2"]
    assert [each.name for each in await installations.all()] == ["One", "One"]
    assert await installations.rotate(found, NEXT) is False


async def test_given_an_app_that_was_installed_again_when_its_removal_is_told_late_then_it_stays(
    database: Database, clock: Clock
) -> None:
    installations = under(database, clock, OLD)
    await install(installations)
    removed = clock.now + SECOND
    clock.now += 60 * SECOND
    await install(installations, NEXT)

    assert await installations.end("T1", removed) is False


async def test_given_tokens_that_slack_does_not_take_when_they_are_given_up_then_a_newer_installation_stays(
    database: Database, clock: Clock
) -> None:
    installations = under(database, clock, OLD)
    old = await install(installations)
    new = await install(installations, NEXT)

    gone = [await installations.lose(each) for each in (old, new)]

    assert gone == [False, True]
    assert await sealed(database) == [None]


async def test_given_a_state_when_consumed_then_it_is_good_once_and_for_a_while(
    database: Database, clock: Clock
) -> None:
    states = OAuthStates(database, clock=clock)
    state, late = await states.issue(), await states.issue()

    first, second, unknown = await states.consume(state), await states.consume(state), await states.consume("made up")
    clock.now += (STATE_S + 1) * SECOND

    assert (first, second, unknown) == (True, False, False)
    assert await states.consume(late) is False
