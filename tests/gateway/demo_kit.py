"""A gateway's webhook for the simulated Twilio to call, and how one asks its API."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import aiohttp
from aiohttp import web

SID, TOKEN, NUMBER = "AC" + "a" * 32, "rahasia", "+6281100003636"
CITIZEN = "+6281200002001"
PATH = f"/2010-04-01/Accounts/{SID}/Messages.json"
KEY = {"Authorization": aiohttp.encode_basic_auth(SID, TOKEN)}


class SetClock:
    """A clock that stands where it is put."""

    def __init__(self) -> None:
        self.time = datetime(2026, 7, 14, 23, 59, 58, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time


class Gateway:
    """A webhook that keeps what it got and answers as told."""

    def __init__(self) -> None:
        self.url = ""
        self.answers: list[int | None] = []
        self.calls: list[tuple[str, dict[str, str], dict[str, str]]] = []

    async def take(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.calls.append((str(request.rel_url), form, dict(request.headers)))
        answer = self.answers.pop(0) if self.answers else 200
        if answer is None and request.transport is not None:
            request.transport.abort()
        return web.Response(status=answer or 200, text="<Response/>")

    def states(self) -> list[str]:
        return [form["MessageStatus"] for _, form, _ in self.calls if "MessageStatus" in form]


def a_form(body: str = "Tiket HD26-004217-4", **more: str) -> dict[str, str]:
    return {"To": CITIZEN, "From": NUMBER, "Body": body, **more}


async def post(api: aiohttp.ClientSession, fields: dict[str, str]) -> tuple[int, Any]:
    async with api.post(PATH, data=fields, headers=KEY) as answer:
        return answer.status, await answer.json()


async def list_of(api: aiohttp.ClientSession, uri: str = PATH, **query: str) -> Any:
    path = f"{uri}?{urlencode(query)}" if query else uri
    async with api.get(path, headers=KEY) as answer:
        assert answer.status == 200
        return await answer.json()
