"""The stores of the contract tests, for intake."""

from tests.contracts.conftest import (
    cluster,
    migrated,
    postgres_url,
    sqlite_template,
    store,
    store_url,
)

__all__ = ["cluster", "migrated", "postgres_url", "sqlite_template", "store", "store_url"]
