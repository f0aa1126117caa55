"""Answers kept for requests that come again, on both engines."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from core.model.listing import ReadyAnswer
from tests.contracts.planting import T0, plant
from ticket_store import schema

if TYPE_CHECKING:
    from ticket_store.store import SqlStore


@pytest.fixture
async def peopled(store: SqlStore) -> SqlStore:
    """Two people."""
    people = [
        {"id": one, "login": f"s{one}", "name": f"Petugas {one}", "created_at": T0}
        for one in (8, 9)
    ]
    await plant(store, schema.staff, *people)
    return store


async def test_a_key_is_claimed_once_and_keeps_its_answer(peopled: SqlStore) -> None:
    async with peopled.desk() as desk:
        assert await desk.answers.find(8, "k") is None
        assert await desk.answers.claim(8, "k", "h1", T0)
        assert not await desk.answers.claim(8, "k", "h2", T0)
        assert await desk.answers.claim(9, "k", "h2", T0)  # another person's key
        await desk.commit()
    answer = ReadyAnswer("h1", 201, '{"a": 1}', '{"ETag": "2"}')
    async with peopled.desk() as desk:
        assert await desk.answers.find(8, "k") == ReadyAnswer("h1", 0, "", "{}")
        await desk.answers.keep(8, "k", answer)
        await desk.commit()
    async with peopled.desk() as desk:
        assert await desk.answers.find(8, "k") == answer
        assert (await desk.answers.find(9, "k")) == replace(
            answer, request_hash="h2", status=0, body="", headers="{}"
        )


async def test_a_claim_that_is_not_committed_is_none(peopled: SqlStore) -> None:
    async with peopled.desk() as desk:
        await desk.answers.claim(8, "k", "h1", T0)
    async with peopled.desk() as desk:
        assert await desk.answers.find(8, "k") is None
