"""Both stores for the contract tests: SQLite in a folder of its own, PostgreSQL privately run."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.postgres import Cluster
from ticket_store.migrate import upgrade
from ticket_store.store import SqlStore, open_store

ENGINES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
_counter = count(1)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """One server for the whole run."""
    server = Cluster.make()
    yield server
    server.remove()


@pytest.fixture(scope="session")
async def template(cluster: Cluster) -> str:
    """A migrated database that tests copy."""
    cluster.sql("CREATE DATABASE template_helpdesk")
    await upgrade(cluster.url("template_helpdesk"))
    return "template_helpdesk"


@pytest.fixture(params=ENGINES)
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty store of either kind; PostgreSQL only starts when it is asked for."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path}/helpdesk.db"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def postgres_url(cluster: Cluster, template: str) -> Iterator[str]:
    """A database of the test's own, dropped at the end."""
    name = f"test_{next(_counter)}"
    cluster.sql(f"CREATE DATABASE {name} TEMPLATE {template}")
    yield cluster.url(name)
    cluster.sql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def store(store_url: str) -> AsyncIterator[SqlStore]:
    """An empty store."""
    opened = await open_store(store_url)
    yield opened
    await opened.close()
