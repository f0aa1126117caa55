"""From settings to a plan: every setting arrives where it is meant."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast
from zoneinfo import ZoneInfo

import pytest

from config.load import read
from config.settings import CHANNEL_KINDS
from core.model.messages import Address, AddressKind, ChannelId
from core.model.policy import ReplyLimits
from core.model.texts import TextForm
from core.ports import Closes, FindsCopies, Recovers, Sends, Webhook
from gateway.clock import SystemClock
from gateway.dispatcher import Pace
from gateway.grouping import Bounds
from gateway.wiring import MAKERS, make_plan, make_store, retry_policy
from tests.gateway.gateway_kit import NUMBER, PUBLIC, fresh_store, tables

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from config.settings import Settings
    from core.ports import Store
    from gateway.server import Plan

API = "http://127.0.0.1:9"
NO_STORE = cast("Store", SimpleNamespace(calendars=None, texts=None))
"""A plan starts nothing, so it asks nothing of the store."""


def settings(folder: Path, *channels: str, **changes: Mapping[str, Any]) -> Settings:
    return read(tables(folder, dict.fromkeys(channels or ("sms",), API), **changes))


def plan(folder: Path, *channels: str, **changes: Mapping[str, Any]) -> Plan:
    return make_plan(settings(folder, *channels, **changes), NO_STORE)


def test_every_kind_of_channel_has_a_maker() -> None:
    assert set(MAKERS) == set(CHANNEL_KINDS)


async def test_a_door_is_mounted_under_its_name(tmp_path: Path) -> None:
    made = plan(tmp_path, "sms", "cadangan")
    assert [one.door.id for one in made.doors] == ["sms", "cadangan"]
    for one in made.doors:
        message, status = one.routes
        assert (message.path, message.purpose) == (f"/hooks/{one.door.id}", "message")
        assert (status.path, status.purpose) == (f"/hooks/{one.door.id}/status", "status")
        assert message.public_url == PUBLIC + message.path
        assert status.public_url == PUBLIC + status.path
        await close(one.door)


async def close(door: object) -> None:
    assert isinstance(door, Closes)
    await door.close()


async def test_the_door_keeps_every_contract(tmp_path: Path) -> None:
    [mounted] = plan(tmp_path).doors
    for contract in (Sends, Webhook, Recovers, FindsCopies, Closes):
        assert isinstance(mounted.door, contract)
    await close(mounted.door)


@pytest.mark.parametrize("public", ["https://contoh.go.id", "https://contoh.go.id/"])
async def test_a_slash_at_the_end_of_the_public_address_does_not_matter(
    tmp_path: Path, public: str
) -> None:
    [mounted] = plan(tmp_path, http={"public_url": public}).doors
    assert mounted.routes[0].public_url == "https://contoh.go.id/hooks/sms"
    await close(mounted.door)


async def test_a_public_address_with_a_path_of_its_own(tmp_path: Path) -> None:
    """Behind a proxy that takes the path away: signed with it, mounted without."""
    [mounted] = plan(tmp_path, http={"public_url": "https://contoh.go.id/lapor"}).doors
    assert mounted.routes[0].public_url == "https://contoh.go.id/lapor/hooks/sms"
    assert mounted.routes[0].path == "/hooks/sms"
    await close(mounted.door)


async def test_pace_and_bounds(tmp_path: Path) -> None:
    made = plan(
        tmp_path,
        channel={"rate_per_second": 7.5, "recover_every_seconds": 11},
        dispatch={"in_flight": 3, "poll_seconds": 0.25},
        intake={"queue_messages": 5, "queue_bytes": 2**20, "group": 2},
        http={"port": 18080, "host": "127.0.0.2", "max_body": 4096},
    )
    [mounted] = made.doors
    assert mounted.pace == Pace(7.5, 3, 0.25)
    assert mounted.recover_every == 11
    assert made.bounds == Bounds(5, 2**20, 2)
    assert (made.http.host, made.http.port, made.http.max_body) == ("127.0.0.2", 18080, 4096)
    assert made.folder == tmp_path / "data"
    await close(mounted.door)


def test_trying_again(tmp_path: Path) -> None:
    policy = retry_policy(
        settings(
            tmp_path,
            dispatch={
                "backoff_seconds": 3,
                "backoff_max_seconds": 60,
                "max_attempts": 9,
                "doubt_wait_seconds": 4,
                "doubt_looks": 5,
                "lease_seconds": 70,
            },
        )
    )
    assert (policy.base, policy.ceiling) == (timedelta(seconds=3), timedelta(seconds=60))
    assert (policy.max_attempts, policy.doubt_looks) == (9, 5)
    assert (policy.doubt_wait, policy.lease) == (timedelta(seconds=4), timedelta(seconds=70))


async def test_the_office_as_intake_reads_it(tmp_path: Path) -> None:
    made = plan(
        tmp_path,
        "sms",
        office={
            "name": "Kantor Uji",
            "timezone": "Asia/Jayapura",
            "ticket_prefix": "UJ",
            "require_keyword": False,
            "require_keyword_from": ["2027-03-01=false", "2027-01-01=true"],
            "reopen_days": 3,
        },
        limits={
            "replies_per_hour": 11,
            "acks_per_ten_minutes": 12,
            "same_text": 13,
            "tickets_per_ten_minutes": 14,
        },
        channel={"acks_per_day": 15, "own_numbers": ["+6281100004444"]},
    )
    policy = made.policy
    assert (policy.office, policy.prefix, policy.zone) == (
        "Kantor Uji",
        "UJ",
        ZoneInfo("Asia/Jayapura"),
    )
    assert (policy.require_keyword, policy.reopening) == (False, timedelta(days=3))
    assert policy.keyword_days == ((date(2027, 1, 1), True), (date(2027, 3, 1), False))
    assert policy.limits == ReplyLimits(11, 12, 13, 14)
    traits = policy.channels[ChannelId("sms")]
    assert traits.form is TextForm.SMS
    own = {Address(AddressKind.PHONE, number) for number in (NUMBER, "+6281100004444")}
    assert policy.own == own
    await close(made.doors[0].door)


async def test_no_channels_is_a_plan_too(tmp_path: Path) -> None:
    """Health and pages only, as on the first day."""
    tables_ = tables(tmp_path, {})
    made = make_plan(read(tables_), NO_STORE)
    assert made.doors == []
    assert made.policy.own == frozenset()


async def test_the_clock_is_ours_unless_another_is_given(tmp_path: Path) -> None:
    clock = SystemClock()
    made = make_plan(read(tables(tmp_path, {})), NO_STORE, clock)
    assert made.clock is clock
    assert isinstance(plan_without(tmp_path).clock, SystemClock)


def plan_without(folder: Path) -> Plan:
    return make_plan(read(tables(folder, {})), NO_STORE)


async def test_the_store_is_opened_where_it_is_said(tmp_path: Path) -> None:
    await fresh_store(tmp_path)
    store = await make_store(settings(tmp_path))
    try:
        await store.ping()
        assert (tmp_path / "data").is_dir()
    finally:
        await store.close()
