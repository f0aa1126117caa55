"""Our calls against Telegram's own description of its API, served by Prism."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import ClientSession, web

from core.errors import Scope, SendError, SendFailure
from core.model.messages import Conversation, OutboundFile
from tests.channels.telegram.doors import CHAT, opened, outbound
from tests.peers import prism

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

pytestmark = pytest.mark.timeout(240)


@pytest.fixture(scope="module")
def telegram(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    log: Path = tmp_path_factory.mktemp("prism") / "prism.log"
    with prism("telegram_openapi.json", log) as base:
        yield base


@asynccontextmanager
async def preferring(base: str, prefer: str) -> AsyncIterator[str]:
    """Telegram as described, which answers every question with one of its named errors."""

    async def forward(request: web.Request) -> web.Response:
        headers = {"Prefer": prefer, "Content-Type": request.headers["Content-Type"]}
        body = await request.read()
        async with (
            ClientSession() as session,
            session.post(base + request.path, data=body, headers=headers) as answer,
        ):
            return web.Response(
                status=answer.status, body=await answer.read(), content_type=answer.content_type
            )

    app = web.Application()
    app.router.add_route("POST", "/{path:.+}", forward)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def test_a_send_is_taken(telegram: str) -> None:
    async with opened(telegram) as sending:
        plain = await sending.send(outbound())
        talk = Conversation(answers=f"123456789:{CHAT}:7")
        answer = await sending.send(outbound(conversation=talk, text="x" * 4_096))
    for receipt in (plain, answer):
        assert receipt.provider_id.startswith("123456789:")


async def test_files_are_taken(telegram: str, tmp_path: Path) -> None:
    place = tmp_path / "a"
    place.write_bytes(b"%PDF-1.7")
    pdf = OutboundFile(str(place), "application/pdf", "surat.pdf", 8)
    picture = OutboundFile(str(place), "image/jpeg", "peta.jpg", 8)
    async with opened(telegram) as sending:
        for one in (pdf, picture):
            receipt = await sending.send(outbound(conversation=Conversation(files=(one,))))
            assert receipt.provider_id.startswith("123456789:")
        for two in ((pdf, picture), (picture, picture)):
            # taken as described, but the described answer names none of the messages
            with pytest.raises(SendError, match="no message"):
                await sending.send(outbound(conversation=Conversation(files=two)))


async def test_webhook_updates_and_files_are_asked_for_as_described(telegram: str) -> None:
    async with opened(telegram) as asking:
        await asking._api.set_webhook()
        await asking._api.delete_webhook()
        assert "url" in await asking._api.webhook_info()
        for offset in (None, 600_000_001):
            assert isinstance(await asking._api.updates(offset), list)


NAMED = [
    ("code=429, example=flood", SendFailure.RETRY, Scope.CHANNEL, False),
    ("code=400, example=chat_not_found", SendFailure.PERMANENT, Scope.RECIPIENT, False),
    ("code=400, example=too_long", SendFailure.PERMANENT, Scope.MESSAGE, False),
    ("code=400, example=cannot_parse", SendFailure.PERMANENT, Scope.MESSAGE, False),
    ("code=401", SendFailure.PAUSE, Scope.CHANNEL, False),
    ("code=403, example=blocked", SendFailure.PERMANENT, Scope.RECIPIENT, True),
    ("code=403, example=kicked", SendFailure.PERMANENT, Scope.RECIPIENT, True),
    ("code=409, example=webhook_active", SendFailure.RETRY, Scope.CHANNEL, False),
    ("code=502", SendFailure.DOUBT, Scope.MESSAGE, False),
]


@pytest.mark.parametrize(("prefer", "failure", "scope", "opted_out"), NAMED)
async def test_every_described_error_has_its_class(
    telegram: str, prefer: str, failure: SendFailure, scope: Scope, *, opted_out: bool
) -> None:
    async with preferring(telegram, prefer) as base, opened(base) as sending:
        with pytest.raises(SendError) as caught:
            await sending.send(outbound())
    found = caught.value.problem
    assert (found.failure, found.scope, found.opted_out) == (failure, scope, opted_out)
    assert (found.retry_after is not None) is ("flood" in prefer)


async def test_a_chat_that_moved_for_ever_is_an_error(telegram: str) -> None:
    prefer = "code=400, example=migrated"
    async with preferring(telegram, prefer) as base, opened(base) as sending:
        with pytest.raises(SendError) as caught:
            await sending.send(outbound())
    assert caught.value.problem.failure is SendFailure.PERMANENT


async def test_a_token_of_another_form_is_not_taken(telegram: str) -> None:
    async with opened(f"{telegram}/x") as sending:
        with pytest.raises(SendError) as caught:
            await sending.send(outbound())
    found: Any = caught.value.problem
    assert found.failure is not SendFailure.PERMANENT
