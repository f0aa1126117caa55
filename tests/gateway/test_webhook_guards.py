"""What is turned away at the door: unsigned, foreign, too large, unknown; none leaves a trace."""

from __future__ import annotations

import asyncio
from io import BytesIO
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from gateway.webhooks import FOREIGN, REFUSED
from tests.gateway.gateway_kit import (
    PUBLIC,
    TOKEN,
    Office,
    message,
    office,
    sections,
    sign,
)
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

HOOK = PUBLIC + "/hooks/sms"
STATUS = "/hooks/sms/status"


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[Office]:
    async with office(tmp_path) as made:
        yield made


# --- who is speaking -------------------------------------------------------------------------

GOOD = message()
BODY = urlencode(GOOD).encode()
RIGHT = sign(HOOK, GOOD.items())

FORGED: list[tuple[str, list[tuple[str, str]], bytes]] = [
    ("missing", [], BODY),
    ("empty", [("X-Twilio-Signature", "")], BODY),
    ("blank", [("X-Twilio-Signature", "   ")], BODY),
    ("random", [("X-Twilio-Signature", "AAAAAAAAAAAAAAAAAAAAAAAAAAA=")], BODY),
    ("lower-cased", [("X-Twilio-Signature", RIGHT.lower())], BODY),
    ("cut", [("X-Twilio-Signature", RIGHT[:-1])], BODY),
    ("prefixed", [("X-Twilio-Signature", "sha1=" + RIGHT)], BODY),
    ("sent twice", [("X-Twilio-Signature", RIGHT), ("X-Twilio-Signature", RIGHT)], BODY),
    ("right behind wrong", [("X-Twilio-Signature", "x"), ("X-Twilio-Signature", RIGHT)], BODY),
    ("of 8 kB", [("X-Twilio-Signature", "A" * 8000)], BODY),
    ("other secret", [("X-Twilio-Signature", sign(HOOK, GOOD.items(), "lain"))], BODY),
    ("empty secret", [("X-Twilio-Signature", sign(HOOK, GOOD.items(), ""))], BODY),
    ("other URL", [("X-Twilio-Signature", sign(PUBLIC + STATUS, GOOD.items()))], BODY),
    ("altered body", [("X-Twilio-Signature", RIGHT)], BODY + b"x"),
    ("added field", [("X-Twilio-Signature", RIGHT)], BODY + b"&From=%2B62811"),
    ("other header", [("X-Hub-Signature-256", RIGHT)], BODY),
    ("not a form", [("X-Twilio-Signature", RIGHT)], b"\xff\xfe{"),
]


@pytest.fixture(scope="module")
async def guarded(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    """One office for all that is turned away: none of it leaves a trace."""
    async with office(tmp_path_factory.mktemp("guarded")) as made:
        yield made


@pytest.mark.parametrize(
    ("headers", "body"), [row[1:] for row in FORGED], ids=[r[0] for r in FORGED]
)
async def test_forged(
    guarded: Office,
    headers: list[tuple[str, str]],
    body: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    parsed: list[object] = []
    monkeypatch.setattr("channels.sms.payload.read", lambda *given: parsed.append(given))
    before = guarded.count("helpdesk_requests_refused_total", channel="sms", why="signature")
    reply = await guarded.call(body, headers=headers)
    assert (reply.status, reply.body.encode()) == (401, REFUSED.body)
    assert parsed == []
    after = guarded.count("helpdesk_requests_refused_total", channel="sms", why="signature")
    assert after == before + 1
    assert await guarded.stored_texts() == []
    assert await guarded.rows("SELECT 1 FROM quarantine") == []


async def test_a_signature_with_a_newline_never_gets_in(guarded: Office) -> None:
    """aiohttp's client refuses to write one, so the bytes go out by hand."""
    reader, writer = await asyncio.open_connection("127.0.0.1", guarded.gateway.port)
    head = (
        f"POST /hooks/sms HTTP/1.1\r\nHost: x\r\nX-Twilio-Signature: {RIGHT[:9]}\n{RIGHT[9:]}\r\n"
    )
    kind = "Content-Type: application/x-www-form-urlencoded\r\nConnection: close\r\n"
    writer.write(f"{head}{kind}Content-Length: {len(BODY)}\r\n\r\n".encode() + BODY)
    status = (await asyncio.wait_for(reader.read(), PATIENCE)).split(b" ")[1]
    writer.close()
    await writer.wait_closed()
    assert status in (b"400", b"401")
    assert await guarded.stored_texts() == []


@pytest.mark.parametrize(
    "changes",
    [{"AccountSid": "AC" + "b" * 32}, {"To": "+6281100009999"}, {"To": ""}, {"AccountSid": ""}],
    ids=str,
)
async def test_authentic_but_not_ours(guarded: Office, changes: dict[str, str]) -> None:
    labels = {"channel": "sms", "kind": "foreign"}
    before = guarded.count("helpdesk_alarms_total", **labels)
    reply = await guarded.post(message(**changes))
    assert (reply.status, reply.body.encode()) == (403, FOREIGN.body)
    assert guarded.count("helpdesk_alarms_total", **labels) == before + 1
    assert await guarded.stored_texts() == []


async def test_forwarded_headers_do_not_change_the_verdict(hall: Office) -> None:
    forged = {
        "Host": "jahat.example",
        "X-Forwarded-Host": "jahat.example",
        "X-Forwarded-Proto": "http",
        "X-Original-URL": "/lain",
    }
    good = await hall.call(BODY, headers=forged | {"X-Twilio-Signature": RIGHT})
    theirs = sign("http://jahat.example/hooks/sms", GOOD.items())
    bad = await hall.call(BODY, headers=forged | {"X-Twilio-Signature": theirs})
    assert (good.status, bad.status) == (200, 401)


@pytest.mark.parametrize("field", ["auth_token", "auth_token_previous"])
async def test_both_tokens_of_a_rotation_are_taken(tmp_path: Path, field: str) -> None:
    other = {"auth_token": "auth_token_previous", "auth_token_previous": "auth_token"}[field]
    options = sections(channel={field: TOKEN, other: "token-yang-lain-0123456789"})
    async with office(tmp_path, options) as hall:
        assert (await hall.post(message())).status == 200


# --- what is refused before it is read -------------------------------------------------------


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "identity", "zstd", ""])
async def test_compressed_bodies_are_refused(guarded: Office, coding: str) -> None:
    headers = {"X-Twilio-Signature": RIGHT, "Content-Encoding": coding}
    assert (await guarded.call(b"\x1f\x8b\x08", headers=headers)).status in (400, 415)
    assert await guarded.stored_texts() == []


@pytest.mark.parametrize(("size", "status"), [(2**20, 401), (2**20 + 1, 413), (10 * 2**20, 413)])
async def test_the_size_is_limited(guarded: Office, size: int, status: int) -> None:
    assert (await guarded.call(BytesIO(b"a" * size))).status == status


async def test_a_body_in_chunks_is_limited_as_well(guarded: Office) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"a" * 2**16

    async with guarded.http.post(guarded.base + "/hooks/sms", data=chunks()) as answer:
        assert answer.status == 413


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"])
@pytest.mark.parametrize("path", ["/hooks/sms", STATUS])
async def test_other_methods(guarded: Office, method: str, path: str) -> None:
    assert (await guarded.call(b"", path, method=method)).status == 405


@pytest.mark.parametrize(
    "path", ["/hooks/wa", "/hooks/", "/hooks", "/hooks/sms/", "/hooks/SMS", "/hooks/sms/x", "/"]
)
async def test_unknown_doors(guarded: Office, path: str) -> None:
    assert (await guarded.call(BODY, path, {"X-Twilio-Signature": RIGHT})).status == 404


async def test_nothing_outside_shows_who_we_are(guarded: Office) -> None:
    for path in ("/hooks/sms", "/nowhere"):
        reply = await guarded.call(b"", path)
        assert "Traceback" not in reply.body
        assert "helpdesk" not in reply.body.lower()
