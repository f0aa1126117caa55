"""What ``serve`` and ``demo`` share: fit to start, or one sentence that says why not."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NoReturn

import click

from gateway.process import before_start

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

CANNOT_START = 1
"""Exit code when the configuration is right, but runtime, store, port or folder refuse."""

PRIVATE = 0o027
"""umask: whatever is written here speaks of citizens, so others may not read it."""


def run_or_exit(begin: Callable[[], Coroutine[object, object, None]]) -> None:
    """Runs until the end; a start that is refused ends with one sentence and exit code 1."""
    os.umask(PRIVATE)
    before_start()
    # Imported here so that --help need not wait for them.
    import uvloop

    from core.errors import StoreUnavailable
    from gateway.runtime import runtime_faults
    from ticket_store.failures import StoreRefused

    faults = runtime_faults()
    if faults:
        _refuse(" ".join(faults))
    try:
        uvloop.run(begin())
    except (StoreRefused, StoreUnavailable, OSError) as error:
        _refuse(_sentence(error))


def _sentence(error: Exception) -> str:
    """A system error names its cause first and a number nobody needs; the rest is ours already."""
    if isinstance(error, OSError) and error.strerror:
        place = f": {error.filename}" if error.filename else ""
        return f"{error.strerror}{place}"
    return str(error) or type(error).__name__


def _refuse(sentence: str) -> NoReturn:
    click.echo(f"Cannot start: {' '.join(sentence.split())}", err=True)
    sys.exit(CANNOT_START)
