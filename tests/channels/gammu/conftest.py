from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.channels.gammu.daemon import PostgresqlBase, SqliteBase, grants
from tests.postgres import Cluster

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.channels.gammu.daemon import Base


@pytest.fixture(scope="session")
def gammu_cluster() -> Iterator[Cluster]:
    cluster = Cluster.make()
    try:
        yield cluster
    finally:
        cluster.remove()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def base(request: Any, tmp_path: Path) -> Base:
    """Gammu's own tables, empty, in either engine."""
    if request.param == "sqlite":
        return SqliteBase(tmp_path)
    return PostgresqlBase(request.getfixturevalue("gammu_cluster"), grants())
