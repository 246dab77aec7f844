"""What Alembic runs around the steps: they share the transaction of the connection that was handed in."""

from alembic import context

from bot.store import (
    answer_tables,
    digest_tables,
    feed_tables,
    follow_tables,
    installation_tables,
    ledger_tables,
    rule_tables,
    tables,
)

for each in (
    answer_tables.asked,
    digest_tables.kept,
    feed_tables.feeds,
    follow_tables.topics,
    installation_tables.installations,
    ledger_tables.entries,
    rule_tables.rules,
):
    assert each.metadata is tables.metadata  # each module of tables adds its own to the one metadata
context.configure(connection=context.config.attributes["connection"], target_metadata=tables.metadata)
context.run_migrations()
