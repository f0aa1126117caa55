"""The cellar: the only room that knows SQL. One Core code base on SQLite and PostgreSQL."""
