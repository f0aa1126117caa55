"""Alive, ready, paused; and figures that name nobody."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
from typing import TYPE_CHECKING, NamedTuple

import pytest

from core.errors import StoreUnavailable
from gateway import health
from gateway.demo.faults import Fault
from tests.gateway.gateway_kit import (
    CITIZEN,
    TOKEN,
    Office,
    locked,
    message,
    office,
    phone,
    until,
    with_channels,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path
    from typing import Any

NAMES = (
    "helpdesk_messages_received_total",
    "helpdesk_requests_refused_total",
    "helpdesk_messages_sent_total",
    "helpdesk_delivery_reports_total",
    "helpdesk_receipt_to_commit_seconds_bucket",
    "helpdesk_receipt_to_accepted_seconds_bucket",
    "helpdesk_intake_group_size_bucket",
    "helpdesk_store_seconds_bucket",
    "helpdesk_intake_waiting",
    "helpdesk_channel_paused",
)
PHONE = re.compile(r"(?<![\d.])\+?62\d{8,}")


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[Office]:
    async with office(tmp_path) as made:
        yield made


class Disk(NamedTuple):
    total: int
    used: int
    free: int


async def asked(hall: Office, path: str) -> tuple[int, dict[str, Any]]:
    reply = await hall.call(b"", path, method="GET")
    return reply.status, json.loads(reply.body)


async def test_alive_and_ready(hall: Office) -> None:
    assert await asked(hall, "/healthz") == (200, {"status": "alive"})
    good = {"status": "ready", "causes": [], "paused": {}}
    assert await asked(hall, "/readyz") == (200, good)


async def test_a_store_that_is_away_makes_unready_but_not_dead(
    hall: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away() -> None:
        reason = "the store is not available (OSError)"
        raise StoreUnavailable(reason)

    with monkeypatch.context() as patched:
        patched.setattr(hall.store, "ping", away)
        status, body = await asked(hall, "/readyz")
        assert (status, body["status"]) == (503, "unready")
        assert body["causes"] == ["store: the store is not available (OSError)"]
        assert (await asked(hall, "/healthz"))[0] == 200
    assert (await asked(hall, "/readyz"))[0] == 200


async def test_a_store_that_takes_nothing_makes_unready(hall: Office, tmp_path: Path) -> None:
    """It can still be read, so only a trial shows it (F11); green again by itself."""
    async with locked(hall, tmp_path):
        status, body = await asked(hall, "/readyz")
        assert status == 503
        [cause] = body["causes"]
        assert cause.startswith("store: ")
        assert (await asked(hall, "/healthz"))[0] == 200
    assert (await asked(hall, "/readyz"))[0] == 200


async def test_a_store_that_does_not_answer_is_not_waited_for(
    hall: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever asks is told in time, and asking again and again piles nothing up."""
    answers, tried = asyncio.Event(), []

    async def hangs() -> None:
        tried.append(1)
        await answers.wait()

    with monkeypatch.context() as patched:
        patched.setattr(health, "PATIENCE", 0.05)
        patched.setattr(hall.store, "ping", hangs)
        asking = [asked(hall, "/readyz") for _ in range(3)]
        for status, body in await asyncio.gather(*asking):
            assert (status, body["causes"]) == (503, ["store: no unit of work within 0.05 s"])
        assert tried == [1]
        answers.set()
    assert (await asked(hall, "/readyz"))[0] == 200


async def test_a_folder_that_is_gone(hall: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(_: object) -> None:
        raise FileNotFoundError(2, "No such file or directory")

    monkeypatch.setattr(shutil, "disk_usage", gone)
    status, body = await asked(hall, "/readyz")
    assert (status, body["causes"]) == (503, ["disk: No such file or directory"])


@pytest.mark.parametrize(
    ("free", "status"), [(health.LEAST_DISK, 200), (health.LEAST_DISK - 1, 503), (0, 503)]
)
async def test_a_full_disk(
    hall: Office, monkeypatch: pytest.MonkeyPatch, free: int, status: int
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Disk(2**40, 0, free))
    found, body = await asked(hall, "/readyz")
    assert found == status
    assert body["causes"] == ([] if status == 200 else [f"disk: {free} bytes free"])


async def test_a_paused_channel_is_told_and_we_stay_ready(tmp_path: Path) -> None:
    async with office(tmp_path, with_channels("sms", "cadangan")) as hall:
        hall.provider.faults.script.append(Fault.TOO_MANY)
        await hall.post(message())
        await until(lambda: hall.count("helpdesk_channel_paused", channel="sms") == 1)
        status, body = await asked(hall, "/readyz")
        assert (status, body["status"]) == (200, "ready")
        assert body["paused"] == {"sms": "Twilio membatasi laju kiriman; dicoba lagi nanti."}
        await hall.quiet()
        assert (await asked(hall, "/readyz"))[1]["paused"] == {}


async def test_metrics_have_every_name_and_no_person(hall: Office) -> None:
    hall.provider.faults.script.append(Fault.TOO_MANY)
    await hall.post(message("HELPDESK NIK saya 3510012345670001, telepon 081234567890"))
    await hall.post(message(MessageSid="", SmsSid=""))
    await hall.call(b"x")
    await hall.quiet()
    await hall.provider.settled()
    reply = await hall.call(b"", "/metrics", method="GET")
    assert reply.status == 200
    assert reply.headers["Content-Type"].startswith("text/plain")
    for name in NAMES:
        assert name in reply.body
    assert not PHONE.search(reply.body)
    for secret in (CITIZEN, CITIZEN[1:], TOKEN, "3510012345670001", "081234567890", "HD26"):
        assert secret not in reply.body


async def test_the_outbox_is_counted_as_it_is_now(hall: Office) -> None:
    hall.provider.faults.refused[phone(1)] = 21610
    hall.provider.faults.sending = Fault.UNAUTHORIZED
    await hall.post(message())

    async def one_waits() -> bool:
        await hall.call(b"", "/metrics", method="GET")
        return hall.count("helpdesk_outbox_items", channel="sms", state="waiting") == 1

    await until(one_waits)
    assert hall.count("helpdesk_outbox_oldest_seconds", channel="sms", state="waiting") > 0
    hall.provider.faults.sending = Fault.NONE
    await hall.post(message(From=phone(1)))
    await hall.quiet()
    await hall.call(b"", "/metrics", method="GET")
    assert hall.count("helpdesk_outbox_items", channel="sms", state="waiting") == 0
    assert hall.count("helpdesk_outbox_items", channel="sms", state="dead") == 1


async def test_metrics_come_without_the_store(hall: Office, tmp_path: Path) -> None:
    async with locked(hall, tmp_path):
        reply = await hall.call(b"", "/metrics", method="GET")
    assert reply.status == 200
    assert "helpdesk_intake_waiting" in reply.body
