"""Exactly one ticket and one acknowledgement per message, through kill -9, on both engines.

``HELPDESK_KILLS=100`` runs the long version (docs/reliability.md).
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from tests.journeys.kill_gateway import WINDOW
from tests.journeys.kill_kit import Stage
from tests.journeys.kill_ledger import from_postgresql, from_sqlite
from tests.journeys.kill_sms import SmsSide, Whims
from tests.postgres import Cluster

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.journeys.kill_ledger import Ledger

KILLS = int(os.environ.get("HELPDESK_KILLS", "5"))
PER_KILL = 12
LIMIT = 180 + 15 * KILLS

pytestmark = [pytest.mark.journey, pytest.mark.timeout(LIMIT)]
on_postgresql = pytest.mark.postgres

MOMENTS = SmsSide.moments
"""The provider takes a text (F2), a 200 arrives (F3), any (F1), it is asked for its list, F4."""


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    server = Cluster.make()
    yield server
    server.remove()


@pytest.fixture
def database(cluster: Cluster, request: pytest.FixtureRequest) -> str:
    name = request.node.name.split("[")[0][:50]
    cluster.sql(f"CREATE DATABASE {name}")
    return str(name)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=on_postgresql)])
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Stage:
    if request.param == "sqlite":
        path = tmp_path / "helpdesk.db"
        return Stage(tmp_path, f"sqlite+aiosqlite:///{path}", from_sqlite(path), seed=41)
    cluster, name = request.getfixturevalue("cluster"), request.getfixturevalue("database")
    return Stage(tmp_path, cluster.url(name), from_postgresql(cluster, name), seed=43)


@pytest.fixture
def shared(cluster: Cluster, database: str, tmp_path: Path) -> Callable[..., Stage]:
    """A stage on PostgreSQL with further wishes."""

    def make(seed: int, **wishes: Any) -> Stage:
        ask = from_postgresql(cluster, database)
        return Stage(tmp_path, cluster.url(database), ask, seed, **wishes)

    return make


def assert_kept(stage: Stage, ledger: Ledger, messages: int) -> None:
    __tracebackhide__ = True
    assert len(stage.written) == messages
    assert ledger.lost == []
    assert ledger.doubled == []
    assert ledger.phantom == []
    assert ledger.faults == []


async def test_every_message_is_one_ticket_and_one_text_through_kills(stage: Stage) -> None:
    async with stage:
        for turn in range(KILLS):
            stage.let_write(PER_KILL, within=1.2)
            await stage.strike(MOMENTS[turn % len(MOMENTS)])
        ledger = await stage.settled()
    assert_kept(stage, ledger, KILLS * PER_KILL)


@on_postgresql
async def test_two_gateways_share_one_database_while_either_is_killed(
    shared: Callable[..., Stage],
) -> None:
    turns = (KILLS + 1) // 2
    async with shared(47, doors=2) as stage:
        for turn in range(turns):
            stage.let_write(PER_KILL, within=1.2)
            await stage.strike(MOMENTS[turn % len(MOMENTS)])
        ledger = await stage.settled()
    assert_kept(stage, ledger, turns * PER_KILL)


@on_postgresql
async def test_crashes_of_the_database_lose_and_double_nothing(
    shared: Callable[..., Stage], cluster: Cluster
) -> None:
    turns = (KILLS + 2) // 3
    async with shared(53) as stage:
        for turn in range(turns):
            stage.let_write(PER_KILL, within=1.2)
            await stage.restart_database(cluster, in_service=turn % 2 == 0)
            await stage.strike("at random")
        ledger = await stage.settled()
    assert_kept(stage, ledger, turns * PER_KILL)
    assert max(stage.tally.back) < 5


async def test_asked_to_end_under_load_it_finishes_what_it_accepted(stage: Stage) -> None:
    async with stage:
        for _ in range(3):
            stage.let_write(PER_KILL, within=1.2)
            assert await stage.end_and_start() < 10
        ledger = await stage.settled()
    assert_kept(stage, ledger, 3 * PER_KILL)
    assert ledger.copies == 0


async def test_a_list_that_lags_too_long_costs_marked_copies_and_nothing_else(
    tmp_path: Path,
) -> None:
    """Nothing can be known then: the text goes out again, and the log says so (F23)."""
    path = tmp_path / "helpdesk.db"
    deck = (("taken", 3), ("taken, then 500", 1))
    whims = Whims(lag=20 * WINDOW, lag_least=20 * WINDOW, silent=1, deck=deck)
    stage = Stage(
        tmp_path,
        f"sqlite+aiosqlite:///{path}",
        from_sqlite(path),
        59,
        side=lambda cues: SmsSide(cues, whims),
    )
    async with stage:
        for moment in ("taken", "at random", "looked"):
            stage.let_write(PER_KILL, within=1.2)
            await stage.strike(moment)
        ledger = await stage.settled()
    assert len(stage.written) == 3 * PER_KILL
    assert ledger.copies > 0
    assert [entry for entry in ledger.doubled if not entry.endswith(", marked")] == []
    assert ledger.lost + ledger.phantom + ledger.faults == []
