"""The tables of the workspaces that the app was installed in."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, Table, Text

from bot.store.tables.base import Instant, metadata

installations = Table(
    "installations",
    metadata,
    Column("workspace", Text, primary_key=True),  # Slack's id of the team, which is its name in every other table
    Column("name", Text, nullable=False),
    Column("enterprise", Text),  # Slack's id of the organisation that the team belongs to
    Column("bot_user", Text, nullable=False),
    Column("bot", Text, nullable=False),
    Column("tokens", Text),  # sealed; NULL once the app was removed
    Column("expires", Instant),  # NULL where the app does not rotate its tokens
    Column("installed", Instant, nullable=False),
    Column("ended", Instant),  # when the app was removed; NULL while it is installed
    Column("revision", Integer, nullable=False),  # grows with each change, so that replicas see it
)

oauth_states = Table(
    "oauth_states",
    metadata,
    Column("state", Text, primary_key=True),
    Column("expires", Instant, nullable=False),
)
Index("oauth_states_expires", oauth_states.c.expires)
