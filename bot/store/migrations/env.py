"""What Alembic runs around the steps: they share the transaction of the connection that was handed in."""

from alembic import context

from bot.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
