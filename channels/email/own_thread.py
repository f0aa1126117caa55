"""A thread of one's own for a library that blocks (providers.md §11)."""

from __future__ import annotations

import asyncio
import queue
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
P = ParamSpec("P")


class OwnThread:
    """A thread that makes one call after another; a daemon, so that it never holds up an end."""

    def __init__(self, name: str) -> None:
        self._calls: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        threading.Thread(target=self._work, name=name, daemon=True).start()

    def _work(self) -> None:
        while (call := self._calls.get()) is not None:
            call()

    async def __call__(self, function: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
        """Awaits the function's result from the thread; what it raises is raised here."""
        loop = asyncio.get_running_loop()
        waiting: asyncio.Future[T] = loop.create_future()

        def tell(result: T | None, error: BaseException | None) -> None:
            if waiting.done():
                return
            if error is not None:
                waiting.set_exception(error)
            else:
                waiting.set_result(result)  # type: ignore[arg-type]  # T may be None itself

        def call() -> None:
            result, error = None, None
            try:
                result = function(*args, **named)
            except BaseException as caught:  # noqa: BLE001 - carried to the awaiting side
                error = caught
            with suppress(RuntimeError):  # the loop is closed: nobody waits any more
                loop.call_soon_threadsafe(tell, result, error)

        self._calls.put(call)
        return await waiting

    def later(self, function: Callable[[], None]) -> None:
        """After the calls before it; it must not raise."""
        self._calls.put(function)

    def end(self) -> None:
        """The thread ends after the call it is in."""
        self._calls.put(None)
