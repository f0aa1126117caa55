"""Through the real Kannel from an operator's SMPP line: Unicode, parts, receipts both ways."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from tests.channels.kannel.office import office_with_kannel
from tests.channels.kannel.operator import GSM7, UCS2, Operator, group, operator
from tests.gateway.gateway_kit import until
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.channels.kannel.office import Office

pytestmark = pytest.mark.timeout(240)

CITIZEN = "6281234567890"


@asynccontextmanager
async def line(folder: Path) -> AsyncIterator[tuple[Office, Operator]]:
    async with operator() as found, office_with_kannel(folder, group(found.port)) as (office, _):
        async with asyncio.timeout(PATIENCE):
            await found.bound.wait()
        yield office, found


async def test_unicode_and_parts_cut_through_an_emoji(tmp_path: Path) -> None:
    long = "HELPDESK lampu " + "a" * 51 + "\U0001f600" + " sejak pagi" * 12
    data = long.encode("utf-16-be")
    pieces = [data[at : at + 134] for at in range(0, len(data), 134)]
    assert any(piece[-2] & 0xFC == 0xD8 for piece in pieces)  # a border in an emoji
    async with line(tmp_path) as (office, phones):
        await phones.deliver(CITIZEN, "HELPDESK mati \U0001f600 \u2713".encode("utf-16-be"))
        await until(lambda: _count(office, 1))
        for number in (*range(2, len(pieces) + 1), 1):
            header = bytes((5, 0, 3, 0x2A, len(pieces), number))
            await phones.deliver("6281200000002", pieces[number - 1], UCS2, header)
        await until(lambda: _count(office, 2))
        assert await office.texts() == ["HELPDESK mati \U0001f600 \u2713", long]


async def _count(office: Office, least: int) -> bool:
    return len(await office.texts()) >= least


async def test_the_operators_receipts_reach_the_outbox(tmp_path: Path) -> None:
    async with line(tmp_path) as (office, phones):
        await phones.deliver(CITIZEN, b"HELPDESK lampu mati", GSM7)
        await until(lambda: len(phones.submitted) == 1)
        await until(lambda: _is(office, ["sent"]))
        await phones.receipt(phones.submitted[0], "DELIVRD")
        await until(lambda: _is(office, ["delivered"]))
        assert phones.submitted[0].recipient.endswith(CITIZEN)
        await phones.deliver("6281200000002", b"HELPDESK printer rusak", GSM7)
        await until(lambda: len(phones.submitted) == 2)
        await phones.receipt(phones.submitted[1], "UNDELIV")
        await until(lambda: _is(office, ["delivered", "failed"]))


async def test_a_text_that_the_operator_refuses_is_known_as_failed(tmp_path: Path) -> None:
    async with line(tmp_path) as (office, phones):
        phones.refuse = True
        await phones.deliver(CITIZEN, b"HELPDESK lampu mati", GSM7)
        await until(lambda: _is(office, ["failed"]))
        assert not phones.submitted


async def _is(office: Office, states: list[str]) -> bool:
    return await office.deliveries() == states
