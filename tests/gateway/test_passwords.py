"""Argon2id as staff's passwords meet it: parameters, equal times, no flood."""

from __future__ import annotations

import asyncio
import statistics
import time

import pytest
from argon2 import extract_parameters
from argon2.low_level import Type

from core.errors import Busy
from gateway.passwords import AT_ONCE, WAITING, Argon2Passwords


@pytest.fixture
def passwords() -> Argon2Passwords:
    return Argon2Passwords()


async def test_dk_28_right_and_wrong_ones(passwords: Argon2Passwords) -> None:
    hashed = await passwords.hash("kuda laut baterai staples")
    assert await passwords.fits(hashed, "kuda laut baterai staples")
    assert not await passwords.fits(hashed, "Kuda laut baterai staples")
    assert not await passwords.fits(hashed, "")
    assert hashed != await passwords.hash("kuda laut baterai staples")


async def test_dk_28_as_strong_as_row_54_asks(passwords: Argon2Passwords) -> None:
    found = extract_parameters(await passwords.hash("kuda laut baterai staples"))
    assert found.type is Type.ID
    assert found.memory_cost >= 19 * 1024
    assert found.time_cost >= 2
    assert found.parallelism >= 1
    assert found.salt_len >= 16


@pytest.mark.parametrize("typed", ["", " ", "nobody has this password"])
async def test_nothing_fits_nobody(passwords: Argon2Passwords, typed: str) -> None:
    assert not await passwords.fits("", typed)


@pytest.mark.parametrize("hashed", ["x", "$argon2id$", "$argon2id$v=19$m=1,t=1,p=1$$", " "])
async def test_a_broken_hash_fits_nothing(passwords: Argon2Passwords, hashed: str) -> None:
    assert not await passwords.fits(hashed, "")


async def test_known_and_unknown_take_the_same_time(passwords: Argon2Passwords) -> None:
    """Row 53: medians less than 10 ms apart."""
    hashed = await passwords.hash("kuda laut baterai staples")
    times: dict[str, list[float]] = {hashed: [], "": []}
    for _ in range(15):
        for one, taken in times.items():
            begun = time.process_time()
            await passwords.fits(one, "salah sekali lagi")
            taken.append(time.process_time() - begun)
    known, unknown = (statistics.median(taken) for taken in times.values())
    assert abs(known - unknown) < 0.010 + 0.1 * known


async def test_the_loop_goes_on_meanwhile(passwords: Argon2Passwords) -> None:
    busy = asyncio.create_task(passwords.hash("kuda laut baterai staples"))
    turns = 0
    while not busy.done():
        await asyncio.sleep(0.002)
        turns += 1
    assert turns >= 5


async def test_a_flood_waits_in_a_queue_that_ends() -> None:
    passwords = Argon2Passwords()
    running = highest = 0
    gate = asyncio.Event()

    async def slow(*_: object) -> str:
        nonlocal running, highest
        running += 1
        highest = max(highest, running)
        await gate.wait()
        running -= 1
        return "done"

    original, asyncio.to_thread = asyncio.to_thread, slow
    try:
        tasks = [asyncio.create_task(passwords.hash("x")) for _ in range(WAITING)]
        await asyncio.sleep(0)
        with pytest.raises(Busy):
            await passwords.hash("x")
        with pytest.raises(Busy):
            await passwords.fits("", "x")
        gate.set()
        await asyncio.gather(*tasks)
        assert highest == AT_ONCE
        assert await passwords.hash("x") == "done"
    finally:
        asyncio.to_thread = original
