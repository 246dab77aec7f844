"""The workspaces that the app was installed in, with their tokens, and the states of installations under way."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import SecretStr
from sqlalchemy import ColumnElement, Connection, delete, insert, null, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.errors import SealedAway
from bot.store.database import Clock, Database, utc_now
from bot.store.seal import Seal
from bot.store.tables.installations import installations, oauth_states

STATE_S = 600  # for somebody to read what the app asks for, and to allow it
SECOND = timedelta(seconds=1)  # Slack tells times of events in whole ones


@dataclass(frozen=True, slots=True)
class Tokens:
    """What the bot signs in with. `refresh` and `expires`: where the app rotates its tokens."""

    access: SecretStr
    refresh: SecretStr | None = None
    expires: datetime | None = None


@dataclass(frozen=True, slots=True)
class Installation:
    """The app in a workspace, the tokens apart. `workspace` is Slack's id of the team (T…), `bot_user` and `bot` who
    the bot is there (U…, B…); `ended`: when it was removed, None while it is installed."""

    workspace: str
    name: str
    enterprise: str | None
    bot_user: str
    bot: str
    expires: datetime | None
    installed: datetime
    ended: datetime | None
    revision: int


class Installations:
    """Each call is one transaction and raises StoreUnavailable or StoreFull."""

    def __init__(self, database: Database, seal: Seal, *, clock: Clock = utc_now) -> None:
        self._database = database
        self._seal = seal
        self._clock = clock
        self._insert = sqlite.insert if database.dialect == "sqlite" else postgresql.insert

    async def install(
        self, workspace: str, tokens: Tokens, *, name: str, enterprise: str | None, bot_user: str, bot: str
    ) -> None:
        """Keep a new installation, in place of one that there was."""
        values = {
            "name": name,
            "enterprise": enterprise,
            "bot_user": bot_user,
            "bot": bot,
            "tokens": self._sealed(tokens),
            "expires": tokens.expires,
            "installed": self._clock(),
            "ended": None,
        }
        added = self._insert(installations).values(workspace=workspace, revision=1, **values)
        kept = added.on_conflict_do_update(
            index_elements=["workspace"], set_={**values, "revision": installations.c.revision + 1}
        )
        await self._database.write(lambda connection: connection.execute(kept))

    async def of(self, workspace: str) -> Installation | None:
        found = await _read(self._database, installations.c.workspace == workspace)
        return found[0] if found else None

    async def all(self) -> Sequence[Installation]:
        """Those that have ended, too."""
        return await _read(self._database)

    async def current(self) -> Sequence[Installation]:
        return await current(self._database)

    async def tokens(self, found: Installation) -> Tokens | None:
        """None where it has changed or ended since it was found. Raises SealedAway."""
        wanted = select(installations.c.tokens).where(*_still(found))
        sealed = await self._database.read(lambda connection: connection.scalar(wanted))
        if sealed is None:
            return None
        opened = json.loads(self._seal.open(sealed))
        refresh = SecretStr(opened["refresh"]) if opened["refresh"] else None
        return Tokens(SecretStr(opened["access"]), refresh, found.expires)

    async def rotate(self, found: Installation, tokens: Tokens) -> bool:
        """Keep the next tokens; False where the installation has changed or ended meanwhile."""
        changed = (
            update(installations)
            .where(*_still(found), installations.c.ended.is_(None))
            .values(tokens=self._sealed(tokens), expires=tokens.expires, revision=found.revision + 1)
        )
        return await self._database.write(lambda connection: connection.execute(changed).rowcount == 1)

    async def end(self, workspace: str, at: datetime) -> bool:
        """The app was removed at this time, to the second: its tokens are erased. False where it is not installed, or
        was installed again since: Slack may tell of a removal minutes later."""
        return await self._end(installations.c.workspace == workspace, installations.c.installed < at + SECOND)

    async def lose(self, found: Installation) -> bool:
        """Slack does not take these tokens any more: they are erased. False where it has changed or ended meanwhile."""
        return await self._end(*_still(found))

    async def _end(self, *conditions: ColumnElement[bool]) -> bool:
        ended = (
            update(installations)
            .where(*conditions, installations.c.ended.is_(None))
            .values(tokens=null(), expires=null(), ended=self._clock(), revision=installations.c.revision + 1)
        )
        return await self._database.write(lambda connection: connection.execute(ended).rowcount == 1)

    async def reseal(self) -> int:
        """Seal under the first key what is sealed under an older one; how many there were. What no key opens stays."""
        sealed = select(installations.c.workspace, installations.c.tokens).where(installations.c.tokens.is_not(None))

        def renew(connection: Connection) -> int:
            count = 0
            for workspace, tokens in connection.execute(sealed.with_for_update()).all():
                try:
                    renewed = self._seal.renewed(tokens)
                except SealedAway:
                    continue  # whoever needs these tokens is told
                if renewed is not None:
                    mine = installations.c.workspace == workspace
                    connection.execute(update(installations).where(mine).values(tokens=renewed))
                    count += 1
            return count

        return await self._database.write(renew)

    def _sealed(self, tokens: Tokens) -> str:
        refresh = tokens.refresh.get_secret_value() if tokens.refresh else None
        return self._seal.close(json.dumps({"access": tokens.access.get_secret_value(), "refresh": refresh}))


async def current(database: Database) -> Sequence[Installation]:
    """Where the app is installed now; for whoever has no key."""
    return await _read(database, installations.c.ended.is_(None))


async def _read(database: Database, *conditions: ColumnElement[bool]) -> list[Installation]:
    wanted = select(*(installations.c[name] for name in Installation.__slots__))
    found = wanted.where(*conditions).order_by(installations.c.workspace)
    return await database.read(lambda connection: [Installation(*row) for row in connection.execute(found)])


class OAuthStates:
    """What ties an installation to the browser that it was begun in: each is good once, and for a while."""

    def __init__(self, database: Database, *, clock: Clock = utc_now) -> None:
        self._database = database
        self._clock = clock

    async def issue(self) -> str:
        state, now = secrets.token_urlsafe(32), self._clock()

        def keep(connection: Connection) -> None:
            connection.execute(delete(oauth_states).where(oauth_states.c.expires < now))
            connection.execute(insert(oauth_states).values(state=state, expires=now + timedelta(seconds=STATE_S)))

        await self._database.write(keep)
        return state

    async def consume(self, state: str) -> bool:
        """Whether it was issued, not long ago, and not consumed before."""
        gone = delete(oauth_states).where(oauth_states.c.state == state, oauth_states.c.expires >= self._clock())
        return await self._database.write(lambda connection: connection.execute(gone).rowcount == 1)


def _still(found: Installation) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return installations.c.workspace == found.workspace, installations.c.revision == found.revision
