"""What could not be read is read anew: taken once, told per row, refused beside a gateway."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from click.testing import CliRunner, Result

from core.model.messages import ChannelId, RawRequest
from core.model.quarantine import frame_of
from core.services.policies import seed_policy
from gateway.clock import SystemClock
from gateway.commands.quarantine import command, replay
from tests.gateway.gateway_kit import ACCOUNT, FORM, NUMBER, PUBLIC, TOKEN, fresh_store, message
from ticket_store.store import open_store

if TYPE_CHECKING:
    from pathlib import Path

SMS, WA = ChannelId("sms"), ChannelId("wa")
MAIL = ChannelId("surel")
SURAT = (
    b"Return-Path: <siti@example.org>\r\nFrom: siti@example.org\r\nTo: lapor@contoh.go.id\r\n"
    b"Message-ID: <a@example.org>\r\nSubject: HELPDESK lampu mati\r\n\r\nDi Kemiren.\r\n"
)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A configuration with a store of its own, made and closed."""
    asyncio.run(fresh_store(tmp_path))
    file = tmp_path / "helpdesk.toml"
    file.write_text(
        f"""
[office]
name = "Dinas Contoh"
calendar = "rs24"
[http]
public_url = "{PUBLIC}"
[store]
url = "sqlite+aiosqlite:///{tmp_path}/helpdesk.db"
data_dir = "{tmp_path}/data"
[channels.sms]
kind = "twilio_sms"
account_sid = "{ACCOUNT}"
auth_token = "{TOKEN}"
from_number = "{NUMBER}"
[channels.surel]
kind = "email"
address = "lapor@contoh.go.id"
token_secret = "{"x" * 40}"
[channels.surel.smtp_in]
port = 0
[channels.surel.smtp_out]
host = "127.0.0.1"
""",
        encoding="utf-8",
    )
    return file


def with_store(config: Path, work: Any) -> Any:
    async def run() -> Any:
        store = await open_store(f"sqlite+aiosqlite:///{config.parent}/helpdesk.db")
        try:
            return await work(store)
        finally:
            await store.close()

    return asyncio.run(run())


def park(config: Path, channel: ChannelId, raw: bytes, frame: str = "") -> int:
    async def add(store: Any) -> int:
        async with store.desk() as desk:
            row = await desk.quarantine.add(channel, raw, "Rusak.", SystemClock().now(), frame)
            await desk.commit()
        return int(row)

    return int(with_store(config, add))


def tickets(config: Path) -> list[str]:
    async def read(store: Any) -> list[str]:
        return [row.number for row in await store.reads.tickets(None, 100)]

    found: list[str] = with_store(config, read)
    return found


def run(what: Any, config: Path, *arguments: object) -> Result:
    return CliRunner().invoke(what, [*map(str, arguments), "--config", str(config)])


def rows(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.output.splitlines() if line.startswith("{")]


def body(**fields: str) -> bytes:
    return urlencode(message(**fields)).encode()


def framed(raw: bytes, query: str = "", purpose: str = "message", method: str = "POST") -> str:
    url = f"{PUBLIC}/hooks/sms{query}"
    at = SystemClock().now()
    return frame_of(RawRequest(method, url, {"content-type": FORM}, raw, "", at, purpose))


def test_a_payload_becomes_its_ticket_once(config: Path) -> None:
    raw = body()
    park(config, SMS, raw, framed(raw))
    first = run(replay, config, "--all", "--json")
    assert first.exit_code == 0, first.output
    (row,) = rows(first)
    assert row == {
        "id": 1, "channel": "sms", "result": "taken", "detail": "opened",
        "tickets": row["tickets"],
    }  # fmt: skip
    assert tickets(config) == row["tickets"]
    assert rows(run(replay, config, "--all", "--json")) == []
    again = park(config, SMS, raw)
    (twice,) = rows(run(replay, config, again, "--json"))
    assert (twice["result"], twice["detail"], twice["tickets"]) == (
        "taken", "duplicate", row["tickets"],
    )  # fmt: skip
    assert len(tickets(config)) == 1


@pytest.mark.parametrize(
    ("channel", "raw", "frame", "result"),
    [
        (SMS, body(), "", "taken"),
        (SMS, f"{PUBLIC}/hooks/sms?{body().decode()}".encode(), "", "taken"),
        (
            SMS,
            body(MessageStatus="delivered"),
            framed(b"", "?item=1", "status"),
            "taken",
        ),
        (SMS, body(MessageStatus="unknown"), framed(b"", "?item=1", "status"), "ignored"),
        (SMS, body(MessageSid="", SmsSid=""), "", "unreadable"),
        (SMS, bytes(range(256)), "", "unreadable"),
        (MAIL, SURAT, "", "taken"),
        (MAIL, b"", "", "unreadable"),
        (WA, b"{}", "", "no_door"),
    ],
)
def test_every_row_says_what_became_of_it(
    channel: ChannelId, raw: bytes, frame: str, result: str, config: Path
) -> None:
    park(config, channel, raw, frame)
    answer = run(replay, config, "--all", "--json")
    (row,) = rows(answer)
    assert (row["result"], answer.exit_code) == (result, result not in {"taken", "ignored"})
    left = rows(run(command, config, "list", "--json"))
    assert [one["id"] for one in left] == ([1] if answer.exit_code else [])


def test_a_bad_row_does_not_keep_the_others(config: Path) -> None:
    for raw in (b"x", body(), b"y", SURAT):
        park(config, MAIL if raw is SURAT else SMS, raw)
    answer = run(replay, config, "--all")
    assert answer.exit_code == 1
    assert [line.split()[2] for line in answer.output.splitlines()] == [
        "unreadable", "taken", "unreadable", "taken",
    ]  # fmt: skip
    assert len(tickets(config)) == 2
    assert [row["id"] for row in rows(run(command, config, "list", "--json"))] == [1, 3]
    shown = rows(run(command, config, "list", "--all", "--json"))
    assert [bool(row["replayed_at"]) for row in shown] == [False, True, False, True]


def test_only_what_was_named_is_read(config: Path) -> None:
    for _ in range(3):
        park(config, SMS, body())
    assert [row["id"] for row in rows(run(replay, config, 2, "--json"))] == [2]
    channel = run(replay, config, "--all", "--channel", "surel", "--json")
    assert rows(channel) == []
    absent = run(replay, config, 2, 99)
    assert absent.exit_code == 1
    assert "99: not waiting" in absent.output


@pytest.mark.parametrize("arguments", [[], ["1", "--all"], ["satu"]])
def test_wrong_use_is_told(arguments: list[str], config: Path) -> None:
    assert run(replay, config, *arguments).exit_code == 2


def test_it_keeps_its_time_of_arrival_and_is_marked_late(config: Path) -> None:
    park(config, SMS, body())
    run(replay, config, "--all")

    async def read(store: Any) -> Any:
        async with store._engines.reading.connect() as connection:
            answer = await connection.exec_driver_sql(
                "SELECT m.late, m.received_at = q.at, q.replayed_at > q.at, o.state"
                " FROM messages m, quarantine q, outbox o"
            )
            return [tuple(row) for row in answer]

    assert with_store(config, read) == [(1, 1, 1, "waiting")]


def test_a_row_can_be_looked_at(config: Path) -> None:
    raw = body() + b"\x1b[2J\n"
    row = park(config, SMS, raw, framed(raw))
    assert run(command, config, "show", row, "--raw").stdout_bytes == raw
    shown = run(command, config, "show", row)
    assert "Rusak." in shown.output
    assert '"method": "POST"' in shown.output
    assert "\x1b" not in shown.output
    assert run(command, config, "show", 99).exit_code == 1
    assert "Rusak." in run(command, config, "list").output
    assert "Nothing waits" in run(command, config, "list", "--channel", "surel").output


def test_beside_a_running_gateway_it_looks_but_does_not_replay(config: Path) -> None:
    row = park(config, SMS, body())

    async def beside(_: Any) -> list[Result]:
        return [
            await asyncio.to_thread(run, replay, config, "--all"),
            await asyncio.to_thread(run, command, config, "list", "--json"),
            await asyncio.to_thread(run, command, config, "show", row),
        ]

    refused, listed, shown = with_store(config, beside)
    assert refused.exit_code == 1
    assert "Stop the gateway first" in refused.output
    assert "Traceback" not in refused.output
    assert [one["id"] for one in rows(listed)] == [row]
    assert shown.exit_code == 0


def test_a_bad_configuration_is_told(tmp_path: Path) -> None:
    missing = tmp_path / "none.toml"
    assert run(replay, missing, "--all").exit_code == 2
    assert run(command, missing, "list").exit_code == 2


def test_what_is_read_anew_is_promised_by_the_stores_policy(config: Path) -> None:
    text = '[promises.normal]\nsolution = "3 calendar_days"\n'

    async def keep(store: Any) -> None:
        await seed_policy(store.desk, text, SystemClock().now())

    async def lengths(store: Any) -> list[str]:
        async with store._engines.reading.connect() as connection:
            asked = "SELECT length FROM sla_clocks WHERE target = 'solution'"
            return [row[0] for row in await connection.exec_driver_sql(asked)]

    with_store(config, keep)
    raw = body()
    park(config, SMS, raw, framed(raw))
    assert run(replay, config, "--all", "--json").exit_code == 0
    assert with_store(config, lengths) == ["3 calendar_days"]
