"""What a process does besides serving: rounds that begin when it is ready.

Listening doors and recovery are among them. They end first, before HTTP and the queues, so that
what they had begun to take is still taken.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.ports import Listens, Recovers
from gateway.housekeeping import Housekeeping
from gateway.listening import Listener
from gateway.recovery import Recovery

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gateway.server import Gateway

HANG_UP_LISTENERS = 2.0
"""Seconds that listening doors get to finish what they have begun to take."""


@dataclass(frozen=True, slots=True)
class Round:
    """One task of a process.

    Attributes:
        run: until cancelled, or until ``stop`` was called.
        stop: asks it to end by itself; None: it is cancelled at once.
        patience: seconds to end, after ``stop`` or after being cancelled.
    """

    name: str
    run: Callable[[], Coroutine[Any, Any, None]]
    stop: Callable[[], None] | None = None
    patience: float = 1.0

    async def end(self, task: asyncio.Task[None]) -> None:
        """Ends its task; what does not end in time is left behind."""
        if self.stop is not None:
            self.stop()
            await ended([task], self.patience)
        else:
            await ended([task], 0, self.patience)


Begin = Callable[["Gateway"], Round]
"""Makes a round for a process; also the place where it asks to be woken at commits."""


def usual_rounds(gateway: Gateway) -> Iterator[Round]:
    """Those that every process has, by what its doors can do."""
    for mounted in gateway.plan.doors:
        door = mounted.door
        if isinstance(door, Recovers):
            recovery = Recovery(door, gateway.hallway, mounted.recover_every)
            yield Round(f"recover {door.id}", recovery.run)
        if isinstance(door, Listens):
            listener = Listener(door, gateway.hallway)
            yield Round(f"listen {door.id}", listener.run, patience=HANG_UP_LISTENERS)
    for examination in gateway.examinations:
        yield Round(f"examine {examination.channel}", examination.run)
    housekeeping = Housekeeping(gateway.plan.store, gateway.plan.clock)
    yield Round("housekeeping", housekeeping.run)


async def ended(
    tasks: Sequence[asyncio.Task[None]], seconds: float, cancelled: float = 1.0
) -> None:
    """Lets tasks end by themselves for so long, then cancels them and waits once more."""
    if not tasks:
        return
    _, late = await asyncio.wait(tasks, timeout=seconds)
    for task in late:
        task.cancel()
    if late:
        await asyncio.wait(late, timeout=cancelled)
