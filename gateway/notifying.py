"""Processes of one store wake each other: what one commits, the pages and senders of all see.

Inside a process ``Changes`` is enough. Between processes at most one word goes out for what is
committed within a moment, from a connection that does nothing else; and because a word may be
lost with the process that owed it, everybody looks by itself now and then. Who looks at a ticket
goes the same way.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from config.logs import get_logger
from core.errors import StoreUnavailable
from gateway.rounds import Round

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from console.staff.presence import Presence
    from core.ports.audit import Wakeups
    from gateway.server import Changes, Gateway

log = get_logger("notifying")

PAUSE: Final = 0.05
"""Seconds between two words; what is committed meanwhile shares the next one."""

LOOK_EVERY: Final = 5.0
"""Seconds after which a process looks although it heard nothing."""

AGAIN_AFTER: Final = 2.0
"""Seconds before the next attempt after a connection broke."""


class Notifier:
    """One per process.

    Args:
        wakeups: the way to the others.
        changes: grows with every commit of this process.
        wake: called when another process has committed something; may let ``changes`` grow.
        presence: who looks at which ticket, here and elsewhere.
    """

    def __init__(
        self,
        wakeups: Wakeups,
        changes: Changes,
        wake: Sequence[Callable[[], object]],
        presence: Presence,
    ) -> None:
        self._wakeups, self._changes, self._wake = wakeups, changes, wake
        self._presence = presence
        self._foreign = 0

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._listen(), name="listen to other processes")
            group.create_task(self._tell(), name="tell other processes")
            group.create_task(self._look(), name="look for other processes")
            group.create_task(self._share(), name="share who looks")

    def heard(self) -> None:
        """Wakes everybody here, without telling the others of it again."""
        before = self._changes.version
        for wake in self._wake:
            wake()
        self._foreign += self._changes.version - before

    def _overheard(self, word: str) -> None:
        self._presence.hear(word, asyncio.get_running_loop().time())

    async def _share(self) -> None:
        words = self._presence.share()
        while True:
            word = await words.get()
            with suppress(StoreUnavailable):  # the next look is told again
                await self._wakeups.say(word)

    async def _listen(self) -> None:
        while True:
            try:
                await self._wakeups.listen(self.heard, self._overheard)
            except StoreUnavailable as away:
                log.warning("not listening to other processes", why=str(away))
            except Exception:
                log.exception("not listening to other processes")
            await asyncio.sleep(AGAIN_AFTER)

    async def _tell(self) -> None:
        seen, foreign = self._changes.version, self._foreign
        while True:
            version = await self._changes.wait(seen, LOOK_EVERY)
            ours = (version - seen) - (self._foreign - foreign)
            seen, foreign = version, self._foreign
            if ours > 0:
                with suppress(StoreUnavailable):  # the others look by themselves
                    await self._wakeups.tell()
                await asyncio.sleep(PAUSE)

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY)
            self.heard()


def notifying(gateway: Gateway) -> Round:
    """The round of a process; one that has its store to itself (SQLite) has nobody to tell."""
    wakeups = gateway.plan.store.wakeups
    if wakeups is None:
        return Round("notifying", _alone)
    notifier = Notifier(wakeups, gateway.changes, [gateway.intake.committed], gateway.presence)
    return Round("notifying", notifier.run)


async def _alone() -> None:
    """There is nobody to tell."""
