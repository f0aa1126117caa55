"""The cellar: the only room that knows SQL. One Core code base on SQLite and PostgreSQL."""

import ticket_store.lean  # noqa: F401 - before anything imports sqlalchemy.ext.asyncio
