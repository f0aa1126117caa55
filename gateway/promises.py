"""The policy of promises as this process uses it: from the store, changed while it runs.

``IntakePolicy.promising`` and ``WatchPolicy.promising`` are one of these: they are made once, what
they ask may change. The office's file is the seed of a store that has no policy yet.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from config.logs import get_logger
from core.errors import StoreUnavailable
from core.model.policy_documents import parse_policy
from core.services.policies import seed_policy
from gateway.refreshing import kept_fresh

if TYPE_CHECKING:
    from config.promises import Seed
    from core.model.policy_documents import PolicyDocument
    from core.model.sla import SlaPolicy
    from core.ports import Clock, Store

log = get_logger("promises")

EVERY: Final = 5.0
"""Seconds after which what another process changed is used here."""


class Promises:
    """One registry for a process; until the first reading it is that of the file."""

    def __init__(self, store: Store, seed: Seed, clock: Clock) -> None:
        self._store, self._seed, self._clock = store, seed, clock
        self._first: SlaPolicy | None = None
        self._policy, self._version = seed.policy, 0

    def __call__(self) -> SlaPolicy:
        """The policy that new promises are made by."""
        return self._policy

    async def begin(self) -> None:
        """Before the first message is taken: the seed where there is none, then what holds."""
        try:
            await seed_policy(self._store.desk, self._seed.document, self._clock.now())
            await self.refresh()
            await self._tell_idle_file()
        except StoreUnavailable as away:
            log.warning("promises not read", why=str(away))

    async def refresh(self) -> bool:
        """Reads anew what changed, or what begins to hold now; whether anything had.

        Raises StoreUnavailable.
        """
        now = self._clock.now()
        if await self._store.policies.holding_version(now) == self._version:
            return False
        newest = await self._store.policies.holding(now)
        if newest is None:
            return False
        self._version = newest.version
        if self._first is None:
            self._first = _readable(await self._store.policies.one(1)) or self._seed.policy
        policy = self._first if newest.version == 1 else _readable(newest)
        if policy is not None:
            self._policy = policy if newest.version == 1 else replace(policy, first=self._first)
        return True

    async def run(self, every: float = EVERY) -> None:
        """Keeps reading until cancelled."""
        await asyncio.sleep(every)  # they were read at the start
        await kept_fresh(self.refresh, "promises", every)

    async def _tell_idle_file(self) -> None:
        """Whoever changes the file afterwards must learn that it is only the seed."""
        if not self._seed.named:
            return
        newest = await self._store.policies.newest()
        if newest and newest.document != self._seed.document:
            log.warning("watch.promises is not used: the store has its own", version=self._version)


def _readable(document: PolicyDocument) -> SlaPolicy | None:
    """None: one that cannot be read any more; what was in use stays."""
    try:
        return parse_policy(document.document)
    except ValueError as error:
        log.error("policy unreadable", version=document.version, why=str(error))  # noqa: TRY400 - the sentence says it
        return None
