"""Passwords: argon2id in threads, few at a time (threats.md row 54).

A hash takes 32 MiB and some 70 ms of one core. Two at a time leave the loop and the other core to
citizens; beyond a queue whoever comes is told to come again, so that a flood of guesses costs
memory to nobody.
"""

from __future__ import annotations

import asyncio
from functools import cached_property
from typing import TYPE_CHECKING, Final, TypeVar

from core.errors import Busy

if TYPE_CHECKING:
    from collections.abc import Callable

    from argon2 import PasswordHasher

T = TypeVar("T")

MEMORY_KIB: Final = 32 * 1024
PASSES: Final = 2
LANES: Final = 1
"""Above the least that OWASP advises (19 MiB, two passes, one lane)."""

AT_ONCE: Final = 2
WAITING: Final = 40
"""Some two seconds of work: longer nobody waits for a login."""


class Argon2Passwords:
    """``core.ports.staff.Passwords``."""

    def __init__(self) -> None:
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0

    @cached_property
    def _hasher(self) -> PasswordHasher:
        # With the first password: until then the library would only cost memory.
        from argon2 import PasswordHasher  # noqa: PLC0415 - as said above

        return PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES)

    @cached_property
    def _nobody(self) -> str:
        """What nobody's password fits: of the same parameters, comparing takes the same time."""
        return self._hasher.hash("nobody has this password")

    async def hash(self, password: str) -> str:
        """Raises Busy when too many wait already."""
        return await self._in_turn(self._hasher.hash, password)

    async def fits(self, hashed: str, password: str) -> bool:
        """Whether it is the password; takes the same time for "", which nothing fits."""
        return await self._in_turn(self._fits, hashed, password) and bool(hashed)

    def _fits(self, hashed: str, password: str) -> bool:
        from argon2.exceptions import (  # noqa: PLC0415 - as said above
            InvalidHashError,
            VerificationError,
        )

        nobody = self._nobody  # made for whoever comes first, known or not
        try:
            return self._hasher.verify(hashed or nobody, password)
        except (VerificationError, InvalidHashError):
            return False

    async def _in_turn(self, work: Callable[..., T], *given: str) -> T:
        if self._waiting >= WAITING:
            sentence = "too many passwords wait to be hashed"
            raise Busy(sentence)
        self._waiting += 1
        try:
            async with self._turn:
                return await asyncio.to_thread(work, *given)
        finally:
            self._waiting -= 1
