"""Alembic's entry: runs on the connection it is given, inside that connection's transaction."""

from __future__ import annotations

from alembic import context

from ticket_store.schema import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",
)
with context.begin_transaction():
    context.run_migrations()
